"""The description of the API says what the gates do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from scripts.make_client import openapi

from oberih.language.catalogue import LANGUAGES, message
from oberih.web.access.may import PERMISSIONS

DESCRIPTION = openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DESCRIPTION["paths"].items() for method, operation in operations.items()
}  # fmt: skip
OPEN = {"/api/v1/words/{language}", "/api/v1/account/me", "/api/v1/account/sign-in", "/api/v1/account/sign-out"}


def limited(schema: dict[str, Any]) -> bool:
    """Whether a text has an end: by its length, its pattern, its format or its list of values."""
    if "anyOf" in schema:
        return all(limited(one) for one in schema["anyOf"] if one.get("type") != "null")
    if schema.get("type") == "array":
        return limited(schema["items"]) and "maxItems" in schema
    if schema.get("type") != "string":
        return True
    return any(k in schema for k in ("maxLength", "enum", "const", "format")) or bool(
        re.fullmatch(r"\^[^*+]*\$", schema.get("pattern", "*"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_right_that_is_named_is_one_and_has_words(language: str) -> None:
    rights = {o["x-right"] for o in OPERATIONS.values() if "x-right" in o}
    assert rights - set(PERMISSIONS) <= {"own account"}
    assert all(message(f"api.right-{right.replace(' ', '-')}", language) for right in (*rights, *PERMISSIONS))


def test_every_address_of_the_site_needs_a_right() -> None:
    free = {n for n, o in OPERATIONS.items() if "x-right" not in o and n.split()[1] not in OPEN}
    assert {n for n in free if "/account" not in n} == set()  # one's own account needs no right but being signed in


def test_whoever_needs_a_right_may_be_refused_for_want_of_it() -> None:
    assert [n for n, o in OPERATIONS.items() if "x-right" in o and not {"401", "403"} <= set(o["responses"])] == []


def test_every_refusal_is_described_as_a_problem() -> None:
    kinds = {
        kind for o in OPERATIONS.values() for status, r in o["responses"].items() if int(status) >= 400
        for kind in r["content"]
    }  # fmt: skip
    assert kinds == {"application/problem+json"}
    assert "HTTPValidationError" not in DESCRIPTION["components"]["schemas"]


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DESCRIPTION)))
    assert named <= set(DESCRIPTION["components"]["schemas"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_address_says_what_it_does_and_bounds_what_it_takes(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.get("description", "").strip() and operation["tags"]
    unbounded = [p["name"] for p in operation.get("parameters", ()) if not limited(p["schema"])]
    assert unbounded == []


def test_the_api_has_its_version_in_every_address() -> None:
    assert [n for n in OPERATIONS if not n.split()[1].startswith("/api/v1/")] == []
