"""From where a level was exceeded to zones on the map.

The verb of this room: takes an `Exceedance` and its `Criterion`, gives a `ZoneMap` for each
percentile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError
from oberih.zone.criterion import Criterion
from oberih.zone.distance import PERCENTILES, Distances, distances
from oberih.zone.exceedance import Exceedance
from oberih.zone.people import people_inside
from oberih.zone.polygon import COVERAGE, Outline, outlines
from oberih.zone.zone_map import ZoneMap

__all__ = ["map_zones"]


def map_zones(
    exceedance: Exceedance,
    criterion: Criterion,
    *,
    projection: LocalProjection,
    rng: np.random.Generator,
    scenario: str,
    percentiles: tuple[float, ...] = (0.95,),
    rule: str = "cell",
    places: Sequence[Place] | None = None,
    raster: PopulationRaster | None = None,
    coverage: float = COVERAGE,
    known: Distances | None = None,
    attrs: dict[str, Any] | None = None,
) -> list[ZoneMap]:
    """Zones of one criterion at percentiles of the starts.

    Parameters
    ----------
    exceedance : Exceedance
    criterion : Criterion
        Of the level of ``exceedance``.
    projection : LocalProjection
        Of the site.
    rng : numpy Generator
        For the bands of the distances.
    scenario : str
        Which source term.
    percentiles : tuple of float
        [1]
    rule : str
        ``cell`` or ``anywhere``, see `ZoneMap`.
    places : sequence of Place, optional
        To count people in.
    raster : PopulationRaster, optional
        To count people in instead.
    coverage : float
        Share of the raw cells that a polygon must cover [1].
    known : Distances, optional
        If they were computed before, at these percentiles.
    attrs : dict, optional
        Kept with each zone.

    Returns
    -------
    list of ZoneMap
        In the order of ``percentiles``.

    Raises
    ------
    InputError
        If the level of ``exceedance`` is not the criterion's, or an argument makes no sense.
    """
    if not np.isclose(exceedance.level, criterion.level, rtol=1e-6, atol=0.0):
        raise InputError(
            f"is not the level of {criterion.key}, {criterion.level:g} {criterion.unit}", field="exceedance.level",
            value=exceedance.level, cure="superpose the atlas with this criterion's level",
        )  # fmt: skip
    found = known or distances(exceedance, rng=rng, percentiles=tuple({*PERCENTILES, *percentiles}))
    drawn = outlines(exceedance, percentiles=percentiles, coverage=coverage, rule=rule)
    return [
        _zone(
            outline,
            criterion,
            found,
            projection=projection,
            scenario=scenario,
            places=places,
            raster=raster,
            attrs=attrs or {},
        )
        for outline in drawn
    ]


def _zone(
    outline: Outline,
    criterion: Criterion,
    found: Distances,
    *,
    projection: LocalProjection,
    scenario: str,
    places: Sequence[Place] | None,
    raster: PopulationRaster | None,
    attrs: dict[str, Any],
) -> ZoneMap:
    geometry = projection.polygon_to_lonlat(outline.polygon)
    people = None
    if places is not None or raster is not None:
        people = people_inside(geometry, places or (), raster=raster)
    return ZoneMap(
        criterion=criterion, scenario=scenario, percentile=outline.percentile, rule=outline.rule, geometry=geometry,
        outline=outline, distances=found, people=people, attrs={**attrs, "starts": found.starts, **found.attrs},
    )  # fmt: skip
