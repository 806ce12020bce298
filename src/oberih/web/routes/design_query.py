"""How is a setting of the designer's sliders said in a query?

Defines the model `DesignQuery`.  Whoever takes the same question (an export, a report) takes the same query:
``query: Asked`` and `request_of`.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from oberih.case.reach.design_request import ALL_MONTHS, DEFAULT_SCENARIO, DesignRequest
from oberih.case.reach.request import DEFAULT_SEED
from oberih.case.reach.sources import AT_POWER
from oberih.constants import AGES
from oberih.errors import InputError
from oberih.web.iso import IsoDay

__all__ = ["Asked", "DesignQuery", "request_of"]

_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)


class DesignQuery(BaseModel):
    """One setting of the sliders."""

    scenario: str = Field(DEFAULT_SCENARIO, max_length=100, description="A scenario's name, or upload:<id>.")
    unit: str | None = Field(None, max_length=20, description="Whose core or pool; the youngest fuel if not given.")
    shutdown: str | None = Field(
        None, max_length=20, pattern=r"^(at-power|[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$",
        description="at-power, or the day of the core's shutdown (2022-09-11), in place of the site file's.",
    )  # fmt: skip
    day: IsoDay = Field(date(2026, 1, 1), ge=_FIRST, le=_LAST, description="To which fuel has decayed.")
    height: float | None = Field(None, ge=0, le=1000, description="Release height in place of the scenario's [m].")
    weather: Literal["year", "forecast"] = Field("year", description="The year's atlas, or the forecast given.")
    months: str = Field(
        ",".join(map(str, ALL_MONTHS)), max_length=40, pattern=r"^(1[0-2]|0?[1-9])(,(1[0-2]|0?[1-9]))*$",
        description="In which a release may begin, as 12,1,2.",
    )  # fmt: skip
    first_hour: int = Field(0, ge=0, le=23, description="Of local solar time, first at which it may begin.")
    last_hour: int = Field(23, ge=0, le=23, description="Last at which it may begin; 20 to 5 goes through midnight.")
    criteria: str = Field("iaea", max_length=100, description="A criteria set's name.")
    action: str | None = Field(
        None, max_length=100, description="Name of the criterion drawn; that of the protection zone if not given."
    )
    percentile: float = Field(95.0, ge=1, le=99.9, description="Share of starts that the zone must cover [%].")
    age: str | None = Field(
        None, max_length=10, description=f"Of {', '.join(AGES)}; each criterion's own if not given."
    )
    protection: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=8, description="Measures that people are under; may be repeated."
    )
    detail: Literal["draft", "full"] = Field("draft", description="A draft counts fewer starts than a plan.")
    lang: Literal["en", "uk"] = Field("en", description="Of texts.")


Asked = Annotated[DesignQuery, Query()]


def request_of(query: DesignQuery, *, seed: int = DEFAULT_SEED) -> DesignRequest:
    """What a query asks.

    Raises
    ------
    InputError, UnknownName
        As of `DesignRequest`.
    """
    return DesignRequest(
        scenario=query.scenario, unit=query.unit or None, shutdown=_shutdown(query.shutdown),
        day=calendar.timegm(query.day.timetuple()), height=query.height, weather=query.weather,
        months=tuple(int(m) for m in re.findall(r"\d+", query.months)), first_hour=query.first_hour,
        last_hour=query.last_hour, criteria=query.criteria, action=query.action or None, percentile=query.percentile,
        age=query.age or None, protection=tuple(query.protection), full=query.detail == "full", seed=seed,
    )  # fmt: skip


def _shutdown(text: str | None) -> int | str | None:
    if not text:
        return None
    if text == "at-power":
        return AT_POWER
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError("is no day", field="shutdown", value=text, cure="write it as 2022-09-11") from None
    if not _FIRST <= day <= _LAST:
        raise InputError(f"outside {_FIRST} to {_LAST}", field="shutdown", value=text)
    return calendar.timegm(day.timetuple())
