"""How is an address of the web asked once, within bounds?

Bounded are the time until the head of an answer is there, with all that sends us on on the way; the time until it is
whole; how often and where it may send us on; and how much it may hold, packed or not.  What asking again may mend is
raised as `Again`, what it may not as `SourceUnavailable`.

Defines `Web`, and the verbs `plain` (the body of an answer, unpacked) and `retry_after`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from oberih.errors import InputError, SourceUnavailable
from oberih.far.deadline import Deadline, Stop, TooLate, never, present
from oberih.far.names import shown
from oberih.far.patience import Again

if TYPE_CHECKING:
    import httpx

__all__ = ["RETRIED", "Web", "plain", "retry_after"]

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers worth asking again."""

MOST_REDIRECTS = 5
"""So often an answer may send us on."""

PIECE = 1024**2
"""Unpacked at a time [bytes]."""


class Web:
    """Connections to the web, shared by threads, used as ``with Web(…) as web``.

    Parameters
    ----------
    at_once : int
        Connections at most.
    timeout : float
        For the head of an answer, and between bytes [s].
    connect : float
        For a connection [s].
    transport : httpx.BaseTransport, optional
        Another way to the network.
    """

    def __init__(
        self, *, at_once: int, timeout: float, connect: float, transport: httpx.BaseTransport | None = None
    ) -> None:  # fmt: skip
        import httpx  # here because it takes a tenth of a second to load, and most runs need no network

        from oberih.far.transport import Transport

        self.timeout = timeout
        bounds = httpx.Timeout(timeout, connect=min(timeout, connect))
        self._client = httpx.Client(transport=transport or Transport(at_once=at_once), timeout=bounds)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @contextmanager
    def answer(
        self, url: str, *, headers: Mapping[str, str], whole: float, stopped: Stop = never, field: str = "url"
    ) -> Iterator[httpx.Response]:  # fmt: skip
        """Ask, and give the answer once its head is there; in the ``with`` block it is read, by `plain`.

        Parameters
        ----------
        url : str
            ``http://`` or ``https://``.
        headers : mapping of str
        whole : float
            For the whole answer, after which it is given up [s].
        stopped : callable
            Whether to give up at once.
        field : str
            What is named if the address is none.

        Raises
        ------
        Again
            If the connection failed, or it took too long.
        InputError
            If the address is none.
        SourceUnavailable
            If it sends us in circles, or to where we do not go.
        Stopped
        """
        import httpx  # see `__init__`

        if not url.startswith(("http://", "https://")):
            raise InputError(
                "is not an address of the web", field=field, value=shown(url), cure="begin it with https://"
            )
        deadline, bound = Deadline.within(whole, stopped=stopped), min(self.timeout, whole)
        try:
            with Deadline.within(bound, stopped=stopped).held():
                response = self._sent(self._client.build_request("GET", url, headers=dict(headers)))
            bound = whole
            try:
                with deadline.held():
                    yield response
            finally:
                response.close()
        except TooLate as error:
            raise Again(f"no answer in time ({'not whole' if bound == whole else 'no head'} in {bound:g} s)") from error
        except httpx.TimeoutException as error:
            raise Again("no answer in time") from error
        except httpx.InvalidURL as error:
            raise InputError("is not an address", field=field, value=shown(url)) from error
        except httpx.HTTPError as error:
            raise Again(f"connection failed ({type(error).__name__})") from error

    def _sent(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer at the end of all that sends us on."""
        first = shown(request.url)
        for _ in range(MOST_REDIRECTS + 1):
            response = self._client.send(request, stream=True)
            following = response.next_request
            if following is None:
                return response
            response.close()
            present().left()
            if following.url.scheme not in ("http", "https") or (request.url.scheme, following.url.scheme) == (
                "https", "http",
            ):  # fmt: skip
                raise SourceUnavailable(
                    f"{first}: sends us on from {request.url.scheme} to {following.url.scheme or 'no address'}, "
                    "which is not followed"
                )
            request = following
        raise SourceUnavailable(f"{first}: sends us on more than {MOST_REDIRECTS} times, in circles perhaps")


def plain(response: httpx.Response, *, most: int) -> Iterator[bytes]:
    """The body of an answer, piece by piece, unpacked if it is packed by gzip.

    One that tells no length, neither of itself nor of its chunks nor by gzip, is as long as the connection lasts, and
    the end of TLS is not insisted on: whoever reads it sees whether it is whole.

    Parameters
    ----------
    response : httpx.Response
        Not read yet.
    most : int
        It may hold so much, unpacked; of what comes after that at most one piece is given [bytes].

    Raises
    ------
    Again
        If it ended early or cannot be unpacked.
    SourceUnavailable
        If it is packed in another way, is a part of something packed, or holds more.
    Stopped, TooLate, httpx.HTTPError
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if packing not in ("identity", "gzip", "x-gzip") or (packing != "identity" and response.status_code == 206):
        raise SourceUnavailable(f"{shown(response.url)}: is packed in a way that was not asked for ({packing[:40]})")
    pieces = response.iter_raw() if packing == "identity" else _unpacked(response.iter_raw())
    held = 0
    for piece in pieces:
        present().left()
        held += len(piece)
        if held > most:
            raise SourceUnavailable(f"{shown(response.url)}: sends more than {most / 2**20:.0f} MiB")
        yield piece


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip has packed, little by little, so that a few bytes cannot become memory without end."""
    unpacker = zlib.decompressobj(31)
    try:
        for data in packed:
            while data:
                yield unpacker.decompress(data, PIECE)
                data = unpacker.unconsumed_tail
            if unpacker.eof:
                return
    except zlib.error as error:
        raise Again("an answer that does not unpack") from error
    raise Again("the answer ended early")


def retry_after(headers: Any) -> float | None:
    """How long an answer wishes us to wait [s]: a number, or a date, counted from the answer's own (RFC 9110, 10.2.3).

    A moment that is past, and what is neither, is no wish.

    Examples
    --------
    >>> retry_after({"retry-after": "7"}), retry_after({"retry-after": "-7"}), retry_after({})
    (7.0, None, None)
    """
    value = (headers.get("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        later = parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return later.total_seconds() if later.total_seconds() > 0.0 else None
