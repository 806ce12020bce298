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
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.errors import OutOfRange

__all__ = ["BATCHES", "Footprint", "Receptor", "backward", "reversed_flow"]

BATCHES = 8
"""Runs with random numbers of their own, whose spread is the noise; their mean is the answer."""

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
        Of the sampling; the first hour is the one before it, seconds since 1970, UTC.
    seconds, noise : float32 array, shape (hours, rows, columns)
        Time in a cell for each hour back from ``end``, as a share of a whole particle [s], and its standard error.
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
    turned: Flow, receptor: Receptor, cells: Cells, *, hours: int, form: int, particles: int, seed: int = 1,
    threads: int = 2, batches: int = BATCHES, told: Callable[[int, int], None] | None = None,
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
        Back from the end of the sampling.
    form : int
        Of `oberih.constants.FORMS`: what deposits on the way is lost.
    particles : int
        Shared between the batches.
    seed, threads : int
    batches : int
        At least two.
    told : callable, optional
        Told the hours done and their total, over all batches.

    Raises
    ------
    OutOfRange
        If the fields do not cover the hours, or the sample makes no sense.
    """
    if receptor.end <= receptor.start:
        raise OutOfRange("must end after it begins", field="sampling", value=(receptor.start, receptor.end))
    if batches < 2:
        raise OutOfRange("at least two are needed to know the noise", field="batches", value=batches)
    each = -(-particles // batches)
    total = np.zeros((hours, cells.rows, cells.columns))
    squares = np.zeros_like(total)
    kept = gone = 0.0
    for k in range(batches):
        release = Release(
            -receptor.end, float(receptor.end - receptor.start), receptor.x, receptor.y, receptor.low, receptor.high,
            each, 0.0, seed * 1000 + k,
        )  # fmt: skip
        trail = follow(
            turned, release, cells, hours=hours, threads=threads,
            told=(lambda done, of, k=k: told(k * of + done, batches * of)) if told else None,
        )  # fmt: skip
        seconds = trail.seconds[:, form].astype(float)
        total += seconds
        squares += seconds**2
        kept, gone = kept + float(trail.air[form]), gone + float(trail.gone[form])
    mean = total / batches
    variance = np.maximum(squares / batches - mean**2, 0.0) / (batches - 1)
    single = np.float32
    return Footprint(
        receptor.end, mean.astype(single), np.sqrt(variance).astype(single), kept / batches, gone / batches,
        each * batches, batches,
    )  # fmt: skip
