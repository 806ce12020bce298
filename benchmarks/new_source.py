"""How soon does a new source term have its zones, the year's atlas being open?

From the scenario's name to polygons with people inside: release, responses, superposition over
all starts, distances with bands, zones.  The stories' own functions are called; nothing is done
here that a plan does not do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.job import SEED, SITE
from oberih.atlas.packed import Packed, pack
from oberih.atlas.store import Atlas
from oberih.case.reach.doses import ask, computable, question
from oberih.case.reach.outcome import Found, found_all
from oberih.case.reach.request import PLANNING_DAY
from oberih.case.reach.sources import released
from oberih.earth.places import places_near
from oberih.earth.projection import LocalProjection
from oberih.earth.site import load_site
from oberih.release import load_scenario
from oberih.zone.criteria import load_criteria

SCENARIO = "core-melt-early-failure"
BEFORE = "core-melt-vented"
"""Another one, asked first, so that compilation and tables are not counted."""

CRITERIA = "iaea"
PERCENTILE = 0.95


@dataclass(frozen=True)
class Answered:
    """How long a source term took.

    Parameters
    ----------
    seconds : dict
        ``release``, ``responses``, ``superposition``, ``zones`` and ``all`` [s].
    hours : int
        Length of the release [h].
    starts, stride : int
        Starts counted, hours between them.
    zones : int
        Not empty.
    """

    seconds: dict[str, float]
    hours: int
    starts: int
    stride: int
    zones: int


def answer(atlas: Atlas, *, stride: int | None = None, repeats: int = 3, packed: Packed | None = None) -> Answered:
    """The fastest of several askings, after another source term was asked.

    Parameters
    ----------
    stride : int, optional
        Hours between starts; by default what a plan takes.
    """
    packed = packed or pack(atlas)
    _once(atlas, packed, BEFORE, stride)
    found = [_once(atlas, packed, SCENARIO, stride) for _ in range(repeats)]
    return min(found, key=lambda f: f.seconds["all"])


def _once(atlas: Atlas, packed: Packed, scenario: str, stride: int | None) -> Answered:
    site = load_site(SITE)
    projection = LocalProjection(site.latitude, site.longitude)
    places = places_near(site.latitude, site.longitude, within=atlas.grid.outer_radius)
    criteria = computable(load_criteria(CRITERIA), age=None)
    marks = [time.perf_counter()]
    term = released(load_scenario(scenario), site, at=PLANNING_DAY)
    marks.append(time.perf_counter())
    asked = question(term, criteria, stride=stride)
    marks.append(time.perf_counter())
    exceeded = ask(atlas, [asked], packed=packed)
    marks.append(time.perf_counter())
    found: list[Found] = found_all(
        [asked], exceeded, projection=projection, places=places, percentile=PERCENTILE, seed=SEED
    )
    marks.append(time.perf_counter())
    names = ("release", "responses", "superposition", "zones")
    seconds = {name: b - a for name, a, b in zip(names, marks, marks[1:], strict=False)} | {"all": marks[-1] - marks[0]}
    drawn = sum(not f.zone.outline.is_empty for f in found)
    return Answered(seconds, term.source_term.hours, len(exceeded[0][0].starts), asked.asked.stride, drawn)
