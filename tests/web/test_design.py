"""What does the designer's address keep to?"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


def test_the_same_question_has_the_same_bytes(client: TestClient) -> None:
    query = "/api/v1/design?scenario=pool-fire&percentile=90&months=1,2&first_hour=20&last_hour=5"
    first, again = client.get(query), client.get(query)
    assert first.status_code == 200
    assert first.content == again.content


def test_choices_say_what_can_be_chosen_in_both_languages(client: TestClient) -> None:
    for language, title in (("en", "adult"), ("uk", "дорослі")):
        told = client.get(f"/api/v1/design/choices?lang={language}").json()
        assert told["atlas"]["state"] == "ready"
        assert title in {a["title"] for a in told["ages"]}
        assert {u["id"] for u in told["units"]} == {"1", "2", "3", "4", "5", "6"}


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("scenario=/etc/passwd", 404, "scenario"), ("scenario=upload:0123456789abcdef", 404, None),
        ("criteria=../iaea.toml", 404, "criteria"), ("unit=9", 404, None), ("months=13", 422, "months"),
        ("months=", 422, "months"), ("shutdown=2022-02-30", 422, "shutdown"), ("age=old", 404, "age"),
        ("protection=hope", 404, "protection"), ("percentile=nan", 422, "percentile"), ("height=1e9", 422, "height"),
        ("action=none-such", 404, None), ("day=1850-01-01", 422, "day"), ("first_hour=24", 422, "first_hour"),
        ("weather=forecast", 422, "weather"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_says_where(
    client: TestClient, query: str, status: int, field: str | None
) -> None:
    answer = client.get(f"/api/v1/design?{query}")
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert field is None or answer.json()["field"] == field


def test_a_zone_has_the_same_name_in_both_languages_whichever_is_asked_for(client: TestClient) -> None:
    """Beside an English title never stands the Ukrainian one of something else."""
    told = {one: client.get("/api/v1/design", params={"lang": one}).json() for one in ("en", "uk")}
    for key in ("en", "uk"):
        zones = [told[key]["zone"], *told[key].get("others", [])]
        assert all(z["properties"]["title_uk"] for z in zones if z)
    assert told["en"]["zone"]["properties"]["title_uk"] == told["uk"]["zone"]["properties"]["title"]
    assert told["en"]["zone"]["properties"]["title"] != told["uk"]["zone"]["properties"]["title"]
