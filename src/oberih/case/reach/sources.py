"""What would leave this site under these scenarios?

Joins a site's fuel with scenarios: which unit, pool or cask a scenario means, and its inventory
on the day.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from oberih.earth.site import Pool, Site, Unit
from oberih.errors import InputError
from oberih.release import (
    Batch,
    Inventory,
    Scenario,
    SourceTerm,
    cask_inventory,
    core_inventory,
    load_scenario,
    pool_inventory,
    release_of,
)

DEFAULT_SCENARIOS = (
    "core-melt-contained", "core-melt-vented", "core-melt-early-failure", "pool-fire", "cask-breach",
)  # fmt: skip
"""Those that a plan takes where none are named; the bypasses and past accidents are asked for by name."""

AT_POWER = "at power"
"""In place of a day of shutdown: the chain reaction runs until the release begins."""

_Words = tuple[str, str]
"""In English and in Ukrainian."""

CORE_ASSEMBLIES = {"VVER-1000": 163, "VVER-440": 349}
"""Fuel assemblies in a core, by the beginning of the unit's type; 163 and 349 are public design data."""


@dataclass(frozen=True)
class Released:
    """A scenario at a site.

    Parameters
    ----------
    scenario : Scenario
    source_term : SourceTerm
    fuel, fuel_uk : str
        Which fuel was taken, for people, in English and Ukrainian.
    verified : bool
        Whether every number of scenario and fuel was checked against its source.
    missing : str
        What the inventory lacks for want of a public source; doses are least values for it.
    """

    scenario: Scenario
    source_term: SourceTerm
    fuel: str
    verified: bool
    missing: str = ""
    fuel_uk: str = ""


def scenarios_of(names: tuple[str, ...], site: Site) -> list[Scenario]:
    """The scenarios named, or the default ones that the site has the fuel for."""
    if names:
        return [load_scenario(name) for name in dict.fromkeys(names)]
    chosen = [load_scenario(name) for name in DEFAULT_SCENARIOS]
    has = {"core": bool(site.units), "pool": bool(site.pools), "cask": site.dry_storage is not None}
    return [s for s in chosen if has.get(s.needs, True)]


def released(
    scenario: Scenario, site: Site, *, at: int, height: float | None = None, unit: str | None = None,
    shutdown: int | str | None = None,
) -> Released:  # fmt: skip
    """What a scenario releases at a site on a day.

    Parameters
    ----------
    scenario : Scenario
    site : Site
    at : int
        Day to which the fuel has decayed, seconds since 1970.
    height : float, optional
        Release height in place of the scenario's [m].
    unit : str, optional
        Whose core or pool; by default the core that ran last, and the pool with the youngest fuel.
    shutdown : int or str, optional
        When that core's chain reaction ended, in place of the site file's: seconds since 1970, or `AT_POWER`.
        Pools and casks do not follow it: their fuel was discharged before.

    Raises
    ------
    InputError
        If the site has no such fuel.
    UnknownName
        If it has no such unit.
    """
    inventory, (fuel, fuel_uk), sound = _fuel(scenario, _as_asked(site, unit, shutdown), at)
    term = release_of(scenario, inventory=inventory, at=at)
    if height is not None:
        term = dataclasses.replace(term, height=np.full(term.hours, height))
    return Released(scenario, term, fuel, bool(sound and term.verified), _missing(inventory), fuel_uk)


def _as_asked(site: Site, unit: str | None, shutdown: int | str | None) -> Site:
    """The site with that unit and pool alone, and with that time of shutdown, which nobody has verified."""
    units: tuple[Unit, ...] = site.units
    pools: tuple[Pool, ...] = site.pools
    if unit is not None:
        units, pools = (site.unit(unit),), tuple(p for p in site.pools if p.unit == unit)
    if shutdown is not None:
        when = shutdown if isinstance(shutdown, int) else None
        units = tuple(dataclasses.replace(u, shutdown=when, unverified=(*u.unverified, "shutdown")) for u in units)
    return dataclasses.replace(site, units=units, pools=pools)


def _missing(inventory: Inventory | None) -> str:
    """What the inventory says it lacks."""
    return "" if inventory is None else str(inventory.attrs.get("missing", ""))


def _fuel(scenario: Scenario, site: Site, at: int) -> tuple[Inventory | None, _Words, bool]:
    if scenario.needs == "core":
        return _core(site, at)
    if scenario.needs == "pool":
        return _pool(site, at)
    if scenario.needs == "cask":
        return _cask(site, at)
    return None, ("as published", "як опубліковано"), True


def _core(site: Site, at: int) -> tuple[Inventory, _Words, bool]:
    """The core that ran last, of those the largest."""
    if not site.units:
        raise InputError("the site has no reactor core", field="site", value=site.id, cure="choose another scenario")
    unit = max(site.units, key=lambda u: (u.shutdown is None, u.shutdown or 0, u.thermal_power, u.verified))
    inventory = core_inventory(thermal_power=unit.thermal_power, burnup=unit.burnup, shutdown=unit.shutdown)
    state, state_uk = AT_POWER, "на потужності"
    if unit.shutdown is not None and at >= unit.shutdown:
        since = np.datetime64(unit.shutdown, "s").astype("datetime64[D]")
        state, state_uk = f"shut down {since}", f"зупинено {since}"
    words = (
        f"core of unit {unit.id} ({unit.type}, {state})", f"активна зона блока {unit.id} ({unit.type}, {state_uk})"
    )  # fmt: skip
    return inventory, words, unit.verified and inventory.verified


def _pool(site: Site, at: int) -> tuple[Inventory, _Words, bool]:
    """The pool with the youngest fuel."""
    if not site.pools:
        raise InputError("the site has no spent-fuel pool", field="site", value=site.id, cure="choose another scenario")
    pool = max(site.pools, key=lambda p: max((b.discharged for b in p.batches), default=0))
    unit = next((u for u in site.units if u.id == pool.unit), max(site.units, key=lambda u: u.thermal_power))
    batches = [Batch(core_fraction=b.core_fraction, discharged=b.discharged, burnup=50000.0) for b in pool.batches]
    inventory = pool_inventory(batches, thermal_power=unit.thermal_power, at=at)
    whose = f"басейн витримки блока {pool.unit}" if pool.unit else "басейн витримки майданчика"
    return inventory, (f"pool of unit {pool.unit or 'site'}", whose), False


def _cask(site: Site, at: int) -> tuple[Inventory, _Words, bool]:
    """One typical cask of the dry store."""
    store = site.dry_storage
    if store is None or not site.units:
        raise InputError("the site has no dry store", field="site", value=site.id, cure="choose another scenario")
    unit = max(site.units, key=lambda u: u.thermal_power)
    assemblies = next((n for kind, n in CORE_ASSEMBLIES.items() if unit.type.startswith(kind)), 163)
    inventory = cask_inventory(
        thermal_power=unit.thermal_power, core_assemblies=assemblies, assemblies=store.assemblies_per_cask,
        cooling=store.cooling_time, burnup=store.burnup, at=at,
    )  # fmt: skip
    held = store.assemblies_per_cask
    words = f"one cask of {held} assemblies", f"один контейнер, тепловидільних збірок: {held}"
    return inventory, words, store.verified and inventory.verified
