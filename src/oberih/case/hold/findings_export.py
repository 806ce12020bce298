"""How do findings leave, so that somebody else can use and recompute them?

JSON is canonical (RFC 8785): the same inputs give the same bytes.  It holds the findings, the file they were
judged by (its SHA-256) and every observation that its rules read, so that `recompute` can judge again what
it says, without us.  CSV has one row a finding in stable columns; Markdown is a table for a report.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime_words import printable
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.read.regime_file import load_regime

__all__ = [
    "CSV_COLUMNS", "OBSERVATION_COLUMNS", "SCHEMA", "as_csv", "as_json", "csv_bytes", "finding_fields",
    "observation_fields", "observations_as_csv", "read_export", "read_file", "recompute",
    "recompute_export", "sheets_as_markdown",
]  # fmt: skip

SCHEMA = "oberih/findings/1"
"""Form of the exported JSON."""

CSV_COLUMNS = (
    "regime", "version", "obligation", "subject", "as_of", "known_by", "applicability", "status", "contested_by",
    "unknown_parts", "why", "counted", "set_aside_count", "unverified", "rule", "inputs_sha256",
)  # fmt: skip
"""In this order for good; more may come behind them."""

OBSERVATION_COLUMNS = (
    "obligation", "subject", "observation", "counted", "why_not", "indicator", "date", "end", "value", "given",
    "known_on", "channel", "reliability", "credibility", "text", "source", "claims", "verified",
)  # fmt: skip
"""Of the observations behind an obligation; in this order for good."""

LARGEST_EXPORT = 200_000_000
"""Bytes."""

_CURE = "give what 'oberih regime check --format json' wrote, unchanged"


def _plain(value: Any) -> Any:
    """Nouns as JSON has them: days as ISO text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def observation_fields(observation: Observation) -> dict[str, Any]:
    """Return an observation as plain fields, all of them."""
    return {f.name: _plain(getattr(observation, f.name)) for f in fields(observation)}


