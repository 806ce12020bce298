"""What does a row of the plant's chronology say, as observations?

Reads ``znpp_chronology.csv`` by ``regimes/data/coding/znpp.toml``: a row that still is the row we read gives our own
reading of it; any other is read by its category and its words.  How far it is trusted comes from its certainty column
in both cases.  Rows that are the agency's judgements are left out always: they are the answer, not an observation.

Invariants: no rule here knows the day for which a finding is asked; an observation's id begins with that of
its row, so that a finding can say on which rows it rests (`row_of`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.evidence.moment import EARLIEST_YEAR, first_day, last_day
from oberih.regimes.observation import Observation
from validation.shelf import Row, read_table

__all__ = ["NEEDED", "Coding", "Event", "Reading", "load_coding", "read_chronology", "row_of"]

NEEDED = ("event_id", "date", "site", "category", "what", "certainty")
"""Columns without which the table is not read."""

ANSWERS = ("certainty", "attribution_claims", "pillars", "principles", "note", "citation_url", "reported_by", "end")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One value that a row gives to one indicator, with what departs from the row's own date and trust."""

    indicator: str
    value: float | str | None
    given: bool
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Coding:
    """The coding file, as tables; `load_coding` reads it."""

    table: Mapping[str, Any]

    @property
    def left_out(self) -> Words:
        """Categories that are never observations."""
        return (*self.table["left_out"], *self.table["context"])

    def bears(self, indicator: str) -> frozenset[str]:
        """Pillars and principles that an indicator speaks about."""
        return frozenset(self.table["indicator"][indicator]["bears"])

    def cues(self, words: Iterable[str]) -> Words:
        """Words with the lists that they stand for put in."""
        return tuple(w for word in words for w in (self.table["cues"][word[1:]] if word.startswith("@") else (word,)))


@dataclass(frozen=True)
class Event:
    """One row, its dates read, and where it stands."""

    row: Row
    start: date
    end: date
    where: str

    @property
    def says(self) -> str:
        """What happened, in lower case."""
        return self.row["what"].lower()

    @property
    def named(self) -> frozenset[str]:
        """Pillars and principles that the row names."""
        names = f"{self.row.get('pillars', '')};{self.row.get('principles', '')}".split(";")
        return frozenset(n.strip() for n in names if n.strip())


def load_coding() -> Coding:
    """Return the coding that comes with Oberih."""
    path = Path(str(files("oberih.regimes"))) / "data" / "coding" / "znpp.toml"
    return Coding(tomllib.loads(path.read_text(encoding="utf-8")))


def row_of(identifier: str) -> str:
    """Return the id of the row that an observation was read from.

    Examples
    --------
    >>> row_of("E040:site-struck")
    'E040'
    """
    return identifier.split(":", 1)[0]


def read_chronology(file: Path, coding: Coding) -> tuple[tuple[Event, ...], tuple[Observation, ...]]:
    """Read the chronology: every row, and the observations that rows give.

    Raises
    ------
    InputError
        If a row has no id, the same as another, or no date.
    """
    events = tuple(_events(file))
    return events, tuple(o for event in events for o in _observations(event, coding))


def _events(file: Path) -> Iterator[Event]:
    seen: dict[str, str] = {}
    for number, row in enumerate(read_table(file, needs=NEEDED), start=2):
        if not any(row.values()):
            continue
        where = f"{file}, entry {number - 1}"
        name = row["event_id"]
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
            raise InputError("is no id", file=where, field="event_id", value=name, cure="use letters, digits, . _ -")
        if name in seen:
            raise InputError(f"is given already in {seen[name]}", file=where, field="event_id", value=name)
        seen[name] = f"entry {number - 1}"
        yield _event(row, where)


def _event(row: Row, where: str) -> Event:
    start = first_day(_plausible(row["date"], "date", where))
    end = last_day(_plausible(row.get("end") or row["date"], "end", where))
    if end < start:
        raise InputError(f"lies before the date ({start})", file=where, field="end", value=row.get("end"))
    return Event({**dict.fromkeys(ANSWERS, ""), **row}, start, end, where)


def _plausible(text: str, field: str, where: str) -> str:
    try:
        year = first_day(text).year
    except InputError as error:
        raise InputError(error.message, file=where, field=field, value=text, cure="write 2022-03-04") from error
    if not EARLIEST_YEAR <= year <= 2100:
        raise InputError("is no year of such an event", file=where, field=field, value=text, cure="correct the year")
    return text


