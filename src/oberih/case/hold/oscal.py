"""How are findings said in OSCAL, and what cannot be?

Writes assessment results after OSCAL 1.1.3 (NIST).  Its finding knows two states, satisfied and not-satisfied.
Only an uncontested ``holds`` or ``compromised`` of a rule in force goes out as one.  At risk, unknown, not
applicable, a claimed suspension and anything contested would be bent by that, so they go out as observations,
and the document says how many did.  Identifiers are made from hashes and times from the day judged, so
that the same judgement gives the same bytes.

Source
------
NIST, OSCAL Assessment Results model, version 1.1.3: https://pages.nist.gov/OSCAL/
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import rests_on_text
from oberih.case.hold.regime_words import in_language
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.observation import Observation

__all__ = ["NAMESPACE", "VERSION", "Export", "as_oscal", "expressible"]

VERSION = "1.1.3"
"""Of OSCAL."""

NAMESPACE = "https://oberih.example/ns/regime/1"
"""Of our own properties; a name, not an address (RFC 2606 keeps ``.example`` from ever being one)."""

_UUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)

_STATES = {"holds": ("satisfied", "pass"), "compromised": ("not-satisfied", "fail")}
"""By status: state and reason of an objective (OSCAL, ``status`` in a finding's target)."""

_METHODS = {"measured": "TEST", "inspected": "EXAMINE", "other": "UNKNOWN"}
"""By channel; what is not named was read somewhere: EXAMINE."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """An OSCAL document and how its findings went out.

    Parameters
    ----------
    data : bytes
        Canonical JSON.
    as_findings, as_observations : int
        How many findings OSCAL could express, and how many not.
    """

    data: bytes
    as_findings: int
    as_observations: int


def expressible(finding: Finding) -> bool:
    """Whether OSCAL's two states can say a finding without bending it."""
    return finding.applicability == "in-force" and finding.status in _STATES and not finding.contested_by


def as_oscal(judgement: Judgement, language: str = "en") -> Export:
    """Write a judgement as OSCAL assessment results.

    Parameters
    ----------
    judgement : Judgement
    language : str
        Of titles and texts.
    """
    key = sha256_of_value([judgement.regime.sha256, language, *(f.inputs_sha256 for f in judgement.findings)])
    said = [f for f in judgement.findings if expressible(f)]
    unsaid = [f for f in judgement.findings if not expressible(f)]
    plan = _uuid(key, "plan")
    document = {
        "uuid": _uuid(key, "document"),
        "metadata": _metadata(judgement, language),
        "import-ap": {"href": f"#{plan}", "remarks": "The regime's file takes the place of an assessment plan."},
        "results": [_result(judgement, said, unsaid, key, language)],
        "back-matter": {"resources": [_rule_file(judgement, plan, language)]},
    }
    return Export(canonical_json({"assessment-results": document}) + b"\n", len(said), len(unsaid))


def _metadata(judgement: Judgement, language: str) -> Json:
    return {
        "title": f"{_line(in_language(judgement.regime.title, language))}, {judgement.as_of}",
        "last-modified": _moment(judgement.as_of),
        "version": f"{judgement.regime.version}-{judgement.as_of}",
        "oscal-version": VERSION,
        "remarks": "Times are the day judged, not the day of writing. Nobody is named guilty: claims stay claims.",
    }


def _rule_file(judgement: Judgement, plan: str, language: str) -> Json:
    regime = judgement.regime
    text = in_language(regime.text, language)
    return {
        "uuid": plan, "title": _line(in_language(regime.title, language)), **({"description": text} if text else {}),
        "rlinks": [{
            "href": f"{regime.id}.toml", "media-type": "application/toml",
            "hashes": [{"algorithm": "SHA-256", "value": regime.sha256}],
        }],
    }  # fmt: skip


def _result(judgement: Judgement, said: Sequence[Finding], unsaid: Sequence[Finding], key: str, language: str) -> Json:
    texts = {o.id: in_language(o.text, language) for o in judgement.regime.obligations}
    seen = {o.id: _uuid(key, "seen", o.id) for o in judgement.named()}
    observations = [_seen(o, seen[o.id]) for o in judgement.named()]
    observations += [_unsaid(f, _uuid(key, "unsaid", f.obligation, f.subject), texts) for f in unsaid]
    findings = [_said(f, _uuid(key, "said", f.obligation, f.subject), texts, seen) for f in said]
    known = f", known by {judgement.known_by}" if judgement.known_by else ""
    return {
        "uuid": _uuid(key, "result"),
        "title": f"As of {judgement.as_of}{known}",
        "description": f"Rests on {rests_on_text(judgement.rests_on, 'en')}.",
        "start": _moment(judgement.as_of), "end": _moment(judgement.as_of),
        "props": _props(
            ("findings-as-findings", len(said)), ("findings-as-observations", len(unsaid)),
            ("as-of", judgement.as_of), ("known-by", judgement.known_by),
        ),
        "reviewed-controls": {"control-selections": [{"include-controls": _controls(judgement)}]},
        **({"observations": observations} if observations else {}), **({"findings": findings} if findings else {}),
        "remarks": (
            f"{len(unsaid)} of {len(said) + len(unsaid)} findings are neither satisfied nor not-satisfied (at risk, "
            "unknown, not applicable, suspension claimed, or contested) and stand here as observations of type finding."
        ),
    }  # fmt: skip


def _controls(judgement: Judgement) -> list[Json]:
    return [{"control-id": _token(i)} for i in dict.fromkeys(f.obligation for f in judgement.findings)]


def _said(f: Finding, name: str, texts: dict[str, str], seen: dict[str, str]) -> Json:
    state, reason = _STATES[str(f.status)]
    related = [{"observation-uuid": seen[i]} for i in f.counted if i in seen]
    return {
        "uuid": name, "title": _line(f"{f.obligation}, {f.subject}"), "description": f"{texts[f.obligation]} {f.why}",
        "props": _finding_props(f),
        "target": {
            "type": "objective-id", "target-id": _token(f.obligation), "status": {"state": state, "reason": reason},
        },
        **({"related-observations": related} if related else {}),
    }  # fmt: skip


def _unsaid(f: Finding, name: str, texts: dict[str, str]) -> Json:
    status = f.status or f.applicability
    return {
        "uuid": name, "title": _line(f"{f.obligation}, {f.subject}: {status}"),
        "description": f"{texts[f.obligation]} {f.why or status}", "props": _finding_props(f),
        "methods": ["EXAMINE"], "types": ["finding"], "collected": _moment(f.as_of),
    }  # fmt: skip


def _finding_props(f: Finding) -> list[Json]:
    return _props(
        ("obligation", f.obligation), ("subject", f.subject), ("applicability", f.applicability), ("status", f.status),
        *(("contested-by", by) for by in f.contested_by), ("unknown-parts", f.unknown_parts),
        *(("counted", i) for i in f.counted), *(("unverified", i) for i in f.unverified), ("rule", f.rule),
        ("inputs-sha256", f.inputs_sha256),
    )  # fmt: skip


def _seen(o: Observation, name: str) -> Json:
    """One observation that a finding counted or set aside."""
    value = "asked for, not given" if not o.given else "" if o.value is None else f"{o.value}"
    said = ". ".join(part for part in (o.text, f"{o.indicator}, {o.subject}: {value}" if value else "") if part)
    claims = " | ".join(f"{by} says: {says}" for by, says in o.claims)
    links = re.findall(r"https?://[^\s;,<>\"]+", o.source)
    evidence = {"description": o.source or "source not said", **({"href": links[0]} if links else {})}
    return {
        "uuid": name, "title": _line(o.id), "description": said or o.indicator,
        "props": _props(
            ("observation", o.id), ("indicator", o.indicator), ("subject", o.subject), ("channel", o.channel),
            ("known-on", o.known_on), ("last-day", o.end), ("reliability", o.reliability),
            ("credibility", o.credibility), ("verified", "yes" if o.verified else "no"),
            ("corrected-by", o.corrected_by),
        ),
        "methods": [_METHODS.get(o.channel, "EXAMINE")], "relevant-evidence": [evidence], "collected": _moment(o.date),
        **({"remarks": f"Claims, kept as claims: {claims}"} if claims else {}),
    }  # fmt: skip


def _props(*pairs: tuple[str, object]) -> list[Json]:
    """Properties of our own namespace, those that say nothing left out."""
    return [
        {"name": name, "ns": NAMESPACE, "value": _line(str(value))}
        for name, value in pairs if value is not None and str(value).strip()
    ]  # fmt: skip


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(_UUIDS, "\n".join(parts)))


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _line(text: str) -> str:
    """Put text on one line, as OSCAL wants titles and values."""
    return " ".join(text.split()) or "–"


def _token(name: str) -> str:
    """Make an id of OSCAL's kind: letters, digits, ``_ . -``, beginning with a letter; changed ones get a hash.

    Examples
    --------
    >>> _token("NS-1a")
    'NS-1a'
    """
    cleaned = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    cleaned = cleaned if re.match(r"[A-Za-z_]", cleaned) else f"_{cleaned}"
    return cleaned if cleaned == name else f"{cleaned}-{sha256_of_value(name)[:8]}"
