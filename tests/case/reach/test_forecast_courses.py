"""Laws of further courses that stand ready: one by one, whole, of the run that they are named under, new weather first.

One office with three courses is set up once; tests that change something have a copy of it.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.atlas.store import open_atlas, verify
from oberih.case.progress import Silent
from oberih.case.reach import forecast_atlas, forecast_courses, forecast_told
from oberih.case.reach import forecast_state as state
from oberih.case.reach.assess import assess
from oberih.case.reach.assess_forecast import stand_ready
from oberih.case.reach.assess_run import Event
from oberih.case.reach.forecast_course import ReadyCourse
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import Begun, ReadyAtlas, ready
from oberih.case.reach.forecast_watch import keep_ready, status
from oberih.case.reach.request import AssessRequest
from oberih.earth.grid import Grid
from oberih.earth.site import load_site
from oberih.errors import InputError
from oberih.weather.perturb import perturbations
from tests.case.reach.office import SITE, Office, PowerCut, flow_digest, power_fails_after
from tests.weather.live.conftest import NOW, RUN, three_levels
from tests.weather.live.made_grib import CYCLE
from tests.weather.live.simulator import ForecastServer
from tests.weather.loopback import Rule


@pytest.fixture(scope="module", autouse=True)
def few_levels() -> Iterator[None]:
    with three_levels():
        yield


SHORT = {"every": 1, "hours": 13, "follow": 1, "perturbed": 3}
"""The shortest forecast that is kept, with two courses drawn around it."""


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """A small grid and one height are enough for a law."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecast_atlas, "GRID", Grid(rings=20, sectors=36, outer_radius=100e3))
        patch.setattr(forecast_atlas, "HEIGHTS", (30.0,))
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[ForecastServer]:
    with ForecastServer(there=lambda run, step: run <= RUN) as running:
        yield running


@pytest.fixture(scope="module")
def stood(server: ForecastServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[ReadyAtlas]]:
    """An office that built three courses, and what stood ready each time that it said so."""
    office = Office(tmp_path_factory.mktemp("office"), server, **SHORT)
    seen: list[ReadyAtlas] = []

    class Listening(list[str]):
        def append(self, line: str) -> None:
            super().append(line)
            if line.startswith("ready: "):
                seen.append(state.entries_of(state.folder_of(office.request.cache, SITE))[0])

    office.said = Listening()
    office.run()
    return office, seen


@pytest.fixture
def copied(stood: tuple[Office, list[ReadyAtlas]], server: ForecastServer, tmp_path: Path) -> Office:
    """The same office with folders of its own."""
    shutil.copytree(stood[0].request.cache, tmp_path / "cache")
    return Office(tmp_path / "cache", server, **SHORT)


def newest(office: Office) -> ReadyAtlas:
    return state.entries_of(state.folder_of(office.request.cache, SITE))[0]


def event_of(office: Office, **changed: Any) -> Event:
    request = AssessRequest(SITE, NOW - NOW % 3600, "forecast", engine="particles", cache=office.request.cache)
    return Event(dataclasses.replace(request, **changed), load_site(SITE), (), 1)


def test_the_first_course_answers_before_the_others_are_there(stood: tuple[Office, list[ReadyAtlas]]) -> None:
    office, seen = stood
    assert [len(entry.courses) for entry in seen] == [0, 1, 2]
    assert {(e.path, e.run, e.first, e.last, e.made_at) for e in seen} == {
        (seen[0].path, RUN, seen[0].first, seen[0].last, seen[0].made_at)
    }
    assert "ready: perturbed 2; 3 of 3 courses of the weather" in office.log
    assert ready(office.request.cache, SITE, NOW) == seen[-1]


def test_a_course_is_whole_of_its_run_and_of_the_weather_that_it_names(stood: tuple[Office, list[ReadyAtlas]]) -> None:
    office, seen = stood
    drawn = perturbations(3, seed=office.request.seed)
    assert [(c.name, c.by) for c in seen[-1].courses] == [("perturbed 1", drawn[1]), ("perturbed 2", drawn[2])]
    for course in seen[-1].courses:
        atlas = open_atlas(course.path)
        assert verify(atlas) == [] and atlas.digest == course.digest
        assert atlas.facts["flow"]["digest"] == flow_digest(seen[-1], course.by)
        assert course.run_digest == seen[-1].run_digest
        assert [int(atlas.times[0]), int(atlas.times[-1])] == [seen[-1].first, seen[-1].last]
    assert len({course.digest for course in seen[-1].courses} | {seen[-1].digest}) == 3


