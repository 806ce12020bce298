"""What does one becquerel do, inhaled, overhead or underfoot?

Reads the coefficient tables of ``dose/data`` and lines them up with a list of nuclides.
Defines `Table` (coefficients by key and age) and `Coefficients` (vectors for one organ and age).

Invariants: every value is finite and at least 0; an inhalation coefficient lies below 1E-3 Sv/Bq,
which catches lost exponents; external coefficients are for the parent only, progeny stand in the
decay chain; a committed coefficient holds what the progeny born in the body do.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from oberih.constants import AGES, FORMS
from oberih.errors import InputError, UnknownName
from oberih.nuclide.decay import half_life
from oberih.nuclide.names import is_iodine, is_noble_gas, symbol

__all__ = ["Coefficients", "Table", "absorption_types", "coefficients", "read_table", "table"]

Floats = npt.NDArray[np.float64]

SHORT_LIVED = 600.0
"""Half-life [s] below which DOE-STD-1196 lists no inhalation coefficient and none is missed."""

BOUNDS = {"Sv/Bq": 1e-3, "Sv m2/(Bq s)": 1e-13, "Sv m3/(Bq s)": 1e-11}
"""Largest credible coefficient by unit; Pu-239 inhaled 1E-4, Na-24 on the ground 2.5E-15, in air 2E-13."""

TYPE_OF_FORM = {"elemental_iodine": "V(g)", "organic_iodine": "V(h)"}
"""Absorption types of the iodine vapours: elemental, methyl iodide."""


@dataclass(frozen=True)
class Table:
    """Coefficients by key and age.

    Parameters
    ----------
    values : dict of tuple of str to tuple of float
        Keys are ``(nuclide,)`` or ``(nuclide, type)``; six values in the order of `AGES`.
    unit : str
    verified : frozenset of tuple of str
        Keys that were checked against a second source.
    source : str
    """

    values: dict[tuple[str, ...], tuple[float, ...]]
    unit: str
    verified: frozenset[tuple[str, ...]]
    source: str


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of one organ and age, lined up with a list of nuclides; 0 where there is none.

    Parameters
    ----------
    nuclides : tuple of str
    ground : float array, shape (nuclides,)
        [Sv m2/(Bq s)]; 0 for noble gases, which leave the ground where they are born.
    air : float array, shape (nuclides,)
        [Sv m3/(Bq s)], semi-infinite cloud.
    inhaled : float array, shape (forms, nuclides)
        Committed [Sv/Bq]; progeny that is not iodine counts as aerosol in every form.
    without : tuple of str
        Nuclides without a coefficient where one is due: external for all, effective inhaled for all
        but noble gases and those of half-life below `SHORT_LIVED` (their parents' hold them).
    unverified : tuple of str
        What was used unchecked, in words.
    sources : tuple of str
    """

    nuclides: tuple[str, ...]
    ground: Floats
    air: Floats
    inhaled: Floats
    without: tuple[str, ...]
    unverified: tuple[str, ...]
    sources: tuple[str, ...]


def _value(text: str | None, *, file: str, field: str, bound: float) -> float:
    """One coefficient, refused unless finite, not negative and below ``bound``."""
    try:
        value = float(text or "")
    except ValueError:
        raise InputError("not a number", file=file, field=field, value=text, cure="give a coefficient") from None
    if not math.isfinite(value) or value < 0.0:
        raise InputError("must be finite and not negative", file=file, field=field, value=value)
    if value >= bound:
        raise InputError(
            f"is not below {bound:g}", file=file, field=field, value=value, cure="check the exponent and the unit"
        )
    return value


