"""A program that appends and says what was acknowledged, so that another may kill it.

    python -m validation.record_writer STORE KEY NAME COUNT BATCH

The first line is ``ready``; then comes the id of each acknowledged record, one a line, at once.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from oberih.case.prove.keeping import Keeping
from oberih.evidence.record import Record, read_record
from validation.door import Words, answering, whole_number

__all__ = ["NOW", "made", "start", "write"]

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""The clock of these trials."""


def made(name: str, number: int) -> Record:
    """Record ``number`` of a writer, of about 650 bytes when signed."""
    fields = {
        "id": f"{name}-{number:07d}", "kind": "event",
        "text": f"Watch {number}: one line to the grid was lost, two diesel generators started, water level steady.",
        "happened": {"from": f"2022-{3 + number % 9:02d}-{1 + number % 27:02d}T13:31Z"}, "known_on": "2022-12-05",
        "place": {"name": "a town by the river", "longitude": 34.5 + number % 1000 * 1e-3, "latitude": 47.5,
                  "uncertainty_m": 500.0},
        "source": {"who": "the operator", "url": "https://example.org/reports", "channel": "declared"},
        "reliability": "B", "credibility": 2, "claims": [{"by": "the operator", "says": "the line was cut by fire"}],
        "tags": ["pillar-4", "off-site-power"], "data": {"line": "750 kV", "generators": number % 20},
    }  # fmt: skip
    return read_record(fields, now=NOW)


def write(store: str, key: Path, *, name: str, count: int, batch: int) -> None:
    """Append ``count`` records, and say each that is kept."""
    keeping = Keeping(store, key=key, environment={})
    signer, _ = keeping.signer(create=True)
    log = keeping.log(create=True)
    for first in range(0, count, batch):
        records = [made(name, n) for n in range(first, min(first + batch, count))]
        log.append(records, signer=signer, now=NOW)
        print("\n".join(r.id for r in records), flush=True)
    log.close()


def start(store: str, key: Path, *, name: str, count: int, batch: int) -> subprocess.Popen[str]:
    """Start a process that does `write`."""
    command = [sys.executable, "-m", "validation.record_writer", store, str(key), name, str(count), str(batch)]
    root = Path(__file__).resolve().parents[1]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@answering
def main(arguments: Sequence[str]) -> int:
    """Write as told."""
    words = Words("validation.record_writer", __doc__)
    for text in ("store", "key", "name"):
        words.add_argument(text)
    for number in ("count", "batch"):
        words.add_argument(number, type=whole_number)
    given = words.parse_args(arguments)
    print("ready", flush=True)
    write(given.store, Path(given.key), name=given.name, count=given.count, batch=given.batch)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
