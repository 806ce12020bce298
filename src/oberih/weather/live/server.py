"""How is a server asked for a part of a file, until it gives it?

Bytes are asked for by range, a connection that breaks is taken up where it broke, a server that is busy is asked again
ever more slowly.  A server that ignores ranges and sends the file from its beginning is read up to the part wanted, if
that is not too far.  What comes is counted.
"""

from __future__ import annotations

import bz2
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from oberih.errors import InputError, SourceUnavailable
from oberih.weather.fetch import RETRIED, Patience, retry_after
from oberih.weather.live.wanted import NotThere, Place

if TYPE_CHECKING:
    import httpx

__all__ = ["MOST_SKIPPED", "Server", "Stopped", "host_of"]

MOST_SKIPPED = 64 * 1024**2
"""A server that ignores ranges is read at most so far before the part wanted [bytes]."""

MOST_INDEX = 32 * 1024**2
"""An index is never larger [bytes]."""

MOST_MESSAGE = 64 * 1024**2
"""Nor a message, packed or not [bytes]."""

LONGEST = 600.0
"""A message that takes longer is given up and asked for again [s]."""

UNCONNECTED, SILENT = 10.0, 30.0
"""A server that does not take the connection, or says nothing, is given up and asked again after this [s]."""

LOOKS = 3
"""So often it is asked whether a run is there: a duty officer is told within two minutes that nobody answers."""

MISSING = frozenset({403, 404, 410})
"""Answers that say that nothing is there; buckets that cannot be listed say 403."""


class Stopped(Exception):
    """Whoever asked wants no more."""


