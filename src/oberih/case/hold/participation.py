"""Who takes part, in what, since when is it known, and who says what about it?

Stories that return a `Sheet`: `list_events`, `show_event`, `who`, `votes`, `claims`; each as of a day, with only what
was public by then.  Figures of several sources stand side by side; a claim that is normative says "not scored".
`for_reading` gives a sheet's table room on a screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from oberih.case.sheet import Sheet
from oberih.case.wording import LEGEND, mark
from oberih.errors import UnknownName
from oberih.regimes.participation import (
    VOTES,
    Claim,
    Event,
    Figure,
    Position,
    Register,
    ScheduleVersion,
    When,
    in_conflict,
)
from oberih.regimes.read.participation_cells import known_states
from oberih.regimes.read.participation_tables import lint_participation, read_participation

__all__ = [
    "actor_of", "claims", "for_reading", "lint_folder", "list_events", "open_register", "position_of", "show_event",
    "votes", "who",
]  # fmt: skip

_FOR_FILES = {"series", "versions", "comes as"}

NOT_SCORED = "normative: recorded, not scored"


def open_register(folder: Path | None = None, *, as_of: date | None = None) -> Register:
    """Open the register that ships, or the tables of a folder, as it was public on a day.

    Raises
    ------
    InputError
        If a table has a mistake.
    """
    register = read_participation(folder)
    return register if as_of is None else register.as_of(as_of)


def lint_folder(folder: Path) -> tuple[str, ...]:
    """Tell every mistake in a folder of tables, one line each.

    Raises
    ------
    InputError
        If there is no such folder, or no table in it.
    """
    return tuple(str(mistake) for mistake in lint_participation(folder))


def list_events(register: Register, *, series: str | None = None, as_of: date | None = None) -> Sheet:
    """List the events with the last version of each one's schedule.

    Raises
    ------
    UnknownName
        If there is no such series.
    """
    if series is not None and series not in register.series:
        raise UnknownName("series", series, known=register.series, where="--series")
    chosen = [e for e in register.events.values() if series is None or e.series == series]
    chosen.sort(key=lambda e: (_first(register.versions(e.id)), e.id))
    rows = tuple(_event_row(register, e) for e in chosen)
    columns = ("event", "series", "title", "where", "when", "status", "participants", "states", "versions")
    return Sheet("Events" + _day(as_of), columns=columns, rows=rows, notes=_notes(rows))


def show_event(register: Register, name: str, *, as_of: date | None = None) -> Sheet:
    """Show an event: versions of its schedule, roles, figures, positions, claims.

    Raises
    ------
    UnknownName
        If there is no such event, or it was not public yet.
    """
    event = next((e for e in register.events.values() if e.id.casefold() == name.casefold()), None)
    if event is None:
        raise UnknownName("event", name, known=register.events)
    series = register.series[event.series].title["en"]
    facts = [("title", event.title["en"]), ("title (uk)", event.title.get("uk", "")), ("series", series)]
    facts += [("where", event.city), ("note", event.note), ("source", event.source + mark(event.verified))]
    rows = (*_schedule_rows(register, event.id), *_role_rows(register, event.id), *_figure_rows(register, event.id))
    rows += tuple(
        ("position", p.date.text, p.instrument, _counts(p), p.source + mark(p.verified))
        for p in register.positions if p.event == event.id
    )  # fmt: skip
    rows += tuple(("claim", *_claim_row(c, c.claimant)) for c in register.claims if c.event == event.id)
    columns = ("what", "since or of", "who", "says", "source")
    conflicts = tuple(f"sources differ on {what}: {_side_by_side(f)}" for what, f in _conflicts(register, event.id))
    return Sheet(
        f"{event.id}{_day(as_of)}", tuple(f for f in facts if f[1]), columns, rows, conflicts + _notes(rows)
    )  # fmt: skip


def who(register: Register, name: str, *, as_of: date | None = None) -> Sheet:
    """Show all that a state or organisation did, voted, claimed, and what is claimed about it.

    Raises
    ------
    UnknownName
        If it is neither a state's code or name, nor an organisation of the register.
    """
    actor = actor_of(register, name)
    rows = [
        ("role", s.start.text if (s := _last(register, r.event)) else "", register.events[r.event].id, r.role,
         r.source + mark(r.verified))
        for r in register.roles if r.actor == actor
    ]  # fmt: skip
    told = {p.id: p for p in register.positions}
    rows += [
        ("position", told[v.position].date.text, told[v.position].instrument, v.vote, v.source + mark(v.verified))
        for v in register.votes if v.actor == actor
    ]  # fmt: skip
    rows += [
        ("position", p.date.text, p.instrument, "sponsor", p.source + mark(p.verified))
        for p in register.positions if actor in p.sponsors
    ]  # fmt: skip
    rows += [
        ("position", p.date.text, p.instrument, f"as the body: {_counts(p)}", p.source + mark(p.verified))
        for p in register.positions if actor == p.body
    ]  # fmt: skip
    rows += [("claims", *_claim_row(c, c.about or "–")) for c in register.claims if c.claimant == actor]
    rows += [("claimed about", *_claim_row(c, c.claimant)) for c in register.claims if c.about == actor]
    rows.sort(key=lambda row: (row[0] != "role", row[0] != "position", row[1]))
    title = known_states().get(actor) or register.named(actor)
    return Sheet(f"{actor}: {title}{_day(as_of)}", columns=("what", "when", "of", "says", "source"),
                 rows=tuple(rows), notes=_notes(tuple(rows)))  # fmt: skip


def votes(register: Register, instrument: str | None = None, *, as_of: date | None = None) -> Sheet:
    """Show positions and their counts, or how each state stood to one.

    Raises
    ------
    UnknownName
        If there is no such instrument.
    """
    if instrument is None:
        chosen = sorted(register.positions, key=lambda p: (p.date.first or date.min, p.id))
        rows = tuple(
            (p.date.text, p.body, p.instrument, p.form, *(_n(p.counts.get(v)) for v in VOTES),
             ", ".join(p.sponsors), p.source + mark(p.verified))
            for p in chosen
        )  # fmt: skip
        columns = ("date", "body", "instrument", "form", *VOTES, "sponsors", "source")
        return Sheet("Positions" + _day(as_of), columns=columns, rows=rows, notes=_notes(rows))
    position = position_of(register, instrument)
    rows = tuple(
        (v.vote, v.actor, known_states().get(v.actor) or register.named(v.actor), v.source + mark(v.verified))
        for vote in VOTES for v in register.votes if v.position == position.id and v.vote == vote
    )  # fmt: skip
    facts = [("body", register.named(position.body)), ("date", position.date.text), ("form", position.form)]
    facts += [("counts", _counts(position)), ("put forward by", ", ".join(position.sponsors)), ("note", position.note)]
    facts += [("source", position.source + mark(position.verified))]
    return Sheet(position.instrument + _day(as_of), tuple(f for f in facts if f[1]),
                 ("vote", "of", "name", "source"), rows, (*_unlisted(register, position), *_notes(rows)))  # fmt: skip


def claims(register: Register, *, as_of: date | None = None) -> Sheet:
    """List the claims, each with whose it is."""
    rows = tuple(
        (c.id, c.date.text, c.claimant, c.about or "–", c.event or "–", c.text, c.evidence,
         NOT_SCORED if c.normative else "testable", c.source + mark(c.verified))
        for c in sorted(register.claims, key=lambda c: (c.date.first or date.min, c.id))
    )  # fmt: skip
    columns = ("claim", "date", "by", "about", "event", "says", "comes as", "kind", "source")
    return Sheet("Claims" + _day(as_of), columns=columns, rows=rows, notes=_notes(rows))


def for_reading(sheet: Sheet) -> Sheet:
    """Give a table room on a screen: counts in one column, sources below it under numbers, less to read."""
    if not sheet.rows:
        return sheet
    counted = [i for i, head in enumerate(sheet.columns) if head in VOTES]
    if counted:
        sheet = _counts_together(sheet, counted)
    keep = [i for i, head in enumerate(sheet.columns) if head not in _FOR_FILES]
    columns, rows = tuple(sheet.columns[i] for i in keep), [tuple(row[i] for i in keep) for row in sheet.rows]
    notes = sheet.notes
    if columns[-1] == "source":
        plain = [row[-1].removesuffix(mark(False)) for row in rows]
        numbers = {source: i for i, source in enumerate(dict.fromkeys(plain), 1)}
        marks = [mark(not row[-1].endswith(mark(False))) for row in rows]
        rows = [(*row[:-1], f"[{numbers[p]}]{m}") for row, p, m in zip(rows, plain, marks, strict=True)]
        notes += tuple(f"[{i}] {source}" for source, i in numbers.items())
    return replace(sheet, columns=columns, rows=tuple(rows), notes=notes)


def _counts_together(sheet: Sheet, counted: list[int]) -> Sheet:
    first, last = counted[0], counted[-1] + 1
    rows = tuple(
        (*row[:first], ", ".join(f"{row[i]} {sheet.columns[i]}" for i in counted if row[i] != "–") or "–", *row[last:])
        for row in sheet.rows
    )
    return replace(sheet, columns=(*sheet.columns[:first], "counts", *sheet.columns[last:]), rows=rows)


def _event_row(register: Register, event: Event) -> tuple[str, ...]:
    versions = register.versions(event.id)
    hosts = [r.actor for r in register.roles if r.event == event.id and r.role == "host state"]
    where = ", ".join(filter(None, (event.city, *hosts)))
    figures = [_side_by_side(_of(register, event.id, what)) for what in ("participants", "states")]
    said = [v for v in versions if v.start.text]
    when = _span(said[-1].start, said[-1].end) if said else "not named"
    if said and said[-1] is not versions[-1]:
        when = f"not named (before: {when})"
    return (
        event.id + mark(event.verified), event.series, event.title["en"], where, when,
        versions[-1].status + mark(versions[-1].verified), *figures, str(len(versions)),
    )  # fmt: skip


def _schedule_rows(register: Register, event: str) -> Iterator[tuple[str, ...]]:
    for v in register.versions(event):
        said = f"{v.status}: {_span(v.start, v.end)}" + (f" ({v.note})" if v.note else "")
        yield f"schedule {v.version}", v.public.text, "", said, v.source + mark(v.verified)


def _role_rows(register: Register, event: str) -> Iterator[tuple[str, ...]]:
    for r in register.roles:
        if r.event == event:
            name = known_states().get(r.actor) or register.named(r.actor)
            said = r.role + (f" ({r.note})" if r.note else "")
            yield "role", r.known_on.text, f"{r.actor}: {name}", said, r.source + mark(r.verified)


def _figure_rows(register: Register, event: str) -> Iterator[tuple[str, ...]]:
    for f in register.figures:
        if f.event == event:
            yield "figure", f.known_on.text, register.named(f.by), f"{_worded(f)} {f.what}", f.source + mark(f.verified)


def _claim_row(claim: Claim, other: str) -> tuple[str, str, str, str]:
    said = claim.text + (f" ({NOT_SCORED})" if claim.normative else "")
    return claim.date.text, other, said, claim.source + mark(claim.verified)


def _of(register: Register, event: str, what: str) -> list[Figure]:
    return [f for f in register.figures if f.event == event and f.what == what]


def _conflicts(register: Register, event: str) -> Iterator[tuple[str, list[Figure]]]:
    for what in dict.fromkeys(f.what for f in register.figures if f.event == event):
        figures = _of(register, event, what)
        if in_conflict(figures):
            yield what, figures


def _side_by_side(figures: list[Figure]) -> str:
    """Each with its source, where they are not one number."""
    if len({(f.value, f.bound) for f in figures}) <= 1:
        return _worded(figures[0]) + mark(figures[0].verified) if figures else "–"
    return " · ".join(f"{_worded(f)} ({f.by}){mark(f.verified)}" for f in figures)


def _worded(figure: Figure) -> str:
    return str(figure.value) if figure.bound == "exactly" else f"{figure.bound} {figure.value}"


def actor_of(register: Register, name: str) -> str:
    """Return the id of a state (by its code or name) or organisation (by its id or name).

    Raises
    ------
    UnknownName
        If it is neither.
    """
    states = known_states()
    if name.upper() in states:
        return name.upper()
    by_name = {n.casefold(): code for code, n in states.items()}
    by_name |= {o.id.casefold(): o.id for o in register.organisations.values()}
    by_name |= {n.casefold(): o.id for o in register.organisations.values() for n in o.name.values()}
    found = by_name.get(name.casefold())
    if found is None:
        raise UnknownName("state or organisation", name, known=[*register.organisations, *states.values()])
    return found


def position_of(register: Register, name: str) -> Position:
    """Return the position of that id or instrument.

    Raises
    ------
    UnknownName
        If there is none.
    """
    for p in register.positions:
        if name.casefold() in {p.id.casefold(), p.instrument.casefold()}:
            return p
    raise UnknownName("instrument", name, known=[p.id for p in register.positions])


def _unlisted(register: Register, position: Position) -> Iterator[str]:
    for vote, count in position.counts.items():
        listed = sum(v.position == position.id and v.vote == vote for v in register.votes)
        if listed < count:
            yield f"{vote}: {count} counted, {listed} named by the sources"


def _counts(position: Position) -> str:
    return ", ".join(f"{n} {vote}" for vote, n in position.counts.items()) or "counts not known"


def _n(count: int | None) -> str:
    return "–" if count is None else str(count)


def _span(start: When, end: When) -> str:
    if not start.text:
        return "date not named"
    return f"{start.text} to {end.text}" if end.text and end.text != start.text else start.text


def _last(register: Register, event: str) -> ScheduleVersion | None:
    said = [v for v in register.versions(event) if v.start.text]
    return said[-1] if said else None


def _first(versions: tuple[ScheduleVersion, ...]) -> date:
    return next((v.start.first for v in versions if v.start.first), date.max)


def _day(as_of: date | None) -> str:
    return f", as public by {as_of.isoformat()}" if as_of else ""


def _notes(rows: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    if not rows:
        return ("the register holds nothing here; that is no statement about it",)
    return (LEGEND,) if any("†" in cell for row in rows for cell in row) else ()
