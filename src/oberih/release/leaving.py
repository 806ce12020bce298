"""What leaves in each hour, of which nuclide, in which form?

The verb `release_of` joins a `Scenario` and an `Inventory` to a `SourceTerm`: the inventory
decays to the scenario's day, its phases come out of the fuel, pass the compartments and
leave.  Progeny that live briefly travel in equilibrium with a parent on aerosol or iodine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import FORMS, SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.nuclide import GROUPS, Chain, decay_chain, element_group, equilibrium_progeny, is_iodine, is_noble_gas
from oberih.release.containment import Room, StepMatrices, Tally, step_mean, through_rooms
from oberih.release.fractions import Phase, released_between
from oberih.release.inventory import Inventory, decayed
from oberih.release.scenario import OUTSIDE, Scenario
from oberih.release.source_term import SourceTerm

__all__ = ["LEAST_ACTIVITY", "release_of"]

Floats = npt.NDArray[np.float64]

STEP = 600.0
"""Step in which fuel and compartments are followed [s]; steady rates within it are exact."""

LEAST_ACTIVITY = 1e3
"""A nuclide of which less leaves altogether is dropped [Bq]: at 1E-3 s/m3 and 1E-4 Sv/Bq a
kilobecquerel inhaled at 3.3E-4 m3/s gives 3E-8 Sv."""


def release_of(scenario: Scenario, *, inventory: Inventory | None = None, at: int | None = None) -> SourceTerm:
    """What a scenario releases from an inventory.

    Parameters
    ----------
    scenario : Scenario
    inventory : Inventory, optional
        Of the fuel that the scenario needs; none where it brings its own activities.
    at : int, optional
        When the scenario begins [s since 1970 UTC].  The inventory decays from its date to
        then; an inventory without a date, or with a later one (the core was at power), is
        taken as it stands.

    Returns
    -------
    SourceTerm
        From the beginning of fuel damage, hour by hour; activity at the moment of leaving.
        Nuclides of which less than `LEAST_ACTIVITY` leaves are dropped.

    Raises
    ------
    InputError
        If the scenario needs fuel and no inventory is given.
    """
    if scenario.needs == "nothing":
        nuclides, activity = _given(scenario)
        facts: dict[str, object] = {}
    else:
        if inventory is None:
            raise InputError(
                f"needs the inventory of a {scenario.needs}", field="scenario", value=scenario.name, cure="give one"
            )
        fuel = _on_the_day(scenario, inventory, at)
        nuclides, tally = _followed(scenario, fuel)
        activity = tally.left.reshape(scenario.hours, -1, len(nuclides), len(FORMS)).sum(axis=1)
        facts = {"inventory": dict(fuel.attrs), "inventory_verified": inventory.verified}
    nuclides, activity = _with_equilibrium(nuclides, activity)
    if scenario.needs != "nothing":
        nuclides, activity = _without_traces(nuclides, activity)
    return _labelled(scenario, nuclides, activity, facts, at)


def _on_the_day(scenario: Scenario, inventory: Inventory, at: int | None) -> Inventory:
    cooled = 0 if at is None or inventory.date is None else max(0, at - inventory.date)
    return decayed(inventory, cooled + scenario.wait)


def _followed(scenario: Scenario, fuel: Inventory) -> tuple[tuple[str, ...], Tally]:
    chain = decay_chain(fuel.nuclides)
    start = np.zeros(len(chain))
    start[[chain.index(n) for n in fuel.nuclides]] = fuel.activity * scenario.share
    steps = round(scenario.hours * SECONDS_PER_HOUR / STEP)
    half = chain.transition([STEP / 2])[0]
    home = np.array([[f == ("noble_gas" if is_noble_gas(n) else "aerosol") for f in FORMS] for n in chain.nuclides])
    decay = StepMatrices(np.diag(half).copy(), half - np.diag(np.diag(half)), home.astype(np.float64))
    held = _over_time(chain, start, steps)
    source = (held * _coming_out(chain, scenario.phases, steps))[:, :, None] * _forms(chain.nuclides, scenario)
    return chain.nuclides, through_rooms(source, _rooms(scenario, steps), decay, length=STEP)


def _over_time(chain: Chain, start: Floats, steps: int) -> Floats:
    """What the fuel would hold in the middle of each step, shape (steps, n) [Bq]."""
    held = np.empty((steps, len(chain)))
    held[0] = chain.transition([STEP / 2])[0] @ start
    whole = chain.transition([STEP])[0]
    for k in range(1, steps):
        held[k] = whole @ held[k - 1]
    return held


def _coming_out(chain: Chain, phases: tuple[Phase, ...], steps: int) -> Floats:
    """Share of each nuclide's inventory that leaves the fuel in each step, shape (steps, n)."""
    end = max(p.start + p.duration for p in phases)
    by_group = np.zeros((steps, len(GROUPS)))
    for k in range(min(steps, int(end // STEP) + 1)):
        by_group[k] = [released_between(phases, g, start=k * STEP, end=(k + 1) * STEP) for g in GROUPS]
    return by_group[:, [GROUPS.index(element_group(n)) for n in chain.nuclides]]


def _forms(nuclides: tuple[str, ...], scenario: Scenario) -> Floats:
    """Share of each form in what leaves the fuel, shape (n, forms)."""
    return np.array([_split(n, scenario) for n in nuclides]).reshape(-1, len(FORMS))


def _split(nuclide: str, scenario: Scenario) -> list[float]:
    if is_iodine(nuclide):
        return [scenario.iodine.get(f, 0.0) for f in FORMS]
    return [float(f == ("noble_gas" if is_noble_gas(nuclide) else "aerosol")) for f in FORMS]


def _rooms(scenario: Scenario, steps: int) -> list[Room]:
    order = [c.name for c in scenario.compartments]
    return [
        Room(
            removal=step_mean(c.removal, steps=steps, length=STEP),
            rate=np.array([step_mean(w.rate, steps=steps, length=STEP) for w in c.ways]),
            carries=np.array([w.carries for w in c.ways]),
            passes=np.array([w.passes for w in c.ways]),
            to=tuple(-1 if w.to == OUTSIDE else order.index(w.to) for w in c.ways),
        )
        for c in scenario.compartments
    ]


def _given(scenario: Scenario) -> tuple[tuple[str, ...], Floats]:
    """The scenario's own activities, shape (hours, n, forms) [Bq]."""
    nuclides = tuple(dict.fromkeys(r.nuclide for r in scenario.rows))
    activity = np.zeros((scenario.hours, len(nuclides), len(FORMS)))
    for row in scenario.rows:
        split = _split(row.nuclide, scenario) if row.form is None else [float(f == row.form) for f in FORMS]
        per_hour = row.activity / (row.last - row.first)
        activity[row.first : row.last, nuclides.index(row.nuclide)] += per_hour * np.array(split)
    return nuclides, activity


def _with_equilibrium(nuclides: tuple[str, ...], activity: Floats) -> tuple[tuple[str, ...], Floats]:
    """Let short-lived progeny travel with a parent that is no noble gas: at least in equilibrium."""
    carried = equilibrium_progeny([n for n in nuclides if not is_noble_gas(n)])
    names = tuple(dict.fromkeys((*nuclides, *(p for progeny in carried.values() for p in progeny))))
    full = np.zeros((len(activity), len(names), len(FORMS)))
    full[:, : len(nuclides)] = activity
    for parent, progeny in carried.items():
        amount = full[:, names.index(parent)].sum(axis=1)
        for name, ratio in progeny.items():
            place = full[:, names.index(name)]
            place[:, FORMS.index("noble_gas" if is_noble_gas(name) else "aerosol")] += np.maximum(
                0.0, ratio * amount - place.sum(axis=1)
            )
    return names, full


def _without_traces(nuclides: tuple[str, ...], activity: Floats) -> tuple[tuple[str, ...], Floats]:
    total = activity.sum(axis=(0, 2))
    keep = (total >= LEAST_ACTIVITY) | (total == total.max())
    return tuple(n for n, k in zip(nuclides, keep, strict=True) if k), activity[:, keep]


def _labelled(
    scenario: Scenario, nuclides: tuple[str, ...], activity: Floats, facts: dict[str, object], at: int | None
) -> SourceTerm:
    inventory_verified = bool(facts.get("inventory_verified", True))
    return SourceTerm(
        name=scenario.name,
        title=scenario.title["en"],
        nuclides=nuclides,
        activity=activity,
        height=step_mean(scenario.height, steps=scenario.hours, length=SECONDS_PER_HOUR),
        heat=step_mean(scenario.heat, steps=scenario.hours, length=SECONDS_PER_HOUR),
        exit_velocity=scenario.exit_velocity,
        exit_diameter=scenario.exit_diameter,
        verified=scenario.verified and inventory_verified,
        attrs={
            "title_uk": scenario.title["uk"],
            "story": dict(scenario.story),
            "needs": scenario.needs,
            "sources": list(scenario.sources),
            "unverified": list(scenario.unverified),
            "notes": list(scenario.notes),
            "at": at,
            "dropped_below_Bq": LEAST_ACTIVITY if scenario.needs != "nothing" else 0.0,
            **facts,
        },
    )
