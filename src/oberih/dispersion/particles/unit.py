"""What would one becquerel leave around the site, hour by hour of release, in fields of the air?

The particle engine as an atlas needs it: takes a `Flow`, a `Grid` and the hours of release, gives for each what one
becquerel of each form, let out evenly over the hour, leaves in every cell, in the columns of
`oberih.dispersion.kernels.puff`.

Defines the nouns `ParticleSettings` (what the engine is told) and `UnitReleases` (what it answers).

Invariants: a release hour's numbers depend on the flow, the settings, the height and its own time only: neither on the
hours that are carried with it nor on the threads.  For each form the fates add up to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.kernels import puff
from oberih.dispersion.kernels.particles import sample, sideways
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.blur import blur
from oberih.dispersion.kernels.particles.carry import NEAR_STEP, YOUNG, carry
from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.kernels.particles.window import blend_within, widened
from oberih.dispersion.particles.blocks import begun, rows_of
from oberih.dispersion.particles.cloud import NEAR, spread_cloud, with_site
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells
from oberih.dispersion.particles.looks import looks_of
from oberih.dispersion.particles.place import place_of
from oberih.dispersion.puffs import gamma_mixture, mesh_of
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange

__all__ = ["ParticleSettings", "UnitReleases", "unit_releases"]

KERNEL = (0.95, 0.15, 800.0, 4.0)
"""Share of the variance sideways that is a kernel's [1]; the while of the kernel upward, as a part of the age [1] and
at most [s]; its least mean height [m].  `benchmarks.particle_year` shows what they give."""

WIDEST, WIDEST_CELLS = 10e3, 1.0
"""Widest kernel [m], and in cells of the fields [1]."""

FASTEST = 200.0
"""Faster than this nothing is carried within a span [m/s]."""

EDGE = 1.05
"""Beyond so much of the grid's outer radius a particle is given up [1]."""

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
EachHour = Callable[[int, Floats, Singles | None], None]
"""Called at the end of a clock hour with its index, the sums so far (n, cells, 12) and those of the far cells."""


@dataclass(frozen=True)
class ParticleSettings:
    """What the particle engine is told.

    Parameters
    ----------
    particles : int
        Of a release hour; rounded up to whole blocks of 64.
    oldest : float
        Age at which a particle is given up and counted as aloft [s].
    sampling : str
        "kernel" (a vertical kernel that grows with age) or "cells" (plain counting below ``depth``).
    depth : float
        Of plain counting [m].
    span : float
        Between two looks at the fields [s]; divides an hour.
    longest : float
        Longest step [s].
    seed : int
    """

    particles: int = 3840
    oldest: float = 72.0 * SECONDS_PER_HOUR
    sampling: str = "kernel"
    depth: float = 100.0
    span: float = 450.0
    longest: float = 450.0
    seed: int = 1

    def __post_init__(self) -> None:
        if self.sampling not in ("kernel", "cells"):
            raise OutOfRange("must be 'kernel' or 'cells'", field="sampling", value=self.sampling)
        if self.particles < 1 or not self.oldest > 0.0 or not self.depth > 0.0 or not self.longest > 0.0:
            raise OutOfRange("must be above 0", field="particles, oldest, depth, longest", value=self)
        if not 1.0 <= self.span <= SECONDS_PER_HOUR or SECONDS_PER_HOUR % self.span:
            raise OutOfRange("must divide an hour", field="span", value=self.span)


@dataclass(frozen=True)
class UnitReleases:
    """What one becquerel of each form leaves, for each release hour.

    Parameters
    ----------
    sums : float array, shape (n, cells, 12)
        Columns of `oberih.dispersion.kernels.puff`: tic [s/m3], dry and wet [1/m2], gamma [s/m3], age [s].
    balance : float array, shape (n, forms, 7)
        Fates as there [1].
    noise : float array, shape (n, cells)
        Relative standard error of the noble gas's tic, from eight parts of the release [1]; NaN where there is none.
    steps : int
        Particle-steps taken.
    """

    sums: Floats
    balance: Floats
    noise: Floats
    steps: int


