"""May this worker do this task, and is it still to be done?

Asked on the worker, before it computes.  A worker elsewhere may lack the folder, or run another
version of Oberih, whose block would stand under a digest that is not its own: it is refused in
one line.
"""

from __future__ import annotations

import socket
from pathlib import Path

from oberih.atlas import seal
from oberih.atlas.store import Atlas, open_atlas
from oberih.atlas.task import Task
from oberih.errors import InputError, StoreError

__all__ = ["atlas_to_work_on", "is_sealed"]


def is_sealed(task: Task) -> bool:
    """Whether a task of (path, block, height) is done, whoever did it."""
    path, block, height = task
    return seal.seal_of(Path(path), block, height).is_file()


def atlas_to_work_on(path: Path, *, engine: str) -> Atlas:
    """Open the atlas that a worker is sent to.

    Parameters
    ----------
    path : Path
    engine : str
        Digest of the engine that this worker has.

    Raises
    ------
    StoreError
        If the worker does not see the folder, or has another engine than the atlas was laid out for.
    """
    try:
        atlas = open_atlas(path, complete=False)
    except InputError as error:
        raise StoreError(
            f"the worker on {socket.gethostname()} does not see {path} ({error.message}); "
            "share that folder under the same path, or build into a store with --store"
        ) from error
    if atlas.facts["engine"] != engine:
        raise StoreError(
            f"the worker on {socket.gethostname()} has another engine ({engine[:12]}) than the atlas at {path} "
            f"({str(atlas.facts['engine'])[:12]}); install the same version of Oberih there"
        )
    return atlas
