"""What do workers do that are lost?  Plain functions, quick to import in another process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def leave_a_mark(folder: str, name: str) -> None:
    """Do the work."""
    Path(folder, name).write_text(str(os.getpid()))


def die_once(folder: str, name: str) -> None:
    """Be killed the first time that ``b`` is asked for."""
    if name == "b" and not Path(folder, "died").exists():
        Path(folder, "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    leave_a_mark(folder, name)


def die_always(folder: str, name: str) -> None:
    """Be killed whenever ``b`` is asked for."""
    if name == "b":
        os.kill(os.getpid(), signal.SIGKILL)
    leave_a_mark(folder, name)


def find_no_room(folder: str, name: str) -> None:
    """Find the disk full, as a worker that writes a block would."""
    from oberih.errors import StoreFull  # here, so that the other workers start at once

    raise StoreFull(f"{folder}/{name}: no room to write (No space left on device); free some, or choose another folder")


def wait_long(folder: str, name: str) -> None:
    """Leave a mark, and be at work for long."""
    leave_a_mark(folder, name)
    time.sleep(120.0)


def leave_a_mark_when_let(folder: str, name: str) -> None:
    """Do the work; all but ``a`` only once ``go`` is there."""
    while name != "a" and not Path(folder, "go").exists():
        time.sleep(0.02)
    leave_a_mark(folder, name)
