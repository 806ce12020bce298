"""What does it cost to fetch a run of a forecast?  `python -m benchmarks.forecast_run`; one JSON line last.

A server on loopback gives steps of the GFS on its real grid (1440 x 721 points, packed as NCEP packs), and they are
fetched, checked, cut and kept as a duty office would.  Measured a step: processor time of this process and of the
children that decode, time by the clock, bytes.  Loopback costs no time: what a line of N Mbit/s adds is bytes over N.

The length of a run on the real server is counted up from the lengths in a real index (2023-01-31 12 UTC, +1 h).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.weather.live import simulator
from tests.weather.live.made_grib import Lattice
from validation.door import Words, answering, whole_number

from oberih.weather.live import fetch_run

REAL_STEP = 70_833_231
"""Bytes of the messages wanted in one step of the GFS, by that index."""

NOW = 1_795_681_800
REAL = Lattice(90.0, -90.0, 0.0, 1440, 0.25, False, "grid_complex_spatial_differencing")


@answering
def main(arguments: Sequence[str]) -> int:
    """Fetch some hours and print what it cost."""
    parser = Words("benchmarks.forecast_run", __doc__)
    parser.add_argument("--hours", type=whole_number, default=3)
    parser.add_argument("--quick", action="store_true", help="one step, to see that it runs")
    given = parser.parse_args(arguments)
    hours = 1 if given.quick else given.hours
    simulator.LATTICES["gfs"] = REAL
    with simulator.ForecastServer() as server, tempfile.TemporaryDirectory() as folder:
        for step in range(0, hours + 7, 3):
            simulator.gfs_file(NOW // 21600 * 21600, step)  # made before the clock runs
        begun, own = time.perf_counter(), time.process_time()
        run = fetch_run(
            "gfs", latitude=47.51, longitude=34.59, hours=hours, cache=Path(folder), now=NOW, server=server.url
        )
        taken, own = time.perf_counter() - begun, time.process_time() - own
        kept = sum(p.stat().st_size for p in run.paths)
    steps = (run.end - run.start) // 10800 + 1
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "benchmark": "forecast_run", "steps": steps, "messages": run.messages, "received_mb": run.received / 1e6,
        "kept_mb_a_step": kept / 1e6 / steps, "seconds_a_step": taken / steps,
        "cpu_s_a_step_with_server": own / steps, "cpu_s_a_step_decoding": (spent.ru_utime + spent.ru_stime) / steps,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak_mib_of_a_child": spent.ru_maxrss / 1024, "real_mb_a_step": REAL_STEP / 1e6,
        "real_gb_a_run_of_44_steps": 44 * REAL_STEP / 1e9, "load": os.getloadavg()[0],
    }  # fmt: skip
    print(f"{steps} steps, {run.messages} messages: {taken:.1f} s")
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
