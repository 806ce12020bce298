"""The typed client is made from the application's own words, its types hold, and a real server answers it."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripts.make_client import PACKAGE, content_types, make_client, openapi, overrides
from validation.api_fuzz import at_the_machine

from oberih.case.reach.design_bench import Bench

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
def address(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with at_the_machine(tmp_path_factory.mktemp("served"), bench) as served:
        yield served


@pytest.fixture(scope="module")
def client(made: Path, address: str) -> Any:
    return importlib.import_module(PACKAGE).Client(base_url=address)


def operation(name: str) -> Any:
    """The module of an operation, wherever its tag put it."""
    tag = next(o["tags"][0] for o in OPERATIONS.values() if o["operationId"] == name)
    folder = {"map": "map_"}.get(tag, tag.replace("-", "_"))
    return importlib.import_module(f"{PACKAGE}.api.{folder}.{name}")


def test_every_operation_has_a_name_of_its_own_that_a_person_would_give() -> None:
    names = [o["operationId"] for o in OPERATIONS.values()]
    assert len(set(names)) == len(names) > 10
    assert [n for n in names if not n.isidentifier() or n != n.lower() or "api_v1" in n] == []


def test_every_model_has_a_name_of_its_own() -> None:
    """Two models of one name come out as ``Name-Input`` and ``Name-Output``, or with their modules in front."""
    assert [n for n in DESCRIPTION["components"]["schemas"] if not n.isidentifier() or "__" in n] == []


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


def test_a_zone_is_designed_in_its_own_types(client: Any) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    answer = operation("design_zone").sync(client=client, percentile=90.0, months="1,2", detail="full")
    assert isinstance(answer, models.DesignAnswer)
    assert answer.starts.counted > 0 and len(answer.provenance) == 64
    assert all(isinstance(place, models.DesignPlace) for place in answer.places)
    refused = operation("design_zone").sync(client=client, scenario="none-such")
    assert isinstance(refused, models.Problem) and refused.field == "scenario"


@pytest.mark.parametrize("format", ["geojson", "kml", "csv"])
def test_a_zone_leaves_as_bytes(client: Any, address: str, format: str) -> None:
    answer = operation("design_export").sync_detailed(format, client=client)
    assert answer.status_code == 200
    assert answer.content == httpx.get(f"{address}/api/v1/design/export/{format}").content


def test_the_example_of_the_docs_runs(
    client: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api-http.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(example.replace("http://127.0.0.1:8460", address), {})
    assert (tmp_path / "zone.kml").read_bytes().startswith(b"<?xml")


def test_a_client_may_ask_without_waiting(client: Any) -> None:
    import asyncio

    async def both() -> list[Any]:
        ask = operation("map_style").asyncio
        return list(await asyncio.gather(ask(client=client, lang="en"), ask(client=client, lang="uk")))

    english, ukrainian = asyncio.run(both())
    assert english.site.name != ukrainian.site.name
