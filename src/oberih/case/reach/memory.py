"""What was found before, and need not be summed again?

A small file an exceedance, named by the digest of all that decides it; whatever is wrong with such a
file, it is as if it were not there.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import numpy as np

from oberih.atlas.superpose import Exceeded
from oberih.errors import StoreError
from oberih.evidence.keep import write_atomically

__all__ = ["remember", "remembered"]


def remember(path: Path, found: Exceeded) -> None:
    """Keep what was found; where there is no room, nothing is kept and nothing is lost."""
    text = io.BytesIO()
    np.savez_compressed(text, starts=found.starts, counts=found.counts, reach=found.reach, doses=found.doses)
    with contextlib.suppress(StoreError):
        write_atomically(path, text.getvalue())


def remembered(path: Path) -> Exceeded | None:
    """What was found before, or None."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            return Exceeded(file["starts"], file["counts"], file["reach"], file["doses"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile):
        return None
