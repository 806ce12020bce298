"""Every role at every address: let in where it may, refused where it may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from oberih.web.access.may import PERMISSIONS, ROLES, Who
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings
from tests.web.access.people import Clock, House, house
from tests.web.access.rights import MAY, RIGHTS

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@cache
def _app() -> FastAPI:
    return create_app(ServeSettings(), clock=Clock())


def _addresses() -> Iterator[tuple[str, Any]]:
    for context in iter_route_contexts(_app().routes):
        for method in sorted(getattr(context, "methods", None) or ()):
            if method != "HEAD":
                yield f"{method} {context.path}", context


def _named_right(context: Any) -> str | None:
    """The right that a route names in its own dependencies."""

    def rights(dependant: Any) -> Iterator[str]:
        if (right := getattr(dependant.call, "right", None)) is not None:
            yield right
        for one in dependant.dependencies:
            yield from rights(one)

    route = getattr(context, "original_route", None)
    found = set(rights(route.dependant)) if isinstance(route, APIRoute) else set()
    assert len(found) <= 1, context.path
    return found.pop() if found else None


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    there = {name for name, _ in _addresses()}
    assert there - set(RIGHTS) == set(), "add it to tests/web/access/rights.py"
    assert set(RIGHTS) - there == set()


def test_every_route_names_the_right_of_its_row() -> None:
    named = {name: _named_right(context) for name, context in _addresses()}
    assert named == {n: None if RIGHTS.get(n) in ("open", "page") else RIGHTS.get(n) for n in named}


def test_what_changes_something_is_never_open_to_whoever_reads() -> None:
    changing = {name for name in RIGHTS if name.split()[0] in CHANGING and "/account/sign-" not in name}
    assert {name for name in changing if RIGHTS[name] in ("open", "page", "read")} == set()


def test_roles_are_as_they_are_written_down() -> None:
    assert {role: set(may) for role, may in ROLES.items()} == MAY
    for role in MAY:
        assert {p for p in PERMISSIONS if Who("x", role).may(p)} == MAY[role]


def test_who_looks_after_accounts_does_not_write_the_record() -> None:
    assert [role for role, may in MAY.items() if {"record", "accounts"} <= may] == []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(tmp_path_factory.mktemp("rights"), Clock())


@pytest.fixture(scope="module")
def clients(served: House) -> dict[str, Any]:
    return {role: served.signed_in(role) for role in MAY} | {"stranger": served.stranger()}


def _filled(path: str) -> str:
    """An address with something in its places that is nobody's."""
    return re.sub(r"\{(\w+)\}", lambda m: "0" * 16 if m[1] == "id" else "0", path)


def _status(client: Any, name: str) -> int:
    """What is answered, not waiting for the end of a stream; bodies are none, so that nothing is done."""
    method, path = name.split()
    kind = "application/octet-stream" if path.endswith(("/attachments", "/{kind}")) else "application/json"
    headers = {"content-type": kind} if method in CHANGING else {}
    content = b"null" if method in CHANGING else None
    with client.stream(method, _filled(path), content=content, headers=headers) as answer:
        return int(answer.status_code)


HEAVY = {name for name, right in RIGHTS.items() if right == "compute" and name.startswith("GET")}
STREAMS = {"GET /api/v1/live"}


@pytest.mark.parametrize("role", [*MAY, "stranger"])
@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_each_role_is_let_in_where_it_may_and_refused_where_not(clients: dict[str, Any], role: str, name: str) -> None:
    right = RIGHTS[name]
    may = right in {"open"} | (MAY[role] | {"page", "own account"} if role != "stranger" else set())
    if name.endswith("/sign-out"):
        return  # it would end the session of the others' tests; see test_signing_in
    if may and name in STREAMS | HEAVY:
        name = f"{name}?lang=%00"
    status = _status(clients[role], name)
    if may:
        assert status not in (401, 403)
    else:
        assert status == (303 if right == "page" else 401 if role == "stranger" else 403)


def test_without_accounts_everybody_here_looks_and_computes_and_nothing_more() -> None:
    may = {right: Who().may(right) for right in PERMISSIONS}
    assert may == {"read": True, "compute": True, "record": False, "accounts": False}
