"""Who prints reports, and how many at a time?

Defines `Press`: it sets a few reports at a time, keeps the latest, and refuses with a time to wait where more are
asked for than can be set soon.  Setting one takes about a second and one core.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from starlette.exceptions import HTTPException

from oberih.case.report.facts import Facts
from oberih.case.report.report import printed, report_tag

__all__ = ["Press"]

AT_A_TIME = 2
"""Reports set at once."""

WAITING = 8
"""Further ones that may wait."""

PATIENCE = 45.0
"""How long one waits for its turn [s]."""

KEPT = 16
"""Latest reports kept, of about 0.7 MB each."""


class Press:
    """Sets reports."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(AT_A_TIME)
        self._room = threading.BoundedSemaphore(AT_A_TIME + WAITING)
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def tag(self, facts: Facts, language: str, form: str) -> str:
        """What a report is known by: the same tag, the same bytes."""
        return hashlib.sha256(report_tag(facts, language, form).encode()).hexdigest()[:40]

    def printed(
        self, facts: Facts, language: str, form: str, *, made: Callable[[Facts, str, str], bytes] = printed
    ) -> bytes:
        """Give a report, set now or kept.

        Raises
        ------
        HTTPException
            503, with a time to wait, where too many are asked for.
        """
        tag = self.tag(facts, language, form)
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
                return self._kept[tag]
        if not self._room.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turn.acquire(timeout=PATIENCE):
                raise _busy()
            try:
                data = made(facts, language, form)
            finally:
                self._turn.release()
        finally:
            self._room.release()
        with self._lock:
            self._kept[tag] = data
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return data


def _busy() -> HTTPException:
    return HTTPException(503, "Too many reports are being set; ask again in a moment.", headers={"Retry-After": "5"})
