"""How much may be sent, of what kind, and how slowly?

What is sent is read here, up to its limit, before anything else sees it: too much is answered 413, whatever the
header said and even where it comes in chunks that say nothing; too slow 408; of another kind 415.  An address that
takes more, or another kind, stands in `LARGER`; what is large the application reads as it comes, within these limits.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oberih.web.access.crossing import SAFE
from oberih.web.problem import problem

__all__ = ["LARGER", "USUAL", "Bodies", "Taken"]

PATIENCE = 10.0
"""The longest silence while something is sent [s]."""

SLOWEST = 4096.0
"""The slowest that is waited for, on average [bytes/s]."""

_HELD = 2**20
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True)
class Taken:
    """What an address takes.

    Parameters
    ----------
    most : int
        [bytes]
    kinds : tuple of str
        Media types, without parameters.
    """

    most: int = 64 * 1024
    kinds: tuple[str, ...] = ("application/json",)


USUAL = Taken()
"""What is taken where nothing else is said."""

_FILES = (
    "application/octet-stream", "application/json", "application/toml", "application/gzip", "application/x-netcdf",
    "text/csv", "text/plain",
)  # fmt: skip

LARGER: tuple[tuple[str, Taken], ...] = (
    (r"/api/v1/uploads(/.*)?", Taken(64 * 2**20, _FILES)),
    (r"/api/v1/evidence/records/[^/]+/attachments", Taken(32 * 2**20, ("application/octet-stream",))),
    (r"/api/v1/evidence/records(/[^/]+/corrections)?", Taken(2 * 2**20)),
)
"""What addresses take that look so."""


class Refused(Exception):
    """A body that is not taken, with the answer."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status, self.line = status, line


def taken(path: str) -> Taken:
    """Return what an address takes."""
    return next((takes for pattern, takes in LARGER if re.fullmatch(pattern, path)), USUAL)


class Bodies:
    """Lets only such bodies through as an address takes.

    Parameters
    ----------
    app : ASGI application
    patience : float
        The longest silence [s].
    """

    def __init__(self, app: ASGIApp, *, patience: float = PATIENCE) -> None:
        self.app, self._patience = app, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read what is sent, and pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            given = await self._received(scope, receive)
        except Refused as error:
            headers = {"Connection": "close"}
            await problem(error.status, error.line, field="body", headers=headers)(scope, receive, send)
            return
        await self.app(scope, given, send)

    async def _received(self, scope: Scope, receive: Receive) -> Receive:
        """What the application receives in place of the network."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        sends = length not in ("", "0") or "transfer-encoding" in headers
        if not sends:
            return receive
        takes = USUAL if scope["method"] in SAFE else taken(scope["path"])
        if length and (not length.isascii() or not length.isdigit() or int(length[:20]) > takes.most):
            raise _too_large(takes)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] in _WITH_BODY and kind not in takes.kinds:
            raise Refused(415, f"is of the type {kind[:60]!r}; send {' or '.join(takes.kinds[:3])}")
        if "content-encoding" in headers:
            raise Refused(415, "is compressed; send it as it is")
        counted = _Counted(receive, takes, patience=self._patience)
        if takes.most > _HELD:
            return counted.as_it_comes
        whole = await counted.whole()
        return _again(whole, receive)


class _Counted:
    """Counts what comes, and how long it takes."""

    def __init__(self, receive: Receive, takes: Taken, *, patience: float) -> None:
        self._receive, self._takes, self._patience = receive, takes, patience
        self._size, self._began, self._ended = 0, monotonic(), False

    async def next(self) -> Message:
        """The next piece; refused where it comes too slowly, or makes it too large."""
        spare = self._began + self._patience + self._size / SLOWEST - monotonic()
        try:
            message = await asyncio.wait_for(_awaited(self._receive), max(0.0, min(self._patience, spare)))
        except TimeoutError:
            raise Refused(408, "came too slowly; send it again") from None
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._size > self._takes.most:
            raise _too_large(self._takes)
        return message

    async def whole(self) -> list[Message]:
        """Every piece."""
        found = [await self.next()]
        while not self._ended:
            found.append(await self.next())
        return found

    async def as_it_comes(self) -> Message:
        """The next piece, for an application that reads by itself."""
        if self._ended:
            return await self._receive()
        try:
            return await self.next()
        except Refused as error:
            raise HTTPException(error.status, f"body: {error.line}", headers={"Connection": "close"}) from None


async def _awaited(receive: Receive) -> Message:
    return await receive()  # begun here: a wait that is over before it begins leaves no coroutine behind


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Give what was read once more; then what comes after it, as that the other side left."""
    left = iter(messages)

    async def give() -> Message:
        for message in left:
            return message
        return await receive()

    return give


def _too_large(takes: Taken) -> Refused:
    return Refused(413, f"is larger than {takes.most} bytes")