def read_table(text: str, *, file: str) -> Table:
    """Read one coefficient table.

    Parameters
    ----------
    text : str
        CSV with the columns nuclide, [type], infant … adult, unit, source, verified.
    file : str
        Its name, for messages.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        For a missing column, a value that is missing, not finite, negative or above the sanity bound
        of its unit, an unknown or mixed unit, a repeated key, or a ``verified`` other than true/false.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = [c for c in ("nuclide", *AGES, "unit", "source", "verified") if c not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"columns missing: {', '.join(missing)}", file=file)
    values: dict[tuple[str, ...], tuple[float, ...]] = {}
    verified: set[tuple[str, ...]] = set()
    units: dict[str, None] = {}
    sources: dict[str, None] = {}
    for row in reader:
        key = (row["nuclide"], row["type"]) if "type" in row else (row["nuclide"],)
        place = " ".join(str(k) for k in key)
        if not all(key) or key in values:
            raise InputError("is empty or repeated", file=file, field="nuclide", value=place)
        if row["unit"] not in BOUNDS:
            raise InputError("unknown unit", file=file, field=place, value=row["unit"], cure=f"use {', '.join(BOUNDS)}")
        if row["verified"] not in ("true", "false"):
            raise InputError("must be true or false", file=file, field=f"{place} verified", value=row["verified"])
        bound = BOUNDS[row["unit"]]
        values[key] = tuple(_value(row[a], file=file, field=f"{place} {a}", bound=bound) for a in AGES)
        units[row["unit"]] = sources[row["source"]] = None
        if row["verified"] == "true":
            verified.add(key)
    if len(units) != 1:
        raise InputError("one unit a table", file=file, field="unit", value=", ".join(units) or None)
    return Table(values, next(iter(units)), frozenset(verified), "; ".join(sources))


@lru_cache(maxsize=8)
def table(name: str) -> Table:
    """One of the tables that come with Oberih.

    Parameters
    ----------
    name : str
        ``external_ground``, ``external_air``, ``inhalation_effective`` or ``inhalation_thyroid``.
    """
    path = resources.files("oberih.dose") / "data" / f"{name}.csv"
    return read_table(path.read_text(encoding="utf-8"), file=f"{name}.csv")


@lru_cache(maxsize=1)
def absorption_types() -> dict[str, tuple[str, str, bool]]:
    """Default absorption type of a particulate aerosol: element to type, source, verified."""
    path = resources.files("oberih.dose") / "data" / "absorption_types.csv"
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    return {r["element"]: (r["type"], r["source"], r["verified"] == "true") for r in reader}


def _types(nuclide: str, form: str) -> Iterator[str]:
    """Absorption types to look for, best first."""
    if is_iodine(nuclide) and form in TYPE_OF_FORM:
        yield TYPE_OF_FORM[form]
    known = absorption_types().get(symbol(nuclide))
    if known:
        yield known[0]


def _column(source: Table, keys: Sequence[tuple[str, ...]], age: int) -> Floats:
    """Values of those keys at one age, 0 where a key is absent."""
    return np.array([source.values[k][age] if k in source.values else 0.0 for k in keys], dtype=np.float64)


def _inhalation(nuclides: tuple[str, ...], name: str) -> list[list[tuple[str, ...]]]:
    """Keys into an inhalation table, by form and nuclide; an empty key where there is none."""
    source = table(name)
    return [
        [next(((n, t) for t in _types(n, form) if (n, t) in source.values), ()) for n in nuclides] for form in FORMS
    ]


@lru_cache(maxsize=64)
def coefficients(nuclides: tuple[str, ...], *, organ: str, age: str) -> Coefficients:
    """Coefficients lined up with a list of nuclides.

    Parameters
    ----------
    nuclides : tuple of str
    organ : str
        ``effective``, ``thyroid`` or ``red_marrow``; external dose to an organ is the effective one
        (proxy, unverified), inhaled dose to the red marrow is not counted.
    age : str
        One of `oberih.constants.AGES`.

    Raises
    ------
    UnknownName
        For another age or organ.
    """
    if age not in AGES:
        raise UnknownName("age", age, known=AGES)
    names = {"effective": "inhalation_effective", "thyroid": "inhalation_thyroid", "red_marrow": ""}
    if organ not in names:
        raise UnknownName("organ", organ, known=names)
    column = AGES.index(age)
    ground, air = table("external_ground"), table("external_air")
    single = [(n,) for n in nuclides]
    held = np.array([not is_noble_gas(n) for n in nuclides])
    used = [ground, air]
    unverified = [] if organ == "effective" else [f"external dose to the {organ}: effective dose as proxy"]
    inhaled = np.zeros((len(FORMS), len(nuclides)))
    breathed: set[str] = set(nuclides)
    if names[organ]:
        source = table(names[organ])
        keys = _inhalation(nuclides, names[organ])
        inhaled = np.stack([_column(source, k, column) for k in keys])
        breathed = {k[0] for row in keys for k in row if k}
        used.append(source)
        unverified += _unverified(keys, source)
    if organ == "thyroid":  # caesium irradiates the thyroid as the whole body; without this it would count nothing
        keys = _inhalation(nuclides, "inhalation_effective")
        whole = table("inhalation_effective")
        as_effective = np.stack([_column(whole, k, column) for k in keys])
        other = np.array([n not in breathed for n in nuclides])
        inhaled = np.where(other[None, :], as_effective, inhaled)
        breathed |= {k[0] for row in keys for k in row if k}
        unverified.append("thyroid dose by inhaled nuclides other than iodine and tellurium: effective dose as proxy")
        used.append(whole)
    due = {n for n in nuclides if organ != "red_marrow" and not is_noble_gas(n) and half_life(n) > SHORT_LIVED}
    lacking = [n for n in nuclides if (n,) not in ground.values or (n in due and n not in breathed)]
    return Coefficients(
        nuclides,
        _column(ground, single, column) * held,
        _column(air, single, column),
        inhaled,
        tuple(lacking),
        tuple(unverified),
        tuple(t.source for t in used),
    )


def _unverified(keys: list[list[tuple[str, ...]]], source: Table) -> list[str]:
    """What of those keys was not checked."""
    flat = {k for row in keys for k in row if k}
    said = sorted(" ".join(k) for k in flat if k not in source.verified)
    guessed = sorted({symbol(k[0]) for k in flat if not k[1].startswith("V")} & set(absorption_types()))
    words = [f"inhalation coefficients without a second source: {', '.join(said)}"] if said else []
    return words + ([f"default absorption types of {', '.join(guessed)}"] if guessed else [])
