"""All benchmarks: `./start bench` and `python -m benchmarks`; `--quick` to see that they run."""

from __future__ import annotations

import sys

from benchmarks.chain import main

if __name__ == "__main__":
    sys.exit(main())
