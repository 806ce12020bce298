"""What may stand in a regime file, for an editor that checks while one writes?

JSON Schema (2020-12) made from the models that read the files, so that the two cannot differ; published as
``docs/schema/regime.schema.json``.  It knows the form only: what must agree across fields, `lint` says.
"""

from __future__ import annotations

import json
from typing import Any

from oberih.regimes.read.model import RegimeFile

__all__ = ["regime_schema", "schema_text"]


def regime_schema() -> dict[str, Any]:
    """Return the schema of regime files.

    Examples
    --------
    >>> sorted(regime_schema()["required"])[:3]
    ['id', 'obligation', 'schema']
    """
    made = RegimeFile.model_json_schema(by_alias=True, mode="validation")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Regime of Oberih (oberih/regime/1)",
        "description": "One regime as data, written in TOML: its history, its obligations, and how each is tested.",
    }
    return head | {k: v for k, v in made.items() if k not in head}


def schema_text() -> str:
    """Return the schema as the text of its published file."""
    return json.dumps(regime_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
