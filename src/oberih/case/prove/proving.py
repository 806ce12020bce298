"""Can anyone check it?

Stories: `export` (a bundle), `verify` (a bundle or the live record), `checkpoint` (what to keep elsewhere).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography import x509

from oberih.case.progress import Progress, Silent
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_sheets import refuse_unsearchable
from oberih.errors import CorruptStore, InputError
from oberih.evidence.bundle import write_bundle
from oberih.evidence.database import is_url
from oberih.evidence.keep import write_atomically
from oberih.evidence.note import read_checkpoint, read_note
from oberih.evidence.report import Report
from oberih.evidence.verify import read_trust, verify_log
from oberih.evidence.verify_bundle import verify_bundle

__all__ = ["checkpoint", "export", "found_ids", "small_file", "verify"]

_LARGEST_SMALL_FILE = 1 << 20


def export(
    keeping: Keeping, out: Path, *, ids: Sequence[str] | None = None, attachments: bool = False
) -> dict[str, Any]:
    """Write the record, or some of it, as a bundle.

    Parameters
    ----------
    out : Path
    ids : sequence of str, optional
        Of a selection.
    attachments : bool
        Whether to include the files; their hashes are in it always.

    Raises
    ------
    InputError, StoreError
        As `oberih.evidence.bundle.write_bundle`.
    """
    if ids is not None and not ids:
        raise InputError("holds no record", field="selection", cure="widen the search; nothing was written")
    with closing(keeping.log()) as log:
        return write_bundle(out, log, ids=ids, attachments=keeping.attachments if attachments else None)


def found_ids(keeping: Keeping, words: str) -> list[str]:
    """Ids of the records that hold all these words.

    Raises
    ------
    InputError
        If no record is kept.
    """
    refuse_unsearchable(words, field="--search")
    with closing(keeping.log()) as log:
        return [e.record.id for e in log.find(text=words)]


def verify(
    keeping: Keeping, what: str | None, *, against: Sequence[Path] = (), trusted: str | None = None,
    roots: Sequence[Path] = (), progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Verify a bundle, or the live record where none is named.

    Parameters
    ----------
    what : str or None
        Path of a bundle or of a store, or a URL.
    against : sequence of Path
        Checkpoints kept elsewhere.
    trusted : str, optional
        Id of the key that must have begun the log.
    roots : sequence of Path
        Certificates (PEM) of timestamp authorities.

    Raises
    ------
    InputError
        If it is no bundle and no record, a file cannot be read, or what is given as a checkpoint or
        certificate is none.
    CorruptStore
        If the record is gone and the checkpoint beside it is not.
    """
    told = progress or Silent()
    notes = [(f"checkpoint in {p}", _checkpoint_file(p)) for p in against]
    pems = [_certificate_file(p) for p in roots]
    trust = None if trusted is None else read_trust(trusted)
    told.stage("verifying")
    if what is not None and not is_url(what) and not _is_sqlite(Path(what)):
        report = verify_bundle(Path(what), against=notes, trusted=trust, roots=pems, advance=told.advance)
        told.done()
        return report
    kept = keeping if what is None else Keeping(what, keeping.files, keeping.key, keeping.name, keeping.environment)
    _refuse_lost(kept)
    log = kept.log()
    try:
        files = None if kept.files is None and is_url(kept.store) else kept.attachments
        return verify_log(log, attachments=files, against=notes, trusted=trust, roots=pems, advance=told.advance)
    finally:
        told.done()
        log.close()


def _refuse_lost(keeping: Keeping) -> None:
    """A record that is gone is not one that was never begun."""
    head = Path(f"{keeping.store}.head")
    if not keeping.exists and head.is_file():
        raise CorruptStore(f"{keeping.store}: is gone; {head} speaks of a record that was here; bring a copy back")


def _checkpoint_file(path: Path) -> bytes:
    """A file that is a checkpoint; what it says is held against the record later."""
    data = small_file(path)
    read_checkpoint(read_note(data, file=path).text, file=path)
    return data


def _certificate_file(path: Path) -> bytes:
    data = small_file(path)
    try:
        x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise InputError(
            "holds no certificate (PEM)", file=path, field="--roots", cure="name the authority's"
        ) from error
    return data


def checkpoint(keeping: Keeping, out: Path | None = None) -> str:
    """Give the last checkpoint as a signed note, to be kept elsewhere or given to a witness.

    Raises
    ------
    InputError
        If nothing is recorded yet.
    """
    with closing(keeping.log()) as log:
        size, note = log.last_checkpoint()
        lines = "".join(line for s, line, _ in log.cosignatures() if s == size)
    whole = note + lines.encode()
    if out is not None:
        write_atomically(out, whole)
    return whole.decode()


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        cure = "name a bundle or a record's store"
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure=cure) from error


def small_file(path: Path) -> bytes:
    """Read a file of at most a mebibyte.

    Raises
    ------
    InputError
        If it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_SMALL_FILE + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    if len(data) > _LARGEST_SMALL_FILE:
        raise InputError(f"is larger than {_LARGEST_SMALL_FILE} bytes", file=path)
    return data
