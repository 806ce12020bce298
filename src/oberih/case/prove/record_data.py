"""What is in the record, as data that a page or a program can use?

Stories: `standing` (how much, which keys, who else has seen it), `found` (records by words, kind, tag, time and place,
a page at a time by their numbers), `one` (a record as it was signed, what it corrects and what corrects it) and
`attached` (where a file of a record lies).  Nothing of a store's place or password leaves through here.

Defines the nouns `Standing`, `Asked`, `Page`, `One`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_sheets import refuse_unsearchable
from oberih.errors import CorruptStore, InputError, StoreError, UnknownName
from oberih.evidence.database import is_url
from oberih.evidence.entry import Entry
from oberih.evidence.keyring import TELLS
from oberih.evidence.log import Log
from oberih.evidence.record import Attachment, record_fields

__all__ = [
    "MOST", "Asked", "One", "Page", "Standing", "attached", "found", "named", "one", "opened", "standing",
    "without_place",
]  # fmt: skip

MOST = 200
"""Records of one page at most."""

_LOOKED_AT = 20_000
"""Records that a search by tag looks at for one page."""


@dataclass(frozen=True)
class Standing:
    """How the record stands.

    Parameters
    ----------
    exists : bool
    name : str
        Of the store, without its folder or password.
    origin : str
        Under which it signs its checkpoints.
    size : int
        Records that the last checkpoint covers.
    checkpoint : str
        The last signed note, with the lines of witnesses below it.
    keys : tuple of mapping
        ``name``, ``keyid``, ``public`` (bytes), ``added``, ``revoked``, in the order in which they came.
    key_records : tuple of (int, str)
        Number and envelope of every record that tells of keys.
    cosignatures : tuple of (int, str, str)
        Size, line and verifier key.
    timestamps : tuple of (int, bytes)
        Size and reply (DER).
    """

    exists: bool
    name: str
    origin: str = ""
    size: int = 0
    checkpoint: str = ""
    keys: tuple[Mapping[str, Any], ...] = ()
    key_records: tuple[tuple[int, str], ...] = ()
    cosignatures: tuple[tuple[int, str, str], ...] = ()
    timestamps: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is looked for; an empty word asks nothing.

    Parameters
    ----------
    text, kind, tag, source, since, until : str
        As `oberih.evidence.log.Log.find`; a tag is one of the record's, whole.
    box : (west, south, east, north), optional
        [°]
    below : int, optional
        Only records with a smaller number.
    limit : int
        At most `MOST`.
    """

    text: str = ""
    kind: str = ""
    tag: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    box: tuple[float, float, float, float] | None = None
    below: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class Page:
    """Some records, the newest first.

    Parameters
    ----------
    records : tuple of mapping
        Every field, ``number``, ``recorded_at``, ``corrected_by``.
    size : int
        Records in the log.
    below : int or None
        Ask for those below this number for the next page; None where there are no more.
    """

    records: tuple[dict[str, Any], ...]
    size: int
    below: int | None


@dataclass(frozen=True)
class One:
    """One record in full.

    Parameters
    ----------
    number : int
    recorded_at, keyid, key_name : str
    envelope : str
        As it was signed: the leaf of the tree, to the byte.
    leaf : str
        Its hash, hexadecimal.
    fields : mapping
    corrects, corrected_by : tuple of (int, str)
        Number and id of those that it replaces, the nearest first, and of those that replace it.
    rests_on : tuple of (int, str)
        Of the records that it names and that are here.
    there : tuple of str
        SHA-256 of the attachments whose content lies in the store.
    """

    number: int
    recorded_at: str
    keyid: str
    key_name: str
    envelope: str
    leaf: str
    fields: dict[str, Any]
    corrects: tuple[tuple[int, str], ...] = ()
    corrected_by: tuple[tuple[int, str], ...] = ()
    rests_on: tuple[tuple[int, str], ...] = ()
    there: tuple[str, ...] = field(default_factory=tuple)


def named(keeping: Keeping) -> str:
    """Name a store without its folder, user or password."""
    return keeping.store.split("?", 1)[0].rsplit("/", 1)[-1]


@contextmanager
def without_place(keeping: Keeping) -> Iterator[None]:
    """Tell what goes wrong in the block without saying where the store lies.

    Raises
    ------
    UnknownName
        In place of an `InputError` that says that there is no such record.
    """
    try:
        yield
    except UnknownName:
        raise
    except InputError as error:
        if error.message == "no such record":
            raise UnknownName("record", str(error.value), known=("the numbers and ids that a search gives",)) from error
        place = None if error.file is None else _without_place(str(error.file), keeping)
        raise InputError(error.message, file=place, field=error.field, value=error.value, cure=error.cure) from error
    except StoreError as error:
        raise type(error)(_without_place(str(error), keeping)) from error


@contextmanager
def opened(keeping: Keeping) -> Iterator[Log]:
    """Open the log for as long as the block lasts.

    Raises
    ------
    InputError, StoreError
        As `Log`, told `without_place`.
    """
    with without_place(keeping):
        log = keeping.log()
        try:
            yield log
        finally:
            log.close()


def _without_place(text: str, keeping: Keeping) -> str:
    text = text.replace(keeping.store, named(keeping))
    return text.replace(f"{Path(keeping.store).parent}/", "") if not is_url(keeping.store) else text


