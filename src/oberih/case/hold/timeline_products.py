"""What does a history of findings leave behind on disk?

The picture as PNG and SVG, the changes as CSV, Markdown and canonical JSON, and ``result.json``, which makes the
folder checkable (``oberih verify FOLDER``).
"""

from __future__ import annotations

from pathlib import Path

from oberih.case.hold.findings_export import csv_bytes, finding_fields, sheets_as_markdown
from oberih.case.hold.regime_timeline import History
from oberih.case.hold.timeline_pages import history_sheet, scene_of
from oberih.errors import InputError
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_value
from oberih.evidence.keep import keep_products, write_atomically
from oberih.evidence.provenance import Provenance
from oberih.picture.timeline import draw_png, draw_svg

__all__ = ["CHANGE_COLUMNS", "changes_as_csv", "changes_as_json", "keep_file", "keep_history"]

SCHEMA = "oberih/findings-over-time/1"
"""Form of the exported JSON."""

CHANGE_COLUMNS = (
    "date", "regime", "version", "obligation", "subject", "applicability_before", "status_before",
    "contested_by_before", "applicability", "status", "contested_by", "why", "counted", "unverified", "inputs_sha256",
)  # fmt: skip
"""In this order for good; more may come behind them."""


def changes_as_csv(found: History) -> bytes:
    """Write one row a change; the first row of a finding has nothing before."""
    rows = []
    for c in found.changes:
        b, a = c.before, c.after
        before = (b.applicability, b.status or "", ";".join(b.contested_by)) if b else ("", "", "")
        rows.append((
            c.day, found.regime.id, found.regime.version, a.obligation, a.subject, *before, a.applicability,
            a.status or "", ";".join(a.contested_by), a.why, ";".join(a.counted), ";".join(a.unverified),
            a.inputs_sha256,
        ))  # fmt: skip
    return csv_bytes(CHANGE_COLUMNS, rows)


def changes_as_json(found: History) -> bytes:
    """Write the changes as canonical JSON, each with the whole finding that came of it."""
    return canonical_json({
        "schema": SCHEMA,
        "regime": {"id": found.regime.id, "version": found.regime.version, "sha256": found.regime.sha256},
        "from": found.start.isoformat(), "to": found.end.isoformat(),
        "known_by": found.known_by.isoformat() if found.known_by else None, "as_known_then": found.rolling,
        "changes": [{"date": c.day.isoformat(), "finding": finding_fields(c.after)} for c in found.changes],
        "evidence": [{"kind": k, "name": n, "observations": count} for k, n, count in found.rests_on],
    }) + b"\n"  # fmt: skip


def keep_history(folder: Path, found: History, *, step: int | None = None, language: str = "en") -> tuple[Path, ...]:
    """Write picture and tables of a history into a folder.

    Parameters
    ----------
    folder : Path
    found : History
    step : int, optional
        Days that a column of the picture stands for.
    language : str

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    scene = scene_of(found, step=step, language=language)
    products = {
        "changes.csv": changes_as_csv(found), "changes.json": changes_as_json(found),
        "changes.md": sheets_as_markdown([history_sheet(found, language)]),
        "timeline.png": draw_png(scene), "timeline.svg": draw_svg(scene),
    }  # fmt: skip
    parameters = {
        "from": found.start.isoformat(), "to": found.end.isoformat(), "language": language, "step": step,
        "known_by": found.known_by.isoformat() if found.known_by else None, "as_known_then": found.rolling,
    }  # fmt: skip
    inputs = {
        "regime": found.regime.sha256,
        "findings": sha256_of_value([c.after.inputs_sha256 for c in found.changes]),
    }
    origin = Provenance("regime timeline", inputs=inputs, parameters=parameters)
    keep_products(
        folder, products, result={"regime": found.regime.id, "changes": len(found.changes)}, provenance=origin
    )
    return tuple(folder / name for name in (*products, "result.json"))


def keep_file(path: Path, data: bytes) -> None:
    """Write one exported file, whole or not at all.

    Raises
    ------
    InputError
        If there is a folder of that name.
    StoreError
        If it cannot be written.
    """
    if path.is_dir():
        raise InputError("is a folder", field="--out", value=str(path), cure="give the name of a file")
    write_atomically(path, data)
