"""Follow a release through the air, hour by hour.

The verb of this folder: takes a `Flow` and a `Release`, gives a `Trail`: what stood in the air near the ground and what
was laid down, cell by cell and hour by hour, for one becquerel of each form.

Invariants: for each form, air + ground + gone + decayed = 1; the same seed gives the same bits, whatever the number of
threads.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import (
    COLUMNS,
    DEPOSIT,
    LONGEST,
    WITH_RAIN,
    YOUNG,
    YOUNG_STEP,
    advance,
    blend,
)
from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.particles.blocks import begun, rows_of
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.looks import looks_of
from oberih.errors import OutOfRange

__all__ = ["LOOKS", "SPAN", "STREAMS", "Cells", "Release", "Trail", "follow", "look"]

SPAN = LONGEST
"""Between two looks at the fields, which are linear in time [s]."""

LOOKS = looks_of(SPAN, young=YOUNG, young_step=YOUNG_STEP, longest=LONGEST)
"""Of blocks of each age."""

STREAMS = 4
"""Sums that are kept apart and added in order, so that the threads that share them change no bit."""

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Release:
    """One becquerel of each form, let out evenly.

    Parameters
    ----------
    start : int
        Seconds since 1970, UTC.
    length : float
        [s]
    x, y : float
        Where, in cells of the flow's grid.
    low, high : float
        Between which heights above ground [m].
    particles : int
        Rounded up to whole blocks of 64.
    settling : float
        Velocity of heavy particles [m/s].
    seed : int
    """

    start: int
    length: float
    x: float
    y: float
    low: float
    high: float
    particles: int
    settling: float = 0.0
    seed: int = 1


@dataclass(frozen=True)
class Cells:
    """Cells of equal size that are counted into: column = scale_x x + offset_x, of positions in the flow's grid.

    Parameters
    ----------
    rows, columns : int
    scale_x, offset_x, scale_y, offset_y : float
    depth : float
        Of the layer that counts as near the ground [m].
    """

    rows: int
    columns: int
    scale_x: float
    offset_x: float
    scale_y: float
    offset_y: float
    depth: float = 100.0


@dataclass(frozen=True)
class Trail:
    """What a release left behind.

    Parameters
    ----------
    start : int
        Of the first hour, seconds since 1970, UTC.
    seconds : float32 array, shape (hours, 4, rows, columns)
        Particle-seconds near the ground, per becquerel released: noble gas, then the forms that deposit [s].
    deposit : float32 array, shape (hours, 3, rows, columns)
        Laid down, per becquerel released [1]; as it was when it came down.
    wet : float32 array, shape (hours, 3, rows, columns)
        How much of it rain brought [1].
    air, gone : float array, shape (4,)
        What is still in the air, and what left the domain or came down beyond the cells [1].
    decayed : float array, shape (4,)
        What decayed in the air [1].
    steps : int
        Particle-steps taken.
    """

    start: int
    seconds: Singles
    deposit: Singles
    wet: Singles
    air: Floats
    gone: Floats
    decayed: Floats
    steps: int


def follow(
    flow: Flow, release: Release, cells: Cells, *, hours: int, threads: int = 2, decay: float = 0.0,
    told: Callable[[int, int], None] | None = None,
) -> Trail:  # fmt: skip
    """Follow a release.

    Parameters
    ----------
    flow : Flow
    release : Release
    cells : Cells
    hours : int
        From the start of the release.
    threads : int
    decay : float
        Of what is in the air [1/s]: half of a span's before it and half after, exact to (decay x span)²/24.
    told : callable, optional
        Told the hours done and their total.

    Raises
    ------
    OutOfRange
        If the fields do not cover the hours, or the release makes no sense.
    """
    _check(flow, release, hours)
    blocks, states, ages = _released(release)
    before = np.zeros(len(blocks))
    streams = [(int(a[0]), int(a[-1]) + 1) for a in np.array_split(np.arange(len(blocks)), STREAMS) if len(a)]
    sums = np.zeros((STREAMS, cells.rows, cells.columns, WITH_RAIN), dtype=np.float32)
    gone = np.zeros((STREAMS, kernel.FORMS + 1))
    wind, surface = np.empty_like(flow.wind[0]), np.empty_like(flow.surface[0])
    out = np.zeros((hours, WITH_RAIN, cells.rows, cells.columns), dtype=np.float32)
    one = np.float32
    taken, half, decayed = 0, -np.expm1(-0.5 * decay * SPAN), np.zeros(kernel.FORMS + 1)

    def work(part: tuple[int, int, int]) -> int:
        stream, first, last = part
        return int(advance(
            blocks, states, ages, before, first, last, SPAN, wind, surface, one(flow.a), one(flow.b),
            one(flow.lapse), one(flow.cells_y), one(release.settling), sums[stream], one(cells.scale_x),
            one(cells.offset_x), one(cells.scale_y), one(cells.offset_y), one(cells.depth), gone[stream],
        ))  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        for hour in range(hours):
            sums[:] = 0.0
            for span in range(round(SECONDS_PER_HOUR / SPAN)):
                decayed += _decay(blocks, ages, half)
                if flow.times > 1:
                    before[:] = LOOKS.since(ages, before)
                for after, parts in LOOKS.parts(ages, streams):
                    look(flow, release.start + hour * SECONDS_PER_HOUR + span * SPAN + after, wind, surface)
                    taken += sum(pool.map(work, parts))
                decayed += _decay(blocks, ages, half)
            out[hour] = np.moveaxis(sums.sum(axis=0), -1, 0)
            if told:
                told(hour + 1, hours)
    rows = rows_of(blocks)
    weight = 1.0 / (len(blocks) * LANES)
    released = ages >= 0.0
    air = rows[released][:, kernel.WEIGHT :].sum(axis=(0, 2), dtype=np.float64) * weight
    out *= one(weight)
    return Trail(
        release.start, out[:, :DEPOSIT], out[:, DEPOSIT:COLUMNS], out[:, COLUMNS:], air, gone.sum(axis=0) * weight,
        decayed * weight, taken * LANES,
    )  # fmt: skip


def _decay(blocks: Singles, ages: Floats, share: float) -> Floats:
    """Take a share of what is in the air from every particle that is released; how much, form by form."""
    if share <= 0.0:
        return np.zeros(kernel.FORMS + 1)
    rows = rows_of(blocks)[:, kernel.WEIGHT :]
    before = rows[ages >= 0.0].sum(axis=(0, 2), dtype=np.float64)
    rows *= np.where(ages >= 0.0, 1.0 - share, 1.0).astype(np.float32)[:, None, None]
    return np.asarray(before - rows[ages >= 0.0].sum(axis=(0, 2), dtype=np.float64))


def look(flow: Flow, time: float, wind: Singles, surface: Singles) -> None:
    """Blend the fields of a time into the arrays given, whose shapes are those of one time of the flow."""
    earlier, later, share = flow.between(time)
    blend(flow.wind[earlier], flow.wind[later], np.float32(share), wind)
    blend(flow.surface[earlier], flow.surface[later], np.float32(share), surface)


def _released(release: Release) -> tuple[Singles, npt.NDArray[np.uint32], Floats]:
    """Blocks at their start, their generators, and the time until each is let out, as a negative age."""
    count = -(-release.particles // LANES)
    rng = np.random.default_rng(np.random.SeedSequence(release.seed))
    blocks, states = begun(rng, count, x=release.x, y=release.y, low=release.low, high=release.high)
    return blocks, states, -(np.arange(count) + 0.5) / count * release.length


def _check(flow: Flow, release: Release, hours: int) -> None:
    if release.particles < 1 or hours < 1 or release.length < 0.0 or not 0.0 <= release.low <= release.high:
        raise OutOfRange("makes no sense", field="release", value=release)
    rows, columns = flow.wind.shape[1:3]
    if not (0.0 < release.x < columns - 1 and 0.0 < release.y < rows - 1):
        raise OutOfRange("lies outside the fields", field="release", value=(release.x, release.y))
    if release.high > flow.top:
        raise OutOfRange(f"lies above the fields, which end at {flow.top:.0f} m", field="release", value=release.high)
    if (flow.times > 1 and release.start < flow.start) or release.start + hours * SECONDS_PER_HOUR > flow.end:
        raise OutOfRange("the fields do not cover these hours", field="release", value=release.start)
