"""Laws of an answer from far away: however a server behaves, it ends in time, within bounds, and in one line."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from oberih.errors import OberihError, SourceUnavailable
from oberih.evidence import timestamp
from oberih.far import names
from oberih.far.deadline import Stopped
from oberih.far.patience import Again, Patience
from oberih.far.web import Web, plain, retry_after
from oberih.weather.fetch import fetch_open_meteo
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import Place
from tests.far.misbehaving import BY_PATH, Misbehaving, never_accepting, never_answering

TIMEOUT, WHOLE, ATTEMPTS = 0.5, 1.0, 2
AMPLE = 15.0
"""Of a bound that is seconds: this machine is shared.  Without the bound, each of these lasts for ever."""

HASTY = Patience(attempts=ATTEMPTS, timeout=TIMEOUT, whole=WHOLE, sleep=lambda s, stopped: None)


@contextmanager
def in_time(most: float = AMPLE) -> Iterator[None]:
    """What is in the block takes no longer, and leaves no thread of its own behind."""
    before, began = set(threading.enumerate()), time.monotonic()
    yield
    assert time.monotonic() - began < most
    ours = {t for t in set(threading.enumerate()) - before if "process_request" not in t.name}
    assert ours == set()


def open_meteo(url: str, folder: Path) -> None:
    fetch_open_meteo(47.5, 34.6, start_date="2020-01-01", end_date="2020-01-01", cache_dir=folder, base_url=url,
                     patience=HASTY)  # fmt: skip


def index(url: str, folder: Path) -> None:
    with Server.open(patience=HASTY, at_once=1) as server:
        server.ask(f"{url}/index")


def message(url: str, folder: Path) -> None:
    with Server.open(patience=HASTY, at_once=1) as server:
        server.take(Place(f"{url}/message", 100, 70_000_000))


def probe(url: str, folder: Path) -> None:
    with Server.open(patience=HASTY, at_once=1) as server:
        server.there(f"{url}/there")


ASKED = {ask.__name__: ask for ask in (open_meteo, index, message)}


@pytest.mark.parametrize("behaviour", BY_PATH)
@pytest.mark.parametrize("asked", ASKED)
def test_however_a_server_behaves_it_ends_in_time_and_in_one_line(asked: str, behaviour: str, tmp_path: Path) -> None:
    with Misbehaving(behaviour) as server, in_time(), pytest.raises(OberihError) as caught:
        ASKED[asked](server.url, tmp_path)
    assert isinstance(caught.value, SourceUnavailable)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("behaviour", ["drip_head", "drip_bytes_of_head", "endless_hints", "hang", "drip_loop"])
def test_whether_a_run_is_there_is_known_in_time_too(behaviour: str, tmp_path: Path) -> None:
    with Misbehaving(behaviour) as server, in_time(), pytest.raises(SourceUnavailable, match="does not answer"):
        probe(server.url, tmp_path)


@pytest.mark.parametrize("behaviour", ["drip_head", "endless_hints", "hang"])
def test_an_authority_for_time_is_given_up_as_a_whole(behaviour: str) -> None:
    with (
        Misbehaving(behaviour) as server,
        in_time(),
        pytest.raises(SourceUnavailable, match=r"no answer within 0\.5 s"),
    ):
        timestamp.ask(f"{server.url}/", b"question", client_timeout=0.5)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("port", [never_accepting, never_answering])
def test_a_port_where_nobody_is_is_given_up(port: Callable[[], object], asked: str, tmp_path: Path) -> None:
    with port() as url, in_time(), pytest.raises(SourceUnavailable, match="no answer in time"):  # type: ignore[attr-defined]
        ASKED[asked](url, tmp_path)


def test_a_name_that_nobody_looks_up_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "LOOKUP", "import time; time.sleep(100)")
    with in_time(), pytest.raises(SourceUnavailable, match="no answer in time"):
        index("http://weather.invalid", tmp_path)


def test_a_name_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with in_time(60.0), pytest.raises(SourceUnavailable, match=r"connection failed|no answer in time"):
        index("http://weather.invalid", tmp_path)


@pytest.mark.parametrize(
    "behaviour", ["drip_head", "endless_hints", "hang", "drip_body", "drip_chunks", "endless_trailer"]
)  # fmt: skip
def test_whoever_wants_it_no_more_is_not_kept(behaviour: str) -> None:
    ended = threading.Event()
    threading.Timer(0.5, ended.set).start()
    patience = Patience(timeout=100.0, whole=100.0)
    with (
        Misbehaving(behaviour) as server, in_time(5.0), pytest.raises(Stopped),
        Server.open(patience=patience, at_once=1, stopped=ended.is_set) as asked,
    ):  # fmt: skip
        asked.ask(f"{server.url}/index")


def test_whoever_wants_it_no_more_is_not_kept_between_two_attempts_either() -> None:
    ended = threading.Event()
    threading.Timer(0.5, ended.set).start()
    with (
        Misbehaving("not_http") as server, in_time(5.0), pytest.raises(Stopped),
        Server.open(patience=Patience(first_wait=100.0), at_once=1, stopped=ended.is_set) as asked,
    ):  # fmt: skip
        asked.ask(f"{server.url}/index")


def test_an_error_in_the_midst_ends_the_threads_that_ask() -> None:
    with (
        Misbehaving("drip_body") as server, in_time(5.0), pytest.raises(KeyboardInterrupt),
        Server.open(patience=Patience(timeout=100.0), at_once=4) as asked, asked.threads(4) as pool,
    ):  # fmt: skip
        waiting = [pool.submit(asked.ask, f"{server.url}/index") for _ in range(4)]
        while len(server.asked) < 4:
            time.sleep(0.05)
        raise KeyboardInterrupt
    assert all(isinstance(w.exception(), Stopped) for w in waiting)


@pytest.mark.parametrize(
    ("value", "wish"),
    [
        ("7", 7.0), ("0", 0.0), ("1000000000", 1e9), ("9" * 5000, 999999999999.0), ("-7", None), ("1e9", None),
        ("inf", None), ("nan", None), ("٣", None), ("", None), ("soon", None),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("Wed, 31 Dec 2025 23:00:00 GMT", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_a_wish_to_wait_is_a_number_or_a_moment_to_come(value: str, wish: float | None) -> None:
    assert retry_after({"retry-after": value, "date": "Thu, 01 Jan 2026 00:00:00 GMT"}) == wish


@pytest.mark.parametrize(
    ("value", "waits"), [("1000000000", []), ("-7", [1.0]), ("0", [1.0]), ("Wed, 31 Dec 2025 23:00:00 GMT", [1.0])]
)
def test_an_absurd_wish_is_not_obeyed_and_no_server_is_asked_without_pause(value: str, waits: list[float]) -> None:
    slept: list[float] = []
    headers = {"retry-after": value, "date": "Thu, 01 Jan 2026 00:00:00 GMT"}
    patience = Patience(attempts=2, spread=0.0, sleep=lambda s, stopped: slept.append(s))
    busy = httpx.MockTransport(lambda asked: httpx.Response(429, headers=headers))
    with (
        Server.open(patience=patience, at_once=1, transport=busy) as server,
        pytest.raises(SourceUnavailable, match="HTTP 429"),
    ):  # fmt: skip
        server.ask("http://host/index")
    assert slept == waits


def test_nobody_is_sent_from_a_sealed_line_to_an_open_one() -> None:
    sent = httpx.MockTransport(lambda asked: httpx.Response(302, headers={"location": "http://host/index"}))
    with (
        Server.open(patience=HASTY, at_once=1, transport=sent) as server,
        pytest.raises(SourceUnavailable, match="from https to http, which is not followed"),
    ):  # fmt: skip
        server.ask("https://host/index")


def test_from_an_open_line_to_a_sealed_one_it_goes_on_and_the_part_wanted_stays_the_same() -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        if asked.url.scheme == "http":
            return httpx.Response(301, headers={"location": "https://other/message"})
        part = asked.headers["range"].removeprefix("bytes=")
        return httpx.Response(206, headers={"content-range": f"bytes {part}/9"}, stream=httpx.ByteStream(b"cde"))

    with Server.open(patience=HASTY, at_once=1, transport=httpx.MockTransport(answer)) as server:
        assert server.take(Place("http://host/message", 2, 5)) == b"cde"


def test_a_body_longer_than_it_was_said_spoils_nothing() -> None:
    """What comes behind it is not taken for the next answer."""
    false = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"
    with Longer(false) as server, Server.open(patience=HASTY, at_once=1) as asked:
        assert [asked.ask(f"{server.url}/{n}") for n in range(3)] == [b"/0", b"/1", b"/2"]
        assert len(server.callers) == 3


def test_a_connection_whose_answers_keep_to_their_length_is_used_again() -> None:
    with Longer(b"") as server, Server.open(patience=HASTY, at_once=1) as asked:
        assert [asked.ask(f"{server.url}/{n}") for n in range(3)] == [b"/0", b"/1", b"/2"]
        assert len(server.callers) == 1


class Longer(Misbehaving):
    """Answers with the path, and something behind it, on a connection that stays."""

    def __init__(self, more: bytes) -> None:
        super().__init__(stays=True)
        self.more = more

    def said(self, path: str) -> Iterator[bytes]:
        body = path.encode()
        yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body + self.more


def test_what_is_packed_by_gzip_is_unpacked() -> None:
    import gzip

    packed = gzip.compress(b"of weather" * 100_000)
    body = httpx.MockTransport(
        lambda asked: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(packed))
    )
    with Web(at_once=1, timeout=1.0, connect=1.0, transport=body) as web:
        with web.answer("http://host/x", headers={}, whole=10.0) as response:
            assert b"".join(plain(response, most=1_000_000)) == b"of weather" * 100_000
        with web.answer("http://host/x", headers={}, whole=10.0) as response, pytest.raises(SourceUnavailable):
            list(plain(response, most=999_999))


def test_a_late_answer_is_worth_asking_again() -> None:
    with (
        Misbehaving("drip_body") as server, Web(at_once=1, timeout=5.0, connect=5.0) as web,
        pytest.raises(Again, match=r"not whole in 0\.5 s"), web.answer(server.url, headers={}, whole=0.5) as response,
    ):  # fmt: skip
        list(plain(response, most=10**6))
