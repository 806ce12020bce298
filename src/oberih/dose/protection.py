"""What remains of a dose behind a wall, with a tablet, or elsewhere?

Factors are data (``data/protection.csv``), each with its source and whether that was checked.
They multiply a pathway of a `Quantity`; criteria for the unprotected person use none.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from oberih.dose.quantity import ORGANS, PATHWAYS
from oberih.errors import InputError, UnknownName

__all__ = ["Protection", "factors", "measures", "read_protection"]


@dataclass(frozen=True)
class Protection:
    """What one measure leaves of one pathway.

    Parameters
    ----------
    measure, title : str
        Identifier and words for people.
    pathway, organ : str
        One of `PATHWAYS` and of `ORGANS`, or ``all``.
    factor : float
        What remains [1], 0 to 1.
    source : str
    verified : bool
    """

    measure: str
    title: str
    pathway: str
    organ: str
    factor: float
    source: str
    verified: bool


def read_protection(text: str, *, file: str) -> tuple[Protection, ...]:
    """Read a table of protection factors.

    Parameters
    ----------
    text : str
        CSV with the columns measure, title, pathway, organ, factor, source, verified.
    file : str
        Its name, for messages.

    Raises
    ------
    InputError
        For a missing column, an unknown pathway or organ, a factor outside 0 to 1.
    """
    columns = ("measure", "title", "pathway", "organ", "factor", "source", "verified")
    reader = csv.DictReader(io.StringIO(text))
    missing = [c for c in columns if c not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"columns missing: {', '.join(missing)}", file=file)
    return tuple(_row({c: row[c] or "" for c in columns}, file=file) for row in reader)


def _row(row: dict[str, str], *, file: str) -> Protection:
    """One row, checked."""
    for name, known in (("pathway", PATHWAYS), ("organ", ORGANS)):
        if row[name] not in (*known, "all"):
            raise UnknownName(name, row[name], known=(*known, "all"), file=file)
    try:
        factor = float(row["factor"])
    except ValueError:
        factor = math.nan
    if not 0.0 <= factor <= 1.0:
        raise InputError("must be between 0 and 1", file=file, field=f"{row['measure']} factor", value=row["factor"])
    if row["verified"] not in ("true", "false"):
        raise InputError("must be true or false", file=file, field=f"{row['measure']} verified", value=row["verified"])
    return Protection(
        row["measure"], row["title"], row["pathway"], row["organ"], factor, row["source"], row["verified"] == "true"
    )


@lru_cache(maxsize=1)
def _shipped() -> tuple[Protection, ...]:
    path = resources.files("oberih.dose") / "data" / "protection.csv"
    return read_protection(path.read_text(encoding="utf-8"), file="protection.csv")


def measures() -> dict[str, tuple[Protection, ...]]:
    """All measures that come with Oberih, by identifier."""
    found: dict[str, tuple[Protection, ...]] = {}
    for row in _shipped():
        found[row.measure] = (*found.get(row.measure, ()), row)
    return found


def factors(names: Iterable[str], *, organ: str, nuclides: str = "radioiodine") -> tuple[tuple[str, float], ...]:
    """What remains of each pathway under those measures together, as `Quantity.factors` takes it.

    Parameters
    ----------
    names : iterable of str
        Identifiers of measures; their factors multiply.
    organ : str
        Of the quantity: stable iodine protects the thyroid only (the part of the effective dose that
        the thyroid carries is left unprotected, on the safe side).
    nuclides : str
        Of the quantity.  A tablet spares what inhaled radioiodine gives and nothing else: where ``all`` nuclides
        count, as caesium of fuel long shut down, it is left out, on the safe side.

    Raises
    ------
    UnknownName
        For a measure or organ that is not known.

    Examples
    --------
    >>> factors(["house", "iodine in time"], organ="thyroid")
    (('cloud', 0.6), ('inhalation', 0.025), ('ground', 0.4), ('resuspension', 0.5))
    """
    if organ not in ORGANS:
        raise UnknownName("organ", organ, known=ORGANS)
    known = measures()
    remains = dict.fromkeys(PATHWAYS, 1.0)
    for name in names:
        if name not in known:
            raise UnknownName("protective measure", name, known=known)
        for row in known[name]:
            if row.organ == "thyroid" and nuclides != "radioiodine":
                continue
            if row.organ in (organ, "all"):
                for pathway in PATHWAYS if row.pathway == "all" else (row.pathway,):
                    remains[pathway] *= row.factor
    return tuple((p, f) for p, f in remains.items() if f != 1.0)
