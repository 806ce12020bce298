"""How does a history of findings look, on a page and in a picture?

`history_sheet` lists the changes; `scene_of` lays them out as stretches for `oberih.picture.timeline`.  ``step`` says
how many days a column of the picture stands for; the worst of them is what it shows, so that no short breach is
lost between two columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from oberih.case.hold.regime import day_text, rests_on_text
from oberih.case.hold.regime_timeline import Change, History
from oberih.case.hold.regime_words import WORDS, harmless, in_language, printable, say
from oberih.case.sheet import Sheet
from oberih.case.wording import mark
from oberih.picture.timeline import Stretch, TimelineRow, TimelineScene
from oberih.regimes.finding import STATUSES, Finding

__all__ = ["COLUMNS", "history_sheet", "scene_of"]

COLUMNS = 600
"""Of the picture at most, where no step is given."""


def history_sheet(found: History, language: str = "en") -> Sheet:
    """Put the changes on a page: when, what, from what to what, why."""
    heads = ("date", "obligation", "subject", "from", "to", "why")
    changes = sum(c.before is not None for c in found.changes)
    doubted = any(c.after.unverified for c in found.changes)
    notes = [say("claims stay claims", language)]
    notes += [say("as known on each day", language)] if found.rolling else []
    notes += [say("unverified", language)] if doubted else []
    notes += [] if changes else [say("no change", language)]
    return harmless(Sheet(
        f"{in_language(found.regime.title, language)}: {say('findings over time', language)}",
        facts=(
            (say("date", language), f"{found.start} – {found.end}"), (say("changes", language), str(changes)),
            (say("known by", language), _known(found, language)),
            (say("rests on", language), rests_on_text(found.rests_on, language)),
            (say("rule", language), f"{found.regime.id} {found.regime.version}, sha256 {found.regime.sha256[:16]}…"),
        ),
        columns=tuple(say(h, language) for h in heads),
        rows=tuple(_change_row(c, language) for c in found.changes),
        notes=tuple(notes),
    ))  # fmt: skip


def _known(found: History, language: str) -> str:
    if found.rolling and found.known_by is None:
        return say("as known on each day", language)
    return day_text(found.known_by, language)


def _change_row(c: Change, language: str) -> tuple[str, ...]:
    before = _state(c.before, language) if c.before else f"({say('start', language)})"
    return (
        c.day.isoformat(), c.after.obligation, c.after.subject, before,
        _state(c.after, language) + mark(not c.after.unverified), c.after.why or "–",
    )  # fmt: skip


def _state(f: Finding, language: str) -> str:
    """All three axes in a few words."""
    said = [say(f.status, language)] if f.status else []
    said += [say(f.applicability, language)] if f.applicability != "in-force" else []
    said += [f"{say('contested by', language)} {', '.join(f.contested_by)}"] if f.contested_by else []
    return ", ".join(said)


# as a picture


def scene_of(found: History, *, step: int | None = None, language: str = "en") -> TimelineScene:
    """Make the picture's scene of a history.

    Parameters
    ----------
    found : History
    step : int, optional
        Days that a column stands for; the worst of them is shown.  By default as many as give
        `COLUMNS` columns.
    language : str
    """
    days = (found.end - found.start).days + 1
    wide = step or max(1, -(-days // COLUMNS))
    texts = {o.id: printable(in_language(o.text, language)) for o in found.regime.obligations}
    rows = tuple(
        TimelineRow(
            obligation + mark(not any(c.after.unverified for c in changes)),
            texts[obligation],
            printable(subject),
            _stretches(found, changes, wide),
        )
        for (obligation, subject), changes in _by_finding(found).items()
    )
    words = {key: say(key, language) for key in WORDS}
    notes = [say("step note", language).format(step=wide)] if wide > 1 else []
    notes += [say("as known on each day", language)] if found.rolling else []
    notes += [say("unverified", language)] if any(c.after.unverified for c in found.changes) else []
    return TimelineScene(
        title=printable(f"{in_language(found.regime.title, language)}: {say('findings over time', language)}"),
        subtitle=f"{found.start} – {found.end};  {say('known by', language)}: {_known(found, language)};  "
                 f"{say('rests on', language)}: {rests_on_text(found.rests_on, language)}",
        start=found.start, end=found.end + timedelta(1), rows=rows, words=words,
        notes=(*notes, say("claims stay claims", language)),
        footer=f"{found.regime.id} {found.regime.version} sha256 {found.regime.sha256}",
    )  # fmt: skip


def _by_finding(found: History) -> dict[tuple[str, str], list[Change]]:
    out: dict[tuple[str, str], list[Change]] = {}
    for change in found.changes:
        out.setdefault((change.after.obligation, change.after.subject), []).append(change)
    return out


def _stretches(found: History, changes: Sequence[Change], step: int) -> tuple[Stretch, ...]:
    """Exact stretches, then by columns of ``step`` days, each the worst of its days."""
    ends = [*(c.day for c in changes[1:]), found.end + timedelta(1)]
    exact = [
        Stretch(c.day, end, c.after.applicability, c.after.status, tuple(map(printable, c.after.contested_by)))
        for c, end in zip(changes, ends, strict=True)
    ]
    return tuple(exact) if step == 1 else tuple(_joined(_columns(exact, found, step)))


def _columns(exact: Sequence[Stretch], found: History, step: int) -> Iterator[Stretch]:
    at = found.start
    while at <= found.end:
        end = min(at + timedelta(step), found.end + timedelta(1))
        shown = max((s for s in exact if s.start < end and at < s.end), key=_badness)
        yield Stretch(at, end, shown.applicability, shown.status, shown.contested_by)
        at = end


def _badness(s: Stretch) -> tuple[int, bool]:
    return -1 if s.status is None else STATUSES.index(s.status), bool(s.contested_by)


def _joined(columns: Iterable[Stretch]) -> Iterator[Stretch]:
    """Columns that say the same, as one stretch."""
    kept: Stretch | None = None
    for one in columns:
        same = kept and (kept.applicability, kept.status, kept.contested_by) == (
            one.applicability, one.status, one.contested_by,
        )  # fmt: skip
        if kept and same:
            kept = Stretch(kept.start, one.end, one.applicability, one.status, one.contested_by)
            continue
        if kept:
            yield kept
        kept = one
    if kept:
        yield kept