class _Again(Exception):
    """Worth asking again: why, and how long the server wants us to wait [s]."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


@dataclass
class Server:
    """A connection to one server, shared by threads.

    Parameters
    ----------
    client : httpx.Client
    patience : Patience
    stopped : callable
        Whether to give up at once.
    said : callable
        Told in a line why something is asked again, and after which wait; of single messages nothing is said.
    """

    client: httpx.Client
    patience: Patience
    stopped: Callable[[], bool] = lambda: False
    said: Callable[[str], None] = lambda line: None

    def __post_init__(self) -> None:
        self.received = 0
        self._counting = threading.Lock()

    @classmethod
    def open(
        cls, *, patience: Patience, at_once: int, transport: httpx.BaseTransport | None = None,
        stopped: Callable[[], bool] = lambda: False, said: Callable[[str], None] = lambda line: None,
    ) -> Server:  # fmt: skip
        """Open connections, ``at_once`` at most."""
        import httpx  # here because it takes a tenth of a second to load, and most runs need no network

        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        bounds = httpx.Timeout(min(patience.timeout, SILENT), connect=min(patience.timeout, UNCONNECTED))
        client = httpx.Client(transport=transport, timeout=bounds, follow_redirects=True, limits=limits)
        return cls(client, patience, stopped, said)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def ask(self, url: str) -> bytes:
        """What stands at an address, whole.

        Raises
        ------
        NotThere, SourceUnavailable, Stopped
        """
        return self._patiently(Place(url), most=MOST_INDEX, aloud=True)

    def take(self, place: Place) -> bytes:
        """The bytes of a message, unpacked.

        Raises
        ------
        NotThere, SourceUnavailable, Stopped
        """
        data = self._patiently(place, most=MOST_MESSAGE)
        return _unpacked(data) if place.packed else data

    def there(self, url: str) -> bool:
        """Whether anything stands at an address; asks for its first byte only."""
        try:
            self._patiently(Place(url, 0, 1), most=MOST_INDEX, aloud=True, attempts=LOOKS)
        except NotThere:
            return False
        return True

    def _patiently(self, place: Place, *, most: int, aloud: bool = False, attempts: int = 99) -> bytes:
        got, wait, last = bytearray(), self.patience.first_wait, _Again("not asked")
        attempts = min(attempts, self.patience.attempts)
        for attempt in range(1, attempts + 1):
            if self.stopped():
                raise Stopped
            before = len(got)
            try:
                self._answer(place, got, most)
                return bytes(got)
            except _Again as again:
                last = again
            if attempt < attempts:
                asked = last.wait if last.wait is not None else wait
                if asked > self.patience.longest_wait:
                    raise SourceUnavailable(f"{place.url}: the server asks to wait {asked:.0f} s ({last.reason})")
                if aloud:
                    self.said(
                        f"{host_of(place.url)}: {last.reason}; attempt {attempt} of {attempts}, waiting {asked:.0f} s"
                    )
                if len(got) == before or last.wait is not None:  # a connection that gave something is taken up at once
                    self.patience.sleep(asked)
                    wait = min(wait * 2.0, self.patience.longest_wait)
        raise SourceUnavailable(
            f"{host_of(place.url)} does not answer: {last.reason}, {attempts} attempts at {place.url}"
        )

    def _answer(self, place: Place, got: bytearray, most: int) -> None:
        """Ask once for what is still lacking, and append it."""
        import httpx  # see `open`

        if urlsplit(place.url).scheme not in ("http", "https"):
            raise InputError("is not an address of the web", field="--server", value=place.url,
                             cure="begin it with https://")  # fmt: skip
        first = place.start + len(got)
        ranged = first > 0 or place.end is not None
        last = "" if place.end is None else str(place.end - 1)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={first}-{last}"} if ranged else {})
        try:
            with self.client.stream("GET", place.url, headers=headers) as response:
                skip = self._skipped(response, place, first, got, ranged)
                self._read(response, place, got, skip, most)
        except httpx.TimeoutException as error:
            raise _Again("no answer in time") from error
        except httpx.InvalidURL as error:
            raise InputError("is not an address", field="--server", value=place.url) from error
        except httpx.HTTPError as error:
            raise _Again(f"connection failed ({type(error).__name__})") from error

    def _skipped(self, response: Any, place: Place, first: int, got: bytearray, ranged: bool) -> int:
        """Bytes to pass over before what is wanted; refuses what is no part of the file."""
        status = response.status_code
        if status in MISSING:
            raise NotThere(f"{place.url}: HTTP {status}")
        if status in RETRIED:
            raise _Again(f"HTTP {status}", retry_after(response.headers))
        if status == 206 and ranged:
            told = re.match(r"bytes ([0-9]{1,15})-", response.headers.get("content-range", ""))
            if told is None or int(told[1]) != first:
                raise _Again("another part of the file than was asked for")
            return 0
        if status == 416:
            raise _Again("the file is shorter than its index says")
        if status != 200:
            raise SourceUnavailable(f"{place.url}: HTTP {status}")
        got.clear()
        if place.start > MOST_SKIPPED:
            raise SourceUnavailable(
                f"{place.url}: the server ignores ranges and would send {place.start / 2**20:.0f} MiB "
                "before what is wanted; give another --server"
            )
        return place.start

    def _read(self, response: Any, place: Place, got: bytearray, skip: int, most: int) -> None:
        wanted = None if place.end is None else place.end - place.start
        begun = time.monotonic()
        for chunk in response.iter_bytes():
            with self._counting:
                self.received += len(chunk)
            if self.stopped():
                raise Stopped
            passed = min(skip, len(chunk))
            skip -= passed
            got += chunk[passed:]
            if wanted is not None and len(got) >= wanted:
                del got[wanted:]
                return
            if len(got) > most:
                raise SourceUnavailable(f"{place.url}: sends more than {most / 2**20:.0f} MiB")
            if time.monotonic() - begun > LONGEST:
                raise _Again(f"slower than {LONGEST:.0f} s a message")
        if wanted is not None and len(got) < wanted:
            raise _Again("the answer ended early")


def host_of(url: str) -> str:
    """The server that an address names.

    Examples
    --------
    >>> host_of("https://data.ecmwf.int/forecasts/20261126")
    'data.ecmwf.int'
    """
    return urlsplit(url).netloc or url


def _unpacked(data: bytes) -> bytes:
    """What a bzip2 file holds; whatever cannot be unpacked is given as it came, and is no GRIB."""
    unpacker = bz2.BZ2Decompressor()
    try:
        out = unpacker.decompress(data, max_length=MOST_MESSAGE)
    except (OSError, ValueError, EOFError):
        return data
    return out if unpacker.eof else data
