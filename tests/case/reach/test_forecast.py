"""Laws of a forecast that stands ready: whole, of one run, the newest there is; whatever server and power do."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.atlas.store import open_atlas, verify
from oberih.case.progress import Silent
from oberih.case.reach import forecast, forecast_atlas
from oberih.case.reach import forecast_state as state
from oberih.case.reach import forecast_watch as watch
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import ReadyAtlas, ready
from oberih.case.reach.forecast_watch import AGAIN, keep_ready, next_look, status
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.earth.grid import Grid
from oberih.errors import InputError, SourceUnavailable, StoreError
from oberih.weather.live.ecmwf import Ecmwf
from oberih.weather.live.kept import stamp_of
from tests.case.reach.office import SITE, Office, PowerCut, flow_digest, power_fails_after
from tests.weather.live.conftest import NOW, QUICK, RUN, three_levels
from tests.weather.live.made_grib import CYCLE
from tests.weather.live.simulator import ForecastServer, Rule


@pytest.fixture(scope="module", autouse=True)
def few_levels() -> Iterator[None]:
    with three_levels():
        yield


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small grid and one height are enough for a law."""
    monkeypatch.setattr(forecast_atlas, "GRID", Grid(rings=30, sectors=36, outer_radius=300e3))
    monkeypatch.setattr(forecast_atlas, "HEIGHTS", (30.0,))


@pytest.fixture
def server() -> Iterator[ForecastServer]:
    """Runs are there five hours after their time by the office's clock, which the test sets."""
    with ForecastServer(there=lambda run, step: run <= RUN) as running:
        yield running


def atlases(cache: Path) -> list[str]:
    return sorted(p.name for p in state.folder_of(cache, SITE).glob("*.zarr"))


def test_an_answer_stands_ready_before_it_is_asked_for(tmp_path: Path, server: ForecastServer) -> None:
    entry = Office(tmp_path, server).run()
    assert entry is not None and entry == ready(tmp_path, SITE, NOW, 3)
    assert (entry.run, entry.first) == (RUN, RUN)
    assert entry.last == NOW // 3600 * 3600 + 17 * 3600
    assert entry.lacks == ()
    atlas = open_atlas(entry.path)
    assert verify(atlas) == []
    assert atlas.digest == entry.digest and atlas.facts["air"]["label"] == "forecast"
    assert float(atlas.balance[..., 0].min()) == pytest.approx(1.0, abs=1e-6)
    assert atlas.facts["flow"]["digest"] == flow_digest(entry)
    left = {p.name for p in state.folder_of(tmp_path, SITE).iterdir()}
    assert left == {"ready.json", "lock", entry.path.name, entry.flow}


def test_it_answers_for_the_hours_it_says_and_no_others(tmp_path: Path, server: ForecastServer) -> None:
    entry = Office(tmp_path, server).run()
    assert entry is not None
    assert ready(tmp_path, SITE, entry.first) == entry
    assert ready(tmp_path, SITE, entry.last + 3599) == entry
    assert ready(tmp_path, SITE, entry.first - 1) is None
    assert ready(tmp_path, SITE, entry.last + 3600) is None
    assert ready(tmp_path, SITE, NOW, hours=200) is None
    assert ready(tmp_path, "rivne", NOW) is None


