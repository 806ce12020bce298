"""Is every record what was signed, where it was signed, by a key that might?

`Walk` takes the entries of a log one by one, in the order in which they stand, and gathers the faults
with their places: a changed record or signature, a number that is missing, doubled or out of order, a
time that runs backwards, a key that is unknown or revoked.  It keeps the tree's right edge, so
that the root after any number of records is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oberih.errors import InputError
from oberih.evidence.belief import fits
from oberih.evidence.entry import Entry, read_entry
from oberih.evidence.envelope import Envelope
from oberih.evidence.keyring import TELLS, Keyring
from oberih.evidence.keys import public_key
from oberih.evidence.numbering import Order, in_order, longest_rising, numbering_faults
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

    _times: list[str] = field(default_factory=list)
    _doubtful: set[int] = field(default_factory=set)
    _ids: dict[str, int] = field(default_factory=dict)
    _corrected: list[tuple[int, str]] = field(default_factory=list)
    _public: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    _waiting: list[tuple[int, int, Ed25519PublicKey, Envelope, str | None]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How far the log reaches here: beyond the highest number signed, and not less far than the records taken."""
        return max(len(self.signed), 1 + max((n for n in self._believed() if n is not None), default=-1))

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
        self._times.append(entry.recorded_at if entry else "")
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
            and fits(public_key(held.public), entry.envelope)
        ):
            self.keyring = told

    def _check_signature(self, entry: Entry, place: int) -> None:
        refusal = self.keyring.refusal(entry.keyid, seq=entry.seq)
        key = self._key(entry.keyid)
        if key is None:
            self.fault(f"is {refusal}", at=place)
            self._doubtful.add(len(self.signed) - 1)
            return
        self._waiting.append((len(self.signed) - 1, place, key, entry.envelope, refusal))
        if len(self._waiting) >= _TOGETHER:
            self._check_waiting()

    def _check_waiting(self) -> None:
        """Check the signatures that wait, in two threads: the library lets both run at once."""
        waiting, self._waiting = self._waiting, []
        half = len(waiting) // 2
        with ThreadPoolExecutor(1) as second:
            later = second.submit(lambda: [fits(key, envelope) for _, _, key, envelope, _ in waiting[half:]])
            fit = [fits(key, envelope) for _, _, key, envelope, _ in waiting[:half]] + later.result()
        for (index, place, _, _, refusal), sound in zip(waiting, fit, strict=True):
            if not sound:
                self._doubtful.add(index)
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

    def _believed(self) -> list[int | None]:
        """Numbers of those whose signature fits; where none does, as they say themselves."""
        if len(self._doubtful) + self.unreadable >= len(self.signed):
            return self.signed
        return [None if i in self._doubtful else n for i, n in enumerate(self.signed)]

    def _check_times(self, standing: Sequence[int]) -> None:
        """Times run with the numbers; the fewest that do not fit the others are told."""
        places = [i for i in standing if self._times[i]]
        times = [self._times[i] for i in places]
        rising = _rising_times(times)
        fitting, last = set(rising), ""
        for at, (place, time) in enumerate(zip(places, times, strict=True)):
            if at in fitting:
                last = time
                continue
            number = self.signed[place]
            what = f"back-dated: written {time}, after one of {last}" if time < last else (
                f"dated forward: written {time}, before one that is earlier"
            )  # fmt: skip
            self.fault(f"is {what}", at=place if number is None else number)
        if times:
            self.first_recorded, self.last_recorded = times[rising[0]], times[rising[-1]]

    def finish(self, *, whole: bool = True) -> None:
        """Look at what only the whole can show: numbers, times, and corrections that correct nothing.

        Faults that were told by place are told by number from here on.
        """
        self._check_waiting()
        order = in_order(self._believed()) if whole else Order(range(len(self.signed)), range(len(self.signed)))
        if whole:
            for place, old in self._corrected:
                if old not in self._ids:
                    self.fault(f"corrects a record that is not there ({old})", at=place)
            self.faults = [_named(f, order.names) for f in self.faults]
            self.attachments = {
                k: (a, p if (n := order.names[p]) is None else n) for k, (a, p) in self.attachments.items()
            }
        self._check_times(order.kept)
        self.faults += order.faults
        self.faults.sort(key=lambda f: (f.first if f.first is not None else 1 << 60, f.where))

    def check_attachments(self, look: Callable[[Attachment], str | None]) -> None:
        """Look at the content of every attachment."""
        for attachment, place in self.attachments.values():
            wrong = look(attachment)
            if wrong is not None:
                where = f"attachment {attachment.name} ({attachment.sha256[:12]}) of record {place}"
                self.faults.append(Fault(where, wrong, place, place))


def _rising_times(times: Sequence[str]) -> Sequence[int]:
    """Places of a longest run of times that does not fall; where there are two, the one that begins later falls out."""
    if all(a <= b for a, b in pairwise(times)):
        return range(len(times))
    rank = {time: n for n, time in enumerate(sorted(set(times)))}
    backwards = longest_rising([-rank[t] for t in reversed(times)], strictly=False)
    return [len(times) - 1 - i for i in reversed(backwards)]


def _named(fault: Fault, names: Sequence[int | None]) -> Fault:
    """The fault of the record at a place, by the number that this record has; of one put in, by its place."""
    place = fault.first
    if place is None or fault.where != f"record {place}":
        return fault
    name = names[place]
    if name is None:
        return replace(fault, where=f"place {place}")
    return replace(fault, where=f"record {name}", first=name, last=name)
