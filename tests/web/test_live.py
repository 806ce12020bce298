"""Laws of the event stream: everybody is told, nobody holds up others, who comes back is told what was missed."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from oberih.case.prove.keeping import Keeping
from oberih.case.reach.design_bench import Bench
from oberih.case.watch.desk import Desk, OnDesk
from oberih.errors import StoreError
from oberih.web import live as live_module
from oberih.web.app import create_app
from oberih.web.engine import Engine
from oberih.web.live import Live
from oberih.web.serve import _listen, _Server
from oberih.web.settings import ServeSettings
from tests.web.tiny import opened

HEAD = "station,latitude,longitude,time,value,unit\n"
MANY = 200


def now() -> datetime:
    return datetime.now(UTC)


def row(value: int) -> str:
    return f"Nikopol,47.57,34.40,{now():%Y-%m-%dT%H:%M:%SZ},{value},nSv/h\n"


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + row(98))
    return file


@pytest.fixture
def desk(tmp_path: Path, readings: Path) -> Desk:
    keeping = Keeping(store=str(tmp_path / "record.sqlite"), environment={})
    return Desk(OnDesk("zaporizhzhia", keeping, readings=(readings,)))


async def next_event(stream: AsyncIterator[bytes], name: str) -> tuple[str, dict[str, object]]:
    """Wait for an event of that name: its id and its data."""
    async with asyncio.timeout(20):
        async for block in stream:
            for event in block.decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in event.splitlines())
                if fields.get("event") == name:
                    return fields.get("id", ""), json.loads(fields["data"])
    raise AssertionError(f"no {name}")


def run(play: Callable[[], object]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]


def test_two_hundred_clients_are_told_of_one_change(desk: Desk, readings: Path) -> None:
    async def play() -> None:
        live = Live(desk, now, look=0.05)
        streams = [await live.stream(None) for _ in range(MANY)]
        first = await asyncio.gather(*(next_event(s, "parts") for s in streams))
        assert live.clients == MANY
        assert len({one[0] for one in first}) == 1
        readings.write_text(HEAD + row(98) + row(4100))
        told = await asyncio.gather(*(next_event(s, "parts") for s in streams))
        assert all("readings" in one[1]["parts"] for one in told)  # type: ignore[operator]
        live.stop()
        await asyncio.gather(*(s.aclose() for s in streams))  # type: ignore[attr-defined]
        assert live.clients == 0

    run(play)


def test_all_clients_share_one_watcher(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[datetime] = []
    look = desk.look
    monkeypatch.setattr(desk, "look", lambda at: looks.append(at) or look(at))

    async def play() -> None:
        live = Live(desk, now, look=0.2)
        streams = [await live.stream(None) for _ in range(50)]
        await asyncio.gather(*(next_event(s, "parts") for s in streams))
        assert len(looks) < 10
        live.stop()

    run(play)


def test_who_comes_back_is_told_what_changed_meanwhile_and_no_more(desk: Desk, readings: Path) -> None:
    async def play() -> None:
        live = Live(desk, now, look=0.05)
        first, other = await live.stream(None), await live.stream(None)
        mark, _ = await next_event(first, "parts")
        await next_event(other, "parts")
        await first.aclose()  # type: ignore[attr-defined]
        readings.write_text(HEAD + row(4100))
        await next_event(other, "parts")
        again = await live.stream(mark)
        _, told = await next_event(again, "parts")
        assert "readings" in told["parts"]  # type: ignore[operator]
        assert "site" not in told["parts"]  # type: ignore[operator]
        live.stop()

    run(play)


@pytest.mark.parametrize("strange", ["", "x", "deadbeef-1", "-1", "ffffffff-99999999999999999999", "\u0661-\u0661"])
def test_who_comes_from_another_server_is_told_everything(desk: Desk, strange: str) -> None:
    async def play() -> None:
        live = Live(desk, now, look=0.05)
        _, told = await next_event(await live.stream(strange), "parts")
        assert {"site", "regimes", "sources"} <= set(told["parts"])  # type: ignore[call-overload]
        live.stop()

    run(play)


def test_a_client_that_does_not_read_holds_nobody_up_and_is_told_once(desk: Desk, readings: Path) -> None:
    async def play() -> None:
        live = Live(desk, now, look=0.02)
        slow, quick = await live.stream(None), await live.stream(None)
        await next_event(slow, "parts")
        _, seen = await next_event(quick, "parts")
        for value in range(100, 105):
            readings.write_text(HEAD + row(value) + row(value + 1))
            _, seen = await next_event(quick, "parts")
        block = await slow.__anext__()
        assert block.count(b"event: parts") == 1
        assert json.loads(block.split(b"data: ")[1].split(b"\n")[0])["version"] == seen["version"]
        live.stop()

    run(play)


def test_a_beat_comes_when_nothing_changes(desk: Desk) -> None:
    async def play() -> None:
        live = Live(desk, now, look=0.05, beat=0.1)
        stream = await live.stream(None)
        _, told = await next_event(stream, "beat")
        assert datetime.fromisoformat(str(told["at"])).tzinfo is not None
        live.stop()

    run(play)


def test_a_change_of_the_engine_is_told(desk: Desk) -> None:
    async def play() -> None:
        state = {"state": "building"}
        live = Live(desk, now, look=0.05, engine=lambda: dict(state))
        stream = await live.stream(None)
        assert (await next_event(stream, "engine"))[1] == {"state": "building"}
        state["state"] = "ready"
        assert (await next_event(stream, "engine"))[1] == {"state": "ready"}
        live.stop()

    run(play)


def test_a_look_that_fails_does_not_end_the_watch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        live, look = Live(desk, now, look=0.05), desk.look
        monkeypatch.setattr(desk, "look", lambda at: 1 / 0)
        stream = await live.stream(None)
        await asyncio.sleep(0.2)
        monkeypatch.setattr(desk, "look", look)
        assert (await next_event(stream, "parts"))[1]["version"]
        live.stop()

    run(play)


def test_one_stream_too_many_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST", 2)

    async def play() -> None:
        live = Live(desk, now, look=0.05)
        streams = [await live.stream(None) for _ in range(2)]
        await asyncio.gather(*(next_event(s, "parts") for s in streams))
        with pytest.raises(StoreError, match="listen already"):
            await live.stream(None)
        live.stop()

    run(play)


@contextmanager
def serving(settings: ServeSettings, bench: Bench) -> Iterator[tuple[int, _Server, threading.Thread]]:
    """A real server on loopback, in a thread."""
    listener = _listen("127.0.0.1", 0)
    app = create_app(settings, clock=now)
    held = app.state.held
    held.engine = Engine(settings, opened=opened(bench))
    held.live.engine = held.engine.told
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    server = _Server(config, app.state.held.live.stop)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield listener.getsockname()[1], server, thread
    finally:
        server.should_exit = True
        thread.join(20)


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode())
    await writer.drain()
    return reader, writer


async def until(reader: asyncio.StreamReader, words: bytes) -> None:
    async with asyncio.timeout(30):
        seen = b""
        while words not in seen:
            block = await reader.read(4096)
            assert block, seen
            seen += block


def test_over_http_a_change_reaches_two_hundred_clients_and_a_stop_ends_them(
    tmp_path: Path, readings: Path, bench: Bench
) -> None:
    settings = ServeSettings(keeping=Keeping(store=str(tmp_path / "r.sqlite"), environment={}), readings=(readings,),
                             cache=tmp_path / "cache")  # fmt: skip

    async def play(port: int, server: _Server) -> None:
        clients = [await connect(port) for _ in range(MANY)]
        await asyncio.gather(*(until(reader, b"event: parts") for reader, _ in clients))
        readings.write_text(HEAD + row(98) + row(4100))
        await asyncio.gather(*(until(reader, b'"readings": 2') for reader, _ in clients))
        server.should_exit = True
        async with asyncio.timeout(20):
            await asyncio.gather(*(reader.read() for reader, _ in clients))
        for _, writer in clients:
            writer.close()

    with serving(settings, bench) as (port, server, thread):
        asyncio.run(play(port, server))
        thread.join(4)  # well before the five seconds after which what still runs is cut off
        assert not thread.is_alive()
