"""When does an event stream end?

With the session, or the token, that opened it: whoever signed out, or was shut out, hears no more.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oberih.errors import OberihError
from oberih.web.access import sessions, tokens
from oberih.web.access.may import Who
from oberih.web.access.porter import Porter

__all__ = ["LOOK_EVERY", "while_alive"]

LOOK_EVERY = 5.0
"""How often it is looked whether somebody may still hear [s]."""

_LAST = b"event: signed-out\ndata: {}\n\n"


async def while_alive(
    app: ASGIApp, porter: Porter, who: Who | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a request; where the answer is an event stream, no longer than who asked may hear it."""
    stream = _Stream(porter, who, scope, send)
    try:
        await app(scope, receive, stream.send)
    except asyncio.CancelledError:
        if not stream.over:
            raise
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        await send({"type": "http.response.body", "body": _LAST, "more_body": False})
    finally:
        stream.stop()


class _Stream:
    """Looks after one answer."""

    def __init__(self, porter: Porter, who: Who | None, scope: Scope, send: Send) -> None:
        self._porter, self._who, self._scope, self._send = porter, who, scope, send
        self._answering = asyncio.current_task()
        self._watch: asyncio.Task[None] | None = None
        self.over = False

    async def send(self, message: Message) -> None:
        """Pass on what is answered, and watch over it if it is a stream."""
        if message["type"] == "http.response.start" and self._who is not None and _is_stream(message):
            self._watch = asyncio.create_task(self._watched())
        await self._send(message)

    def stop(self) -> None:
        """Watch no longer."""
        if self._watch is not None:
            self._watch.cancel()

    async def _watched(self) -> None:
        while self._may_hear():
            await asyncio.sleep(LOOK_EVERY)
        self.over = True
        if self._answering is not None:
            self._answering.cancel()

    def _may_hear(self) -> bool:
        assert self._who is not None
        now = self._porter.now
        try:
            with self._porter.file.reading() as connection:
                if self._who.session is None:
                    return tokens.is_alive(connection, self._scope["state"]["token"].id, now=now)
                return sessions.is_alive(connection, self._who.session, now=now, lasting=self._porter.lasting)
        except OberihError:  # the accounts cannot be read: whoever cannot be shown to be in, is out
            return False


def _is_stream(message: Message) -> bool:
    kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    return any(kind.lower().startswith(b"text/event-stream") for kind in kinds)
