"""Where is the plume, hour by hour, and what has it laid down?

Defines the nouns `Axes` (where fields lie), `FarCells` (a grid of the fields' own kind out to 1,000 km) and `Plume`
(concentration and deposit of a release's leading nuclides, near the site on rings and sectors, beyond on that grid).
It comes out of the same pass over the air as an atlas does: its hours add up to what an atlas of the same seed holds.

Nuclides decay from the moment they leave and on the ground; progeny that grow in are not counted here (doses count
them).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from oberih.constants import EARTH_RADIUS, FORMS, SECONDS_PER_HOUR
from oberih.dispersion.kernels import puff
from oberih.dispersion.kernels.particles.step import CELLS_X
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells
from oberih.dispersion.particles.unit import ParticleSettings, UnitReleases, unit_releases
from oberih.earth.grid import Grid
from oberih.nuclide import half_life
from oberih.release.source_term import SourceTerm
from oberih.weather.fields import Fields

__all__ = ["NEAR", "Axes", "FarCells", "Plume", "axes_of", "axes_of_flow", "far_cells", "noise_at", "plume_of"]

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

NEAR = 200e3
"""How far hourly values are kept on rings and sectors [m]: there a cell is as wide as one of the far grid."""

FAR_DEGREES, FAR_METRES = 0.25, 25e3
"""Size of the far grid's cells [°], and where the fields lie on a plane [m]."""

FRESH = 1200.0
"""Mean age of what is released and counted within the same hour [s]."""


@dataclass(frozen=True)
class Axes:
    """Where the columns and rows of fields lie.

    Parameters
    ----------
    x, y : float array
        Longitude and latitude [°], or metres of ``crs``; increasing.
    crs : str
        Of the plane; empty where geographic.
    """

    x: Floats
    y: Floats
    crs: str


@dataclass(frozen=True)
class FarCells:
    """A grid of longitude and latitude, or of a plane's x and y where the fields are on one.

    Parameters
    ----------
    x, y : float array, shape (columns + 1,), (rows + 1,)
        Edges [°] or [m], increasing.
    crs : str
        Of the plane; empty where geographic.
    cells : Cells
        The same, as particles count them.
    """

    x: Floats
    y: Floats
    crs: str
    cells: Cells

    @property
    def areas(self) -> Floats:
        """Area of each row's cells [m2], shape (rows, 1)."""
        if self.crs:
            return np.asarray(np.diff(self.y)[:, None] * (self.x[1] - self.x[0]))
        width = np.radians(self.x[1] - self.x[0])
        return np.asarray(EARTH_RADIUS**2 * width * np.diff(np.sin(np.radians(self.y)))[:, None])


@dataclass(frozen=True)
class Plume:
    """A release's course.

    Parameters
    ----------
    start : int
        Of the first hour, seconds since 1970, UTC.
    nuclides : tuple of str
    grid : Grid
        Of which the first rings are kept.
    far : FarCells
    near_air : float32 array, shape (nuclides, hours, rings, sectors)
        Mean over the hour of the concentration near the ground [Bq/m3].
    near_ground : float32 array, of that shape
        On the ground at the end of the hour [Bq/m2].
    far_air, far_ground : float32 array, shape (nuclides, hours, rows, columns)
        The same beyond, and here too.
    noise : float array, shape (rings, sectors)
        Relative standard error of the whole release's time-integrated concentration [1]; NaN where there is none.
    dense : bool array, shape (rings, sectors)
        Where that is above a tenth of the ring's most.
    """

    start: int
    nuclides: tuple[str, ...]
    grid: Grid
    far: FarCells
    near_air: Singles
    near_ground: Singles
    far_air: Singles
    far_ground: Singles
    noise: Floats
    dense: npt.NDArray[np.bool_]

    @property
    def hours(self) -> int:
        """Number of hours."""
        return int(self.near_air.shape[1])

    @property
    def rings(self) -> int:
        """Number of rings that are kept."""
        return int(self.near_air.shape[2])


def noise_at(plume: Plume, distance: float) -> float:
    """Noise where the plume is dense, at a distance: the median over cells above a tenth of their ring's most [1].

    NaN where the plume did not come, or was not followed.
    """
    ring = int(np.searchsorted(plume.grid.edges, distance) - 1)
    rings = slice(max(ring - 1, 0), ring + 2)
    dense = plume.dense[rings] & np.isfinite(plume.noise[rings])
    return float(np.median(plume.noise[rings][dense])) if dense.any() else float("nan")


def axes_of(fields: Fields) -> Axes:
    """Where the columns and rows of fields lie."""
    return Axes(fields.x, fields.y, "" if fields.geographic else fields.crs)


