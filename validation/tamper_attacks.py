"""What does somebody do to a record, and what must be named afterwards?

Defines the noun `Deed`: a name, what it does, and which records (or what other place) a verification must name.
`RECORD_DEEDS` work on the entries in their order, and so on the live store and on a bundle alike; each comes
careless (nothing beside the entries is touched) and careful (hashes, nodes and copies are made to fit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from oberih.evidence.entry import read_entry
from oberih.evidence.moment import instant
from validation.tamper_scene import (
    FIRST,
    SECOND,
    STRANGER,
    changed_signature,
    changed_text,
    signed_anew,
    statement,
)

Rows = list[bytes]


@dataclass(frozen=True)
class Deed:
    """One attack.

    Parameters
    ----------
    name : str
    do : callable
        From the entries in order to what stands there afterwards.
    first, last : int
        Numbers of the records that must be named, inclusive.
    slack : int
        By how many records the named stretch may be longer: 0 where the record itself is to be named, the distance
        between checkpoints where only hashes can tell.
    """

    name: str
    do: Callable[[Rows], Rows]
    first: int
    last: int
    slack: int = 0


def _with(rows: Rows, at: int, data: bytes) -> Rows:
    return [*rows[:at], data, *rows[at + 1 :]]


def _inserted(rows: Rows, at: int, data: bytes) -> Rows:
    return [*rows[:at], data, *rows[at:]]


def _back_dated(rows: Rows) -> Rows:
    """The custodian signs record 100 anew, an hour before the record ahead of it."""
    entry = read_entry(rows[100])
    earlier = instant(read_entry(rows[99]).recorded_at) - timedelta(hours=1)
    return _with(rows, 100, signed_anew(entry.record, seq=100, at=earlier, by=SECOND))


def _rewritten(rows: Rows) -> Rows:
    """The custodian signs record 101 anew with other words and the same time: only hashes can tell."""
    when = instant(read_entry(rows[101]).recorded_at)
    return _with(rows, 101, signed_anew(statement(903), seq=101, at=when, by=SECOND))


def _garbage(rows: Rows) -> Rows:
    return _inserted(rows, 60, b'{"payload":"e30=","signatures":[]}')


def _stranger(rows: Rows) -> Rows:
    when = instant(read_entry(rows[59]).recorded_at)
    return _inserted(rows, 60, signed_anew(statement(900), seq=60, at=when, by=STRANGER))


def _out_of_turn(rows: Rows) -> Rows:
    when = instant(read_entry(rows[59]).recorded_at)
    return _inserted(rows, 60, signed_anew(statement(901), seq=60, at=when, by=SECOND))


def _revoked_later(rows: Rows) -> Rows:
    when = instant(read_entry(rows[-1]).recorded_at)
    return [*rows, signed_anew(statement(902), seq=len(rows), at=when, by=FIRST)]


def _revoked_in_between(rows: Rows) -> Rows:
    entry = read_entry(rows[110])
    return _with(rows, 110, signed_anew(entry.record, seq=110, at=instant(entry.recorded_at), by=FIRST))


def _swapped(rows: Rows) -> Rows:
    return _with(_with(rows, 30, rows[37]), 37, rows[30])


def _moved(rows: Rows) -> Rows:
    rest = [*rows[:40], *rows[41:]]
    return _inserted(rest, 90, rows[40])


RECORD_DEEDS: Sequence[Deed] = (
    Deed("a byte of a record changed", lambda r: _with(r, 17, changed_text(r[17])), 17, 17),
    Deed("a byte of the first record changed", lambda r: _with(r, 1, changed_text(r[1])), 1, 1),
    Deed("a byte of the last record changed", lambda r: _with(r, len(r) - 1, changed_text(r[-1])), 122, 122),
    Deed("a byte of a signature changed", lambda r: _with(r, 64, changed_signature(r[64])), 64, 64),
    Deed("a byte of an envelope changed", lambda r: _with(r, 70, r[70][:40] + b"!" + r[70][41:]), 70, 70),
    Deed("a record replaced by another's copy", lambda r: _with(r, 75, r[74]), 75, 75),
    Deed("the record of a key changed", lambda r: _with(r, 49, changed_signature(r[49])), 49, 49),
    Deed("a record deleted", lambda r: [*r[:25], *r[26:]], 25, 25),
    Deed("five records deleted", lambda r: [*r[:50], *r[55:]], 50, 54),
    Deed("the first record deleted", lambda r: r[1:], 0, 0),
    Deed("a record inserted, unsigned", _garbage, 60, 60),
    Deed("a record inserted, signed by a stranger", _stranger, 60, 60),
    Deed("a record inserted, signed out of turn", _out_of_turn, 60, 61),
    Deed("a record inserted, a copy of another", lambda r: _inserted(r, 60, r[12]), 60, 60),
    Deed("two records swapped", _swapped, 30, 37),
    Deed("a record moved", _moved, 40, 90),
    Deed("a record back-dated by its custodian", _back_dated, 100, 100),
    Deed("a record rewritten by its custodian", _rewritten, 101, 101, slack=8),
    Deed("the end cut off", lambda r: r[:115], 115, 122),
    Deed("all but the first records cut off", lambda r: r[:9], 9, 122),
    Deed("a record signed with a revoked key, behind the others", _revoked_later, 123, 123),
    Deed("a record signed with a revoked key, in its old place", _revoked_in_between, 110, 110),
)
