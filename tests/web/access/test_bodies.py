"""What is too large, too slow or of another kind, on a real connection."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import Body, FastAPI, Request

from oberih.web.access import bodies
from oberih.web.access.bodies import USUAL, Bodies
from oberih.web.access.emptied import Emptied
from oberih.web.access.patient import PatientProtocol

PATIENCE = 0.5


class Hasty(PatientProtocol):
    within = PATIENCE


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI()
    app.add_middleware(Bodies, patience=PATIENCE)
    app.add_middleware(Emptied)

    @app.post("/small")
    def small(given: Any = Body()) -> int:  # noqa: B008
        return len(str(given))

    @app.post("/api/v1/uploads/weather")
    async def large(request: Request) -> int:
        return len(await request.body())

    @app.get("/small")
    def got() -> str:
        return "here"

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", http=Hasty, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def spoken(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Say something on a connection, piece by piece; return all that is answered until it is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause)
        except OSError:
            pass  # closed by the other side: what it said stands
        answer = b""
        try:
            while part := line.recv(65536):
                answer += part
        except OSError:
            pass
        return answer


def post(path: str, *headers: str) -> bytes:
    usual = ("Host: 127.0.0.1", "Connection: close", "Content-Type: application/json")
    return "\r\n".join([f"POST {path} HTTP/1.1", *usual, *headers, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_what_fits_is_read_whole_in_one_piece_or_in_chunks(port: int) -> None:
    body = b'"' + b"a" * 1000 + b'"'
    assert spoken(port, post("/small", f"Content-Length: {len(body)}"), body).endswith(b"1000")
    chunked = [chunk(body[i : i + 100]) for i in range(0, len(body), 100)]
    assert b"1000" in spoken(port, post("/small", "Transfer-Encoding: chunked"), *chunked, b"0\r\n\r\n")


def test_what_says_that_it_is_too_large_is_not_read(port: int) -> None:
    assert b" 413 " in spoken(port, post("/small", f"Content-Length: {USUAL.most + 1}"))


def test_what_is_too_large_and_does_not_say_so_is_refused_as_it_comes(port: int) -> None:
    chunks = [chunk(b"a" * 8192)] * 9
    answer = spoken(port, post("/small", "Transfer-Encoding: chunked"), *chunks)
    assert b" 413 " in answer and b"application/problem+json" in answer


def test_an_address_that_takes_more_reads_as_it_comes_and_has_an_end_too(port: int) -> None:
    path, of = "/api/v1/uploads/weather", 128 * 1024
    assert spoken(port, post(path, f"Content-Length: {of}"), b"a" * of).endswith(str(of).encode())
    assert b" 413 " in spoken(port, post(path, f"Content-Length: {65 * 2**20}"))


@pytest.mark.parametrize("path", ["/small", "/api/v1/uploads/weather"])
def test_a_body_that_stops_coming_is_not_waited_for(port: int, path: str) -> None:
    assert b" 408 " in spoken(port, post(path, "Content-Length: 100"), b'"a')


def test_a_body_that_comes_letter_by_letter_is_not_waited_for(port: int) -> None:
    letters = [b"a"] * 40
    assert b" 408 " in spoken(port, post("/small", "Content-Length: 1000"), *letters, pause=PATIENCE / 10)


def test_headers_that_do_not_end_are_not_waited_for(port: int) -> None:
    assert b" 408 " in spoken(port, b"GET /small HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")


def test_headers_that_come_letter_by_letter_are_not_waited_for(port: int) -> None:
    letters = [b"X-a: b\r\n"] * 40
    assert b" 408 " in spoken(port, b"GET /small HTTP/1.1\r\n", *letters, pause=PATIENCE / 10)


def test_a_connection_on_which_nothing_is_said_is_closed(port: int) -> None:
    assert b" 408 " in spoken(port)


def test_a_second_request_on_a_connection_is_not_waited_for_either(port: int) -> None:
    whole = b"GET /small HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = spoken(port, whole, b"GET /small HT", pause=0.2)
    assert answer.startswith(b"HTTP/1.1 200") and b" 408 " in answer


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "application/xml", "application/json-seq", ""])  # fmt: skip
def test_what_is_of_another_kind_is_refused(port: int, kind: str) -> None:
    head = f"POST /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: 2\r\n\r\n"
    assert b" 415 " in spoken(port, head.encode(), b"{}")


def test_what_is_compressed_is_refused(port: int) -> None:
    assert b" 415 " in spoken(port, post("/small", "Content-Length: 2", "Content-Encoding: gzip"), b"{}")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "99999999999999999999999999", "1, 2"])
def test_a_length_that_is_none_is_refused(port: int, length: str) -> None:
    status = spoken(port, post("/small", f"Content-Length: {length}"), b"{}").split(b" ")[1]
    assert status in (b"400", b"413")


def test_two_ways_to_say_the_length_are_not_both_believed(port: int) -> None:
    smuggled = chunk(b'"a"') + b"0\r\n\r\n" + b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = spoken(port, post("/small", "Content-Length: 5", "Transfer-Encoding: chunked"), smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_whoever_is_refused_hears_why_and_not_that_the_connection_broke(port: int) -> None:
    for _ in range(20):
        head = "POST /small HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(head.encode())
            time.sleep(0.02)
            line.sendall(b"a" * 60000)
            answer = b""
            while part := line.recv(65536):  # a reset would raise
                answer += part
        assert b" 415 " in answer and b"send application/json" in answer


def test_a_body_where_none_is_expected_is_no_matter_of_its_kind(port: int) -> None:
    asked = b"GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\n"
    assert b" 200 " in spoken(port, asked, b"ab")


def test_a_body_whose_time_is_up_before_it_is_heard_leaves_nothing_unawaited(recwarn: pytest.WarningsRecorder) -> None:
    heard: list[int] = []

    async def receive() -> Any:
        heard.append(1)

    async def late() -> None:
        counted = bodies._Counted(receive, USUAL, patience=-1.0)
        with pytest.raises(bodies.Refused, match="too slowly"):
            await counted.next()

    asyncio.run(late())
    gc.collect()
    assert not recwarn.list
