"""What is in a stranger's file, and how does it come into the record?

Stories: `read_all` (a file into records, by a declared mapping) and `import_records` (the same, appended to a record in
batches).  Every row is read and checked before the first is appended, so a bad one refuses all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from oberih.case.progress import Progress, Silent
from oberih.case.sheet import Sheet
from oberih.case.wording import mark
from oberih.evidence.read.mapping import known_mappings, load_mapping
from oberih.evidence.read.records import read_records
from oberih.evidence.record import Record

__all__ = ["Appended", "Imported", "all_mappings", "import_records", "read_all"]

BATCH = 1000
"""Records appended together."""


class Appended(Protocol):
    """What an append says of itself; as `oberih.evidence.log.Appended`."""

    @property
    def known(self) -> tuple[str, ...]:
        """Ids that were there already with the same content."""


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Parameters
    ----------
    file : str
    mapping : str
        Its id.
    read : int
        Records in the file.
    added : int
        Of them, those that were new.
    known : tuple of str
        Ids of those that were there already.
    """

    file: str
    mapping: str
    read: int
    added: int
    known: tuple[str, ...]


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


def import_records(
    file: Path | BinaryIO,
    mapping: str | Path,
    append: Callable[[Sequence[Record]], Appended],
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Imported:
    """Read a file and append its records, a batch at a time.

    Parameters
    ----------
    append : callable
        Puts records behind the others, all or none; as a log's ``append`` with its key and time bound to it.

    Raises
    ------
    InputError
        As `read_all`; or if an id is in the record with other content.
    StoreError
        If the record cannot be written.
    """
    told = progress or Silent()
    told.stage("reading")
    records = read_all(file, mapping, now=now)
    told.stage("recording", total=len(records))
    known: list[str] = []
    for at in range(0, len(records), BATCH):
        batch = records[at : at + BATCH]
        known += append(batch).known
        told.advance(len(batch))
    told.done()
    name = str(file) if isinstance(file, Path) else str(getattr(file, "name", "standard input"))
    return Imported(name, load_mapping(mapping).id, len(records), len(records) - len(known), tuple(known))


def all_mappings() -> Sheet:
    """List the mappings that ship."""
    found = [load_mapping(name) for name in known_mappings()]
    rows = tuple((m.id, m.title, m.source + mark(m.verified), str(len(m.field))) for m in found)
    return Sheet("Mappings", columns=("mapping", "of", "source", "rules"), rows=rows)
