"""The designer's modules in a real browser, one by one: a question and its address, when which is sent, figures."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyproj import Geod

from oberih.language.catalogue import catalogue
from oberih.picture.palette import ZONE_STYLES, Style
from tests.web.browser.conftest import ROOT

STATIC = ROOT / "src" / "oberih" / "web" / "static"
ORIGIN = "http://designer.test"
STYLE = {"site": None, "zones": {"protection": {"colour": "#D55E00", "dash": [], "width": 3, "fill": 0.2}},
         "classes": [], "land": {}, "tiles": None}  # fmt: skip

Run = Callable[..., object]


@pytest.fixture(scope="module")
def run(browser: object) -> Iterator[Run]:
    """Run JavaScript on an empty page that has our modules: ``run("(m, x) => m.f(x)", "designer-rose", x)``."""
    page = browser.new_page()  # type: ignore[attr-defined]

    def answer(route: object) -> None:
        path = urlsplit(route.request.url).path  # type: ignore[attr-defined]
        if path == "/":
            body, kind = '<!doctype html><html lang="en"><title>-</title><div id="notice"></div>', "text/html"
        elif path == "/api/v1/map/style":
            body, kind = json.dumps(STYLE), "application/json"
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
        "percentile=300", "percentile=x", "percentile=", "height=-1", "months=13", "months=1,x", "months=",
        "day=2026-02-30", "day=yesterday", "first_hour=24", "last_hour=2.5", "shutdown=soon", "unit=9",
        "scenario=../../etc/passwd", "scenario=upload:zz", "protection=prayer", "nonsense=1",
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


def test_an_action_that_the_criteria_do_not_have_is_named(run: Run) -> None:
    known = {"actions": {"iaea": ["evacuate"], "ukraine": ["shelter"]}}
    found = run("(m, known) => m.fromQuery('?criteria=ukraine&action=evacuate', known)", "designer-question", known)
    assert isinstance(found, dict)
    assert found["wrong"] == [{"name": "action", "value": "evacuate"}]
    assert found["question"]["action"] is None and found["question"]["criteria"] == "ukraine"


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
        "w.asker.change(1); await w.settle(); w.asker.change(2); await w.pass(2499);"
        "const before = w.sent.length; await w.pass(1);"
        "return [before, w.sent.map((s) => [s.question, s.signal.aborted])];",
    )
    assert found == [1, [[1, True], [2, False]]]


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


TRIANGLE = {"type": "Polygon", "coordinates": [[[34, 47], [35, 47], [35, 48], [34, 47]]]}


def reach(distance: float, low: float | None, high: float | None) -> dict[str, object]:
    return {
        "criterion": "evacuate",
        "distance_m": distance,
        "low_m": low,
        "high_m": high,
        "beyond": False,
        "share": 0.03,
    }


def answer(distance: float, *, outline: tuple[float, float] = (10e3, 20e3), people: int = 1000) -> dict[str, object]:
    """As the server answers, in what the page's figures read."""
    return {
        "detail": "full", "percentile": 95.0,
        "drawn": {"criterion": "evacuate", "action": "evacuate", "part": "protection"},
        "starts": {"counted": 10, "full": 10, "stride_h": 5},
        "reaches": [reach(distance, 0.9 * distance, 1.1 * distance)],
        "zone": {"geometry": TRIANGLE if distance else None,
                 "properties": {"title": "Zone", "area_km2": distance / 1e3}},
        "zones": {"features": []}, "people": {"total": people}, "places": [],
        "sectors": [{"azimuth_deg": 0.0, "compass": "N", "outline_m": outline[0]},
                    {"azimuth_deg": 90.0, "compass": "E", "outline_m": outline[1]}],
    }  # fmt: skip


def test_the_headline_says_radius_band_direction_and_people(run: Run) -> None:
    said = run("(m, a) => m.headline(a)", "designer-figures", answer(23_000.0, people=258_046))
    assert said == (
        "Zone: a round zone of 23 km (20.7–25.3) is enough for 95 % of possible starts of the release. "
        "Drawn after the weather, it reaches 10 to 20 km, farthest towards E. About 258,000 people live inside."
    )


def test_where_nothing_bounds_a_zone_nobody_would_have_to_be_evacuated(run: Run) -> None:
    said = run("(m, a) => m.headline(a)", "designer-figures", answer(0.0, outline=(0.0, 0.0), people=0))
    assert isinstance(said, str)
    assert "nobody off the site would have to be evacuated" in said and "in 3 % of the starts" in said


def test_a_zone_without_a_listed_place_says_so(run: Run) -> None:
    said = run("(m, a) => m.headline(a)", "designer-figures", answer(2e3, people=0))
    assert isinstance(said, str) and said.endswith("Nobody of a listed place lives inside.")


