"""Which nuclides dominate a dose?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oberih.constants import FORMS
from oberih.dose.quantity import Quantity
from oberih.dose.response import DEFAULT_AGES, unit_response
from oberih.errors import InputError
from oberih.release.source_term import SourceTerm

__all__ = ["contributions"]

Floats = npt.NDArray[np.float64]


def contributions(
    source_term: SourceTerm,
    quantity: Quantity,
    *,
    age: float,
    tic: npt.ArrayLike,
    gamma: npt.ArrayLike,
    deposition: npt.ArrayLike,
    ages: Sequence[float] = DEFAULT_AGES,
) -> dict[str, float]:
    """Share of each released nuclide, with its progeny, in the dose at one place.

    Parameters
    ----------
    source_term : SourceTerm
    quantity : Quantity
    age : float
        Of the plume there [s].
    tic, gamma : array_like, shape (forms,) or (hours, forms)
        Time-integrated concentration and semi-infinite-equivalent cloud of a unit release [s/m3].
    deposition : array_like, shape (forms,) or (hours, forms)
        [1/m2]
    ages : sequence of float
        Plume ages of the tables [s].

    Returns
    -------
    dict
        Dose by released nuclide [Sv or Gy], largest first, without those that give none.  What
        grows in counts for the nuclide that was released (I-132 of Te-132 for Te-132).

    Raises
    ------
    InputError
        If the age or an array holds a value that is negative or not finite, or has another shape.
    """
    if not (np.isfinite(age) and age >= 0.0):
        raise InputError("must be finite and not negative", field="age", value=age, cure="give seconds")
    unit = unit_response(source_term.nuclides, quantity, ages=tuple(float(a) for a in ages))
    shape = (source_term.hours, len(FORMS))
    through = {"tic": tic, "gamma": gamma, "deposition": deposition}
    seen = {name: _spread(value, name=name, shape=shape) for name, value in through.items()}
    per = {
        "tic": _at(unit.inhalation, unit.ages, age),
        "gamma": np.broadcast_to(_at(unit.cloud, unit.ages, age), (len(FORMS), len(unit.nuclides))),
        "deposition": np.broadcast_to(_at(unit.deposit, unit.ages, age), (len(FORMS), len(unit.nuclides))),
    }
    dose = sum(np.einsum("jnf,jf,fn->n", source_term.activity, seen[name], per[name], optimize=True) for name in seen)
    found = dict(zip(source_term.nuclides, np.asarray(dose).tolist(), strict=True))
    return dict(sorted(((n, d) for n, d in found.items() if d > 0.0), key=lambda item: -item[1]))


def _spread(value: npt.ArrayLike, *, name: str, shape: tuple[int, int]) -> Floats:
    """An array of forms, or of hours by forms, as the latter."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in (shape, shape[1:]):
        raise InputError(f"must have shape {shape[1:]} or {shape}", field=name, value=array.shape)
    if not np.all(np.isfinite(array)) or np.any(array < 0.0):
        raise InputError("must be finite and not negative", field=name)
    return np.broadcast_to(array, shape)


def _at(table: Floats, ages: Floats, age: float) -> Floats:
    """A table interpolated linearly along its last axis, held beyond its ends."""
    upper = int(np.clip(np.searchsorted(ages, age), 1, len(ages) - 1))
    share = float(np.clip((age - ages[upper - 1]) / (ages[upper] - ages[upper - 1]), 0.0, 1.0))
    return np.asarray((1.0 - share) * table[..., upper - 1] + share * table[..., upper])
