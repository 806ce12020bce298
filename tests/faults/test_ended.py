"""Whatever a command waits for from far away, one signal ends it, in order and soon; nothing half-done is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.case.reach.forecast_state import folder_of, keeper_of
from oberih.weather.live.kept import one_at_a_time
from tests.far.misbehaving import Misbehaving
from tests.faults.object_store import BUCKET, SECRET, environment_of

SITE = "zaporizhzhia"
SOON = 45.0
"""From the signal to the end [s]: under a second of processor, most of it Python's own end, on a machine that many
share; without the signal each of these waits for a minute or more."""

STARTED = 200.0
"""So long may the start of Python and the first request take on a machine that many share."""


@contextmanager
def oberih(words: Sequence[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command at work, killed if the test leaves it."""
    with open(log, "wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-m", "oberih", *words], stdout=stream, stderr=stream, env=os.environ | environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        try:
            yield child
        finally:
            child.kill()
            child.wait()


def until_asked(server: Misbehaving, child: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + STARTED
    while not server.asked:
        assert child.poll() is None and time.monotonic() < limit, log.read_text()
        time.sleep(0.05)
    time.sleep(0.5)


def ended(child: subprocess.Popen[bytes], number: int, log: Path) -> int:
    """Send a signal, and give the code with which it ended, soon."""
    child.send_signal(number)
    try:
        return child.wait(SOON)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"goes on: {log.read_text()}") from None


class Busy(Misbehaving):
    """Asks to wait for a minute: every command here has the patience for it, however slow its start was."""

    def said(self, path: str) -> Iterator[bytes]:
        yield b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"


WAITS = {
    "drip_head": lambda: Misbehaving("drip_head"), "hang": lambda: Misbehaving("hang"),
    "endless_hints": lambda: Misbehaving("endless_hints"), "drip_body": lambda: Misbehaving("drip_body"),
    "busy": Busy,
}  # fmt: skip


@pytest.mark.parametrize("wait", [pytest.param(w, marks=[] if w == "hang" else pytest.mark.slow) for w in WAITS])
def test_one_term_ends_the_service_in_order(wait: str, tmp_path: Path) -> None:
    log, folder = tmp_path / "log", folder_of(tmp_path, SITE)
    folder.mkdir(parents=True)
    stands = b'{"format": "oberih/forecast/1", "entries": []}'
    (folder / "ready.json").write_bytes(stands)
    with (
        WAITS[wait]() as server,
        oberih(["forecast", SITE, "--server", server.url, "--cache", str(tmp_path)], log) as child,
    ):
        until_asked(server, child, log)
        assert keeper_of(folder) == child.pid
        assert ended(child, signal.SIGTERM, log) == 0
    assert "ended; what was begun is gone on with" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert keeper_of(folder) is None
    assert (folder / "ready.json").read_bytes() == stands


def test_two_terms_end_it_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        Misbehaving("hang") as server,
        oberih(["forecast", SITE, "--server", server.url, "--cache", str(tmp_path)], log) as child,
    ):
        until_asked(server, child, log)
        child.send_signal(signal.SIGTERM)
        assert ended(child, signal.SIGTERM, log) in (0, 130)  # the first may have ended it already
    assert keeper_of(folder_of(tmp_path, SITE)) is None
    assert "Traceback" not in log.read_text()


def test_one_term_ends_a_service_that_waits_for_another_process(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        one_at_a_time(tmp_path / "live" / "runs", "gfs"),
        oberih(["forecast", SITE, "--cache", str(tmp_path)], log) as child,
    ):
        limit = time.monotonic() + STARTED
        while "another process is fetching" not in log.read_text():
            assert child.poll() is None and time.monotonic() < limit, log.read_text()
            time.sleep(0.05)
        assert ended(child, signal.SIGTERM, log) == 0
    assert "ended; what was begun is gone on with" in log.read_text()


AT, SERVER, CACHE = ["--at", "{now}"], ["--server", "{url}"], ["--cache", "{folder}"]
PERIOD = ["--from", "1994-10-23T16:00Z", "--to", "1994-10-23T18:00Z"]
COMMANDS = {
    "era5": ["weather", "era5", "--area=-11,41,31,62", *PERIOD, "--out", "{folder}/era5", *SERVER],
    "get": ["weather", "get", SITE, "--years", "2020", *SERVER, *CACHE],
    "assess": ["assess", SITE, *AT, "--weather", "gfs", "--engine", "particles", *SERVER, *CACHE],
    "forecast": ["forecast", SITE, *SERVER, *CACHE],
    "build": ["atlas", "build", SITE, "--weather", "climate", "--store", f"s3://{BUCKET}/a.zarr", *CACHE],
    "list": ["atlas", "list", "--store", f"s3://{BUCKET}/a", *CACHE],
}


@pytest.mark.parametrize("wait", [pytest.param("drip_head", marks=pytest.mark.slow), "busy"])
@pytest.mark.parametrize("command", COMMANDS)
def test_one_interrupt_ends_any_command_in_a_line(command: str, wait: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with WAITS[wait]() as server:
        now = time.strftime("%Y-%m-%dT%H:00Z", time.gmtime())
        words = [w.format(now=now, folder=tmp_path, url=server.url) for w in COMMANDS[command]]
        with oberih(words, log, **environment_of(server.url)) as child:
            until_asked(server, child, log)
            assert ended(child, signal.SIGINT, log) == 130
    said = log.read_text()
    assert "interrupted; run the same command again to resume" in said
    assert "Traceback" not in said and "Exception" not in said and SECRET not in said