def unit_releases(
    flow: Flow, grid: Grid, *, x: float, y: float, latitude: float, longitude: float, starts: Sequence[int],
    height: float | tuple[float, float], settings: ParticleSettings, threads: int = 1,
    told: Callable[[int, int], None] | None = None, each_hour: EachHour | None = None, far: Cells | None = None,
) -> UnitReleases:  # fmt: skip
    """Carry one becquerel of each form for each hour of release, all in one pass over the fields.

    Parameters
    ----------
    flow : Flow
    grid : Grid
    x, y : float
        The site, in cells of the flow's grid.
    latitude, longitude : float
        The site [°].
    starts : sequence of int
        Beginning of each release hour, seconds since 1970, rising by whole hours.
    height : float or two
        Of the release [m], or between which.
    settings : ParticleSettings
    threads : int
    told : callable, optional
        Told the hours of weather done and their total.
    each_hour : callable, optional
        Called at the end of each clock hour since the first start with its index, what there is so far
        (n, cells, 12), and of ``far`` (n, rows, columns, 7).
    far : Cells, optional
        Cells of the flow's own grid that are counted beside, as `follow` does.

    Raises
    ------
    OutOfRange
        If the site lies outside the fields or a release before them, or the starts make no sense.

    Notes
    -----
    Where the fields end before a release is old enough, what is in the air then is aloft.
    """
    low, high = height if isinstance(height, tuple) else (height, height)
    _check(flow, x, y, starts, low, high)
    run = _Pass(flow, grid, place_of(flow, with_site(grid), x=x, y=y, latitude=latitude), settings, threads, far)
    end = min(starts[-1] + SECONDS_PER_HOUR + settings.oldest, flow.end)
    hours = int(np.ceil((end - starts[0]) / SECONDS_PER_HOUR))
    waiting = list(starts)
    with ThreadPoolExecutor(threads) as pool:
        for hour in range(hours):
            while waiting and waiting[0] < starts[0] + (hour + 1) * SECONDS_PER_HOUR and waiting[0] < end:
                run.begin(_release(waiting.pop(0), x, y, low, high, settings), far)
            for span in range(round(SECONDS_PER_HOUR / settings.span)):
                time = starts[0] + hour * SECONDS_PER_HOUR + span * settings.span
                run.go(pool, time, min(settings.span, end - time))
            if each_hour:
                each_hour(hour, run.sums(len(starts)), run.far(len(starts)))
            run.put_away()
            if told:
                told(hour + 1, hours)
    return run.result(len(starts))


@dataclass
class _Release:
    """One release hour on its way."""

    start: int
    blocks: Singles
    states: npt.NDArray[np.uint32]
    kernels: Singles
    ages: Floats
    before: Floats
    sums: Floats
    near: Floats
    account: Floats
    far: Singles


_Part = tuple[_Release, int, int]
"""A release, its first block of some, and the one after the last."""


