"""Does nobody take all the connections that there are?"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from oberih.web.access.patient import PatientProtocol, sparing

LARGE = b"x" * 20_000_000


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """An application with much to say."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"20000000")]})
    await send({"type": "http.response.body", "body": LARGE})


class Door(PatientProtocol):
    of_one_address = 3
    read_within = 0.3


class DoorOfAProxy(Door):
    spared = ("127.0.0.0/8",)


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[tuple[int, uvicorn.Server]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    config = uvicorn.Config(large, log_level="error", http=request.param, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[1], server
    server.should_exit = True
    thread.join(10)


def lines(port: int, count: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(count)]


def answer(line: socket.socket) -> bytes:
    line.sendall(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
    try:
        return line.recv(12)
    except OSError:
        return b""


@pytest.mark.parametrize("opened", [Door], indirect=True)
def test_one_address_has_so_many_connections_and_gets_them_back(opened: tuple[int, uvicorn.Server]) -> None:
    port, _ = opened
    held = lines(port, 3)
    assert [answer(line) for line in held] == [b"HTTP/1.1 200"] * 3
    further = lines(port, 1)[0]
    assert further.recv(12) == b"HTTP/1.1 503"
    for line in held:
        line.close()
    for _ in range(100):
        if answer(lines(port, 1)[0]) == b"HTTP/1.1 200":
            return
        time.sleep(0.05)
    pytest.fail("who left has no place again")


@pytest.mark.parametrize("opened", [DoorOfAProxy], indirect=True)
def test_what_stands_in_front_brings_everybody(opened: tuple[int, uvicorn.Server]) -> None:
    assert [answer(line) for line in lines(opened[0], 8)] == [b"HTTP/1.1 200"] * 8


@pytest.mark.parametrize("opened", [Door], indirect=True)
def test_who_asks_and_reads_nothing_is_not_waited_for(opened: tuple[int, uvicorn.Server]) -> None:
    port, server = opened
    line = lines(port, 1)[0]
    line.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    for _ in range(200):
        time.sleep(0.05)
        if server.server_state.total_requests and not server.server_state.connections:
            break
    assert not server.server_state.connections
    got = 0
    try:
        while part := line.recv(1 << 20):
            got += len(part)
    except OSError:
        pass
    assert 0 < got < len(LARGE)


def test_the_server_spares_its_proxies() -> None:
    assert sparing(("10.0.0.0/8",)).spared == ("10.0.0.0/8",)
