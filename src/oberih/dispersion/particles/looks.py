"""At which time of a span do particles of an age look at the fields?

Between two looks, a span, fields stand still for a block of particles.  An old block crosses a span in one step, and
Adams and Bashforth's rule takes it from the wind at the span's beginning to the wind's mean over it.  A young block
takes many short steps with the same wind, which that rule cannot mend: it looks at the middle.

Defines the noun `Looks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Looks", "looks_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Looks:
    """When blocks look, by their age at a span's beginning.

    Parameters
    ----------
    span : float
        Between two looks of a block [s].
    limits : tuple of float
        Ages that part the blocks, rising [s].
    after : tuple of float, one more
        After the span's beginning, the youngest's first [s].
    """

    span: float
    limits: tuple[float, ...]
    after: tuple[float, ...]

    def parts(
        self, ages: Floats, streams: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[float, list[tuple[int, int, int]]]]:
        """Which blocks see the fields of which time of a span.

        Parameters
        ----------
        ages : float64 array, shape (blocks,)
            At the span's beginning [s]; they fall within each stream.
        streams : (first, last) of each
            The last is excluded.

        Yields
        ------
        float
            After the span's beginning [s].
        list of (stream, first, last)
        """
        limits = [-age for age in reversed(self.limits)]
        edges = [[first, *(first + np.searchsorted(-ages[first:last], limits, "right")).tolist(), last]
                 for first, last in streams]  # fmt: skip
        for k, after in enumerate(reversed(self.after)):
            parts = [(n, e[k], e[k + 1]) for n, e in enumerate(edges) if e[k + 1] > e[k]]
            if parts:
                yield after, parts

    def since(self, ages: Floats, before: Floats) -> Floats:
        """How long ago each block saw the wind that it goes on from [s], shape (blocks,).

        That is the step before; but where a block from now on sees fields of another time after its span's beginning,
        it is the time between the two, lest the wind's change over it be taken for one within a short step.

        Parameters
        ----------
        ages, before : float64 array, shape (blocks,)
            At the span's beginning, and the step before [s].
        """
        after = np.array(self.after)
        new, old = (np.searchsorted(self.limits, a, "right") for a in (ages, ages - self.span))
        return np.where(new == old, before, self.span + after[new] - after[old])


def looks_of(span: float, *, young: float, young_step: float, longest: float, share: float = 20.0) -> Looks:
    """Looks that give each age the mean wind of its span.

    Each looks after half of what the span is longer than its step.

    Parameters
    ----------
    span : float
        [s]
    young, young_step : float
        Age up to which steps are so short [s].
    longest : float
        Step of the oldest [s].
    share : float
        Between the two a step is the age over this [1]; half the longest stands for them all.
    """
    most = min(longest, span)
    after = tuple(0.5 * (span - min(step, span)) for step in (young_step, 0.5 * most, most))
    return Looks(span, (young, max(share * most, young)), after)
