"""Can one person's questions keep everybody else waiting?

Answers are computed in a number of threads that all share.  So of one account only a few requests are at work at a
time; its further ones wait for those, without a thread, and nobody else waits for them.  Streams and files of our own
compute nothing and are not counted.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from oberih.web.access.may import Who

__all__ = ["AT_WORK", "THREADS", "InTurn"]

AT_WORK = 12
"""Requests of one account at a time: two browsers ask for no more."""

THREADS = 96
"""In which all answers are computed: of eight who ask without an end, and a ninth."""

_STREAM = "/api/v1/live"


class InTurn:
    """Lets the requests of one account take turns.

    Parameters
    ----------
    app : ASGI application
    at_work : int
        At a time, of one account.
    """

    def __init__(self, app: ASGIApp, *, at_work: int = AT_WORK) -> None:
        self.app, self._at_work = app, at_work
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._asking: dict[int, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its account has a turn."""
        who: Who | None = scope.get("state", {}).get("who") if scope["type"] == "http" else None
        path = str(scope.get("path", ""))
        if who is None or who.account is None or not path.startswith("/api/") or path == _STREAM:
            await self.app(scope, receive, send)
            return
        account = who.account
        turns = self._turns.setdefault(account, asyncio.Semaphore(self._at_work))
        self._asking[account] = self._asking.get(account, 0) + 1
        try:
            async with turns:
                await self.app(scope, receive, send)
        finally:
            self._asking[account] -= 1
            if not self._asking[account]:
                del self._asking[account], self._turns[account]
