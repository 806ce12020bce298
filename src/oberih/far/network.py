"""How do bytes come and go, so that no wait outlasts the deadline?

The sockets beneath httpx.  Its own time limits are for one read or write each; a server that sends a byte now and then
keeps them for ever.  Here every wait, for a name, a connection, a handshake, a byte, is cut into short looks at the
deadline that the thread is held to (`oberih.far.deadline`).  Nothing runs beside the thread that asks.

A connection is used again only after an answer that said its length and kept to it (`Counted`): bytes behind an answer
would be taken for the next one.
"""

from __future__ import annotations

import os
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from typing import Any, TypeVar

import httpcore

from oberih.far.deadline import LOOK, present
from oberih.far.names import Address, addresses_of

__all__ = ["Counted", "Network"]

T = TypeVar("T")

AT_A_TIME = 65536
"""Read for TLS: four of its records [bytes] (RFC 8449)."""

MOST_HEAD = 256 * 1024
"""Of an answer, with all that is said before it: above what h11 takes [bytes]."""


class Network(httpcore.NetworkBackend):
    """Connections that keep to the deadline of the thread that uses them; a host's addresses are looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[Address]] = {}

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Connect to the first address of a host that answers, within so many seconds for all of them."""
        until = time.monotonic() + (inf if timeout is None else timeout)
        try:
            addresses = self._known.get((host, port)) or addresses_of(host, port)
            self._known[host, port] = addresses
            for place, address in enumerate(addresses, 1):
                share = (until - time.monotonic()) / (1 if place == len(addresses) else 2)
                try:
                    return Counted(_Plain(_connected(address, share)))
                except (OSError, httpcore.ConnectTimeout):
                    if place == len(addresses):
                        self._known.pop((host, port), None)  # it may have moved, as another thread may know already
                        raise
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        raise httpcore.ConnectError(f"{host} has no address")


def _connected(address: Address, timeout: float) -> socket.socket:
    """A socket that is connected, and waits for nothing by itself."""
    family, place = address
    own = socket.socket(family, socket.SOCK_STREAM)
    try:
        own.setblocking(False)
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            own.connect(place)
        except BlockingIOError:
            _wait(own, selectors.EVENT_WRITE, timeout, httpcore.ConnectTimeout)
            if error := own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, os.strerror(error)) from None
        return own
    except BaseException:
        own.close()
        raise


def _wait(own: socket.socket, event: int, timeout: float | None, late: type[Exception]) -> None:
    """Wait until a socket can be read or written, or is silent for too long, looking at the deadline."""
    silent = time.monotonic() + (inf if timeout is None else timeout)
    with selectors.DefaultSelector() as selector:
        selector.register(own, event)
        while True:
            left = min(present().left(), LOOK)
            if selector.select(left):
                return
            if time.monotonic() >= silent:
                raise late()


class Counted(httpcore.NetworkStream):
    """Bytes of one answer after another, counted.

    Parameters
    ----------
    below : httpcore.NetworkStream
    """

    def __init__(self, below: httpcore.NetworkStream) -> None:
        self._below = below
        self._head, self._read, self._spoilt = bytearray(), 0, False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read, and count."""
        data = self._below.read(max_bytes, timeout)
        self._read += len(data)
        self._head += data[: MOST_HEAD - len(self._head)]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write; what comes then is another answer."""
        self._head, self._read = bytearray(), 0
        self._below.write(buffer, timeout)

    def ended(self, length: str) -> None:
        """Say that an answer was read which had told this length of its body; if it was another, nothing more is read.

        Parameters
        ----------
        length : str
            As its head has it; empty if it did not tell.
        """
        begin = 0
        while self._head.startswith(b"HTTP/1.1 1", begin):  # heads that only say that the head is to come
            begin = self._head.find(b"\r\n\r\n", begin) + 4
        end = self._head.find(b"\r\n\r\n", begin)
        told = length.isascii() and length.isdigit()
        if end < 0 or not told or self._read - (end + 4) != int(length):
            self._spoilt = True

    def close(self) -> None:
        """Close the connection."""
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Go on under TLS; where that fails, the connection is closed."""
        try:
            return Counted(_Sealed(self._below, ssl_context, server_hostname, timeout))
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """Whether there is something to read (then an idle connection is of no use any more), or what is below."""
        return (info == "is_readable" and self._spoilt) or self._below.get_extra_info(info)


class _Plain(httpcore.NetworkStream):
    """Bytes as they are."""

    def __init__(self, own: socket.socket) -> None:
        self._own = own

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._done(partial(self._own.recv, max_bytes), selectors.EVENT_READ, timeout, httpcore.ReadTimeout)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = memoryview(buffer)
        try:
            while left:
                send = partial(self._own.send, left)
                left = left[self._done(send, selectors.EVENT_WRITE, timeout, httpcore.WriteTimeout) :]
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def _done(self, step: Callable[[], T], event: int, timeout: float | None, late: type[Exception]) -> T:
        """Read or write as much as goes, once any does; a server that never pauses is held to the deadline too."""
        present().left()
        while True:
            try:
                return step()
            except BlockingIOError:
                _wait(self._own, event, timeout, late)

    def close(self) -> None:
        self._own.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # what an idle connection has to say is that it was closed
            with selectors.DefaultSelector() as selector:
                selector.register(self._own, selectors.EVENT_READ)
                return bool(selector.select(0.0))
        named = {
            "socket": lambda: self._own,
            "client_addr": self._own.getsockname,
            "server_addr": self._own.getpeername,
        }
        return named[info]() if info in named else None


class _Sealed(httpcore.NetworkStream):
    """Bytes under TLS, over any other stream."""

    def __init__(
        self, below: httpcore.NetworkStream, context: ssl.SSLContext, host: str | None, timeout: float | None
    ) -> None:  # fmt: skip
        self._below, self._in, self._out = below, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
        try:
            self._done(self._tls.do_handshake, timeout)
        except httpcore.ReadTimeout as error:
            raise httpcore.ConnectTimeout("no handshake in time") from error
        except (ssl.SSLError, httpcore.ReadError, httpcore.WriteError) as error:
            raise httpcore.ConnectError(str(error)) from error

    def _done(self, step: Callable[[], T], timeout: float | None) -> T:
        """Take a step of TLS, with the bytes to and fro that it needs."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._below.write(self._out.read(), timeout)
                if data := self._below.read(AT_A_TIME, timeout):
                    self._in.write(data)
                else:
                    self._in.write_eof()
            else:
                self._below.write(self._out.read(), timeout)
                return result

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._done(partial(self._tls.read, max_bytes), timeout)
        except ssl.SSLEOFError:
            return b""  # many servers just hang up; an answer says itself how long it is
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = memoryview(buffer)
        try:
            while left:
                left = left[self._done(partial(self._tls.write, left), timeout) :]
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._below.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and (self._in.pending or self._tls.pending()):
            return True  # came together with what was read
        return self._tls if info == "ssl_object" else self._below.get_extra_info(info)
