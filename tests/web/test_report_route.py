"""Does the web give the report that the same setting would give anywhere?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from oberih.case.reach.design_bench import Bench
from oberih.web import press
from oberih.web.press import Press
from tests.case.report_material import pages_of_pdf

PDF, HTML = "/api/v1/report.pdf", "/api/v1/report.html"


def test_the_same_query_gives_the_same_bytes_from_two_servers(
    served: Callable[..., TestClient], tmp_path: Path
) -> None:
    one, other = served(), served(cache=tmp_path / "elsewhere")
    for address in (PDF, HTML):
        first, again = one.get(address, params={"lang": "uk"}), other.get(address, params={"lang": "uk"})
        assert first.status_code == again.status_code == 200
        assert first.content == again.content
        assert first.headers["etag"] == again.headers["etag"]


def test_what_the_reader_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get(PDF).headers["etag"]
    again = client.get(PDF, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(PDF, params={"lang": "uk"}, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(HTML, headers={"If-None-Match": tag}).status_code == 200


def test_every_setting_has_its_own_tag(client: TestClient) -> None:
    tags = [
        client.get(PDF, params=query).headers["etag"]
        for query in ({}, {"lang": "uk"}, {"percentile": "90"}, {"releases": "site"}, {"months": "1"})
    ]  # fmt: skip
    assert len(set(tags)) == len(tags)


def test_a_draft_is_reported_in_full(client: TestClient) -> None:
    draft, full = (client.get(PDF, params={"detail": d}) for d in ("draft", "full"))
    assert draft.content == full.content


def test_what_was_set_by_hand_stands_on_the_first_page(client: TestClient) -> None:
    query = {"shutdown": "at-power", "height": "120", "lang": "en", "first_hour": "20", "last_hour": "5"}
    first = pages_of_pdf(client.get(PDF, params=query).content)[0]
    words = " ".join(first.split())
    assert "at power" in words and "120 m" in words and "20–5" in words.replace("\u2060", "").replace("\ufffe", "")


def test_the_plan_of_the_site_takes_the_farthest_release(client: TestClient) -> None:
    one = client.get(HTML, params={"scenario": "cask-breach"}).text
    site = client.get(HTML, params={"releases": "site", "scenario": "cask-breach"}).text
    assert "Core melt, containment fails early" in site and "Core melt, containment fails early" not in one
    assert "releases=site" in site


def test_the_page_of_a_report_may_be_framed_by_us_alone_and_runs_nothing(client: TestClient) -> None:
    answer = client.get(HTML)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "frame-ancestors 'self'" in policy
    assert "script-src" not in policy and "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(PDF).headers["x-frame-options"] == "DENY"


def test_a_download_is_named_and_a_preview_is_shown(client: TestClient) -> None:
    kept = client.get(PDF, params={"download": "true", "lang": "uk"}).headers["content-disposition"]
    assert kept == 'attachment; filename="oberih-zaporizhzhia-uk.pdf"'
    assert client.get(PDF).headers["content-disposition"].startswith("inline;")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"scenario": "nothing-of-the-kind"}, 404), ({"criteria": "../../etc/passwd"}, 404), ({"lang": "xx"}, 422),
        ({"percentile": "nan"}, 422), ({"releases": "all"}, 422), ({"scenario": "upload:0123456789abcdef"}, 404),
        ({"unit": "<script>"}, 404), ({"weather": "forecast"}, 422), ({"months": "13"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_reported_on_is_a_problem_document(
    client: TestClient, query: dict[str, str], status: int
) -> None:
    answer = client.get(PDF, params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_before_the_atlas_is_ready_the_reader_is_told_when_to_come_back(served: Callable[..., TestClient]) -> None:
    client = served(ready=False)
    client.app.state.held.engine._bench = None  # type: ignore[attr-defined]
    answer = client.get(PDF)
    if answer.status_code != 200:
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0


def test_a_crowd_is_told_to_wait_rather_than_starving_the_others(
    monkeypatch: pytest.MonkeyPatch, bench: Bench, client: TestClient
) -> None:
    monkeypatch.setattr(press, "PATIENCE", 0.01)
    crowded = Press()
    held = [crowded._turn.acquire() for _ in range(press.AT_A_TIME)]
    assert all(held)
    client.app.state.held.press = crowded  # type: ignore[attr-defined]
    answer = client.get(PDF)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
    for _ in held:
        crowded._turn.release()
    assert client.get(PDF).status_code == 200


def test_a_press_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "KEPT", 2)
    made: list[str] = []

    class Told(Press):
        def tag(self, facts: object, language: str, form: str) -> str:  # type: ignore[override]
            return f"{facts} {language} {form}"

    def draw(facts: object, language: str, form: str) -> bytes:
        made.append(str(facts))
        return b"x"

    one = Told()
    for name in ("a", "b", "a", "c", "a", "b"):
        one.printed(name, "en", "pdf", made=draw)  # type: ignore[arg-type]
    assert made == ["a", "b", "c", "b"]
    with pytest.raises(HTTPException):
        for _ in range(press.AT_A_TIME + press.WAITING):
            one._room.acquire()
        one.printed("new", "en", "pdf", made=draw)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_report_page_has_its_words_and_its_frame(client: TestClient, language: str) -> None:
    text = client.get("/report", params={"lang": language}).text
    assert "sandbox></iframe>" in text and "report.page-" not in text
    assert ("Звіт для ухвалення рішення" in text) == (language == "uk")
