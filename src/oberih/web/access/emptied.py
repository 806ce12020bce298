"""Does whoever is refused also hear it?

An answer that is sent while a body still lies unread, on a connection that is closed then, gets lost: the system resets
the connection, and the client hears of that and not of the refusal.  So what is left of a small body is read and thrown
away first, for a short while.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Emptied"]

MOST = 64 * 1024
"""What is thrown away at most [bytes]."""

WITHIN = 2.0
"""For how long at most [s]."""


class Emptied:
    """Reads what is left of a body before it is answered.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; of what nobody read, read the rest before the answer leaves."""
        if scope["type"] != "http" or not _is_small(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        ended = False

        async def heard() -> Message:
            nonlocal ended
            message = await receive()
            ended = not message.get("more_body", False)
            return message

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and not ended:
                await _emptied(heard)
            await send(message)

        await self.app(scope, heard, answer)


def _is_small(headers: Headers) -> bool:
    if "expect" in headers:  # it is not sent before it is asked for
        return False
    length = headers.get("content-length", "")
    return "transfer-encoding" in headers or (length.isascii() and length.isdigit() and 0 < int(length[:9]) <= MOST)


async def _emptied(receive: Receive) -> None:
    size, until = 0, monotonic() + WITHIN
    while size <= MOST:
        try:
            message = await asyncio.wait_for(asyncio.ensure_future(_next(receive)), max(0.0, until - monotonic()))
        except TimeoutError:
            return
        size += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


async def _next(receive: Receive) -> Message:
    return await receive()
