"""Is every record what was signed, where it was signed, by a key that might?

`Walk` takes the entries of a log one by one, in the order in which they stand, and gathers the faults
with their places: a changed record or signature, a number that is missing, doubled or out of order, a
time that runs backwards, a key that is unknown or revoked.  It keeps the tree's right edge, so
that the root after any number of records is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oberih.errors import InputError
from oberih.evidence.entry import Entry, read_entry
from oberih.evidence.envelope import Envelope, pre_authentication
from oberih.evidence.keyring import TELLS, Keyring
from oberih.evidence.keys import public_key
from oberih.evidence.record import Attachment
from oberih.evidence.report import Fault
from oberih.evidence.tree import Frontier, leaf_hash

__all__ = ["Walk", "numbering_faults"]

_MOST_FAULTS = 1000
"""Kept; a log that was rewritten as a whole has as many as records."""

_TOGETHER = 1000
"""Signatures checked together."""


@dataclass
class Walk:
    """What was seen so far.

    Parameters
    ----------
    sizes : set of int
        Numbers of records after which the root is wanted.
    """

    sizes: set[int] = field(default_factory=set)
    keyring: Keyring = field(default_factory=Keyring)
    frontier: Frontier = field(default_factory=Frontier)
    faults: list[Fault] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    signed: list[int | None] = field(default_factory=list)
    attachments: dict[str, tuple[Attachment, int]] = field(default_factory=dict)
    first_recorded: str = ""
    last_recorded: str = ""
    first_key: str = ""
    unreadable: int = 0

    _latest: int = -1
    _ids: dict[str, int] = field(default_factory=dict)
    _corrected: list[tuple[int, str]] = field(default_factory=list)
    _public: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    _waiting: list[tuple[int, Ed25519PublicKey, Envelope, str | None]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How far the log reaches here: beyond the highest number signed, and not less far than the records taken."""
        return max(len(self.signed), 1 + max((n for n in self.signed if n is not None), default=-1))

    def fault(self, what: str, *, at: int) -> None:
        """Note what is wrong with one record."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(f"record {at}", what, at, at))

    def take(self, data: bytes, *, place: int) -> tuple[Entry | None, list[tuple[int, int, bytes]]]:
        """Look at the entry that stands at this place.

        Returns
        -------
        entry : Entry or None
            None where it cannot be read.
        nodes : list of (int, int, bytes)
            Inner nodes of the tree that it completes: level, place, hash.
        """
        entry: Entry | None = None
        try:
            entry = read_entry(data)
        except InputError as error:
            self.unreadable += 1
            self.fault(f"was changed: it {error.message} ({error.field or 'envelope'})", at=place)
        self.signed.append(entry.seq if entry else None)
        nodes = self.frontier.append(entry.leaf if entry else leaf_hash(data))
        if self.frontier.size in self.sizes:
            self.roots[self.frontier.size] = self.frontier.root()
        if entry is not None:
            self._look(entry, place)
        return entry, nodes

    def _look(self, entry: Entry, place: int) -> None:
        if place == 0:
            self.first_key = entry.keyid
        if entry.record.kind in TELLS:
            self._read_keys(entry, place)
        self._check_signature(entry, place)
        self._check_time(entry, place)
        record = entry.record
        if record.id in self._ids:
            self.fault(f"has the id of record {self._ids[record.id]} ({record.id})", at=place)
        self._ids.setdefault(record.id, place)
        if record.corrects:
            self._corrected.append((place, record.corrects))
        for attachment in record.attachments:
            self.attachments.setdefault(attachment.sha256, (attachment, place))

    def _read_keys(self, entry: Entry, place: int) -> None:
        """Believe what an entry says of keys where its signature fits and its key might; else it is a fault below."""
        told = Keyring(dict(self.keyring.tenures))
        try:
            told.read(entry.record, seq=entry.seq, keyid=entry.keyid)
        except InputError as error:
            self.fault(f"says of keys what cannot be: {error.message}", at=place)
            return
        held = told.tenures.get(entry.keyid)
        if (
            held is not None
            and not told.refusal(entry.keyid, seq=entry.seq)
            and _fits(public_key(held.public), entry.envelope)
        ):
            self.keyring = told

    def _check_signature(self, entry: Entry, place: int) -> None:
        refusal = self.keyring.refusal(entry.keyid, seq=entry.seq)
        key = self._key(entry.keyid)
        if key is None:
            self.fault(f"is {refusal}", at=place)
            return
        self._waiting.append((place, key, entry.envelope, refusal))
        if len(self._waiting) >= _TOGETHER:
            self._check_waiting()

    def _check_waiting(self) -> None:
        """Check the signatures that wait, in two threads: the library lets both run at once."""
        waiting, self._waiting = self._waiting, []
        half = len(waiting) // 2
        with ThreadPoolExecutor(1) as second:
            later = second.submit(lambda: [_fits(key, envelope) for _, key, envelope, _ in waiting[half:]])
            fit = [_fits(key, envelope) for _, key, envelope, _ in waiting[:half]] + later.result()
        for (place, _, _, refusal), fits in zip(waiting, fit, strict=True):
            if not fits:
                self.fault("its signature does not fit: the record or the signature was changed", at=place)
            elif refusal is not None:
                self.fault(f"is {refusal}", at=place)

    def _key(self, keyid: str) -> Ed25519PublicKey | None:
        if keyid not in self._public:
            held = self.keyring.tenures.get(keyid)
            if held is None:
                return None
            self._public[keyid] = public_key(held.public)
        return self._public[keyid]

    def _check_time(self, entry: Entry, place: int) -> None:
        """Times run with the numbers; a record that stands behind a later one is told with the numbers."""
        self.first_recorded = self.first_recorded or entry.recorded_at
        if entry.seq <= self._latest:
            return
        self._latest = entry.seq
        if entry.recorded_at < self.last_recorded:
            self.fault(f"is back-dated: written {entry.recorded_at}, after one of {self.last_recorded}", at=place)
        else:
            self.last_recorded = entry.recorded_at

    def finish(self, *, whole: bool = True) -> None:
        """Look at what only the whole can show: numbers, and corrections that correct nothing."""
        self._check_waiting()
        if whole:
            self.faults += numbering_faults(self.signed)
            for place, old in self._corrected:
                if old not in self._ids:
                    self.fault(f"corrects a record that is not there ({old})", at=place)
        self.faults.sort(key=lambda f: (f.first if f.first is not None else 1 << 60, f.where))

    def check_attachments(self, look: Callable[[Attachment], str | None]) -> None:
        """Look at the content of every attachment."""
        for attachment, place in self.attachments.values():
            wrong = look(attachment)
            if wrong is not None:
                where = f"attachment {attachment.name} ({attachment.sha256[:12]}) of record {place}"
                self.faults.append(Fault(where, wrong, place, place))


def _fits(key: Ed25519PublicKey, envelope: Envelope) -> bool:
    try:
        key.verify(envelope.signature, pre_authentication(envelope.payload))
    except InvalidSignature:
        return False
    return True


def numbering_faults(signed: Iterable[int | None]) -> list[Fault]:
    """What the signed numbers, in the order in which they stand, say of records taken out, put in or moved.

    Parameters
    ----------
    signed : iterable of int or None
        None where a record could not be read: it stands for whatever number fits.

    Examples
    --------
    >>> [str(f) for f in numbering_faults([0, 1, 3])]
    ['record 2: was deleted: no record is signed with this number']
    """
    numbers = _guessed(list(signed))
    if all(place == n for place, n in enumerate(numbers)):
        return []
    faults = []
    standing: dict[int, int] = {}
    for place, n in enumerate(numbers):
        if n in standing:
            what = f"was inserted: the record at place {standing[n]} is signed with the same number, {n}"
            faults.append(Fault(f"place {place}", what, place, place))
        else:
            standing[n] = place
    for first, last in _runs([n for n in range(max(standing)) if n not in standing]):
        where = f"record {first}" if first == last else f"records {first} to {last}"
        few = "no record is signed with this number" if first == last else "no records are signed with these numbers"
        faults.append(Fault(where, f"{'was' if first == last else 'were'} deleted: {few}", first, last))
    faults += _moved([n for place, n in enumerate(numbers) if standing[n] == place])
    return faults[:_MOST_FAULTS]


def _guessed(numbers: list[int | None]) -> list[int]:
    """Give what could not be read the number that its place leaves free."""
    known = {n for n in numbers if n is not None}
    out: list[int] = []
    for n in numbers:
        after = out[-1] + 1 if out else 0
        while n is None and after in known:
            after += 1
        out.append(after if n is None else n)
    return out


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


def _moved(order: list[int]) -> list[Fault]:
    """Records that stand before one with a smaller number."""
    faults, highest = [], -1
    for n in order:
        if n < highest:
            faults.append(Fault(f"record {n}", f"was moved: it stands behind record {highest}", n, highest))
        highest = max(highest, n)
    return faults
