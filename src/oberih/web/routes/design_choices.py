"""What can be chosen in the designer?

Typed models of the choices: units, scenarios, criteria, ages, measures, weather, and how far the atlas is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, Field

from oberih.case.reach.design_request import DEFAULT_SCENARIO, HIGHEST_RELEASE
from oberih.case.reach.design_words import measure_key
from oberih.case.reach.request import PLANNING_DAY
from oberih.case.wording import day
from oberih.constants import AGES
from oberih.dose.protection import measures
from oberih.earth.site import Site, load_site
from oberih.language.catalogue import message
from oberih.release import list_scenarios, load_scenario
from oberih.web.engine_watch import Readiness
from oberih.zone.criteria import list_criteria, load_criteria

__all__ = ["DesignChoices"]


class AtlasReadiness(BaseModel):
    """How far the year's atlas is."""

    state: Literal["idle", "preparing", "ready", "failed"]
    stage: str = Field(description="What is being done, in English.")
    done: int
    total: int = Field(description="Steps of the stage; 0 where nobody knows.")
    text: str = Field(description="One line for people.")


class UnitChoice(BaseModel):
    """A reactor of the site."""

    id: str
    type: str
    thermal_power_W: float
    shutdown: str | None = Field(description="Day of the site file; null while it operates.")
    pool: bool = Field(description="Whether the site file knows fuel in its pool.")
    verified: bool


class ScenarioChoice(BaseModel):
    """A scenario."""

    name: str
    title: str
    story: str
    needs: str = Field(description="core, pool, cask, or nothing of the site.")
    hours: int
    offered: bool = Field(description="Whether the site has the fuel.")
    verified: bool


class CriterionChoice(BaseModel):
    """A criterion that can be drawn."""

    name: str
    action: str
    title: str
    level: float
    unit: str
    age: str
    window_s: float
    verified: bool


class CriteriaChoice(BaseModel):
    """A set of criteria."""

    name: str
    title: str
    text: str = Field(description="What must be known to read it rightly, in English.")
    verified: bool
    criteria: list[CriterionChoice] = Field(description="Those that can be computed.")


class AgeChoice(BaseModel):
    """An age group."""

    name: str
    title: str


class MeasureChoice(BaseModel):
    """A protective measure."""

    name: str
    title: str
    verified: bool


class DesignDefaults(BaseModel):
    """What holds where a query says nothing."""

    scenario: str
    criteria: str
    day: str
    percentile: float
    weather: str


class DesignChoices(BaseModel):
    """What can be chosen in the designer."""

    site: str
    site_name: str
    latitude: float
    longitude: float
    atlas: AtlasReadiness
    units: list[UnitChoice]
    scenarios: list[ScenarioChoice]
    criteria: list[CriteriaChoice]
    ages: list[AgeChoice]
    protection: list[MeasureChoice]
    weather: list[str] = Field(description="Of year and forecast, those that can be asked for.")
    height_most_m: float
    defaults: DesignDefaults

    @classmethod
    def of(cls, site: str, readiness: Readiness, weathers: tuple[str, ...], language: str) -> DesignChoices:
        """Show what can be chosen."""
        place = load_site(site)
        uk = language == "uk"
        return cls(
            site=place.id, site_name=place.name_uk if uk else place.name, latitude=place.latitude,
            longitude=place.longitude, atlas=_atlas(readiness, language), units=_units(place),
            scenarios=_scenarios(place, language), criteria=list(_criteria(uk)),
            ages=[AgeChoice(name=a, title=message(f"design.age-{a}", language)) for a in AGES],
            protection=[
                MeasureChoice(name=m, title=message(measure_key(m), language), verified=all(r.verified for r in rows))
                for m, rows in measures().items()
            ],
            weather=list(weathers), height_most_m=HIGHEST_RELEASE,
            defaults=DesignDefaults(
                scenario=DEFAULT_SCENARIO, criteria="iaea", day=day(PLANNING_DAY), percentile=95.0, weather="year"
            ),
        )  # fmt: skip


_STAGES = {
    "weather": "weather", "atlas:": "building", "the atlas into memory": "reading", "settlements": "settlements",
    "a first question": "trying",
}  # fmt: skip
"""What the preparing thread says it does, by its beginning, and the name of its message."""


def _atlas(r: Readiness, language: str) -> AtlasReadiness:
    key = next((key for begin, key in _STAGES.items() if r.stage.startswith(begin)), "other")
    stage = message(f"design.stage-{key}", language)
    state = f"{r.state}-uncounted" if r.state == "preparing" and not r.total else r.state
    text = message(f"design.atlas-{state}", language, stage=stage, done=r.done, total=r.total, why=r.why)
    return AtlasReadiness(state=r.state, stage=r.stage, done=r.done, total=r.total, text=text)


def _units(site: Site) -> list[UnitChoice]:
    pools = {p.unit for p in site.pools if p.batches}
    return [
        UnitChoice(
            id=u.id, type=u.type, thermal_power_W=u.thermal_power, shutdown=None if u.shutdown is None else
            day(u.shutdown), pool=u.id in pools, verified=u.verified,
        )
        for u in site.units
    ]  # fmt: skip


def _scenarios(site: Site, language: str) -> list[ScenarioChoice]:
    has = {"core": bool(site.units), "pool": bool(site.pools), "cask": site.dry_storage is not None, "nothing": True}
    return [
        ScenarioChoice(
            name=s.name, title=s.title[language], story=s.story[language], needs=s.needs, hours=s.hours,
            offered=has[s.needs], verified=s.verified,
        )
        for s in map(load_scenario, list_scenarios())
    ]  # fmt: skip


@lru_cache(maxsize=2)
def _criteria(uk: bool) -> tuple[CriteriaChoice, ...]:
    return tuple(
        CriteriaChoice(
            name=s.name, title=s.title_uk if uk else s.title, text=s.text, verified=s.verified,
            criteria=[
                CriterionChoice(
                    name=c.name, action=c.action, title=c.title_uk if uk else c.title, level=c.level, unit=c.unit,
                    age=c.age, window_s=c.window, verified=c.verified,
                )
                for c in s.computable
            ],
        )
        for s in map(load_criteria, list_criteria())
    )  # fmt: skip
