"""How many passwords are checked at once?

Each costs 64 MiB and a tenth of a second, on purpose.  Two at once, in threads of their own, so that whoever guesses
passwords takes neither the memory nor the time of those who look; of too many who wait the last are sent away.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from oberih.web.access.signing_in import TooEarly

__all__ = ["Turns"]

AT_ONCE = 2
MOST_WAITING = 60

_T = TypeVar("_T")


class Turns:
    """Gives turns."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(AT_ONCE)

    async def take(self, story: Callable[..., _T], *args: Any, **given: Any) -> _T:
        """Run a story that checks a password, when its turn comes.

        Raises
        ------
        TooEarly
            If too many wait already.
        """
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise TooEarly(5)
        return await to_thread.run_sync(partial(story, *args, **given), limiter=self._limiter)
