"""Was it found, and was its place named?"""

from __future__ import annotations

from dataclasses import dataclass

from oberih.evidence.report import Report


@dataclass(frozen=True)
class Outcome:
    """What a verification said of one attack.

    Parameters
    ----------
    name : str
    detected : bool
        It says no, or refuses the file.
    located : bool
        A fault names the place.
    said : str
        Its first faults.
    """

    name: str
    detected: bool
    located: bool
    said: str


def judged(name: str, report: Report, first: int = 0, last: int = 0, *, slack: int = 0, where: str = "") -> Outcome:
    """Whether a report names what was done.

    Parameters
    ----------
    first, last : int
        Numbers of the records that were touched: a fault must overlap them and be at most ``slack`` longer.
    where : str
        In place of records: words that a fault's place must hold.
    """
    if where:
        located = any(where in f.where for f in report.faults)
    else:
        located = any(_overlaps(f.first, f.last, first, last, slack) for f in report.faults)
    return Outcome(name, not report.holds, located, "; ".join(map(str, report.faults[:3])))


def _overlaps(a: int | None, b: int | None, first: int, last: int, slack: int) -> bool:
    if a is None or b is None or a > last or b < first:
        return False
    return b - a <= last - first + slack
