"""From which dose on, or within which distance, is which action needed?

Defines the nouns `Criterion` (a dose level that calls for an action), `Prescription` (a
distance within which an action is prepared, whatever the dose) and `CriteriaSet` (what one
authority asks).  All are data; `oberih.zone.criteria` reads them.

Invariants: levels in Sv or Gy, windows in s, distances in m; a thyroid level printed in Gy
equals the same number of Sv, since the radiation weighting factor of beta and gamma is 1;
a criterion of which any number was not checked against its text has ``verified=False``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from oberih.constants import AGES
from oberih.dose.quantity import PATHWAYS, Quantity
from oberih.errors import InputError, UnknownName

__all__ = ["ACTIONS", "BASES", "EXPOSURES", "TIERS", "CriteriaSet", "Criterion", "Prescription"]

ACTIONS = {
    "severe": ("Avoid severe deterministic effects", "Запобігання тяжким детермінованим ефектам"),
    "evacuate": ("Evacuation", "Евакуація"),
    "shelter": ("Sheltering", "Укриття"),
    "iodine": ("Iodine thyroid blocking", "Йодна профілактика"),
    "limit_outdoors": ("Limit on time outdoors", "Обмеження перебування на відкритому повітрі"),
    "relocate": ("Temporary relocation", "Тимчасове відселення"),
    "resettle": ("Permanent resettlement", "Переселення на постійне місце проживання"),
    "food": ("Food restriction", "Обмеження споживання харчових продуктів"),
    "food_precaution": ("Precautionary food restriction", "Застережне обмеження споживання місцевих продуктів"),
    "monitoring": ("Population monitoring", "Медичний нагляд за населенням"),
}
"""Names of actions with their titles in English and Ukrainian."""

BASES = ("projected", "averted")
"""A projected dose is received if nothing is done; an averted dose is what the action saves."""

TIERS = ("", "lower", "upper")
"""Of a pair of levels: from the lower on the action is justified, from the upper on always."""

EXPOSURES = ("outdoors", "sheltered", "unstated")
"""Where the person is assumed to stay."""


@dataclass(frozen=True)
class Criterion:
    """A dose level from which on an action is needed.

    Parameters
    ----------
    set, name : str
        Identifier of the set, and of the criterion within it.
    action : str
        One of `ACTIONS`.
    title, title_uk : str
        One line for people, in English and Ukrainian.
    level : float
        [Sv or Gy, see ``unit``]
    unit : str
        ``Sv`` or ``Gy``.
    organ, age : str
        As in `oberih.dose.quantity.Quantity`.
    window : float
        Time over which the dose is counted [s].
    pathways : tuple of str
        Those that count; ``ingestion`` makes the criterion one that is shown, not computed.
    nuclides : str
        ``all`` or ``radioiodine``.
    basis : str
        One of `BASES`.  An averted dose is computed as the projected one: the action is
        taken to save all of it, so that the zone is at most too large.
    tier : str
        One of `TIERS`.
    exposure : str
        One of `EXPOSURES`.
    factors : tuple of (str, float)
        What remains of a pathway by the exposure assumed [1].
    source, url, clause : str
        Where the level stands.
    verified : bool
        Whether the level was read in a text at the ``url``.
    note : str
        What was assumed where the text is silent.
    """

    set: str
    name: str
    action: str
    title: str
    title_uk: str
    level: float
    unit: str
    organ: str
    age: str
    window: float
    pathways: tuple[str, ...]
    nuclides: str
    basis: str
    tier: str
    exposure: str
    factors: tuple[tuple[str, float], ...]
    source: str
    url: str
    clause: str
    verified: bool
    note: str

    @property
    def key(self) -> str:
        """Identifier across sets, such as ``germany/evacuate``."""
        return f"{self.set}/{self.name}"

    @property
    def computable(self) -> bool:
        """Whether the dose it asks for can be computed from an atlas."""
        return all(p in PATHWAYS for p in self.pathways)

    @property
    def quantity(self) -> Quantity:
        """The dose it asks for.

        Raises
        ------
        InputError
            If it counts a pathway that is not computed, such as ingestion.
        """
        if not self.computable:
            raise InputError(
                "counts a pathway that is not computed", field=self.key, value=", ".join(self.pathways),
                cure=f"choose a criterion that counts only {', '.join(PATHWAYS)}",
            )  # fmt: skip
        return Quantity(
            organ=self.organ, age=self.age, window=self.window, pathways=self.pathways, nuclides=self.nuclides,
            factors=self.factors,
        )  # fmt: skip

    def for_age(self, age: str) -> Criterion:
        """The same criterion for another age group.

        Raises
        ------
        UnknownName
            If there is no such age group.
        """
        if age not in AGES:
            raise UnknownName("age", age, known=AGES)
        return dataclasses.replace(self, age=age)


@dataclass(frozen=True)
class Prescription:
    """A distance within which an action is prepared, whatever the dose.

    Parameters
    ----------
    set, name : str
        Identifier of the set, and of the prescription within it.
    action : str
        One of `ACTIONS`.
    title, title_uk : str
        One line for people.
    distance : float
        From the plant [m].
    extended : float
        To which the action must be extendable [m]; equal to ``distance`` where nothing more is asked.
    source, url, clause : str
        Where it stands.
    verified : bool
        Whether it was read in a text at the ``url``.
    note : str
    """

    set: str
    name: str
    action: str
    title: str
    title_uk: str
    distance: float
    extended: float
    source: str
    url: str
    clause: str
    verified: bool
    note: str

    @property
    def key(self) -> str:
        """Identifier across sets."""
        return f"{self.set}/{self.name}"


@dataclass(frozen=True)
class CriteriaSet:
    """What one authority asks.

    Parameters
    ----------
    name, title, title_uk : str
        Identifier and one line for people.
    text : str
        What must be known to read it rightly.
    criteria : tuple of Criterion
    prescriptions : tuple of Prescription
    file : str
        Where it was read.
    """

    name: str
    title: str
    title_uk: str
    text: str
    criteria: tuple[Criterion, ...]
    prescriptions: tuple[Prescription, ...]
    file: str

    @property
    def verified(self) -> bool:
        """Whether every number in it was read in its text."""
        return all(c.verified for c in self.criteria) and all(p.verified for p in self.prescriptions)

    @property
    def computable(self) -> tuple[Criterion, ...]:
        """Those criteria whose dose can be computed from an atlas."""
        return tuple(c for c in self.criteria if c.computable)

    def criterion(self, name: str) -> Criterion:
        """The criterion of that name.

        Raises
        ------
        UnknownName
            With the nearest names.
        """
        for row in self.criteria:
            if name in (row.name, row.key):
                return row
        raise UnknownName("criterion", name, known=[c.name for c in self.criteria], file=self.file)
