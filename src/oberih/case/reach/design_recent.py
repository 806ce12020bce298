"""What was just summed, and need not be summed again?

Defines `Recent`: things kept by their question, the latest, as many as fit a number of bytes.  A slider that only asks
for another percentile finds its sums here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from oberih.atlas.superpose import Exceeded
from oberih.case.reach.doses import Question

__all__ = ["Recent", "weight_of"]

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Recent(Generic[Key, Thing]):
    """The latest things; safe among threads.

    Parameters
    ----------
    room : int
        Of all that is kept [B].
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.held = 0
        self._found: OrderedDict[Key, tuple[Thing, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Thing | None:
        """What is kept under a key, or None."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return None if found is None else found[0]

    def put(self, key: Key, thing: Thing, *, size: int) -> None:
        """Keep a thing of so many bytes; the oldest go."""
        with self._lock:
            if key in self._found or size > self.room:
                return
            self._found[key] = thing, size
            self.held += size
            while self.held > self.room:
                self.held -= self._found.popitem(last=False)[1][1]


def weight_of(question: Question, result: Exceeded) -> int:
    """What a question and its sums hold in memory, but for small things [B]."""
    arrays = (question.asked.source.tables, result.counts, result.reach, result.doses)
    return sum(a.nbytes for a in arrays)
