"""The published schema is the one that the reader uses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from oberih.regimes.read.regime_file import shipped_regimes
from oberih.regimes.read.schema import regime_schema, schema_text
from oberih.regimes.rules import TESTS

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "schema" / "regime.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), "write it anew: oberih regime schema > " + str(
        PUBLISHED
    )


def test_every_test_of_the_registry_stands_in_the_schema() -> None:
    part = regime_schema()["$defs"]["ObligationRow"]["properties"]["part"]["items"]
    assert set(part["discriminator"]["mapping"]) == set(TESTS)


@pytest.mark.parametrize("name", sorted(shipped_regimes()))
def test_what_ships_fits_the_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    table = tomllib.loads(shipped_regimes()[name].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(regime_schema()).validate(json.loads(json.dumps(table, default=str)))
