"""Where is one action needed, at one percentile?

Defines the noun `ZoneMap`: an outline on the globe with all that was found out about it.

Invariants: geometry in longitude and latitude [°], valid, cut at the antimeridian; all else
SI; ``outline`` is the same zone in metres around the site.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oberih.units import kilometres
from oberih.zone.criterion import Criterion
from oberih.zone.distance import Distances, Reach
from oberih.zone.geojson import feature_geojson

if TYPE_CHECKING:
    from oberih.zone.people import PeopleCount
    from oberih.zone.polygon import Outline

__all__ = ["ZoneMap"]


@dataclass(frozen=True)
class ZoneMap:
    """The zone of one criterion at one percentile.

    Parameters
    ----------
    criterion : Criterion
    scenario : str
        Which source term.
    percentile : float
        Share of starts [1].
    rule : str
        ``cell``: a cell belongs to the zone if it needs the action at more than
        ``1 - percentile`` of the starts.  ``anywhere``: the zone is drawn so that nowhere
        outside it is the action needed, at ``percentile`` of the starts.
    geometry : shapely Polygon or MultiPolygon
        Longitude and latitude [°]; empty where the action is not needed at that percentile.
    outline : Outline
        The same in metres, with its coverage.
    distances : Distances
    people : PeopleCount or None
        None where no places were given.
    attrs : dict
        What it was made from.
    """

    criterion: Criterion
    scenario: str
    percentile: float
    rule: str
    geometry: Any
    outline: Outline
    distances: Distances
    people: PeopleCount | None
    attrs: dict[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """The action, of `oberih.zone.criterion.ACTIONS`."""
        return self.criterion.action

    @property
    def level(self) -> float:
        """The level [Sv or Gy]."""
        return self.criterion.level

    @property
    def area(self) -> float:
        """Of the zone [m2], in the azimuthal equidistant plane (0.04 % too large at 300 km)."""
        return self.outline.area

    @property
    def reach(self) -> Reach:
        """Radius of a circle that holds at this percentile, whatever the direction."""
        return self.distances.at(self.percentile)

    @property
    def verified(self) -> bool:
        """Whether the criterion's level was read in its text."""
        return self.criterion.verified

    def properties(self) -> dict[str, Any]:
        """What a map's reader is told, in the units a person reads; keys carry the unit."""
        reach, direction = self.reach, self.distances.direction
        return {
            "criterion": self.criterion.key,
            "action": self.action,
            "title": self.criterion.title,
            "title_uk": self.criterion.title_uk,
            "scenario": self.scenario,
            "level": self.level,
            "level_unit": self.criterion.unit,
            "window_s": self.criterion.window,
            "age": self.criterion.age,
            "verified": self.verified,
            "percentile": self.percentile,
            "rule": self.rule,
            "area_km2": round(self.area / 1e6, 2),
            "circle_radius_km": round(kilometres(reach.distance), 2),
            "circle_radius_low_km": None if reach.low is None else round(kilometres(reach.low), 2),
            "circle_radius_high_km": None if reach.high is None else round(kilometres(reach.high), 2),
            "farthest_by_sector_km": round(kilometres(float(self.outline.farthest.max())), 2),
            "direction": None if direction is None else direction.compass,
            "direction_share": None if direction is None or direction.share is None else round(direction.share, 3),
            "coverage": round(self.outline.coverage, 5),
            "area_ratio": round(self.outline.area_ratio, 4),
            "outside_share": round(self.outline.outside, 5),
            "reaches_edge_of_grid": self.outline.reaches_edge,
            "people": None if self.people is None else self.people.total,
            "people_method": None if self.people is None else self.people.method,
            "places_of_unknown_population": None if self.people is None else self.people.unknown,
        }

    def geojson(self) -> dict[str, Any]:
        """As a GeoJSON feature (RFC 7946); a zone that is empty has a null geometry."""
        return feature_geojson(self.geometry, self.properties())
