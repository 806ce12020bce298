"""In which state are the rules that touch the zone, on the day of the report?

Judges the regimes that a protection zone rests on, as of a day that is given (never the clock's), and keeps what a
report says of them as plain values, with the digest of each rule file and of the observations read.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from oberih.case.hold.regime import Asked, judge_regime, rests_on_text, summary
from oberih.evidence.digest import sha256_of_value
from oberih.language.catalogue import LANGUAGES

__all__ = ["TOUCHING", "regimes_on"]

TOUCHING = ("protection-zone", "five-principles", "seven-pillars", "ban-on-attacks")
"""Regimes that say something of a protection zone, its plant or attacks on it."""


def regimes_on(as_of: date, *, record: str | None = None) -> dict[str, Any]:
    """Judge the regimes that touch the zone.

    Parameters
    ----------
    as_of : date
    record : str, optional
        Of one's own, whose observations count too.

    Returns
    -------
    dict
        ``as_of``, ``rests_on`` by language, and ``rows``: regime, title and summary by language, worst status,
        ``unverified``, digests of rule and observations.

    Raises
    ------
    InputError
        If the record cannot be read.
    """
    rows = []
    rests_on: dict[str, str] = {}
    for name in TOUCHING:
        judged = judge_regime(Asked(name, as_of, record=record))
        rests_on = {language: rests_on_text(judged.rests_on, language) for language in LANGUAGES}
        rows.append({
            "regime": judged.regime.id, "title": dict(judged.regime.title), "worst": judged.worst(),
            "summary": {language: summary(judged, language) for language in LANGUAGES},
            "unverified": any(f.unverified for f in judged.findings), "rule_sha256": judged.regime.sha256,
            "observations_sha256": sha256_of_value([o.id for o in judged.read()]),
        })  # fmt: skip
    return {"as_of": as_of.isoformat(), "rests_on": rests_on, "rows": rows}
