"""Which findings follow from a regime and what is known?

`judge` gives every finding of one day; `timeline` those of several days.  Applicability comes first, then the status
of each part, then the worst of them; who contests stands beside and never changes it.

Invariants: the order of observations does not matter; what is dated after the day never changes more than the list of
what was set aside; ``inputs_sha256`` is over the rule, the dates and the digests of the observations that could
count, so that somebody else finds the same to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from oberih.errors import InputError, UnknownName
from oberih.regimes.applicability import Applicability, applicability, contests_of
from oberih.regimes.finding import Finding, Verdict, worst
from oberih.regimes.geometry import Placement, place_in
from oberih.regimes.known import Archive, Digest, Known
from oberih.regimes.observation import Observation
from oberih.regimes.regime import Obligation, Part, Regime
from oberih.regimes.rules import TESTS, rule_of
from oberih.regimes.rules.composed import Derived, derived
from oberih.regimes.rules.rule import Rule

__all__ = ["judge", "timeline"]


def judge(
    regime: Regime, observations: Iterable[Observation], *, as_of: date, known_by: date | None = None, digest: Digest
) -> tuple[Finding, ...]:
    """Judge every obligation for every subject on one day.

    Parameters
    ----------
    regime : Regime
    observations : iterable of Observation
        All that may bear on it; tests pick by indicator and subject.
    as_of : date
        The day judged.
    known_by : date, optional
        Only what was known by then counts.
    digest : callable
        From plain values to a hexadecimal digest (`oberih.evidence.digest.sha256_of_value`).

    Returns
    -------
    tuple of Finding
        By subject, then obligation, in the order of the regime.

    Raises
    ------
    InputError
        If the regime names a test or parameters that there are not, or two observations have one id.
    """
    return timeline(regime, observations, dates=[as_of], known_by=known_by, digest=digest)


def timeline(
    regime: Regime, observations: Iterable[Observation], *, dates: Sequence[date], known_by: date | None = None,
    digest: Digest,
) -> tuple[Finding, ...]:  # fmt: skip
    """Judge every obligation for every subject on each of several days.

    Parameters
    ----------
    regime, observations, known_by, digest
        As for `judge`.
    dates : sequence of date

    Raises
    ------
    InputError
        As for `judge`.
    """
    archive = Archive(observations, digest)
    rules = _ready(regime)
    sha256 = regime.sha256 or digest(_plain(asdict(regime)))
    out: list[Finding] = []
    for day in dates:
        bench = _Bench(regime, rules, sha256, Known(archive, as_of=day, known_by=known_by), digest)
        out += [bench.finding(o, s) for s in regime.subjects for o in regime.obligations if s in (o.subjects or (s,))]
    return tuple(out)


@dataclass(frozen=True)
class _ReadyPart:
    part: Part
    rule: Rule


Ready = dict[str, tuple[_ReadyPart, ...]]


def _ready(regime: Regime) -> Ready:
    """Every part with its parameters as its test declares them, once for all days."""
    return {o.id: tuple(_ReadyPart(p, _rule(regime, o, p)) for p in o.parts) for o in regime.obligations}


def _rule(regime: Regime, obligation: Obligation, part: Part) -> Rule:
    if part.test not in TESTS:
        raise UnknownName("test", part.test, known=TESTS, file=f"regime {regime.id}", where=obligation.id)
    try:
        return rule_of(part.test, part.parameters)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        raise InputError(
            first["msg"], file=f"regime {regime.id}", field=f"{obligation.id}: {name}", cure="see `oberih regime lint`"
        ) from error


class _Bench:
    """One day's judgement: findings are kept, since others may derive from them."""

    def __init__(self, regime: Regime, rules: Ready, sha256: str, known: Known, digest: Digest) -> None:
        self.regime, self.rules, self.sha256, self.known, self.digest = regime, rules, sha256, known, digest
        self.found: dict[tuple[str, str], Finding] = {}
        self.by_id = {o.id: o for o in regime.obligations}
        self.open: set[tuple[str, str]] = set()

    def finding(self, obligation: Obligation, subject: str) -> Finding:
        key = (obligation.id, subject)
        if key not in self.found:
            if key in self.open:
                cure = "derive it from others"
                raise InputError("rests on itself", file=f"regime {self.regime.id}", field=obligation.id, cure=cure)
            self.open.add(key)
            self.found[key] = self._judge(obligation, subject)
        return self.found[key]

    def _judge(self, obligation: Obligation, subject: str) -> Finding:
        applies = applicability(self.regime, obligation, subject=subject, known=self.known)
        parts: tuple[tuple[str, Verdict], ...] = ()
        if applies.speaks:
            ready = self.rules[obligation.id]
            parts = tuple((r.part.name, self._verdict(r, subject)) for r in ready)
        contests = contests_of(self.regime, obligation, subject=subject, known=self.known)
        status = worst([v.status for _, v in parts]) if applies.speaks else None
        counted = tuple(sorted({*applies.counted, *(i for _, v in parts for i in v.counted)}))
        aside = {*applies.set_aside, *(pair for _, v in parts for pair in v.set_aside)}
        doubted = [i for i in counted if not self.known.archive.by_id[i].verified]
        doubted += applies.unverified + tuple(f"contest by {c.by}" for c in contests if not c.verified)
        doubted += [f"area {name}" for name in self._areas(obligation) if not self.regime.areas[name].verified]
        doubted += [] if obligation.verified else [obligation.id]
        doubted += [] if all(s.verified for s in self.regime.spans) else ["span"]
        return Finding(
            regime=self.regime.id, obligation=obligation.id, subject=subject, as_of=self.known.as_of,
            known_by=self.known.known_by, applicability=applies.word, status=status,
            contested_by=tuple(sorted({c.by for c in contests})), why=_why(applies, parts, status), parts=parts,
            unknown_parts=sum(v.status == "unknown" for _, v in parts), counted=counted,
            set_aside=tuple(sorted(pair for pair in aside if pair[0] not in counted)),
            unverified=tuple(sorted(set(doubted))),
            rule=f"{self.regime.id} {self.regime.version} sha256:{self.sha256}",
            inputs_sha256=self._inputs(obligation, subject),
        )  # fmt: skip

    def _verdict(self, ready: _ReadyPart, subject: str) -> Verdict:
        if isinstance(ready.rule, Derived):
            sources = [self._source(name, subject) for name in ready.rule.sources]
            return derived([(f.obligation, f.status, f.counted) for f in sources if f is not None], ready.rule)
        usable, early = self.known.of_all(subject, ready.rule.reads())
        verdict = TESTS[ready.part.test].run(usable, ready.rule, as_of=self.known.as_of, place=self._place)
        return Verdict(verdict.status, verdict.why, verdict.counted, (*verdict.set_aside, *early))

    def _source(self, name: str, subject: str) -> Finding | None:
        """The finding that another derives from; None where it is not judged for this subject."""
        if name not in self.by_id:
            raise UnknownName("obligation", name, known=self.by_id, file=f"regime {self.regime.id}")
        other = self.by_id[name]
        return self.finding(other, subject) if subject in (other.subjects or (subject,)) else None

    def _place(self, name: str, observation: Observation) -> Placement:
        return place_in(self.regime.areas, name, observation)

    def _areas(self, obligation: Obligation) -> list[str]:
        names = [getattr(r.rule, "area", None) for r in self.rules[obligation.id]]
        return [n for n in names if n is not None and n in self.regime.areas]

    def _inputs(self, obligation: Obligation, subject: str) -> str:
        """Digest of everything that the finding may depend on."""
        conditions = [c.indicator for c in (obligation.requires, obligation.excluded_while) if c is not None]
        reads = [*conditions, *(i for r in self.rules[obligation.id] for i in r.rule.reads())]
        usable = self.known.of_all(subject, reads)[0] if reads else []
        sources = [
            f.inputs_sha256
            for r in self.rules[obligation.id] if isinstance(r.rule, Derived)
            for f in [self._source(name, subject) for name in r.rule.sources] if f is not None
        ]  # fmt: skip
        known_by = self.known.known_by
        return self.digest({
            "rule": self.sha256, "obligation": obligation.id, "subject": subject,
            "as_of": self.known.as_of.isoformat(), "known_by": None if known_by is None else known_by.isoformat(),
            "observations": sorted(self.known.archive.digest_of(o) for o in usable), "findings": sources,
        })  # fmt: skip


def _why(applies: Applicability, parts: Sequence[tuple[str, Verdict]], status: str | None) -> str:
    """One line: why it does not apply, or what the deciding parts say."""
    if status is None:
        return applies.why
    deciding = [(name, v) for name, v in parts if v.status == status]
    said = deciding[0][1].why if len(parts) == 1 else "; ".join(f"{name}: {v.why}" for name, v in deciding)
    return said


def _plain(value: Any) -> Any:
    """Dates as text, tuples as lists."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
