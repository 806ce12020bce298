"""Laws of TLS and of proxies: they keep to the deadline too, and whose certificate nobody trusts gives nothing."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from oberih.errors import SourceUnavailable
from oberih.far.patience import Patience
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import Place
from tests.far.misbehaving import never_answering
from tests.far.test_web import HASTY, in_time
from tests.weather.loopback import Loopback

BODY = bytes(range(256)) * 4096


def certificate(folder: Path) -> Path:
    """One that a server on loopback has, with its key, in PEM; whoever trusts it trusts the server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server of weather")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


class Sealed(Loopback):
    """A server under TLS that gives a file of a megabyte, by ranges too."""

    def __init__(self, pem: Path) -> None:
        self.callers: set[object] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.callers.add(self.client_address)
                begin, end = 0, len(BODY)
                if asked := self.headers.get("Range"):
                    first, _, last = asked.removeprefix("bytes=").partition("-")
                    begin, end = int(first), int(last) + 1
                self.send_response(206 if asked else 200)
                self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(BODY)}")
                self.send_header("Content-Length", str(end - begin))
                self.end_headers()
                self.wfile.write(BODY[begin:end])

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.listen(Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return super().url.replace("http://", "https://")


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[tuple[Sealed, Path]]:
    pem = certificate(tmp_path)
    with Sealed(pem) as server:
        yield server, pem


def test_what_comes_under_tls_is_what_was_sent_and_the_connection_is_used_again(
    sealed: tuple[Sealed, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, pem = sealed
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Server.open(patience=Patience(attempts=1), at_once=1) as asked:
        assert asked.ask(f"{server.url}/file") == BODY
        assert asked.take(Place(f"{server.url}/file", 1000, 900_000)) == BODY[1000:900_000]
    assert len(server.callers) == 1


def test_a_certificate_that_nobody_trusts_gives_nothing(sealed: tuple[Sealed, Path]) -> None:
    with (
        Server.open(patience=HASTY, at_once=1) as asked,
        pytest.raises(SourceUnavailable, match=r"connection failed \(ConnectError\)"),
    ):  # fmt: skip
        asked.ask(f"{sealed[0].url}/file")
    assert sealed[0].callers == set()


def test_a_handshake_without_end_is_given_up() -> None:
    with (
        never_answering() as url, in_time(), Server.open(patience=HASTY, at_once=1) as asked,
        pytest.raises(SourceUnavailable, match="no answer in time"),
    ):  # fmt: skip
        asked.ask(url.replace("http://", "https://") + "/index")


def test_a_proxy_of_the_environment_is_asked_and_one_that_hangs_is_given_up(
    sealed: tuple[Sealed, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, pem = sealed
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Tunnel() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:word@"))
        with Server.open(patience=Patience(attempts=1), at_once=1) as asked:
            assert asked.ask(f"{server.url}/file") == BODY
        assert proxy.led == [server.url.removeprefix("https://")]
        assert proxy.who == ["Basic dXNlcjp3b3Jk"]
    with never_answering() as url, in_time():
        monkeypatch.setenv("HTTPS_PROXY", url)
        with (
            Server.open(patience=HASTY, at_once=1) as asked,
            pytest.raises(SourceUnavailable, match="no answer in time"),
        ):  # fmt: skip
            asked.ask(f"{server.url}/file")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server.open(patience=Patience(attempts=1), at_once=1) as asked:
        assert asked.ask(f"{server.url}/file") == BODY


class Tunnel(Loopback):
    """A proxy that leads on to whom it is told."""

    def __init__(self) -> None:
        self.led: list[str] = []
        self.who: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self) -> None:
                outer.led.append(self.path)
                outer.who.append(self.headers.get("Proxy-Authorization"))
                host, _, port = self.path.partition(":")
                with socket.create_connection((host, int(port))) as onward:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=_led, args=(onward, self.connection), daemon=True)
                    back.start()
                    _led(self.connection, onward)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.listen(Handler)


def _led(source: object, target: object) -> None:
    try:
        while data := source.recv(65536):  # type: ignore[attr-defined]
            target.sendall(data)  # type: ignore[attr-defined]
    except OSError:
        return
