"""How much air does a person breathe?"""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from importlib import resources

from oberih.constants import AGES, SECONDS_PER_DAY
from oberih.errors import UnknownName

__all__ = ["breathing_rate"]


@lru_cache(maxsize=1)
def _rates() -> dict[tuple[str, str], tuple[float, str, bool]]:
    path = resources.files("oberih.dose") / "data" / "breathing.csv"
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    return {
        (r["age"], r["phase"]): (float(r["rate"]) / SECONDS_PER_DAY, r["source"], r["verified"] == "true")
        for r in reader
    }


def breathing_rate(age: str, *, phase: str = "daily") -> tuple[float, str, bool]:
    """Volume breathed in a second, its source, and whether that was checked.

    Parameters
    ----------
    age : str
        One of `oberih.constants.AGES`.
    phase : str
        ``plume`` while the cloud passes (an adult is then taken to be active, 3.33E-4 m3/s; for
        younger ages only the daily mean is known), ``daily`` for the long term.

    Returns
    -------
    rate : float
        [m3/s]
    source : str
    verified : bool

    Raises
    ------
    UnknownName
        For another age or phase.

    Examples
    --------
    >>> round(breathing_rate("adult", phase="plume")[0], 6)
    0.000333
    """
    if age not in AGES:
        raise UnknownName("age", age, known=AGES)
    if phase not in ("plume", "daily"):
        raise UnknownName("phase", phase, known=("plume", "daily"))
    rates = _rates()
    return rates.get((age, phase), rates[age, "daily"])
