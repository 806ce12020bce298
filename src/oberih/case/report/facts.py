"""What does a report stand on?

Defines the noun `Facts`: a plan's result as it is kept (``result.json``, ``zones.geojson``, ``distances.csv``), with
the site, the criteria and the releases it names, each held against the digest that the result gives for it.  A report
made right after the computation and one made later from the kept folder rest on the same `Facts`, so they are the same.

Invariants: distances in m, azimuths in degrees clockwise from north, shares in 1, percentile in per cent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from oberih.case.reach.doses import computable
from oberih.case.reach.plan import Planned
from oberih.case.reach.products import distances_csv
from oberih.case.reach.sources import Released
from oberih.earth.place_names import ukrainian_names
from oberih.earth.places import Place
from oberih.earth.population import places_inside
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site, list_sites
from oberih.errors import CorruptStore
from oberih.zone.criterion import CriteriaSet, Criterion
from oberih.zone.parts import PartRule, part_rules

__all__ = ["Facts", "Part", "Reached", "Towards", "facts_from", "facts_of"]


@dataclass(frozen=True)
class Reached:
    """How far one criterion reaches under one release; as `oberih.case.reach.answer.Reach`, with its nouns."""

    release: Released
    criterion: Criterion
    distance: float
    low: float | None
    high: float | None
    median: float | None
    azimuth: float | None
    share: float | None
    people: int | None
    beyond: bool
    verified: bool

    @property
    def key(self) -> tuple[str, str]:
        """Scenario and criterion."""
        return self.release.scenario.name, self.criterion.key


@dataclass(frozen=True)
class Part:
    """A named part of the zone.

    Parameters
    ----------
    rule : PartRule
    reached : Reached
        The criterion and the release that decide it, at the radius of the circle that holds.
    geometry : shapely geometry
        Longitude and latitude [°]; empty where nothing is needed.
    near, far, towards : float
        How the zone is drawn: nearest and farthest edge [m], and in which direction the farthest lies [°].
    area : float
        [m2]
    outside, coverage : float
        Share of starts that need the action outside the zone as drawn; share of the cells that the outline covers [1].
    direction_share : float or None
        Of resampled years in which the farthest direction is the same [1].
    starts : int or None
    confidence : float or None
        Of the band [1].
    method : str or None
        How people were counted, ``places`` or ``raster``.
    unknown : int
        Places inside without a figure.
    edge : bool
        Whether it runs out of the grid, so that the truth may be farther.
    places : tuple of Place
        Inside, most populous first.
    """

    rule: PartRule
    reached: Reached
    geometry: Any
    near: float
    far: float
    towards: float | None
    area: float
    outside: float
    coverage: float
    direction_share: float | None
    starts: int | None
    confidence: float | None
    method: str | None
    unknown: int
    edge: bool
    places: tuple[Place, ...]

    @property
    def empty(self) -> bool:
        """Whether the action is needed nowhere at the percentile."""
        return bool(self.geometry.is_empty)


@dataclass(frozen=True)
class Towards:
    """How far in one direction, by itself: median, at the percentile, and its band [m]."""

    azimuth: float
    median: float
    distance: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Facts:
    """Everything a report says, as data.

    Parameters
    ----------
    site : Site
    site_argument : str
        How the site is named on a command line.
    criteria : CriteriaSet
    releases : tuple of Released
    result, provenance : mapping
        As kept; ``provenance`` with its digest.
    reached : tuple of Reached
    parts : tuple of Part
    towards : mapping
        By scenario and criterion, rising in azimuth.
    sensitivity : mapping or None
        As `oberih.case.report.sensitivity.sensitivity`; None where the result holds none.
    places : tuple of Place
        On the map.
    names_uk : mapping of int to str
        Ukrainian names of places by their number.
    again : str
        Address that gives the same; empty where a command line does.
    regimes : mapping or None
        As `oberih.case.report.regimes.regimes_on`; None where nobody asked.
    """

    site: Site
    site_argument: str
    criteria: CriteriaSet
    releases: tuple[Released, ...]
    result: Mapping[str, Any]
    provenance: Mapping[str, Any]
    reached: tuple[Reached, ...]
    parts: tuple[Part, ...]
    towards: Mapping[tuple[str, str], tuple[Towards, ...]]
    sensitivity: Mapping[str, Any] | None
    places: tuple[Place, ...]
    names_uk: Mapping[int, str]
    again: str = ""
    regimes: Mapping[str, Any] | None = None

    @property
    def percentile(self) -> float:
        """Share of all starts that the zone covers [%]."""
        return float(self.result["percentile"])

    @property
    def first(self) -> Part | None:
        """The protection zone; else the first part there is."""
        return self.parts[0] if self.parts else None

    @property
    def at(self) -> int:
        """Day to which fuel has decayed [seconds since 1970, UTC]."""
        chosen = self.parameters
        return int(chosen["at"] if "at" in chosen else chosen["day"])

    @property
    def digest(self) -> str:
        """Of the provenance: the same one, the same bytes."""
        return str(self.provenance["digest"])

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Every choice, as the provenance keeps it."""
        found: Mapping[str, Any] = self.provenance["parameters"]
        return found


def facts_of(planned: Planned, sensitivity: Mapping[str, Any] | None) -> Facts:
    """Give the facts of a plan just made, by the same way as of one that was kept."""
    origin = planned.provenance
    return facts_from(
        planned.answer.data, {**origin.as_dict(), "digest": origin.digest}, planned.features(),
        distances_csv(planned.found), site=planned.site, criteria=planned.criteria, releases=planned.releases,
        places=planned.places, sensitivity=sensitivity,
    )  # fmt: skip


