"""How fast, how large, how soon: all of it?

    python -m benchmarks [--quick]

Runs every benchmark that needs no server, each as `python -m benchmarks.NAME` does; ``--quick`` only sees that they
run.  Shows the last line of each as it comes; the last line is JSON: all of them by name.  The exit code is the worst.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Sequence

from validation.door import Words, answering

from benchmarks import (
    chain,
    cluster,
    designer,
    findings,
    flow,
    forecast_atlas,
    forecast_run,
    particle_year,
    particles,
    record,
    volumes,
)

ALL = (
    findings, designer, record, particles, particle_year, forecast_atlas, forecast_run, cluster, flow, volumes, chain,
)  # fmt: skip
"""Each takes ``--quick``; `live`, `designer_page` and `serve` want a server, or minutes; they stand apart."""


@answering
def main(arguments: Sequence[str]) -> int:
    """Run all, show each line, and end with all of them."""
    words = Words("benchmarks", __doc__)
    words.add_argument("--quick", action="store_true", help="to see that they run")
    asked = ["--quick"] if words.parse_args(arguments).quick else []
    found: dict[str, object] = {}
    codes: list[int] = []
    for one in ALL:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            codes.append(one.main(asked))
        last = (said.getvalue().strip().splitlines() or ["null"])[-1]
        name = one.__name__.rpartition(".")[2]
        print(f"{name}: {last}", flush=True)
        found[name] = json.loads(last)
    print(json.dumps(found, ensure_ascii=False))
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
