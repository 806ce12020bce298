"""A record of our own before a real browser, behind a server that lies where a test tells it to."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import attach, correct, record_all
from oberih.case.prove.witnessing import witness
from oberih.evidence.canonical import canonical_json
from oberih.evidence.envelope import Envelope, pre_authentication, write_envelope
from oberih.evidence.keys import Signer
from oberih.evidence.record import read_record
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)> \u202e txet desrever"
Change = Callable[[str, bytes], bytes | None]


def keeping(folder: Path, key: str = "key.pem") -> Keeping:
    return Keeping(str(folder / "record.sqlite"), key=folder.parent / key, environment={})


def fill(kept: Keeping, *, records: int = 12, changed: int | None = None) -> Keeping:
    """Records that are the same each time, but for one that may say something else."""
    for n in range(records):
        text = "the other thing" if n == changed else f"thing {n} happened"
        fields: dict[str, Any] = {
            "id": f"E{n:03d}", "kind": "event", "text": text, "happened": {"from": f"2025-01-{n + 1:02d}"},
            "data": {"value": n / 8, "name": "є"}, "source": {"who": "a mission", "url": "javascript:alert(1)"},
            "tags": ["P4" if n % 2 else "P5"], "claims": [{"by": "one side", "says": EVIL}],
        }  # fmt: skip
        record_all(kept, [read_record(fields, now=NOW)], now=NOW + timedelta(minutes=n))
    return kept


def furnish(folder: Path, key: str = "key.pem", *, more: bool = True, changed: int | None = None) -> Keeping:
    """Make a record with a correction, an attachment and a witness."""
    folder.mkdir(parents=True)
    kept = fill(keeping(folder, key), changed=changed)
    if more:
        later = NOW + timedelta(hours=1)
        correct(kept, "E003", {"text": "thing 3 happened twice"}, now=later)
        file = folder / "page.html"
        file.write_text("<script>alert(1)</script>", encoding="utf-8")
        attach(kept, "E004", [file], now=later)
        witness(kept, name="inspector.example.org", witness_key=Keeping(key=folder / "witness.pem"), now=later)
    return kept


@dataclass
class Liar:
    """An honest server, and what is made of its answers on the way.

    ``change`` takes the path with its query and the body; what it gives back is sent, None sends a refusal.
    """

    kept: Keeping
    address: str = ""
    change: Change = field(default=lambda path, body: body)

    def show(self, kept: Keeping) -> None:
        """From now on, show another record at the same address."""
        self.app = create_app(ServeSettings(keeping=kept), clock=lambda: NOW + timedelta(days=1))

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=30)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/v1/evidence"):
            await self.app(scope, receive, send)
            return
        started: list[Any] = []
        body = b""

        async def held(message: Any) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                body += message.get("body", b"")

        await self.app(scope, receive, held)
        query = scope["query_string"].decode()
        changed = self.change(scope["path"] + (f"?{query}" if query else ""), body)
        start = started[0]
        start["headers"] = [(k, v) for k, v in start["headers"] if k != b"content-length"]
        if changed is None:
            start["status"] = 404
        await send(start)
        await send({"type": "http.response.body", "body": changed or b"{}"})


@contextmanager
def lying(kept: Keeping) -> Iterator[Liar]:
    """Serve a record on loopback, through a liar, until the block ends."""
    liar = Liar(kept)
    liar.show(kept)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    liar.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(liar, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end and thread.is_alive()
        time.sleep(0.05)
    try:
        yield liar
    finally:
        server.should_exit = True
        thread.join(15)


def in_json(path_begins: str, doing: Callable[[dict[str, Any]], None]) -> Change:
    """Change the JSON of answers whose path begins so."""

    def change(path: str, body: bytes) -> bytes:
        if path.split("?")[0] != path_begins:
            return body
        said = json.loads(body)
        doing(said)
        return json.dumps(said).encode()

    return change


def signed_as(payload: bytes, signer: Signer) -> str:
    """An envelope over any bytes, truly signed."""
    return write_envelope(Envelope(payload, signer.keyid, signer.private.sign(pre_authentication(payload)))).decode()


def payload_of(envelope: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return found


def repayloaded(envelope: str, payload: bytes) -> str:
    """The same signature over another payload."""
    said = json.loads(envelope)
    said["payload"] = base64.b64encode(payload).decode()
    return canonical_json(said).decode()
