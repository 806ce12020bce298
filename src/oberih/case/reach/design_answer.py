"""What does the zone designer answer?

Defines the nouns `PlaceFound` (one settlement), `PartFound` (a named part of the plan), `Note` (what the reader must
know, as a message of the catalogue) and `Design` (all that was found for one question, with what it rests on).  A face
shows them and adds nothing; numbers are SI, shares and percentiles are of 1 except the request's own percentile [%].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from oberih.case.reach.design_request import DesignRequest
from oberih.case.reach.outcome import Found
from oberih.case.reach.sources import Released
from oberih.dose.quantity import Quantity
from oberih.earth.places import Place
from oberih.earth.site import Site
from oberih.evidence.provenance import Provenance
from oberih.language.catalogue import message
from oberih.zone.criterion import CriteriaSet
from oberih.zone.parts import PartRule
from oberih.zone.zone_map import ZoneMap

__all__ = ["Design", "Note", "PartFound", "PlaceFound", "Starts"]


@dataclass(frozen=True)
class Note:
    """What the reader must know.

    Parameters
    ----------
    key : str
        Of a message of the catalogue.
    values : mapping
        What stands in it.
    values_uk : mapping
        What stands in the Ukrainian one instead.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    values_uk: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str = "en") -> Mapping[str, Any]:
        """What stands in it in a language."""
        return {**self.values, **self.values_uk} if language == "uk" else self.values

    def text(self, language: str = "en") -> str:
        """The note in a language."""
        return message(self.key, language, **self.said(language))


@dataclass(frozen=True)
class PlaceFound:
    """What would reach a settlement, over all starts.

    Parameters
    ----------
    place : Place
        With its distance [m] and azimuth [rad].
    name_uk : str
        Ukrainian name; the main one where none is known.
    inside : bool
        Whether it lies in the zone drawn.
    median, high : float
        Dose reached in half, and at the percentile, of all starts [Sv or Gy, of the criterion drawn].
    share : float
        Of starts in which the level is reached there [1].
    touched : float
        Of starts in which the plume comes there at all [1].
    earliest, typical : float or None
        From the beginning of the release to the arrival of the plume, earliest and median [s], approximate: from the
        plume's mean age; None where it never comes.
    arrival_of : str or None
        Over which starts: ``level``, those in which the level is reached there, or, where there is none, ``plume``,
        those in which the plume comes.
    """

    place: Place
    name_uk: str
    inside: bool
    median: float
    high: float
    share: float
    touched: float
    earliest: float | None
    typical: float | None
    arrival_of: Literal["level", "plume"] | None


@dataclass(frozen=True)
class PartFound:
    """A named part of the plan, of `oberih.zone.parts`, and the criterion that governs it.

    Parameters
    ----------
    rule : PartRule
    found : Found
    by_fallback : bool
        Whether no criterion for the part's first choice of actions was computed.
    """

    rule: PartRule
    found: Found
    by_fallback: bool


@dataclass(frozen=True)
class Starts:
    """Which starts were counted.

    Parameters
    ----------
    counted : int
    full : int
        As many a plan counts: those with the same question in full detail.
    stride : int
        Hours between starts that were looked at; those outside the months and hours asked for were left out.
    """

    counted: int
    full: int
    stride: int


@dataclass(frozen=True)
class Design:
    """The answer to one setting of the sliders.

    Parameters
    ----------
    request : DesignRequest
        As understood.
    site : Site
    criteria : CriteriaSet
    released : Released
        The source term, and which fuel was taken.
    starts : Starts
    found : tuple of Found
        Every criterion of the set that can be computed: exceedance, distances, zone.
    drawn : Found
        The one that is drawn.
    parts : tuple of PartFound
        Named parts, the protection zone first.
    places : tuple of PlaceFound
        Settlements of the drawn criterion, nearest first.
    dominant : tuple of (str, float)
        Nuclides that make the dose, with their share [1].
    weather_label, weather_source : str
    weather_from, weather_to : int
        Seconds since 1970.
    notes : tuple of Note
    provenance : Provenance
    """

    request: DesignRequest
    site: Site
    criteria: CriteriaSet
    released: Released
    starts: Starts
    found: tuple[Found, ...]
    drawn: Found
    parts: tuple[PartFound, ...]
    places: tuple[PlaceFound, ...]
    dominant: tuple[tuple[str, float], ...]
    weather_label: str
    weather_source: str
    weather_from: int
    weather_to: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def zone(self) -> ZoneMap:
        """The zone drawn."""
        return self.drawn.zone

    @property
    def quantity(self) -> Quantity:
        """The dose that is drawn."""
        return self.drawn.criterion.quantity

    @property
    def percentile(self) -> float:
        """As a share [1]."""
        return self.request.percentile / 100.0

    @property
    def verified(self) -> bool:
        """Whether every number that the drawn zone rests on was checked against its text."""
        responses = self.drawn.question.responses
        return self.drawn.criterion.verified and self.released.verified and all(r.verified for r in responses)

    def part_of(self, found: Found) -> PartRule | None:
        """The first named part that a criterion governs."""
        return next((p.rule for p in self.parts if p.found is found), None)
