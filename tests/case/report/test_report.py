"""Does a report say what was computed, each number with the row it comes from, and the same each time?"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from oberih.case.progress import Silent
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.kept_results import keep_result
from oberih.case.reach import ground
from oberih.case.reach.plan import Planned, plan, planned
from oberih.case.report.book import Book
from oberih.case.report.facts import Facts, facts_of
from oberih.case.report.laid_out import laid_out
from oberih.case.report.regimes import TOUCHING, regimes_on
from oberih.case.report.report import documents, report, report_from
from oberih.case.report.sensitivity import sensitivity
from oberih.case.report.words import Speech
from oberih.errors import CorruptStore, InputError
from oberih.evidence.check import check_products
from oberih.language.catalogue import LANGUAGES
from oberih.picture.report import Report, Row, Run, Table, blocks_of, plain, texts_of
from tests.case.report_material import asked, pages_of_pdf, weather, words_of_html

CYRILLIC, LATIN = re.compile("[а-яіїєґ]", re.IGNORECASE), re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Planned]:
    """Weather, cache and a plan over them, made once."""
    folder = tmp_path_factory.mktemp("report")
    path = weather(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ground, "HEIGHTS", (30.0,))
        found = planned(asked(path, folder / "cache"), progress=Silent())
    return path, folder / "cache", found


@pytest.fixture(autouse=True)
def one_height(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "HEIGHTS", (30.0,))


@pytest.fixture(scope="module")
def facts(made: tuple[Path, Path, Planned]) -> Facts:
    return facts_of(made[2], sensitivity(made[2]))


@pytest.fixture(scope="module", params=LANGUAGES)
def told(request: pytest.FixtureRequest, facts: Facts) -> Report:
    return laid_out(facts, request.param)


def rows_of(report: Report) -> dict[str, Row]:
    tables = [b for a in report.annexes for b in blocks_of(a.blocks) if isinstance(b, Table)]
    return {row.id: row for table in tables for row in table.rows if row.id}


def runs_of(report: Report) -> list[Run]:
    blocks = [b for page in (report.first, report.second) for b in blocks_of(page)]
    return [run for block in blocks for text in texts_of(block) for run in text]


def bare(text: str) -> str:
    """Without what differs between a sentence and a cell: marks, units, spaces."""
    return re.sub(r"[†>\s\u00a0]|км|km|million|млн", "", text)


def test_every_figure_of_the_two_pages_stands_in_the_annex_row_that_it_names(told: Report) -> None:
    rows = rows_of(told)
    figures = [run for run in runs_of(told) if run.kind == "figure"]
    assert len(figures) > 40
    absent = {}
    for run in figures:
        row = bare(" ".join(plain(cell) for cell in rows[run.ref].cells))
        for number in re.findall(r"\d[\d\u00a0]*(?:[.,]\d+)?", run.text):
            if bare(number) not in row:
                absent[run.ref] = (run.text, row)
    assert absent == {}


def test_no_number_of_the_two_pages_stands_without_its_row(told: Report) -> None:
    """But those that only repeat the question (the share), count rows or stand in a fixed sentence."""
    loose = [run.text for run in runs_of(told) if run.kind == "" and re.search(r"\d+[.,]\d", run.text)]
    assert loose == []


def test_every_row_is_numbered_once_and_in_its_own_annex(told: Report) -> None:
    for annex in told.annexes:
        tables = [b for b in blocks_of(annex.blocks) if isinstance(b, Table)]
        numbers = [row.id for table in tables for row in table.rows if row.id]
        assert numbers == [f"{annex.letter}{i + 1}" for i in range(len(numbers))]


def test_the_answer_is_that_of_the_plan(told: Report, made: tuple[Path, Path, Planned]) -> None:
    reach = made[2].parts[0].zone.reach
    radius = Speech(told.language).km(reach.distance)
    assert radius in plain(next(t for b in told.first for t in texts_of(b) if "95" in plain(t)))


def test_what_is_not_verified_is_marked_down_to_the_page(told: Report, facts: Facts) -> None:
    assert not any(r.verified for r in facts.reached)
    rows = rows_of(told)
    said = [plain(row.cells[2]) for name, row in rows.items() if name[0] in "AА" and len(row.cells) == 7]
    assert len(said) == len(facts.reached) and all("†" in circle for circle in said)


def test_the_ukrainian_pages_are_in_ukrainian(facts: Facts) -> None:
    told = laid_out(facts, "uk")
    allowed = {"Oberih", "Python", "NumPy", "Part", "SHA", "GeoNames", "VVER", "Natural", "Earth"}
    foreign = {
        word for run in runs_of(told) if run.kind not in ("foreign", "code")
        for word in LATIN.findall(run.text) if word not in allowed
    }  # fmt: skip
    assert foreign == set()
    figures = [run.text for run in runs_of(told) if run.kind == "figure" and not run.ref.startswith("И")]
    assert [said for said in figures if re.search(r"\d[.]\d", said)] == []


def test_what_exists_in_english_only_is_marked_so_in_the_ukrainian_annexes(facts: Facts) -> None:
    told = laid_out(facts, "uk")
    for annex in told.annexes[:7]:
        for block in blocks_of(annex.blocks):
            for text in texts_of(block):
                for run in text:
                    if run.kind == "" and len(LATIN.findall(run.text)) > 4:
                        assert CYRILLIC.search(run.text), run.text


def test_a_kept_plan_gives_the_same_report_as_a_fresh_one(
    made: tuple[Path, Path, Planned], tmp_path: Path, facts: Facts
) -> None:
    path, cache, _ = made
    fresh = report(asked(path, cache, out=tmp_path / "a"), progress=Silent())
    again = report_from(tmp_path / "a", site="zaporizhzhia", out=tmp_path / "b", cache=cache, progress=Silent())
    for name, data in documents(facts, LANGUAGES).items():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() == data
    assert fresh.data["result"]["answer"] == again.data["result"]["answer"]


def test_the_report_of_a_plain_plan_says_what_was_not_computed(
    made: tuple[Path, Path, Planned], tmp_path: Path
) -> None:
    path, cache, _ = made
    plan(asked(path, cache, out=tmp_path / "plan"), progress=Silent())
    before = {f.name: f.read_bytes() for f in (tmp_path / "plan").iterdir()}
    report_from(
        tmp_path / "plan", site="zaporizhzhia", out=tmp_path / "told", languages=["en"], cache=cache, progress=Silent()
    )
    page = (tmp_path / "told" / "report-en.html").read_text(encoding="utf-8")
    assert "not in this kept result" in page
    assert {f.name: f.read_bytes() for f in (tmp_path / "plan").iterdir()} == before


def test_a_report_is_kept_and_signed_like_any_result(
    made: tuple[Path, Path, Planned], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, cache, _ = made
    report(asked(path, cache, out=tmp_path / "a"), languages=["uk"], progress=Silent())
    manifest = check_products(tmp_path / "a")
    data = (tmp_path / "a" / "report-uk.pdf").read_bytes()
    assert manifest["products"]["report-uk.pdf"]["sha256"] == hashlib.sha256(data).hexdigest()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    keeping = Keeping(store=str(tmp_path / "r.sqlite"))
    written = keep_result(keeping, tmp_path / "a", now=datetime(2026, 3, 4, tzinfo=UTC))
    assert len(written.records) == 1
    (tmp_path / "a" / "report-uk.pdf").write_bytes(data + b" ")
    with pytest.raises(CorruptStore):
        check_products(tmp_path / "a")


def test_a_site_that_was_changed_since_is_refused(made: tuple[Path, Path, Planned], tmp_path: Path) -> None:
    path, cache, _ = made
    report(asked(path, cache, out=tmp_path / "a"), languages=["en"], progress=Silent())
    source = Path(ground.__file__).parents[2] / "earth" / "data" / "sites" / "zaporizhzhia.toml"
    other = tmp_path / "plant.toml"
    other.write_text(source.read_text(encoding="utf-8").replace("47.51", "47.52", 1), encoding="utf-8")
    with pytest.raises(InputError, match="the site is not what the kept plan was made from"):
        report_from(tmp_path / "a", site=str(other), out=tmp_path / "b", cache=cache, progress=Silent())
    assert not (tmp_path / "b").exists()


def test_a_kept_result_is_never_overwritten_and_a_changed_one_is_refused(
    made: tuple[Path, Path, Planned], tmp_path: Path
) -> None:
    path, cache, _ = made
    report(asked(path, cache, out=tmp_path / "a"), languages=["en"], progress=Silent())
    with pytest.raises(InputError, match="overwrite"):
        report_from(tmp_path / "a", site="zaporizhzhia", out=tmp_path / "a", cache=cache, progress=Silent())
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    changed = (tmp_path / "c" / "distances.csv").read_text().replace("2", "3", 1)
    (tmp_path / "c" / "distances.csv").write_text(changed)
    with pytest.raises(CorruptStore):
        report_from(tmp_path / "c", site="zaporizhzhia", out=tmp_path / "d", cache=cache, progress=Silent())


def test_covering_more_starts_never_reaches_less_far(facts: Facts) -> None:
    assert facts.sensitivity is not None
    far = [row["distance"] for row in facts.sensitivity["percentiles"]]
    assert len(far) >= 5 and far == sorted(far) and far[-1] > 0.0


def test_the_share_asked_for_gives_the_distance_of_the_plan(facts: Facts) -> None:
    assert facts.sensitivity is not None and facts.first is not None
    at = {row["value"]: row for row in facts.sensitivity["percentiles"]}[95]
    assert at["distance"] == pytest.approx(facts.first.reached.distance, rel=1e-6)


def test_a_larger_circle_is_enough_at_least_as_often(facts: Facts) -> None:
    assert facts.sensitivity is not None
    shares = [row["share"] for row in facts.sensitivity["circles"]]
    assert shares == sorted(shares) and all(0.0 <= s < 0.95 for s in shares)


def test_the_age_of_the_criterion_gives_its_own_distance(facts: Facts) -> None:
    assert facts.sensitivity is not None and facts.first is not None
    at = {row["value"]: row["distance"] for row in facts.sensitivity["ages"]}
    assert at[facts.first.reached.criterion.age] == pytest.approx(facts.first.reached.distance, rel=1e-6)
    assert len(at) == 6


def test_a_few_weeks_tell_no_season(facts: Facts) -> None:
    assert facts.sensitivity is not None
    assert facts.sensitivity["seasons"] == []


def test_both_forms_and_the_noun_say_the_same_numbers(facts: Facts, told: Report) -> None:
    files = documents(facts, [told.language])
    page = words_of_html(files[f"report-{told.language}.html"].decode())
    pages = " ".join(pages_of_pdf(files[f"report-{told.language}.pdf"]))
    for run in runs_of(told):
        if run.kind == "figure" and re.search(r"\d", run.text):
            assert bare(run.text) in bare(page), run
            assert bare(run.text) in bare(pages.replace("\u2060", "").replace("\ufffe", "")), run


def test_paper_and_page_say_the_same_decimals_as_often(facts: Facts, told: Report) -> None:
    """Of numbers with a decimal mark, which no page number or list number is."""
    files = documents(facts, [told.language])
    foot = re.compile(r"(?:Oberih|«Оберіг») [\d.]+ · [^\n]*")
    paper = "\n".join(foot.sub("", page) for page in pages_of_pdf(files[f"report-{told.language}.pdf"]))
    page = words_of_html(files[f"report-{told.language}.html"].decode())
    decimal = re.compile(r"(?<![\w.,-])\d+[.,]\d+(?![\w.,-])")
    on_paper, on_page = (Counter(decimal.findall(t.replace("\u2060", " "))) for t in (paper, page))
    assert on_paper == on_page
    assert on_page.total() > 200


def test_a_row_that_does_not_exist_cannot_be_named(facts: Facts) -> None:
    with pytest.raises(KeyError):
        Book(facts, Speech("en")).figure("23 km", "part", "protection")


def test_the_digest_on_the_page_is_that_of_the_plan(
    facts: Facts, told: Report, made: tuple[Path, Path, Planned]
) -> None:
    assert any(run.text == made[2].provenance.digest for run in runs_of(told))
    assert json.dumps(facts.provenance["parameters"]["scenarios"]) == '["core-melt-early-failure", "pool-fire"]'


def test_the_state_of_the_regimes_stands_where_a_day_was_named_and_is_kept(
    made: tuple[Path, Path, Planned], tmp_path: Path
) -> None:
    path, cache, _ = made
    judged = regimes_on(date(2026, 3, 1))
    assert [row["regime"] for row in judged["rows"]] == list(TOUCHING)
    report(asked(path, cache, out=tmp_path / "a"), languages=["en", "uk"], regimes=judged, progress=Silent())
    report_from(tmp_path / "a", site="zaporizhzhia", out=tmp_path / "b", cache=cache, progress=Silent())
    for language, words in (("en", "as of 1 March 2026"), ("uk", "станом на 1 березня 2026")):
        page = (tmp_path / "a" / f"report-{language}.html").read_text(encoding="utf-8").replace("\u00a0", " ")
        assert words in page and all(row["rule_sha256"] in page for row in judged["rows"])
        assert (tmp_path / "b" / f"report-{language}.pdf").read_bytes() == (
            tmp_path / "a" / f"report-{language}.pdf"
        ).read_bytes()


def test_without_a_day_nothing_is_said_of_regimes(told: Report) -> None:
    assert "Regimes that touch" not in str(told.second) and "Режими, що стосуються" not in str(told.second)
