"""How often may one ask?

Limits by address, generous enough for fifty readers behind one; by account; and narrow ones for signing in and for
tokens that are none.  What is too much is answered 429 with the time to wait.  An IPv6 address counts as its network
of 64 bits, which one household has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from oberih.web.problem import problem

__all__ = ["PACES", "Pace", "Paces", "address_of", "too_many"]

PACES: Mapping[str, tuple[str, ...]] = {
    "address": ("60000/minute",),
    "account": ("3000/minute",),
    "sign in": ("40/minute", "400/hour"),
    "token": ("60/minute",),
}
"""How often: anything, by address; anything, by account; signing in, by address; tokens that are none, by address."""


def address_of(request: HTTPConnection) -> str:
    """Return the address that counts as one.

    Examples
    --------
    >>> address_of(HTTPConnection({"type": "http", "headers": [], "client": ("2001:db8::7", 1)}))
    '2001:db8::/64'
    """
    host = request.client.host if request.client else ""
    try:
        found = ip_address(host)
    except ValueError:
        return host[:60]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or f"{IPv6Address(int(found) >> 64 << 64)}/64")


class Paces:
    """Counts who asks how often, in memory.

    Parameters
    ----------
    clock : callable
        Gives the time, UTC.
    paces : mapping, optional
        As `PACES`, for tests.
    """

    def __init__(self, clock: Callable[[], datetime], paces: Mapping[str, tuple[str, ...]] = PACES) -> None:
        self._clock = clock
        self._counts = FixedWindowRateLimiter(MemoryStorage())
        self._paces: dict[str, list[RateLimitItem]] = {k: [parse(one) for one in v] for k, v in paces.items()}

    def wait(self, what: str, who: str) -> int:
        """Count one more; return how long to wait [s], 0 where it may be done at once."""
        return max((self._wait(pace, what, who) for pace in self._paces[what]), default=0)

    def full(self, what: str, who: str) -> int:
        """Return how long to wait [s], without counting."""
        return max((0 if self._counts.test(pace, what, who) else self._left(pace, what, who)
                    for pace in self._paces[what]), default=0)  # fmt: skip

    def _wait(self, pace: RateLimitItem, what: str, who: str) -> int:
        return 0 if self._counts.hit(pace, what, who) else self._left(pace, what, who)

    def _left(self, pace: RateLimitItem, what: str, who: str) -> int:
        reset = self._counts.get_window_stats(pace, what, who).reset_time
        return max(1, min(math.ceil(reset - self._clock().timestamp()), pace.get_expiry()))


class Pace:
    """Lets nobody ask too often.

    Parameters
    ----------
    app : ASGI application
    paces : Paces
    """

    def __init__(self, app: ASGIApp, *, paces: Paces) -> None:
        self.app, self._paces = app, paces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            wait = self._paces.wait("address", address_of(HTTPConnection(scope)))
            if wait:
                await too_many(wait)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def too_many(wait: int) -> ASGIApp:
    """Make the answer to whom asks too often."""
    return problem(429, f"Too many requests; wait {wait} s.", headers={"Retry-After": str(wait)})
