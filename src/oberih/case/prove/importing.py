"""What is in a stranger's file?

Stories: `read_all` (a file into records, by a declared mapping; what is done with them is
`oberih.case.prove.recording.record_all`) and `all_mappings`.  Every row is read and checked, so a bad one refuses all.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from oberih.case.sheet import Sheet
from oberih.case.wording import mark
from oberih.evidence.read.mapping import known_mappings, load_mapping
from oberih.evidence.read.records import read_records
from oberih.evidence.record import Record

__all__ = ["all_mappings", "read_all"]


def read_all(file: Path | BinaryIO, mapping: str | Path, *, now: datetime) -> tuple[Record, ...]:
    """Read every record of a file.

    Parameters
    ----------
    file : Path or binary stream
        CSV, JSON lines, a JSON array or GeoJSON points.
    mapping : str or Path
        Name of a mapping that ships, or a TOML file.
    now : datetime
        UTC.

    Raises
    ------
    InputError
        If the file or mapping cannot be read, or a row is bad (`oberih.evidence.read.row.BadRows`, with every
        bad row in ``problems``).
    """
    return tuple(read_records(file, mapping, now=now))


def all_mappings() -> Sheet:
    """List the mappings that ship."""
    found = [load_mapping(name) for name in known_mappings()]
    rows = tuple((m.id, m.title, m.source + mark(m.verified), str(len(m.field))) for m in found)
    return Sheet("Mappings", columns=("mapping", "of", "source", "rules"), rows=rows)
