"""All benchmarks: `./start bench` and `python -m benchmarks`; `--quick` to see that they run."""

from __future__ import annotations

import sys

from benchmarks import (
    chain,
    cluster,
    designer,
    findings,
    flow,
    forecast_atlas,
    particle_year,
    particles,
    record,
    volumes,
)

ALL = (designer, record, particles, particle_year, forecast_atlas, cluster, flow, volumes, chain)
"""Each takes ``--quick``; ``findings`` is quick by itself."""

if __name__ == "__main__":
    sys.exit(max(findings.main([]), *(one.main(sys.argv[1:]) for one in ALL)))
