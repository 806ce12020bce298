"""Where would it go if it released now, as a picture for the first page?

The forecast's plume of one hour as coloured cells: whole doses in the open, of the release that an event assumes where
nothing is known.  A picture of what may be, never of what is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from oberih.case.reach.response import EventRequest, Responder
from oberih.case.reach.response_choices import choices
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.projection import LocalProjection
from oberih.picture.palette import class_colours
from oberih.units import millisieverts

__all__ = ["Plume", "forecast_plume"]

LEVELS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Lower ends of the classes [mSv], as `oberih.case.reach.assess` draws them."""


@dataclass(frozen=True)
class Plume:
    """A forecast plume.

    Parameters
    ----------
    cells : dict
        GeoJSON; each cell with its ``colour``.
    levels : tuple of float
        Lower ends of the classes [mSv].
    colours : tuple of str
        Of each class.
    start, until : int
        Of the release; until when the weather is known, seconds since 1970.
    scenario : dict of str to str
        Title of what was assumed, by language.
    written : int or None
        When the forecast's file was written, seconds since 1970.
    """

    cells: dict[str, Any]
    levels: tuple[float, ...]
    colours: tuple[str, ...]
    start: int
    until: int
    scenario: dict[str, str]
    written: int | None


def forecast_plume(responder: Responder, *, now: int) -> Plume | None:
    """Where would it go if it released now?

    Parameters
    ----------
    responder : Responder
    now : int
        Seconds since 1970; the hour it is in counts.

    Returns
    -------
    Plume or None
        None where the server has no forecast.

    Raises
    ------
    InputError, WeatherRefused
        If the forecast cannot be read, or does not cover the release.
    """
    if responder.room.forecast is None:
        return None
    start = int(now // SECONDS_PER_HOUR * SECONDS_PER_HOUR)
    found = choices(responder)
    request = EventRequest(start, scenario=found.scenario)
    run, doses = responder.shown(request, "outdoors")
    grid, site, told = run.grid, responder.room.site, run.told
    corners = LocalProjection(site.latitude, site.longitude).cell_corners(grid)
    colours = class_colours(len(LEVELS))
    features = []
    for cell, dose in zip(run.cells, doses[:, 0], strict=True):
        kind = int(np.searchsorted(LEVELS, millisieverts(float(dose)), side="right")) - 1
        if kind >= 0:
            features.append(_feature(corners, *divmod(int(cell), grid.sectors), colours[kind]))
    title = next(s.title for s in found.scenarios if s.name == found.scenario)
    return Plume(
        {"type": "FeatureCollection", "features": features}, LEVELS, colours, start, told.end, dict(title),
        told.written,
    )  # fmt: skip


def _feature(corners: Any, ring: int, sector: int, colour: str) -> dict[str, Any]:
    after = (sector + 1) % corners.shape[1]
    way = ((ring, sector), (ring, after), (ring + 1, after), (ring + 1, sector), (ring, sector))
    ring_of = [[round(float(x), 5) for x in corners[place]] for place in way]
    geometry = {"type": "Polygon", "coordinates": [ring_of]}
    return {"type": "Feature", "geometry": geometry, "properties": {"colour": colour}}
