"""What if Ctrl-C strikes where Python may not raise?

In a finaliser, or in a function of ours that a library in C calls (the compiler of the kernels does), Python drops what
is raised, and with it the interruption: the work would go on to its end.  Such an interruption is sent again a moment
later, until it strikes where it can be heard.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["heard"]

MOMENT = 0.05
"""Before it is sent again [s]."""


@contextmanager
def heard() -> Iterator[None]:
    """Let no interruption be lost within; once this is left, none is sent."""
    before, ended, one_by_one = sys.unraisablehook, False, threading.Lock()

    def send() -> None:
        with one_by_one:
            if not ended:  # a process that is ending has its own answer already
                _interrupt()

    def again(dropped: sys.UnraisableHookArgs) -> None:
        if issubclass(dropped.exc_type, KeyboardInterrupt):
            later = threading.Timer(MOMENT, send)  # not from here, where it would be dropped too
            later.daemon = True
            later.start()
        else:
            before(dropped)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = before
        try:
            one_by_one.acquire()
        finally:  # an interruption sent just now strikes here
            ended = True
        one_by_one.release()


def _interrupt() -> None:
    """Interrupt the main thread, in the midst of a wait too."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:  # pragma: no cover - Windows
        _thread.interrupt_main()
