"""An event stream ends with the session that opened it, on a real connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.responses import StreamingResponse

from oberih.web.access import streams
from tests.web.access.people import PASSWORD, House, sign_in
from tests.web.serving import serving


async def _silent() -> Any:
    """A stream that says one thing and then nothing."""
    import asyncio

    yield b"event: hello\ndata: {}\n\n"
    await asyncio.sleep(3600)


@pytest.fixture
def served(people: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, str]]:
    monkeypatch.setattr(streams, "LOOK_EVERY", 0.05)
    people.app.add_api_route(
        "/api/v1/silent", lambda: StreamingResponse(_silent(), media_type="text/event-stream"), methods=["GET"]
    )
    with serving(people.app) as address:
        yield people, address


def _heard(client: httpx.Client, opened: threading.Event) -> list[str]:
    lines = []
    with client.stream("GET", "/api/v1/silent", timeout=20) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            lines.append(line)
            opened.set()
    return lines


def _until_ended(client: httpx.Client, end: Any) -> list[str]:
    """What a stream says until it ends, when ``end`` was done once it had begun."""
    opened, found = threading.Event(), []
    listener = threading.Thread(target=lambda: found.extend(_heard(client, opened)))
    listener.start()
    assert opened.wait(20)
    end()
    listener.join(20)
    assert not listener.is_alive()
    return found


def _client(address: str) -> httpx.Client:
    client = httpx.Client(base_url=address)
    assert sign_in(client, "reader").status_code == 204
    client.headers["X-CSRF-Token"] = client.cookies["oberih-csrf"]
    return client


def test_whoever_signs_out_hears_no_more(served: tuple[House, str]) -> None:
    client = _client(served[1])
    heard = _until_ended(client, lambda: client.post("/api/v1/account/sign-out", json={}))
    assert heard[0] == "event: hello" and "event: signed-out" in heard


def test_a_stream_ends_when_its_session_is_over(served: tuple[House, str]) -> None:
    people, address = served

    def over() -> None:
        people.clock.at += timedelta(hours=13)

    assert "event: signed-out" in _until_ended(_client(address), over)


def test_a_stream_of_a_token_ends_with_the_token(served: tuple[House, str]) -> None:
    client = _client(served[1])
    given = {"name": "wall", "scopes": ["read"], "days": 1, "password": PASSWORD}
    made = client.post("/api/v1/account/tokens", json=given).json()
    machine = httpx.Client(base_url=served[1], headers={"Authorization": f"Bearer {made['token']}"})
    heard = _until_ended(machine, lambda: client.delete(f"/api/v1/account/tokens/{made['id']}"))
    assert "event: signed-out" in heard
