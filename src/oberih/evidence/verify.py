"""Is the live record what was written?

Reads every entry, rebuilds the tree and holds it against what is stored beside it: leaf hashes,
inner nodes, what is searched, checkpoints, the head kept outside the database, checkpoints kept
elsewhere, attachments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from oberih.errors import InputError
from oberih.evidence import database as db
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.closing import Closed, by_size, check_cosignatures, check_roots, check_timestamps, read_closed
from oberih.evidence.entry import Entry
from oberih.evidence.log import Log
from oberih.evidence.report import Fault, Report
from oberih.evidence.searched import searched
from oberih.evidence.walk import Walk

__all__ = ["keys_of", "notes_for", "ordered", "read_trust", "uncovered", "untrusted", "verify_log"]

_PAGE = 2000
_SEARCHED = ("id", "kind", "recorded_at", "folded", "who", "begins", "ends", "longitude", "latitude", "corrects")


def verify_log(
    log: Log, *, attachments: AttachmentStore | None = None, against: Sequence[tuple[str, bytes]] = (),
    trusted: str | None = None, roots: Sequence[bytes] = (), advance: Callable[[int], None] = lambda n: None,
) -> Report:  # fmt: skip
    """Verify the live record.

    Parameters
    ----------
    log : Log
    attachments : AttachmentStore, optional
        None to look at no attachment's content.
    against : sequence of (str, bytes)
        Checkpoints kept elsewhere, by name: the log must extend them.
    trusted : str, optional
        Id (or its beginning) of the key that must have begun the log.
    roots : sequence of bytes
        Certificates (PEM) of timestamp authorities that are trusted.
    advance : callable
        Told how many records were looked at.

    Returns
    -------
    Report
    """
    outside, more = _outside(
        log, against
    )  # what others write meanwhile must not look like a fault: the last is read last
    said = log.cosignatures(), log.timestamps()
    notes, last, nodes = _state(log)
    closed, faults = read_closed(notes, origin=log.origin)
    faults += more
    walk = Walk(sizes={c.checkpoint.size for c in [*closed, *outside]})
    records = _walk_store(log, walk, advance, last)
    walk.finish()
    if attachments is not None:
        walk.check_attachments(attachments.fault)
    all_of_them = by_size([*closed, *outside])
    faults = walk.faults + faults + check_roots(all_of_them, walk.keyring, roots=walk.roots, reached=walk.reached)
    faults += uncovered(records, _size(closed)) + untrusted(walk, trusted) + _surplus(nodes, last + 1)
    faults += [Fault("database", f"was changed or damaged: {line}") for line in db.damage(log.engine)]
    witnesses, wrong = check_cosignatures(said[0], closed)
    stamped, wrong_too = check_timestamps(said[1], closed, roots=roots)
    return Report(
        log.where, "live record", ordered([*faults, *wrong, *wrong_too]), records=records, size=_size(closed),
        root=closed[-1].checkpoint.root.hex() if closed else "", origin=log.origin, first_key=walk.first_key,
        keys=keys_of(walk), checkpoints=len(closed), first_recorded=walk.first_recorded,
        last_recorded=walk.last_recorded, attachments=len(walk.attachments) if attachments else 0,
        absent_attachments=0 if attachments else len(walk.attachments), witnesses=tuple(witnesses),
        timestamps=tuple(stamped), notes=(*notes_for(trusted, witnesses, stamped, against), *_no_head(log, records)),
    )  # fmt: skip


def _no_head(log: Log, records: int) -> tuple[str, ...]:
    """What cannot show where no checkpoint lies outside the database."""
    if not records or (log.head is not None and log.head.is_file()):
        return ()
    where = (
        f"no checkpoint lies beside the database ({log.head})" if log.head else "a server keeps no second checkpoint"
    )
    return (f"{where}: an end cut off with its checkpoints would not show here; keep one elsewhere (--against)",)


def _outside(log: Log, against: Sequence[tuple[str, bytes]]) -> tuple[list[Closed], list[Fault]]:
    """Checkpoints that do not lie in the database."""
    closed: list[Closed] = []
    faults: list[Fault] = []
    head = []
    if log.head is not None and log.head.is_file():
        head = [("last checkpoint kept beside the database", log.head.read_bytes())]
    for name, data in [*head, *against]:
        read, wrong = read_closed([(None, data)], origin=log.origin, label=name)
        closed += read
        faults += wrong
    return closed, faults


def _state(log: Log) -> tuple[list[tuple[int, bytes]], int, int]:
    """Checkpoints, the number of the last record, and how many nodes there are, as they stand together."""
    c = db.checkpoint.c
    with db.reading(log.engine) as connection:
        notes = [(int(s), bytes(n)) for s, n in connection.execute(sa.select(c.size, c.note).order_by(c.size))]
        last = connection.execute(sa.select(sa.func.max(db.entry.c.seq))).scalar()
        nodes = connection.execute(sa.select(sa.func.count()).select_from(db.node)).scalar()
    return notes, -1 if last is None else int(last), int(nodes or 0)


def _surplus(nodes: int, records: int) -> list[Fault]:
    """More nodes than these records give: the next append would stumble over one."""
    more = nodes - (records - records.bit_count())
    return [Fault("tree", f"holds {more} nodes that belong to no records")] if more > 0 else []


def _walk_store(log: Log, walk: Walk, advance: Callable[[int], None], last: int) -> int:
    """Take every row up to the last in order, and compare what is stored beside it."""
    c, place, at = db.entry.c, 0, -1
    while True:
        query = sa.select(db.entry).where(c.seq > at, c.seq <= last).order_by(c.seq).limit(_PAGE)
        with db.reading(log.engine) as connection:
            rows = connection.execute(query).all()
            nodes: list[tuple[int, int, bytes]] = []
            for row in rows:
                entry, new = walk.take(bytes(row.data), place=place)
                nodes += new
                _compare_row(walk, row, entry, place)
                place += 1
            _compare_nodes(walk, connection, nodes)
        if not rows:
            return place
        at = int(rows[-1].seq)
        advance(len(rows))


def _compare_row(walk: Walk, row: sa.Row, entry: Entry | None, place: int) -> None:  # type: ignore[type-arg]
    if entry is None:
        return
    if bytes(row.leaf) != entry.leaf:
        walk.fault("is not what the tree holds there (its hash differs from the stored one)", at=place)
        return  # whose row this is, is not known
    if row.seq != entry.seq == place:  # where it is signed as another, that is told with the numbers
        walk.fault(f"is kept as number {row.seq}", at=place)
    copied = searched(entry)
    for name in _SEARCHED:
        if getattr(row, name) != copied[name]:
            walk.fault(f"can be found by what it does not say: its copy of '{name}' was changed", at=place)


def _compare_nodes(walk: Walk, connection: sa.Connection, nodes: list[tuple[int, int, bytes]]) -> None:
    """Hold the nodes that these records complete against the stored ones."""
    c = db.node.c
    for begin in range(0, len(nodes), 400):
        part = {db.node_number(level, place): (level, place, h) for level, place, h in nodes[begin : begin + 400]}
        query = sa.select(c.number, c.hash).where(c.number.in_(list(part)))
        stored = {int(n): bytes(h) for n, h in connection.execute(query)}
        for number, (level, place, digest) in part.items():
            if stored.get(number) != digest:
                first, last = place << level, ((place + 1) << level) - 1
                known = "differs from" if number in stored else "is missing from"
                walk.faults.append(
                    Fault(
                        f"tree over records {first} to {last}", f"a node {known} what these records give", first, last
                    )
                )


def uncovered(records: int, size: int) -> list[Fault]:
    """Records that no checkpoint closes."""
    if records <= size:
        return []
    where = f"record {size}" if records == size + 1 else f"records {size} to {records - 1}"
    return [Fault(where, "no checkpoint covers what stands there", size, records - 1)]


def untrusted(walk: Walk, trusted: str | None) -> list[Fault]:
    """The log was begun by another key than the one that is trusted."""
    if trusted is None or (walk.first_key and walk.first_key.startswith(trusted)):
        return []
    return [
        Fault(
            "record 0", f"was begun by key {walk.first_key[:12] or 'unknown'}, not by the trusted {trusted[:12]}", 0, 0
        )
    ]


def keys_of(walk: Walk) -> tuple[tuple[str, str, int, int | None], ...]:
    """The history of keys, for a report."""
    return tuple((t.name, k, t.added, t.revoked) for k, t in walk.keyring.tenures.items())


def ordered(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Each fault once: those that name one record first, then the shorter stretches, those of no record last."""

    def place(f: Fault) -> tuple[bool, int, int]:
        return (True, 0, 0) if f.first is None else (False, (f.last or f.first) - f.first, f.first)

    return tuple(sorted(dict.fromkeys(faults), key=place))


