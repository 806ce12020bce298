"""Which sections of an IRIX report does a plan fill?

The release assumed, the weather where it happened, the protective actions under consideration, and the locations.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from oberih.constants import FORMS
from oberih.picture.export.content import ExportContent, ExportZone
from oberih.picture.export.irix_xml import element, length, moment, percentages, say, short, tag
from oberih.release.source_term import SourceTerm
from oberih.units import kilometres

__all__ = ["NOT_LISTED", "locations", "meteorology", "release", "response"]

NOT_LISTED = frozenset((
    "At-219", "Ba-139", "Bi-215", "Br-84", "Hg-206", "Kr-89", "La-142", "Nd-144", "Np-240", "Pu-236", "Sm-148",
    "Tl-206", "Tl-210", "U-235m", "U-239",
))  # fmt: skip
"""Nuclides of Oberih that the schema's list lacks; they are told as a description."""

_LEAST_ACTIVITY = 1e-30
"""Below it an activity is nothing in the schema's single precision [Bq]."""

_ACTIONS = {
    "iodine": "Stable Iodine Prophylaxis", "shelter": "Sheltering", "evacuate": "Evacuation",
    "food": "Food Restrictions", "food_precaution": "Food Restrictions",
}  # fmt: skip
"""Of `oberih.zone.criterion.ACTIONS`, those that the schema names; the others are told in words."""


def release(content: ExportContent) -> ET.Element | None:
    """Write what is assumed to be released; None where nothing is."""
    term = content.source
    if term is None:
        return None
    section = ET.Element(tag("release", "Release"), {"ValidAt": moment(content.day)})
    phases = element(element(section, "release", "ReleaseToAir"), "release", "ReleasePhases")
    for first, last in _spans(term):
        _phase(phases, content, term, first, last)
    return section


def _spans(term: SourceTerm) -> list[tuple[int, int]]:
    """Hours of equal height and heat, as first and one past the last."""
    changed = (np.diff(term.height) != 0.0) | (np.diff(term.heat) != 0.0)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), term.hours]
    return [(a, b) for a, b in pairwise(edges) if term.activity[a:b].sum() > _LEAST_ACTIVITY]


def _phase(phases: ET.Element, content: ExportContent, term: SourceTerm, first: int, last: int) -> None:
    phase = element(phases, "release", "ReleasePhase")
    say(phase, "release", "Occurrence", "Projected")
    say(phase, "release", "ReleaseRouteDescription", short(term.title))
    length(element(phase, "release", "ReleaseHeight"), "release", "Base", float(term.height[first]))
    heat = element(phase, "release", "HeatEmission")
    say(heat, "release", "HeatEmissionRate", f"{term.heat[first] / 1e6:.6E}", Unit="MW")
    activity = term.activity[first:last].sum(axis=0)  # (nuclides, forms)
    nuclides = element(phase, "release", "NuclideReleases")
    for name, total in zip(term.nuclides, activity.sum(axis=1).tolist(), strict=True):
        if total > _LEAST_ACTIVITY:
            _nuclide(nuclides, name, total)
    _iodine(phase, term, activity)
    say(
        phase, "release", "Description",
        f"Assumed for planning; no such release is known or expected. Hours {first} to {last} after it begins. "
        f"Fuel: {content.fuel}. Activities are those at the moment of leaving."
        + ("" if term.verified else " Some of these numbers were not checked against their source."),
    )  # fmt: skip


def _nuclide(parent: ET.Element, name: str, total: float) -> None:
    entry = element(parent, "release", "NuclideRelease")
    say(entry, "release", "NuclideDescription" if name in NOT_LISTED else "Nuclide", name)
    say(entry, "release", "Activity", f"{total:.4E}", Unit="Bq")
    say(entry, "release", "MethodOfDetermination", "Other")
    say(entry, "release", "MethodOfDeterminationDescription", "Inventory and release fractions of a scenario")


def _iodine(phase: ET.Element, term: SourceTerm, activity: np.ndarray) -> None:
    lines = [i for i, name in enumerate(term.nuclides) if name.startswith("I-")]
    forms = activity[lines].sum(axis=0)
    total = float(forms.sum())
    if total <= _LEAST_ACTIVITY:
        return
    shares = [float(forms[FORMS.index(f)]) / total for f in ("elemental_iodine", "organic_iodine", "aerosol")]
    said = element(phase, "release", "RelativeIodineFractions")
    for name, share in zip(("Elementary", "Organic", "Aerosol"), percentages(*shares), strict=True):
        say(said, "release", name, share, Unit="%")


