r"""What becomes of an activity with time?

Defines the noun `Chain`: nuclides closed over what they become, solved once, so that any
number of times costs one matrix product each.  For activities :math:`A` [Bq]::

    dA/dt = M A,   M = Λ (B − 1),   M = C (−Λ) C⁻¹

with decay constants Λ and branchings B (B[i, k]: from k to i).  Ordered from parents to
progeny M is triangular, so that no eigen-solver is needed::

    C[i, j] = λ_i / (λ_i − λ_j) · Σ_k B[i, k] C[k, j]     for i > j,  C[i, i] = 1

and C⁻¹ by forward substitution.  Invariants: nuclides stand parents first;
stable nuclides have no activity and no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR, SECONDS_PER_YEAR
from oberih.nuclide.names import nuclide_name
from oberih.nuclide.table import half_lives, progeny_table

__all__ = ["Chain", "decay_chain", "equilibrium_progeny", "half_life"]

Floats = npt.NDArray[np.float64]

LONGEST_PROGENY = 1e4 * SECONDS_PER_YEAR
"""Progeny that live longer are left out of a chain unless asked for [s]: their activity
stays below half-life ratio × parent's (Tc-99 from Mo-99: 9E-9)."""


def half_life(nuclide: str) -> float:
    """Half-life of a nuclide [s].

    Raises
    ------
    UnknownName
        If it is not in the decay table.
    """
    return half_lives()[nuclide_name(nuclide)]


@dataclass(frozen=True, eq=False)
class Chain:
    """Nuclides closed over their progeny, with the solution of their decay.

    Parameters
    ----------
    nuclides : tuple of str
        Canonical names, parents before progeny.
    decay_constant : float array, shape (n,)
        [1/s]
    branching : float array, shape (n, n)
        ``branching[i, k]``: share of the decays of k that make i [1].
    modes, inverse : float array, shape (n, n)
        C and its inverse, in terms of activity [1].
    """

    nuclides: tuple[str, ...]
    decay_constant: Floats
    branching: Floats
    modes: Floats
    inverse: Floats

    def __len__(self) -> int:
        return len(self.nuclides)

    def index(self, nuclide: str) -> int:
        """Return the row of a nuclide, by canonical name."""
        return self.nuclides.index(nuclide)

    def transition(self, times: npt.ArrayLike) -> Floats:
        """Activity after each time per activity before.

        Parameters
        ----------
        times : array_like, shape (k,)
            Not negative [s].

        Returns
        -------
        float array, shape (k, n, n)
            ``P[t, i, j]``: activity of i after the time per becquerel of j at first [1].

        Notes
        -----
        P(t) = C exp(−Λt) C⁻¹.  What cancellation leaves below zero (1E-15 of the terms) is
        set to zero.
        """
        t = _times(times)
        return self._combine(np.exp(-np.outer(t, self.decay_constant)))

    def integrated(self, times: npt.ArrayLike, *, rate: float = 0.0) -> Floats:
        """Activity integrated from 0 to each time, per activity at first.

        Parameters
        ----------
        times : array_like, shape (k,)
            Not negative [s].
        rate : float
            Weights the activity at t with exp(−rate·t) on top, such as weathering or
            leaving a room [1/s]; 0 for the plain integral.

        Returns
        -------
        float array, shape (k, n, n)
            [Bq s per Bq = s]

        Notes
        -----
        ∫₀ᵗ C exp(−(Λ+μ)s) C⁻¹ ds = C (1 − exp(−(Λ+μ)t))/(Λ+μ) C⁻¹
        """
        t = _times(times)
        total = self.decay_constant + rate
        return self._combine(-np.expm1(-np.outer(t, total)) / total)

    def _combine(self, spectrum: Floats) -> Floats:
        matrices: Floats = (self.modes[None, :, :] * spectrum[:, None, :]) @ self.inverse
        return np.maximum(matrices, 0.0, out=matrices)


def _times(times: npt.ArrayLike) -> Floats:
    t = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if t.ndim != 1 or not np.all(np.isfinite(t)) or np.any(t < 0):
        raise ValueError("times must be a list of finite seconds, none negative")
    return t