def finding_fields(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain fields, all of them."""
    out = {f.name: _plain(getattr(finding, f.name)) for f in fields(finding) if f.name not in {"parts", "set_aside"}}
    out["set_aside"] = [{"id": i, "why": why} for i, why in finding.set_aside]
    out["parts"] = [
        {
            "name": name, "status": v.status, "why": v.why, "counted": list(v.counted),
            "set_aside": [{"id": i, "why": why} for i, why in v.set_aside],
        }
        for name, v in finding.parts
    ]  # fmt: skip
    return out


def as_json(judgement: Judgement) -> bytes:
    """Write a judgement as canonical JSON, with a final line feed."""
    regime = judgement.regime
    return canonical_json({
        "schema": SCHEMA,
        "regime": {"id": regime.id, "version": regime.version, "sha256": regime.sha256},
        "as_of": judgement.as_of.isoformat(),
        "known_by": judgement.known_by.isoformat() if judgement.known_by else None,
        "obligations": sorted({f.obligation for f in judgement.findings}),
        "findings": [finding_fields(f) for f in judgement.findings],
        "observations": [observation_fields(o) for o in judgement.read()],
        "evidence": [{"kind": k, "name": n, "observations": c} for k, n, c in judgement.rests_on],
    }) + b"\n"  # fmt: skip


def as_csv(judgement: Judgement) -> bytes:
    """Write one row a finding, in `CSV_COLUMNS`; lists are joined by semicolons."""
    rows = []
    for f in judgement.findings:
        rows.append((
            f.regime, judgement.regime.version, f.obligation, f.subject, f.as_of, f.known_by or "", f.applicability,
            f.status or "", ";".join(f.contested_by), f.unknown_parts, f.why, ";".join(f.counted),
            len(f.set_aside), ";".join(f.unverified), f.rule, f.inputs_sha256,
        ))  # fmt: skip
    return csv_bytes(CSV_COLUMNS, rows)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV (UTF-8, line feeds), its text harmless to spreadsheets."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return stream.getvalue().encode()


def _harmless(cell: object) -> object:
    """Keep a spreadsheet from taking strangers' text for a formula (a quote goes before it), a terminal for orders."""
    if not isinstance(cell, str):
        return cell
    return printable(f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell)


def observations_as_csv(judgement: Judgement) -> bytes:
    """Write one row for each observation that a finding counted or set aside, in `OBSERVATION_COLUMNS`."""
    by_id = {o.id: o for o in judgement.observations}
    rows: list[tuple[object, ...]] = []
    for f in judgement.findings:
        pairs = [(i, "yes", "") for i in f.counted] + [(i, "no", why) for i, why in f.set_aside]
        rows += [
            (f.obligation, f.subject, i, counted, why, *_known_of(by_id[i])) for i, counted, why in pairs if i in by_id
        ]
    return csv_bytes(OBSERVATION_COLUMNS, rows)


def _known_of(o: Observation) -> tuple[object, ...]:
    value = "" if o.value is None else o.value if isinstance(o.value, str) else f"{o.value:.12g}"
    claims = " | ".join(f"{by}: {says}" for by, says in o.claims)
    return (
        o.indicator, o.date, o.end or "", value, "yes" if o.given else "no", o.known_on or "", o.channel,
        o.reliability or "", o.credibility or "", o.text, o.source, claims, "yes" if o.verified else "no",
    )  # fmt: skip


def sheets_as_markdown(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets as Markdown: title, facts, table, notes."""
    lines: list[str] = []
    for level, sheet in enumerate(sheets):
        lines += [f"{'#' if level == 0 else '##'} {_cell(sheet.title)}", ""]
        lines += [f"- **{_cell(what)}**: {_cell(value)}" for what, value in sheet.facts] + [""] * bool(sheet.facts)
        if sheet.rows:
            lines += [_row(sheet.columns), _row(["---"] * len(sheet.columns)), *map(_row, sheet.rows), ""]
        lines += [f"> {_cell(note)}" for note in sheet.notes] + [""] * bool(sheet.notes)
    return "\n".join(lines).encode()


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    """One line in which nothing is markup."""
    escaped = "".join(f"\\{c}" if c in r"\`*_[]<>|#" else c for c in " ".join(text.split()))
    return escaped if escaped != r"---" else "---"


# what somebody else does with it


def read_file(path: Path) -> bytes:
    """Read an export's bytes.

    Raises
    ------
    InputError
        If it cannot be read or is too large to be one.
    """
    try:
        if path.stat().st_size > LARGEST_EXPORT:
            raise InputError(f"is larger than {LARGEST_EXPORT} bytes", file=path, cure=_CURE)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure=_CURE) from error


def read_export(data: bytes, *, file: object = None) -> dict[str, Any]:
    """Read exported JSON, strictly.

    Raises
    ------
    InputError
        If it is no such export.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "is not JSON", file=file, cure="give what 'oberih regime check --format json' wrote"
        ) from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(f"is not of the form {SCHEMA}", file=file, field="schema", cure=_CURE)
    return found


def recompute(
    finding: Mapping[str, Any], regime: str | Path, observations: Iterable[Observation],
    *, digest: Callable[[object], str] = sha256_of_value,
) -> bool:  # fmt: skip
    """Judge again what an exported finding says, and compare to the byte.

    Parameters
    ----------
    finding : mapping
        One of the ``findings`` of an export.
    regime : str or Path
        The regime's file, or the name of one that ships.
    observations : iterable of Observation
        What was known.
    digest : callable
        SHA-256 of a value's canonical JSON.

    Returns
    -------
    bool
        Whether the same rule and the same inputs give the same finding.

    Raises
    ------
    InputError
        If the finding lacks its dates, or the regime cannot be read.
    """
    as_of, known_by, wanted = _dated(finding)
    found = judge(load_regime(regime), tuple(observations), as_of=as_of, known_by=known_by, digest=digest)
    return wanted in {canonical_json(finding_fields(f)) for f in found}


def _dated(finding: Mapping[str, Any]) -> tuple[date, date | None, bytes]:
    """For which day, with what was known by when, and the bytes that must come out."""
    try:
        known_by = finding["known_by"]
        return (
            date.fromisoformat(finding["as_of"]), None if known_by is None else date.fromisoformat(known_by),
            canonical_json(dict(finding)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("has no dates to judge it for", field="as_of", cure="give a finding as exported") from error


def recompute_export(data: bytes, regime: str | Path, *, file: object = None) -> tuple[int, int]:
    """Judge again what an export says it judged; return how many findings agree, of how many that there must be.

    A finding that was left out, put in or doubled does not agree.

    Raises
    ------
    InputError
        If it is no such export, holds no finding, or was judged by another regime.
    """
    export = read_export(data, file=file)
    findings, rows, named = export.get("findings"), export.get("observations"), export.get("regime")
    if not isinstance(findings, list) or not findings or not isinstance(rows, list):
        raise InputError("has no findings or no observations", file=file, cure=_CURE)
    rule = load_regime(regime)
    if not isinstance(named, dict) or named.get("id") != rule.id:
        by = str(named.get("id")) if isinstance(named, dict) else "nobody knows which"
        raise InputError(f"was judged by {by}, not by {rule.id}", file=file, field="regime", cure="name that one")
    as_of, known_by, _ = _dated(export)
    known = [_observation(row, file) for row in rows]
    found = judge(rule, known, as_of=as_of, known_by=known_by, digest=sha256_of_value)
    wanted = [canonical_json(finding_fields(f)) for f in found if f.obligation in _listed(export, file)]
    given = [canonical_json(f) for f in findings]
    agree = sum(min(given.count(w), wanted.count(w)) for w in set(wanted))
    return agree, max(len(wanted), len(given))


def _listed(export: Mapping[str, Any], file: object) -> set[str]:
    """Which obligations an export says that it judged."""
    listed = export.get("obligations")
    if not isinstance(listed, list) or not all(isinstance(o, str) for o in listed):
        raise InputError("must list what was judged", file=file, field="obligations", cure=_CURE)
    return set(listed)


def _observation(row: Any, file: object) -> Observation:
    """Read an observation as `observation_fields` wrote it."""
    try:
        given = dict(row)
        for name in ("date", "end", "known_on"):
            given[name] = date.fromisoformat(given[name]) if given[name] is not None else None
        given["affirmed_by"] = tuple(given["affirmed_by"])
        given["claims"] = tuple((by, says) for by, says in given["claims"])
        return Observation(**given)
    except (TypeError, ValueError, KeyError) as error:
        raise InputError("is no observation", file=file, field="observations", cure=_CURE) from error
