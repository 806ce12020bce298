"""The designer's own modules in a real browser, one by one: a question and its address, when which is sent, the rose."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.web.browser.conftest import ROOT

from oberih.language.catalogue import catalogue

STATIC = ROOT / "src" / "oberih" / "web" / "static"
ORIGIN = "http://designer.test"

Run = Callable[..., object]


@pytest.fixture(scope="module")
def run(browser: object) -> Iterator[Run]:
    """Run JavaScript on an empty page that has our modules: ``run("(m, x) => m.f(x)", "designer-rose", x)``."""
    page = browser.new_page()  # type: ignore[attr-defined]

    def answer(route: object) -> None:
        path = urlsplit(route.request.url).path  # type: ignore[attr-defined]
        if path == "/":
            body, kind = '<!doctype html><html lang="en"><title>-</title>', "text/html"
        elif path.startswith("/api/v1/words/"):
            body, kind = json.dumps(dict(catalogue(path.rsplit("/", 1)[1]))), "application/json"
        else:
            file = STATIC / Path(path).relative_to("/static")
            body, kind = file.read_text(encoding="utf-8"), mimetypes.guess_type(file.name)[0] or "text/plain"
        route.fulfill(body=body, content_type=kind)  # type: ignore[attr-defined]

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")

    def evaluate(script: str, module: str, *given: object) -> object:
        whole = f"async ([name, given]) => ({script})(await import(`/static/js/${{name}}.js`), ...given)"
        return page.evaluate(whole, [module, list(given)])

    yield evaluate
    page.close()


QUESTION = {
    "scenario": "pool-fire", "unit": "3", "shutdown": "at-power", "day": "2026-01-01", "height": 0, "weather": "year",
    "months": [1, 2, 12], "first_hour": 20, "last_hour": 5, "criteria": "iaea", "action": "iodine", "percentile": 99.5,
    "age": "1y", "protection": ["basement", "iodine after 1 h"],
}  # fmt: skip


def test_an_address_gives_back_the_question_that_it_was_made_of(run: Run) -> None:
    back = run("(m, q) => m.fromQuery('?' + m.toQuery(q, {a: 'unit=2', lang: 'uk'}))", "designer-question", QUESTION)
    assert back == {"question": QUESTION, "wrong": [], "kept": "unit=2"}


def test_the_same_question_has_the_same_address_however_it_was_put(run: Run) -> None:
    one = run("(m, q) => m.toQuery(q)", "designer-question", QUESTION)
    other = run(
        "(m, q) => m.toQuery(m.fromQuery([...new URLSearchParams(m.toQuery(q))].reverse().map(([k, v]) => "
        "k + '=' + encodeURIComponent(v)).join('&')).question)",
        "designer-question", QUESTION,
    )  # fmt: skip
    assert other == one


@pytest.mark.parametrize(
    "wrong",
    [
        "percentile=300", "percentile=x", "percentile=", "height=-1", "months=13", "months=1,x", "months=", "day=2026-02-30",
        "day=yesterday", "first_hour=24", "last_hour=2.5", "shutdown=soon", "unit=9", "scenario=../../etc/passwd",
        "scenario=upload:zz", "protection=prayer", "nonsense=1",
    ],
)  # fmt: skip
def test_what_an_address_says_wrong_is_named_and_stands_at_its_default(run: Run, wrong: str) -> None:
    name, _, value = wrong.partition("=")
    known = {"unit": ["1", "2"], "scenario": ["pool-fire"], "protection": ["basement"]}
    found = run("(m, s, known) => m.fromQuery(s, known)", "designer-question", f"?unit=2&{wrong}", known)
    default = run("(m) => ({...m.DEFAULTS})", "designer-question")
    assert isinstance(found, dict) and isinstance(default, dict)
    assert found["wrong"] == [{"name": name, "value": value}]
    expected = default | {"unit": "2"} | ({"unit": "2"} if name == "unit" else {})
    assert found["question"] == expected


def test_a_season_is_known_by_its_months(run: Run) -> None:
    found = run("(m) => [[2, 12, 1], [6, 7, 8], [1], m.MONTHS].map(m.seasonOf)", "designer-question")
    assert found == ["winter", "summer", None, "year"]


def test_hours_go_through_midnight(run: Run) -> None:
    assert run("(m) => [m.hoursBetween(0, 23), m.hoursBetween(20, 5), m.hoursBetween(7, 7)]", "designer-question") == [
        24, 10, 1,
    ]  # fmt: skip


def test_two_questions_differ_in_what_was_changed(run: Run) -> None:
    found = run("(m, q) => m.differences(q, {...q, percentile: 90, protection: []})", "designer-question", QUESTION)
    assert found == ["percentile", "protection"]


def test_days_of_a_slider_are_days_of_the_calendar(run: Run) -> None:
    assert run("(m) => m.dayOf(m.dayNumber('2028-02-29') + 1)", "designer-question") == "2028-03-01"
    assert run("(m) => ['2028-02-29', '2027-02-29', '29.2.2028', ''].map(m.isDay)", "designer-question") == [
        True, False, False, False,
    ]  # fmt: skip


# When which question is sent: `world` is a network and a clock that the test moves by hand.
WORLD = """
const world = (m, rest = 500) => {
  const w = { now: 0, sent: [], shown: [], states: [], timers: [], at: 0 };
  w.later = (what, ms) => { const t = { what, due: w.now + ms }; w.timers.push(t); return t; };
  w.never = (t) => { w.timers = w.timers.filter((one) => one !== t); };
  w.pass = async (ms) => {
    const end = w.now + ms;
    for (;;) {
      const next = w.timers.filter((t) => t.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      w.now = Math.max(w.now, next.due);
      w.timers = w.timers.filter((t) => t !== next);
      next.what();
      await w.settle();
    }
    w.now = end;
  };
  w.settle = async () => { for (let i = 0; i < 8; i += 1) await null; };
  w.open = () => w.sent.filter((s) => !s.over && !s.signal.aborted);
  w.answer = async (i, value = {}) => { w.sent[i].over = true; w.sent[i].done(value); await w.settle(); };
  w.refuse = async (i, error) => { w.sent[i].over = true; w.sent[i].failed(error); await w.settle(); };
  w.asker = new m.Asker({ rest, now: () => w.now, later: w.later, never: w.never,
    fetch: (question, detail, signal) => new Promise((done, failed) => {
      w.sent.push({ question, detail, signal, done, failed });
      signal.addEventListener("abort", () => failed(new Error("aborted")));
      w.most = Math.max(w.most ?? 0, w.open().length);
    }),
    shown: (answer, how) => w.shown.push([how.question, how.detail]),
    state: (name, more) => w.states.push(more.again ? `${name} ${more.again}` : name) });
  return w;
};
"""


def played(run: Run, script: str) -> object:
    return run(f"async (m) => {{ {WORLD} const w = world(m); {script} }}", "designer-ask")


def test_a_hand_that_moves_sends_one_draft_at_a_time_and_the_newest_wins(run: Run) -> None:
    found = played(
        run,
        "for (let i = 1; i <= 20; i += 1) { w.asker.change(i); await w.settle(); await w.pass(16); }"
        "await w.answer(0); await w.answer(1);"
        "return [w.sent.map((s) => [s.question, s.detail]), w.most, w.shown];",
    )
    assert found == [[[1, "draft"], [20, "draft"]], 1, [[1, "draft"], [20, "draft"]]]


def test_the_full_question_follows_when_the_hand_rests(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.answer(0); await w.pass(499); const before = w.sent.length;"
        "await w.pass(1); await w.answer(1); return [before, w.sent.map((s) => s.detail), w.states.at(-1)];",
    )
    assert found == [1, ["draft", "full"], "done"]


def test_a_full_question_waits_for_the_draft_that_is_on_its_way(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.pass(600); const before = w.sent.length;"
        "await w.answer(0); return [before, w.sent.map((s) => s.detail), w.most];",
    )
    assert found == [1, ["draft", "full"], 1]


def test_a_move_ends_the_full_question_that_is_on_its_way(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.answer(0); await w.pass(500);"
        "w.asker.change(2); await w.settle();"
        "return [w.sent.map((s) => [s.question, s.detail, s.signal.aborted]), w.most];",
    )
    assert found == [[[1, "draft", False], [1, "full", True], [2, "draft", False]], 1]


def test_a_draft_that_takes_too_long_is_ended_for_the_newest(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); w.asker.change(2); await w.pass(1000);"
        "return w.sent.map((s) => [s.question, s.signal.aborted]);",
    )
    assert found == [[1, True], [2, False]]


def test_a_busy_server_is_asked_again_when_it_said(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.refuse(0, {status: 503, retryAfter: 7});"
        "await w.pass(6999); const before = w.sent.length; await w.pass(1);"
        "return [before, w.sent.length, w.states.includes('waiting 7')];",
    )
    assert found == [1, 2, True]


def test_a_lost_connection_is_asked_again_with_the_newest_question(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.refuse(0, new TypeError('fetch failed')); await w.pass(5000);"
        "return [w.states.includes('lost 5'), w.sent.length, w.sent[1].question];",
    )
    assert found == [True, 2, 1]


def test_a_refused_question_is_not_asked_again_by_itself(run: Run) -> None:
    found = played(
        run,
        "w.asker.change(1); await w.settle(); await w.refuse(0, {status: 422}); await w.pass(60000);"
        "const before = w.sent.length; w.asker.change(2); await w.settle();"
        "return [before, w.states.includes('refused'), w.sent.length];",
    )
    assert found == [1, True, 2]


def test_rings_of_the_rose_are_round_and_two_to_five(run: Run) -> None:
    found = run("(m) => [33000, 9999, 100000, 4, 0].map(m.rings)", "designer-rose")
    assert isinstance(found, list)
    assert found[0] == [10000, 20000, 30000] and found[1] == [2000, 4000, 6000, 8000] and found[4] == []
    assert found[2] == [20000, 40000, 60000, 80000, 100000]


def test_north_is_up_and_east_is_right(run: Run) -> None:
    found = run("(m) => [0, 90, 180, 270].map((a) => m.at(a, 10, 1).map((v) => Math.round(v) + 0))", "designer-rose")
    assert found == [[0, -10], [10, 0], [0, 10], [-10, 0]]


def test_a_row_of_the_table_never_says_less_than_one_of_its_directions(run: Run) -> None:
    sectors = [
        {"azimuth": 5.0 * i, "median": 100.0 * i, "high_percentile": 1000.0 + i, "low": 900.0 + i, "high": 1100.0 + i,
         "drawn": 2000.0 - i}
        for i in range(72)
    ]  # fmt: skip
    rows = run("(m, s) => m.points16(s)", "designer-rose", sectors)
    assert isinstance(rows, list) and [row["point"] for row in rows] == list(range(16))
    for sector in sectors:
        row = rows[round(sector["azimuth"] / 22.5 + 1e-9) % 16]
        assert row["distance"] >= sector["high_percentile"]
        assert row["drawn"] >= sector["drawn"]
        assert row["low"] <= row["distance"] <= row["high"]
    assert max(row["distance"] for row in rows) == max(s["high_percentile"] for s in sectors)


def test_a_rose_of_nothing_has_a_name_and_no_lines(run: Run) -> None:
    found = run(
        "(m) => { const r = m.rose({ sectors: [{azimuth: 0, median: 0, high_percentile: 0, low: 0, high: 0, drawn: 0}],"
        " colour: '#000', names: Array(16).fill('N'), title: 'nothing' });"
        " return [r.getAttribute('aria-label'), r.querySelectorAll('path').length]; }",
        "designer-rose",
    )
    assert found == ["nothing", 0]
