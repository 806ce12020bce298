"""What is imagined to happen?

Defines the noun `Scenario`: which fuel, what comes out of it and when, through which rooms
it passes on its way out (`Compartment`, `Way`), and how it leaves.  A scenario is read from
a file (`oberih.release.scenario_file`); a release comes of it and an inventory
(`oberih.release.leaving`).

Invariants: compartments stand in the order in which the release passes them; ways lead to a
later compartment or outside; fractions and multipliers lie in 0 to 1; schedules start at 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oberih.release.fractions import Phase

__all__ = ["MAX_HOURS", "NEEDS", "OUTSIDE", "Compartment", "Row", "Scenario", "Schedule", "Way"]

Schedule = tuple[tuple[float, float], ...]
"""Steps (from when [s], value), the first from 0."""

NEEDS = ("core", "pool", "cask", "nothing")
"""What fuel a scenario needs; ``nothing``: it brings its own activities."""

OUTSIDE = "outside"
"""Where the last way leads."""

MAX_HOURS = 72
"""Longest release in hourly steps [h]; every hour costs its share of the atlas."""


@dataclass(frozen=True)
class Way:
    """An opening of a compartment.

    Parameters
    ----------
    to : str
        Name of a later compartment, or `OUTSIDE`.
    rate : Schedule
        Share of the compartment's air that leaves per time [1/s].
    carries : tuple of float
        By form (`oberih.constants.FORMS`): concentration in what leaves per concentration
        in the compartment [1]; below 1 it holds up, without removing (steam over water).
    passes : tuple of float
        By form: what filters in the opening let through [1]; the rest stays in them.
    """

    to: str
    rate: Schedule
    carries: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    passes: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Compartment:
    """A room in which the release is held up.

    Parameters
    ----------
    name : str
    removal : Schedule
        Rate at which aerosol and elemental iodine settle [1/s]; noble gases and organic
        iodine do not.
    ways : tuple of Way
    """

    name: str
    removal: Schedule
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Row:
    """One line of a table of a release: so much of a nuclide, evenly over some hours.

    Parameters
    ----------
    first, last : int
        From the beginning of hour ``first`` to the end of hour ``last - 1``.
    nuclide : str
    activity : float
        [Bq] over these hours.
    form : str or None
        Of `oberih.constants.FORMS`; None: as the nuclide's element and the scenario's
        iodine split say.
    """

    first: int
    last: int
    nuclide: str
    activity: float
    form: str | None = None


@dataclass(frozen=True)
class Scenario:
    """An imagined release, or one that happened.

    Parameters
    ----------
    name : str
        Identifier.
    title, story : mapping of str to str
        One line, one sentence; by language, ``en`` and ``uk``.
    needs : str
        One of `NEEDS`.
    hours : int
        Length of the release [h], counted from the beginning of fuel damage.
    height, heat : Schedule
        Of the opening above ground [m]; sensible heat that leaves [W].
    exit_velocity, exit_diameter : float
        Vertical momentum of a stack [m/s], [m].
    iodine : mapping of str to float
        Share of each form in released iodine [1]; the sum is 1.
    phases : tuple of Phase
        What comes out of the fuel, when.
    share : float
        Part of the inventory that is damaged [1].
    wait : float
        From shutdown (or from the day of the scenario) to fuel damage [s].
    compartments : tuple of Compartment
    rows : tuple of Row
        Activities that the scenario brings, where it needs no fuel.
    verified : bool
        False if any number was not checked against its text.
    unverified, sources : tuple of str
        Which numbers those are; where numbers come from.
    """

    name: str
    title: Mapping[str, str]
    story: Mapping[str, str]
    needs: str
    hours: int
    height: Schedule
    heat: Schedule
    exit_velocity: float
    exit_diameter: float
    iodine: Mapping[str, float]
    phases: tuple[Phase, ...] = ()
    share: float = 1.0
    wait: float = 0.0
    compartments: tuple[Compartment, ...] = ()
    rows: tuple[Row, ...] = ()
    verified: bool = False
    unverified: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