def axes_of_flow(flow: Flow, *, x: float, y: float, latitude: float, longitude: float) -> Axes:
    """Where the columns and rows of a flow on degrees lie, from where a place lies in it.

    Parameters
    ----------
    x, y : float
        The place, in the flow's cells.
    latitude, longitude : float
        [°]
    """
    rows, columns = flow.wind.shape[1:3]
    high = float(np.degrees(1.0 / (flow.cells_y * EARTH_RADIUS)))
    row = min(max(round(y), 0), rows - 1)
    north = latitude + (row - y) * high
    east = float(flow.surface[0, row, 0, CELLS_X]) * EARTH_RADIUS * np.cos(np.radians(north))
    wide = float(np.degrees(1.0 / east))
    across = np.asarray(longitude + (np.arange(columns) - x) * wide, dtype=np.float64)
    along = np.asarray(latitude + (np.arange(rows) - y) * high, dtype=np.float64)
    return Axes(across, along, "")


def far_cells(axes: Axes, *, latitude: float, longitude: float, reach: float, depth: float) -> FarCells:
    """The far grid: round edges, around a place as far as the fields go.

    Parameters
    ----------
    axes : Axes
    latitude, longitude : float
        [°]
    reach : float
        [m]
    depth : float
        Of the layer that counts as near the ground [m].
    """
    here, size, north, east = (longitude, latitude), FAR_DEGREES, float(np.degrees(reach / EARTH_RADIUS)), 0.0
    if axes.crs:
        to_plane = Transformer.from_crs("EPSG:4326", axes.crs, always_xy=True)
        here, size, north, east = to_plane.transform(longitude, latitude), FAR_METRES, reach, reach
    else:
        here = (float(axes.x[0]) + (longitude - float(axes.x[0])) % 360.0, latitude)
        east = north / float(np.cos(np.radians(min(abs(latitude) + north, 80.0))))
    x = _edges(here[0], east, size, float(axes.x[0]), float(axes.x[-1]))
    y = _edges(here[1], north, size, float(axes.y[0]), float(axes.y[-1]))
    scale_x, scale_y = (float(a[1] - a[0]) / size for a in (axes.x, axes.y))
    cells = Cells(
        len(y) - 1, len(x) - 1, scale_x, (float(axes.x[0]) - float(x[0])) / size, scale_y,
        (float(axes.y[0]) - float(y[0])) / size, depth,
    )  # fmt: skip
    return FarCells(x, y, axes.crs, cells)


def _edges(here: float, away: float, size: float, first: float, last: float) -> Floats:
    """Multiples of a size that enclose what lies within ``away`` of ``here`` and within the fields."""
    low, high = max(here - away, first), min(here + away, last)
    return np.asarray(np.arange(np.floor(low / size), np.ceil(high / size) + 0.5) * size)


def plume_of(
    flow: Flow, term: SourceTerm, *, nuclides: Sequence[str], start: int, place: tuple[float, float],
    latitude: float, longitude: float, heights: Sequence[float], shares: npt.NDArray[Any], grid: Grid, far: FarCells,
    settings: ParticleSettings, threads: int, told: Callable[[int, int], None] | None = None,
) -> Plume:  # fmt: skip
    """Follow a release and keep its hours.

    Parameters
    ----------
    flow : Flow
    term : SourceTerm
    nuclides : sequence of str
        Of the release.
    start : int
        Seconds since 1970, UTC.
    place : (float, float)
        Of the release in the flow's cells.
    latitude, longitude : float
        [°]
    heights : sequence of float
        [m]
    shares : float array, shape (release hours, heights)
        How much of each hour's release stands for each height [1].
    grid : Grid
    far : FarCells
    settings : ParticleSettings
    threads : int
    told : callable, optional
        Told the hours done and their total.

    Raises
    ------
    OutOfRange
        If the flow does not cover the release.
    """
    hours = term.hours + round(settings.oldest / SECONDS_PER_HOUR)
    course = _Course(term, nuclides, hours, grid, far)
    used = [k for k in range(len(heights)) if np.any(shares[:, k] > 0.0)]
    starts = [start + SECONDS_PER_HOUR * hour for hour in range(term.hours)]
    for n, k in enumerate(used):
        own = np.asarray(shares[:, k], dtype=float)
        found = unit_releases(
            flow, grid, x=place[0], y=place[1], latitude=latitude, longitude=longitude, starts=starts,
            height=float(heights[k]), settings=settings, threads=threads, each_hour=course.counting(own),
            far=far.cells, told=None if told is None else _later(told, n, len(used)),
        )  # fmt: skip
        course.weigh(own, found)
    return course.plume(start)


def _later(told: Callable[[int, int], None], before: int, rounds: int) -> Callable[[int, int], None]:
    """Tell the hours of one of several rounds as part of all."""
    return lambda done, of: told(before * of + done, rounds * of)


