"""How does a server keep one waiting, or fill one's memory?  A server on a loopback port whose paths are behaviours.

What it sends is written byte by byte, past the rules of HTTP; endless things end when the client hangs up.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

from tests.weather.loopback import Loopback

HEAD = b"HTTP/1.1 200 OK\r\n"
PAUSE = 0.05
BOMB = gzip.compress(bytes(200 * 1024**2), 1)
"""Two hundred MiB in less than one."""


def _head(*lines: str) -> bytes:
    return HEAD + b"".join(f"{line}\r\n".encode() for line in lines) + b"\r\n"


def drip_head() -> Iterator[bytes]:
    """A line of the head now and then, for ever."""
    yield HEAD
    while True:
        time.sleep(PAUSE)
        yield b"X: y\r\n"


def drip_bytes_of_head() -> Iterator[bytes]:
    """A byte of one line now and then, for ever."""
    yield HEAD + b"X: "
    while True:
        time.sleep(PAUSE)
        yield b"y"


def endless_head() -> Iterator[bytes]:
    """Lines of a head as fast as they go."""
    yield HEAD
    while True:
        yield b"X-Line: of no use\r\n" * 50


def endless_hints() -> Iterator[bytes]:
    """Heads that say that the head is still to come."""
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50


def hang() -> Iterator[bytes]:
    """Nothing at all."""
    while True:
        time.sleep(PAUSE)
        yield b""


def drip_body() -> Iterator[bytes]:
    """A byte of the body now and then."""
    yield _head("Content-Length: 100000")
    while True:
        time.sleep(PAUSE)
        yield b"x"


def endless_chunks() -> Iterator[bytes]:
    """Chunks as fast as they go."""
    yield _head("Transfer-Encoding: chunked")
    while True:
        yield b"10000\r\n" + bytes(65536) + b"\r\n"


def drip_chunks() -> Iterator[bytes]:
    """A chunk now and then."""
    yield _head("Transfer-Encoding: chunked")
    while True:
        time.sleep(PAUSE)
        yield b"1\r\nx\r\n"


def endless_length_of_chunk() -> Iterator[bytes]:
    """A chunk whose length does not end."""
    yield _head("Transfer-Encoding: chunked")
    while True:
        yield b"0" * 4096


def endless_trailer() -> Iterator[bytes]:
    """A body that ends, and a trailer that does not."""
    yield _head("Transfer-Encoding: chunked") + b"1\r\nx\r\n0\r\n"
    while True:
        time.sleep(PAUSE)
        yield b"X: y\r\n"


def bomb() -> Iterator[bytes]:
    """Little that unpacks to much."""
    yield _head("Content-Encoding: gzip", f"Content-Length: {len(BOMB)}") + BOMB


def packed_bomb() -> Iterator[bytes]:
    """The same, packed once more."""
    twice = gzip.compress(BOMB, 1)
    yield _head("Content-Encoding: gzip, gzip", f"Content-Length: {len(twice)}") + twice


def unknown_packing() -> Iterator[bytes]:
    """What nobody asked for."""
    yield _head("Content-Encoding: br", "Content-Length: 1") + b"x"


def no_gzip() -> Iterator[bytes]:
    """Said to be packed, and is not."""
    yield _head("Content-Encoding: gzip", "Content-Length: 5") + b"plain"


def half_gzip() -> Iterator[bytes]:
    """Packed, and cut off."""
    half = gzip.compress(b"of weather" * 1000)[:-12]
    yield _head("Content-Encoding: gzip", f"Content-Length: {len(half)}") + half


def loop() -> Iterator[bytes]:
    """In a circle."""
    yield b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"


def drip_loop() -> Iterator[bytes]:
    """In a circle, slowly."""
    time.sleep(0.25)
    yield b"HTTP/1.1 302 Found\r\nLocation: /drip_loop\r\nContent-Length: 0\r\n\r\n"


def to_file() -> Iterator[bytes]:
    """To our own disk."""
    yield b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"


def to_ftp() -> Iterator[bytes]:
    """To a server of another kind."""
    yield b"HTTP/1.1 307 Temporary Redirect\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n"


def to_nowhere() -> Iterator[bytes]:
    """To what is no address."""
    yield b"HTTP/1.1 302 Found\r\nLocation: http://[::bad/\r\nContent-Length: 0\r\n\r\n"


def not_http() -> Iterator[bytes]:
    """Another language."""
    yield b"220 mail.example ESMTP\r\n"


BY_PATH = {make.__name__: make for make in (
    drip_head, drip_bytes_of_head, endless_head, endless_hints, hang, drip_body, endless_chunks, drip_chunks,
    endless_length_of_chunk, endless_trailer, bomb, packed_bomb, unknown_packing, no_gzip, half_gzip, loop, drip_loop,
    to_file, to_ftp, to_nowhere, not_http,
)}  # fmt: skip


class Misbehaving(Loopback):
    """The server; asked for ``/x/y`` it behaves as its path's first part says, or as ``always`` does.

    Parameters
    ----------
    always : str
        A behaviour, whatever is asked for.
    stays : bool
        The connection is kept for the next request.
    """

    def __init__(self, always: str = "", *, stays: bool = False) -> None:
        self.always = always
        self.asked: list[str] = []
        self.callers: set[object] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.callers.add(self.client_address)
                self.close_connection = not stays
                with contextlib.suppress(OSError):  # the client gave up, as it should
                    for data in outer.said(self.path):
                        self.connection.sendall(data)

            do_PUT = do_HEAD = do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.listen(Handler)

    def said(self, path: str) -> Iterator[bytes]:
        """What is sent for a path."""
        return BY_PATH[self.always or path.strip("/").partition("/")[0].partition("?")[0]]()


@contextlib.contextmanager
def never_accepting() -> Iterator[str]:
    """A port at which a connection is never made: its queue is full."""
    with contextlib.ExitStack() as held:
        door = held.enter_context(socket.socket())
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for _ in range(4):
            one = held.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(door.getsockname())
        time.sleep(0.1)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


@contextlib.contextmanager
def never_answering() -> Iterator[str]:
    """A port at which connections are made and nobody is there."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
