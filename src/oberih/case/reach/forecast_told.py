"""What is said of the courses that stand ready: how many of how many, of which kind, at what cost?"""

from __future__ import annotations

from collections.abc import Sequence

from oberih.case.reach.atlas_cache import bytes_in
from oberih.case.reach.forecast_course import ReadyCourse
from oberih.case.reach.forecast_state import Begun, ReadyAtlas, standing
from oberih.case.wording import stamp

__all__ = ["NO_ENSEMBLE", "PERTURBED", "course_facts", "course_notes", "kind_of", "span_text", "standing_text"]

PERTURBED, MEMBERS = "perturbed", "members"

NO_ENSEMBLE = "Perturbed courses are no forecast ensemble: they do not know how the atmosphere errs."


def kind_of(entry: ReadyAtlas) -> str:
    """Of the further courses that are wanted or stand: ``perturbed``, ``members``, or nothing."""
    names = (*entry.wanted, *(course.name for course in entry.courses))
    if not names:
        return ""
    return MEMBERS if names[0].startswith("member ") else PERTURBED


def standing_text(entry: ReadyAtlas) -> str:
    """How many of how many courses of the weather stand, the first among them."""
    return f"{1 + len(standing(entry))} of {1 + len(entry.wanted)}"


def course_facts(entries: Sequence[ReadyAtlas], at_work: Begun | None, *, now: int) -> list[tuple[str, str]]:
    """What a duty officer asks of the courses: how many, which is at work, how long still, at what cost.

    Parameters
    ----------
    entries : sequence of ReadyAtlas
        The newest first.
    at_work : Begun or None
        The course that is being built.
    now : int
        Seconds since 1970.
    """
    newest = entries[0]
    if not newest.wanted and not newest.courses:
        return [("courses", "1: the weather as forecast; others with --perturbed or --members")]
    whole = [course for course, _ in standing(newest)]
    left = len(newest.wanted) - len(whole)
    first, others = (
        "the weather as forecast",
        f"{len(whole)} {'perturbed' if kind_of(newest) == PERTURBED else 'members'}",
    )
    facts = [("courses", f"{standing_text(newest)} stand ready: {first}, and {others}")]
    if at_work is not None and at_work.run != newest.run:
        at_work = None  # what a killed process was at, of a run before
    if at_work is not None:
        facts.append(("course at work", f"{at_work.asked}, since {stamp(at_work.since)}"))
    known = whole or [course for entry in entries for course, _ in standing(entry)]
    each = sum(course.taken for course in known) / len(known) if known else None
    if left > 0:
        begun = min(now - at_work.since, each or 0) if at_work is not None else 0
        facts.append(("time left", "not known before a course is whole" if each is None else (
            f"{span_text(left * each - begun)} for {left} more, as long as those before took"
        )))  # fmt: skip
    if each is not None:
        facts.append(("cost of a course", _cost(known, each)))
    return facts


def course_notes(entry: ReadyAtlas) -> list[str]:
    """What must be known of them: what they are not, which could not be had."""
    notes = [NO_ENSEMBLE] if kind_of(entry) == PERTURBED else []
    return notes + [f"Missing: {words}." for words in entry.missing]


def span_text(seconds: float) -> str:
    """A time span, to minutes from two of them on.

    Examples
    --------
    >>> span_text(65.2), span_text(754.0), span_text(9000.0)
    ('65 s', '13 min', '2 h 30 min')
    """
    if seconds < 120.0:
        return f"{max(seconds, 0.0):.0f} s"
    minutes = round(seconds / 60.0)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _cost(courses: Sequence[ReadyCourse], each: float) -> str:
    spent = sum(course.spent for course in courses) / len(courses)
    size = sum(bytes_in(course.path) for course in courses) / len(courses)
    processor = f"{span_text(spent)} of processor here, " if spent > 0.0 else ""
    return f"{span_text(each)} by the clock, {processor}{size / 1e6:.1f} MB on disk"
