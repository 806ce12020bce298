"""How soon does the zone designer answer a moved slider, on a year's atlas?

    python -m benchmarks.designer [--cache FOLDER] [--changes 160] [--refined 16] [--seed 1] [--quick]

The application itself is asked, in this process, through its ASGI door: routing, gates, validation, the answer's whole
arithmetic and its JSON, but no socket.  A seeded walk moves one slider at a time: scenario, unit, shutdown, day,
height, months, hours, criteria, the criterion drawn, age, protection, percentile; every change is a new question, none
is found among the kept answers.  After some of the changes the same setting is asked in full detail, with nothing kept
on disk.

Prints one JSON line last.  Times are wall times [ms]; ``cpu`` is processor time of this process for each change, which
other work on the machine does not lengthen much; ``load`` is the machine's before and after.  The first question at
power, for which the atlas's iodine is read, stands apart as ``iodine_s``.  ``differs`` says how far a draft's circle
and area differ from those in full detail [%], of so many drafts that counted fewer starts.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine
from oberih.case.prove.keeping import Keeping
from oberih.case.reach.design import Bench
from oberih.web.app import create_app
from oberih.web.engine import Engine
from oberih.web.engine_benches import opened_and_tried
from oberih.web.settings import ServeSettings

ADDRESS = "http://127.0.0.1:8460"
LIMIT = 300.0
"""To be held by 95 of 100 changes on two cores [ms]."""

ALL_MONTHS = "1,2,3,4,5,6,7,8,9,10,11,12"
VALUES: dict[str, tuple[Any, ...]] = {
    "unit": ("1", "2", "3", "4", "5", "6", None), "shutdown": ("2019-05-01", "2022-03-04", "2024-01-01", None, None),
    "day": tuple(f"{year}-{month:02d}-01" for year in (2025, 2026, 2027, 2030) for month in range(1, 13)),
    "height": (5, 15, 30, 60, 100, 150, 250, None),
    "months": ("12,1,2", "3,4,5", "6,7,8", "9,10,11", "5,6,7,8,9", *(ALL_MONTHS,) * 7),
    "hours": ((6, 18), (20, 5), (9, 15), *((0, 23),) * 5), "age": ("infant", "1y", "5y", "10y", "15y", "adult", None),
    "protection": ((), ("house",), ("basement",), ("large building",), ("house", "iodine in time"), ()),
    "percentile": (50, 75, 80, 85, 90, 92, 95, 97, 99),
}  # fmt: skip
AT_POWER = "at-power"


def walk(choices: dict[str, Any], *, changes: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Settings one slider apart, each with the name of the slider that was moved."""
    rng = random.Random(seed)
    scenarios = [s["name"] for s in choices["scenarios"] if s["offered"] and s["needs"] != "nothing"]
    criteria = {c["name"]: [r["name"] for r in c["criteria"]] for c in choices["criteria"]}
    now: dict[str, Any] = {"scenario": "core-melt-early-failure", "criteria": "iaea", "months": ALL_MONTHS}
    kinds = [*VALUES, "scenario", "criteria", "action"]
    found: list[tuple[str, dict[str, Any]]] = []
    seen: set[str] = set()
    while len(found) < changes:
        kind = kinds[len(found) % len(kinds)] if len(found) < len(kinds) else rng.choice(kinds)
        before = dict(now)
        _move(kind, now, rng, scenarios, criteria)
        query = {k: v for k, v in now.items() if v is not None and v != ()}
        key = json.dumps(query, sort_keys=True)
        if key in seen:
            now = before
            continue
        seen.add(key)
        found.append((kind, query))
    return found


def _move(kind: str, now: dict[str, Any], rng: random.Random, scenarios: list[str], criteria: Any) -> None:
    if kind == "scenario":
        now["scenario"] = rng.choice(scenarios)
    elif kind == "criteria":
        now["criteria"], now["action"] = rng.choice(list(criteria)), None
    elif kind == "action":
        now["action"] = rng.choice([*criteria[now["criteria"]], None])
    elif kind == "hours":
        now["first_hour"], now["last_hour"] = rng.choice(VALUES["hours"])
    elif kind == "shutdown" and rng.random() < 0.25:
        now["shutdown"] = AT_POWER
    else:
        now[kind] = rng.choice(VALUES[kind])


@dataclasses.dataclass
class Timed:
    """What was measured."""

    wall: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)
    refined: list[float] = dataclasses.field(default_factory=list)
    starts: list[int] = dataclasses.field(default_factory=list)
    radius: list[float] = dataclasses.field(default_factory=list)
    area: list[float] = dataclasses.field(default_factory=list)
    iodine: float | None = None
    slowest: tuple[float, str, dict[str, Any]] = (0.0, "", {})


async def asked(client: httpx.AsyncClient, query: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
    """The answer, wall and processor time [ms]."""
    begin, used = time.perf_counter(), time.process_time()
    answer = await client.get("/api/v1/design", params=query)
    wall, cpu = 1e3 * (time.perf_counter() - begin), 1e3 * (time.process_time() - used)
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.status_code} {answer.text[:300]}")
    return answer.json(), wall, cpu


async def until_read(client: httpx.AsyncClient, query: dict[str, Any]) -> float:
    """Ask until the atlas's iodine is there; how long that took [s]."""
    begin = time.perf_counter()
    while (await client.get("/api/v1/design", params=query)).status_code == 409:
        await asyncio.sleep(0.1)
    return time.perf_counter() - begin


