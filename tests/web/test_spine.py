"""What every answer of the server keeps to, whatever is asked."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from oberih.errors import InputError
from oberih.web.app import create_app
from oberih.web.headers import policy
from oberih.web.pages import PAGES
from oberih.web.settings import ServeSettings, is_loopback

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def asked(tmp_path: Path) -> TestClient:
    """A client without a running engine: pages and refusals need none."""
    app = create_app(ServeSettings(cache=tmp_path / "cache"), clock=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1:8460", raise_server_exceptions=False)


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("address", sorted(PAGES.values()))
def test_every_page_is_there_in_both_languages(asked: TestClient, address: str, language: str) -> None:
    answer = asked.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text


def test_the_language_asked_for_is_remembered(asked: TestClient) -> None:
    asked.get("/?lang=uk")
    assert asked.get("/designer", headers={"accept-language": "en"}).headers["content-language"] == "uk"


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/openapi.json", "/api/v1/words/xx", "/static/none.js", "/static/../x"]
)
def test_every_answer_carries_the_policy(asked: TestClient, address: str) -> None:
    headers = asked.get(address).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_keeps_the_policy_too(tmp_path: Path) -> None:
    app = create_app(ServeSettings(cache=tmp_path / "cache"), clock=lambda: NOW)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("what nobody thought of")

    asked = TestClient(app, base_url="http://127.0.0.1:8460", raise_server_exceptions=False)
    answer = asked.get("/fault")
    assert answer.status_code == 500 and "nobody thought" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]


def test_no_page_runs_a_script_or_a_style_written_into_it(asked: TestClient) -> None:
    for address in PAGES.values():
        text = asked.get(address).text
        assert "unsafe" not in policy() and "<style" not in text and " style=" not in text and " onclick" not in text
        assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:])


def test_a_map_source_elsewhere_adds_its_own_origin_and_no_more() -> None:
    added = policy("https://tiles.example:8443/{z}/{x}/{y}.png?key=1")
    assert added.count("https://tiles.example:8443") == 2 and "key=1" not in added


def test_what_cannot_be_used_is_a_problem_that_names_the_field(asked: TestClient) -> None:
    answer = asked.get("/api/v1/words/xx")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == "language"


def test_what_is_not_there_is_a_problem_too(asked: TestClient) -> None:
    answer = asked.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "plant.example"])
def test_the_network_is_not_served_without_accounts(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(InputError, match="nobody has to sign in"):
        ServeSettings(host=host)


def test_the_refusal_comes_at_once_and_in_one_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "oberih", "serve", "--host", "0.0.0.0"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "--users" in done.stderr
    assert list(tmp_path.iterdir()) == []