def test_nothing_is_left_of_the_work_but_the_atlases(stood: tuple[Office, list[ReadyAtlas]]) -> None:
    office, (*_, last) = stood
    left = {p.name for p in state.folder_of(office.request.cache, SITE).iterdir()}
    assert left == {"ready.json", "lock", last.path.name, last.flow, *(c.path.name for c in last.courses)}


def test_an_answer_holds_every_course_that_stands_and_says_how_many_of_how_many(copied: Office) -> None:
    source, stands = stand_ready(event_of(copied))
    entry = newest(copied)
    assert [s.course.name for s in stands] == ["as forecast", "perturbed 1", "perturbed 2"]
    assert [s.course.by for s in stands[1:]] == [c.by for c in entry.courses]
    assert [s.atlas.digest for s in stands] == [entry.digest, *(c.digest for c in entry.courses)]
    assert {s.start for s in stands} == {(NOW - entry.first) // 3600}
    assert any("3 of 3 stand ready, all of this run" in note and "this answer holds 3" in note for note in source.notes)
    assert source.inputs["atlas of perturbed 1"] == entry.courses[0].digest
    shutil.rmtree(entry.courses[0].path)
    source, stands = stand_ready(event_of(copied))
    assert [s.course.name for s in stands] == ["as forecast", "perturbed 2"]
    assert any("2 of 3 stand ready" in note for note in source.notes)


def test_the_whole_answer_has_a_band_over_the_courses_that_stand(stood: tuple[Office, list[ReadyAtlas]]) -> None:
    """From the pointer to distances by course, without a server and without fields of the further courses."""
    asked = AssessRequest(
        SITE, NOW - NOW % 3600, "forecast", engine="particles", scenarios=("cask-breach",), workers=1,
        cache=stood[0].request.cache,
    )  # fmt: skip
    answer = assess(asked, progress=Silent())
    told = answer.data["result"]
    assert [c["name"] for c in told["courses"]] == ["as forecast", "perturbed 1", "perturbed 2"]
    assert all(len(band["distance_by_course_m"]) == 3 for band in told["bands"])
    assert any(len(set(band["distance_by_course_m"])) > 1 for band in told["bands"])
    assert any("no forecast ensemble" in note for note in answer.notes)
    one = assess(dataclasses.replace(asked, perturbed=2), progress=Silent()).data["result"]
    assert one["places"] == told["places"]  # those of the first course
    assert [b["distance_by_course_m"] for b in one["bands"]] == [b["distance_by_course_m"][:2] for b in told["bands"]]


def test_some_of_the_courses_can_be_asked_for_and_no_more_than_stand(stood: tuple[Office, list[ReadyAtlas]]) -> None:
    office, _ = stood
    source, stands = stand_ready(event_of(office, perturbed=2))
    assert [s.course.name for s in stands] == ["as forecast", "perturbed 1"]
    assert any("3 of 3 stand ready" in note and "this answer holds 2" in note for note in source.notes)
    for asked in ({"perturbed": 4}, {"members": "all"}, {"members": "3"}):
        with pytest.raises(InputError, match="there stand ready: the weather as forecast, perturbed 1, perturbed 2"):
            stand_ready(event_of(office, **asked))
    with pytest.raises(InputError, match="two things"):
        stand_ready(event_of(office, perturbed=2, members="all"))


def test_a_course_that_was_cut_off_is_gone_on_with_to_the_same_atlas_without_a_server(
    stood: tuple[Office, list[ReadyAtlas]], copied: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails in the last course; at the next start there is no network."""
    entry = newest(copied)
    folder = state.folder_of(copied.request.cache, SITE)
    state.publish_courses(folder, dataclasses.replace(entry, courses=entry.courses[:1]))
    state.clear_away(folder, besides=())
    with monkeypatch.context() as patch:
        patch.setattr(forecast_atlas, "build", power_fails_after(2))
        with pytest.raises(PowerCut):
            copied.run()
    assert [c.name for c in newest(copied).courses] == ["perturbed 1"]
    begun = state.begun_of(folder, name=state.AT_WORK)
    assert begun is not None and (begun.asked, begun.run) == ("perturbed 2", RUN)
    (half,) = {p.name for p in folder.glob("*.zarr")} - {entry.path.name, entry.courses[0].path.name}
    seals = {p: p.stat().st_mtime_ns for p in (folder / half / "seals").glob("[0-9]*.json")}
    assert len(seals) == 2
    with ForecastServer() as gone:
        dead = Office(copied.request.cache, gone, now=NOW + 5 * 3600, **SHORT)
    dead.run(hours=0.1)
    assert "no newer forecast" in dead.log
    assert newest(dead).courses[1].digest == stood[1][-1].courses[1].digest
    assert {p: p.stat().st_mtime_ns for p in seals} == seals
    assert state.begun_of(folder, name=state.AT_WORK) is None


@pytest.mark.parametrize("moment", ["plan_of", "publish_courses", "rmtree"])
def test_at_whatever_moment_the_power_fails_what_is_named_is_whole_and_nothing_is_left_over(
    stood: tuple[Office, list[ReadyAtlas]], copied: Office, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The fields laid out and no atlas yet; the atlas whole and not named; named, and its fields still there."""
    entry = newest(copied)
    folder = state.folder_of(copied.request.cache, SITE)
    state.publish_courses(folder, dataclasses.replace(entry, courses=entry.courses[:1]))
    state.clear_away(folder, besides=())
    owner = {"plan_of": forecast_courses, "publish_courses": state, "rmtree": shutil}[moment]
    real = getattr(owner, moment)

    def cut_off(*given: Any, **how: Any) -> None:
        if moment == "plan_of" or (moment == "rmtree" and not Path(given[0]).name.startswith("flow-")):
            real(*given, **how)
        if moment != "rmtree" or Path(given[0]).name.startswith("flow-"):
            raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(owner, moment, cut_off)
        with pytest.raises(PowerCut):
            copied.run()
    named = newest(copied)
    assert [c.name for c in named.courses] == ["perturbed 1", "perturbed 2"][: 2 if moment == "rmtree" else 1]
    assert [verify(open_atlas(c.path)) for c in named.courses] == [[]] * len(named.courses)
    assert len([p for p in folder.glob("flow-*")]) == 2
    copied.run()
    whole = stood[1][-1]
    assert [c.digest for c in newest(copied).courses] == [c.digest for c in whole.courses]
    left = {p.name for p in folder.iterdir()}
    assert left == {"ready.json", "lock", whole.path.name, whole.flow, *(c.path.name for c in whole.courses)}


def test_new_weather_goes_before_further_courses_of_the_old(server: ForecastServer, tmp_path: Path) -> None:
    """A newer run comes while the last course is built: it is left where it is, and never gone on with."""
    office = Office(tmp_path, server, **SHORT)

    class Late(Silent):
        def stage(self, title: str, total: int | None = None) -> None:
            if title.startswith("atlas, perturbed 2") and office.now == NOW:
                office.now = RUN + CYCLE + 5 * 3600

    office.progress = Late()
    with ForecastServer(there=lambda run, step: run <= office.now - 2 * 3600) as own:
        office.request = dataclasses.replace(office.request, server=own.url)
        office.run(hours=9)
    entries = state.entries_of(state.folder_of(tmp_path, SITE))
    assert [(e.run, len(e.courses)) for e in entries] == [(RUN + CYCLE, 2), (RUN, 1)]
    said = [line.partition(";")[0] for line in office.said if line.startswith("ready: ")]
    assert [line for line in said if "perturbed" in line] == [
        "ready: perturbed 1", "ready: perturbed 1", "ready: perturbed 2"
    ]  # fmt: skip
    for entry in entries:
        for course in entry.courses:
            assert open_atlas(course.path).facts["flow"]["digest"] == flow_digest(entry, course.by)
    kept = {p.name for p in state.folder_of(tmp_path, SITE).iterdir() if p.is_dir()}
    assert kept == {n for e in entries for n in (e.path.name, e.flow, *(c.path.name for c in e.courses))}


def test_a_member_that_is_missing_is_said_and_the_others_answer(server: ForecastServer, tmp_path: Path) -> None:
    """The simulator's ensemble has two members; the third is asked for too."""
    wanted = {"perturbed": None, "members": "2-3", "source": "ecmwf"}
    office = Office(tmp_path, server, **(SHORT | wanted))  # type: ignore[arg-type]
    office.run()
    entry = newest(office)
    assert [(c.name, c.member) for c in entry.courses] == [("member 2", 2)]
    assert entry.wanted == ("member 2", "member 3")
    assert len(entry.missing) == 1 and entry.missing[0].startswith("member 3: ")
    assert "no course member 3: " in office.log
    flows = {open_atlas(p).facts["flow"]["digest"] for p in (entry.path, *(c.path for c in entry.courses))}
    assert len(flows) == 2
    assert len({entry.run_digest, *(c.run_digest for c in entry.courses)}) == 2
    source, stands = stand_ready(event_of(office))
    assert [s.course.member for s in stands] == [None, 2]
    assert any("2 of 3 stand ready" in n and "members of the ensemble" in n for n in source.notes)
    assert any(n.startswith("Missing, when last tried: member 3: ") for n in source.notes)
    assert [s.course.name for s in stand_ready(event_of(office, members="2"))[1]] == ["as forecast", "member 2"]
    with pytest.raises(InputError, match="there stand ready: the weather as forecast, member 2"):
        stand_ready(event_of(office, members="3"))
    notes = status(office.request, now=NOW).notes
    assert any(note.startswith("Missing: member 3: ") for note in notes)
    own = state.folder_of(tmp_path, SITE) / forecast_courses.MEMBERS / "runs"
    assert not [p for p in own.glob("ecmwf-member-02*") if p.is_dir()]  # what is done with is gone


@pytest.mark.slow
def test_no_other_run_and_nothing_garbled_is_taken_for_a_member_and_it_is_asked_for_again(
    server: ForecastServer, tmp_path: Path
) -> None:
    """The ensemble is not there yet, that of the run before is; then a message of it is damaged; then it is well."""
    wanted = {"perturbed": None, "members": "1", "source": "ecmwf"}
    office = Office(tmp_path, server, **(SHORT | wanted))  # type: ignore[arg-type]
    for rule, said in (
        (Rule(r"06z/.*enfo", "missing"), "not there yet"),
        (Rule(r"06z/.*-12h-enfo-ef.grib2", "garbled"), "not whole"),
    ):
        server.rules[:] = [rule]
        office.run()
        entry = newest(office)
        assert entry.courses == () and said in entry.missing[0] and entry.run == RUN
    server.rules.clear()
    asked = len(server.asked)
    office.run()
    assert [c.member for c in newest(office).courses] == [1] and newest(office).missing == ()
    assert newest(office).path == entry.path
    assert server.count(r"00z/.*enfo") == 0
    assert not any("-3h-enfo-ef.grib2" in path for path in server.asked[asked:])  # what was whole is not fetched again


def test_other_courses_are_built_when_others_are_asked_for_and_those_that_fit_stay(
    copied: Office, server: ForecastServer
) -> None:
    first = newest(copied)
    plain = Office(copied.request.cache, server, **(SHORT | {"perturbed": None}))
    plain.run()
    assert newest(plain) == first  # nothing is asked of courses: those that stand are left alone
    fewer = Office(copied.request.cache, server, **SHORT, course_particles=64)
    fewer.run()
    assert newest(fewer) == first  # as many as they have
    other = Office(copied.request.cache, server, **(SHORT | {"perturbed": 2}))
    other.run()
    (course,) = newest(other).courses
    assert newest(other).wanted == ("perturbed 1",) and course.by == perturbations(2, seed=other.request.seed)[1]
    assert newest(other).path == first.path
    assert not any(c.path.exists() for c in first.courses)


def test_a_course_that_lost_a_block_is_not_counted_and_is_mended(copied: Office) -> None:
    whole = newest(copied)
    next((whole.courses[0].path / "seals").glob("[0-9]*.json")).unlink()
    assert dict(status(copied.request, now=NOW).facts)["courses"].startswith("2 of 3 stand ready")
    copied.run()
    assert {c.digest for c in newest(copied).courses} == {c.digest for c in whole.courses}
    assert [c.name for c, _ in state.standing(newest(copied))] == ["perturbed 2", "perturbed 1"]


def test_status_tells_courses_cost_and_time_left(copied: Office) -> None:
    entry = newest(copied)
    folder = state.folder_of(copied.request.cache, SITE)
    told = tuple(dataclasses.replace(c, taken=300, spent=150.0) for c in entry.courses[:1])
    state.publish_courses(folder, dataclasses.replace(entry, courses=told, wanted=("perturbed 1", "b", "c")))
    state.keep_begun(folder, state.Begun("nomads", RUN, RUN, "b", NOW - 120), name=state.AT_WORK)
    sheet = status(copied.request, now=NOW)
    facts = dict(sheet.facts)
    assert facts["courses"] == "2 of 4 stand ready: the weather as forecast, and 1 perturbed"
    assert facts["course at work"] == "b, since 2026-11-26T08:28Z"
    assert facts["time left"] == "8 min for 2 more, as long as those before took"
    assert facts["cost of a course"].startswith("5 min by the clock, 2 min of processor here, ")
    assert sheet.rows[0][-1] == "2 of 4"
    assert any("no forecast ensemble" in note for note in sheet.notes)


def test_a_pointer_of_before_there_were_courses_still_reads(copied: Office) -> None:
    pointer = state.folder_of(copied.request.cache, SITE) / "ready.json"
    told = json.loads(pointer.read_bytes())
    for entry in told["entries"]:
        for name in ("courses", "wanted", "missing"):
            entry.pop(name)
    whole = newest(copied)
    pointer.write_text(json.dumps(told))
    assert newest(copied) == dataclasses.replace(whole, courses=(), wanted=(), missing=())
    assert len(stand_ready(event_of(copied))[1]) == 1
    assert not any("Courses of the weather" in note for note in stand_ready(event_of(copied))[0].notes)


@pytest.mark.parametrize("changed", [
    {"path": "../a.zarr"}, {"path": 5}, {"digest": None}, {"name": "\x1b[2J"}, {"by": {}, "made_at": -1}, {"by": 5},
    {"by": {"turn": 9.0}}, {"by": {"speed": 0.0}}, {"by": {"rain": float("nan")}}, {"by": {"spin": 1.0}},
    {"member": "7"}, {"member": -1}, {"particles": 1e300}, {"spent": float("inf")}, {"lacks": [5]}, {"more": 1},
])  # fmt: skip
def test_a_course_that_somebody_wrote_by_hand_is_none_and_the_first_still_answers(
    copied: Office, changed: dict[str, object]
) -> None:
    pointer = state.folder_of(copied.request.cache, SITE) / "ready.json"
    told = json.loads(pointer.read_bytes())
    told["entries"][0]["courses"][0] |= changed
    pointer.write_text(json.dumps(told))
    found = ready(copied.request.cache, SITE, NOW)
    assert found is not None and [c.name for c in found.courses] == ["perturbed 2"]
    told["entries"][0]["courses"] = 5
    pointer.write_text(json.dumps(told))
    found = ready(copied.request.cache, SITE, NOW)
    assert found is not None and found.courses == ()


@pytest.mark.parametrize(("changed", "said"), [
    ({"members": "all"}, "no ensemble is fetched of gfs"),
    ({"members": "1", "perturbed": 3, "source": "ecmwf"}, "two things"),
    ({"members": "51", "source": "ecmwf"}, "not 51"),
])  # fmt: skip
def test_courses_that_cannot_be_had_are_refused_before_anything_is_fetched(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    def never(*_: object) -> Any:
        raise AssertionError

    with pytest.raises(InputError, match=said):
        keep_ready(
            ForecastRequest(SITE, cache=tmp_path, **changed), clock=never, wait=never, told=never, progress=never  # type: ignore[arg-type]
        )  # fmt: skip
    assert not (tmp_path / "forecast").exists()


def test_only_a_course_of_this_run_shortens_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    course = ReadyCourse(Path("x"), "d", "perturbed 1", 10, "r", 0, taken=600)
    entry = ReadyAtlas(
        Path("a"), "d", "gfs", "GFS", RUN, RUN, RUN, RUN, RUN, (), 10, "r", courses=(course,),
        wanted=("perturbed 1", "perturbed 2"),
    )  # fmt: skip
    monkeypatch.setattr(forecast_told, "standing", lambda entry: [(course, None)])
    for run, left, at_work in ((RUN, "5 min", True), (RUN - 6 * 3600, "10 min", False)):
        begun = Begun("gfs", run, run, "perturbed 2", RUN)
        facts = dict(forecast_told.course_facts([entry], begun, now=RUN + 300))
        assert facts["time left"].startswith(f"{left} for 1 more") and ("course at work" in facts) is at_work
