"""Which answers need not be computed again?

Defines `KeptAnswers`: the latest designs by their question, as many as fit a number of bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from oberih.case.design import Design, DesignRequest

__all__ = ["KeptAnswers"]


class KeptAnswers:
    """The latest answers.

    Parameters
    ----------
    room : int
        Of all that is kept, about [B].
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._found: OrderedDict[DesignRequest, tuple[Design, int]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def get(self, request: DesignRequest) -> Design | None:
        """The answer to a question, if it is kept."""
        with self._lock:
            found = self._found.get(request)
            if found is not None:
                self._found.move_to_end(request)
            return None if found is None else found[0]

    def put(self, request: DesignRequest, design: Design) -> None:
        """Keep an answer; the oldest go."""
        size = weight(design)
        with self._lock:
            if request in self._found or size > self.room:
                return
            self._found[request] = design, size
            self._held += size
            while self._held > self.room:
                self._held -= self._found.popitem(last=False)[1][1]


def weight(design: Design) -> int:
    """What an answer holds in memory, about [B]: reach by start and sector, tables of the release."""
    reach = {id(f.exceedance.reach.base): f.exceedance.reach.nbytes for f in design.found}
    return sum(reach.values()) * max(1, len(design.found)) + design.found[0].question.asked.source.tables.nbytes