def standing(keeping: Keeping) -> Standing:
    """Tell how the record stands; where none was begun, that.

    Raises
    ------
    StoreError
        If it is there and cannot be read, or it is gone and the checkpoint beside it is not.
    """
    if not keeping.exists:
        if not is_url(keeping.store) and Path(f"{keeping.store}.head").is_file():
            raise CorruptStore(f"{named(keeping)}: is gone; the checkpoint beside it speaks of a record that was here")
        return Standing(False, named(keeping))
    with opened(keeping) as log:
        if log.size == 0:
            return Standing(False, named(keeping), log.origin)
        size, note = log.last_checkpoint()
        cosigned = tuple(log.cosignatures())
        below = "".join(line for s, line, _ in cosigned if s == size)
        about = sorted((e for kind in TELLS for e in log.find(kind=kind)), key=lambda e: e.seq)
        keys = tuple(
            {"name": t.name, "keyid": k, "public": t.public, "added": t.added, "revoked": t.revoked}
            for k, t in log.keyring().tenures.items() if t.added < size
        )  # fmt: skip
        return Standing(
            True, named(keeping), log.origin, size, note.decode() + below, keys,
            tuple((e.seq, e.data.decode()) for e in about if e.seq < size), cosigned, tuple(log.timestamps()),
        )  # fmt: skip


def found(keeping: Keeping, asked: Asked) -> Page:
    """Find records, the newest first.

    Raises
    ------
    InputError
        If no record is kept, or a date is none.
    """
    for name in ("text", "kind", "tag", "source"):
        refuse_unsearchable(getattr(asked, name), field=name)
    with opened(keeping) as log:
        entries, below = _some(log, asked)
        corrected, size = log.corrections(), log.size
    return Page(tuple(_shown(e, corrected) for e in entries), size, below)


def _some(log: Log, asked: Asked) -> tuple[list[Entry], int | None]:
    """The records of one page, and where the next begins; a tag is looked for in what holds its words."""
    limit, below, kept, looked = min(asked.limit, MOST), asked.below, [], 0
    while True:
        part = log.find(
            text=f"{asked.text} {asked.tag}", kind=asked.kind or None, source=asked.source, since=asked.since or None,
            until=asked.until or None, box=asked.box, newest=True, below=below, limit=limit + 1,
        )  # fmt: skip
        looked += len(part)
        for e in part[:limit]:
            below = e.seq
            if not asked.tag or asked.tag in e.record.tags:
                kept.append(e)
                if len(kept) == limit:
                    return kept, below
        if len(part) <= limit:
            return kept, None
        if looked >= _LOOKED_AT:
            return kept, below


def one(keeping: Keeping, name: str | int) -> One:
    """Show one record as it was signed.

    Raises
    ------
    UnknownName
        If there is none.
    CorruptStore
        If it does not fit its signature.
    """
    refuse_unsearchable(str(name), field="id")
    with opened(keeping) as log:
        entry, corrections = log.entry(name), log.corrections()
        held = log.keyring().tenures.get(entry.keyid)
        earlier = _chain(entry.record.corrects, {e: log.entry(e).record.corrects for e in _earlier(log, entry)})
        later = _chain(corrections.get(entry.record.id), corrections)
        rests = [i for i in entry.record.rests_on if _there(log, i)]
        numbers = {i: log.entry(i).seq for i in {*earlier, *later, *rests}}
    files = () if keeping.files is None and is_url(keeping.store) else entry.record.attachments
    return One(
        entry.seq, entry.recorded_at, entry.keyid, held.name if held else "", entry.data.decode(), entry.leaf.hex(),
        record_fields(entry.record), tuple((numbers[i], i) for i in earlier), tuple((numbers[i], i) for i in later),
        tuple((numbers[i], i) for i in rests),
        tuple(a.sha256 for a in files if keeping.attachments.path(a.sha256).is_file()),
    )  # fmt: skip


def _earlier(log: Log, entry: Entry) -> Iterator[str]:
    """Ids of those that a record replaces, the nearest first."""
    old, seen = entry.record.corrects, {entry.record.id}
    while old is not None and old not in seen and len(seen) < MOST:
        seen.add(old)
        yield old
        old = log.entry(old).record.corrects


def _chain(first: str | None, following: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    while first is not None and first not in found and len(found) < MOST:
        found.append(first)
        first = following.get(first)
    return found


def _there(log: Log, name: str) -> bool:
    try:
        return bool(log.entry(name).record.id == name)
    except InputError:
        return False


def _shown(entry: Entry, corrected: Mapping[str, str]) -> dict[str, Any]:
    about = {"number": entry.seq, "recorded_at": entry.recorded_at, "corrected_by": corrected.get(entry.record.id)}
    return {**record_fields(entry.record), **about}


def attached(keeping: Keeping, number: int, sha256: str) -> tuple[Path, Attachment]:
    """Tell where a file of a record lies, after making sure that its content is what was recorded.

    Raises
    ------
    UnknownName
        If the record has no such file, or it is not in the store.
    CorruptStore
        If another content lies there.
    """
    with opened(keeping) as log:
        attachments = log.entry(number).record.attachments
    wanted = next((a for a in attachments if a.sha256 == sha256), None)
    if wanted is None or not keeping.attachments.path(sha256).is_file():
        raise UnknownName("attachment", sha256[:12], known=[a.sha256[:12] for a in attachments])
    fault = keeping.attachments.fault(wanted)
    if fault is not None:
        raise CorruptStore(f"attachment {wanted.name} of record {number} {fault}; nothing of it is given out")
    return keeping.attachments.path(sha256), wanted