class _Pass:
    """Releases that are carried through the same fields together."""

    def __init__(
        self, flow: Flow, grid: Grid, place: Singles, settings: ParticleSettings, threads: int, far: Cells | None
    ) -> None:
        self.flow, self.grid, self.place, self.settings, self.threads = flow, grid, place, settings, threads
        self.whole = with_site(grid)
        self.wind, self.surface = flow.wind[0].copy(), flow.surface[0].copy()
        mixture = gamma_mixture()
        self.weights, self.sigmas = mixture.weights.astype(np.float32), mixture.sigmas.astype(np.float32)
        cell = min(1.0 / flow.cells_y, 1.0 / float(flow.surface[0, :, :, kernel.CELLS_X].max()))
        self.looks = looks_of(settings.span, young=YOUNG, young_step=NEAR_STEP, longest=settings.longest)
        self.shape = np.array([KERNEL[0], min(WIDEST_CELLS * cell, WIDEST), *KERNEL[1:]], dtype=np.float32)
        self.plain = settings.sampling == "cells"
        if self.plain:
            self.shape[sample.SHARE] = 0.0
        self.facts = np.array([flow.a, flow.b, flow.lapse, flow.cells_y], dtype=np.float32)
        self.rows = np.zeros(5, dtype=np.float32)
        if far:
            self.rows[:] = far.scale_x, far.offset_x, far.scale_y, far.offset_y, far.depth
        self.counted = far is not None
        self.near = int(np.searchsorted(self.whole.edges[:-1], NEAR))
        self.releases: list[_Release] = []
        self.going: list[_Release] = []
        self.steps = 0

    def begin(self, release: _Release, far: Cells | None) -> None:
        """Take a release in."""
        release.sums = np.zeros((self.whole.cells, sample.COLUMNS))
        release.near = np.zeros((self.near, self.grid.sectors, 2 * sample.COMPONENTS))
        if far:
            release.far = np.zeros((far.rows, far.columns, 2 * kernel.FORMS + 1), dtype=np.float32)
        self.releases.append(release)
        self.going.append(release)

    def go(self, pool: ThreadPoolExecutor, time: float, span: float) -> None:
        """Carry every release on its way through a span, each block in the fields of the time at which it looks."""
        if span <= 0.0 or not self.going:
            return
        going, each = self.going, map if self.threads == 1 else pool.map
        ends = np.cumsum([len(release.ages) for release in going]).tolist()
        begins = [0, *ends[:-1]]
        ages = np.concatenate([release.ages for release in going])
        if self.flow.times > 1:
            for release in going:
                release.before[:] = self.looks.since(release.ages, release.before)
        for after, found in self.looks.parts(ages, list(zip(begins, ends, strict=True))):
            parts = [(going[n], first - begins[n], last - begins[n]) for n, first, last in found]
            self._look(time + after * span / self.looks.span, span, parts)
            taken: Iterable[int] = each(partial(self._carry, span), parts)
            self.steps += sum(taken) * LANES

    def _look(self, time: float, span: float, parts: Sequence[_Part]) -> None:
        """Lay out the fields of a time, where particles may meet them."""
        flow = self.flow
        if flow.times == 1:
            return
        earlier, later, share = flow.between(time)
        window = self._window(span, parts)
        for field, out in ((flow.wind, self.wind), (flow.surface, self.surface)):
            plane = (*out.shape[:2], -1)
            e, n, o = field[earlier].reshape(plane), field[later].reshape(plane), out.reshape(plane)
            blend_within(e, n, np.float32(share), o, *window)

    def _window(self, span: float, parts: Sequence[_Part]) -> tuple[int, int, int, int]:
        """First and last row and column that a particle may meet within a span; the last is excluded."""
        found = []
        for axis, most in ((kernel.Y, self.wind.shape[0]), (kernel.X, self.wind.shape[1])):
            cells = self.flow.cells_y if axis == kernel.Y else float(self.surface[:, 0, kernel.CELLS_X].max())
            margin, low, high = FASTEST * span * cells + 2.0, 1e30, -1e30
            for release, first, last in parts:
                low, high = widened(release.blocks[first:last], axis, np.float32(low), np.float32(high))
            low, high = (low, high) if low <= high else (0.0, 0.0)
            found += [max(int(low - margin), 0), min(int(high + margin) + 1, most)]
        return found[0], found[1], found[2], found[3]

    def _carry(self, span: float, part: _Part) -> int:
        own, (r, first, last) = self.settings, part
        depth = own.depth if self.plain else 0.0
        return int(carry(
            r.blocks, r.states, r.kernels, r.ages, r.before, first, last, span, own.longest, own.oldest, self.wind,
            self.surface, self.facts, self.place, self.weights, self.sigmas, np.float32(depth), self.shape, r.sums,
            r.near, r.account, r.far, self.rows, self.whole.rings, self.grid.sectors, EDGE * self.grid.outer_radius,
        ))  # fmt: skip

    def put_away(self) -> None:
        """Leave out what is followed no more."""
        for release in self.going:
            weights = rows_of(release.blocks)[:, kernel.WEIGHT]
            if (weights[release.ages < self.settings.oldest] == 0.0).all():
                release.account[:, sample.LEFT + 1] = _aloft(release.blocks)
                release.blocks = release.blocks[:0]
        self.going = [release for release in self.going if len(release.blocks)]

    def sums(self, count: int) -> Floats:
        """What each release left so far, shape (count, cells, 12)."""
        out = np.zeros((count, self.grid.cells, puff.SUMS))
        for own, release in zip(out, self.releases, strict=False):
            self._into(own, self.spread(release))
        return out

    def _into(self, out: Floats, found: Floats) -> None:
        """Sums of a cell [per square metre] as puffs have them."""
        per = 1.0 / (_particles(self.settings) * np.repeat(self.grid.areas, self.grid.sectors))[:, None]
        found = found[self.whole.cells - self.grid.cells :]
        out[:, puff.TIC] = found[:, : sample.BATCHES].sum(axis=1) * per[:, 0]
        out[:, puff.TIC + 1 : puff.GAMMA] = found[:, sample.TIC : sample.GAMMA] * per
        gamma, aged = found[:, sample.GAMMA], found[:, sample.AGED]
        out[:, puff.GAMMA] = gamma * per[:, 0]
        out[:, puff.AGED] = np.divide(aged, gamma, out=np.zeros_like(aged), where=gamma > 0.0)

    def spread(self, release: _Release) -> Floats:
        """What a release left so far with every kernel spread, of the cells and of those of the site within them."""
        sums = release.sums.copy()
        gamma, aged = spread_cloud(self.whole, release.near)
        sums[:, sample.GAMMA] += gamma
        sums[:, sample.AGED] += aged
        if self.plain:
            return sums
        out, mesh = np.zeros_like(sums), mesh_of(self.whole)
        blur(mesh, sums, out, np.zeros(mesh.east.size, dtype=np.int64), np.zeros(mesh.east.size))
        return out

    def far(self, count: int) -> Singles | None:
        """What each release left in the far cells so far; None if nobody asked."""
        if not self.counted:
            return None
        out = np.zeros((count, *self.releases[0].far.shape), dtype=np.float32)
        for own, release in zip(out, self.releases, strict=False):
            own[:] = release.far / np.float32(_particles(self.settings))
        return out

    def result(self, count: int) -> UnitReleases:
        """All of it; a release that the fields did not reach is aloft."""
        weight = 1.0 / _particles(self.settings)
        balance = np.zeros((count, kernel.FORMS + 1, puff.BALANCE))
        sums = np.zeros((count, self.grid.cells, puff.SUMS))
        noise = np.full((count, self.grid.cells), np.nan)
        balance[:, :, puff.RELEASED] = 1.0
        balance[len(self.releases) :, :, puff.ALOFT] = 1.0
        for i, release in enumerate(self.releases):
            if len(release.blocks):
                release.account[:, sample.LEFT + 1] = _aloft(release.blocks)
            found = self.spread(release)
            self._into(sums[i], found)
            balance[i, :, puff.DRY_IN :] = self._fates(release, found) * weight
            parts = found[self.whole.cells - self.grid.cells :, : sample.BATCHES]
            mean, used = parts.mean(axis=1), min(len(release.ages), sample.BATCHES)
            error = parts[:, :used].std(axis=1, ddof=1) / np.sqrt(used) if used > 1 else np.full(len(mean), np.nan)
            np.divide(error, parts[:, :used].mean(axis=1), out=noise[i], where=mean > 0.0)
        return UnitReleases(sums, balance, noise, self.steps)

    def _fates(self, release: _Release, found: Floats) -> Floats:
        """Fates [particles]: what kernels carry out of the cells lies beyond, what they carry in lies on the site."""
        laid, after = release.sums[:, sample.DRY_SUM : sample.GAMMA], found[:, sample.DRY_SUM : sample.GAMMA]
        site = self.whole.cells - self.grid.cells
        fates = release.account.copy()
        forms = kernel.FORMS
        inside = after[site:].sum(axis=0)
        fates[1:, sample.DRY_IN], fates[1:, sample.WET_IN] = inside[:forms], inside[forms:]
        on_site, out = after[:site].sum(axis=0), laid.sum(axis=0) - after.sum(axis=0)
        fates[1:, sample.ON_SITE] += on_site[:forms] + on_site[forms:]
        fates[1:, sample.BEYOND] += out[:forms] + out[forms:]
        return fates


