"""The service as an office runs it: killed in the middle, started again, asked, ended."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.atlas.store import open_atlas, verify
from oberih.case.reach.forecast_state import begun_of, entries_of, folder_of
from tests.weather.live.simulator import ForecastServer

OBERIH = [sys.executable, "-m", "oberih", "forecast", "zaporizhzhia"]
PATIENCE = 500.0
"""So long that only a hang is one: on a loaded machine the kernels of a fresh clone are compiled within it [s]."""


def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


@pytest.mark.timeout(1200)
def test_a_night_in_the_office(tmp_path: Path) -> None:
    """Killed in the middle of its build, the service goes on with it, answers, and ends when it is asked to."""
    now = time.time()
    folder = folder_of(tmp_path, "zaporizhzhia")
    log = tmp_path / "log"
    with ForecastServer(there=lambda run, step: run <= now - 5 * 3600) as server:
        given = ["--server", server.url, "--source", "nomads", "--hours", "13", "--every", "1h", "--follow", "1",
                 "--particles", "64", "--workers", "1", "--cache", str(tmp_path)]  # fmt: skip

        def begin() -> subprocess.Popen[bytes]:
            with open(log, "ab") as stream:
                return subprocess.Popen([*OBERIH, *given], stderr=stream, stdout=stream)

        def seals() -> dict[Path, int]:
            return {p: p.stat().st_mtime_ns for p in folder.glob("*.zarr/seals/[0-9]*.json")}

        first = begin()
        try:
            until(lambda: len(seals()) >= 2 or first.poll() is not None)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        sealed = seals()
        assert entries_of(folder) == [] and begun_of(folder) is not None, log.read_text()

        second = begin()
        try:
            until(lambda: "next look at" in log.read_text() or second.poll() is not None)
            asked = subprocess.run([*OBERIH, *given, "--status"], capture_output=True, text=True, check=True)
            refused = subprocess.run([*OBERIH, *given], capture_output=True, text=True, check=False)
        finally:
            second.send_signal(signal.SIGTERM)
            assert second.wait(timeout=PATIENCE) == 0, log.read_text()
    told = log.read_text()
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  ready: releases from \S+ to \S+, weather to \S+", told)
    assert "ended; what was begun is gone on with" in told
    (entry,) = entries_of(folder)
    assert verify(open_atlas(entry.path)) == []
    assert {p: t for p, t in seals().items() if p in sealed} == sealed
    assert f"process {second.pid}" in asked.stdout and "NOAA GFS" in asked.stdout
    assert refused.returncode == 3 and f"process {second.pid}" in refused.stderr and "\n" not in refused.stderr.strip()


@pytest.mark.parametrize(("words", "said"), [
    (["--every", "soon"], "is not 1h to 48h"), (["--every", "0h"], "is not 1h to 48h"),
    (["--hours", "8", "--once"], "keep 18 hours at least"),
    (["--source", "oracle", "--once"], "known: ecmwf, gfs, icon, nomads"),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_line(words: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*OBERIH, *words, "--cache", str(tmp_path)], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 2
    assert said in done.stderr


def test_status_of_nothing_says_how_to_make_it(tmp_path: Path) -> None:
    done = subprocess.run([*OBERIH, "--status", "--cache", str(tmp_path)], capture_output=True, text=True, check=True)
    told = " ".join(done.stdout.split())  # a terminal breaks lines
    assert "Nothing stands ready" in told and "oberih forecast zaporizhzhia" in told
