"""Did it happen, and did anybody look?

`no_event`: nothing of a kind may have happened within a window of days (or ever, where what was done stays
done until it is undone).  That nobody noted an event does not show that there was none: it holds only where somebody
independent looked.  An event that one party alone claims puts it at risk at most, as does one that may lie
outside the area.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from oberih.regimes.finding import Verdict
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import Days, Name, Place, Rule, SetAside, age, by_channel

__all__ = ["LOOKING", "NoEvent", "no_event"]

LOOKING = ("inspected", "measured")
"""Channels of an independent look."""


class NoEvent(Rule):
    """None of these events within the window (or, with ``persists``, ever), unless undone by ``until``."""

    test: Literal["no_event"]
    indicators: Annotated[list[Name], Field(min_length=1)]
    window: Days | None = None
    looked_for: Name | None = None
    until: Name | None = None
    area: Name | None = None
    persists: bool = False
    stale_after: Days | None = None

    @model_validator(mode="after")
    def _has_a_window(self) -> NoEvent:
        if self.window is None and not self.persists:
            raise ValueError("has no window; give window (days), or persists = true")
        return self

    def reads(self) -> tuple[str, ...]:
        """Return the indicators that the test looks at."""
        return (*self.indicators, *(n for n in (self.looked_for, self.until) if n is not None))


def no_event(observations: Sequence[Observation], rule: NoEvent, *, as_of: date, place: Place | None = None) -> Verdict:
    """Judge whether something happened that must not.

    Examples
    --------
    >>> rule = NoEvent(name="attack", test="no_event", indicators=["strike"], window=30)
    >>> no_event([], rule, as_of=date(2024, 4, 10)).why
    'nothing noted, and nobody independent looked'
    """
    kept, aside = by_channel(observations, rule)
    events, unplaced = _events(kept, rule, as_of=as_of, place=place, aside=aside)
    looks = [o for o in kept if o.indicator == rule.looked_for]
    if events:
        aside += [(o.id, "an event outweighs a look") for o in looks]
        return _adverse(events, aside)
    return _nothing(looks, unplaced, rule, as_of, aside)


def _events(
    kept: Sequence[Observation], rule: NoEvent, *, as_of: date, place: Place | None, aside: SetAside
) -> tuple[list[tuple[Observation, str]], int]:
    """Events that count, each with a doubt in words or "", and how many have no position."""
    ends = [o for o in kept if o.indicator == rule.until and o.given]
    aside += [(o.id, "was not given") for o in kept if o.indicator == rule.until and not o.given]
    used: set[str] = set()
    found: list[tuple[Observation, str]] = []
    unplaced = 0
    for event in (o for o in kept if o.indicator in rule.indicators):
        undone = next((o for o in ends if o.date >= event.last), None)
        reason = _passed(event, rule, as_of, undone)
        doubt = "" if event.confirmed else "claimed only"
        if undone is not None:
            used.add(undone.id)
        if not reason and rule.area is not None and place is not None:
            if event.longitude is None or event.latitude is None:
                unplaced += 1
                reason = f"has no position, so it may lie in {rule.area} or not"
            else:
                where = place(rule.area, event)
                reason = "" if where.side != "outside" else f"lies {where.words}"
                doubt = doubt or (where.words if where.side == "possibly inside" else "")
        if reason:
            aside.append((event.id, reason))
        else:
            found.append((event, doubt))
    aside += [(o.id, "says when an event ended" if o.id in used else "no event ended with it") for o in ends]
    return found, unplaced


def _passed(event: Observation, rule: NoEvent, as_of: date, undone: Observation | None) -> str:
    """Why an event does not count on this day; "" if it does."""
    if not event.given:
        return "was asked for and not given"
    if event.value == 0 and not isinstance(event.value, str):
        return "says that there was none"
    if undone is not None:
        return f"ended with {undone.id} on {undone.date}"
    if not rule.persists and rule.window is not None and age(event, as_of) > rule.window:
        return f"is older than {rule.window} d"
    return ""


def _adverse(events: Sequence[tuple[Observation, str]], aside: SetAside) -> Verdict:
    sure = [o for o, doubt in events if not doubt]
    shown, doubt = (sure[-1], "") if sure else events[-1]
    why = f"{shown.indicator} on {shown.date}" + (f", {doubt}" if doubt else "")
    more = f" and {len(events) - 1} more" if len(events) > 1 else ""
    status = "compromised" if sure else "at-risk"
    return Verdict(status, why + more, tuple(o.id for o, _ in events), tuple(aside))


def _nothing(looks: Sequence[Observation], unplaced: int, rule: NoEvent, as_of: date, aside: SetAside) -> Verdict:
    """No event that counts: holds where somebody independent looked lately, else unknown."""
    able = [o for o in looks if o.channel in LOOKING]
    aside += [(o.id, f"came by {o.channel}: no independent look") for o in looks if o not in able]
    last = able[-1] if able else None
    aside += [(o.id, f"{able[-1].date} is later") for o in able[:-1]]
    ids = (last.id,) if last is not None else ()
    if unplaced:
        return Verdict("unknown", f"{unplaced} noted without a position", ids, tuple(aside))
    if last is None:
        return Verdict("unknown", "nothing noted, and nobody independent looked", (), tuple(aside))
    if not last.given:
        return Verdict("unknown", f"a look was asked for on {last.date} and not given", ids, tuple(aside))
    limit = rule.stale_after if rule.stale_after is not None else rule.window
    if limit is not None and age(last, as_of) > limit:
        return Verdict("unknown", f"nothing noted; the last look of {last.date} is stale", ids, tuple(aside))
    return Verdict("holds", f"looked for on {last.date}, nothing found", ids, tuple(aside))
