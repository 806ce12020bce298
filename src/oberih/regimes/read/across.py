"""Do the parts of a regime file agree with each other?

Rules that no single field can break: spans that end before they begin, an id given twice, a contest about an
obligation that is not there, obligations that rest on each other in a circle, a polygon that crosses
itself.  Each rule skips what is not of its form, so that a file full of mistakes still shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from oberih.earth.site import list_sites
from oberih.regimes.geometry import polygon_mistake
from oberih.regimes.read.mistake import Sheet, nearest

__all__ = ["check_across"]


def check_across(sheet: Sheet, *, instruments: Iterable[str] | None) -> None:
    """Note every mistake between the fields of a regime file.

    Parameters
    ----------
    sheet : Sheet
    instruments : iterable of str or None
        Ids that the registry knows; None where there is no registry.
    """
    table = sheet.table
    for name in ("span", "suspension", "contest", "obligation"):
        for i, row in _rows(table, name):
            _span(sheet, (name, i), row)
    _spans_apart(sheet)
    _subjects(sheet)
    _unique(sheet, "obligation", "id")
    _unique(sheet, "area", "name")
    _contests(sheet)
    _areas(sheet)
    _parts(sheet)
    _circles(sheet)
    if instruments is not None:
        known = list(instruments)
        for i, name in enumerate(_list(table.get("instruments"))):
            if isinstance(name, str) and name not in known:
                cure = nearest(name, known)
                sheet.mistake(("instruments", i), "no such instrument in the registry", cure, value=name)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _rows(table: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = _list(table.get(name)) if isinstance(table, dict) else []
    return ((i, row) for i, row in enumerate(rows) if isinstance(row, dict))


def _all_parts(sheet: Sheet) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any], dict[str, Any]]]:
    for i, obligation in _rows(sheet.table, "obligation"):
        for j, part in _rows(obligation, "part"):
            yield ("obligation", i, "part", j), obligation, part


def _span(sheet: Sheet, path: tuple[str | int, ...], row: dict[str, Any]) -> None:
    start, end = row.get("from"), row.get("to")
    if type(start) is date and type(end) is date and end <= start:
        sheet.mistake((*path, "to"), f"ends before it begins ({start})", "'to' is the first day no longer in force",
                      value=end)  # fmt: skip
    for key, day in (("from", start), ("to", end)):
        if type(day) is date and not 1895 <= day.year <= 2200:
            sheet.mistake((*path, key), "is no year of such a rule", "correct the year", value=day)


def _spans_apart(sheet: Sheet) -> None:
    spans = [
        (row.get("from") or date.min, row.get("to") or date.max, i)
        for i, row in _rows(sheet.table, "span")
        if type(row.get("from", date.min)) is date and type(row.get("to", date.max)) is date
    ]
    spans.sort()
    for (_, end, i), (start, _, j) in pairwise(spans):
        if start < end:
            later = max(i, j)
            sheet.mistake(("span", later), f"overlaps span {min(i, j)}", "join the two, or correct their dates")


def _subjects(sheet: Sheet) -> None:
    known = [s for s in _list(sheet.table.get("subjects")) if isinstance(s, str)]
    if not known:
        return
    for name in sorted({s for s in known if known.count(s) > 1}):
        sheet.mistake(("subjects",), "is named twice", "name it once", value=name)
    for kind in ("suspension", "contest"):
        for i, row in _rows(sheet.table, kind):
            _known(sheet, (kind, i, "subject"), row.get("subject"), known, "subject of this regime")
    for i, row in _rows(sheet.table, "obligation"):
        for j, name in enumerate(_list(row.get("subjects"))):
            _known(sheet, ("obligation", i, "subjects", j), name, known, "subject of this regime")


def _known(sheet: Sheet, path: tuple[str | int, ...], name: Any, known: list[str], what: str) -> None:
    if isinstance(name, str) and name not in known:
        sheet.mistake(path, f"no such {what}", nearest(name, known), value=name)


def _unique(sheet: Sheet, kind: str, key: str) -> None:
    seen: set[str] = set()
    for i, row in _rows(sheet.table, kind):
        name = row.get(key)
        if isinstance(name, str) and name in seen:
            sheet.mistake((kind, i, key), "is given twice", "give each its own", value=name)
        elif isinstance(name, str):
            seen.add(name)


def _ids(sheet: Sheet) -> list[str]:
    return [row["id"] for _, row in _rows(sheet.table, "obligation") if isinstance(row.get("id"), str)]


def _contests(sheet: Sheet) -> None:
    for i, row in _rows(sheet.table, "contest"):
        _known(sheet, ("contest", i, "obligation"), row.get("obligation"), _ids(sheet), "obligation")


def _areas(sheet: Sheet) -> None:
    sites = [site.id for site in list_sites()]
    for i, row in _rows(sheet.table, "area"):
        path = ("area", i)
        round_, cornered = "radius_m" in row, "polygon" in row
        if round_ == cornered:
            message = "has both a radius and a polygon" if round_ else "has neither a radius nor a polygon"
            sheet.mistake(path, message, "give site and radius_m, or polygon")
        if round_ and "site" not in row:
            sheet.mistake((*path, "site"), "is missing", "say about which site the radius is drawn")
        site = row.get("site")
        if isinstance(site, str) and site not in sites:
            sheet.mistake((*path, "site"), "no such site", nearest(site, sites), value=site)
        corners = row.get("polygon")
        if isinstance(corners, list) and all(_is_point(p) for p in corners):
            found = polygon_mistake([(float(p[0]), float(p[1])) for p in corners])
            if found is not None:
                sheet.mistake((*path, "polygon"), *found)


def _is_point(value: Any) -> bool:
    numbers = isinstance(value, list) and len(value) == 2
    return numbers and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)


def _parts(sheet: Sheet) -> None:
    areas = [row["name"] for _, row in _rows(sheet.table, "area") if isinstance(row.get("name"), str)]
    for path, _, part in _all_parts(sheet):
        name = part.get("area")
        if isinstance(name, str) and name not in areas:
            cure = nearest(name, areas) or "add an [[area]] of that name"
            sheet.mistake((*path, "area"), "no such area in this file", cure, value=name)
        if part.get("test") == "derived":
            for k, source in enumerate(_list(part.get("from"))):
                _known(sheet, (*path, "from", k), source, _ids(sheet), "obligation")
        if part.get("test") == "bands":
            low, high = part.get("compromised_at_most"), part.get("at_risk_at_most")
            if isinstance(low, int | float) and isinstance(high, int | float) and high < low:
                cure = "at_risk_at_most is the larger of the two"
                sheet.mistake((*path, "at_risk_at_most"), f"lies below compromised_at_most ({low})", cure, value=high)


def _circles(sheet: Sheet) -> None:
    """Obligations that rest on each other."""
    rests: dict[str, set[str]] = {}
    where: dict[str, tuple[str | int, ...]] = {}
    for path, obligation, part in _all_parts(sheet):
        if part.get("test") == "derived" and isinstance(obligation.get("id"), str):
            sources = {s for s in _list(part.get("from")) if isinstance(s, str)}
            rests.setdefault(obligation["id"], set()).update(sources)
            where.setdefault(obligation["id"], (*path, "from"))
    for name in rests:
        if name in _reached(name, rests):
            sheet.mistake(where[name], f"{name} rests on itself", "derive it from obligations that do not rest on it")


def _reached(name: str, rests: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = list(rests.get(name, ()))
    while todo:
        other = todo.pop()
        if other not in reached:
            reached.add(other)
            todo += rests.get(other, ())
    return reached
