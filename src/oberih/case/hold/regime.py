"""Does this regime hold on that day, judging by what is known?

A question (`Asked`) names a regime, a day and the evidence; `judge_regime` answers it with a
`Judgement`, `check` puts that on a page.  Evidence are the tables that ship, tables of the user's and
observations in the user's own record; the page says how much came from each.  Nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.observing import READ_KINDS, observations_in
from oberih.case.hold.regime_words import harmless, in_language, printable, say
from oberih.case.sheet import Sheet
from oberih.case.wording import mark
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_value
from oberih.evidence.log import Log
from oberih.regimes.finding import Finding
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.read.lint import Mistake, lint_any
from oberih.regimes.read.observation_table import read_observations, shipped_observations
from oberih.regimes.read.regime_file import list_regimes, load_regime
from oberih.regimes.regime import Regime

__all__ = [
    "Asked", "Evidence", "all_regimes", "check", "day_text", "evidence_for", "facts_of", "judge_regime", "mistakes",
    "notes_of", "rests_on_text", "summary",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question about a regime.

    Parameters
    ----------
    name : str
        Of a regime that ships, or the path of a file.
    as_of : date
        The day judged.
    known_by : date, optional
        Only what was known by then counts.
    record : str, optional
        Path or URL of a record of one's own, whose observations count too.
    tables : tuple of Path
        Tables of observations of one's own.
    """

    name: str
    as_of: date
    known_by: date | None = None
    record: str | None = None
    tables: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Observations, and how many came from where: kind (of `WORDS`), name, count."""

    observations: tuple[Observation, ...]
    rests_on: tuple[tuple[str, str, int], ...]


def all_regimes(language: str = "en") -> Sheet:
    """List the regimes that ship."""
    rows = tuple(_listed(regime, language) for regime in list_regimes())
    columns = ("regime", "title", "obligations", "subjects", "in force", "version")
    return Sheet(say("regime", language), columns=tuple(say(c, language) for c in columns), rows=rows)


def _listed(regime: Regime, language: str) -> tuple[str, ...]:
    spans = ", ".join(f"{s.start or '…'} – {s.end or '…'}{mark(s.verified)}" for s in regime.spans) or "–"
    title = in_language(regime.title, language)
    return regime.id, title, str(len(regime.obligations)), ", ".join(regime.subjects), spans, regime.version


def evidence_for(asked: Asked) -> Evidence:
    """Gather what ships, what the user's tables say, and what the user's record holds.

    Raises
    ------
    InputError
        If a table or a record cannot be read, or two sources use one id.
    """
    shipped = shipped_observations()
    parts: list[tuple[str, str, tuple[Observation, ...]]] = [("shipped tables", "", shipped)]
    parts += [("own table", table.name, read_observations(table)) for table in asked.tables]
    if asked.record is not None:
        parts.append(("own record", _plain_name(asked.record), _recorded(asked.record, asked.known_by)))
    _refuse_twins(parts)
    everything = tuple(o for _, _, some in parts for o in some)
    return Evidence(everything, tuple((kind, name, len(some)) for kind, name, some in parts))


def _recorded(where: str, known_by: date | None) -> tuple[Observation, ...]:
    with closing(Log(where)) as log:
        found = {one.seq: one for kind in READ_KINDS for one in log.find(kind=kind)}
        by_id = {one.record.id for one in found.values()}
        later = [log.entry(new) for old, new in log.corrections().items() if old in by_id and new not in by_id]
        found.update((one.seq, one) for one in later)
    return observations_in([found[seq] for seq in sorted(found)], known_by=known_by)


def _plain_name(where: str) -> str:
    """Name of a store without its folder, user or password: an export must not betray them."""
    return where.split("?", 1)[0].rsplit("/", 1)[-1]


def _refuse_twins(parts: Sequence[tuple[str, str, Sequence[Observation]]]) -> None:
    seen: dict[str, str] = {}
    for kind, name, some in parts:
        where = name or kind
        for observation in some:
            if observation.id in seen:
                raise InputError(f"is used in {seen[observation.id]} too", file=where, field="id",
                                 value=observation.id, cure="give each observation its own id")  # fmt: skip
            seen[observation.id] = where


def judge_regime(asked: Asked) -> Judgement:
    """Judge a regime on a day.

    Raises
    ------
    UnknownName
        If there is no such regime.
    InputError
        If its file or the evidence cannot be used.
    """
    regime = load_regime(asked.name)
    evidence = evidence_for(asked)
    findings = judge(regime, evidence.observations, as_of=asked.as_of, known_by=asked.known_by, digest=sha256_of_value)
    return Judgement(regime, asked.as_of, asked.known_by, findings, evidence.observations, evidence.rests_on)


def check(judgement: Judgement, language: str = "en") -> Sheet:
    """Put a judgement on a page: summary, what it rests on, a row for each finding."""
    columns = ("obligation", "subject", "applicability", "status", "unknown parts", "contested by", "why")
    return harmless(Sheet(
        in_language(judgement.regime.title, language),
        facts=((say("summary", language), summary(judgement, language)), *facts_of(judgement, language)),
        columns=tuple(say(c, language) for c in columns),
        rows=tuple(_row(f, language) for f in judgement.findings),
        notes=notes_of(judgement, language),
    ))  # fmt: skip


def _row(f: Finding, language: str) -> tuple[str, ...]:
    status = say(f.status, language) + mark(not f.unverified) if f.status else "–"
    unknown = f"{f.unknown_parts}/{len(f.parts)}" if f.parts else "–"
    contested = ", ".join(f.contested_by) or "–"
    return f.obligation, f.subject, say(f.applicability, language), status, unknown, contested, f.why


def summary(judgement: Judgement, language: str = "en") -> str:
    """Say the worst status first, then how many have each, the unknown always told."""
    counts = {"unknown": 0, **judgement.statuses()}
    worst = judgement.worst()
    told = ", ".join(f"{say(s, language)} {n}" for s, n in sorted(counts.items(), key=_badness))
    parts, blind = sum(len(f.parts) for f in judgement.findings), sum(f.unknown_parts for f in judgement.findings)
    apart = sum(f.status is None for f in judgement.findings)
    contested = sum(bool(f.contested_by) for f in judgement.findings)
    said = [f"{say('worst', language)}: {say(worst, language)}"] if worst else []
    said += [told, f"{say('unknown parts', language)} {blind}/{parts}"]
    said += [f"{say('does not apply', language)} {apart}"] * bool(apart)
    said += [f"{say('contested', language)} {contested}"] * bool(contested)
    return "; ".join(said)


def _badness(pair: tuple[str, int]) -> int:
    return ("compromised", "at-risk", "unknown", "holds").index(pair[0])


def day_text(known_by: date | None, language: str) -> str:
    """Say by when things had to be known."""
    return known_by.isoformat() if known_by else say("all known now", language)


def facts_of(judgement: Judgement, language: str) -> tuple[tuple[str, str], ...]:
    """Dates, rule and evidence of a judgement."""
    regime = judgement.regime
    return (
        (say("as of", language), judgement.as_of.isoformat()),
        (say("known by", language), day_text(judgement.known_by, language)),
        (say("rests on", language), rests_on_text(judgement.rests_on, language)),
        (say("looked at", language), str(len(judgement.read()))),
        (say("rule", language), f"{regime.id} {regime.version}, sha256 {regime.sha256[:16]}…"),
    )


def rests_on_text(rests_on: Sequence[tuple[str, str, int]], language: str) -> str:
    """Say which evidence a judgement was given."""
    word = say("observations", language)

    def told(kind: str, name: str, count: int) -> str:
        number = f"{word} {count}" if language == "uk" else f"{count} {word}"
        return f"{say(kind, language)}{f' {name}' if name else ''}: {number}"

    parts = [told(*one) for one in rests_on]
    own = any(kind != "shipped tables" for kind, _, _ in rests_on)
    return "; ".join(parts if own else [*parts, say("no own record", language)])


def notes_of(judgement: Judgement, language: str) -> tuple[str, ...]:
    """What the reader must know of the rows."""
    doubted = any(f.unverified for f in judgement.findings)
    return (say("claims stay claims", language), *([say("unverified", language)] if doubted else []))


def mistakes(path: Path) -> tuple[str, ...]:
    """Return every mistake in a file of rules, one line each: where, what, what to do.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    return tuple(_mistake_line(path, m) for m in lint_any(path))


def _mistake_line(path: Path, m: Mistake) -> str:
    where = f"{path}:{m.line}: "
    what = f"{m.field} = {m.value}: " if m.field and m.value else f"{m.field}: " if m.field else ""
    return printable(" ".join((where + what + m.message + (f"; {m.cure}" if m.cure else "")).split()))
