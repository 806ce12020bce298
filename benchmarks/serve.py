"""Does a server bear a duty room: 50 readers, 5 analysts and 200 event streams at once?

    python -m benchmarks.serve [--minutes 5] [--cache FOLDER] [--readers 50] [--analysts 5] [--streams 200] [--quick]

The real ``oberih serve`` runs in a process of its own on loopback, over a year's atlas (built first where the cache
has none).  A reader opens pages and what they load, then thinks for a second or two; an analyst moves a control of
the designer every second and a half; a stream listens.  Every answer that is not 200 is an error.  Times are those
of the server as its client sees them, with everybody on the same two cores.

Prints one JSON line last: requests, errors, p50/p95 of readers' and analysts' requests [ms], changes answered, the
first page and its files after a start [s], events that streams received, and the server's peak memory [MiB].
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from validation.door import Words, answering, positive_number, whole_number

from benchmarks.machine import load, machine

OBERIH = Path(sys.executable).with_name("oberih")

FIRST_PAGE = ("/", "/static/css/oberih.css", "/static/js/shell.js", "/static/js/words.js", "/api/v1/words/en")
"""What a browser asks for before anything of the first page can be read."""

READ = (
    "/", "/api/v1/situation", "/api/v1/words/uk", "/designer", "/api/v1/design/choices", "/regimes", "/api/v1/regimes",
    "/evidence", "/api/v1/evidence", "/static/js/map.js", "/event", "/report",
)  # fmt: skip


@dataclass
class Tally:
    """What was asked and how it went."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"reader": [], "analyst": []})
    errors: dict[str, int] = field(default_factory=dict)
    busy: int = 0
    events: int = 0
    streams: int = 0

    def error(self, what: str) -> None:
        """Count what went wrong."""
        self.errors[what] = self.errors.get(what, 0) + 1


@dataclass(frozen=True)
class Running:
    """A server of this benchmark."""

    address: str
    process: subprocess.Popen[bytes]
    opened: float

    def peak_mib(self) -> float:
        """Most that the server's process has held in memory [MiB]; 0 where nobody says."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0.0
        lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return round(int(lines[0].split()[1]) / 1024, 1) if lines else 0.0


@contextmanager
def served(cache: Path, folder: Path) -> Iterator[Running]:
    """Run the server in a folder until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"XDG_CONFIG_HOME": str(folder)}
    begin = time.perf_counter()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [OBERIH, "serve", "--port", str(port), "--cache", str(cache)], cwd=folder, env=environment, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            while not _answers(address):
                if process.poll() is not None:
                    raise RuntimeError((folder / "server.log").read_text()[-2000:])
                time.sleep(0.02)
            yield Running(address, process, time.perf_counter() - begin)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address + "/openapi.json", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_for_atlas(address: str, limit: float = 900.0) -> float:
    """Wait until the designer can answer; gives how long that took [s]."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < limit:
        atlas = httpx.get(f"{address}/api/v1/design/choices", timeout=60).json()["atlas"]
        if atlas["state"] == "ready":
            return time.perf_counter() - begin
        if atlas["state"] == "failed":
            raise RuntimeError(str(atlas))
        time.sleep(0.2)
    raise RuntimeError(f"no atlas after {limit} s")


def change(rng: random.Random, choices: dict[str, list[str]]) -> dict[str, str | int]:
    """What an analyst's controls say after one was moved."""
    return {
        "scenario": rng.choice(choices["scenarios"]), "criteria": rng.choice(choices["criteria"]),
        "percentile": rng.choice((50, 75, 90, 95, 99)), "day": f"2026-{rng.randint(1, 12):02d}-01",
        "months": rng.choice(("12,1,2", "6,7,8", "1,2,3,4,5,6,7,8,9,10,11,12")), "detail": "draft",
    }  # fmt: skip


async def reader(client: httpx.AsyncClient, tally: Tally, end: float, seed: int) -> None:
    """Open pages and think between."""
    rng = random.Random(seed)
    while time.perf_counter() < end:
        await _timed(client, rng.choice(READ), {}, tally, "reader")
        await asyncio.sleep(rng.uniform(0.5, 2.0))


async def analyst(
    client: httpx.AsyncClient, tally: Tally, end: float, seed: int, choices: dict[str, list[str]]
) -> None:
    """Move a control every second and a half."""
    rng = random.Random(1000 + seed)
    while time.perf_counter() < end:
        begin = time.perf_counter()
        await _timed(client, "/api/v1/design", change(rng, choices), tally, "analyst")
        await asyncio.sleep(max(0.0, 1.5 - (time.perf_counter() - begin)))


