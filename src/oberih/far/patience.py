"""When is what failed asked again, and when no more?

Asks again ever more slowly, at least as slowly as the other side wishes, until patience ends.  Defines the nouns
`Patience`, `Again` (worth asking again) and `PatienceEnded`, and the verb `ask_patiently`.  Clock, sleep and jitter are
arguments; by default the jitter comes of what is asked for, so that many who ask for many things do not all come back
at once, and yet a run can be repeated.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import TypeVar

from oberih.far.deadline import Stop, Stopped, never, slept

__all__ = ["Again", "Patience", "PatienceEnded", "ask_patiently", "drawn"]

T = TypeVar("T")


class Again(Exception):
    """An answer that is worth asking again.

    Parameters
    ----------
    reason : str
        In words.
    wait : float or None
        How long the other side wishes us to wait [s].
    gained : bool
        Whether some of it came: then it is asked for the rest at once.
    """

    def __init__(self, reason: str, *, wait: float | None = None, gained: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.wait, self.gained = reason, wait, gained


class PatienceEnded(Exception):
    """It was asked for often enough; as text, what is to be said of the other side.

    Parameters
    ----------
    reason : str
        Of the last failure.
    attempts : int
        Made.
    lasted : float
        From the first to the end of the last [s].
    wait : float or None
        How long the other side wished us to wait, where that was too long [s].

    Examples
    --------
    >>> print("the server", PatienceEnded("HTTP 503", attempts=2, lasted=3.0, wait=119.0))
    the server asks to wait 119 s (HTTP 503, after 2 attempts in 3 s)
    >>> print("the server", PatienceEnded("HTTP 500", attempts=5, lasted=17.2))
    the server does not answer: HTTP 500, 5 attempts in 17 s
    """

    def __init__(self, reason: str, *, attempts: int, lasted: float, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.attempts, self.lasted, self.wait = reason, attempts, lasted, wait

    def __str__(self) -> str:
        if self.wait is not None:
            before = f", after {self.attempts} attempts in {self.lasted:.0f} s" if self.attempts > 1 else ""
            return f"asks to wait {self.wait:.0f} s ({self.reason}{before})"
        often = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        return f"does not answer: {self.reason}, {often} in {self.lasted:.0f} s"


def drawn(name: str, attempt: int) -> float:
    """A number from 0 to 1, of a name and an attempt and nothing else.

    Examples
    --------
    >>> round(drawn("a", 1), 3), round(drawn("a", 2), 3), round(drawn("b", 1), 3)
    (0.016, 0.804, 0.861)
    """
    return int.from_bytes(hashlib.sha256(f"{name} {attempt}".encode()).digest()[:6], "big") / 2.0**48


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Parameters
    ----------
    attempts : int or None
        Requests for one answer at most; None: as many as there is time for.
    lasts : float
        After the first request [s]; the last one may be under way then.
    first_wait, longest_wait : float
        Before the second request, and before the later ones, doubling in between [s].
    longest_asked : float
        A server that asks for a longer wait is given up [s].
    spread : float
        Each wait is longer by up to this share of it.
    timeout : float
        For connecting, for the head of an answer with all that sends us on, and between its bytes [s].
    whole : float
        For one answer [s].
    sleep, clock, jitter : callable
        Waiting, unless stopped; a time that only rises [s]; a number from 0 to 1 of a name and an attempt.
    """

    attempts: int | None = 5
    lasts: float = inf
    first_wait: float = 1.0
    longest_wait: float = 120.0
    longest_asked: float = 120.0
    spread: float = 0.25
    timeout: float = 60.0
    whole: float = 600.0
    sleep: Callable[[float, Stop], None] = slept
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[str, int], float] = drawn


def ask_patiently(
    request: Callable[[], T], patience: Patience, *, name: str = "", stopped: Stop = never,
    said: Callable[[str], None] = lambda line: None,
) -> T:  # fmt: skip
    """Make a request until it is answered or patience ends.

    Parameters
    ----------
    request : callable
        Raises `Again` for what asking again may mend; whatever else it raises ends the asking.
    patience : Patience
    name : str
        Of what is asked for; decides the jitter.
    stopped : callable
        Whether to give up at once.
    said : callable
        Told in a line why it is asked again, and after which wait.

    Returns
    -------
    What the request returns.

    Raises
    ------
    PatienceEnded
        If it did not come.
    Stopped
        If ``stopped`` said so.

    Notes
    -----
    The wait is what the other side wishes for, and never less than our own, which doubles each time: a server that
    says 0, or a moment that is past, is not asked without pause.  Where our own wait would outlast patience, the last
    request is made at its end; a server that wishes for more than what is left of it is given up at once.
    """
    own, begun = patience.first_wait, patience.clock()
    for attempt in count(1):
        if stopped():
            raise Stopped
        try:
            return request()
        except Again as again:
            last = again
        if attempt == patience.attempts:
            break
        lasted = patience.clock() - begun
        left = patience.lasts - lasted
        if left <= 0.0:
            break
        if last.wait is not None and last.wait > min(patience.longest_asked, left):
            raise PatienceEnded(last.reason, attempts=attempt, lasted=lasted, wait=last.wait) from last
        wait = max(own, last.wait or 0.0) * (1.0 + patience.spread * patience.jitter(name, attempt))
        wait = 0.0 if last.gained and last.wait is None else min(wait, left)
        of = f" of {patience.attempts}" if patience.attempts is not None else ""
        said(f"{last.reason}; attempt {attempt}{of}, waiting {wait:.0f} s")
        if wait > 0.0:
            patience.sleep(wait, stopped)
            own = min(2.0 * own, patience.longest_wait)
    raise PatienceEnded(last.reason, attempts=attempt, lasted=patience.clock() - begun) from last
