"""Laws of what a broken or hostile server may say: it is passed over or refused in one line, and ends no service."""

from __future__ import annotations

import json

import httpx
import pytest

from oberih.errors import InputError, SourceUnavailable
from oberih.far.patience import Patience
from oberih.far.web import retry_after
from oberih.weather.live.arco_store import Store
from oberih.weather.live.ecmwf import ECMWF
from oberih.weather.live.gfs import GFS, lines_of
from oberih.weather.live.pieces import wanted_of
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import Place

RUN = 1_790_000_000 // 21600 * 21600
MANY = "9" * 5000
SOUND = {"shape": [10], "chunks": [10], "dtype": "<f4", "compressor": None}


def server(response: httpx.Response) -> Server:
    def answer(asked: httpx.Request) -> httpx.Response:  # as it comes from the network: not read yet
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))

    patience = Patience(attempts=2, first_wait=0.0, sleep=lambda s, stopped: None)
    return Server.open(patience=patience, at_once=1, transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("told", [f"bytes {MANY}-", "bytes ٣-9/10", "bytes -5-9/10", "", "bytes 7-8/10"])
def test_a_range_that_is_no_part_that_was_asked_for_is_not_taken(told: str) -> None:
    answer = httpx.Response(206, headers=[(b"content-range", told.encode())], content=b"abc")
    with pytest.raises(SourceUnavailable, match="another part of the file"):
        server(answer).take(Place("http://host/file", 0, 3))


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://[::bad/", "ftp://host/", "//"])
def test_a_server_that_sends_us_elsewhere_gives_nothing(place: str) -> None:
    with pytest.raises(SourceUnavailable):
        server(httpx.Response(302, headers={"location": place})).ask("http://host/index")


@pytest.mark.parametrize("address", ["ftp://host/x", "file:///etc/passwd", "host/x"])
def test_an_address_that_is_none_of_the_web_is_refused_at_once(address: str) -> None:
    with pytest.raises(InputError, match="begin it with https"):
        server(httpx.Response(200)).ask(address)


@pytest.mark.parametrize(
    "line", ["1:²:d=2026010100:TMP:850 mb:anl:", f"1:{MANY}:d=2026010100:TMP:850 mb:anl:", "1:-5:d=2026010100:T:1:anl:"]
)  # fmt: skip
def test_lines_of_the_gfs_with_no_number_are_passed_over(line: str) -> None:
    assert lines_of(line) == []


def test_a_step_of_the_gfs_without_end_is_no_step() -> None:
    assert lines_of(f"1:0:d=2026010100:TMP:850 mb:{MANY} hour fcst:") == []


@pytest.mark.parametrize(
    "line",
    [
        '{"_offset": Infinity, "_length": 3, "date": "x", "time": "y"}',
        '{"_offset": 1, "_length": 1e999, "date": "x", "time": "y"}',
        '{"_offset": 1, "_length": 3, "date": "x", "time": "y", "number": 1e999}',
        "[" * 100_000,
    ],
)
def test_lines_of_ecmwf_with_no_number_are_passed_over(line: str) -> None:
    wanted = wanted_of(ECMWF, 3)
    assert ECMWF.places("http://host", RUN, wanted, lambda url: line.encode()) == ({}, wanted)


def test_places_of_the_gfs_come_of_no_such_index() -> None:
    wanted = wanted_of(GFS, 3)
    assert GFS.places("http://host", RUN, wanted, lambda url: b"1:\xc2\xb2:d=2026010100:TMP:850 mb:anl:") == (
        {},
        wanted,
    )


@pytest.mark.parametrize(
    "value", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +99999999999999"]
)
def test_a_wait_until_a_day_that_never_comes_is_no_wait(value: str) -> None:
    assert retry_after({"retry-after": value, "date": "Mon, 01 Jan 2026 00:00:00 GMT"}) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"chunks": [0]}, {"chunks": [], "shape": []}, {"shape": [-5]}, {"shape": [10**15], "chunks": [1]},
        {"dtype": "O"}, {"dtype": "S9"}, {"compressor": "blosc"}, {"shape": "abc"}, {"shape": [1e300]},
        {"shape": [True], "chunks": [True]}, {"chunks": [9]}, {"compressor": {"id": "blosc"}},
    ],
)  # fmt: skip
def test_an_axis_described_without_sense_is_refused(changed: dict[str, object]) -> None:
    """Or comes in another length than it is described."""
    content = json.dumps({"metadata": {"time/.zarray": SOUND | changed}}).encode()
    with pytest.raises(SourceUnavailable):
        Store.open(server(httpx.Response(200, content=content)), "http://host/store").axis("time")


def test_an_axis_that_unpacks_to_more_than_it_is_described_is_not_unpacked() -> None:
    blosc = pytest.importorskip("numcodecs").Blosc()
    bomb = blosc.encode(bytes(10_000_000))
    store = Store(server(httpx.Response(200, content=bomb)), "http://host/store",
                  {"time/.zarray": SOUND | {"compressor": {"id": "blosc"}}})  # fmt: skip
    with pytest.raises(SourceUnavailable, match="does not unpack"):
        store.axis("time")


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"metadata": {".zattrs": [1]}}', b'{"metadata": [[1, 2]]}'])
def test_a_store_that_says_nothing_sensible_of_itself_is_refused(content: bytes) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        Store.open(server(httpx.Response(200, content=content)), "http://host/store")