def meteorology(content: ExportContent) -> ET.Element | None:
    """Write which weather was used; None for weather that never happened, which is told in the annex."""
    if content.weather_period is None:
        return None
    first, last = content.weather_period
    section = ET.Element(tag("meteo", "Meteorology"), {"ValidAt": moment(last)})
    record = element(section, "meteo", "MeteoRecord")
    say(record, "meteo", "Type", "Projection")
    element(record, "loc", "Location", ref="site")
    valid = element(record, "meteo", "ValidForPeriod")
    say(valid, "meteo", "StartTime", moment(first))
    say(valid, "meteo", "EndTime", moment(last))
    say(
        record, "meteo", "WeatherDescription", f"{content.weather_label}: {content.weather_source}. "
        f"Every hour of it may be the start of the release ({content.starts}).",
    )  # fmt: skip
    return section


def response(content: ExportContent) -> ET.Element:
    """Write the protective actions under consideration: that of the zone drawn by sector, the others by distance."""
    section = ET.Element(tag("resp", "ResponseActions"), {"ValidAt": moment(content.day)})
    actions = element(section, "resp", "ProtectiveActions")
    say(actions, "resp", "ProtectiveActionsTakenOrPlanned", "No")
    for number, shown in enumerate(content.zones, start=1):
        if shown.zone.outline.is_empty:
            continue
        if number == 1:
            for first, last, outer in _arcs(shown.zone.outline.farthest):
                action = _action(actions, shown)
                area = element(action, "resp", "AreaSector")
                say(area, "resp", "FromAngle", f"{first:.2f}", Unit="DegreesFromNorth")
                say(area, "resp", "TillAngle", f"{last:.2f}", Unit="DegreesFromNorth")
                length(area, "resp", "InnerRadius", 0.0)
                length(area, "resp", "OuterRadius", outer)
                _explain(action, shown)
        else:
            action = _action(actions, shown)
            length(action, "resp", "FurthestDistance", float(shown.zone.outline.farthest.max()))
            _explain(action, shown)
    say(
        section, "resp", "DescriptionOfActions",
        f"Planning: {content.headline} No action has been ordered. A sector reaches as far as the outermost cell in "
        "which the action may be needed; the exact outline is annexed.",
    )  # fmt: skip
    return section


def _action(actions: ET.Element, shown: ExportZone) -> ET.Element:
    action = element(actions, "resp", "ProtectiveAction")
    named = _ACTIONS.get(shown.zone.action)
    if named is None:
        say(action, "resp", "TypeOfActionDescription", short(f"{shown.title}: {shown.zone.criterion.title}"))
    else:
        say(action, "resp", "TypeOfAction", named)
    say(action, "resp", "Status", "Under Consideration")
    return action


def _explain(action: ET.Element, shown: ExportZone) -> None:
    zone = shown.zone
    more = "" if zone.verified else " (level not checked against its source)"
    least = " The zone leaves the grid: it is a least one." if zone.outline.reaches_edge else ""
    say(
        action, "resp", "Description", f"{shown.title}: {zone.criterion.title} from {zone.level:g} "
        f"{zone.criterion.unit} on{more}, {zone.criterion.key}; holds in {100 * zone.percentile:g} % of all starts; a "
        f"circle that holds as well has {kilometres(zone.reach.distance):.3g} km.{least}",
    )  # fmt: skip


def _arcs(farthest: np.ndarray) -> list[tuple[float, float, float]]:
    """Sectors as from, till [°] and outer radius [m], neighbours of one radius together; none where it is 0.

    Sector 0 is centred on north, so its western half comes last.
    """
    count = len(farthest)
    width = 360.0 / count
    halves: Sequence[float] = [float(farthest[((i + 1) // 2) % count]) for i in range(2 * count)]
    arcs: list[tuple[float, float, float]] = []
    for i, outer in enumerate(halves):
        first, last = i * width / 2.0, (i + 1) * width / 2.0
        if arcs and arcs[-1][2] == outer and arcs[-1][1] == first:
            arcs[-1] = (arcs[-1][0], last, outer)
        else:
            arcs.append((first, last, outer))
    return [arc for arc in arcs if arc[2] > 0.0]


def locations(content: ExportContent) -> ET.Element:
    """Write the site and the places inside the zone drawn."""
    section = ET.Element(tag("loc", "Locations"))
    _location(section, "site", content.site_name, content.latitude, content.longitude, content.country)
    for known in content.places:
        if known.inside:
            place = known.place
            _location(section, f"place-{place.id}", place.name, place.latitude, place.longitude, place.country)
    return section


def _location(section: ET.Element, identifier: str, name: str, latitude: float, longitude: float, country: str) -> None:
    place = element(section, "loc", "Location", id=identifier)
    say(place, "loc", "Name", name)
    where = element(place, "loc", "GeographicCoordinates")
    say(where, "loc", "Latitude", f"{latitude:.6f}")
    say(where, "loc", "Longitude", f"{-180.0 if longitude >= 180.0 else longitude:.6f}")
    if len(country) == 2 and country.isascii() and country.isupper():
        say(place, "loc", "Country", country)
    say(place, "loc", "AccuracyType", "Reference of Region" if identifier != "site" else "Exact Location")
