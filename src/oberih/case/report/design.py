"""How does a setting of the designer become a report?

One design, or the same setting under several scenarios: the named parts are then those that reach farthest, as in a
plan.  The facts are made by the same way as those of a plan (`oberih.case.report.facts`).  Other ages are not summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oberih.case.reach.design_answer import Design, PartFound
from oberih.case.reach.outcome import reach_of
from oberih.case.reach.products import distances_csv, reach_data, release_data
from oberih.case.report.facts import Facts, facts_from
from oberih.case.report.sensitivity import moved
from oberih.case.wording import day
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.places import Place
from oberih.errors import InputError
from oberih.evidence.provenance import Provenance
from oberih.zone.parts import part_rules

__all__ = ["facts_of_designs"]


def facts_of_designs(designs: Sequence[Design], *, places: Sequence[Place], again: str) -> Facts:
    """Give the facts of designs that differ in their scenario only.

    Parameters
    ----------
    designs : sequence of Design
        In full detail.
    places : sequence of Place
        Around the site.
    again : str
        Address that gives the same, with a query, without its language.

    Raises
    ------
    InputError
        If there is none, or one is a draft.
    """
    if not designs or not all(d.request.full for d in designs):
        raise InputError("counts fewer starts than a plan", field="detail", value="draft", cure="ask for full")
    one = designs[0]
    parts = _parts(designs)
    found = [f for d in designs for f in d.found]
    origin = _provenance(designs)
    features = [p.found.zone.geojson() for p in parts]
    for feature, part in zip(features, parts, strict=True):
        feature["properties"]["part"] = part.rule.name
    hours = (one.weather_to - one.weather_from) // SECONDS_PER_HOUR + 1
    moves = moved(
        parts[0].found, percentile=one.request.percentile, seed=one.request.seed, longitude=one.site.longitude,
        hours=hours if len(one.request.months) == 12 and _whole_day(one) else 0,
    ) if parts else None  # fmt: skip
    result = {
        "site": one.site.id, "day": day(one.request.day), "percentile": one.request.percentile,
        "weather": {"label": one.weather_label, "source": one.weather_source, "hours": hours,
                    "from": one.weather_from, "to": one.weather_to},
        "parts": [_part_data(p) for p in parts],
        "reaches": [reach_data(reach_of(f, percentile=one.request.percentile / 100.0)) for f in found],
        "releases": [release_data(d.released) for d in designs],
        "dominant": {d.released.scenario.title["en"]: dict(d.dominant) for d in designs},
    }  # fmt: skip
    return facts_from(
        result, {**origin.as_dict(), "digest": origin.digest}, features, distances_csv(found), site=one.site,
        criteria=one.criteria, releases=[d.released for d in designs], places=places, sensitivity=moves, again=again,
    )  # fmt: skip


def _whole_day(design: Design) -> bool:
    return (design.request.last_hour - design.request.first_hour) % 24 == 23


def _parts(designs: Sequence[Design]) -> list[PartFound]:
    """Of each named part the one that reaches farthest; those by its own actions before those by a fallback."""
    found = []
    for rule in part_rules():
        among = [p for d in designs for p in d.parts if p.rule.name == rule.name]
        among = [p for p in among if not p.by_fallback] or among
        if among:
            found.append(max(among, key=lambda p: (p.found.zone.reach.distance, p.found.exceedance.counts.sum())))
    return found


def _part_data(part: PartFound) -> dict[str, Any]:
    """A named part as plain values, as a plan keeps it."""
    zone = part.found.zone
    outline, d = zone.outline, zone.distances
    drawn = {} if outline.is_empty else {
        "drawn_near_m": float(outline.farthest.min()), "drawn_far_m": float(outline.farthest.max()),
        "drawn_towards_deg": float(np.degrees(d.azimuths[int(outline.farthest.argmax())])),
    }  # fmt: skip
    return zone.properties() | drawn | {
        "part": part.rule.name, "starts": d.starts, "confidence": d.attrs.get("confidence"),
        "blocks": d.attrs.get("blocks"),
    }  # fmt: skip


def _provenance(designs: Sequence[Design]) -> Provenance:
    """Of one design its own; of several one that holds them all."""
    one = designs[0].provenance
    if len(designs) == 1:
        return one
    parameters = {
        **one.parameters, "scenario": None, "scenarios": [d.request.scenario for d in designs],
        "starts": [d.starts.counted for d in designs],
    }  # fmt: skip
    inputs = {name: value for d in designs for name, value in d.provenance.inputs.items()}
    return Provenance("designs", inputs=inputs, parameters=parameters, seed=one.seed)
