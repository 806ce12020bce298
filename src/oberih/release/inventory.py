"""How much is there to be released?

Defines the noun `Inventory` (activity by nuclide, at a moment) and the verbs that make one:
`core_inventory`, `pool_inventory`, `cask_inventory`, `decayed`.

What it rests on: the generic PWR core of NUREG-1887 Table 1.1 (33 nuclides at 30 GWd/t); no
public inventory of a VVER-1000 was found.  Progeny short-lived beside their parent are
added in equilibrium, a lower bound at power.  Not in it: plutonium, americium and curium,
zirconium-95 and niobium-95, antimony-125, europium-154; `Inventory.attrs` says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import inf, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_YEAR
from oberih.errors import InputError
from oberih.nuclide import decay_chain, equilibrium_progeny

__all__ = [
    "REFERENCE_BURNUP",
    "Batch",
    "Inventory",
    "cask_inventory",
    "core_inventory",
    "decayed",
    "pool_inventory",
]

Floats = npt.NDArray[np.float64]

REFERENCE_BURNUP = 30_000.0
"""Burn-up of the table [MWd/t]; NUREG-1887 Table 1.1."""

SPENT_FUEL_BURNUP = 50_000.0
"""Default burn-up of discharged fuel [MWd/t]; NUREG-1887 section 1.1.6."""

MISSING = (
    "actinides (Pu, Am, Cm) not included, nor Zr-95, Nb-95, Sb-125, Eu-154, Pm-147: no citable core table "
    "at hand; inhalation dose from old fuel is therefore a lower bound"
)


@dataclass(frozen=True)
class Inventory:
    """What fuel holds.

    Parameters
    ----------
    nuclides : tuple of str
        Canonical names.
    activity : float array, shape (nuclides,)
        [Bq] at ``date``.
    date : int or None
        When it is so [s since 1970 UTC]; for a core at power None: at shutdown, whenever.
    verified : bool
        False if any number it rests on was not checked against its text.
    attrs : dict
        Power [W], burn-up [MWd/t], what is missing, sources.
    """

    nuclides: tuple[str, ...]
    activity: Floats
    date: int | None = None
    verified: bool = False
    attrs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.activity.shape != (len(self.nuclides),):
            raise ValueError(f"activity has shape {self.activity.shape}, not ({len(self.nuclides)},)")

    def of(self, nuclide: str) -> float:
        """Activity of one nuclide [Bq], 0 if it is not in the inventory."""
        return float(self.activity[self.nuclides.index(nuclide)]) if nuclide in self.nuclides else 0.0


@dataclass(frozen=True)
class Batch:
    """Fuel put into a pool at one time.

    Parameters
    ----------
    core_fraction : float
        In whole cores [1]; a third of a core is a usual reload.
    discharged : int
        When that fuel last produced power [s since 1970 UTC].
    burnup : float
        [MWd/t]
    """

    core_fraction: float
    discharged: int
    burnup: float = SPENT_FUEL_BURNUP


@cache
def _core_table() -> tuple[tuple[str, float, bool], ...]:
    text = (files("oberih.release") / "data" / "core_inventory.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((r["nuclide"], float(r["bq_per_mwt"]), r["scales_with_burnup"] == "yes") for r in rows)


def core_inventory(
    *, thermal_power: float, burnup: float = REFERENCE_BURNUP, shutdown: int | None = None, since_shutdown: float = 0.0
) -> Inventory:
    """What a core holds at shutdown, or some time after.

    Parameters
    ----------
    thermal_power : float
        Before shutdown [W].
    burnup : float
        Mean of the core [MWd/t]; nuclides with half-lives over a year scale with it.
    shutdown : int, optional
        When [s since 1970 UTC]; goes into the inventory's date.
    since_shutdown : float
        Decay by this long [s].

    Raises
    ------
    InputError
        If power or burn-up are not what a power reactor can have.

    Notes
    -----
    A = a · P · (burn-up / 30,000 MWd/t if T½ > 1 y), NUREG-1887 Table 1.1 and Eq. 1.1.

    Valid range: light-water reactors with low-enriched uranium, 20 to 60 GWd/t.
    """
    _check("thermal_power", thermal_power, 1e5, 1e10, "W (a VVER-1000 has 3e9)")
    _check("burnup", burnup, 100.0, 100_000.0, "MWd/t (the table stands at 30,000)")
    megawatts, grown = thermal_power / 1e6, burnup / REFERENCE_BURNUP
    listed = {name: bq * megawatts * (grown if scales else 1.0) for name, bq, scales in _core_table()}
    activity = _with_equilibrium(listed)
    attrs = {
        "thermal_power_W": thermal_power,
        "burnup_MWd_per_t": burnup,
        "source": "NUREG-1887 Table 1.1 and Eq. 1.1 (generic PWR, not a VVER-1000 calculation)",
        "missing": MISSING,
    }
    fresh = Inventory(tuple(activity), np.array(list(activity.values())), shutdown, True, attrs)
    return decayed(fresh, since_shutdown) if since_shutdown else fresh


def _with_equilibrium(listed: dict[str, float]) -> dict[str, float]:
    full = dict(listed)
    for parent, progeny in equilibrium_progeny(list(listed), shorter_than=inf, ratio=0.2).items():
        for name, ratio in progeny.items():
            if name not in listed:
                full[name] = full.get(name, 0.0) + ratio * listed[parent]
    return full


def decayed(inventory: Inventory, seconds: float) -> Inventory:
    """Same fuel, later, with what has grown in.

    Parameters
    ----------
    inventory : Inventory
    seconds : float
        How much later [s], not negative.

    Returns
    -------
    Inventory
        With the progeny (half-life up to 10,000 years) and, if there was one, a later date.

    Raises
    ------
    InputError
        If the time is negative or not a number.
    """
    _check("seconds", seconds, 0.0, 1e4 * SECONDS_PER_YEAR, "s, not negative")
    chain = decay_chain(inventory.nuclides)
    before = np.zeros(len(chain))
    before[[chain.index(n) for n in inventory.nuclides]] = inventory.activity
    after = chain.transition([seconds])[0] @ before
    date = None if inventory.date is None else inventory.date + round(seconds)
    attrs = {**inventory.attrs, "decayed_s": inventory.attrs.get("decayed_s", 0.0) + seconds}
    return Inventory(chain.nuclides, after, date, inventory.verified, attrs)


def pool_inventory(batches: Iterable[Batch], *, thermal_power: float, at: int) -> Inventory:
    """What a fuel pool holds on a day.

    Parameters
    ----------
    batches : iterable of Batch
    thermal_power : float
        Of the reactor that burnt the fuel [W].
    at : int
        The day [s since 1970 UTC]; batches discharged later are not in the pool yet and are
        counted in ``attrs["batches_later"]``.

    Raises
    ------
    InputError
        If a batch is not what fuel can be, or none is in the pool.
    """
    total: dict[str, float] = {}
    present, later = 0, 0
    for batch in batches:
        _check("core_fraction", batch.core_fraction, 0.0, 20.0, "whole cores")
        if batch.discharged > at:
            later += 1
            continue
        present += 1
        core = core_inventory(thermal_power=thermal_power, burnup=batch.burnup, since_shutdown=at - batch.discharged)
        for name, activity in zip(core.nuclides, core.activity, strict=True):
            total[name] = total.get(name, 0.0) + batch.core_fraction * float(activity)
    if not present:
        raise InputError("no fuel in the pool on that day", field="batches", cure="give batches discharged before")
    attrs = {
        "thermal_power_W": thermal_power,
        "batches": present,
        "batches_later": later,
        "source": "NUREG-1887 Table 1.1 and section 2.2",
        "missing": MISSING,
    }
    return Inventory(tuple(total), np.array(list(total.values())), at, True, attrs)


def cask_inventory(
    *,
    thermal_power: float,
    core_assemblies: int,
    assemblies: int,
    cooling: float,
    burnup: float = SPENT_FUEL_BURNUP,
    at: int | None = None,
) -> Inventory:
    """What one dry storage cask holds.

    Parameters
    ----------
    thermal_power : float
        Of the reactor that burnt the fuel [W].
    core_assemblies, assemblies : int
        Fuel assemblies in a whole core (VVER-1000: 163), and in the cask.
    cooling : float
        Since the fuel last produced power [s].
    burnup : float
        [MWd/t]
    at : int, optional
        When it is so [s since 1970 UTC].

    Raises
    ------
    InputError
        If the numbers are not those of a cask.
    """
    _check("core_assemblies", core_assemblies, 1, 1000, "assemblies in a core")
    _check("assemblies", assemblies, 1, 200, "assemblies in a cask")
    core = core_inventory(thermal_power=thermal_power, burnup=burnup, since_shutdown=cooling)
    attrs = {**core.attrs, "assemblies": assemblies, "core_assemblies": core_assemblies}
    return Inventory(core.nuclides, core.activity * assemblies / core_assemblies, at, core.verified, attrs)


def _check(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not (isfinite(value) and low <= value <= high):
        raise InputError(f"outside {low:g} to {high:g}", field=name, value=value, cure=f"give it in {unit}")
