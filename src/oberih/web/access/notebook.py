"""What of it is written down?

Notes deeds in the record (`oberih.case.prove.auditing`).  A change of accounts is noted before it counts, and does not
count if it cannot be noted; a person who signs in is not kept out by a full disk: that is told in the log, and with
the next deed that can be noted.  Failed sign-ins are noted one by one up to so many an hour, the rest as a number, so
that nobody fills the record by guessing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from oberih.case.prove.auditing import Deed, audit
from oberih.case.prove.keeping import Keeping
from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import OberihError

__all__ = ["FAILURES_AN_HOUR", "Notebook"]

_LOG = logging.getLogger("oberih.web.access")

FAILURES_AN_HOUR = 30
"""Failed sign-ins that are noted one by one."""


class Notebook:
    """Writes deeds down.

    Parameters
    ----------
    keeping : Keeping or None
        The record; None writes nothing down, for a terminal that was told so.
    clock : callable
        Gives the time, UTC.
    """

    def __init__(self, keeping: Keeping | None, clock: Callable[[], datetime]) -> None:
        self._keeping, self._clock = keeping, clock
        self._turn = threading.Lock()
        self._missed = 0
        self._failures: list[float] = []
        self._unsaid = 0
        self.told: tuple[str, ...] = ()

    def must(self, deed: Deed) -> None:
        """Note a deed that does not count otherwise.

        Raises
        ------
        InputError, StoreError
            If it cannot be noted.
        """
        if self._keeping is None:
            return
        with self._turn:
            self.told = audit(self._keeping, [*self._late(), deed], now=self._clock()).notes
            self._missed = self._unsaid = 0

    def may(self, deed: Deed) -> None:
        """Note a deed that counts in any case; where that fails it is told in the log and with the next one."""
        try:
            self.must(deed)
        except OberihError as error:
            self._missed += 1
            _LOG.error("the record could not be written, and lacks: %s (%s): %s", deed.action, deed.outcome, error)

    def failed(self, deed: Deed) -> None:
        """Note a failed sign-in, or count it where there were too many."""
        now = self._clock().timestamp()
        with self._turn:
            self._failures = [at for at in self._failures if at > now - SECONDS_PER_HOUR]
            full = len(self._failures) >= FAILURES_AN_HOUR
            if full:
                self._unsaid += 1
            else:
                self._failures.append(now)
        if not full:
            self.may(deed)

    def finish(self) -> None:
        """Note that the server stops, and what was not noted yet."""
        self.may(Deed("stop serving", actor="oberih serve", role="server"))

    def _late(self) -> list[Deed]:
        """What could not be noted when it was."""
        found = []
        if self._missed:
            found.append(Deed("not noted in time", outcome="done", about={"deeds": self._missed}))
        if self._unsaid:
            found.append(Deed("failed sign-ins", outcome="refused", about={"attempts": self._unsaid}))
        return found
