"""All benchmarks: `./start bench` and `python -m benchmarks`; `--quick` to see that they run."""

from __future__ import annotations

import sys

from benchmarks import chain, designer, findings, record

if __name__ == "__main__":
    sys.exit(max(findings.main([]), designer.main(), record.main(), chain.main()))
