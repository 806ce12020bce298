"""How is a server asked for a part of a file, until it gives it?

Bytes are asked for by range, a connection that breaks is taken up where it broke, a server that is busy is asked again
ever more slowly.  A server that ignores ranges and sends the file from its beginning is read up to the part wanted, if
that is not too far.  What comes is counted.  When, how long and how much is the affair of `oberih.far`.
"""

from __future__ import annotations

import bz2
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from oberih.errors import SourceUnavailable
from oberih.far.deadline import Stop, never
from oberih.far.names import shown
from oberih.far.patience import Again, Patience, PatienceEnded, ask_patiently
from oberih.far.web import RETRIED, Web, plain, retry_after
from oberih.weather.live.wanted import NotThere, Place

if TYPE_CHECKING:
    import httpx

__all__ = ["MOST_SKIPPED", "Server", "host_of"]

MOST_SKIPPED = 64 * 1024**2
"""A server that ignores ranges is read at most so far before the part wanted [bytes]."""

MOST_INDEX = 32 * 1024**2
"""An index is never larger [bytes]."""

MOST_MESSAGE = 64 * 1024**2
"""Nor a message, packed or not [bytes]."""

UNCONNECTED, SILENT = 10.0, 30.0
"""A server that does not take the connection, or gives no head of an answer, is asked again after this [s]."""

LOOKS = 3
"""So often it is asked whether a run is there: a duty officer is told within two minutes that nobody answers."""

MISSING = frozenset({403, 404, 410})
"""Answers that say that nothing is there; buckets that cannot be listed say 403."""


@dataclass
class Server:
    """A connection to one server, shared by threads.

    Parameters
    ----------
    web : Web
    patience : Patience
    stopped : callable
        Whether to give up at once.
    said : callable
        Told in a line why something is asked again, and after which wait; of single messages nothing is said.
    """

    web: Web
    patience: Patience
    stopped: Stop = never
    said: Callable[[str], None] = lambda line: None

    def __post_init__(self) -> None:
        self.received = 0
        self._counting = threading.Lock()
        self._left = threading.Event()

    @classmethod
    def open(
        cls, *, patience: Patience, at_once: int, transport: httpx.BaseTransport | None = None,
        stopped: Stop = never, said: Callable[[str], None] = lambda line: None,
    ) -> Server:  # fmt: skip
        """Open connections, ``at_once`` at most."""
        timeout = min(patience.timeout, SILENT)
        return cls(
            Web(at_once=at_once, timeout=timeout, connect=UNCONNECTED, transport=transport), patience, stopped, said
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *ended: object) -> None:
        self.web.__exit__(*ended)

    @contextmanager
    def threads(self, at_once: int) -> Iterator[ThreadPoolExecutor]:
        """Threads that ask; if the block is left by an error, what they still ask for is given up, and they end."""
        with ThreadPoolExecutor(at_once) as pool:
            try:
                yield pool
            except BaseException:
                self._left.set()
                pool.shutdown(wait=True, cancel_futures=True)
                self._left.clear()
                raise

    def given_up(self) -> bool:
        """Whether nobody wants any more what the present thread asks for."""
        return self.stopped() or self._left.is_set()

    def ask(self, url: str) -> bytes:
        """What stands at an address, whole as far as the answer tells.

        One that does not tell its length may be cut off: JSON does not parse then, a chunk of an axis has another
        length, a line of an index is none, and the messages that it does not name count as missing.

        Raises
        ------
        NotThere, SourceUnavailable, Stopped
        """
        return self._patiently(Place(url), most=MOST_INDEX, aloud=True)

    def take(self, place: Place) -> bytes:
        """The bytes of a message, unpacked; where its place has no end, GRIB's own ("7777") tells whether it is whole.

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
        got, host = bytearray(), host_of(place.url)
        own = self.patience
        patience = replace(own, attempts=attempts if own.attempts is None else min(attempts, own.attempts))

        def request() -> bytes:
            before = len(got)
            try:
                self._answer(place, got, most)
            except Again as again:
                raise Again(again.reason, wait=again.wait, gained=len(got) > before) from again
            return bytes(got)

        def said(line: str) -> None:
            if aloud:
                self.said(f"{host}: {line}")

        name = f"{place.url} {place.start}"
        try:
            return ask_patiently(request, patience, name=name, stopped=self.given_up, said=said)
        except PatienceEnded as ended:
            raise SourceUnavailable(f"{host} {ended}, asked for {shown(place.url)}") from ended

    def _answer(self, place: Place, got: bytearray, most: int) -> None:
        """Ask once for what is still lacking, and append it."""
        first = place.start + len(got)
        ranged = first > 0 or place.end is not None
        last = "" if place.end is None else str(place.end - 1)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={first}-{last}"} if ranged else {})
        with self.web.answer(
            place.url, headers=headers, whole=self.patience.whole, stopped=self.given_up, field="--server"
        ) as response:
            skip = self._skipped(response, place, first, got, ranged)
            self._read(response, place, got, skip, most)

    def _skipped(self, response: httpx.Response, place: Place, first: int, got: bytearray, ranged: bool) -> int:
        """Bytes to pass over before what is wanted; refuses what is no part of the file."""
        status = response.status_code
        if status in MISSING:
            raise NotThere(f"{shown(place.url)}: HTTP {status}")
        if status in RETRIED:
            raise Again(f"HTTP {status}", wait=retry_after(response.headers))
        if status == 206 and ranged:
            told = re.match(r"bytes ([0-9]{1,15})-", response.headers.get("content-range", ""))
            if told is None or int(told[1]) != first:
                raise Again("another part of the file than was asked for")
            return 0
        if status == 416:
            raise Again("the file is shorter than its index says")
        if status != 200:
            raise SourceUnavailable(f"{shown(place.url)}: HTTP {status}")
        got.clear()
        if place.start > MOST_SKIPPED:
            raise SourceUnavailable(
                f"{shown(place.url)}: the server ignores ranges and would send {place.start / 2**20:.0f} MiB "
                "before what is wanted; give another --server"
            )
        return place.start

    def _read(self, response: httpx.Response, place: Place, got: bytearray, skip: int, most: int) -> None:
        wanted = None if place.end is None else place.end - place.start
        for chunk in plain(response, most=most + skip):
            with self._counting:
                self.received += len(chunk)
            passed = min(skip, len(chunk))
            skip -= passed
            got += chunk[passed:]
            if wanted is not None and len(got) >= wanted:
                del got[wanted:]
                return
        if wanted is not None and len(got) < wanted:
            raise Again("the answer ended early")


def host_of(url: str) -> str:
    """The server that an address names.

    Examples
    --------
    >>> host_of("https://data.ecmwf.int/forecasts/20261126")
    'data.ecmwf.int'
    """
    return urlsplit(url).netloc.rpartition("@")[2] or url


def _unpacked(data: bytes) -> bytes:
    """What a bzip2 file holds; whatever cannot be unpacked is given as it came, and is no GRIB."""
    unpacker = bz2.BZ2Decompressor()
    try:
        out = unpacker.decompress(data, max_length=MOST_MESSAGE)
    except (OSError, ValueError, EOFError):
        return data
    return out if unpacker.eof else data
