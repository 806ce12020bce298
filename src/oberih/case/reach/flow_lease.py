"""Is a kept flow still in use by anybody?

A flow is large and made again from its files, so it goes when an event is done with it; but another event, or another
course of the same one, may stand on the same flow.  Whoever uses it holds a shared lock on its facts; it is removed by
whoever lets go last.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import save_flow

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: flows stay until they are cleared away by hand
    fcntl = None  # type: ignore[assignment]

__all__ = ["FlowLease", "lease_flow", "remove_unheld"]

TRIES = 5
"""So often a flow is kept anew, if it is removed between being kept and being held."""


@dataclass
class FlowLease:
    """A flow that is in use.

    Parameters
    ----------
    folder : Path
    handle : file or None
        Whose lock says so; None once it was let go.
    """

    folder: Path
    handle: IO[bytes] | None

    def let_go(self) -> None:
        """Use it no more; remove it if nobody else does."""
        if self.handle is None:
            return
        with contextlib.suppress(OSError), self.handle:
            if fcntl is not None:
                fcntl.flock(self.handle, fcntl.LOCK_UN)
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails if another holds it
                shutil.rmtree(self.folder, ignore_errors=True)
        self.handle = None


def lease_flow(folder: Path, flow: Flow) -> FlowLease:
    """Keep a flow, unless it is kept, and hold it.

    Raises
    ------
    InputError
        As `save_flow`.
    """
    for _ in range(TRIES):
        save_flow(folder, flow)
        with contextlib.suppress(FileNotFoundError):
            handle = (folder / "flow.json").open("rb")
            if fcntl is not None:
                with contextlib.suppress(OSError):  # a disk without locks: `let_go` then leaves it where it is
                    fcntl.flock(handle, fcntl.LOCK_SH)
            if (folder / "flow.json").exists():
                return FlowLease(folder, handle)
            handle.close()
    return FlowLease(save_flow(folder, flow), None)


def remove_unheld(folder: Path, *, dry_run: bool = False) -> bool:
    """Remove a kept flow that nobody holds, as a killed command leaves it; whether nobody does.

    Parameters
    ----------
    dry_run : bool
        Whether it is only looked at.
    """
    try:
        handle = (folder / "flow.json").open("rb")
    except FileNotFoundError:
        handle = None  # nobody can hold what is no flow
    except OSError:
        return False
    try:
        if handle is not None and fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not dry_run:
            shutil.rmtree(folder, ignore_errors=True)
        return dry_run or not folder.exists()
    except OSError:
        return False
    finally:
        if handle is not None:
            handle.close()