def _release(start: int, x: float, y: float, low: float, high: float, settings: ParticleSettings) -> _Release:
    """Blocks at their start, whose random numbers follow from the seed, the hour and the height."""
    count = -(-settings.particles // LANES)
    rng = np.random.default_rng(np.random.SeedSequence([settings.seed, start, round(10 * low), round(10 * high)]))
    blocks, states = begun(rng, count, x=x, y=y, low=low, high=high)
    kernels = np.zeros((count, sideways.KERNEL_ROWS, LANES), dtype=np.float32)
    if settings.sampling == "kernel":
        sideward = [kernel.TURN_X, kernel.TURN_Y, kernel.SLOW_X, kernel.SLOW_Y]
        rows_of(blocks)[:, sideward] *= np.float32(np.sqrt(1.0 - KERNEL[0]))
        kernels[:, [sideways.TURN_SHARE, sideways.SLOW_SHARE]] = KERNEL[0]
    ages = -(np.arange(count) + 0.5) / count * SECONDS_PER_HOUR
    none = np.zeros((0, 0))
    return _Release(
        start, blocks, states, kernels.reshape(count, -1), ages, np.zeros(count), none, none[None],
        np.zeros((kernel.FORMS + 1, puff.BALANCE - 1)), np.zeros((0, 0, 2 * kernel.FORMS + 1), dtype=np.float32),
    )  # fmt: skip


def _particles(settings: ParticleSettings) -> int:
    return -(-settings.particles // LANES) * LANES


def _aloft(blocks: Singles) -> Floats:
    """What is still in the air, form by form, in particles."""
    return np.asarray(rows_of(blocks)[:, kernel.WEIGHT :].sum(axis=(0, 2), dtype=np.float64))


def _check(flow: Flow, x: float, y: float, starts: Sequence[int], low: float, high: float) -> None:
    rows, columns = flow.wind.shape[1:3]
    if not (0.0 < x < columns - 1 and 0.0 < y < rows - 1):
        raise OutOfRange("lies outside the fields", field="site", value=(x, y))
    if not 0.0 <= low <= high <= flow.top:
        raise OutOfRange(f"must lie within 0 to {flow.top:.0f} m", field="height", value=(low, high))
    apart = np.diff(np.asarray(starts, dtype=np.float64))
    if not len(starts) or (apart <= 0).any() or np.fmod(apart, SECONDS_PER_HOUR).any():
        raise OutOfRange("must rise by whole hours", field="starts", value=list(starts)[:3])
    if flow.times > 1 and starts[0] < flow.start:
        raise OutOfRange("begins before the fields", field="starts", value=starts[0], cure="give earlier fields")
