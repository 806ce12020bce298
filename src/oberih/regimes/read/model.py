"""Which fields may a regime file have?

Pydantic models of strangers' text (TOML), strict: a number is no text, a date is no date with a time, an
unknown key is a mistake.  They hold no rule across fields: those are in `oberih.regimes.read.across`,
so that every mistake is found at once.  The published JSON Schema is made from here.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from oberih.regimes.rules import TESTS
from oberih.regimes.rules.rule import Name

__all__ = ["REGIME_SCHEMA", "RegimeFile"]

REGIME_SCHEMA = "oberih/regime/1"

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Source = Annotated[str, Field(min_length=3, max_length=2000, pattern=r"\S")]
Force = Literal["treaty", "custom", "resolution", "agreement", "political", "proposal", "standard", "working document"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Texts(_Strict):
    """The same in two languages."""

    en: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
    uk: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class SpanRow(_Strict):
    """In force from .. to; ``to`` is the first day on which it no longer is."""

    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    source: Source
    verified: bool


class SuspensionRow(_Strict):
    """A subject says that it suspends."""

    subject: Name
    start: Annotated[date, Field(alias="from")]
    end: Annotated[date | None, Field(alias="to")] = None
    disputed_by: list[Name] = []
    source: Source
    verified: bool


class AreaRow(_Strict):
    """A radius about a site, or a closed polygon of [longitude, latitude]."""

    name: Name
    site: Name | None = None
    radius_m: Annotated[float, Field(gt=0.0, le=2.0e6, allow_inf_nan=False)] | None = None
    polygon: list[Annotated[list[float], Field(min_length=2, max_length=2)]] | None = None
    source: Source
    verified: bool


class ConditionRow(_Strict):
    """An indicator has one of these values."""

    indicator: Name
    values: Annotated[list[Name], Field(min_length=1)]
    why: Name


class ContestRow(_Strict):
    """Somebody contests how an obligation is met."""

    obligation: Name
    subject: Name
    by: Name
    start: Annotated[date, Field(alias="from")]
    end: Annotated[date | None, Field(alias="to")] = None
    claim: Annotated[str, Field(min_length=1, max_length=2000)]
    source: Source
    verified: bool


_Names = list[Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]]

if TYPE_CHECKING:
    PartRow = Any
else:
    PartRow = Annotated[reduce(or_, (test.model for test in TESTS.values())), Field(discriminator="test")]


class ObligationRow(_Strict):
    """One thing that must hold."""

    id: Identifier
    text: Texts
    article: Name
    addressee: Name
    force: Force
    part: Annotated[list[PartRow], Field(min_length=1)]
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None
    subjects: list[Name] = []
    requires: ConditionRow | None = None
    excluded_while: ConditionRow | None = None
    supports: _Names = []
    compromises: _Names = []
    insufficient: _Names = []
    source: Source
    verified: bool
    note: Annotated[str, Field(max_length=4000)] = ""


class RegimeFile(_Strict):
    """A regime as its file says it."""

    schema_: Annotated[Literal["oberih/regime/1"], Field(alias="schema")]
    id: Identifier
    version: Name
    title: Texts
    text: Texts
    subjects: Annotated[list[Name], Field(min_length=1)]
    instruments: list[Name] = []
    span: Annotated[list[SpanRow], Field(min_length=1)]
    suspension: list[SuspensionRow] = []
    area: list[AreaRow] = []
    obligation: Annotated[list[ObligationRow], Field(min_length=1)]
    contest: list[ContestRow] = []
