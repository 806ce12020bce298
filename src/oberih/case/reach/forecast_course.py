"""Which further courses of the weather stand ready beside the first?

Defines the noun `ReadyCourse`: an atlas of another course of the same run, a member of the ensemble or the fields of
the run with something changed.  It is named in ``ready.json`` under the atlas of its run, and only when it is whole.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from oberih.weather.perturb import Perturbation

__all__ = ["LATEST", "UNSEEN", "ReadyCourse", "courses_among", "plain_course"]

LATEST = 253_402_300_799
"""The last second of the year 9999, seconds since 1970."""

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What a terminal obeys instead of showing it."""

WIDEST = 10.0
"""No factor is beyond this, either way [1]."""


@dataclass(frozen=True)
class ReadyCourse:
    """An atlas of another course of the weather, of the same run and the same hours as the one that it stands beside.

    Parameters
    ----------
    path : Path
        Of the atlas; the fields that it was built from are not kept.
    digest : str
        That its plan gave it.
    name : str
        For people: ``perturbed 3``, ``member 7``.
    particles : int
        A release hour and height.
    run_digest : str
        Of the messages that it was made from.
    made_at : int
        When it was published, seconds since 1970.
    member : int or None
        Of the ensemble.
    by : Perturbation
        What differs from the weather as forecast; the turn of the wind and the height of the release are applied to
        what the atlas gives.
    lacks : tuple of str
        What its run does not hold, in words.
    taken : int
        By the clock, fetching and reading included, since it was last taken up [s].
    spent : float
        Of processor, on this machine, since it was last taken up [s].
    """

    path: Path
    digest: str
    name: str
    particles: int
    run_digest: str
    made_at: int
    member: int | None = None
    by: Perturbation = field(default_factory=Perturbation)
    lacks: tuple[str, ...] = ()
    taken: int = 0
    spent: float = 0.0


def plain_course(course: ReadyCourse) -> dict[str, Any]:
    """As plain values; the atlas by its name, because the folder may be moved."""
    return {**asdict(course), "path": course.path.name}


def courses_among(folder: Path, told: Any) -> tuple[ReadyCourse, ...]:
    """The courses that a file names; what is not sound is left out, and nothing else with it.

    Parameters
    ----------
    folder : Path
        In which the atlases lie.
    told : list of dict
        As `plain_course`; anything else is no course.
    """
    found = [_course_of(folder, one) for one in told] if isinstance(told, list) else []
    return tuple(course for course in found if course is not None)


def _course_of(folder: Path, told: Any) -> ReadyCourse | None:
    try:
        by = Perturbation(**told["by"])
        course = ReadyCourse(
            **told | {"path": folder / told["path"], "by": by, "lacks": tuple(told.get("lacks", ()))}
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError):
        return None
    words = (str(course.path), course.digest, course.name, course.run_digest, *course.lacks)
    counts = (course.particles, course.made_at, course.taken, 0 if course.member is None else course.member)
    sound = (
        course.path.parent == folder and course.path.name != ".."
        and all(isinstance(word, str) and not UNSEEN.search(word) for word in words)
        and all(type(count) is int and 0 <= count <= LATEST for count in counts)
        and _is_number(course.spent) and 0.0 <= course.spent <= LATEST and _is_possible(by)
    )  # fmt: skip
    return course if sound else None


def _is_possible(by: Perturbation) -> bool:
    factors = [getattr(by, f.name) for f in fields(by) if f.name != "turn"]
    return _is_number(by.turn) and abs(by.turn) <= math.pi and all(
        _is_number(factor) and 1.0 / WIDEST <= factor <= WIDEST for factor in factors
    )  # fmt: skip


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
