"""Which time-stamping authority can be asked here, without the network, and can be told to go wrong?

`Authority` keeps keys and certificates in a folder and answers requests with the ``openssl ts`` command; `served`
puts it on a loopback port.  What openssl refuses to make (a stamp by a certificate that is none for stamps, one
in another algorithm), `Forger` makes with nothing but the encoding rules.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from oberih.evidence import der
from oberih.evidence.timestamp import request

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not here: it plays the authority")

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
Key = Any  # a private key of any kind

CONFIGURATION = """
[tsa]
default_tsa = stamp
[stamp]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = {digests}
accuracy = secs:1, millisecs:500, microsecs:100
ess_cert_id_alg = {ess}
"""


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def ec_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    name: str, *, by: Issued | None, ca: bool = False, purposes: Sequence[x509.ObjectIdentifier] | None = None,
    critical: bool = True, key: Key = None, valid: tuple[datetime, datetime] = (BEGIN, END),
    path_length: int | None = None, strange: bool = False,
) -> Issued:  # fmt: skip
    """Make a certificate, signed by ``by`` or by itself."""
    key = key or ec_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
        .issuer_name(by.certificate.subject if by else subject).serial_number(x509.random_serial_number())
        .not_valid_before(valid[0]).not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )  # fmt: skip
    if purposes is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
    if strange:
        limits = x509.NameConstraints([x509.DNSName("example.org")], None)
        builder = builder.add_extension(limits, critical=True)
    signer = by.key if by else key
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Issued(builder.sign(signer, algorithm), key)


def stamping(name: str, *, by: Issued, **others: Any) -> Issued:
    """Make a certificate for stamping time."""
    return issue(name, by=by, purposes=[ExtendedKeyUsageOID.TIME_STAMPING], **others)


class Authority:
    """A root, an authority below an intermediate, and the ``openssl ts`` command to answer for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = issue("Oberih test root", by=None, ca=True)
        self.between = issue("Oberih test intermediate", by=self.root, ca=True, path_length=0)
        self.direct = stamping("Oberih test authority", by=self.root)
        self.below = stamping("Oberih test authority below", by=self.between)
        self.stranger = issue("Somebody else's root", by=None, ca=True)
        (folder / "serial").write_text("01\n", encoding="ascii")

    def answer(self, question: bytes, *, below: bool = False, digests: str = "sha256", ess: str = "sha256") -> bytes:
        """Answer a request as a whole; ``below`` puts two certificates into it."""
        signer = self.below if below else self.direct
        folder = self.folder
        (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder, digests=digests, ess=ess), encoding="utf-8")
        (folder / "question").write_bytes(question)
        (folder / "signer.pem").write_bytes(signer.pem)
        (folder / "signer.key").write_bytes(
            signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )  # fmt: skip
        (folder / "chain.pem").write_bytes(self.between.pem)
        self.run("ts", "-reply", "-config", "tsa.cnf", "-section", "stamp", "-queryfile", "question",
                 "-signer", "signer.pem", "-inkey", "signer.key", *(("-chain", "chain.pem") if below else ()),
                 "-out", "reply")  # fmt: skip
        return (folder / "reply").read_bytes()

    def bare(self, reply: bytes) -> bytes:
        """Take the token out of a whole answer, as openssl does."""
        (self.folder / "whole").write_bytes(reply)
        self.run("ts", "-reply", "-in", "whole", "-token_out", "-out", "token")
        return (self.folder / "token").read_bytes()

    def confirms(self, reply: bytes, digest: bytes, *, root: Issued | None = None, bare: bool = False) -> bool:
        """Whether openssl itself takes the reply for a stamp on this digest."""
        (self.folder / "given").write_bytes(reply)
        (self.folder / "root.pem").write_bytes((root or self.root).pem)
        done = self.run("ts", "-verify", "-digest", digest.hex(), "-in", "given", "-CAfile", "root.pem",
                        *(("-token_in",) if bare else ()), check=False)  # fmt: skip
        return done.returncode == 0

    def reads(self, question: bytes) -> str:
        """What openssl reads in a request."""
        (self.folder / "asked").write_bytes(question)
        return self.run("ts", "-query", "-in", "asked", "-text").stdout.decode()

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        assert OPENSSL is not None
        return subprocess.run([OPENSSL, *arguments], cwd=self.folder, capture_output=True, check=check)


