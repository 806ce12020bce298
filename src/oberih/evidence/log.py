"""What was recorded, in which order, and how is more put behind it?

`Log` is the append-only record: signed entries (`entry`) as leaves of a Merkle tree (`tree`, RFC
9162) whose nodes are stored, closed by a signed checkpoint (`note`) at every append.

Invariants: an append is whole or not there, and acknowledged only when it is on the disk; nothing is
ever overwritten or removed; numbers run from 0 without a gap; ``recorded_at`` never runs
backwards; every state that was acknowledged is covered by a checkpoint; the last checkpoint
lies in a file beside the database too, so that a database that lost its tail betrays itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from oberih.errors import CorruptStore, InputError, OberihError, StoreError
from oberih.evidence import database as db
from oberih.evidence.belief import believed
from oberih.evidence.continuity import head_of, refuse_later, refuse_other_end, refuse_shortened
from oberih.evidence.entry import Entry, read_entry, sign_entries
from oberih.evidence.keep import write_atomically
from oberih.evidence.keyring import TELLS, Keyring, key_record
from oberih.evidence.keys import Signer
from oberih.evidence.moment import instant, span, utc_text
from oberih.evidence.note import Checkpoint, checkpoint_text, sign_note
from oberih.evidence.record import Record, record_fields
from oberih.evidence.searched import kept_of
from oberih.evidence.tree import Frontier, inclusion_proof, perfect_subtrees

__all__ = ["BATCH", "Appended", "Log"]

BATCH = 1000
"""Records signed and committed together; the work lost by a kill is at most one batch, none acknowledged."""

_PAGE = 2000

_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
_LEAVES = sa.select(db.entry.c.seq, db.entry.c.leaf).where(db.entry.c.seq.in_(_WANTED))
_NODES = sa.select(db.node.c.number, db.node.c.hash).where(db.node.c.number.in_(_WANTED))


@dataclass(frozen=True)
class Appended:
    """What an append did.

    Parameters
    ----------
    entries : tuple of Entry
        Those written, in order.
    known : tuple of str
        Ids of records that were there already with the same content.
    size : int
        Records in the log afterwards.
    """

    entries: tuple[Entry, ...]
    known: tuple[str, ...]
    size: int


class Log:
    """The record kept at one place.

    Parameters
    ----------
    where : str
        Path of a SQLite file, or a PostgreSQL URL.
    create : bool
        Whether to make it where there is none; it stays empty until the first append.
    origin : str
        Name under which a new log signs its checkpoints.
    head : Path or None
        Where the last checkpoint is kept a second time; beside a SQLite file if not given.
    busy : float
        How long to wait for another writer [s].

    Raises
    ------
    InputError
        If there is none and ``create`` is False.
    StoreError, StoreFull, CorruptStore
        If it cannot be opened.
    """

    def __init__(
        self, where: str, *, create: bool = False, origin: str = "oberih/record", head: Path | None = None,
        busy: float = db.BUSY_SECONDS,
    ) -> None:  # fmt: skip
        self.where = where
        self.engine = db.open_database(where, create=create, busy=busy)
        self.head = head if head is not None or db.is_url(where) else Path(f"{where}.head")
        try:
            self.origin = self._origin(origin, create=create)
        except OberihError:
            self.close()
            raise
        self._frontier: Frontier | None = None

    def _origin(self, origin: str, *, create: bool) -> str:
        select = sa.select(db.meta.c.value).where(db.meta.c.key == "origin")
        with db.reading(self.engine) as connection:
            found = connection.execute(select).scalar()
        if found is None and create:
            with db.writing(self.engine) as connection:
                found = connection.execute(select).scalar()
                if found is None:
                    connection.execute(db.meta.insert().values(key="origin", value=origin))
        return found or origin

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    # writing

    def append(self, records: Iterable[Record], *, signer: Signer, now: datetime) -> Appended:
        """Put records behind the others: all of them or, where one is refused, none.

        Parameters
        ----------
        records : iterable of Record
        signer : Signer
            In an empty log its key becomes the first.
        now : datetime
            Time of writing, UTC; where the log is later already, its last time is taken.

        Returns
        -------
        Appended

        Raises
        ------
        InputError
            If the key may not sign, an id is there with other content, or a correction names no record.
        StoreError, StoreFull
            If it cannot be written; then nothing was.
        """
        wanted = list(records)
        with db.writing(self.engine) as connection:
            size, last = self._end(connection)
            refuse_shortened(size, self.head, where=self.where)
            keyring = self._keyring(connection)
            if size == 0:
                wanted.insert(0, key_record(name=signer.name, public=signer.public))
            else:
                self._refuse_key(keyring, signer, size)
            moment = max(now, last) if last else now
            known: list[str] = []
            try:  # most often every record is new, and nobody needs to look first
                fresh = _distinct(wanted, {})[0]
                with connection.begin_nested():
                    entries, frontier, note = self._sign_and_insert(connection, fresh, size, moment, signer, keyring)
            except sa.exc.IntegrityError:
                fresh, known = _distinct(wanted, _already_there(connection, wanted))
                if not fresh:
                    return Appended((), tuple(known), size)
                entries, frontier, note = self._sign_and_insert(connection, fresh, size, moment, signer, keyring)
        self._frontier = frontier
        self._keep_head(note, frontier.size)
        return Appended(tuple(entries), tuple(known), frontier.size)

    def _sign_and_insert(
        self, connection: sa.Connection, fresh: Sequence[Record], size: int, moment: datetime, signer: Signer,
        keyring: Keyring,
    ) -> tuple[list[Entry], Frontier, bytes]:  # fmt: skip
        _refuse_dangling(connection, fresh)
        refuse_later(fresh, moment)
        entries = sign_entries(fresh, first=size, recorded_at=moment, signer=signer)
        told = Keyring(dict(keyring.tenures))
        for one in entries:
            if one.record.kind in TELLS:
                told.read(one.record, seq=one.seq, keyid=one.keyid)
        if told.may_close(signer.keyid, size=size + len(entries)) is not None:
            cure = "let its successor sign the revocation: --key"
            raise InputError("would sign what comes after its own revocation", file=self.where, field="key", cure=cure)
        frontier = self._frontier_at(connection, size, keyring)
        nodes = [n for one in entries for n in frontier.append(one.leaf)]
        db.insert_many(connection, db.entry, [kept_of(one) for one in entries])
        db.insert_many(connection, db.node, [{"number": db.node_number(v, p), "hash": h} for v, p, h in nodes])
        note = sign_note(
            checkpoint_text(Checkpoint(self.origin, frontier.size, frontier.root())), self.origin, signer.private
        )
        connection.execute(db.checkpoint.insert(), [{"size": frontier.size, "note": note}])
        return entries, frontier, note

    def _frontier_at(self, connection: sa.Connection, size: int, keyring: Keyring) -> Frontier:
        kept = self._frontier
        if kept is not None and kept.size == size:
            self._frontier = None  # it is changed below; a failed write must not leave it changed
            return kept
        stored = Frontier(size, self._nodes(connection, perfect_subtrees(size)))
        if size:
            c = db.checkpoint.c
            note = connection.execute(sa.select(c.note).order_by(c.size.desc()).limit(1)).scalar()
            refuse_other_end(stored, note, self.head, keyring, where=self.where)
        return stored

    def _refuse_key(self, keyring: Keyring, signer: Signer, size: int) -> None:
        reason = keyring.refusal(signer.keyid, seq=size)
        if reason is not None:
            cure = "let a key in force add it: oberih evidence key add"
            raise InputError(reason.replace("signed by", "is"), file=self.where, field="key", cure=cure)

    def _keep_head(self, note: bytes, size: int) -> None:
        kept = head_of(self.head)
        if self.head is None or (kept is not None and kept.size > size):  # another writer was here meanwhile
            return
        try:
            write_atomically(self.head, note)
        except StoreError as error:
            raise type(error)(
                f"recorded, yet the checkpoint beside the record could not be written: {error}"
            ) from error

    def refuse_conflicts(self, records: Sequence[Record]) -> None:
        """Refuse what `append` would refuse, before the first of many batches is written.

        Raises
        ------
        InputError
            If an id is there, or comes twice, with other content, or a correction names no record.
        """
        with db.reading(self.engine) as connection:
            _distinct(records, _already_there(connection, records))
            _refuse_dangling(connection, records)

    def refuse_signer(self, signer: Signer) -> None:
        """Refuse a key that may not sign here, as `append` would."""
        with db.reading(self.engine) as connection:
            self._refuse_key(self._keyring(connection), signer, self._end(connection)[0])

    # reading

    @property
    def size(self) -> int:
        """How many records there are."""
        with db.reading(self.engine) as connection:
            last = connection.execute(sa.select(sa.func.max(db.entry.c.seq))).scalar()
        return 0 if last is None else int(last) + 1

    def entries(self, *, first: int = 0, last: int | None = None) -> Iterator[Entry]:
        """Every entry from number ``first`` to before ``last``, read strictly, in order.

        Raises
        ------
        InputError
            If one cannot be read: run `oberih.evidence.verify`.
        """
        for seq, data in self.raw(first=first, last=last):
            yield read_entry(data, file=f"{self.where}, record {seq}")

    def raw(self, *, first: int = 0, last: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Number and bytes of each entry, as they stand."""
        at = first
        while last is None or at < last:
            stop = at + _PAGE if last is None else min(at + _PAGE, last)
            query = sa.select(db.entry.c.seq, db.entry.c.data).where(db.entry.c.seq >= at).order_by(db.entry.c.seq)
            with db.reading(self.engine) as connection:
                rows = connection.execute(query.limit(stop - at)).all()
            if not rows:
                return
            yield from ((int(seq), bytes(data)) for seq, data in rows if last is None or seq < last)
            at = int(rows[-1][0]) + 1

    def entry(self, name: str | int) -> Entry:
        """Return the entry of that id or number.

        Raises
        ------
        InputError
            If there is none.
        CorruptStore
            If another stands under that id or number, or it does not fit its signature.
        """
        by_seq = db.entry.c.seq == int(name) if str(name).isdecimal() and len(str(name)) < 16 else sa.false()
        query = sa.select(db.entry.c.seq, db.entry.c.data).where(sa.or_(db.entry.c.id == str(name), by_seq))
        with db.reading(self.engine) as connection:
            row = connection.execute(query.order_by((db.entry.c.id == str(name)).desc())).first()
            keyring = self._keyring(connection)
        if row is None:
            raise InputError(
                "no such record", file=self.where, field="id", value=name, cure="see: oberih evidence list"
            )
        found = believed(row[1], place=db.whole(row[0]), keyring=keyring, where=self.where)
        if str(name) not in (found.record.id, str(found.seq)):
            raise CorruptStore(f"{self.where}: another record stands under {name}; run: oberih evidence verify")
        return found

    def find(
        self, *, text: str = "", kind: str | None = None, source: str = "", since: str | None = None,
        until: str | None = None, box: tuple[float, float, float, float] | None = None, newest: bool = False,
        limit: int | None = None, below: int | None = None,
    ) -> list[Entry]:  # fmt: skip
        """Entries that hold all these words, of this kind, source, time and place.

        Parameters
        ----------
        text : str
            Words, each to be found somewhere in the record, whatever their case.
        kind : str, optional
        source : str
            Part of who says so, or of its address.
        since, until : str, optional
            What happened touches the time from the beginning of one to the end of the other (ISO 8601).
        box : (west, south, east, north), optional
            [°]; west may be greater than east, across the antimeridian.
        newest : bool
            The last written first.
        limit, below : int, optional
            At most so many; only those with a smaller number.

        Raises
        ------
        CorruptStore
            If one that is found does not fit its signature.
        """
        c = db.entry.c
        wheres = [c.folded.contains(word, autoescape=True) for word in text.casefold().split()]
        if below is not None:
            wheres.append(c.seq < below)
        if kind:
            wheres.append(c.kind == kind)
        if source:
            wheres.append(c.who.contains(source.casefold(), autoescape=True))
        if since:
            wheres.append(c.ends > utc_text(span(since, field="since")[0]))
        if until:
            wheres.append(c.begins < utc_text(span(until, field="until")[1]))
        if box:
            west, south, east, north = box
            across = sa.or_(c.longitude >= west, c.longitude <= east)
            wheres += [c.latitude.between(south, north), c.longitude.between(west, east) if west <= east else across]
        query = sa.select(c.seq, c.data).where(*wheres).order_by(c.seq.desc() if newest else c.seq).limit(limit)
        with db.reading(self.engine) as connection:
            rows, keyring = connection.execute(query).all(), self._keyring(connection)
        return [believed(d, place=db.whole(s), keyring=keyring, where=self.where) for s, d in rows]

    def corrections(self) -> dict[str, str]:
        """Which record replaces which: the latest correction by the id it corrects."""
        query = sa.select(db.entry.c.corrects, db.entry.c.id).where(db.entry.c.corrects.is_not(None))
        with db.reading(self.engine) as connection:
            return {old: new for old, new in connection.execute(query.order_by(db.entry.c.seq))}

    def keyring(self) -> Keyring:
        """The history of keys."""
        with db.reading(self.engine) as connection:
            return self._keyring(connection)

    def checkpoints(self) -> list[tuple[int, bytes]]:
        """Size and signed note of every checkpoint, in order."""
        query = sa.select(db.checkpoint.c.size, db.checkpoint.c.note).order_by(db.checkpoint.c.size)
        with db.reading(self.engine) as connection:
            return [(int(s), bytes(n)) for s, n in connection.execute(query)]

    def last_checkpoint(self) -> tuple[int, bytes]:
        """Size and signed note of the last checkpoint.

        Raises
        ------
        InputError
            If nothing was recorded yet.
        """
        query = sa.select(db.checkpoint.c.size, db.checkpoint.c.note).order_by(db.checkpoint.c.size.desc()).limit(1)
        with db.reading(self.engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise InputError("holds no record yet", file=self.where, cure="begin with: oberih evidence add")
        return int(row[0]), bytes(row[1])

    def proof(self, seq: int, size: int) -> list[bytes]:
        """Proof that record ``seq`` is in the log of ``size`` records (RFC 9162 § 2.1.3)."""
        with db.reading(self.engine) as connection:
            return inclusion_proof(seq, size, lambda wanted: self._nodes(connection, wanted))

    def nodes(self, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        """Hashes of nodes by (level, place); level 0 holds the leaves."""
        with db.reading(self.engine) as connection:
            return self._nodes(connection, wanted)

    # what others said of checkpoints

    def add_cosignature(self, size: int, line: str, vkey: str) -> None:
        """Keep a witness's signature line beside a checkpoint, with the key it was checked with."""
        with db.writing(self.engine) as connection:
            connection.execute(db.cosignature.insert(), [{"size": size, "line": line, "vkey": vkey}])

    def cosignatures(self) -> list[tuple[int, str, str]]:
        """Size, signature line and verifier key of each."""
        c = db.cosignature.c
        with db.reading(self.engine) as connection:
            rows = connection.execute(sa.select(c.size, c.line, c.vkey).order_by(c.number)).all()
        return [(db.whole(s), str(n), str(v)) for s, n, v in rows]

    def add_timestamp(self, size: int, reply: bytes) -> None:
        """Keep an authority's reply beside a checkpoint."""
        with db.writing(self.engine) as connection:
            connection.execute(db.timestamp.insert(), [{"size": size, "reply": reply}])

    def timestamps(self) -> list[tuple[int, bytes]]:
        """Size and reply (DER) of each."""
        c = db.timestamp.c
        with db.reading(self.engine) as connection:
            return [(db.whole(s), r) for s, r in connection.execute(sa.select(c.size, c.reply).order_by(c.number))]

    # inside one state

    def _end(self, connection: sa.Connection) -> tuple[int, datetime | None]:
        """How many records there are, and when the last was written, as it is signed."""
        c = db.entry.c
        row = connection.execute(sa.select(c.seq, c.data).order_by(c.seq.desc()).limit(1)).first()
        if row is None:
            return 0, None
        try:
            return int(row[0]) + 1, instant(read_entry(row[1]).recorded_at)
        except InputError as error:
            raise CorruptStore(
                f"{self.where}: the last record was changed ({error.message}); nothing was written; "
                "run: oberih evidence verify"
            ) from error

    def _keyring(self, connection: sa.Connection) -> Keyring:
        keyring, c = Keyring(), db.entry.c
        tells = sa.text("kind IN ('key', 'revocation')")  # as the partial index has it, to the letter
        query = sa.select(c.data).where(tells).order_by(c.seq)
        try:
            for data in connection.execute(query).scalars():
                one = read_entry(data)
                keyring.read(one.record, seq=one.seq, keyid=one.keyid)
        except InputError as error:
            raise CorruptStore(
                f"{self.where}: a record of keys was changed ({error.message}); run: oberih evidence verify"
            ) from error
        return keyring

    def _nodes(self, connection: sa.Connection, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        leaves = [place for level, place in wanted if level == 0]
        inner = [pair for pair in wanted if pair[0] > 0]
        found: dict[tuple[int, int], bytes] = {}
        if leaves:
            found.update({(0, int(s)): bytes(h) for s, h in connection.execute(_LEAVES, {"wanted": leaves})})
        if inner:
            pairs = {db.node_number(*pair): pair for pair in inner}
            rows = connection.execute(_NODES, {"wanted": list(pairs)})
            found.update({pairs[int(n)]: bytes(h) for n, h in rows})
        try:
            return [found[pair] for pair in wanted]
        except KeyError as error:
            raise InputError(
                "a node of the tree is missing", file=self.where, cure="run: oberih evidence verify"
            ) from error


def _already_there(connection: sa.Connection, wanted: Sequence[Record]) -> dict[str, Record]:
    """Records of the log that have an id of these."""
    there: dict[str, Record] = {}
    ids = [r.id for r in wanted]
    for at in range(0, len(ids), 500):
        query = sa.select(db.entry.c.data).where(db.entry.c.id.in_(ids[at : at + 500]))
        for data in connection.execute(query).scalars():
            old = read_entry(bytes(data)).record
            there[old.id] = old
    return there


def _distinct(wanted: Sequence[Record], there: dict[str, Record]) -> tuple[list[Record], list[str]]:
    """Which records are new, and the ids of those that are there already with the same content."""
    fresh: dict[str, Record] = {}
    known = []
    for record in wanted:
        same = there.get(record.id) or fresh.get(record.id)
        if same is None:
            fresh[record.id] = record
        elif record_fields(same) == record_fields(record):
            known.append(record.id)
        else:
            cure = "nothing was stored; to change what it says: oberih evidence correct"
            raise InputError("is there already with other content", field="id", value=record.id, cure=cure)
    return list(fresh.values()), known


def _refuse_dangling(connection: sa.Connection, fresh: Sequence[Record]) -> None:
    """A correction names a record that is there, or comes with it."""
    named = {r.corrects for r in fresh if r.corrects} - {r.id for r in fresh}
    if named:
        query = sa.select(db.entry.c.id).where(db.entry.c.id.in_(sorted(named)))
        missing = named - set(connection.execute(query).scalars())
        if missing:
            raise InputError("no such record to correct", field="corrects", value=sorted(missing)[0])
