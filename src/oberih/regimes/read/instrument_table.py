"""Which instruments does this registry hold?

Reads TOML of ``schema = "oberih/instruments/1"`` with one ``[[instrument]]`` each; the registry that comes with
Oberih is ``regimes/data/instruments.toml``.  In short::

    schema = "oberih/instruments/1"
    as_of = 2026-11-25                    # nothing in it may lie later
    [[instrument]]
    id = "cppnm"
    title = "Convention on the Physical Protection of Nuclear Material"
    aliases = ["CPPNM"]
    kind = "treaty"
    status = "in force"                   # of `oberih.regimes.instruments.STATUSES`
    adopted = 1979-10-26                  # a day, or text: "1979-10", "1979"
    opened_for_signature = 1980-03-03
    in_force_from = 1987-02-08
    [instrument.sources]                  # one for every value but id, aliases, kind, notes
    title = "https://..."
    status = "https://..."
    adopted = "https://..."
    opened_for_signature = "https://..."
    in_force_from = "https://..."
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from oberih.errors import InputError
from oberih.regimes.instruments import Instrument
from oberih.regimes.read.instrument_rules import DATES, check_registry
from oberih.regimes.read.mistake import Mistake, from_model, in_order, open_sheet

__all__ = [
    "INSTRUMENTS_SCHEMA", "RegistryFile", "known_instruments", "list_instruments", "load_instruments",
    "mistakes_in_registry",
]  # fmt: skip

INSTRUMENTS_SCHEMA = "oberih/instruments/1"

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
When = date | Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
"""A day, or a month or year as text."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InstrumentRow(_Strict):
    """One text as the registry says it; ``sources`` has an entry for every other field that holds a value."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$")]
    title: Text
    aliases: list[Text] = []
    kind: Text
    status: Literal["in force", "ended", "never in force", "adopted", "open for signature", "proposal"]
    adopted: When | None = None
    opened_for_signature: When | None = None
    in_force_from: When | None = None
    ended: When | None = None
    in_force_on_adoption: bool = False
    depositary: str = ""
    parties: Annotated[int, Field(ge=0, le=400)] | None = None
    party_ids: list[Text] = []
    parties_note: str = ""
    note: str = ""
    verified: bool = False
    sources: dict[str, Text]


class RegistryFile(_Strict):
    """A registry as its file says it."""

    schema_: Annotated[Literal["oberih/instruments/1"], Field(alias="schema")]
    as_of: date
    instrument: Annotated[list[InstrumentRow], Field(min_length=1)]


def _shipped() -> Path:
    return Path(str(files("oberih.regimes"))) / "data" / "instruments.toml"


@lru_cache(maxsize=1)
def list_instruments() -> tuple[Instrument, ...]:
    """Return the registry that comes with Oberih."""
    return load_instruments(_shipped())


def known_instruments() -> tuple[str, ...] | None:
    """Return the ids of the shipped registry; None where it is not there."""
    return tuple(i.id for i in list_instruments()) if _shipped().is_file() else None


def load_instruments(path: Path) -> tuple[Instrument, ...]:
    """Read a registry.

    Raises
    ------
    InputError
        With the first mistake in the file and its line.
    """
    read, mistakes = _read(path)
    if mistakes or read is None:
        raise mistakes[0].as_error(path) if mistakes else InputError("could not be read", file=path)
    return tuple(_instrument(row) for row in read.instrument)


def mistakes_in_registry(path: Path) -> tuple[Mistake, ...]:
    """Return every mistake of a registry, by line.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    return _read(path)[1]


def _read(path: Path) -> tuple[RegistryFile | None, tuple[Mistake, ...]]:
    sheet = open_sheet(path)
    read = None
    if not sheet.mistakes:
        read = cast("RegistryFile | None", from_model(sheet, RegistryFile))
        check_registry(sheet)
    return read, in_order(sheet.mistakes)


def _instrument(row: InstrumentRow) -> Instrument:
    fields: dict[str, Any] = {name: getattr(row, name) for name in InstrumentRow.model_fields}
    fields.update({name: None if fields[name] is None else str(fields[name]) for name in DATES})
    fields.update(aliases=tuple(row.aliases), party_ids=tuple(row.party_ids), sources=dict(row.sources))
    return Instrument(**fields)
