"""Where was the air that a sample was taken from, hour by hour before it?

The forward run's mirror: particles are let out evenly over the volume and the time of a sample and followed through the
air with its wind turned round and its times in reverse.  What a particle loses on its way by deposition it loses in
both directions.  The time that they spend in a cell near the ground says how strongly that cell acts on the sample.

Defines the nouns `Receptor` and `Footprint`.

Notes
-----
With q [Bq/(m3 s)] let out evenly over a cell of volume V and an hour, the mean concentration over the sample is
``q τ`` where τ is the time [s] that a backward particle spends in the cell within the hour: of one becquerel an hour,
``τ / (3600 V)`` [Bq/m3].  The air that thins with height adds the ratio of densities at the sample and at the cell.

The standard error is that of batches, each with random numbers of its own: ``sqrt(variance of batches / batches)``.

Source: Flesch, Wilson & Yee (1995), J. Appl. Meteorol. 34, 1320 (forward and backward random walks);
Seibert & Frank (2004), Atmos. Chem. Phys. 4, 51 (source-receptor relationships backward in time).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import COLUMNS, advance
from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.particles.blocks import begun, rows_of
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import LOOKS, SPAN, Cells, look
from oberih.errors import OutOfRange

__all__ = ["BATCHES", "Footprint", "Receptor", "backward", "reversed_flow"]

BATCHES = 8
"""Runs side by side with random numbers of their own, whose spread is the noise; their mean is the answer."""

ALWAYS = -(2**40)
"""Before any time that is asked for [s]."""

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Receptor:
    """A volume of air that was sampled.

    Parameters
    ----------
    start, end : int
        Of the sampling, seconds since 1970, UTC.
    x, y : float
        Where, in cells of the flow's grid.
    low, high : float
        Between which heights above ground [m].
    """

    start: int
    end: int
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Footprint:
    """How long the sampled air stayed near the ground, where and when.

    Parameters
    ----------
    end : int
        Of the clock hour in which the sampling ended, seconds since 1970, UTC.
    seconds, noise : float32 array, shape (hours, rows, columns)
        Time of a whole particle in a cell, for each clock hour back from ``end`` [s], and its standard error.
    kept : float
        Share of the particles' weight still in the air of the fields at the end, back in time [1].
    gone : float
        Share that left the fields: nothing is known of what happened there [1].
    particles : int
        In all batches together.
    batches : int
    """

    end: int
    seconds: Singles
    noise: Singles
    kept: float
    gone: float
    particles: int
    batches: int


def reversed_flow(flow: Flow) -> Flow:
    """Give the air as it is met by who goes back in time: time t of the clock is -t here.

    Steady air has no beginning.
    """
    return replace(flow.reversed(), start=ALWAYS if flow.times == 1 else -round(flow.end))


def backward(
    turned: Flow, receptor: Receptor, cells: Cells, *, hours: int, form: int, particles: int, decay: float = 0.0,
    seed: int = 1, threads: int = 2, batches: int = BATCHES, told: Callable[[int, int], None] | None = None,
) -> Footprint:  # fmt: skip
    """Follow the air of a sample back in time.

    Parameters
    ----------
    turned : Flow
        As `reversed_flow` gives it.
    receptor : Receptor
    cells : Cells
        Their depth is that of the layer into which a release would go.
    hours : int
        Clock hours back from the one in which the sampling ended.
    form : int
        Of `oberih.constants.FORMS`: what deposits on the way is lost.
    particles : int
        Shared between the batches.
    decay : float
        On the way [1/s].
    seed, threads : int
        Threads change no bit.
    batches : int
        At least two.
    told : callable, optional
        Told the hours done and their total.

    Raises
    ------
    OutOfRange
        If the fields do not cover the hours, or the sample makes no sense.
    """
    end = -(-receptor.end // SECONDS_PER_HOUR) * SECONDS_PER_HOUR
    _check(turned, receptor, end=end, hours=hours, batches=batches)
    each = -(-particles // (batches * LANES))
    blocks, states, ages = _released(receptor, each, batches, seed, delay=float(end - receptor.end))
    before, streams = np.zeros(len(blocks)), [(k * each, (k + 1) * each) for k in range(batches)]
    sums = np.zeros((batches, cells.rows, cells.columns, COLUMNS), dtype=np.float32)
    gone = np.zeros((batches, kernel.FORMS + 1))
    wind, surface = np.empty_like(turned.wind[0]), np.empty_like(turned.surface[0])
    mean, noise = (np.zeros((hours, cells.rows, cells.columns), dtype=np.float32) for _ in range(2))
    one = np.float32

    def work(part: tuple[int, int, int]) -> None:
        k, own = part[0], slice(*part[1:])
        under_way = ages[own] >= 0.0
        _decay(blocks[own], np.where(under_way, 0.5 * SPAN, 0.0), decay)
        advance(
            blocks, states, ages, before, own.start, own.stop, SPAN, wind, surface, one(turned.a), one(turned.b),
            one(turned.lapse), one(turned.cells_y), one(0.0), sums[k], one(cells.scale_x), one(cells.offset_x),
            one(cells.scale_y), one(cells.offset_y), one(cells.depth), gone[k],
        )  # fmt: skip
        _decay(blocks[own], np.where(under_way, 0.5 * SPAN, np.maximum(ages[own], 0.0)), decay)

    with ThreadPoolExecutor(threads) as pool:
        for hour in range(hours):
            sums[:] = 0.0
            for span in range(round(SECONDS_PER_HOUR / SPAN)):
                if turned.times > 1:
                    before[:] = LOOKS.since(ages, before)
                for after, parts in LOOKS.parts(ages, streams):
                    look(turned, max(-end + hour * SECONDS_PER_HOUR + span * SPAN + after, turned.start), wind, surface)
                    list(pool.map(work, parts))
            seconds = sums[..., form] / one(each * LANES)
            mean[hour], noise[hour] = seconds.mean(axis=0), seconds.std(axis=0, ddof=1) / np.sqrt(batches)
            if told:
                told(hour + 1, hours)
    kept = rows_of(blocks)[:, kernel.WEIGHT + form].sum(dtype=np.float64)
    count = each * LANES * batches
    return Footprint(end, mean, noise, float(kept) / count, float(gone[:, form].sum()) / count, count, batches)


def _check(turned: Flow, receptor: Receptor, *, end: int, hours: int, batches: int) -> None:
    if receptor.end <= receptor.start:
        raise OutOfRange("must end after it begins", field="sampling", value=(receptor.start, receptor.end))
    if batches < 2 or hours < 1:
        raise OutOfRange(
            "at least two batches are needed to know the noise, and an hour", field="batches", value=batches
        )
    rows, columns = turned.wind.shape[1:3]
    if not (0.0 < receptor.x < columns - 1 and 0.0 < receptor.y < rows - 1):
        raise OutOfRange("lies outside the fields", field="receptor", value=(receptor.x, receptor.y))
    if not 0.0 <= receptor.low <= receptor.high <= turned.top:
        heights = (receptor.low, receptor.high)
        raise OutOfRange(f"must lie between 0 and {turned.top:.0f} m", field="heights", value=heights)
    if -receptor.end < turned.start or -end + hours * SECONDS_PER_HOUR > turned.end:
        raise OutOfRange("the fields do not cover these hours", field="sampling", value=receptor.end)


def _released(
    receptor: Receptor, each: int, batches: int, seed: int, *, delay: float
) -> tuple[Singles, npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    """Blocks of all batches, spread over volume and time of the sample, their generators, and negative ages."""
    parts = []
    for k in range(batches):
        rng = np.random.default_rng(np.random.SeedSequence([seed, k]))
        blocks, states = begun(rng, each, x=receptor.x, y=receptor.y, low=receptor.low, high=receptor.high)
        share = (np.arange(each) + rng.uniform(0.0, 1.0, each)) / each
        parts.append((blocks, states, -(delay + share * (receptor.end - receptor.start))))
    blocks, states, ages = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return blocks, states, ages


def _decay(blocks: Singles, seconds: npt.NDArray[np.float64], decay: float) -> None:
    """Let what each block carries decay for a time [s]."""
    if decay > 0.0:
        rows = rows_of(blocks)[:, kernel.WEIGHT :]
        rows *= np.exp(-decay * seconds).astype(np.float32)[:, None, None]
