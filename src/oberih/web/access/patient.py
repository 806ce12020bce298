"""How long does a connection wait for somebody to say what they want?

uvicorn waits for ever for the end of a request's headers, which a stranger who sends a letter a minute uses up
(slow loris).  Here a request must be said within a time from the first connection or letter; else the connection is
answered 408 and closed.  One address gets so many connections and no more, so that nobody takes all that there are;
what stands in front is spared, it brings everybody.  Who asks and does not read what comes is not waited for either.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["HEADERS_WITHIN", "OF_ONE_ADDRESS", "PatientProtocol", "sparing"]

HEADERS_WITHIN = 10.0
"""From the first letter of a request, or the connection, to the end of its headers [s]."""

OF_ONE_ADDRESS = 400
"""Connections that one address has at a time: fifty browsers behind one address open six each."""

READ_WITHIN = 30.0
"""How long nothing of an answer has to be taken by the other side before it is given up [s]."""

_CROWDED = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Retry-After: 10\r\nContent-Length: 43\r\n\r\nToo many connections come from one address\n"
)

_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: 9\r\n\r\nToo slow\n"
)


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to its patience."""

    within = HEADERS_WITHIN
    read_within = READ_WITHIN
    of_one_address = OF_ONE_ADDRESS
    spared: tuple[str, ...] = ()
    _open: ClassVar[Counter[str]] = Counter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self._address = ""
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()
        self._unread_before(0)
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self._open[self._address] += 1
        if self._open[self._address] > self.of_one_address and not self._is_spared():
            transport.write(_CROWDED)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        if self._look is not None:
            self._look.cancel()
        self._open[self._address] -= 1
        if self._open[self._address] <= 0:
            del self._open[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait on while a request is begun and not said to its end."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._late is None and not self.transport.is_closing():
            self._wait()

    def _unread_before(self, unread: int) -> None:
        """Look again later; where just as much waits to be read then, nothing of it was."""
        self._unread = unread
        self._look = self.loop.call_later(self.read_within, self._look_again)

    def _look_again(self) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread and unread == self._unread:
            self.transport.abort()
            return
        self._unread_before(unread)

    def _is_spared(self) -> bool:
        try:
            address = ip_address(self._address)
        except ValueError:
            return False
        return any(address in ip_network(one) for one in self.spared)

    def _wait(self) -> None:
        self._late = self.loop.call_later(self.within, self._close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            if self.conn.our_state is h11.IDLE:
                self.transport.write(_LATE)
            self.transport.close()


def sparing(proxies: Sequence[str]) -> type[PatientProtocol]:
    """Give the protocol that counts no connections of what stands in front.

    Parameters
    ----------
    proxies : sequence of str
        Addresses or networks.
    """
    return type("Sparing", (PatientProtocol,), {"spared": tuple(proxies)})
