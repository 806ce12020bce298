"""The service as an office runs it: killed in the middle, started again, asked, ended."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.atlas.store import open_atlas, verify
from oberih.case.reach.forecast_state import AT_WORK, begun_of, entries_of, folder_of
from oberih.cli.main import main
from tests.weather.live.simulator import ForecastServer

WORDS = ["forecast", "zaporizhzhia"]
OBERIH = [sys.executable, "-m", "oberih", *WORDS]
PATIENCE = 500.0
"""So long that only a hang is one: on a loaded machine the kernels of a fresh clone are compiled within it [s]."""


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What a command makes of signals in this process is undone."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_night_in_the_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed in the middle of a further course, the service answers, goes on with it, and ends when it is asked to."""
    now = time.time()
    folder = folder_of(tmp_path, "zaporizhzhia")
    log = tmp_path / "log"
    with ForecastServer(there=lambda run, step: run <= now - 5 * 3600) as server:
        given = ["--server", server.url, "--source", "nomads", "--hours", "13", "--every", "1h", "--follow", "1",
                 "--particles", "64", "--workers", "1", "--perturbed", "2", "--cache", str(tmp_path)]  # fmt: skip

        def begin() -> subprocess.Popen[bytes]:
            with open(log, "ab") as stream:
                return subprocess.Popen([*OBERIH, *given], stderr=stream, stdout=stream)

        def seals() -> dict[Path, int]:
            return {p: p.stat().st_mtime_ns for p in folder.glob("*.zarr/seals/[0-9]*.json")}

        def further() -> int:
            stands = {e.path for e in entries_of(folder)}
            return len([p for p in seals() if p.parent.parent not in stands]) if stands else 0

        first = begin()
        try:
            until(lambda: further() >= 1 or first.poll() is not None)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        sealed = seals()
        (entry,) = entries_of(folder)
        assert entry.courses == () and verify(open_atlas(entry.path)) == [], log.read_text()
        assert begun_of(folder, name=AT_WORK) is not None, log.read_text()

        second = begin()
        try:
            until(lambda: "next look at" in log.read_text() or second.poll() is not None)
            assert main([*WORDS, *given, "--status"]) == 0
            asked = capsys.readouterr()
            assert main([*WORDS, *given]) == 3
            refused = capsys.readouterr()
        finally:
            second.send_signal(signal.SIGTERM)
            assert second.wait(timeout=PATIENCE) == 0, log.read_text()
    told = log.read_text()
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  ready: releases from \S+ to \S+, weather to \S+", told)
    assert "ready: perturbed 1; 2 of 2 courses of the weather" in told
    assert "ended; what was begun is gone on with" in told
    (entry,) = entries_of(folder)
    assert [verify(open_atlas(p)) for p in (entry.path, *(c.path for c in entry.courses))] == [[], []]
    assert {p: t for p, t in seals().items() if p in sealed} == sealed
    assert entry.courses[0].spent > 0.0
    assert f"process {second.pid}" in asked.out and "NOAA GFS" in asked.out and "2 of 2 stand ready" in asked.out
    assert f"process {second.pid}" in refused.err and "\n" not in refused.err.strip()


@pytest.mark.parametrize(("words", "said"), [
    (["--every", "soon"], "is not 1h to 48h"), (["--every", "0h"], "is not 1h to 48h"),
    (["--hours", "8", "--once"], "keep 18 hours at least"),
    (["--source", "oracle", "--once"], "known: ecmwf, gfs, icon, nomads"),
    (["--members", "all", "--once"], "no ensemble is fetched of gfs"),
    (["--perturbed", "1"], "is not in the range 2<=x<=200"),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_line(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WORDS, *words, "--cache", str(tmp_path)]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_status_of_nothing_says_how_to_make_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--status", "--cache", str(tmp_path)]) == 0
    told = " ".join(capsys.readouterr().out.split())  # a terminal breaks lines
    assert "Nothing stands ready" in told and "oberih forecast zaporizhzhia" in told