async def _timed(client: httpx.AsyncClient, path: str, query: dict[str, str | int], tally: Tally, who: str) -> None:
    begin = time.perf_counter()
    try:
        answer = await client.get(path, params=query)
    except httpx.HTTPError as error:
        tally.error(f"{path}: {type(error).__name__}")
        return
    if answer.status_code == 503 and "retry-after" in answer.headers:
        tally.busy += 1  # the server says that it has no hand free: the page asks again by itself
    if answer.status_code != 200:
        tally.error(f"{path}: {answer.status_code}")
        return
    tally.times[who].append(1000 * (time.perf_counter() - begin))


async def listener(client: httpx.AsyncClient, tally: Tally, end: float) -> None:
    """Listen to the event stream until the end."""
    try:
        async with client.stream("GET", "/api/v1/live", timeout=60) as stream:
            if stream.status_code != 200:
                tally.error(f"/api/v1/live: {stream.status_code}")
                return
            tally.streams += 1
            async for line in stream.aiter_lines():
                tally.events += line.startswith("data:")
                if time.perf_counter() > end:
                    return
    except httpx.HTTPError as error:
        tally.error(f"/api/v1/live: {type(error).__name__}")


async def crowd(address: str, *, seconds: float, readers: int, analysts: int, streams: int) -> Tally:
    """Let everybody in at once, for so long."""
    tally = Tally()
    end = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        known = (await client.get("/api/v1/design/choices")).json()
        choices = {
            "scenarios": [s["name"] for s in known["scenarios"] if s.get("offered", True)],
            "criteria": [c["name"] for c in known["criteria"]],
        }
        jobs = [reader(client, tally, end, i) for i in range(readers)]
        jobs += [analyst(client, tally, end, i, choices) for i in range(analysts)]
        jobs += [listener(client, tally, end) for _ in range(streams)]
        work = [asyncio.ensure_future(job) for job in jobs]
        await asyncio.wait(work, timeout=seconds + 90)
        for job in work:
            job.cancel()
    return tally


def first_page(address: str) -> float:
    """Time until the first page and what it needs have come [s]."""
    begin = time.perf_counter()
    with httpx.Client(base_url=address, timeout=30) as client:
        for path in FIRST_PAGE:
            client.get(path).raise_for_status()
    return time.perf_counter() - begin


def told(times: Sequence[float], share: float) -> float | None:
    """A quantile of times [ms]; None without any."""
    if len(times) < 2:
        return None
    return round(statistics.quantiles(times, n=100)[round(100 * share) - 1], 1)


def measured(cache: Path, *, seconds: float, readers: int, analysts: int, streams: int) -> dict[str, object]:
    """Run the server and the crowd; give the figures."""
    with tempfile.TemporaryDirectory() as name, served(cache, Path(name)) as running:
        page = first_page(running.address)
        ready = wait_for_atlas(running.address)
        idle = running.peak_mib()
        tally = asyncio.run(
            crowd(running.address, seconds=seconds, readers=readers, analysts=analysts, streams=streams)
        )
        return {
            "seconds": seconds, "readers": readers, "analysts": analysts, "streams": tally.streams,
            "requests": sum(map(len, tally.times.values())), "errors": sum(tally.errors.values()), "busy": tally.busy,
            "error_kinds": tally.errors, "changes": len(tally.times["analyst"]), "events": tally.events,
            "reader_p50_ms": told(tally.times["reader"], 0.5), "reader_p95_ms": told(tally.times["reader"], 0.95),
            "analyst_p50_ms": told(tally.times["analyst"], 0.5), "analyst_p95_ms": told(tally.times["analyst"], 0.95),
            "opened_s": round(running.opened, 2), "first_page_s": round(page, 3), "atlas_ready_s": round(ready, 1),
            "ready_mib": idle, "peak_mib": running.peak_mib(), "load": load(), "machine": machine(),
        }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.serve", __doc__)
    parser.add_argument("--minutes", type=positive_number, default=5.0)
    parser.add_argument("--cache", type=Path, default=Path(".oberih"))
    parser.add_argument("--readers", type=whole_number, default=50)
    parser.add_argument("--analysts", type=whole_number, default=5)
    parser.add_argument("--streams", type=whole_number, default=200)
    parser.add_argument("--quick", action="store_true", help="twenty seconds, a tenth of the crowd")
    given = parser.parse_args(arguments)
    size = 0.1 if given.quick else 1.0
    figures = measured(
        given.cache.resolve(), seconds=20.0 if given.quick else 60.0 * given.minutes,
        readers=max(1, round(size * given.readers)), analysts=max(1, round(size * given.analysts)),
        streams=max(1, round(size * given.streams)),
    )  # fmt: skip
    print(json.dumps(figures))
    return 0 if figures["errors"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