def facts_from(
    result: Mapping[str, Any], provenance: Mapping[str, Any], features: Sequence[Mapping[str, Any]], distances: bytes,
    *, site: Site, criteria: CriteriaSet, releases: Sequence[Released], places: Sequence[Place],
    sensitivity: Mapping[str, Any] | None, again: str = "",
) -> Facts:  # fmt: skip
    """Join a result to the nouns it names.

    Raises
    ------
    CorruptStore
        If rows and nouns do not fit each other.
    """
    chosen = provenance["parameters"]
    kinds = computable(criteria, age=chosen["age"], protection=tuple(chosen["protection"]))
    pairs = [(release, criterion) for release in releases for criterion in kinds]
    rows = result["reaches"]
    fits = len(pairs) == len(rows) and all(
        row["scenario"] == release.scenario.title["en"] and row["level"] == criterion.level
        for (release, criterion), row in zip(pairs, rows, strict=True)
    )
    if not fits:
        raise CorruptStore("the result's distances are not those of the criteria and releases it names")
    reached = tuple(_reached(release, criterion, row) for (release, criterion), row in zip(pairs, rows, strict=True))
    geometries = {f["properties"].get("part"): f["geometry"] for f in reversed(features)}
    parts = tuple(_part(p, reached, geometries, site, places) for p in result["parts"])
    return Facts(
        site=site, site_argument=site.id if site.id in {s.id for s in list_sites()} else f"{site.id}.toml",
        criteria=criteria, releases=tuple(releases), result=_as_kept(result),
        provenance=_as_kept(provenance), reached=reached, parts=parts,
        towards=_towards(distances, float(result["percentile"])), sensitivity=_as_kept(sensitivity),
        places=tuple(places),
        names_uk=ukrainian_names(), again=again,
    )  # fmt: skip


def _as_kept(value: Any) -> Any:
    """Give plain values alike whether they were written and read in between or not: 95.0 and 95 are one number."""
    if isinstance(value, Mapping):
        return {str(name): _as_kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_kept(one) for one in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    return float(value) if isinstance(value, int) and abs(value) > 2**53 else value


def _reached(release: Released, criterion: Criterion, row: Mapping[str, Any]) -> Reached:
    names = ("distance", "low", "high", "median", "azimuth", "share", "people", "beyond", "verified")
    return Reached(release, criterion, **{name: row[name] for name in names})


def _part(
    data: Mapping[str, Any], reached: Sequence[Reached], geometries: Mapping[Any, Any], site: Site,
    places: Sequence[Place],
) -> Part:  # fmt: skip
    key = (data["scenario"], data["criterion"])
    governing = next((r for r in reached if r.key == key), None)
    rule = next((r for r in part_rules() if r.name == data["part"]), None)
    if governing is None or rule is None:
        raise CorruptStore(f"the part {data['part']} rests on {key}, which the result does not hold")
    drawn = geometries.get(data["part"])
    geometry = shapely.geometry.Polygon() if drawn is None else shapely.geometry.shape(drawn)
    inside = sorted(
        places_inside(places, geometry), key=lambda p: (p.population is None, -(p.population or 0), p.distance, p.id)
    )
    near, far, towards = _drawn(data, geometry, site)
    return Part(
        rule, governing, geometry, near, far, towards, area=1e6 * data["area_km2"], outside=data["outside_share"],
        coverage=data["coverage"], direction_share=data["direction_share"], starts=data.get("starts"),
        confidence=data.get("confidence"), method=data["people_method"],
        unknown=data["places_of_unknown_population"] or 0, edge=bool(data["reaches_edge_of_grid"]),
        places=tuple(inside),
    )  # fmt: skip


def _drawn(data: Mapping[str, Any], geometry: Any, site: Site) -> tuple[float, float, float | None]:
    """How the zone is drawn, as kept; of a result that does not say, as measured on its outline."""
    if geometry.is_empty:
        return 0.0, 0.0, None
    if "drawn_near_m" in data:
        return data["drawn_near_m"], data["drawn_far_m"], data["drawn_towards_deg"]
    corners = shapely.get_coordinates(geometry)
    east, north = LocalProjection(site.latitude, site.longitude).to_local(corners[:, 0], corners[:, 1])
    away = np.hypot(east, north)
    farthest = int(away.argmax())
    towards = float(np.degrees(np.arctan2(east[farthest], north[farthest])) % 360.0)
    return float(away.min()), float(away.max()), towards


def _towards(table: bytes, percentile: float) -> dict[tuple[str, str], tuple[Towards, ...]]:
    found: dict[tuple[str, str], dict[float, dict[str, Mapping[str, str]]]] = {}
    for row in csv.DictReader(io.StringIO(table.decode())):
        of = found.setdefault((row["scenario"], row["criterion"]), {})
        of.setdefault(float(row["azimuth_deg"]), {})[row["percentile"]] = row
    at = f"{percentile / 100.0:g}"
    return {
        key: tuple(
            Towards(
                azimuth, float(rows["0.5"]["distance_m"]), float(rows[at]["distance_m"]), _metres(rows[at]["low_m"]),
                _metres(rows[at]["high_m"]),
            )
            for azimuth, rows in sorted(of.items())
        )
        for key, of in found.items()
    }  # fmt: skip


def _metres(text: str) -> float | None:
    return float(text) if text else None
