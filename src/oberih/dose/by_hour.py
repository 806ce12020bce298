"""When does a release give its dose, hour by hour, and by which way?

Turns a `SourceTerm` and quantities into the tables from which `oberih.atlas.by_hour` sums the dose of every hour.
Each way in which a quantity counts becomes a `Strand` of its own, so that a wall, a tablet or leaving can act on it
afterwards; strands that several quantities share are made once.

What passes in the air (cloud, inhalation) counts in the hour in which it passes; a committed dose counts when it is
breathed.  What lies on the ground counts hour by hour from its arrival on: decay, ingrowth, weathering and the
falling resuspension are integrated to each whole hour, never scaled.  At the end of the window a strand has the very
dose of `oberih.dose.response`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from oberih.atlas.by_hour import HourlySource
from oberih.constants import FORMS, SECONDS_PER_DAY, SECONDS_PER_HOUR
from oberih.dose.breathing import breathing_rate
from oberih.dose.coefficients import coefficients
from oberih.dose.kernels import resuspension, weathering
from oberih.dose.quantity import Quantity
from oberih.dose.response import DEFAULT_AGES, response
from oberih.nuclide.decay import Chain, decay_chain
from oberih.nuclide.names import is_iodine, nuclide_name
from oberih.release.source_term import SourceTerm

__all__ = ["AIR", "Strand", "hourly_source", "radioiodine", "strand_of", "strands_of"]

Floats = npt.NDArray[np.float64]
Strand = Quantity
"""A quantity of one pathway without factors; what does not matter to it has a fixed value."""

AIR = ("inhalation", "cloud")
"""Pathways that count while the plume passes."""

_NODES = 3
"""Gauss-Legendre nodes an hour for the falling part of the resuspension."""


def strand_of(quantity: Quantity, pathway: str) -> Strand:
    """One way in which a quantity counts, named so that equal ones are equal.

    Examples
    --------
    >>> a, b = (Quantity(organ, "adult", 7 * 86400.0) for organ in ("effective", "thyroid"))
    >>> strand_of(a, "cloud") == strand_of(b, "cloud"), strand_of(a, "inhalation") == strand_of(b, "inhalation")
    (True, False)
    """
    kept = replace(quantity, pathways=(pathway,), factors=())
    if pathway in ("cloud", "ground"):  # the external dose to an organ is the effective one, of all nuclides
        kept = replace(kept, organ="effective", nuclides="all")
    if pathway in AIR:
        kept = replace(kept, window=7.0 * SECONDS_PER_DAY)  # it passes in hours; the window does not cut it
    return kept


def strands_of(quantities: Sequence[Quantity]) -> tuple[Strand, ...]:
    """All strands of these quantities, those of the air first.

    The radioiodine that the thyroid inhales is always one of its own: a tablet acts on nothing else.
    """
    found = dict.fromkeys(strand_of(q, p) for q in quantities for p in q.pathways)
    found |= dict.fromkeys(radioiodine(s) for s in found if s.organ == "thyroid" and s.pathways == ("inhalation",))
    return tuple(sorted(found, key=lambda s: (s.pathways[0] not in AIR, s.pathways, s.organ, s.age, s.window)))


def radioiodine(strand: Strand) -> Strand:
    """The part of a strand that radioiodine makes."""
    return replace(strand, nuclides="radioiodine")


def hourly_source(source_term: SourceTerm, strands: Sequence[Strand], *, hours: int) -> HourlySource:
    """The tables of a release for these strands.

    Parameters
    ----------
    source_term : SourceTerm
    strands : sequence of Strand
        As `strands_of` gives them.
    hours : int
        Whole hours since the arrival that are told apart; what comes later is one sum.

    Returns
    -------
    HourlySource
    """
    air = [s for s in strands if s.pathways[0] in AIR]
    ground = [s for s in strands if s.pathways[0] not in AIR]
    ages = np.asarray(DEFAULT_AGES)
    passing = np.zeros((len(air), source_term.hours, len(ages), 2 * len(FORMS)), dtype=np.float32)
    for i, strand in enumerate(air):
        found = response(source_term, strand)
        passing[i, :, :, : len(FORMS)] = found.inhalation.transpose(0, 2, 1)
        passing[i, :, :, len(FORMS) :] = found.cloud.transpose(0, 2, 1)
    lying = np.zeros((len(ground), source_term.hours, len(ages), len(FORMS) - 1, hours + 2), dtype=np.float32)
    for i, strand in enumerate(ground):
        lying[i, ..., :-1] = _lying(source_term, strand, hours)[:, :, 1:]
        lying[i, ..., -1] = response(source_term, strand).deposit[:, 1:].transpose(0, 2, 1)
    return HourlySource(
        ages, passing, lying, np.asarray(source_term.height, dtype=float), np.asarray(source_term.heat, dtype=float),
        source_term.exit_velocity, source_term.exit_diameter,
    )  # fmt: skip


def _lying(source_term: SourceTerm, strand: Strand, hours: int) -> Floats:
    """Dose until each whole hour per deposit of a unit release: (release hours, ages, forms, hours + 1)."""
    per = _per_deposit(source_term.nuclides, strand, hours)  # (hours + 1, nuclides, ages)
    return np.asarray(np.einsum("jnf,snk->jkfs", source_term.activity, per, optimize=True))


@lru_cache(maxsize=32)
def _per_deposit(nuclides: tuple[str, ...], strand: Strand, hours: int) -> Floats:
    """Dose until each whole hour per becquerel released and deposited, by age: (hours + 1, nuclides, ages)."""
    chain, travelled = _chain(nuclides)
    known = coefficients(chain.nuclides, organ=strand.organ, age=strand.age)
    until = np.minimum(np.arange(hours + 1) * float(SECONDS_PER_HOUR), strand.window)
    if strand.pathways[0] == "ground":
        per = sum(
            share * np.einsum("c,scd->sd", known.ground, chain.integrated(until, rate=rate))
            for share, rate in zip(weathering.SHARES, weathering.RATES, strict=True)
        )
    else:
        counted = np.array([strand.nuclides == "all" or is_iodine(n) for n in chain.nuclides])
        inhaled = known.inhaled[FORMS.index("aerosol")] * counted
        per = breathing_rate(strand.age, phase="daily")[0] * _raised(chain, inhaled, until)
    return np.asarray(np.einsum("sd,kdn->snk", np.asarray(per), travelled, optimize=True))


def _raised(chain: Chain, inhaled: Floats, until: Floats) -> Floats:
    """Resuspended and breathed until each time, per activity on the ground at first: (times, chain)."""
    first = chain.integrated(np.minimum(until, SECONDS_PER_DAY))
    total = resuspension.FIRST_DAY * np.einsum("c,scd->sd", inhaled, first)
    late = until[until > SECONDS_PER_DAY]
    if len(late):  # days at most: the floor of the factor is years away
        edges = np.concatenate([[float(SECONDS_PER_DAY)], late])
        node, weight = np.polynomial.legendre.leggauss(_NODES)
        half = 0.5 * np.diff(edges)
        times = edges[:-1, None] + half[:, None] * (node[None, :] + 1.0)
        there = np.einsum("c,tcd->td", inhaled, chain.transition(times.ravel()))
        rate = resuspension.resuspension_factor(times.ravel())[:, None] * there
        parts = (rate * (half[:, None] * weight[None, :]).ravel()[:, None]).reshape(len(late), _NODES, -1).sum(axis=1)
        total[len(until) - len(late) :] += np.cumsum(parts, axis=0)
    return np.asarray(total)


@lru_cache(maxsize=8)
def _chain(nuclides: tuple[str, ...]) -> tuple[Chain, Floats]:
    """The chain of what is released, and its activity at each age per becquerel of each: (ages, chain, released)."""
    names = [nuclide_name(n, field="source term") for n in nuclides]
    chain = decay_chain(names)
    columns = [chain.index(n) for n in names]
    return chain, np.ascontiguousarray(chain.transition(DEFAULT_AGES)[:, :, columns])
