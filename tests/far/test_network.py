"""Laws of connections: threads that fail together, names that cannot be, what is left open, what is never shown."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import httpcore
import httpx
import pytest

from oberih.errors import InputError, SourceUnavailable
from oberih.far import network
from oberih.far.network import Counted, Network
from oberih.weather.live.arco_store import Store
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import NotThere
from tests.far.test_sealed import certificate
from tests.far.test_web import HASTY


class OtherSide(httpcore.NetworkStream):
    """A server under TLS in this process: what it has said comes all at once."""

    def __init__(self, pem: Path | None) -> None:
        self.closed, self._in, self._out = False, ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if pem is not None:
            context.load_cert_chain(pem)
        self.tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.silent, self.shaken = pem is None, False

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._in.write(buffer)
        if not self.silent and not self.shaken:
            try:
                self.tls.do_handshake()
                self.shaken = True
            except ssl.SSLWantReadError:
                pass

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._out.read(max_bytes)

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, info: str) -> object:
        return self._out.pending > 0 if info == "is_readable" else None


def test_threads_that_fail_together_say_so_each(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)

    def refused(address: object, timeout: float) -> None:
        both.wait(60.0)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(network, "_connected", refused)
    shared = Network()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(shared.connect_tcp, "127.0.0.1", 9) for _ in range(2)]
    assert [type(one.exception()) for one in asked] == [httpcore.ConnectError] * 2


@pytest.mark.parametrize(
    ("url", "said"), [
        ("https://a..b/", "a name that no host can have"), (f"http://{'a' * 64}.invalid/", "a name that no host"),
        ("http://127.0.0.1:99999/", "is no port; give one from 1 to 65535"),
    ],
)  # fmt: skip
def test_what_can_be_no_host_is_refused_at_once_and_in_one_line(url: str, said: str) -> None:
    with Server.open(patience=HASTY, at_once=1) as server, pytest.raises(InputError, match=said):
        server.ask(url)


def test_a_handshake_that_fails_leaves_no_connection_open() -> None:
    other = OtherSide(None)
    with pytest.raises(httpcore.ConnectError):
        Counted(other).start_tls(ssl.create_default_context(), "127.0.0.1", 1.0)
    assert other.closed


def test_what_came_under_tls_behind_an_answer_is_seen(tmp_path: Path) -> None:
    """It lies no longer in the socket, and would be taken for the next answer."""
    pem = certificate(tmp_path)
    other = OtherSide(pem)
    line = Counted(other).start_tls(ssl.create_default_context(cafile=pem), "127.0.0.1", 1.0)
    other.tls.write(b"one")
    assert line.read(1000) == b"one" and not line.get_extra_info("is_readable")
    other.tls.write(b"one")
    other.tls.write(b"two")
    assert line.read(1000) == b"one" and line.get_extra_info("is_readable")
    assert line.read(1000) == b"two" and not line.get_extra_info("is_readable")


@pytest.mark.parametrize("proxy", ["http://me:hush@proxy:port", "socks5://me:hush@127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_said_without_its_password(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if proxy.startswith("socks") and find_spec("socksio") is not None:
        pytest.skip("SOCKS can be used here")
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with (
        Server.open(patience=HASTY, at_once=1) as server,
        pytest.raises(InputError, match=r"proxy of the environment.*cannot be used") as caught,
    ):  # fmt: skip
        server.ask("https://host/index")
    assert "hush" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [
        httpx.Response(404), httpx.Response(400), httpx.Response(503),
        httpx.Response(503, headers={"retry-after": "9999"}),
        httpx.Response(302, headers={"location": "ftp://host/"}), httpx.Response(302, headers={"location": "/round"}),
        httpx.Response(200, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"x")),
    ],
)  # fmt: skip
def test_the_password_in_an_address_is_never_shown(answer: httpx.Response) -> None:
    said: list[str] = []
    with (
        Server.open(
            patience=HASTY, at_once=1, transport=httpx.MockTransport(lambda asked: answer), said=said.append
        ) as server,
        pytest.raises((SourceUnavailable, NotThere)) as caught,
    ):  # fmt: skip
        server.ask("https://me:hu@sh@host/index")
    assert "host" in str(caught.value)
    assert not any(secret in line for secret in ("me:", "hu@", "sh@") for line in (*said, str(caught.value)))


def test_the_address_of_a_store_is_kept_and_shown_without_its_password() -> None:
    answer = httpx.MockTransport(lambda asked: httpx.Response(200, stream=httpx.ByteStream(b'{"metadata": {}}')))
    with Server.open(patience=HASTY, at_once=1, transport=answer) as server:
        assert Store.open(server, "https://me:hush@host/era5").url == "https://host/era5"
