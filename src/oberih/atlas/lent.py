"""How does a worker learn that whoever lent it is gone?

Loaded into a Dask worker by ``--preload``.  Whoever started the worker holds the other end of its standard input: when
that end closes, be it by a kill, the worker ends.
"""

from __future__ import annotations

import os
import sys
import threading

__all__ = ["dask_setup"]


def dask_setup(worker: object) -> None:
    """Watch standard input from now on; Dask calls this when the worker starts."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os._exit(1)

    threading.Thread(target=watch, name="owner", daemon=True).start()
