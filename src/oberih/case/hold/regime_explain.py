"""Why does this obligation come out like this, and what was set aside?

`explain` lays one obligation open: its text, force and addressee, what would support or compromise it, then
for each subject the finding, every observation that counted and every one that did not with the reason.
Claims stand as claims, with who makes them.
"""

from __future__ import annotations

import dataclasses

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import facts_of, notes_of
from oberih.case.hold.regime_words import harmless, in_language, say
from oberih.case.sheet import Sheet
from oberih.case.wording import mark
from oberih.errors import UnknownName
from oberih.regimes.finding import Finding
from oberih.regimes.observation import Observation
from oberih.regimes.regime import Obligation, Regime

__all__ = ["explain", "only", "recipe"]


def only(judgement: Judgement, obligation: str) -> Judgement:
    """Keep the findings of one obligation.

    Raises
    ------
    UnknownName
        If the regime has no such obligation.
    """
    known = [o.id for o in judgement.regime.obligations]
    if obligation not in known:
        raise UnknownName("obligation", obligation, known=known, file=judgement.regime.id)
    kept = tuple(f for f in judgement.findings if f.obligation == obligation)
    sources = _sources(judgement.regime, obligation)
    behind = tuple(f for f in judgement.findings if f.obligation in sources)
    return dataclasses.replace(judgement, findings=kept, behind=behind)