async def walked(app: Any, *, changes: int, refined: int, seed: int) -> tuple[Timed, float, Counter[str]]:
    """Walk through the settings; what was measured, the first answer's time [ms], and the sliders moved."""
    timed = Timed()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, timeout=120) as client:
        choices = (await client.get("/api/v1/design/choices")).json()
        _, first, _ = await asked(client, {})
        settings = walk(choices, changes=changes, seed=seed)
        every = max(1, len(settings) // max(refined, 1))
        for i, (kind, query) in enumerate(settings):
            if query.get("shutdown") == AT_POWER and timed.iodine is None:
                timed.iodine = await until_read(client, {**query, "percentile": 33})
            told, wall, cpu = await asked(client, query)
            timed.wall.append(wall)
            timed.cpu.append(cpu)
            timed.starts.append(told["starts"]["counted"])
            timed.slowest = max(timed.slowest, (wall, kind, query), key=lambda s: s[0])
            if i % every == every - 1:
                full, wall, _ = await asked(client, {**query, "detail": "full"})
                timed.refined.append(wall)
                _compare(timed, told, full)
    return timed, first, Counter(kind for kind, _ in settings)


def _compare(timed: Timed, draft: dict[str, Any], full: dict[str, Any]) -> None:
    """How far the draft's circle and area lie from those in full detail [%]; of empty zones nothing is said."""
    if draft["starts"]["counted"] == full["starts"]["counted"]:
        return
    for into, key in ((timed.radius, "circle_radius_km"), (timed.area, "area_km2")):
        one, other = (told["zone"]["properties"][key] for told in (draft, full))
        if other > 0.0:
            into.append(100.0 * abs(one - other) / other)


def quantile(values: Sequence[float], share: float) -> float | None:
    """A quantile, to a tenth; None of less than two values."""
    if len(values) < 2:
        return None
    return round(statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1], 1)


def peak_mib() -> float:
    """Most that this process has held in memory [MiB]; 0 where nobody says."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return round(int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024, 1)


def measured(engine: Engine, folder: Path, *, changes: int, refined: int, seed: int) -> dict[str, Any]:
    """The figures of an engine that is ready."""
    settings = ServeSettings(cache=folder, keeping=Keeping(store=str(folder / "record.db")))
    app = create_app(settings, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    app.state.held.engine = engine
    before = load()
    timed, first, kinds = asyncio.run(walked(app, changes=changes, refined=refined, seed=seed))
    slowest, kind, query = timed.slowest
    return {
        "changes": len(timed.wall), "sliders": dict(kinds),
        "p50_ms": quantile(timed.wall, 0.5), "p95_ms": quantile(timed.wall, 0.95), "max_ms": round(slowest, 1),
        "cpu_p50_ms": quantile(timed.cpu, 0.5), "cpu_p95_ms": quantile(timed.cpu, 0.95),
        "held": None if (p95 := quantile(timed.wall, 0.95)) is None else p95 < LIMIT, "limit_ms": LIMIT,
        "slowest": {"moved": kind, **query}, "first_ms": round(first, 1),
        "refined": len(timed.refined), "refined_p50_ms": quantile(timed.refined, 0.5),
        "refined_p95_ms": quantile(timed.refined, 0.95), "iodine_s": timed.iodine and round(timed.iodine, 2),
        "starts_median": statistics.median(timed.starts), "starts_least": min(timed.starts),
        "differs": {
            name: {"of": len(values), "median": quantile(values, 0.5), "worst": round(max(values, default=0.0), 1)}
            for name, values in (("radius_percent", timed.radius), ("area_percent", timed.area))
        },
        "benches_mib": round(engine.benches.bytes / 2**20, 1), "peak_mib": peak_mib(), "load": [before, load()],
        "machine": machine(),
    }  # fmt: skip


def ready_engine(cache: Path, kept: Path) -> tuple[Engine, float]:
    """An engine on a cache's atlas, that keeps what it refines elsewhere; and how long it took to be ready [s]."""

    def opened(request: Any, *, progress: Any) -> Bench:
        return dataclasses.replace(opened_and_tried(request, progress=progress), kept=kept)

    begin = time.perf_counter()
    engine = Engine(ServeSettings(cache=cache), opened=opened)
    engine.start()
    while engine.readiness.state == "preparing":
        time.sleep(0.05)
    if engine.readiness.state != "ready":
        raise RuntimeError(engine.readiness.why)
    return engine, time.perf_counter() - begin


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.designer", __doc__)
    parser.add_argument("--cache", type=Path, default=Path(".oberih"))
    parser.add_argument("--changes", type=whole_number, default=160)
    parser.add_argument("--refined", type=whole_number, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a few changes, to see that it runs")
    given = parser.parse_args(arguments)
    changes, refined = (16, 3) if given.quick else (given.changes, given.refined)
    with tempfile.TemporaryDirectory() as name:
        engine, ready = ready_engine(given.cache.resolve(), Path(name) / "kept")
        figures = measured(engine, Path(name), changes=changes, refined=refined, seed=given.seed)
        engine.stop()
    print(json.dumps({"ready_s": round(ready, 2), **figures}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
