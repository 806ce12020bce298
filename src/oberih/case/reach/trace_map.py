"""What is on the map of a trace?

Gathers for one sample what `oberih.picture.footprint` draws: the sensitivity summed over all hours, the station, the
site, the land, and the words.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from oberih.case.reach.trace_fields import Sensitivity, named
from oberih.case.reach.trace_file import CAVEAT
from oberih.case.reach.trace_request import ONE_SAMPLE, TraceRequest
from oberih.case.wording import stamp
from oberih.dispersion.particles.follow import Cells
from oberih.earth.basemap import basemap_within
from oberih.earth.site import Site
from oberih.picture.footprint import FootprintScene, Mark
from oberih.weather.fields import Fields

__all__ = ["footprint_scene"]

Array = npt.NDArray[np.float64]

MARGIN = 0.08
"""Of the map's width around what is shown [1]."""


def footprint_scene(
    request: TraceRequest, site: Site | None, fields: Fields, cells: Cells, one: Sensitivity
) -> FootprintScene:
    """Gather the map of a sample."""
    longitude, latitude = _corners(fields, cells)
    values = one.values.sum(axis=0, dtype=float)
    sample = one.sample
    marks = [Mark(sample.longitude, sample.latitude, _station(sample.name), "station")]
    if site is not None:
        marks.append(Mark(site.longitude, site.latitude, site.name, "site"))
    west, south, east, north = _extent(longitude, latitude, values, marks)
    base = basemap_within(west=west, south=south, east=east, north=north)
    hours = one.starts[one.known]
    return FootprintScene(
        title=f"Where the air of {sample.name} came from",
        lines=(
            f"Drawn {stamp(sample.start)} to {stamp(sample.end)}; looked back to {stamp(int(hours[0]))}",
            f"Weather: {named(fields.source)}",
            f"Release in the lowest {request.layer:g} m; {request.form.replace('_', ' ')}; "
            f"{request.nuclide or 'without decay'}; {request.particles:,} particles",
            f"{100 * one.gone:.0f} % of the air came from beyond the fields",
        ),
        legend="Bq/m³ in the sample of 1 Bq an hour\nlet out in all these hours",
        longitude=longitude, latitude=latitude, values=values, extent=(west, south, east, north), marks=tuple(marks),
        base=base.layers, caveat=CAVEAT, source=f"Land: {base.source}",
    )  # fmt: skip


def _station(name: str) -> str:
    """What the mark of a station is called."""
    return "where air was drawn" if name == ONE_SAMPLE else name


def _corners(fields: Fields, cells: Cells) -> tuple[Array, Array]:
    """Longitude and latitude of the cells' corners [°], shape (rows + 1, columns + 1)."""
    dx, dy = float(fields.x[1] - fields.x[0]), float(fields.y[1] - fields.y[0])
    x = fields.x[0] + np.arange(cells.columns + 1) / cells.scale_x * dx
    y = fields.y[0] + np.arange(cells.rows + 1) / cells.scale_y * dy
    east, north = np.meshgrid(x, y)
    if fields.geographic:
        return east, north
    turned = Transformer.from_crs(fields.crs, "EPSG:4326", always_xy=True).transform(east, north)
    return np.asarray(turned[0]), np.asarray(turned[1])


def _extent(longitude: Array, latitude: Array, values: Array, marks: list[Mark]) -> tuple[float, float, float, float]:
    """West, south, east, north [°] of what is worth showing: all but the faintest of the field, and the marks."""
    level = float(values.max()) * 1e-5
    shown = values > level if level > 0.0 else np.ones(values.shape, dtype=bool)
    x = np.concatenate([longitude[:-1, :-1][shown], longitude[1:, 1:][shown], [_near(m, longitude) for m in marks]])
    y = np.concatenate([latitude[:-1, :-1][shown], latitude[1:, 1:][shown], [m.latitude for m in marks]])
    wide, tall = float(np.ptp(x)), float(np.ptp(y))
    stretch = np.cos(np.radians(float(y.mean())))
    side = 1.0 + 2.0 * MARGIN
    half_y = 0.5 * side * max(tall, wide * stretch, 0.2)
    half_x = half_y / stretch
    middle_x, middle_y = 0.5 * (x.min() + x.max()), 0.5 * (y.min() + y.max())
    return (
        float(middle_x - half_x), float(max(middle_y - half_y, -89.0)), float(middle_x + half_x),
        float(min(middle_y + half_y, 89.0)),
    )  # fmt: skip


def _near(mark: Mark, longitude: Array) -> float:
    """A mark's longitude on the turn of the globe on which the field lies."""
    start = float(longitude.min())
    return start + (mark.longitude - start) % 360.0
