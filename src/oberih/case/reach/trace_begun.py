"""Which samples of an interrupted trace are done?

The way back from each sample is kept as it is found, under a digest of all that it depends on, beside the products to
be; the same command run again goes on with the next.  Once the products stand, what was kept is removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from oberih.case.reach.trace_request import Sample, TraceRequest
from oberih.dispersion.particles.backward import Footprint
from oberih.errors import StoreFull
from oberih.evidence.digest import sha256_of_value

__all__ = ["begun_at", "drop_begun", "keep_footprint", "kept_footprint"]

FOLDER = ".begun"
COUNTED = ("back", "low", "high", "layer", "form", "nuclide", "particles", "finer", "roughness_length", "seed")


def begun_at(request: TraceRequest, sample: Sample, *, flow: str, hours: int) -> Path:
    """Where the way back from a sample is kept; ``flow`` is the digest of the air."""
    place = {k: v for k, v in asdict(sample).items() if k in ("latitude", "longitude", "start", "end")}
    told = {k: getattr(request, k) for k in COUNTED} | place | {"flow": flow, "hours": hours}
    return request.out / FOLDER / f"{sha256_of_value(told)[:32]}.npz"


def kept_footprint(path: Path) -> Footprint | None:
    """What is kept, or None where nothing is, or not what was written."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            end, particles, batches = (int(v) for v in kept["counts"])
            stayed, gone = (float(v) for v in kept["shares"])
            return Footprint(end, kept["seconds"], kept["noise"], stayed, gone, particles, batches)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def keep_footprint(path: Path, found: Footprint) -> None:
    """Write beside and rename.

    Raises
    ------
    StoreFull
        If there is no room, or no right, to write it.
    """
    partial = path.with_name(path.stem + ".part.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            partial, seconds=found.seconds, noise=found.noise, shares=np.array([found.kept, found.gone]),
            counts=np.array([found.end, found.particles, found.batches]),
        )  # fmt: skip
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StoreFull(f"{path}: cannot be written ({error.strerror or error}); make room") from error


def drop_begun(request: TraceRequest) -> None:
    """Remove what was kept on the way."""
    shutil.rmtree(request.out / FOLDER, ignore_errors=True)