class _Course:
    """What comes in hour by hour: running sums, of which the hour's are the difference."""

    def __init__(self, term: SourceTerm, nuclides: Sequence[str], hours: int, grid: Grid, far: FarCells) -> None:
        self.nuclides, self.grid, self.far, self.hours = tuple(nuclides), grid, far, hours
        index = [term.nuclides.index(n) for n in nuclides]
        self.activity = term.activity[:, index]  # (release hours, nuclides, forms)
        self.decay = np.log(2.0) / np.array([half_life(n) for n in nuclides])
        self.rings = min(int(np.searchsorted(grid.edges, NEAR)), grid.rings)
        turned = self.decay * SECONDS_PER_HOUR
        self.fresh = -np.expm1(-turned) / turned  # left at the hour's end of what is laid down evenly within it
        near, beyond = (self.rings, grid.sectors), (far.cells.rows, far.cells.columns)
        self.air = [np.zeros((len(nuclides), hours, *shape), dtype=np.float32) for shape in (near, beyond)]
        self.laid = [np.zeros((len(nuclides), hours, *shape), dtype=np.float32) for shape in (near, beyond)]
        self.last = 0
        self.amount, self.variance = np.zeros(grid.cells), np.zeros(grid.cells)

    def counting(self, shares: Floats) -> Callable[[int, npt.NDArray[Any], npt.NDArray[Any] | None], None]:
        """Who is told of each hour of a height."""
        before: dict[str, npt.NDArray[Any]] = {}
        volume = self.far.cells.depth * self.far.areas[..., None]
        area = self.far.areas[..., None]

        def hour(index: int, sums: npt.NDArray[Any], beyond: npt.NDArray[Any] | None) -> None:
            if index >= self.hours:
                return
            self.last = max(self.last, index + 1)
            near = sums[:, : self.rings * self.grid.sectors]
            near = near.reshape(len(sums), self.rings, self.grid.sectors, -1)
            laid = near[..., puff.DRY_SUM : puff.DRY_SUM + 3] + near[..., puff.WET_SUM : puff.WET_SUM + 3]
            parts = [("near air", 0, near[..., puff.TIC : puff.TIC + 4]), ("near laid", 0, laid)]
            if beyond is not None:
                forms = len(FORMS)
                parts += [("far air", 1, beyond[..., :forms] / volume), ("far laid", 1, beyond[..., forms:] / area)]
            for name, where, values in parts:
                new = values - before[name] if name in before else np.array(values)
                before[name] = np.array(values)
                self._add(index, shares, where, new)

        return hour

    def _add(self, index: int, shares: Floats, where: int, new: npt.NDArray[Any]) -> None:
        """An hour's new sums of each release hour, times its activity decayed since."""
        begun = min(index + 1, len(shares))
        ages = np.maximum((index - np.arange(begun)) * SECONDS_PER_HOUR, FRESH)
        left = shares[:begun, None] * np.exp(-np.outer(ages, self.decay))
        forms = new.shape[-1]
        amount = left[..., None] * self.activity[:begun, :, len(FORMS) - forms :]
        total = np.tensordot(amount, new[:begun], axes=([0, 2], [0, 3])).astype(np.float32)
        if forms == len(FORMS):
            self.air[where][:, index] += total / np.float32(SECONDS_PER_HOUR)
        else:
            self.laid[where][:, index] += total

    def weigh(self, shares: Floats, found: UnitReleases) -> None:
        """Add up the noise of a height's hours, which are independent of each other."""
        amount = (shares * self.activity.sum(axis=(1, 2)))[:, None] * found.sums[:, :, puff.TIC]
        self.amount += amount.sum(axis=0)
        self.variance += np.where(amount > 0.0, (amount * found.noise) ** 2, 0.0).sum(axis=0)

    def plume(self, start: int) -> Plume:
        """All of it, what lies on the ground decayed hour by hour."""
        kept = np.exp(-self.decay * SECONDS_PER_HOUR).astype(np.float32)
        for laid in self.laid:
            laid *= self.fresh.astype(np.float32)[:, None, None, None]
            for hour in range(1, self.last):
                laid[:, hour] += laid[:, hour - 1] * kept[:, None, None]
        near, far = 0, 1
        noise = np.full(self.grid.cells, np.nan)
        np.divide(np.sqrt(self.variance), self.amount, out=noise, where=self.amount > 0.0)
        shape = (self.grid.rings, self.grid.sectors)
        amount = self.amount.reshape(shape)
        span = slice(0, self.last)
        return Plume(
            start, self.nuclides, self.grid, self.far, self.air[near][:, span], self.laid[near][:, span],
            self.air[far][:, span], self.laid[far][:, span], noise.reshape(shape),
            (amount > 0.1 * amount.max(axis=1, keepdims=True)),
        )  # fmt: skip
