"""How much does a server's event stream cost with 200 pages listening?

``python benchmarks/live.py PORT PID FILE``: against a server that runs, whose readings lie in FILE.  Prints the memory
before and after, the time from a change of the file until the first and the last client heard of it, and the time in
which a first page is answered meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

CLIENTS = 200


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


async def main(port: int, pid: int, file: Path) -> None:
    """Measure."""
    before = memory(pid)
    ready = [asyncio.Event() for _ in range(CLIENTS)]
    tasks = [asyncio.create_task(client(port, b'"readings"', r)) for r in ready]
    await asyncio.gather(*(r.wait() for r in ready))
    during = memory(pid)
    old = file.read_text(encoding="utf-8")
    changed = time.perf_counter()
    file.write_text(old + f"Bench,47.3,34.3,{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ},100,nSv/h\n", encoding="utf-8")
    heard = await asyncio.gather(*tasks)
    file.write_text(old, encoding="utf-8")
    print(f"memory: {before:.0f} MiB with none, {during:.0f} MiB with {CLIENTS} clients")
    print(f"from the change to the first client {min(heard) - changed:.2f} s, to the last {max(heard) - changed:.2f} s")
    print(f"between the first and the last {1e3 * (max(heard) - min(heard)):.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
