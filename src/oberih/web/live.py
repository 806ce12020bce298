"""How does a page know at once that something changed?

Defines `Live`: one watcher for all, which looks at the desk every two seconds, and a stream for each client
(server-sent events).  A stream carries no content, only which parts have which version; the page asks for what it
shows.  What a slow client has not been told yet is a number and two flags, never a queue: it cannot grow, and it holds
nobody up.

Events: ``parts`` (``{"boot", "version", "parts": {name: version}}``; another boot counts from one again), ``engine``
(how the atlas stands), ``beat`` (every 15 seconds: the sources were looked at).  The id of an event is
``BOOT-VERSION``: who comes back with it is told what changed since; to another server, everything.

Invariants: one look at a time; versions only grow; a stream ends at once when the server stops.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oberih.case.watch.desk import Desk
from oberih.case.watch.situation import Situation
from oberih.errors import StoreError

__all__ = ["BEAT", "LOOK", "MOST", "Live"]

LOOK, BEAT = 2.0, 15.0
"""Between two looks at the desk; between two beats of a stream [s]."""

MOST = 500
"""Streams at a time; one more is refused."""

RETRY = 3000
"""After which a client that lost the connection comes back [ms]."""

_LOG = logging.getLogger("oberih.web")


@dataclass(eq=False)
class _Client:
    """What one client has to be told yet."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    told: int = 0
    beat: bool = False
    engine: bool = False


class Live:
    """Tells every page that listens what is new.

    Parameters
    ----------
    desk : Desk
    clock : callable
        Gives the time, UTC.
    engine : callable, optional
        Says how the atlas stands, as data; sent when it changes.
    look, beat : float
        Between two looks and between two beats [s].
    """

    def __init__(
        self, desk: Desk, clock: Callable[[], datetime], *, engine: Callable[[], dict[str, Any]] | None = None,
        look: float = LOOK, beat: float = BEAT,
    ) -> None:  # fmt: skip
        self.desk, self.clock, self.engine = desk, clock, engine
        self._every, self._beat = look, beat
        self._boot = secrets.token_hex(4)
        self._clients: set[_Client] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._ahead: asyncio.Task[None] | None = None
        self._stopped = False
        self._latest: Situation | None = None
        self._engine: dict[str, Any] = {}

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

    def start(self) -> None:
        """Begin to watch, in the loop that runs; once."""
        if self._watcher is None or self._watcher.done():
            self._stopped = False
            self._watcher = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """End every stream and the watch."""
        self._stopped = True
        if self._watcher is not None:
            self._watcher.cancel()
        if self._ahead is not None:
            self._ahead.cancel()
        for client in self._clients:
            client.wake.set()

    async def stream(self, last: str | None) -> AsyncIterator[bytes]:
        """Give the events of one client until it leaves or the server stops.

        Parameters
        ----------
        last : str or None
            Id of the last event that it saw.

        Raises
        ------
        StoreError
            If too many listen already.
        """
        if len(self._clients) >= MOST:
            raise StoreError(f"{MOST} pages listen already; ask again later, or ask for the situation now and then")
        self.start()
        return self._events(_Client(told=self._seen(last), engine=bool(self._engine)))

    async def _events(self, client: _Client) -> AsyncIterator[bytes]:
        if self._latest is not None:
            client.wake.set()
        self._clients.add(client)
        try:
            yield f"retry: {RETRY}\n\n".encode()
            while not self._stopped:
                await client.wake.wait()
                client.wake.clear()
                if (said := self._said(client)) and not self._stopped:
                    yield said
        finally:
            self._clients.discard(client)

    def _seen(self, last: str | None) -> int:
        """The version that a client saw; 0 where it saw none, or that of another server."""
        boot, _, version = (last or "").partition("-")
        known = self._latest.version if self._latest else 0
        return int(version) if boot == self._boot and version.isdecimal() and int(version[:18]) <= known else 0

    def _said(self, client: _Client) -> bytes:
        """Everything that a client has to be told, and note that it was."""
        found, latest = [], self._latest
        if latest is not None and latest.version > client.told:
            parts = {name: v for name, v in latest.versions.items() if v > client.told}
            said = {"boot": self._boot, "version": latest.version, "parts": parts}
            found.append(self._event("parts", said, number=latest.version))
            client.told = latest.version
        if client.engine:
            found.append(self._event("engine", self._engine))
        if client.beat and latest is not None:
            found.append(self._event("beat", {"at": latest.at.isoformat(), "version": latest.version}))
        client.engine = client.beat = False
        return b"".join(found)

    def _event(self, name: str, said: dict[str, Any], *, number: int | None = None) -> bytes:
        mark = "" if number is None else f"id: {self._boot}-{number}\n"
        return f"event: {name}\n{mark}data: {json.dumps(said)}\n\n".encode()

    async def _watch(self) -> None:
        beat = self._beat
        while not self._stopped:
            try:
                before = self._latest.version if self._latest else 0
                engine = self.engine() if self.engine else {}
                self.desk.atlas_became(str(engine.get("state", "")), self.clock(), str(engine.get("why") or ""))
                self._latest = await asyncio.to_thread(self.desk.look, self.clock())
                self._look_ahead()
            except Exception:
                _LOG.exception("the desk could not be looked at")  # the next look may; a watcher that died tells nobody
            else:
                beat -= self._every
                self._wake(parts=self._latest.version > before, engine=engine != self._engine, beat=beat <= 0)
                self._engine = engine
                beat = self._beat if beat <= 0 else beat
            await asyncio.sleep(self._every)

    def _look_ahead(self) -> None:
        """Compute the forecast's plume beside the looks, which do not wait for it."""
        if self._ahead is None or self._ahead.done():
            if self._ahead is not None and not self._ahead.cancelled() and (error := self._ahead.exception()):
                _LOG.error("the forecast's plume could not be computed", exc_info=error)
            self._ahead = asyncio.create_task(asyncio.to_thread(self.desk.look_ahead, self.clock()))

    def _wake(self, *, parts: bool, engine: bool, beat: bool) -> None:
        if not (parts or engine or beat):
            return
        for client in self._clients:
            client.engine |= engine
            client.beat |= beat
            client.wake.set()
