"""Laws of live sources: whole or not at all, of one run, and what is lacking is said; whatever the server does."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from oberih.errors import InputError, SourceUnavailable, StoreFull, UnknownName
from oberih.far.deadline import Stopped
from oberih.far.patience import Patience
from oberih.weather.live import KeptRun, fetch_run
from oberih.weather.live.ecmwf import Ecmwf
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from tests.weather.live.conftest import LEVELS, NOW, QUICK, RUN, SITE
from tests.weather.live.made_grib import CYCLE, rain_sum, value
from tests.weather.live.simulator import ForecastServer, Rule

SOURCES = ("gfs", "nomads", "ecmwf", "icon")
ONE_MESSAGE = {"gfs": r"f003$", "nomads": r"filter.*f003&", "ecmwf": r"-3h-\w+-fc\.grib2", "icon": r"_003_850_U\."}
INDEX = {"gfs": r"f003\.idx", "ecmwf": r"-3h-\w+-fc\.index"}

Fetch = Callable[..., KeptRun]
Well = Callable[[str], KeptRun]


def winds(run: KeptRun) -> np.ndarray:
    with netCDF4.Dataset(run.paths[0]) as file:
        return np.asarray(file["u"][:])


@pytest.mark.parametrize("source", SOURCES)
def test_a_run_holds_what_the_server_said_of_the_area(source: str, well: Well) -> None:
    run = well(source)
    assert (run.run, run.start, run.end) == (RUN, RUN, RUN + 9 * 3600)
    with netCDF4.Dataset(run.paths[0]) as file:
        lat, lon, level = (np.asarray(file[n][:]) for n in ("latitude", "longitude", "level"))
        assert (np.diff(lat) > 0).all() and (np.diff(lon) > 0).all()
        assert lat[0] >= run.area[1] and lat[-1] <= run.area[3] and lon[0] >= run.area[0] and lon[-1] <= run.area[2]
        rows, columns = np.meshgrid(lat, lon, indexing="ij")
        for k in (0, len(level) - 1):
            said = value("u", int(level[k]), RUN, 0.0, 6.0, rows, columns)
            assert np.allclose(file["u"][2, k], said, atol=2e-3)


@pytest.mark.parametrize("source", SOURCES)
def test_a_run_becomes_fields_of_the_air(source: str, well: Well) -> None:
    fields = fields_of_volume(volume_of(well(source).paths), label="forecast")
    assert fields.place(**SITE)[0] > 1.0
    assert len(fields.time) == 4 and fields.step == 3 * 3600.0
    assert np.isfinite(fields.precipitation).all()
    assert 4000.0 < float(fields.height[:, -1].mean()) < 7000.0


@pytest.mark.parametrize("source", SOURCES)
def test_as_much_rain_as_fell_is_kept(source: str, fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server, source, hours=18)
    with netCDF4.Dataset(run.paths[0]) as file:
        rate = np.asarray(file["prate"][:, 2, 2])
    hours = (run.end - run.start) / 3600.0
    fell = float(np.sum(0.5 * (rate[1:] + rate[:-1])) * 3 * 3600.0)
    assert fell == pytest.approx(rain_sum(0.0, hours), rel=1e-3)
    assert fell > 1.0


PASSING = (
    "busy", "failing", "dropped", "truncated", "garbled", "wrong_run", "wrong_step", "ignores_range", "short_range",
)  # fmt: skip


@pytest.mark.parametrize(("source", "behaviour"), [
    *(("gfs", b) for b in PASSING),
    ("nomads", "dropped"), ("nomads", "garbled"), ("ecmwf", "truncated"), ("icon", "wrong_run"), ("icon", "dropped"),
])  # fmt: skip
def test_what_passes_leaves_no_trace(behaviour: str, source: str, fetch: Fetch, well: Well) -> None:
    """A fault that a server shows twice costs time, and the run is the same to the last bit."""
    with ForecastServer(rules=[Rule(ONE_MESSAGE[source], behaviour, times=2)]) as server:
        run = fetch(server, source)
        assert server.rules[0].times < 2
    assert (run.digest, run.lacks) == (well(source).digest, ())
    assert (winds(run) == winds(well(source))).all()


@pytest.mark.parametrize(("source", "behaviour"), [
    ("gfs", "truncated"), ("gfs", "missing"), ("nomads", "wrong_run"), ("ecmwf", "wrong_step"), ("icon", "wrong_run"),
])  # fmt: skip
def test_what_does_not_pass_is_never_kept_and_an_older_run_is_taken(behaviour: str, source: str, fetch: Fetch) -> None:
    run_of_06 = {"gfs": "/06/.*", "nomads": "filter.*%2F06%2F.*", "ecmwf": "/06z/.*", "icon": "grib/06/.*"}[source]
    one = run_of_06 + ONE_MESSAGE[source].removeprefix("filter.*")
    with ForecastServer(rules=[Rule(one, behaviour)]) as server:
        run = fetch(server, source)
    assert run.run == RUN - CYCLE
    assert any("run 2026-11-26 06 UTC is not whole" in words for words in run.lacks)
    with netCDF4.Dataset(run.paths[0]) as file:
        rows, columns = np.meshgrid(file["latitude"][:], file["longitude"][:], indexing="ij")
        for k, step in enumerate(range(0, 15, 3)):
            said = value("u", 850, RUN - CYCLE, 0.0, float(step), rows, columns)
            level = int(np.argmin(abs(file["level"][:] - 850.0)))
            assert np.allclose(file["u"][k, level], said, atol=2e-3), f"step {step} is of another run"


def test_a_server_that_is_too_slow_is_asked_again(fetch: Fetch, well: Well) -> None:
    with ForecastServer(rules=[Rule(r"f003$", "slow", times=3)]) as server:
        run = fetch(server, patience=Patience(first_wait=0.005, timeout=0.2))
        assert server.count(r"f003$") >= 5 * len(LEVELS) + 4 + 3 + 2 + 3
    assert run.digest == well("gfs").digest


def test_a_run_that_is_not_there_yet_is_passed_over_and_said(fetch: Fetch) -> None:
    with ForecastServer(there=lambda run, step: run < RUN) as server:
        run = fetch(server)
    assert run.run == RUN - CYCLE
    assert run.lacks == ("run 2026-11-26 06 UTC is not there yet",)


def test_a_run_whose_last_steps_are_not_there_yet_is_not_begun(fetch: Fetch) -> None:
    with ForecastServer(there=lambda run, step: run < RUN or step <= 6) as server:
        run = fetch(server)
        assert server.count(r"/06/atmos") == 1
    assert run.run == RUN - CYCLE


def test_the_run_that_became_whole_is_taken_the_next_time(fetch: Fetch, well: Well) -> None:
    there = {RUN: False}
    with ForecastServer(there=lambda run, step: there.get(run, True)) as server:
        first = fetch(server)
        there[RUN] = True
        second = fetch(server)
    assert (first.run, second.run) == (RUN - CYCLE, RUN)
    assert second.digest == well("gfs").digest and second.lacks == ()


def test_what_is_kept_is_not_asked_for_again(fetch: Fetch) -> None:
    with ForecastServer() as server:
        first = fetch(server)
        asked = len(server.asked)
        assert fetch(server) == first
        assert fetch(server, hours=1).digest == first.digest
        assert len(server.asked) == asked


@pytest.mark.parametrize("source", ("gfs", "ecmwf"))
def test_lines_that_the_index_lacks_are_missed(source: str, fetch: Fetch) -> None:
    with ForecastServer(there=lambda run, step: run == RUN, rules=[Rule(INDEX[source], "hole")]) as server:
        with pytest.raises(SourceUnavailable, match=r"run 2026-11-26 06 UTC is not whole: the index does not name"):
            fetch(server, source)
        assert server.count(r"f009$|-9h-.*grib2") == 0


def test_the_filter_gives_what_the_files_give(well: Well, fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server, "nomads")
        assert server.count("filter") == 5 and server.count(r"f00\d$") == 0
    assert np.abs(winds(run) - winds(well("gfs"))).max() < 2e-3
    assert run.messages == well("gfs").messages


def test_a_torn_index_counts_what_it_still_says(fetch: Fetch) -> None:
    with ForecastServer(rules=[Rule(INDEX["gfs"], "torn_index")]) as server:
        run = fetch(server)
    assert run.run == RUN  # the last line is of the mixing height; now nothing says where the line before it ends
    assert [words.split()[0] for words in run.lacks] == ["blh", "zust"]
    with netCDF4.Dataset(run.paths[0]) as file:
        assert "blh" not in file.variables and "ishf" in file.variables


def test_a_wished_field_that_is_damaged_is_left_out_and_said(fetch: Fetch) -> None:
    with ForecastServer(rules=[Rule(r"hsurf", "garbled")]) as server:
        run = fetch(server, "icon")
    assert run.run == RUN
    assert run.lacks == ("orog is lacking in 1 of 5 parts, so it is left out",)


def test_no_run_at_all_is_said_in_one_line(fetch: Fetch) -> None:
    with ForecastServer(there=lambda run, step: False) as server, pytest.raises(SourceUnavailable) as refused:
        fetch(server)
    assert "no run can be had; run 2026-11-26 06 UTC is not there yet; run 2026-11-26 00 UTC" in str(refused.value)


def test_a_server_that_is_gone_is_said_at_once_and_on_the_way(tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(
        SourceUnavailable, match=r"127.0.0.1:9 does not answer: connection failed .*; is there a network"
    ):
        fetch_run(
            "gfs", hours=3, now=NOW, cache=tmp_path, patience=QUICK, server="http://127.0.0.1:9",
            told=lambda done, of, what: told.append(what), **SITE,
        )  # fmt: skip
    assert told[0] == "NOAA GFS 0.25°: asking 127.0.0.1:9 for run 2026-11-26 06 UTC"
    assert [line.split("; ")[1] for line in told[1:]] == ["attempt 1 of 3, waiting 0 s", "attempt 2 of 3, waiting 0 s"]


def test_a_server_that_is_gone_leaves_what_is_kept(fetch: Fetch) -> None:
    with ForecastServer() as server:
        first = fetch(server, hours=12)
    with ForecastServer(rules=[Rule(".", "failing")]) as gone:
        again = fetch(gone, now=NOW + CYCLE)
    assert again.digest == first.digest
    assert "does not answer: HTTP 500" in again.lacks[0]


@pytest.mark.parametrize(("source", "days"), [("ecmwf", 5), ("icon", 2), ("gfs", 2500)])
def test_what_a_server_has_let_go_of_is_refused_without_asking_it(source: str, days: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is long past: .* keeps the last .* days?; for the past take era5"):
        fetch_run(source, hours=3, now=NOW, start=NOW - days * 86400, cache=tmp_path, **SITE)


def test_what_was_fetched_before_a_failure_is_gone_on_with(fetch: Fetch, well: Well, tmp_path: Path) -> None:
    with ForecastServer(there=lambda run, step: run == RUN, rules=[Rule(r"f009$", "failing")]) as server:
        with pytest.raises(SourceUnavailable):
            fetch(server)
        before = server.count(r"f00[036]$")
        server.rules.clear()
        run = fetch(server)
        assert server.count(r"f00[036]$") == before
    assert run.digest == well("gfs").digest


def test_a_run_half_fetched_is_dropped_for_the_newer_one_and_nothing_of_it_is_used(
    fetch: Fetch, well: Well, tmp_path: Path
) -> None:
    there = {RUN: False}
    with ForecastServer(there=lambda run, step: there.get(run, run == RUN - CYCLE)) as server:
        server.rules.append(Rule(r"f012$", "failing"))
        with pytest.raises(SourceUnavailable):
            fetch(server)
        assert [p.name for p in (tmp_path / "runs").glob("*.begun")] != []
        there[RUN] = True
        run = fetch(server)
    assert (winds(run) == winds(well("gfs"))).all()
    assert list((tmp_path / "runs").glob("*.begun")) == []


def test_whoever_is_told_to_stop_stops_and_goes_on_later(fetch: Fetch, well: Well) -> None:
    steps: list[int] = []
    with ForecastServer() as server:
        with pytest.raises(Stopped):
            fetch(server, told=lambda done, of, what: steps.append(done), stopped=lambda: len(steps) > 2)
        asked = server.count(r"f000$")
        assert fetch(server).digest == well("gfs").digest
        assert server.count(r"f000$") == asked


def test_a_killed_process_leaves_nothing_that_looks_whole_and_the_next_one_goes_on(tmp_path: Path, well: Well) -> None:
    script = textwrap.dedent(f"""
        from pathlib import Path
        from oberih.far.patience import Patience
        from oberih.weather.live import SOURCES, fetch_run
        type(SOURCES["gfs"]).levels = {LEVELS!r}
        fetch_run("gfs", hours=3, now={NOW}, cache=Path({str(tmp_path)!r}), server=URL, **{SITE!r})
    """)
    with ForecastServer(rules=[Rule(r"f006$", "slow")]) as server:
        child = subprocess.Popen([sys.executable, "-c", script.replace("URL", repr(server.url))])
        try:
            limit = time.monotonic() + 60.0
            while server.count(r"f006$") < 3 and time.monotonic() < limit:
                time.sleep(0.01)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert [p for p in (tmp_path / "runs").iterdir() if p.is_dir() and not p.name.endswith(".begun")] == []
        server.rules.clear()
        before = server.count(r"f00[03]$")
        run = fetch_run("gfs", hours=3, now=NOW, cache=tmp_path, server=server.url, patience=QUICK, **SITE)
        assert server.count(r"f00[03]$") == before
    assert run.digest == well("gfs").digest


def test_a_piece_that_was_damaged_on_disk_is_fetched_again(fetch: Fetch, well: Well, tmp_path: Path) -> None:
    with ForecastServer(there=lambda run, step: run == RUN, rules=[Rule(r"f009$", "failing")]) as server:
        with pytest.raises(SourceUnavailable):
            fetch(server)
        (piece,) = (tmp_path / "runs").glob("*.begun/step-003.npz")
        piece.write_bytes(piece.read_bytes()[:1000])
        server.rules.clear()
        assert fetch(server).digest == well("gfs").digest


def test_a_kept_run_that_was_changed_on_disk_is_not_believed(fetch: Fetch, well: Well) -> None:
    with ForecastServer() as server:
        path = fetch(server).paths[0]
        path.write_bytes(path.read_bytes()[:-1000] + bytes(1000))
        again = fetch(server)
    assert again.digest == well("gfs").digest
    assert (winds(again) == winds(well("gfs"))).all()


def test_disk_is_bounded(fetch: Fetch, tmp_path: Path) -> None:
    newest = [RUN]
    with ForecastServer(there=lambda run, step: run <= newest[0]) as server:
        for cycle in range(5):
            newest[0] = RUN + cycle * CYCLE
            assert fetch(server, now=NOW + cycle * CYCLE, hours=1).run == newest[0]
    assert len([p for p in (tmp_path / "runs").iterdir() if p.is_dir()]) == 3


def test_a_server_is_not_asked_for_more_at_a_time_than_allowed(fetch: Fetch) -> None:
    with ForecastServer(rules=[Rule(r"f003$", "slow", times=12)]) as server:
        fetch(server, at_once=3)
    assert 1 < server.most_at_once <= 3


def test_only_the_bytes_wanted_are_asked_for(fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server)
    assert server.sent < 1.02 * run.received
    assert server.count(r"f003$") == 5 * len(LEVELS) + 4 + 3 + 2


def test_a_server_that_ignores_ranges_is_not_read_for_ever(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oberih.weather.live.server.MOST_SKIPPED", 1000)
    with (
        ForecastServer(there=lambda run, step: run == RUN, rules=[Rule(r"f003$", "ignores_range")]) as server,
        pytest.raises(SourceUnavailable, match="ignores ranges"),
    ):
        fetch(server)


@pytest.mark.parametrize("longitude", (2.0, -1.0, 359.0))
def test_an_area_across_the_meridian_of_greenwich_is_one_area(longitude: float, fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server, "ecmwf", longitude=longitude)
    fields = fields_of_volume(volume_of(run.paths))
    assert (np.diff(fields.x) == 2.0).all() and len(fields.x) > 10
    assert fields.place(latitude=47.5, longitude=longitude)


def test_a_member_of_the_ensemble_is_that_member(fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server, "ecmwf-member-02")
        assert server.count(r"-oper-|-scda-") == 0
    assert run.title.endswith("member 2")


def test_a_release_in_the_past_gets_a_run_that_was_there(fetch: Fetch) -> None:
    with ForecastServer() as server:
        run = fetch(server, start=RUN - 2 * CYCLE + 3600)
    assert run.run == RUN - 2 * CYCLE


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """ECMWF's runs of 06 and 18 UTC end before those of 00 and 12, here after 12 and 24 h."""
    monkeypatch.setattr(Ecmwf, "longest", lambda self, run: 12 if run // CYCLE % 2 else 24)


@pytest.mark.usefixtures("short_runs")
def test_a_run_that_ends_too_early_says_by_how_much(fetch: Fetch) -> None:
    with ForecastServer(there=lambda run, step: run == RUN) as server:
        run = fetch(server, "ecmwf", hours=14)
    assert run.end == RUN + 12 * 3600
    assert "ends 4.5 h before the hours wanted" in run.lacks[-1]


@pytest.mark.usefixtures("short_runs")
def test_a_run_that_reaches_is_preferred_to_a_newer_one_that_does_not(fetch: Fetch) -> None:
    with ForecastServer() as server:
        assert fetch(server, "ecmwf", hours=14).run == RUN - CYCLE


def test_an_unknown_source_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="known: ecmwf, gfs, icon, nomads"):
        fetch_run("xyzzy", hours=3, now=NOW, cache=tmp_path, **SITE)
    with pytest.raises(InputError):
        fetch_run("gfs", hours=0, now=NOW, cache=tmp_path, **SITE)


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFull, match="cannot be written"):
        fetch_run("gfs", hours=3, now=NOW, cache=tmp_path / "file", server="http://127.0.0.1:9", **SITE)
