"""What do signed numbers say of records taken out, put in or moved?

Every record is signed with its number.  Where they do not stand as 0, 1, 2 …, the fewest records that must have
been touched are named: the longest stretch of rising numbers is left in peace, and what disturbs it is told.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oberih.evidence.report import Fault

__all__ = ["Order", "in_order", "longest_rising", "numbering_faults"]

_MOST_FAULTS = 1000


@dataclass(frozen=True)
class Order:
    """How the records stand.

    Parameters
    ----------
    names : sequence of int or None
        Number by which to call the record at each place; None where it has no number of its own.
    kept : sequence of int
        Places that follow one another as they were signed.
    faults : list of Fault
    """

    names: Sequence[int | None]
    kept: Sequence[int]
    faults: list[Fault] = field(default_factory=list)


def numbering_faults(signed: Iterable[int | None]) -> list[Fault]:
    """Tell what the signed numbers, in the order in which they stand, say of records taken out, put in or moved.

    Parameters
    ----------
    signed : iterable of int or None
        None where nothing can be believed: it stands for whatever number fits.

    Examples
    --------
    >>> [str(f) for f in numbering_faults([0, 1, 3])]
    ['record 2: was deleted: no record is signed with this number']
    >>> [str(f) for f in numbering_faults([0, 2, 3, 4, 1, 5])]
    ['record 1: was moved: it stands at place 4']
    """
    return in_order(list(signed)).faults


def in_order(signed: Sequence[int | None]) -> Order:
    """Find the longest rising run of numbers, and tell what stands beside it, as `numbering_faults`."""
    if all(n is None or n == place for place, n in enumerate(signed)):
        return Order(range(len(signed)), range(len(signed)))
    readable = [place for place, n in enumerate(signed) if n is not None]
    kept = [readable[i] for i in longest_rising([signed[p] for p in readable], strictly=True)]
    names: list[int | None] = list(signed)
    faults = _beside(signed, kept, names)
    elsewhere = sorted({n for n in names if n is not None} - {n for p in kept if (n := signed[p]) is not None})
    borders = [(-1, -1), *((p, n) for p in kept if (n := signed[p]) is not None)]
    for (place, number), (next_place, next_number) in itertools.pairwise(borders):
        unknown = [p for p in range(place + 1, next_place) if signed[p] is None]
        inner = elsewhere[bisect.bisect(elsewhere, number) : bisect.bisect(elsewhere, next_number)]
        faults += _between(_free(number, next_number, inner), unknown, names)
    place, number = borders[-1]
    for more, p in enumerate((p for p in range(place + 1, len(signed)) if signed[p] is None), start=1):
        names[p] = number + more
    return Order(names, kept, faults[:_MOST_FAULTS])


def longest_rising(values: Sequence[Any], *, strictly: bool) -> list[int]:
    """Places of a longest rising subsequence.

    Examples
    --------
    >>> longest_rising([0, 1, 9, 2, 3], strictly=True)
    [0, 1, 3, 4]
    """
    find = bisect.bisect_left if strictly else bisect.bisect_right
    ends: list[Any] = []  # of the rising runs of each length, the smallest last value
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        at = find(ends, value)
        before.append(places[at - 1] if at else -1)
        ends[at : at + 1], places[at : at + 1] = [value], [place]
    found, place = [], places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _beside(signed: Sequence[int | None], kept: Sequence[int], names: list[int | None]) -> list[Fault]:
    """Records whose number stands where it should not: copies and moved ones."""
    standing = {signed[p]: p for p in kept}
    undisturbed = set(kept)
    faults = []
    for place, n in enumerate(signed):
        if n is None or place in undisturbed:
            continue
        if n in standing:
            what = f"was inserted: the record at place {standing[n]} is signed with the same number, {n}"
            faults.append(Fault(f"place {place}", what, place, place))
            names[place] = None
        else:
            standing[n] = place
            what = f"was moved: it stands at place {place}"
            faults.append(Fault(f"record {n}", what, min(n, place), max(n, place)))
    return faults


def _free(after: int, before: int, taken: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of numbers between two that no record is signed with."""
    runs, first = [], after + 1
    for n in [*taken, before]:
        if n > first:
            runs.append((first, n - 1))
        first = n + 1
    return runs


def _between(free: list[tuple[int, int]], unknown: Sequence[int], names: list[int | None]) -> list[Fault]:
    """What is missing between two that follow one another, and what is there too much."""
    room = sum(last - first + 1 for first, last in free)
    numbers = (n for first, last in free for n in range(first, last + 1))
    for place in unknown:
        names[place] = next(numbers, None)
    if room > len(unknown) > 0:
        lost, first, last = room - len(unknown), free[0][0], free[-1][1]
        return [Fault(_records(first, last), f"{lost} of these {'was' if lost == 1 else 'were'} deleted", first, last)]
    if room > 0 and not unknown:
        return [_deleted(first, last) for first, last in free]
    what = "was inserted: no number is free for it here"
    return [Fault(f"place {p}", what, p, p) for p in unknown if names[p] is None]


def _deleted(first: int, last: int) -> Fault:
    one = first == last
    told = "was deleted: no record is signed with this number" if one else (
        "were deleted: no records are signed with these numbers"
    )  # fmt: skip
    return Fault(_records(first, last), told, first, last)


def _records(first: int, last: int) -> str:
    return f"record {first}" if first == last else f"records {first} to {last}"
