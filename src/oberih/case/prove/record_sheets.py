"""What is in the record?  Lists, searches, and one record in full."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.evidence.entry import Entry
from oberih.evidence.record import record_fields
from oberih.evidence.report import one_line

__all__ = ["Found", "Search", "near", "newest", "one_record", "refuse_unsearchable", "search"]

Search = dict[str, str | None]
"""Words of a search: text, kind, source, since, until."""


@dataclass(frozen=True)
class Found:
    """What was found, for a person and for a program.

    Parameters
    ----------
    sheet : Sheet
        Shortened to fit a terminal.
    data : list of dict
        Every field of every record, with its number and time of writing.
    """

    sheet: Sheet
    data: list[dict[str, Any]]


_LONGEST_SEARCH = 1000

_COLUMNS = ("no.", "id", "kind", "when", "where", "says", "source")


def newest(keeping: Keeping, *, limit: int, kind: str | None = None) -> Found:
    """List the last records written, the newest first.

    Raises
    ------
    InputError
        If no record is kept.
    """
    refuse_unsearchable(kind or "", field="kind")
    with closing(keeping.log()) as log:
        entries, size, corrected = log.find(kind=kind, newest=True, limit=limit), log.size, log.corrections()
    title = f"{keeping.store}: {size} records, the last {len(entries)}" if entries else f"{keeping.store}: no records"
    return _sheet(title, entries, corrected)


def search(
    keeping: Keeping, words: Search, *, box: tuple[float, float, float, float] | None = None, limit: int = 200
) -> Found:
    """Find records by words, kind, source, time and place.

    Raises
    ------
    InputError
        If no record is kept, or a date is none.
    """
    for name in ("text", "kind", "source"):
        refuse_unsearchable(words.get(name) or "", field=name)
    with closing(keeping.log()) as log:
        entries = log.find(
            text=words.get("text") or "", kind=words.get("kind"), source=words.get("source") or "",
            since=words.get("since"), until=words.get("until"), box=box, limit=limit + 1,
        )  # fmt: skip
        corrected = log.corrections()
    more = len(entries) > limit
    title = f"{'more than ' if more else ''}{len(entries[:limit])} found"
    return _sheet(title, entries[:limit], corrected, notes=("there are more: narrow the search",) if more else ())


def refuse_unsearchable(text: str, *, field: str) -> None:
    """Refuse words that no record can hold.

    Raises
    ------
    InputError
        If they are too long, or not Unicode text.
    """
    if len(text) > _LONGEST_SEARCH or any("\ud800" <= c <= "\udfff" for c in text):
        cure = f"search for at most {_LONGEST_SEARCH} characters of UTF-8"
        raise InputError("cannot be searched for", field=field, value=text, cure=cure)


def near(text: str) -> tuple[float, float, float, float]:
    """Read ``LATITUDE,LONGITUDE,KILOMETRES`` as the box about it [°].

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> [round(v, 2) for v in near("47.51,34.59,10")]
    [34.46, 47.42, 34.72, 47.6]
    """
    try:
        latitude, longitude, km = (float(v) for v in text.split(","))
    except ValueError as error:
        cure = "write latitude,longitude,kilometres as 47.51,34.59,10"
        raise InputError("is not a place", field="--near", value=text, cure=cure) from error
    if not (abs(latitude) < 89.0 and abs(longitude) <= 180.0 and 0.0 < km <= 5000.0):
        raise InputError("is not a place on Earth with up to 5,000 km", field="--near", value=text)
    north = km / 111.2
    east = min(north / math.cos(math.radians(min(abs(latitude) + north, 89.0))), 179.0)
    west_edge, east_edge = (longitude - east + 180.0) % 360.0 - 180.0, (longitude + east + 180.0) % 360.0 - 180.0
    return west_edge, max(latitude - north, -90.0), east_edge, min(latitude + north, 90.0)


def one_record(keeping: Keeping, name: str) -> Found:
    """Show one record in full, with its place in the log and what corrects it.

    Raises
    ------
    InputError
        If there is none.
    """
    refuse_unsearchable(name, field="id")
    with closing(keeping.log()) as log:
        entry, corrected = log.entry(name), log.corrections()
        held = log.keyring().tenures.get(entry.keyid)
    r = entry.record
    facts = [
        ("says", r.text), ("kind", r.kind), ("when", _when(entry) or "not said"),
        ("known on", r.known_on or "not said"),
        ("where", _where(entry) or "not said"), ("who says so", str(r.source.get("who", "not said"))),
        ("read at", str(r.source.get("url", "–"))), ("channel", str(r.source.get("channel", "not said"))),
        ("source is", _RELIABILITY.get(r.reliability or "", "not judged")),
        ("content is", _CREDIBILITY.get(r.credibility or 0, "not judged")),
        *((f"{c['by']} claims", c["says"]) for c in r.claims),
        ("tags", ", ".join(r.tags) or "–"), *((f"data {k}", str(v)) for k, v in r.data.items()),
        ("rests on", ", ".join(r.rests_on) or "–"),
        *((f"attached {a.name}", f"{a.size} bytes, SHA-256 {a.sha256}") for a in r.attachments),
        ("corrects", r.corrects or "–"), ("corrected by", corrected.get(r.id, "–")),
        ("record", f"number {entry.seq}, written {entry.recorded_at}"),
        ("signed by", f"{held.name if held else 'unknown'} ({entry.keyid[:12]})"), ("leaf", entry.leaf.hex()),
    ]  # fmt: skip
    shown = tuple((one_line(name), "\n".join(map(one_line, said.split("\n")))) for name, said in facts)
    return Found(Sheet(r.id, facts=shown), [_plain(entry, corrected)])


def _sheet(title: str, entries: Sequence[Entry], corrected: dict[str, str], notes: tuple[str, ...] = ()) -> Found:
    rows = tuple(
        (
            str(e.seq), e.record.id, e.record.kind, _short(_when(e)), _short(str(e.record.place.get("name", ""))),
            _short(e.record.text) + (" (corrected)" if e.record.id in corrected else ""),
            _short(str(e.record.source.get("who", "")), 40),
        )
        for e in entries
    )  # fmt: skip
    sheet = Sheet(title, columns=_COLUMNS, rows=rows, notes=notes)
    return Found(sheet, [_plain(e, corrected) for e in entries])


def _plain(entry: Entry, corrected: dict[str, str]) -> dict[str, Any]:
    """A record as a program wants it."""
    about = {"number": entry.seq, "recorded_at": entry.recorded_at, "key": entry.keyid, "leaf": entry.leaf.hex()}
    newer = corrected.get(entry.record.id)
    return {**record_fields(entry.record), **about, **({"corrected_by": newer} if newer else {})}


def _when(entry: Entry) -> str:
    happened = entry.record.happened
    if not happened:
        return ""
    until = f" to {happened['to']}" if "to" in happened and happened["to"] != happened["from"] else ""
    return f"{happened['from']}{until}" + (f", {happened['note']}" if "note" in happened else "")


def _where(entry: Entry) -> str:
    place = entry.record.place
    at = f"{place['latitude']:.4f} N {place['longitude']:.4f} E" if "latitude" in place else ""
    about = f" ± {place['uncertainty_m']:g} m" if "uncertainty_m" in place else ""
    return " ".join(p for p in (str(place.get("name", "")), at) if p) + about


def _short(text: str, most: int = 90) -> str:
    line = one_line(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


_RELIABILITY = {
    "A": "A, completely reliable", "B": "B, usually reliable", "C": "C, fairly reliable",
    "D": "D, not usually reliable",
    "E": "E, unreliable", "F": "F, reliability cannot be judged",
}  # fmt: skip
_CREDIBILITY = {
    1: "1, confirmed by other sources", 2: "2, probably true", 3: "3, possibly true", 4: "4, doubtful",
    5: "5, improbable", 6: "6, truth cannot be judged",
}  # fmt: skip
