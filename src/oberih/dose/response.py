"""What dose does a release give, per unit of what the atlas holds?

Turns a `SourceTerm` and a `Quantity` into a `Response`.  On the way the activity decays and
grows in for the plume's age; on the ground it does so over the window, while it weathers and a
little of it is breathed again.  Everything that does not depend on the amounts released is solved
once for a list of nuclides (`unit_response`) and remembered.

Taken on purpose: each hour's deposit counts for the whole window from its own arrival, and a cloud
counts whole, however long the release; progeny travel in the form of their parent and are breathed
as aerosol (iodine in its own vapour form); noble gases born on the ground leave it; FGR-15 ground
coefficients already hold the roughness of the ground.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from oberih.constants import FORMS, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from oberih.dose.breathing import breathing_rate
from oberih.dose.coefficients import Coefficients, coefficients
from oberih.dose.kernels import resuspension, weathering
from oberih.dose.quantity import ORGANS, PATHWAYS, Quantity, Response
from oberih.errors import InputError, UnknownName
from oberih.nuclide.decay import Chain, decay_chain
from oberih.nuclide.names import is_iodine, nuclide_name
from oberih.release.source_term import SourceTerm

__all__ = ["DEFAULT_AGES", "UnitResponse", "lifetime", "response", "responses", "unit_response"]

Floats = npt.NDArray[np.float64]

DEFAULT_AGES = (0.0, *(float(t) for t in np.geomspace(300.0, 96 * SECONDS_PER_HOUR, 40)))
"""Plume ages of the tables [s]: 0, then 5 minutes to 96 hours."""


def lifetime(age: str) -> float:
    """Length of a lifetime window [s]: 50 years for an adult, to 70 years for those younger.

    Source: ICRP convention for committed dose.
    """
    years = {"infant": 70.0, "1y": 69.0, "5y": 65.0, "10y": 60.0, "15y": 55.0, "adult": 50.0}
    if age not in years:
        raise UnknownName("age", age, known=years)
    return years[age] * SECONDS_PER_YEAR


@dataclass(frozen=True)
class UnitResponse:
    """Dose per becquerel released of each nuclide, per unit of atlas, by plume age.

    Parameters
    ----------
    nuclides : tuple of str
        Those released, in the caller's order.
    ages : float array, shape (k,)
        [s]
    inhalation : float array, shape (forms, nuclides, k)
        [Sv m3/(Bq s)]
    cloud, deposit : float array, shape (nuclides, k)
        [Sv m3/(Bq s)], [Sv m2/Bq]
    without : tuple of str
        Released nuclides without a coefficient where one is due.
    progeny_without : tuple of str
        The same of what grows in.
    unverified, sources : tuple of str
    """

    nuclides: tuple[str, ...]
    ages: Floats
    inhalation: Floats
    cloud: Floats
    deposit: Floats
    without: tuple[str, ...]
    progeny_without: tuple[str, ...]
    unverified: tuple[str, ...]
    sources: tuple[str, ...]


@lru_cache(maxsize=16)
def _travel(nuclides: tuple[str, ...], ages: tuple[float, ...]) -> tuple[Chain, Floats]:
    """Chain, and its activity at each age per becquerel of each released nuclide: (k, chain, released)."""
    names = [nuclide_name(n, field="source term") for n in nuclides]
    chain = decay_chain(names)
    columns = [chain.index(n) for n in names]
    return chain, np.ascontiguousarray(chain.transition(ages)[:, :, columns])


@lru_cache(maxsize=32)
def _stay(nuclides: tuple[str, ...], window: float) -> tuple[Floats, Floats]:
    """What stays on the ground over the window: weathered [s] and resuspended [s/m] activity, (chain, chain)."""
    chain = decay_chain(nuclides)
    shine = np.zeros((len(chain), len(chain)))
    for share, rate in zip(weathering.SHARES, weathering.RATES, strict=True):
        shine += share * chain.integrated([window], rate=rate)[0]
    marks = [min(window, SECONDS_PER_DAY), min(window, resuspension.FLOOR_FROM), window]
    first, falling, whole = chain.integrated(marks)
    raised = resuspension.FIRST_DAY * first + resuspension.FLOOR * (whole - falling)
    times, weights = resuspension.falling_nodes(window)
    if len(times):
        raised += np.tensordot(weights, chain.transition(times), axes=1)
    return shine, raised


def _checked(quantity: Quantity) -> dict[str, float]:
    """Factors by pathway of a quantity found sound; 0 for a pathway that does not count."""
    if quantity.organ not in ORGANS:
        raise UnknownName("organ", quantity.organ, known=ORGANS)
    if quantity.nuclides not in ("all", "radioiodine"):
        raise UnknownName("nuclides of a quantity", quantity.nuclides, known=("all", "radioiodine"))
    if not (math.isfinite(quantity.window) and quantity.window > 0.0):
        raise InputError("must be a positive number of seconds", field="window", value=quantity.window)
    remains = {p: (1.0 if p in quantity.pathways else 0.0) for p in PATHWAYS}
    for pathway in (*quantity.pathways, *(p for p, _ in quantity.factors)):
        if pathway not in PATHWAYS:
            raise UnknownName("pathway", pathway, known=PATHWAYS)
    for pathway, factor in quantity.factors:
        if not 0.0 <= factor <= 1.0:
            raise InputError(
                "must be between 0 and 1", field=f"factor of {pathway}", value=factor, cure="give what remains"
            )
        remains[pathway] *= factor
    return remains


@lru_cache(maxsize=128)
def unit_response(nuclides: tuple[str, ...], quantity: Quantity, *, ages: tuple[float, ...]) -> UnitResponse:
    """Dose per becquerel released and unit of atlas.

    Parameters
    ----------
    nuclides : tuple of str
        Released.
    quantity : Quantity
    ages : tuple of float
        Increasing plume ages [s].

    Raises
    ------
    UnknownName
        For a nuclide, organ, age or pathway that is not known.
    InputError
        For a window or factor that cannot be.

    Notes
    -----
    With ``P(a)`` the activity at age a per becquerel released, e, c, g the coefficients inhaled, in
    air and on the ground, B breathing rates, W weathering, R resuspension::

        inhalation = B e · P(a)      cloud = c · P(a)
        deposit    = [ g · ∫ W P ds  +  B e · ∫ R P ds ] · P(a)
    """
    remains = _checked(quantity)
    chain, travelled = _travel(nuclides, ages)
    known = coefficients(chain.nuclides, organ=quantity.organ, age=quantity.age)
    plume, plume_source, plume_seen = breathing_rate(quantity.age, phase="plume")
    daily, daily_source, daily_seen = breathing_rate(quantity.age, phase="daily")
    counted = np.array([quantity.nuclides == "all" or is_iodine(n) for n in chain.nuclides])
    inhaled = known.inhaled * counted
    shine, raised = _stay(chain.nuclides, quantity.window)
    on_ground = remains["ground"] * (known.ground @ shine)
    on_ground += remains["resuspension"] * daily * (inhaled[FORMS.index("aerosol")] @ raised)
    released = {nuclide_name(n) for n in nuclides}
    breathed = [
        *((plume_source,) if remains["inhalation"] and not plume_seen else ()),
        *((daily_source,) if remains["resuspension"] and not daily_seen else ()),
    ]
    return UnitResponse(
        nuclides,
        np.asarray(ages, dtype=np.float64),
        _fixed(remains["inhalation"] * plume * np.einsum("fc,kcn->fnk", inhaled, travelled, optimize=True)),
        _fixed(remains["cloud"] * np.einsum("c,kcn->nk", known.air, travelled, optimize=True)),
        _fixed(np.einsum("c,kcn->nk", on_ground, travelled, optimize=True)),
        tuple(n for n in known.without if n in released),
        tuple(n for n in known.without if n not in released),
        _said(known, remains, [f"breathing: {s}" for s in dict.fromkeys(breathed)]),
        (*known.sources, plume_source, daily_source, weathering.SOURCE, resuspension.SOURCE),
    )


def _fixed(array: Floats) -> Floats:
    """The array, made read-only because it is remembered."""
    array.flags.writeable = False
    return array


def _said(known: Coefficients, remains: dict[str, float], breathed: list[str]) -> tuple[str, ...]:
    """Which unchecked numbers the counted pathways rest on."""
    inside = bool(remains["inhalation"] or remains["resuspension"])
    outside = bool(remains["cloud"] or remains["ground"])
    words = [w for w in known.unverified if (outside if w.startswith("external") else inside)]
    return (*words, *breathed)


def response(source_term: SourceTerm, quantity: Quantity, *, ages: Sequence[float] = DEFAULT_AGES) -> Response:
    """Dose of a release per unit of atlas.

    Parameters
    ----------
    source_term : SourceTerm
    quantity : Quantity
    ages : sequence of float
        Plume ages of the tables, increasing from 0 [s].

    Returns
    -------
    Response
        ``attrs``: ``without_coefficient``, ``progeny_without_coefficient``, ``unverified``, ``sources``.

    Raises
    ------
    UnknownName, InputError
        As `unit_response`, and for activities that are negative or not finite.
    """
    grid = tuple(float(a) for a in ages)
    if not grid or grid[0] != 0.0 or any(not b > a for a, b in pairwise(grid)):
        raise InputError("must increase from 0", field="ages", value=grid[:3], cure="give plume ages in seconds")
    if not np.all(np.isfinite(source_term.activity)) or np.any(source_term.activity < 0.0):
        raise InputError("must be finite and not negative", file=source_term.name, field="activity")
    unit = unit_response(source_term.nuclides, quantity, ages=grid)
    released = source_term.activity
    return Response(
        quantity,
        unit.ages,
        np.einsum("jnf,fnk->jfk", released, unit.inhalation, optimize=True),
        np.einsum("jnf,nk->jfk", released, unit.cloud, optimize=True),
        np.einsum("jnf,nk->jfk", released, unit.deposit, optimize=True),
        source_term.verified and not unit.unverified,
        {
            "without_coefficient": list(unit.without),
            "progeny_without_coefficient": list(unit.progeny_without),
            "unverified": list(unit.unverified),
            "sources": list(unit.sources),
        },
    )


def responses(
    source_term: SourceTerm, quantities: Sequence[Quantity], *, ages: Sequence[float] = DEFAULT_AGES
) -> tuple[Response, ...]:
    """The response of each quantity, in order; see `response`."""
    return tuple(response(source_term, q, ages=ages) for q in quantities)