def decay_chain(nuclides: Iterable[str], *, longest_progeny: float = LONGEST_PROGENY) -> Chain:
    """Close nuclides over what they become and solve their decay.

    Parameters
    ----------
    nuclides : iterable of str
        Any spelling that `nuclide_name` reads.
    longest_progeny : float
        Progeny with a longer half-life are left out, with what they become, unless they are
        among ``nuclides`` [s]; ``inf`` keeps all.

    Returns
    -------
    Chain
        Of the nuclides asked for and their progeny, parents first; the order depends on
        which they are, not on how they were asked for.

    Raises
    ------
    UnknownName
        If a nuclide is not in the decay table.

    Examples
    --------
    >>> decay_chain(["Te-132"]).nuclides
    ('Te-132', 'I-132')
    """
    names = _parents_first(_closed({nuclide_name(n) for n in nuclides}, longest_progeny))
    where = {n: i for i, n in enumerate(names)}
    constants = np.array([log(2.0) / half_lives()[n] for n in names], dtype=np.float64)
    branching = np.zeros((len(names), len(names)))
    for parent, k in where.items():
        for child, fraction in progeny_table()[parent].items():
            if child in where:
                branching[where[child], k] = fraction
    modes = _modes(constants, branching)
    return Chain(names, constants, branching, modes, _inverse(modes))


def _closed(asked: set[str], longest_progeny: float) -> set[str]:
    closed: set[str] = set()
    waiting = list(asked)
    while waiting:
        name = waiting.pop()
        closed.add(name)
        children = set(progeny_table()[name]) - closed
        waiting += [c for c in children if half_lives()[c] <= longest_progeny]
    return closed


def _parents_first(closed: set[str]) -> tuple[str, ...]:
    placed: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for child in sorted(closed & set(progeny_table()[name])):
            if child not in seen:
                visit(child)
        placed.append(name)

    for name in sorted(closed, reverse=True):
        if name not in seen:
            visit(name)
    return tuple(reversed(placed))


def _modes(constants: Floats, branching: Floats) -> Floats:
    n = len(constants)
    modes = np.eye(n)
    for i in range(n):
        for j in range(i):
            fed = branching[i, j:i] @ modes[j:i, j]
            if fed:
                modes[i, j] = constants[i] / (constants[i] - constants[j]) * fed
    return modes


def _inverse(modes: Floats) -> Floats:
    n = len(modes)
    inverse = np.eye(n)
    for i in range(1, n):
        inverse[i, :i] = -modes[i, :i] @ inverse[:i, :i]
    return inverse


def equilibrium_progeny(
    parents: Sequence[str], *, shorter_than: float = SECONDS_PER_HOUR, ratio: float = 0.2
) -> dict[str, dict[str, float]]:
    """Short-lived progeny that travel in equilibrium with their parent.

    Parameters
    ----------
    parents : sequence of str
        Canonical names.
    shorter_than : float
        Longest half-life of such progeny [s].
    ratio : float
        Longest half-life of such progeny in half-lives of the parent [1].

    Returns
    -------
    dict
        Progeny of each parent that has any: activity per activity of the parent [1].
        Progeny of progeny are included (Ce-144 → Pr-144m → Pr-144).

    Notes
    -----
    Transient equilibrium: A_d/A_p = b λ_d/(λ_d − λ_p).

    Examples
    --------
    >>> equilibrium_progeny(["Cs-137"])
    {'Cs-137': {'Ba-137m': 0.9439901518347323}}
    """
    found: dict[str, dict[str, float]] = {}
    for parent in parents:
        limit = min(shorter_than, ratio * half_lives()[parent])
        short = _short_progeny(parent, limit)
        if short:
            found[parent] = short
    return found


def _short_progeny(parent: str, limit: float) -> dict[str, float]:
    chain = decay_chain([parent], longest_progeny=limit)
    column = chain.modes[:, chain.index(parent)]
    return {n: float(a) for n, a in zip(chain.nuclides, column, strict=True) if n != parent}
