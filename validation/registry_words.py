"""Which records do the words of a case describe?

Reads short English as tables of defects use it ("X adopted 1980-03-03, in force 1979-02-08"): the name, the dates,
the status, two names where a row or a pair is spoken of.  The corrected record is read from the words of the truth;
the bad one is the corrected one with the bad words put over it, since what a case does not mention
was right.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

__all__ = ["records_of"]

Record = dict[str, Any]

_DAY = r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)"
_PATTERNS = {
    "opened_for_signature": rf"(?:opened(?: for signature)?|signed|signature)\s*(?:on|in|from)?\s*:?\s*{_DAY}",
    "adopted": rf"(?:adopted|adoption|concluded)\s*(?:on|in)?\s*:?\s*{_DAY}",
    "in_force_from": rf"(?:in force|eif|entered into force|entry into force)\s*(?:on|in|from|since)?\s*:?\s*{_DAY}",
    "ended": rf"(?:expired|ended|terminated|termination|expiry|withdrawn|lapsed|dissolved)\s*(?:on|in)?\s*:?\s*{_DAY}",
    "parties": r"(\d{1,3})\s+(?:states? )?part(?:y|ies)\b|(?:parties|count)\s*[:=]?\s*(\d{1,3})\b",
}
_STATUS = re.compile(r"status\s*:?\s*[\"“']?([A-Za-z ]+)[\"”']?", re.IGNORECASE)
_STATUSES = (
    ("never", "never in force"), ("not in force", "adopted"), ("in force", "in force"), ("ended", "ended"),
    ("expired", "ended"), ("terminated", "ended"), ("withdrawn", "ended"), ("open", "open for signature"),
    ("propos", "proposal"), ("draft", "proposal"), ("adopted", "adopted"), ("signed", "open for signature"),
)  # fmt: skip
_NAME = re.compile(
    r"^(.*?)(?:,|\s+(?:with|adopted|adoption|signed|opened|status|in force|eif|entered|entry|expired|ended|listed|"
    r"has|had|is|was|in one row|on two rows|in two rows|twice)\b|$)", re.IGNORECASE
)  # fmt: skip


def records_of(bad: str, truth: str) -> tuple[list[Record], list[Record]]:
    """Return the bad records and the corrected ones, as far as the words allow.

    Examples
    --------
    >>> records_of("SALT II adopted 1979-06-18, in force 1978-01-01", "never in force")[0][0]["in_force_from"]
    datetime.date(1978, 1, 1)
    """
    name = _NAME.match(bad.strip())
    title = (name.group(1) if name else bad).strip(" \"“”'") or "A Treaty"
    pair = [p.strip(" \"“”'") for p in re.split(r"\s+and\s+|\s*&\s*|\s*/\s*", title)]
    wrong, right = _fields(bad), _fields(truth)
    if re.search(r"swapped|exchanged", truth) and {"adopted", "in_force_from"} <= set(wrong):
        right |= {"adopted": wrong["in_force_from"], "in_force_from": wrong["adopted"]}
    good = _whole({"title": title, **{k: v for k, v in wrong.items() if k not in right}, **right}, stated=right)
    lacks = "sources" if re.search(r"\bsources?\b", bad) else "id" if re.search(r"\bids?\b", bad, re.IGNORECASE) else ""
    if lacks and not wrong:
        return [good | {lacks: {} if lacks == "sources" else ""}], [good]
    if len(pair) == 2 and re.search(r"one instrument|duplicate|same", truth):
        return [good | {"title": pair[0]}, good | {"title": pair[1]}], [good | {"title": pair[0], "aliases": pair[1:]}]
    if len(pair) == 2 and re.search(r"row|two ", bad + truth):
        return [good], [good | {"title": part} for part in pair]
    return [{**good, **wrong} if "status" in wrong else _restate({**good, **wrong}, good)], [good]


def _restate(record: Record, good: Record) -> Record:
    """The bad record keeps the corrected one's status where it can have one."""
    return {**record, "status": good["status"]}


def _fields(text: str) -> Record:
    """Dates, status and count that the words state."""
    out: Record = {}
    for name, pattern in _PATTERNS.items():
        match = re.search(pattern, text, re.IGNORECASE)
        if match is not None:
            found = next(g for g in match.groups() if g)
            out[name] = int(found) if name == "parties" else _date(found)
    status = _STATUS.search(text)
    words = status.group(1).lower() if status else "never" if "never in force" in text.lower() else ""
    named = next((s for key, s in _STATUSES if key in words), None)
    return out | ({"status": named or words.strip()} if words else {})


def _date(text: str) -> date | str:
    return date.fromisoformat(text) if len(text) == 10 else text


def _whole(record: Record, *, stated: Record) -> Record:
    """A corrected record with a status that its dates allow; dates that the truth does not repeat may be wrong."""
    if record.get("adopted") == record.get("in_force_from") and "adopted" not in stated:
        record.pop("adopted", None)
    status = stated.get("status") or (
        "ended" if "ended" in record else "in force" if "in_force_from" in record
        else "adopted" if "adopted" in record else "open for signature" if "opened_for_signature" in record
        else "proposal"
    )  # fmt: skip
    if status in {"never in force", "adopted"}:
        record.pop("in_force_from", None)
    return {**record, "status": status}
