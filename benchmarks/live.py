"""How much does a server's event stream cost with 200 pages listening?

    python -m benchmarks.live PORT PID FILE

Against a server that runs, whose readings lie in FILE.  Prints one JSON line last: the memory before and while they
listen, and the time from a change of the file until the first and the last client heard of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from validation.door import Words, answering, existing_file, whole_number

from benchmarks.machine import load, machine
from oberih.errors import InputError

CLIENTS = 200
PATIENCE = 60.0
"""Until every client has heard [s]."""


def memory(pid: int) -> float:
    """Resident memory of a process and nothing of its children [MiB]."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS"))


async def client(port: int, mark: bytes, ready: asyncio.Event) -> float:
    """Listen until the mark is heard; gives when."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    seen = b""
    while b"event: parts" not in seen:
        seen += await reader.read(65536)
    ready.set()
    seen = seen.rsplit(b"event: parts", 1)[-1].split(b"\n\n", 1)[-1]
    while mark not in seen:
        seen += await reader.read(65536)
    heard = time.perf_counter()
    writer.close()
    return heard


async def measured(port: int, pid: int, file: Path) -> dict[str, object]:
    """Memory [MiB] without clients and with them, and when the first and the last heard of a change [s]."""
    before = memory(pid)
    ready = [asyncio.Event() for _ in range(CLIENTS)]
    tasks = [asyncio.create_task(client(port, b'"readings"', r)) for r in ready]
    await asyncio.wait_for(asyncio.gather(*(r.wait() for r in ready)), PATIENCE)
    during = memory(pid)
    old = file.read_text(encoding="utf-8")
    changed = time.perf_counter()
    try:
        file.write_text(old + f"Bench,47.3,34.3,{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ},100,nSv/h\n", encoding="utf-8")
        heard = await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
    finally:
        file.write_text(old, encoding="utf-8")
    return {
        "clients": CLIENTS, "idle_mib": round(before, 1), "listening_mib": round(during, 1),
        "first_heard_s": round(min(heard) - changed, 3), "last_heard_s": round(max(heard) - changed, 3),
        "spread_ms": round(1e3 * (max(heard) - min(heard)), 1), "load": load(), "machine": machine(),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    words = Words("benchmarks.live", __doc__)
    words.add_argument("port", type=whole_number)
    words.add_argument("pid", type=whole_number)
    words.add_argument("file", type=existing_file)
    given = words.parse_args(arguments)
    if not Path(f"/proc/{given.pid}/status").is_file():
        raise InputError("no such process", file="command line", field="PID", value=given.pid)
    try:
        print(json.dumps(asyncio.run(measured(given.port, given.pid, given.file))))
    except TimeoutError:
        raise InputError("nothing was heard", file="command line", field="PORT", value=given.port,
                         cure="start a server whose readings lie in FILE") from None  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
