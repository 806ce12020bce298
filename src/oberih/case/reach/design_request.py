"""What is asked of the zone designer?

Defines the noun `DesignRequest`: every slider of the designer in one frozen question, in names and SI units.  The same
request of the same atlas has the same answer, to the byte, so that a question is also a link.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from oberih.case.reach.request import DEFAULT_SEED, PLANNING_DAY
from oberih.case.reach.sources import AT_POWER
from oberih.constants import AGES
from oberih.dose.protection import measures
from oberih.errors import InputError, UnknownName
from oberih.release import list_scenarios
from oberih.zone.criteria import list_criteria

__all__ = ["ALL_MONTHS", "DEFAULT_SCENARIO", "HIGHEST_RELEASE", "UPLOAD", "WEATHERS", "DesignRequest"]

ALL_MONTHS = tuple(range(1, 13))

DEFAULT_SCENARIO = "core-melt-early-failure"
"""What is drawn before anything was chosen: it bounds the protection zone of every plan with a core."""

WEATHERS = ("year", "forecast")
"""The year's atlas, or that of the forecast that was given."""

UPLOAD = "upload:"
"""Begins the name of a source term that the user gave; the rest is its identifier."""

HIGHEST_RELEASE = 1000.0
"""Of an opening [m]; plume rise may carry it higher."""


@dataclass(frozen=True)
class DesignRequest:
    """How far must the zone reach, if the sliders stand like this?

    Parameters
    ----------
    scenario : str
        A name of `oberih.release.list_scenarios`, or ``upload:`` and the identifier of a source term.
    unit : str or None
        Whose core or pool releases; None for the core that ran last, and the pool with the youngest fuel.
    shutdown : int or str or None
        When that core was shut down, in place of the site file's: seconds since 1970, or ``at power``.
    day : int
        To which fuel has decayed, seconds since 1970.
    height : float or None
        Release height in place of the scenario's [m].
    weather : str
        Of `WEATHERS`.
    months : tuple of int
        In which a release may begin, 1 to 12, in local solar time.
    first_hour, last_hour : int
        Hours of local solar time at which it may begin, both included; 20 to 5 goes through midnight.
    criteria : str
        A name of `oberih.zone.criteria.list_criteria`.
    action : str or None
        Name of the criterion that is drawn; None for the one that bounds the protection zone.
    percentile : float
        Share of starts that the zone must cover [%].
    age : str or None
        Of `oberih.constants.AGES`; None for what each criterion names.
    protection : tuple of str
        Measures that people are taken to be under.
    full : bool
        Count every start that a plan counts; else a draft counts fewer, and says how many.
    seed : int
        Of the bands.

    Raises
    ------
    InputError
        If a value lies outside what it can be.
    UnknownName
        If there is no such scenario, criteria set, age group, measure or weather.
    """

    scenario: str = DEFAULT_SCENARIO
    unit: str | None = None
    shutdown: int | str | None = None
    day: int = PLANNING_DAY
    height: float | None = None
    weather: str = "year"
    months: tuple[int, ...] = ALL_MONTHS
    first_hour: int = 0
    last_hour: int = 23
    criteria: str = "iaea"
    action: str | None = None
    percentile: float = 95.0
    age: str | None = None
    protection: tuple[str, ...] = ()
    full: bool = False
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        _known("scenario", self.scenario, () if self.scenario.startswith(UPLOAD) else list_scenarios())
        _known("criteria", self.criteria, list_criteria())
        _known("weather", self.weather, WEATHERS)
        if self.age is not None:
            _known("age", self.age, AGES)
        for measure in self.protection:
            _known("protection", measure, tuple(measures()))
        if isinstance(self.shutdown, str) and self.shutdown != AT_POWER:
            raise InputError("is no day", field="shutdown", value=self.shutdown, cure=f"give a day, or {AT_POWER}")
        _within("percentile", self.percentile, 1.0, 99.9)
        _within("height", 0.0 if self.height is None else self.height, 0.0, HIGHEST_RELEASE)
        for hour in (self.first_hour, self.last_hour):
            _within("first_hour, last_hour", hour, 0, 23)
        if not self.months or not set(self.months) <= set(ALL_MONTHS):
            raise InputError("needs numbers from 1 to 12", field="months", value=self.months)
        object.__setattr__(self, "months", tuple(sorted(set(self.months))))
        object.__setattr__(self, "protection", tuple(sorted(set(self.protection))))

    @property
    def all_year(self) -> bool:
        """Whether a release may begin at any hour of the year."""
        return self.months == ALL_MONTHS and (self.last_hour + 1 - self.first_hour) % 24 == 0

    @property
    def summed(self) -> DesignRequest:
        """The question of which the sums are: neither the percentile nor the bands bear on them."""
        return dataclasses.replace(self, percentile=95.0, seed=DEFAULT_SEED)

    @property
    def upload(self) -> str | None:
        """Identifier of the user's own source term, if that is the scenario."""
        return self.scenario.removeprefix(UPLOAD) if self.scenario.startswith(UPLOAD) else None

    def parameters(self) -> dict[str, Any]:
        """Every choice as plain values, for provenance."""
        return dataclasses.asdict(self) | {"months": list(self.months), "protection": list(self.protection)}


def _known(field: str, name: str, names: tuple[str, ...]) -> None:
    if names and name not in names:
        raise UnknownName(field, name, known=names)


def _within(field: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(f"outside {low:g} to {high:g}", field=field, value=value)