def _sources(regime: Regime, obligation: str) -> set[str]:
    """Obligations that this one derives from, and those that they derive from."""
    named = {o.id: [i for p in o.parts for i in p.parameters.get("from", ())] for o in regime.obligations}
    found: set[str] = set()
    waiting = list(named.get(obligation, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += named.get(one, [])
    return found


def explain(judgement: Judgement, obligation: str, language: str = "en") -> tuple[Sheet, ...]:
    """Lay an obligation open.

    Parameters
    ----------
    judgement : Judgement
    obligation : str
        Its id.
    language : str

    Returns
    -------
    tuple of Sheet
        The obligation; then for each subject the finding, what counted, what did not.

    Raises
    ------
    UnknownName
        If the regime has no such obligation.
    """
    kept = only(judgement, obligation)
    promised = next(o for o in judgement.regime.obligations if o.id == obligation)
    by_id = {o.id: o for o in judgement.observations}
    sheets = [_promise(kept, promised, language)]
    for finding in kept.findings:
        sheets.append(_finding(kept, finding, language))
        sheets += _counted(finding, by_id, language)
        if finding.set_aside:
            sheets.append(_aside(finding, by_id, language))
    return tuple(map(harmless, sheets))


def _promise(judgement: Judgement, o: Obligation, language: str) -> Sheet:
    """The text and its weight."""
    facts = [
        (say("text", language), in_language(o.text, language)), (say("force", language), o.force),
        (say("addressee", language), o.addressee), (say("article", language), o.article),
        (say("source", language), o.source + mark(o.verified)),
    ]  # fmt: skip
    for key in ("supports", "compromises", "insufficient"):
        facts += [(say(key, language), line) for line in getattr(o, key)]
    if o.requires:
        facts.append((say("applies only while", language), _condition(o.requires)))
    if o.excluded_while:
        facts.append((say("does not reach", language), _condition(o.excluded_while)))
    facts += [(say("note", language), o.note)] if o.note else []
    title = f"{o.id} – {in_language(judgement.regime.title, language)}"
    return Sheet(title, facts=(*facts, *facts_of(judgement, language)), notes=notes_of(judgement, language))


def _condition(condition: object) -> str:
    indicator, values, why = (getattr(condition, n) for n in ("indicator", "values", "why"))
    return f"{indicator} = {' | '.join(values)} ({why})"


def _finding(judgement: Judgement, f: Finding, language: str) -> Sheet:
    """The three axes and the parts; how to find the same."""
    status = say(f.status, language) if f.status else say("does not apply", language)
    facts = [
        (say("applicability", language), say(f.applicability, language)),
        (say("status", language), status + mark(not f.unverified)), (say("why", language), f.why),
        (say("unknown parts", language), f"{f.unknown_parts}/{len(f.parts)}"),
    ]  # fmt: skip
    for contest in judgement.regime.contests:
        if (contest.obligation, contest.subject) == (f.obligation, f.subject) and contest.by in f.contested_by:
            claim = f"{contest.by} {say('says', language)}: {contest.claim} ({contest.source}){mark(contest.verified)}"
            facts.append((say("contest", language), claim))
    facts += [
        (say("rule", language), f.rule), (say("inputs", language), f.inputs_sha256),
        (say("recompute", language), recipe(judgement)),
    ]  # fmt: skip
    facts += [("†", ", ".join(f.unverified))] if f.unverified else []
    columns = tuple(say(c, language) for c in ("part", "status", "why"))
    rows = tuple((name, say(v.status, language), v.why) for name, v in f.parts)
    return Sheet(f"{f.obligation} · {f.subject}", facts=tuple(facts), columns=columns, rows=rows)


def recipe(judgement: Judgement) -> str:
    """Say the command that gives the same finding where the same evidence is."""
    options = {"own table": "--observations", "own record": "--evidence"}
    own = [f" {options[kind]} {name}" for kind, name, _ in judgement.rests_on if kind in options]
    known = f" --known-by {judgement.known_by}" if judgement.known_by else ""
    return f"oberih regime check {judgement.regime.id} --as-of {judgement.as_of}{known}{''.join(own)} --format json"


def _counted(f: Finding, by_id: dict[str, Observation], language: str) -> tuple[Sheet, ...]:
    """A sheet that says how many, then one for each observation."""
    title = f"{say('what counted', language)}: {f.obligation} · {f.subject}"
    if not f.counted:
        return (Sheet(title, notes=(say("nothing counted", language),)),)
    found = sorted((by_id[i] for i in f.counted if i in by_id), key=lambda o: (o.date, o.id))
    return (Sheet(f"{title} ({len(f.counted)})"), *(_observation(o, language) for o in found))


def _observation(o: Observation, language: str) -> Sheet:
    """One observation in words; a claim says who makes it."""
    facts = [
        ("date", _when(o)), ("value", _value(o, language)), ("known on", str(o.known_on or "–")),
        ("channel", o.channel), ("weight", _weight(o)), ("text", o.text), ("source", o.source),
        *(("claims", f"{by} {say('says', language)}: {says}") for by, says in o.claims),
    ]  # fmt: skip
    return Sheet(o.id + mark(o.verified), facts=tuple((say(k, language), v) for k, v in facts if v))


def _aside(f: Finding, by_id: dict[str, Observation], language: str) -> Sheet:
    heads = ("id", "date", "known on", "value", "why not")
    pairs = sorted((p for p in f.set_aside if p[0] in by_id), key=lambda p: (by_id[p[0]].date, p))
    rows = tuple(
        (i + mark(by_id[i].verified), _when(by_id[i]), str(by_id[i].known_on or "–"), _value(by_id[i], language), why)
        for i, why in pairs
    )
    title = f"{say('what did not count', language)}: {f.obligation} · {f.subject} ({len(rows)})"
    return Sheet(title, columns=tuple(say(h, language) for h in heads), rows=rows)


def _when(o: Observation) -> str:
    return f"{o.date} – {o.end}" if o.end else str(o.date)


def _value(o: Observation, language: str) -> str:
    return say("not given", language) if not o.given else "–" if o.value is None else _figure(o.value)


def _weight(o: Observation) -> str:
    """Reliability and credibility (Admiralty scale), each where it was noted."""
    return f"{o.reliability or '–'}{o.credibility or '–'}" if o.reliability or o.credibility else ""


def _figure(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"
