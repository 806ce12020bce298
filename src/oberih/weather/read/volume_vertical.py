"""What are the levels of a netCDF file: pressures, hybrid coefficients, or heights?

Pressure levels by their unit; hybrid ones by CF formula terms, or by the pairs of names that models use (full levels,
or half levels, whose means are the full ones); heights above ground or sea by unit and name.

Source: CF conventions 1.11, appendix D (hybrid sigma pressure, sigma); ECMWF IFS documentation, part III, 2.2 (full
levels as means of half levels).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError
from oberih.weather.read.volume_part import Vertical

__all__ = ["vertical_of", "vertical_of_pv"]

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

PASCALS = {"pa": 1.0, "hpa": 100.0, "millibars": 100.0, "mbar": 100.0, "mb": 100.0, "millibar": 100.0, "kpa": 1000.0}
METRES = {"m": 1.0, "km": 1000.0, "metre": 1.0, "metres": 1.0, "meters": 1.0, "meter": 1.0}

FULL = (("hyam", "hybm"), ("ap", "b"), ("a", "b"), ("hyam_lev", "hybm_lev"))
HALF = (("hyai", "hybi"), ("ap_bnds", "b_bnds"), ("a_bnds", "b_bnds"))
"""Pairs of names of a and b, at levels and at the bounds between them."""

HIGHEST = 1.2e5
"""No level has more, at the shores of the Dead Sea neither [Pa]."""

STANDARD = 1.0e5
"""p0 where a file gives a as a share of it and not p0 itself [Pa]."""


def vertical_of(dataset: Any, name: str, *, has_pressure: bool, file: str) -> tuple[Vertical, Index]:
    """Levels of an axis from below, and the order that puts the file's levels so.

    Parameters
    ----------
    dataset : xarray.Dataset
    name : str
        Of the axis.
    has_pressure : bool
        Whether a field gives the pressure or height of every level.

    Raises
    ------
    InputError
        If nothing says where the levels are.
    """
    count = int(dataset.sizes[name])
    axis = dataset[name] if name in dataset.variables else None
    values = np.arange(count, dtype=float) if axis is None else np.asarray(axis.values, dtype=float)
    attrs = {} if axis is None else axis.attrs
    unit = str(attrs.get("units", "")).strip().lower()
    if not np.isfinite(values).all() or len(np.unique(values)) != count:
        raise InputError("are levels without a value, or with one twice", file=file, field=name,
                         value=", ".join(f"{v:g}" for v in values[:12]), cure="give each level once")  # fmt: skip
    hybrid = _hybrid(dataset, name, attrs, values)
    if hybrid is not None:
        a, b = hybrid
        order = np.argsort(-(a + b * STANDARD), kind="stable")
        return Vertical(hybrid=(a[order], b[order])), order
    if unit in PASCALS or (not unit and "isobaric" in name.lower()):
        pressure = values * PASCALS.get(unit, 1.0 if name.lower() == "isobaricinpa" else 100.0)
        if (pressure <= 0.0).any() or (pressure > HIGHEST).any():
            wrong = float(pressure.min() if (pressure <= 0.0).any() else pressure.max())
            raise InputError("is not a pressure", file=file, field=name, value=wrong,
                             cure="see whether its unit is right")  # fmt: skip
        if (np.diff(pressure) > 0.0).any() and (np.diff(pressure) < 0.0).any():  # some in Pa, others in hPa
            raise InputError("are levels that neither rise nor fall", file=file, field=name,
                             value=", ".join(f"{v:g}" for v in values[:12]),
                             cure="see whether their unit is the same, and put them in order")  # fmt: skip
        order = np.argsort(-pressure, kind="stable")
        return Vertical(pressure=pressure[order]), order
    if has_pressure:  # `volume` knows from the field; the order is found there too
        return Vertical(), np.argsort(-values, kind="stable")
    if unit in METRES:
        height = values * METRES[unit]
        order = np.argsort(height, kind="stable")
        words = f"{name} {attrs.get('standard_name', '')} {attrs.get('long_name', '')}".lower()
        return Vertical(height=height[order], over_sea="altitude" in words or "sea" in words), order
    raise InputError("are levels of which nothing says the pressure", file=file, field=name, value=unit,
                     cure="give pressure levels, or hybrid levels with hyam and hybm")  # fmt: skip


def vertical_of_pv(pv: Array, levels: Array) -> tuple[Array, Array]:
    """Coefficients a [Pa] and b [1] of full hybrid levels, from the coefficients of half levels that GRIB carries.

    Parameters
    ----------
    pv : float array, shape (2 (n + 1),)
        a, then b, of the n + 1 half levels from the top.
    levels : float array
        Numbers of full levels, the first at the top.

    Raises
    ------
    InputError
        If a level is not among them.
    """
    half = len(pv) // 2
    k = levels.astype(int)
    if half < 2 or (k < 1).any() or (k > half - 1).any():
        raise InputError("are hybrid levels without their coefficients", field="pv", value=len(pv),
                         cure="ask for the fields with their vertical coordinates")  # fmt: skip
    a, b = pv[:half], pv[half : 2 * half]
    return 0.5 * (a[k - 1] + a[k]), 0.5 * (b[k - 1] + b[k])


def _hybrid(dataset: Any, name: str, attrs: dict[str, Any], values: Array) -> tuple[Array, Array] | None:
    words = str(attrs.get("formula_terms", "")).replace(":", " ").split()
    terms = dict(zip(words[::2], words[1::2], strict=False))
    count = len(values)

    def given(term: str) -> Array | None:
        where = terms.get(term, "")
        return np.asarray(dataset[where].values, dtype=float) if where in dataset.variables else None

    base, b, sigma = given("p0"), given("b"), given("sigma")
    p0 = STANDARD if base is None else float(base.ravel()[0])
    for term, scale in (("ap", 1.0), ("a", p0)):
        a = given(term)
        if a is not None and b is not None and a.shape == b.shape == (count,):
            return a * scale, b
    if sigma is None and "sigma" in str(attrs.get("standard_name", name)).lower() and values.max() <= 1.0:
        sigma = values
    if sigma is not None and sigma.shape == (count,):
        top = given("ptop")
        lid = 0.0 if top is None else float(top.ravel()[0])
        return lid * (1.0 - sigma), sigma
    return _pair(dataset, count, values)


def _pair(dataset: Any, count: int, values: Array) -> tuple[Array, Array] | None:
    """Coefficients a [Pa] and b of full levels by the names that models use."""
    for pairs, more in ((FULL, 0), (HALF, 1)):
        for first, second in pairs:
            if first not in dataset.variables or second not in dataset.variables:
                continue
            a, b = (np.asarray(dataset[n].values, dtype=float) for n in (first, second))
            if a.ndim == 2 and a.shape == (count, 2):
                a, b = a.mean(axis=1), b.mean(axis=1)
            elif more and a.ndim == 1 and len(a) > count:
                k = np.arange(count) if len(a) == count + 1 else values.astype(int) - 1
                if (k < 0).any() or (k + 1 >= len(a)).any():
                    continue
                a, b = 0.5 * (a[k] + a[k + 1]), 0.5 * (b[k] + b[k + 1])
            if a.shape == b.shape == (count,):
                return a * (STANDARD if 0.0 < np.abs(a).max() < 2.0 else 1.0), b
    return None
