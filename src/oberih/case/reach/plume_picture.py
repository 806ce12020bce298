"""Which hours of a plume are drawn, and how far?

Fills a `PlumeScene` from a `Plume`: five hours of the air, evenly in the logarithm of time, and what lies on the ground
at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from oberih.case.reach.plume import FarCells, Plume
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site
from oberih.picture.plume_png import PlumePanel, PlumeScene, decades
from oberih.picture.scene import extent_for

__all__ = ["hours_shown", "plume_scene"]

Floats = npt.NDArray[np.float64]

AIR_HOURS = 5
CLASSES = 8
"""Decades that are told apart: what is faint is drawn too, for people look for where it is."""

FARTHEST = 1000e3
"""Of the maps' edges from the site [m]."""

PREFERRED = ("I-131", "Cs-137", "Xe-133")
"""Nuclides of the air, first that is there; on the ground Cs-137 where it is there."""


def hours_shown(hours: int, count: int = AIR_HOURS) -> tuple[int, ...]:
    """Some hours of a plume, from its first to its last, as numbers from 1.

    Examples
    --------
    >>> hours_shown(48), hours_shown(3)
    ((3, 6, 12, 24, 48), (1, 2, 3))
    """
    if hours <= count:
        return tuple(range(1, hours + 1))
    first = max(1, round(hours / 16))
    return tuple(dict.fromkeys(round(first * (hours / first) ** (i / (count - 1))) for i in range(count)))


def plume_scene(
    site: Site, plume: Plume, projection: LocalProjection, places: Sequence[Place], *, covered: float, scenario: str,
    weather: str, footer: str, followed: float,
) -> PlumeScene:  # fmt: skip
    """The picture of a plume.

    Parameters
    ----------
    site : Site
    plume : Plume
    projection : LocalProjection
        Of the site.
    places : sequence of Place
    covered : float
        How far the weather reaches [m].
    scenario, weather, footer : str
    followed : float
        How long each hour of release is followed [s].
    """
    air = next((n for n in PREFERRED if n in plume.nuclides), plume.nuclides[0])
    ground = "Cs-137" if "Cs-137" in plume.nuclides else air
    i, j = plume.nuclides.index(air), plume.nuclides.index(ground)
    corners, beyond = _corners(plume, projection)
    levels = decades(float(max(plume.near_air[i].max(), plume.far_air[i].max())), count=CLASSES)
    away = projection.distance(corners[:, 0, 0], corners[:, 0, 1])
    shown = away < 0.95 * FARTHEST

    def air_at(hour: int) -> Floats:
        return _joined(plume.near_air[i, hour - 1], plume.far_air[i, hour - 1], beyond)

    seen = (h for h in range(plume.hours, 0, -1) if (air_at(h)[shown] >= levels[0]).any())
    chosen = hours_shown(next(seen, 1))  # up to the last hour in which anything is to be seen
    panels = []
    for hour in chosen:
        values = air_at(hour)
        title = f"{_utc(plume, hour - 1).removesuffix(' UTC')} to {_utc(plume, hour)[11:]}, hour {hour}"
        legend = f"{air} in the air near the ground, mean of the hour [Bq/m³]"
        panels.append(PlumePanel(title, values, legend, levels, _extent(values, levels[0], away)))
    laid = _joined(plume.near_ground[j, -1], plume.far_ground[j, -1], beyond)
    if laid.max() > 0.0:
        legend, steps = f"{ground} on the ground [Bq/m²]", decades(float(laid.max()), count=CLASSES)
        title = f"On the ground at {_utc(plume, plume.hours)}, the end of hour {plume.hours}"
        panels.append(PlumePanel(title, laid, legend, steps, _extent(laid, steps[0], away)))
    return PlumeScene(
        site.name, site.latitude, site.longitude, f"{site.name}: the plume hour by hour",
        f"Release from {stamp(plume.start)}, each hour of it followed for {followed / SECONDS_PER_HOUR:.0f} h; "
        f"{scenario}; weather: {weather}. Maps differ in size; red: how far the weather reaches.",
        footer, corners, tuple(panels), tuple(places), covered,
    )  # fmt: skip


def _utc(plume: Plume, hour: int) -> str:
    return stamp(plume.start + int(hour * SECONDS_PER_HOUR)).replace("T", " ").replace("Z", " UTC")


def _extent(values: Floats, least: float, away: Floats) -> float:
    """As far as anything is drawn."""
    seen = values >= least
    return min(extent_for(float(away[seen].max(initial=0.0))), FARTHEST)


def _joined(near: npt.NDArray[np.float32], far: npt.NDArray[np.float32], beyond: npt.NDArray[np.bool_]) -> Floats:
    """Values of the far cells beyond the rings, then of the rings, so that these are drawn above."""
    return np.concatenate([far.ravel()[beyond], near.ravel()]).astype(float)


def _corners(plume: Plume, projection: LocalProjection) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Corners of the cells that are drawn, shape (cells, 4, 2), and which far cells are among them."""
    edges = projection.cell_corners(plume.grid)[: plume.rings + 1]
    after = np.roll(edges, -1, axis=1)
    near = np.stack([edges[:-1], edges[1:], after[1:], after[:-1]], axis=2).reshape(-1, 4, 2)
    far = _far_corners(plume.far)
    limit = plume.grid.edges[plume.rings]
    away = np.stack([projection.distance(far[:, k, 0], far[:, k, 1]) for k in range(4)])
    beyond = away.max(axis=0) > limit
    return np.concatenate([far[beyond], near]), beyond


def _far_corners(far: FarCells) -> Floats:
    x, y = np.meshgrid(far.x, far.y)
    if far.crs:
        x, y = Transformer.from_crs(far.crs, "EPSG:4326", always_xy=True).transform(x, y)
    points = np.stack([(x + 180.0) % 360.0 - 180.0, y], axis=-1)
    square = [points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:]]
    return np.stack(square, axis=2).reshape(-1, 4, 2)
