"""How long does an atom live, and what does it become?

Reads the decay table that ships with the package (ICRP-107; ``scripts/make_decay_table.py``
writes it).  Stable progeny and spontaneous fission are not in it: what is not in the table
has no activity here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

__all__ = ["decay_source", "half_lives", "progeny_table"]


@cache
def _table() -> dict[str, Any]:
    text = (files("oberih.nuclide") / "data" / "decay.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@cache
def half_lives() -> Mapping[str, float]:
    """Half-life of every nuclide known here [s], by canonical name.

    Source: ICRP Publication 107 (2008).
    """
    return MappingProxyType({name: float(row["half_life_s"]) for name, row in _table()["nuclides"].items()})


@cache
def progeny_table() -> Mapping[str, Mapping[str, float]]:
    """Radioactive progeny of every nuclide with the branching fraction [1].

    Source: ICRP Publication 107 (2008).
    """
    rows = _table()["nuclides"].items()
    return MappingProxyType({name: MappingProxyType(dict(row["progeny"])) for name, row in rows})


def decay_source() -> str:
    """Where the decay data come from, in one line."""
    return str(_table()["source"])