def test_the_same_run_is_not_built_twice(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    first = office.run()
    asked = len(server.asked)
    office.now += 1800
    assert office.run() == first
    assert len(server.asked) == asked
    assert "stands ready already" in office.said[-1]


def test_where_no_newer_run_comes_the_same_one_is_read_further(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    first = office.run()
    office.now += 14 * 3600
    second = office.run()
    assert first is not None and second is not None
    assert second.run == first.run and second.last == first.last + 14 * 3600
    assert "run 2026-11-26 18 UTC is not there yet" in second.lacks
    assert office.run() == second


def test_another_question_is_another_atlas(tmp_path: Path, server: ForecastServer) -> None:
    first = Office(tmp_path, server).run()
    second = Office(tmp_path, server, particles=128).run()
    assert first is not None and second is not None
    assert second.digest != first.digest and second.run == first.run
    assert state.entries_of(state.folder_of(tmp_path, SITE))[0] == second


def test_a_new_run_takes_the_place_of_the_one_before(tmp_path: Path, server: ForecastServer) -> None:
    server.there = lambda run, step: run <= office.now - 5 * 3600
    office = Office(tmp_path, server)
    office.run(hours=9)
    runs = [e.run for e in state.entries_of(state.folder_of(tmp_path, SITE))]
    assert runs == [RUN + CYCLE, RUN]
    assert len(atlases(tmp_path)) == 2
    for entry in state.entries_of(state.folder_of(tmp_path, SITE)):
        assert open_atlas(entry.path).facts["flow"]["digest"] == flow_digest(entry)


def test_after_an_outage_the_newest_run_is_taken_and_not_every_one_that_was_missed(
    tmp_path: Path, server: ForecastServer
) -> None:
    """The first look finds a run; then the server fails for a day and a half, and comes back."""
    server.there = lambda run, step: run <= office.now - 5 * 3600
    office = Office(tmp_path, server)

    def at_look(look: int) -> None:
        server.rules[:] = [Rule(r".", "busy")] if office.now < NOW + 36 * 3600 else []
        office.now += 6 * 3600  # faster than ten minutes a look

    office.at_look = at_look
    office.run(hours=48)
    newest = state.entries_of(state.folder_of(tmp_path, SITE))[0]
    assert newest.run == RUN - CYCLE + (newest.made_at - 5 * 3600 - (RUN - CYCLE)) // CYCLE * CYCLE
    assert newest.made_at >= NOW + 36 * 3600
    assert "no newer forecast" in office.log and "HTTP 503" in office.log
    assert "still stands ready" in office.log and "nothing stands ready that reaches beyond now" in office.log
    fetched = {p.name.split("-")[2] for p in (tmp_path / "live" / "runs").iterdir() if p.is_dir()}
    missed = {stamp_of(r) for r in range(RUN + CYCLE, newest.run - CYCLE, CYCLE)}
    assert len(missed) >= 3 and fetched & missed == set()


def test_a_server_that_fails_changes_nothing_of_what_stands_ready(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    first = office.run()
    server.rules.append(Rule(r".", "failing"))
    office.now += 7 * 3600
    with pytest.raises(SourceUnavailable, match="HTTP 500"):
        office.run()
    assert ready(tmp_path, SITE, office.now) == first


@pytest.mark.slow
def test_a_disk_that_is_full_changes_nothing_of_what_stands_ready(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.there = lambda run, step: run <= office.now - 5 * 3600 + 3600
    office = Office(tmp_path, server)
    first = office.run()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    office.now += 7 * 3600
    with monkeypatch.context() as patch:
        patch.setattr("oberih.weather.live.kept.os.fsync", full)
        office.run(hours=0.1)
    assert "no newer forecast" in office.log and "No space left on device" in office.log
    assert ready(tmp_path, SITE, office.now) == first
    again = office.run()
    assert again is not None and first is not None and again.run > first.run


@pytest.mark.parametrize(
    "changed",
    [
        {"first": "a"}, {"last": None}, {"run": 1e300}, {"until": 10**30}, {"path": "../../../etc"}, {"path": ".."},
        {"path": "/etc"}, {"flow": [1]}, {"lacks": [5]}, {"title": 5}, {"title": "\x1b[2J"}, {"first": -3600},
        {"digest": "0" * 64},
    ],
)  # fmt: skip
def test_a_pointer_that_somebody_wrote_by_hand_points_nowhere(tmp_path: Path, changed: dict[str, object]) -> None:
    folder = state.folder_of(tmp_path, SITE)
    folder.mkdir(parents=True)
    plain = {
        "path": "a.zarr", "digest": "d", "source": "gfs", "title": "GFS", "run": 0, "first": 0, "last": 0,
        "until": 10**9, "made_at": 0, "lacks": [], "particles": 1, "run_digest": "", "derived": [], "fields": [],
    }  # fmt: skip
    (folder / "ready.json").write_text(json.dumps({"format": state.FORMAT, "entries": [plain | changed]}))
    assert ready(tmp_path, SITE, 0) is None
    assert "digest" in changed or state.entries_of(folder) == []
    state.clear_away(folder, besides=())


def test_an_atlas_of_other_hours_than_the_pointer_says_does_not_answer(tmp_path: Path, server: ForecastServer) -> None:
    entry = Office(tmp_path, server).run()
    assert entry is not None and ready(tmp_path, SITE, NOW) is not None
    pointer = state.folder_of(tmp_path, SITE) / "ready.json"
    whole = pointer.read_text()
    for name in ("first", "last"):
        told = json.loads(whole)
        told["entries"][0][name] -= 3600
        pointer.write_text(json.dumps(told))
        assert ready(tmp_path, SITE, NOW) is None


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[]", b"5"])
def test_a_pointer_that_is_none_points_nowhere(tmp_path: Path, content: bytes) -> None:
    for name in ("ready.json", "begun.json"):
        (tmp_path / name).write_bytes(content)
    assert state.entries_of(tmp_path) == [] and state.begun_of(tmp_path) is None


def test_what_is_refused_once_the_service_runs_does_not_end_it(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, refusals = Office(tmp_path, server), [InputError("is damaged netCDF", file="run.nc")]
    real = forecast.refresh

    def refresh(*args: object, **how: object) -> ReadyAtlas:
        if office.looks == 1 and refusals:
            raise refusals.pop()
        return real(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "refresh", refresh)
    entry = office.run(hours=9.0)
    assert not refusals and office.looks >= 2, office.log
    assert "no newer forecast: run.nc: is damaged netCDF" in office.log and "still stands ready" in office.log
    assert entry is not None and entry == ready(tmp_path, SITE, entry.first, 1)


def test_a_service_whose_first_look_is_refused_says_so_and_ends(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refresh(*args: object, **how: object) -> ReadyAtlas:
        raise InputError("is not an address", field="--server")

    monkeypatch.setattr(watch, "refresh", refresh)
    with pytest.raises(InputError, match="not an address"):
        Office(tmp_path, server).run(hours=12.0)


def test_a_run_that_is_not_whole_is_never_published_and_is_said(tmp_path: Path, server: ForecastServer) -> None:
    server.rules.append(Rule(r"filter.*%2F06%2F.*f012&", "truncated"))
    office = Office(tmp_path, server)
    entry = office.run()
    assert entry is not None and entry.run == RUN - CYCLE
    assert any("run 2026-11-26 06 UTC is not whole" in words for words in entry.lacks)
    assert "lacking: run 2026-11-26 06 UTC is not whole" in office.log
    server.rules.clear()
    entry = office.run()
    assert entry is not None and entry.run == RUN and entry.lacks == ()


def test_a_build_that_was_cut_off_is_gone_on_with_to_the_same_atlas(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Office(tmp_path / "whole", server).run()
    office = Office(tmp_path / "cut", server)
    with monkeypatch.context() as patch:
        patch.setattr("oberih.case.reach.forecast_atlas.build", power_fails_after(2))
        with pytest.raises(PowerCut):
            office.run()
    folder = state.folder_of(tmp_path / "cut", SITE)
    assert state.entries_of(folder) == [] and ready(tmp_path / "cut", SITE, NOW) is None
    (begun,) = folder.glob("*.zarr")
    seals = {p: p.stat().st_mtime_ns for p in (begun / "seals").glob("[0-9]*.json")}
    assert len(seals) >= 2
    office.now += 2 * 3600  # the hours that it answers for stay those of when it was begun
    entry = office.run()
    assert entry is not None and whole is not None
    assert entry.digest == whole.digest
    assert {p: p.stat().st_mtime_ns for p in seals} == seals


def test_a_build_that_was_cut_off_is_dropped_for_a_newer_run(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, server)
    with monkeypatch.context() as patch:
        patch.setattr("oberih.case.reach.forecast_atlas.build", power_fails_after(2))
        with pytest.raises(PowerCut):
            office.run()
    (begun,) = atlases(tmp_path)
    office.now += 6 * 3600
    server.there = lambda run, step: run <= RUN + CYCLE
    entry = office.run()
    assert entry is not None and entry.run == RUN + CYCLE
    assert atlases(tmp_path) == [entry.path.name] != [begun]
    assert open_atlas(entry.path).facts["flow"]["digest"] == flow_digest(entry)


def test_what_was_half_written_is_never_taken_for_ready(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    first = office.run()
    assert first is not None
    folder = state.folder_of(tmp_path, SITE)
    pointer = (folder / "ready.json").read_bytes()
    for torn in (b"", pointer[: len(pointer) // 2], b"{}", b'{"format": "oberih/forecast/9"}', b"\xff\xfe"):
        (folder / "ready.json").write_bytes(torn)
        assert ready(tmp_path, SITE, NOW) is None
        assert "nothing" in dict(status(office.request, now=NOW).facts)["ready"]
    assert office.run() is not None
    assert ready(tmp_path, SITE, NOW) is not None


def test_an_atlas_that_lost_a_block_is_not_ready_and_is_mended(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    first = office.run()
    assert first is not None
    next((first.path / "seals").glob("[0-9]*.json")).unlink()
    assert ready(tmp_path, SITE, NOW) is None
    entry = office.run()
    assert entry is not None and ready(tmp_path, SITE, NOW) == entry


def test_the_atlas_before_answers_where_the_newest_cannot(tmp_path: Path, server: ForecastServer) -> None:
    server.there = lambda run, step: run <= office.now - 5 * 3600 + 3600
    office = Office(tmp_path, server)
    first = office.run()
    office.now += 12 * 3600
    second = office.run()
    assert first is not None and second is not None and second.first > first.first
    assert ready(tmp_path, SITE, first.first) == first
    shutil.rmtree(second.path)
    assert ready(tmp_path, SITE, second.first) == first


def test_one_process_keeps_a_site(tmp_path: Path, server: ForecastServer) -> None:
    office = Office(tmp_path, server)
    folder = state.folder_of(tmp_path, SITE)
    with state.alone_at(folder):
        with pytest.raises(StoreError, match=f"process {os.getpid()}"):
            office.run()
        assert dict(status(office.request, now=NOW).facts)["kept by"] == f"process {os.getpid()}"
    assert dict(status(office.request, now=NOW).facts)["kept by"] == "nobody now"


@pytest.mark.parametrize("where", ["fields of the air", "atlas"])
def test_whoever_is_asked_to_end_ends_in_the_middle_of_a_build(
    tmp_path: Path, server: ForecastServer, where: str
) -> None:
    office, stages = Office(tmp_path, server), []

    class Counting(Silent):
        def stage(self, title: str, total: int | None = None) -> None:
            stages.append(title)
            if title.startswith(where):
                office.until = office.now - 1  # now somebody asks

    office.until = office.now + 10**6
    ended = keep_ready(
        office.request, clock=lambda: office.now, wait=office.wait, told=office.said.append, progress=Counting(),
        patience=QUICK, stopped=lambda: office.now > office.until,
    )  # fmt: skip
    assert ended is None and stages[-1].startswith(where)
    assert state.begun_of(state.folder_of(tmp_path, SITE)) is not None
    assert office.run() is not None


def test_status_says_what_stands_ready_how_old_it_is_until_when_and_what_it_lacks(
    tmp_path: Path, server: ForecastServer
) -> None:
    server.rules.append(Rule(r"filter.*%2F06%2F.*f012&", "garbled"))
    office = Office(tmp_path, server)
    office.run()
    sheet = status(office.request, now=NOW + 3 * 3600)
    facts = dict(sheet.facts)
    assert facts["ready"] == "NOAA GFS 0.25° (NOMADS), run 2026-11-26T00:00Z"
    assert facts["age of the run"] == "11.5 h"
    assert facts["answers"].endswith("to 2026-11-27T02:00Z: 14 h more")
    assert any("run 2026-11-26 06 UTC is not whole" in note for note in sheet.notes)
    assert any(note.startswith("Derived:") for note in sheet.notes)
    over = dict(status(office.request, now=NOW + 90 * 3600).facts)
    assert over["answers"].endswith("no more: it has run out")


def test_a_forecast_that_ends_early_says_which_plumes_are_cut(
    tmp_path: Path, server: ForecastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ecmwf, "longest", lambda self, run: 18)
    server.there = lambda run, step: run == RUN
    entry = Office(tmp_path, server, source="ecmwf", hours=18, follow=6).run()
    assert entry is not None
    assert entry.until == RUN + 18 * 3600
    assert any("are followed for less than 6 h" in words for words in entry.lacks)
    assert any("the last 2 of 18 h are not answered: the run ends before them" in words for words in entry.lacks)


def test_the_next_look_is_when_the_next_run_is_due() -> None:
    assert next_look(None, every=6, delay=5 * 3600.0, now=NOW) == NOW + AGAIN
    entry = ReadyAtlas(Path("a"), "", "gfs", "", RUN, 0, 0, 0, 0, (), 64, "")
    assert next_look(entry, every=6, delay=5 * 3600.0, now=NOW) == RUN + 11 * 3600
    assert next_look(entry, every=6, delay=5 * 3600.0, now=RUN + 40 * 3600) == RUN + 40 * 3600 + AGAIN
    assert next_look(entry, every=12, delay=5 * 3600.0, now=NOW) == RUN + 17 * 3600


def test_by_default_as_many_particles_are_carried_as_the_engine_proposes() -> None:
    assert ForecastRequest(site=SITE).particles == ParticleSettings().particles


def test_hours_that_run_out_before_the_next_run_are_refused(tmp_path: Path, server: ForecastServer) -> None:
    with pytest.raises(InputError, match="keep 18 hours at least"):
        Office(tmp_path, server, hours=12).run()


def test_the_pointer_is_plain_and_names_only_what_is_there(tmp_path: Path, server: ForecastServer) -> None:
    entry = Office(tmp_path, server).run()
    told = json.loads((state.folder_of(tmp_path, SITE) / "ready.json").read_bytes())
    assert [e["path"] for e in told["entries"]] == [entry.path.name if entry else ""]
    shutil.move(tmp_path / "forecast", tmp_path / "elsewhere")
    moved = state.entries_of(tmp_path / "elsewhere" / SITE)
    assert open_atlas(moved[0].path).digest == moved[0].digest
