"""Does the record keep what it acknowledged, killed again and again and written by two at once?

    python -m validation.record_endurance [--kills 50] [--records 1000] [--at-once 5000] [--seed 2026]

A writer is killed (-9) at a random point of its appends; then every acknowledged record must be there as it was
written, the log must verify, and the next append must work.  Two writers append at once, on SQLite and on a real
PostgreSQL.  Ends with one line of JSON; exit code 1 where something was lost, 2 where PostgreSQL is missing.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.evidence.log import Log
from oberih.evidence.record import record_fields
from oberih.evidence.verify import verify_log
from validation.door import Words, answering, whole_number
from validation.postgres_server import Server, ServerMissing
from validation.record_writer import NOW, made, start

__all__ = ["check", "kill_once", "kills", "two_at_once"]

BATCHES = (1, 1, 1, 7, 40)
"""Records an append."""

LIMIT = 600.0


def kill_once(store: str, key: Path, *, records: int, chance: random.Random) -> list[str]:
    """Kill a writer at a random point; the ids that it had acknowledged."""
    batch = chance.choice(BATCHES)
    wanted = chance.randrange(records * 9 // 10)
    writer = start(store, key, name="w", count=records, batch=batch)
    said: list[str] = []
    if writer.stdout is None:
        raise RuntimeError("no pipe")
    while len(said) <= wanted and (line := writer.stdout.readline()):
        said.append(line)
    time.sleep(chance.random() * 0.02)
    writer.kill()
    said += writer.stdout.readlines()
    writer.communicate(timeout=LIMIT)
    if writer.returncode != -signal.SIGKILL:
        raise RuntimeError(f"the writer ended by itself, with {writer.returncode}")
    return [line.strip() for line in said[1:] if line.endswith("\n")]


def check(store: str, key: Path, acknowledged: Sequence[str]) -> dict[str, int]:
    """Whether all is there and whole, and whether the next append works."""
    keeping = Keeping(store, key=key, environment={})
    signer, _ = keeping.signer(create=True)
    log = keeping.log(create=True)
    try:
        there = {e.record.id: e.record for e in log.entries()}
        present = sum(
            name in there and record_fields(there[name]) == record_fields(made(*_parts(name))) for name in acknowledged
        )
        before = not there or verify_log(log).holds
        size = log.append([made("after", len(there))], signer=signer, now=NOW).size
        after = verify_log(log)
        going_on = after.holds and size == after.records == after.size and size in {len(there) + 1, 2}
    finally:
        log.close()
    return {"acknowledged": len(acknowledged), "present": present, "verified": int(before), "going_on": int(going_on)}


def _parts(name: str) -> tuple[str, int]:
    writer, _, number = name.rpartition("-")
    return writer, int(number)


def kills(folder: Path, *, times: int, records: int, seed: int, store: str | None = None) -> dict[str, Any]:
    """Kill so often, each time on a new record, or always on the same where ``store`` is given."""
    chance = random.Random(seed)
    total: dict[str, Any] = {"kills": 0, "acknowledged": 0, "present": 0, "verified": 0, "going_on": 0}
    begin = time.monotonic()
    for n in range(times):
        place = folder / f"round-{n}"
        where = store or str(place / "record.sqlite")
        key = folder / "key.pem" if store else place / "key.pem"
        found = check(where, key, kill_once(where, key, records=records, chance=chance))
        total = {k: total[k] + (1 if k == "kills" else found[k]) for k in total}
        print(f"  kill {n + 1}: {found}", file=sys.stderr, flush=True)
    return {**total, "seconds": round(time.monotonic() - begin, 1)}


def two_at_once(store: str, key: Path, *, count: int, batch: int = 100) -> dict[str, Any]:
    """Let two processes append at once, with no key and no record there yet."""
    begin = time.monotonic()
    writers = [start(store, key, name=name, count=count, batch=batch) for name in ("a", "b")]
    said = [w.communicate(timeout=LIMIT) for w in writers]
    seconds = time.monotonic() - begin
    if any(w.returncode for w in writers):
        raise RuntimeError("; ".join(err for _, err in said))
    log = Log(store)
    try:
        ids = [e.record.id for e in log.entries()]
        report = verify_log(log)
    finally:
        log.close()
    wanted = {f"{name}-{n:07d}" for name in ("a", "b") for n in range(count)}
    turns = sum(x[0] != y[0] for x, y in itertools.pairwise(ids[1:]))
    return {"present": len(wanted & set(ids)), "of": 2 * count, "records": len(ids), "size": report.size,
            "verified": report.holds, "turns": turns, "seconds": round(seconds, 1)}  # fmt: skip


def _sound(found: dict[str, Any]) -> bool:
    kept = all(
        k["present"] == k["acknowledged"] and k["verified"] == k["going_on"] == k["kills"]
        for k in (found["sqlite_kills"], found["postgresql_kills"]) if k
    )  # fmt: skip
    together = [t for t in (found["sqlite_at_once"], found["postgresql_at_once"]) if t]
    return kept and all(t["present"] == t["of"] == t["records"] - 1 and t["verified"] for t in together)


@answering
def main(arguments: Sequence[str]) -> int:
    """Run all of it."""
    parser = Words("validation.record_endurance", __doc__)
    for name, default in (("--kills", 50), ("--records", 1000), ("--at-once", 5000), ("--seed", 2026)):
        parser.add_argument(name, type=whole_number, default=default)
    chosen = parser.parse_args(arguments)
    found: dict[str, Any] = {"postgresql_kills": None, "postgresql_at_once": None, "postgresql_missing": ""}
    asked = {"records": chosen.records, "seed": chosen.seed}
    with tempfile.TemporaryDirectory(prefix="oberih-endurance-") as name:
        folder = Path(name)
        found["sqlite_kills"] = kills(folder / "kills", times=chosen.kills, **asked)
        once = folder / "once"
        found["sqlite_at_once"] = two_at_once(str(once / "record.sqlite"), once / "key.pem", count=chosen.at_once)
        try:
            server = Server()
        except ServerMissing as error:
            found["postgresql_missing"] = str(error)
        else:
            try:
                place = folder / "pg"
                times = max(1, chosen.kills // 5)
                found["postgresql_at_once"] = two_at_once(server.new(), place / "once.pem", count=chosen.at_once)
                found["postgresql_kills"] = kills(place, times=times, store=server.new(), **asked)
            finally:
                server.stop()
    flat = {k: v for k, v in found["sqlite_kills"].items()}
    sound = _sound(found)
    print(json.dumps({**flat, **found, "sound": sound, "load": round(os.getloadavg()[0], 2)}, ensure_ascii=False))
    return 1 if not sound else 2 if found["postgresql_missing"] else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
