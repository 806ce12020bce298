"""Loaded into a worker by ``dask worker --preload``: its disk is slow for every file that it opens to write or renames.

The folder that is slow is named by the environment variable ``SLOW``, the delay in seconds by
``SLOW_BY``; how often it was met is left beside the folder, so that a test sees that it was slow.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

FOLDER, DELAY = os.environ["SLOW"], float(os.environ["SLOW_BY"])


def hold_up(event: str, arguments: tuple[Any, ...]) -> None:
    """Take a while over each file."""
    writes = event == "os.rename" or (event == "open" and set("wa+x") & set(str(arguments[1])))
    if writes and str(arguments[0]).startswith(FOLDER + os.sep):
        time.sleep(DELAY)
        count = os.open(f"{FOLDER}.held-{os.getpid()}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(count, b".")
        os.close(count)


sys.addaudithook(hold_up)