def _observations(event: Event, coding: Coding) -> Iterator[Observation]:
    site = coding.table["sites"].get(event.row["site"])
    if site is None or event.row["category"] in coding.left_out:
        return
    credibility, both = _trust(event, coding)
    for number, reading in enumerate(_own(event, coding) or _by_rules(event, coding)):
        trusted = _trusted(reading, event, credibility)
        if reading.changes.get("only_if_confirmed") and trusted > 2:
            continue
        start, end = _dates(reading, event)
        yield Observation(
            id=f"{event.row['event_id']}:{number}:{reading.indicator}", indicator=reading.indicator, subject=site,
            date=start, end=end if end != start else None, value=reading.value, given=reading.given,
            text=event.row["what"], channel=str(reading.changes.get("channel", "press")), credibility=trusted,
            source=event.row["citation_url"] or event.where, affirmed_by=both,
            claims=_claims(event), verified="UNVERIFIED" not in f"{event.row['note']} {event.row['certainty']}",
        )  # fmt: skip


def _claims(event: Event) -> tuple[tuple[str, str], ...]:
    said = event.row["attribution_claims"]
    return ((event.row["reported_by"] or "the chronology", said),) if said else ()


def _trust(event: Event, coding: Coding) -> tuple[int, Words]:
    """Credibility of a row (1 to 6), and who affirms that it happened."""
    certainty = event.row["certainty"].lower()
    found = [t["credibility"] for t in coding.table["trust"] if all(_one_of([w], certainty) for w in t["words"])]
    credibility = int(found[0]) if found else 6
    both = coding.table["both_affirm"]
    if any(w in event.row["attribution_claims"].lower() for w in both["words"]):
        return min(credibility, int(both["credibility"])), tuple(both["parties"])
    return credibility, ()


def _trusted(reading: Reading, event: Event, credibility: int) -> int:
    """A reading may be trusted less than its row, or by a word of its own on that very certainty."""
    own = reading.changes.get("trust", {}).get(event.row["certainty"])
    return int(own) if own is not None else max(credibility, int(reading.changes.get("credibility", 1)))


def _dates(reading: Reading, event: Event) -> tuple[date, date]:
    changes = reading.changes
    if "after" in changes:
        day = event.end + timedelta(days=int(changes["after"]))
        return day, day
    start = date.fromisoformat(changes["date"]) if "date" in changes else event.start
    if "end" in changes:
        return start, date.fromisoformat(changes["end"])
    return start, start if "date" in changes else event.end


def _own(event: Event, coding: Coding) -> list[Reading]:
    """Our reading of this row, while it is still the row that was read."""
    for entry in coding.table["event"]:
        same = (entry["id"], entry["date"], entry["category"]) == tuple(
            event.row[name] for name in ("event_id", "date", "category")
        )
        if same and _one_of(entry["words"], event.says):
            return [_reading(r) for r in entry["reading"]]
    return []


def _by_rules(event: Event, coding: Coding) -> list[Reading]:
    """What the category, or else the pillar that a row names, and its words give."""
    known = {c for rule in coding.table["rule"] for c in rule.get("category", ())}
    by_pillar = event.row["category"] not in known
    taken: set[str] = set()
    out: list[Reading] = []
    for rule in coding.table["rule"]:
        place = rule.get("pillar") in event.named if by_pillar else event.row["category"] in rule.get("category", ())
        if not (place and _fits(rule, event.says, coding)):
            continue
        for row in rule["reading"]:
            wanted = _one_of(row.get("needs", ()), event.says) or "needs" not in row
            if row["indicator"] in taken or not wanted:
                continue
            if event.named and not event.named & coding.bears(row["indicator"]):
                continue
            out.append(_reading(row))
        taken |= {r["indicator"] for r in rule["reading"]} | set(rule.get("stop", ()))
    return out


def _fits(rule: Mapping[str, Any], says: str, coding: Coding) -> bool:
    wanted = all(_one_of(coding.cues(rule[name]), says) for name in ("any", "also") if name in rule)
    return wanted and not _one_of(coding.cues(rule.get("none", ())), says)


def _one_of(words: Iterable[str], says: str) -> bool:
    """Whether one of the words begins somewhere in the text at a word's beginning."""
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word)}", says) for word in words)


def _reading(row: Mapping[str, Any]) -> Reading:
    changes = {k: v for k, v in row.items() if k not in {"indicator", "value", "given", "needs"}}
    value = row.get("value")
    return Reading(
        row["indicator"], float(value) if isinstance(value, int) else value, bool(row.get("given", True)), changes
    )
