"""What leaves with a designed zone?

Defines the nouns `ExportContent`, `ExportZone`, `PlaceDose` and `Reporter`: everything that a format needs, as
zones, numbers and text, and nothing of how it came about.

Invariants: SI; percentiles and probabilities are shares of 1; the first zone is the one drawn, and ``exceedance`` is
its own.  Text is text: each format makes it harmless for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError, UnknownName
from oberih.release.source_term import SourceTerm
from oberih.zone.exceedance import Exceedance
from oberih.zone.zone_map import ZoneMap

__all__ = ["CONFIDENTIALITIES", "CONTEXTS", "ExportContent", "ExportZone", "PlaceDose", "Reporter", "without_library"]

CONTEXTS = ("Exercise", "Test", "Routine")
"""In which a plan may be reported; ``Emergency``, the fourth of IRIX, is not among them: a plan is no event."""

CONFIDENTIALITIES = ("For Addressees Use Only", "For Authority Use Only", "Free for Public Use")
"""As IRIX names them."""

_ORGANISATION = re.compile(r"[a-zA-Z][.\-a-zA-Z0-9]{0,250}[a-zA-Z0-9]")
_COUNTRY = re.compile(r"[A-Z]{2}|00")


@dataclass(frozen=True)
class ExportZone:
    """A zone with the words and the style that its part in the plan gives it.

    Parameters
    ----------
    zone : ZoneMap
    style : str
        A key of `oberih.picture.palette.ZONE_STYLES`.
    title, title_uk : str
        Of the part of the plan, or of the action.
    part : str
        Of `oberih.zone.parts`, empty for the zone of a single criterion.
    """

    zone: ZoneMap
    style: str
    title: str
    title_uk: str
    part: str = ""


@dataclass(frozen=True)
class PlaceDose:
    """A place, and what would reach it.

    Parameters
    ----------
    place : Place
    inside : bool
        Whether it lies in the zone drawn.
    median, high : float or None
        Dose in half, and at the percentile, of all starts [Sv or Gy, as the criterion of the zone drawn].
    share : float or None
        Of starts in which the level is reached there [1].
    earliest, typical : float or None
        Earliest, and median, time from the start of the release to the arrival of the plume [s].
    arrival_of : str or None
        Over which starts: ``level``, those in which the level is reached there, or ``plume``, those in which the
        plume comes.
    """

    place: Place
    inside: bool
    median: float | None = None
    high: float | None = None
    share: float | None = None
    earliest: float | None = None
    typical: float | None = None
    arrival_of: str | None = None


@dataclass(frozen=True)
class Reporter:
    """Who reports, as an exchange of reports wants to know.

    Parameters
    ----------
    organisation : str
        In the form of a domain name.  The default ends in ``.invalid`` (RFC 2606): nobody has said who reports.
    name : str
    country : str
        ISO 3166-1 alpha-2; ``XX`` where not said.
    context : str
        Of `CONTEXTS`.
    confidentiality : str
        Of `CONFIDENTIALITIES`.
    """

    organisation: str = "not-stated.invalid"
    name: str = "not stated"
    country: str = "XX"
    context: str = "Exercise"
    confidentiality: str = "For Authority Use Only"

    def __post_init__(self) -> None:
        """Refuse what the exchange format cannot hold."""
        if not _ORGANISATION.fullmatch(self.organisation):
            raise InputError("is no domain name", field="organisation", value=self.organisation,
                             cure="write it as authority.example")  # fmt: skip
        if not _COUNTRY.fullmatch(self.country):
            raise InputError("is no country", field="country", value=self.country, cure="give two capital letters")
        for name, value, known in (
            ("context", self.context, CONTEXTS), ("confidentiality", self.confidentiality, CONFIDENTIALITIES),
        ):  # fmt: skip
            if value not in known:
                raise UnknownName(name, value, known=known)


@dataclass(frozen=True)
class ExportContent:
    """Everything an export says.

    Parameters
    ----------
    title : str
        What this is, such as ``Zaporizhzhia NPP: zone at 95 %``.
    headline : str
        The answer in one sentence.
    site_id, site_name, site_name_uk, country : str
    latitude, longitude : float
        Of the site [°].
    zones : tuple of ExportZone
        One at least; the first is drawn.
    exceedance : Exceedance
        Of the first zone's criterion.
    places : tuple of PlaceDose
    source : SourceTerm or None
        What is released.
    fuel : str
        From which fuel, for people.
    weather_label, weather_source : str
    weather_period : tuple of int or None
        First and last hour of the weather, seconds since 1970; None for weather that never happened.
    day : int
        To which the fuel has decayed, seconds since 1970.
    starts : str
        How many starts were counted and of how many, for people.
    notes : tuple of str
        What a reader must know.
    verified : bool
        Whether every number it rests on was checked against its source.
    parameters : mapping
        The question as it was understood.
    provenance : mapping
        As from `Provenance.as_dict`.
    digest : str
        Of the provenance.
    dose : float array, shape (rings, sectors), or None
        At the percentile of the zone drawn [Sv or Gy].
    """

    title: str
    headline: str
    site_id: str
    site_name: str
    site_name_uk: str
    country: str
    latitude: float
    longitude: float
    zones: tuple[ExportZone, ...]
    exceedance: Exceedance
    places: tuple[PlaceDose, ...]
    weather_label: str
    weather_source: str
    day: int
    digest: str
    source: SourceTerm | None = None
    fuel: str = ""
    weather_period: tuple[int, int] | None = None
    starts: str = ""
    notes: tuple[str, ...] = ()
    verified: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    dose: npt.NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Refuse a content without a zone, or whose cells are not its zone's."""
        if not self.zones:
            raise InputError("holds no zone", field="zones", cure="choose criteria that bound one")
        if not np.isclose(self.exceedance.level, self.drawn.zone.level, rtol=1e-6, atol=0.0):
            raise InputError("is not of the zone drawn", field="exceedance.level", value=self.exceedance.level)

    @property
    def drawn(self) -> ExportZone:
        """The zone drawn."""
        return self.zones[0]

    @cached_property
    def projection(self) -> LocalProjection:
        """Of the site."""
        return LocalProjection(self.latitude, self.longitude)


def without_library(format: str) -> InputError:
    """Refuse a format whose library, of an extra, is not installed."""
    return InputError(
        "needs a library that is not installed", field="format", value=format,
        cure="on the server: pip install 'oberih[gis]', or choose geojson, kml or csv",
    )  # fmt: skip
