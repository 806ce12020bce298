"""How much is in the air of each room, and how much leaves it?

Bare numbers.  In every step a compartment's air M [Bq] by nuclide and form obeys::

    dM/dt = q − (k + Σ r_w c_w) M          leaving by way w:  r_w c_w p_w ∫ M dt

with inflow q, removal k, exchange rates r, carry-over c and filters p constant over the
step: solved exactly.  Decay is applied half before and half after (Strang), so that what
leaves has the activity of the step's middle.  Activity is conserved: source = in the air +
settled + held in filters + left, apart from decay.

What settles keeps decaying there; noble gases that grow in it return to the air.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Room", "StepMatrices", "Tally", "step_mean", "through_rooms"]

Floats = npt.NDArray[np.float64]

SETTLES = np.array([0.0, 1.0, 1.0, 0.0])
"""Which of the four forms are removed by settling and sprays."""


@dataclass(frozen=True)
class Room:
    """One compartment in arrays over the steps.

    Parameters
    ----------
    removal : float array, shape (steps,)
        [1/s]
    rate : float array, shape (ways, steps)
        [1/s]
    carries, passes : float array, shape (ways, forms)
        [1]
    to : tuple of int
        Index of the next room of each way; −1 is outside.
    """

    removal: Floats
    rate: Floats
    carries: Floats
    passes: Floats
    to: tuple[int, ...]


@dataclass(frozen=True)
class StepMatrices:
    """Decay over half a step.

    Parameters
    ----------
    stays : float array, shape (n,)
        What remains of a nuclide [1].
    grows : float array, shape (n, n)
        What grows of i from j [1], diagonal zero.
    home : float array, shape (n, forms)
        One in the column of the form that grown activity takes.
    """

    stays: Floats
    grows: Floats
    home: Floats

    def advance(self, air: Floats) -> Floats:
        """Air after half a step, shape (n, forms)."""
        grown: Floats = self.grows @ air.sum(axis=1)
        return self.stays[:, None] * air + self.home * grown[:, None]


@dataclass(frozen=True)
class Tally:
    """Where the activity went.

    Parameters
    ----------
    left : float array, shape (steps, n, forms)
        To the outside in each step [Bq].
    air, settled : float array, shape (rooms, n)
        At the end [Bq].
    filtered : float array, shape (n,)
        Held in filters, at the moment it was caught [Bq].
    """

    left: Floats
    air: Floats
    settled: Floats
    filtered: Floats


def step_mean(schedule: tuple[tuple[float, float], ...], *, steps: int, length: float) -> Floats:
    """Mean of a schedule over each step.

    Parameters
    ----------
    schedule : tuple of (from, value)
        From when [s]; the first from 0.
    steps : int
    length : float
        Of a step [s].
    """
    starts = np.array([s for s, _ in schedule])
    values = np.array([v for _, v in schedule])
    edges = np.arange(steps + 1) * length
    last = np.searchsorted(starts, edges, side="right") - 1
    before = np.concatenate(([0.0], np.cumsum(values[:-1] * np.diff(starts))))
    area = before[last] + values[last] * (edges - starts[last])
    mean: Floats = np.diff(area) / length
    return mean


def through_rooms(source: Floats, rooms: list[Room], decay: StepMatrices, *, length: float) -> Tally:
    """Follow a source through the rooms to the outside.

    Parameters
    ----------
    source : float array, shape (steps, n, forms)
        Into the first room in each step, at the step's middle [Bq].
    rooms : list of Room
        Each way leads to a later one, or outside.
    decay : StepMatrices
        Over half a step.
    length : float
        Of a step [s].
    """
    steps, n, forms = source.shape
    left = np.zeros_like(source)
    air = np.zeros((len(rooms), n, forms))
    settled = np.zeros((len(rooms), n))
    filtered = np.zeros(n)
    for k in range(steps):
        inflow = np.zeros_like(air)
        inflow[0] = source[k]
        for i, room in enumerate(rooms):
            now, dwelt, fallen = _one_room(decay.advance(air[i]), inflow[i], room, k, length)
            for w, to in enumerate(room.to):
                out = dwelt * (room.rate[w, k] * room.carries[w])
                through = out * room.passes[w]
                filtered += (out - through).sum(axis=1)
                if to < 0:
                    left[k] += through
                else:
                    inflow[to] += through
            settled[i], back = _settled(settled[i], fallen, decay)
            air[i] = decay.advance(now) + back
    return Tally(left, air.sum(axis=2), settled, filtered)


def _one_room(before: Floats, inflow: Floats, room: Room, step: int, length: float) -> tuple[Floats, Floats, Floats]:
    """Air after the step, its integral over the step, and what settled."""
    removal = room.removal[step] * SETTLES
    loss = removal + room.rate[:, step] @ room.carries
    x = loss * length
    safe = np.where(x > 1e-3, x, 1.0)
    once = np.where(x > 1e-3, -np.expm1(-x) / safe, 1.0 - x / 2.0 + x**2 / 6.0) * length
    twice = np.where(x > 1e-3, (1.0 + np.expm1(-x) / safe) / safe, 0.5 - x / 6.0 + x**2 / 24.0) * length
    dwelt: Floats = before * once + inflow * twice
    after: Floats = before + inflow - dwelt * loss
    return after, dwelt, (dwelt * removal).sum(axis=1)


def _settled(before: Floats, fallen: Floats, decay: StepMatrices) -> tuple[Floats, Floats]:
    """Settled activity after the step, and the noble gas that grew in it."""
    now = before
    back = np.zeros_like(decay.home)
    noble = decay.home[:, 0] > 0
    for more in (fallen, 0.0):
        now = decay.stays * now + decay.grows @ now
        back[:, 0] += np.where(noble, now, 0.0)
        now = np.where(noble, 0.0, now) + more
    return now, back
