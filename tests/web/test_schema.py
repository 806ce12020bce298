"""Whatever is asked of the API, it keeps to what it says of itself: no server error, no status or type undescribed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from validation.api_asking import ENDLESS, KNOWN, Fault, Tally, fuzz
from validation.api_fuzz import at_the_machine, with_accounts

from oberih.case.reach.design_bench import Bench
from tests.web.serving import serving

EXAMPLES = 14
"""Of each operation and kind: a minute in all; `python -m validation.api_fuzz` asks more."""


def told(faults: list[Fault]) -> str:
    return "\n".join(f"{f.operation}: {f.kind}: {f.detail}\n    {f.curl}" for f in faults)


@pytest.fixture(scope="module")
def machine(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with at_the_machine(tmp_path_factory.mktemp("machine"), bench) as address:
        yield address


@pytest.fixture(scope="module")
def house(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    with with_accounts(tmp_path_factory.mktemp("house"), bench) as served:
        yield served


@pytest.fixture(scope="module")
def asked_by_nobody(machine: str) -> Tally:
    return fuzz(machine, examples=EXAMPLES)


@pytest.fixture(scope="module")
def asked_by_a_custodian(house: tuple[str, dict[str, str]]) -> Tally:
    address, headers = house
    return fuzz(address, examples=EXAMPLES, headers=headers)


@pytest.mark.slow
def test_a_server_that_was_just_started_keeps_to_its_description(tmp_path: Path) -> None:
    """The atlas is being prepared, and nothing was ever recorded: even then no server error."""
    with at_the_machine(tmp_path, None) as address:
        tally = fuzz(address, examples=3)
    assert tally.faults == [], told(tally.faults)
    assert (
        set(tally.statuses["GET /api/v1/design"]) & {409}
        and 409 in tally.statuses["GET /api/v1/design/export/{format}"]
    )


@pytest.mark.slow
def test_at_the_machine_the_api_keeps_to_its_description(asked_by_nobody: Tally) -> None:
    assert asked_by_nobody.faults == [], told(asked_by_nobody.faults)


@pytest.mark.slow
def test_for_a_custodian_the_api_keeps_to_its_description(asked_by_a_custodian: Tally) -> None:
    assert asked_by_a_custodian.faults == [], told(asked_by_a_custodian.faults)


@pytest.mark.slow
def test_what_was_asked_was_answered_and_not_only_refused(
    asked_by_nobody: Tally, asked_by_a_custodian: Tally, machine: str
) -> None:
    described = httpx.get(f"{machine}/openapi.json").json()["paths"]
    names = {
        f"{method.upper()} {path}"
        for path, operations in described.items() for method, operation in operations.items()
        if operation["operationId"] not in ENDLESS
    }  # fmt: skip
    assert set(asked_by_nobody.statuses) == set(asked_by_a_custodian.statuses) == names
    answered = {
        name for tally in (asked_by_nobody, asked_by_a_custodian) for name, seen in tally.statuses.items()
        if any(200 <= status < 300 for status in seen)
    }  # fmt: skip
    assert {n for n in names if n.startswith("GET") and "{" not in n and "account" not in n} <= answered | {
        "GET /api/v1/basemap", "GET /api/v1/event", "GET /api/v1/event/field", "GET /api/v1/event/settlements.csv",
        "GET /api/v1/event/zones.geojson", "GET /api/v1/evidence/record",
        "GET /api/v1/situation/plume",
    }  # fmt: skip
    assert {"GET /api/v1/design/export/{format}", "POST /api/v1/evidence/records"} <= answered


def test_a_fault_is_found_where_there_is_one() -> None:
    app = FastAPI()

    @app.get("/breaks/{scenario}")
    def breaks(scenario: str) -> int:
        return 1 // int(scenario not in KNOWN["scenario"])  # breaks on what exists: only `KNOWN` finds it

    @app.get("/undescribed")
    def undescribed(number: int = 0) -> PlainTextResponse:
        return PlainTextResponse("", 418)

    @app.get("/misfit")
    def misfit(number: int = 0) -> dict[str, int]:
        return {"number": number}

    described = app.openapi()
    described["paths"]["/misfit"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {
        "type": "object", "properties": {"number": {"type": "string"}},
    }  # fmt: skip
    with serving(app) as address:
        found = {(f.operation, f.kind) for f in fuzz(address, examples=20).faults}
    assert ("GET /breaks/{scenario}", "Server error") in found
    assert ("GET /undescribed", "Undocumented status code") in found
    assert ("GET /misfit", "Response violates schema") in found


def test_the_stream_that_never_ends_begins_as_described(machine: str) -> None:
    described = httpx.get(f"{machine}/openapi.json").json()["paths"]["/api/v1/live"]["get"]["responses"]["200"]
    with httpx.stream("GET", f"{machine}/api/v1/live", timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] in described["content"]
        assert next(answer.iter_lines())


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/design?percentile=x", "/api/v1/words/xx", "/api/v1/design/export/exe"]
)
def test_every_refusal_is_a_problem_document(machine: str, path: str) -> None:
    answer = httpx.get(machine + path)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"title", "status", "detail", "field"}
    assert answer.json()["status"] == answer.status_code


def test_a_method_that_is_not_there_is_refused_in_the_same_form(machine: str) -> None:
    answer = httpx.request("PUT", f"{machine}/api/v1/design")
    assert answer.status_code == 405 and answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/evidence/records", "GET, POST"),
        ("/api/v1/design", "GET"),
        ("/api/v1/accounts", "GET, POST"),
        ("/", "GET"),
    ],
)
def test_what_may_be_asked_instead_is_said(machine: str, path: str, methods: str) -> None:
    answer = httpx.request("OPTIONS", machine + path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_no_two_operations_have_one_name(machine: str) -> None:
    paths = httpx.get(f"{machine}/openapi.json").json()["paths"]
    names = [o["operationId"] for operations in paths.values() for o in operations.values()]
    assert len(set(names)) == len(names)