def _size(closed: Sequence[Closed]) -> int:
    return closed[-1].checkpoint.size if closed else 0


def notes_for(
    trusted: str | None, witnesses: Sequence[str], stamped: Sequence[str], against: Sequence[tuple[str, bytes]]
) -> tuple[str, ...]:
    """What this verification alone cannot show."""
    notes = []
    if trusted is None:
        notes.append("who holds the first key was not checked: compare its id with one you got another way (--trust)")
    if witnesses:
        notes.append("who holds the witnesses' keys was not checked: compare them with those you got another way")
    if not (witnesses or stamped or against):
        notes.append(
            "nobody outside has seen a checkpoint: whoever may write here could have cut the end off, and "
            "whoever holds the key could have rewritten everything; let a witness countersign, get a timestamp, "
            "or keep checkpoints elsewhere (--against)"
        )
    return tuple(notes)


def read_trust(text: str) -> str:
    """Check that a trusted key's id is one, or the beginning of one.

    Raises
    ------
    InputError
        If it is none, or too short to mean anything.
    """
    cleaned = text.strip().lower()
    if len(cleaned) < 12 or any(c not in "0123456789abcdef" for c in cleaned) or len(cleaned) > 64:
        raise InputError(
            "is not a key id", field="--trust", value=text, cure="12 to 64 hexadecimal digits, as verify shows"
        )
    return cleaned
