"""The typed client is made from the application's own words, its types hold, and a real server answers it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scripts.make_client import PACKAGE, content_types, make_client, openapi, overrides

from oberih.web.app import create_app
from oberih.web.settings import ServeSettings
from tests.web.serving import serving

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
DESCRIPTION = openapi()
OPERATIONS = {
    (method, path): operation
    for path, operations in DESCRIPTION["paths"].items() for method, operation in operations.items()
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The client, made once, and importable."""
    out = tmp_path_factory.mktemp("client") / "made"
    assert make_client(out, DESCRIPTION) == []
    sys.path.insert(0, str(out))
    yield out
    sys.path.remove(str(out))
    for name in [n for n in sys.modules if n.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def client(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = ServeSettings(cache=tmp_path_factory.mktemp("cache"))
    with serving(create_app(settings, clock=lambda: NOW)) as address:
        yield importlib.import_module(PACKAGE).Client(base_url=address)


def operation(name: str) -> Any:
    """The module of an operation, wherever its tag put it."""
    tag = next(o["tags"][0] for o in OPERATIONS.values() if o["operationId"] == name)
    folder = {"map": "map_"}.get(tag, tag.replace("-", "_"))
    return importlib.import_module(f"{PACKAGE}.api.{folder}.{name}")


def test_every_operation_has_a_name_of_its_own_that_a_person_would_give() -> None:
    names = [o["operationId"] for o in OPERATIONS.values()]
    assert len(set(names)) == len(names) > 10
    assert [n for n in names if not n.isidentifier() or n != n.lower() or "api_v1" in n] == []


def test_every_operation_of_the_description_is_in_the_client(made: Path) -> None:
    for found in OPERATIONS.values():
        assert callable(operation(found["operationId"]).sync_detailed)


def test_the_types_of_the_client_hold(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", PACKAGE], cwd=made, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_what_is_no_json_is_bytes(made: Path) -> None:
    told = overrides(DESCRIPTION)
    assert set(told.values()) == {"application/octet-stream"}
    assert {"application/json", "application/problem+json"} & set(told) == set()
    assert set(told) <= content_types(DESCRIPTION)


def test_a_route_answers_in_its_own_type(client: Any) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    style = operation("map_style").sync(client=client)
    assert isinstance(style, models.MapStyle)
    assert style.site.latitude == pytest.approx(47.51, abs=0.01)
    assert set(style.zones.additional_properties) >= {"evacuate", "protection"}


def test_words_come_by_their_keys(client: Any) -> None:
    words = operation("words").sync("uk", client=client)
    assert words.additional_properties["shell.nav-situation"] == "Обстановка"


def test_regimes_come_with_their_states(client: Any) -> None:
    table = operation("regimes").sync(client=client)
    assert len(table.regimes) > 3


def test_a_refusal_is_a_problem_with_its_line(client: Any) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    answer = operation("handed_in").sync_detailed("0" * 16, client=client)
    assert answer.status_code == 404
    assert isinstance(answer.parsed, models.Problem)
    assert answer.parsed.status == 404 and answer.parsed.detail


def test_a_client_may_ask_without_waiting(client: Any) -> None:
    import asyncio

    async def both() -> list[Any]:
        ask = operation("map_style").asyncio
        return list(await asyncio.gather(ask(client=client, lang="en"), ask(client=client, lang="uk")))

    english, ukrainian = asyncio.run(both())
    assert english.site.name != ukrainian.site.name
