"""How fast are findings judged?

    python -m benchmarks.findings [N]

Judges New START on as many days as it takes for N findings (500 by default) from the observations that come with
Oberih: applicability, parts, reasons, what was set aside, and a digest of the inputs each.  Beside it, in the same
run, the cheapest thing that could be called a judgement: the same values against the same limits in a bare
loop over dictionaries, no dates of validity, no reasons, no digest; and one JSON round trip of the
findings themselves.  Seconds are of the processor.  The last line is JSON; ``ratio`` is to that round trip.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from math import ceil
from typing import Any

from validation.door import Words, answering, whole_number

from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import timeline
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import load_regime

REPEATS = 7
FIRST, STEP = date(2011, 1, 15), 91  # [d]
LIMITS = {"deployed_delivery_vehicles": 700, "deployed_warheads": 1550, "deployed_and_nondeployed_launchers": 800}
LIMIT = 0.3  # [s] for 500 findings


def fastest(work: Callable[[], Any]) -> float:
    """Shortest of several runs [s]."""

    def run() -> float:
        begin = time.process_time()
        work()
        return time.process_time() - begin

    return min(run() for _ in range(REPEATS))


def bare(rows: Sequence[dict[str, Any]], days: Sequence[date], findings: int) -> list[str]:
    """Latest value against its limit, nothing else; as many verdicts as there are findings."""
    out: list[str] = []
    while len(out) < findings:
        for day in days:
            for party in ("US", "RU"):
                for name, limit in LIMITS.items():
                    last = None
                    for row in rows:
                        if row["subject"] == party and row["indicator"] == name and row["date"] <= day:
                            last = row
                    out.append("unknown" if last is None or last["value"] is None else
                               "holds" if last["value"] <= limit else "compromised")  # fmt: skip
    return out[:findings]


@answering
def main(arguments: Sequence[str]) -> int:
    """Print the figures; 0 if 500 findings take less than 0.3 s, 1 if not, 2 for a wrong argument."""
    parser = Words("benchmarks.findings", __doc__)
    parser.add_argument("findings", nargs="?", type=whole_number, default=500, metavar="N")
    parser.add_argument("--quick", action="store_true", help="it is quick by itself")
    wanted = parser.parse_args(arguments).findings
    rules, table = load_regime("new-start"), shipped_observations()
    a_day = len(rules.subjects) * len(rules.obligations)
    days = [FIRST + timedelta(days=STEP * i) for i in range(ceil(wanted / a_day))]

    def judged(observations: Sequence[Observation] = table) -> tuple[Finding, ...]:
        return timeline(rules, observations, dates=days, digest=sha256_of_value)

    found = judged()
    texts = [asdict(f) for f in found]
    rows = [asdict(o) for o in table if o.indicator in LIMITS]
    seconds = fastest(judged)
    trip = fastest(lambda: json.loads(json.dumps(texts, default=str)))
    loop = fastest(lambda: bare(rows, days, len(found)))
    print(f"{len(found)} findings in {seconds * 1e3:.0f} ms; JSON round trip of them {trip * 1e3:.0f} ms, "
          f"bare loop {loop * 1e3:.1f} ms")  # fmt: skip
    print(json.dumps({
        "findings": len(found), "seconds": round(seconds, 4), "per_second": round(len(found) / seconds),
        "json_round_trip_seconds": round(trip, 4), "bare_loop_seconds": round(loop, 5),
        "ratio": round(seconds / trip, 2), "ratio_to_bare_loop": round(seconds / loop, 1), "limit_seconds": LIMIT,
    }))  # fmt: skip
    return 0 if seconds * 500 / len(found) < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