# What goes wrong, by name: from the authority and the request, the status, content type and body of the answer.
TSR = "application/timestamp-reply"
Answer = Callable[[Authority, bytes], tuple[int, str, bytes]]
OTHER = hashlib.sha256(b"something else").digest()

MODES: dict[str, Answer] = {
    "good": lambda a, q: (200, TSR, a.answer(q)),
    "two certificates": lambda a, q: (200, TSR, a.answer(q, below=True)),
    "wrong imprint": lambda a, q: (200, TSR, a.answer(request(OTHER, 7))),
    "wrong nonce": lambda a, q: (
        200,
        TSR,
        a.answer(q.replace(b"\x02\x01\x07\x01\x01\xff", b"\x02\x01\x08\x01\x01\xff")),
    ),
    "rejected": lambda a, q: (200, TSR, a.answer(q, digests="sha512")),
    "truncated": lambda a, q: (200, TSR, a.answer(q)[:-10]),
    "html": lambda a, q: (200, "text/html", b"<!doctype html><title>Sign in to this network</title>"),
    "html as a reply": lambda a, q: (200, TSR, b"<!doctype html><title>Sign in to this network</title>"),
    "empty": lambda a, q: (200, TSR, b""),
    "500": lambda a, q: (500, "text/plain", b"out of order"),
    "302": lambda a, q: (302, "text/plain", b""),
    "huge": lambda a, q: (200, TSR, b"\x30" * 1_500_000),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    mode = "good"
    authority: Authority
    stop: threading.Event
    asked: list[tuple[str | None, bytes]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/stamp"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.headers["Content-Type"], question))
        if self.server.mode == "slow":
            self.server.stop.wait(20)
            return
        if self.server.mode == "dripping":
            self._drip()
            return
        status, kind, body = MODES[self.server.mode](self.server.authority, question)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", TSR)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.server.stop.wait(0.05):
            self.wfile.write(b"\x30")

    def log_message(self, *_: Any) -> None:
        pass


class _Quiet(_Server):
    def handle_error(self, *_: Any) -> None:
        pass  # a client that gives up is what some tests are about


@contextmanager
def served(authority: Authority) -> Iterator[_Server]:
    """Put an authority on a loopback port; what it does next is its ``mode``."""
    server = _Quiet(("127.0.0.1", 0), _Handler)
    server.authority, server.stop, server.asked = authority, threading.Event(), []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


# Stamps that no honest tool makes.


def tagged(tag: int, body: bytes) -> bytes:
    """Write a value with any tag."""
    written = der.octets(body)
    return bytes([tag]) + written[1:]


def sha(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


OIDS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3",
        "sha1": "1.3.14.3.2.26", "md5": "1.2.840.113549.2.5"}  # fmt: skip
HASHES: dict[str, Any] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
                          "sha1": hashes.SHA1()}  # fmt: skip


def algorithm(oid: str, *parameters: bytes) -> bytes:
    return der.sequence(der.object_id(oid), *parameters)


def attribute(oid: str, *values: bytes) -> bytes:
    return der.sequence(der.object_id(oid), tagged(der.SET, b"".join(values)))


@dataclass
class Forger:
    """Makes a token field by field; every field can be another than it should be."""

    signer: Issued
    digest: bytes
    time: datetime = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    fraction: str = ""
    version: int = 1
    hash_name: str = "sha256"
    inside: tuple[bytes, ...] | None = None  # certificates in the token; the signer's if not given
    content_type: str = "1.2.840.113549.1.9.16.1.4"
    named: bytes | None = None  # certificate that the attributes name
    ess: str = "v2"
    by_key: bool = False
    signed_digest: bytes | None = None
    twice: bool = False
    pss: bool = False
    other_key: Key = None
    extensions: bytes = b""

    def info(self) -> bytes:
        time = f"{self.time:%Y%m%d%H%M%S}{self.fraction}Z".encode()
        return der.sequence(
            der.integer(self.version), der.object_id("1.3.6.1.4.1.99999.1"),
            der.sequence(algorithm(OIDS["sha256"]), der.octets(self.digest)), der.integer(77), tagged(0x18, time),
            der.sequence(der.integer(2), tagged(0x80, b"\x05")), self.extensions,
        )  # fmt: skip

    def attributes(self, content: bytes) -> bytes:
        named = self.named if self.named is not None else self.signer.der
        v1 = attribute(
            "1.2.840.113549.1.9.16.2.12", der.sequence(der.sequence(der.sequence(der.octets(sha("sha1", named)))))
        )
        name = "sha512" if self.ess == "v2 sha512" else "sha256"
        which = algorithm(OIDS[name]) if name != "sha256" else b""
        hashed = der.sequence(which, der.octets(sha(name, named)))
        v2 = attribute("1.2.840.113549.1.9.16.2.47", der.sequence(der.sequence(hashed)))
        message = self.signed_digest or sha(self.hash_name, content)
        parts = [
            attribute("1.2.840.113549.1.9.3", der.object_id(self.content_type)),
            attribute("1.2.840.113549.1.9.4", der.octets(message)), *({"v1": [v1], "none": []}.get(self.ess, [v2])),
        ]  # fmt: skip
        return b"".join(parts + parts[:1] * self.twice)

    def signed(self, data: bytes) -> tuple[bytes, bytes]:
        """Algorithm and signature."""
        key, hashed = self.other_key or self.signer.key, HASHES.get(self.hash_name, hashes.SHA256())
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return algorithm("1.3.101.112"), key.sign(data)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            last = {"sha256": 2, "sha384": 3, "sha512": 4}.get(self.hash_name, 1)
            return algorithm(f"1.2.840.10045.4.3.{last}"), key.sign(data, ec.ECDSA(hashed))
        assert isinstance(key, rsa.RSAPrivateKey)
        if self.pss:
            parameters = der.sequence(tagged(0xA0, algorithm(OIDS[self.hash_name])))
            return algorithm("1.2.840.113549.1.1.10", parameters), key.sign(
                data, padding.PSS(padding.MGF1(hashed), 32), hashed
            )
        return algorithm("1.2.840.113549.1.1.1", b"\x05\x00"), key.sign(data, padding.PKCS1v15(), hashed)

    def token(self, *, signers: int = 1) -> bytes:
        """The bare token."""
        content = self.info()
        attributes = self.attributes(content)
        how, signature = self.signed(tagged(der.SET, attributes))
        certificate = self.signer.certificate
        name = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
        if self.by_key:
            name = tagged(0x80, x509.SubjectKeyIdentifier.from_public_key(self.signer.key.public_key()).digest)
        one = der.sequence(
            der.integer(1), name, algorithm(OIDS[self.hash_name]), tagged(0xA0, attributes), how, der.octets(signature)
        )  # fmt: skip
        inside = self.inside if self.inside is not None else (self.signer.der,)
        data = der.sequence(
            der.integer(3), tagged(der.SET, algorithm(OIDS[self.hash_name])),
            der.sequence(der.object_id("1.2.840.113549.1.9.16.1.4"), tagged(0xA0, der.octets(content))),
            tagged(0xA0, b"".join(inside)) if inside else b"", tagged(der.SET, one * signers),
        )  # fmt: skip
        return der.sequence(der.object_id("1.2.840.113549.1.7.2"), tagged(0xA0, data))


def refused(status: int, words: str = "", failures: bytes = b"") -> bytes:
    """Write an answer without a token."""
    said = der.sequence(tagged(der.UTF8_STRING, words.encode())) if words else b""
    why = tagged(der.BIT_STRING, failures) if failures else b""
    return der.sequence(der.sequence(der.integer(status), said, why))


AGES_AGO = (BEGIN - timedelta(days=3650), BEGIN)