def test_a_dose_is_never_said_to_be_nothing_while_it_is_something(run: Run) -> None:
    assert run("(m) => [0, 1e-9, 2.46e-6, 0.143].map(m.dose)", "designer-figures") == ["0", "< 0.001", "0.0025", "140"]


def test_times_read_in_the_unit_of_their_size(run: Run) -> None:
    found = run("(m) => [null, 40, 600, 5400, 172800].map(m.stretch)", "designer-figures")
    assert found == [None, "40 s", "10 min", "1.5 h", "2 d"]


def test_two_settings_are_told_apart_in_words_and_numbers(run: Run) -> None:
    a, b = answer(20_000.0), answer(25_000.0, outline=(10e3, 30e3), people=500)
    rows = run("(m, a, b) => Object.fromEntries(m.figures(a, b).map((f) => [f.key, f]))", "designer-compare", a, b)
    assert isinstance(rows, dict)
    assert rows["radius"] == {"key": "radius", "a": "20", "b": "25", "words": "5 km farther (+25 %)"}
    assert rows["people"]["words"] == "500 fewer (−50 %)"
    assert rows["farthest"]["words"] == "10 km farther (+50 %)"
    assert rows["starts"]["a"] == "all 10"
    most = run("(m, a, b) => m.mostChanged(a, b)", "designer-compare", a, b)
    assert most == {"by": 10_000.0, "compass": "E", "a": 20_000.0, "b": 30_000.0}


def test_from_nothing_there_is_no_share(run: Run) -> None:
    rows = run("(m, a, b) => m.figures(a, b)", "designer-compare", answer(0.0, people=0), answer(5_000.0))
    assert isinstance(rows, list)
    assert rows[0]["words"] == "5 km farther"


@pytest.mark.parametrize(
    ("low", "high", "shared"), [(1, 2, False), (2, 3.5, True), (4, 5, True), (6, 9, False), (None, 9, None)]
)
def test_bands_overlap_where_they_share_a_distance(
    run: Run, low: float | None, high: float, shared: bool | None
) -> None:
    found = run(
        "(m, low, high) => m.overlap({low_m: 3, high_m: 5}, {low_m: low, high_m: high})", "designer-compare", low, high
    )
    assert found is shared


def test_a_circle_on_the_globe_is_as_wide_as_it_says(run: Run) -> None:
    found = run("(m) => m.circle(47.51, 34.59, 23000)", "designer-map")
    assert isinstance(found, dict)
    ring = found["coordinates"][0]
    assert ring[0] == ring[-1] and len(ring) == 129
    area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))
    assert area > 0  # counter-clockwise, as RFC 7946 asks of an outer ring
    globe = Geod(a=6371008.8, b=6371008.8)
    for longitude, latitude in ring:
        assert globe.inv(34.59, 47.51, longitude, latitude)[2] == pytest.approx(23_000, abs=0.5)


def test_the_map_holds_zone_circle_and_the_setting_kept_in_lines_of_their_own(run: Run) -> None:
    place = {"latitude": 47.51, "longitude": 34.59}
    parts = "(m, a, b, p) => m.layersOf(a, p, b, false).features.map((f) => f.properties.part)"
    assert run(parts, "designer-map", answer(2e4), answer(3e4), place) == ["protection", "circle", "kept"]
    assert run(parts, "designer-map", answer(0.0), None, place) == []


def test_what_is_left_is_told_from_what_was_done(run: Run) -> None:
    left = "(m, a, b) => m.timeLeft(a, b)"
    begun = {"stage": "atlas", "done": 10, "total": 100, "at": 0}
    assert run(left, "designer-states", begun, begun | {"done": 40, "at": 30}) == 60
    assert run(left, "designer-states", begun, begun | {"done": 40, "at": 1}) is None
    assert run(left, "designer-states", begun, begun | {"stage": "doses", "done": 40, "at": 30}) is None


@pytest.mark.parametrize("style", [*ZONE_STYLES.values()], ids=[*ZONE_STYLES])
def test_every_zone_has_a_line_that_is_seen_on_white(run: Run, style: Style) -> None:
    contrast = run("(m, c) => 1.05 / (m.luminance(m.legible(c)) + 0.05)", "designer-rose", style.colour)
    assert isinstance(contrast, float) and contrast >= 3.0


def test_an_action_goes_by_its_own_name_and_the_protection_zone_by_its(run: Run) -> None:
    asked = answer(2e4) | {"drawn": {"criterion": "evacuate", "action": "iodine", "part": "UPZ", "title": "Iodine"}}
    names = "(m, a) => [m.titleOf(a), m.zoneKey(a.drawn)]"
    assert run(names, "designer-figures", asked) == ["Iodine", "iodine"]
    assert run(names, "designer-figures", answer(2e4)) == ["Zone", "protection"]
