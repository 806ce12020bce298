"""What does a table of a release say?

A CSV file with a header: ``hour``, ``nuclide``, ``activity_Bq`` (or ``activity_TBq`` …, the
unit stands in the header) and, if wanted, ``until_hour`` (the hour after the last; one hour
if not given) and ``form`` (one of `oberih.constants.FORMS`).  Hours count from the beginning
of the release.  The activity is that of the moment of leaving.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from oberih.constants import FORMS
from oberih.errors import InputError, UnknownName
from oberih.nuclide import is_iodine, is_noble_gas, nuclide_name
from oberih.release.fields import checked_number
from oberih.release.scenario import MAX_HOURS, Row
from oberih.units import to_si

__all__ = ["read_table"]

MOST_ACTIVITY = 1e21
"""More than a core holds [Bq]; what is beyond is a slip of the unit."""


def read_table(text: str, *, file: object) -> tuple[Row, ...]:
    r"""Read a table of a release.

    Parameters
    ----------
    text : str
        Of the CSV file.
    file : object
        Its name, for messages.

    Raises
    ------
    InputError
        If a column is missing or unknown, or a value is no number, negative or too large.
    UnknownName
        If a nuclide or form is unknown; names the nearest.

    Examples
    --------
    >>> read_table("hour,nuclide,activity_TBq\n0,cs137,1.5\n", file="leak.csv")
    (Row(first=0, last=1, nuclide='Cs-137', activity=1500000000000.0, form=None),)
    """
    lines = csv.reader(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    header = [name.strip() for name in next(lines, [])]
    amount = _amount_column(header, file=file)
    rows = tuple(_row(_cells(header, line, f"line {n}", file), amount, f"line {n}", file) for n, line in _full(lines))
    if not rows:
        raise InputError("no rows", file=file, cure="give hour, nuclide and activity in each row")
    return rows


def _full(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return ((n, [cell.strip() for cell in line]) for n, line in enumerate(lines, start=2))


def _cells(header: list[str], line: list[str], where: str, file: object) -> dict[str, str]:
    """The cells of a line by column; more cells than columns is most often a decimal comma."""
    if len(line) > len(header):
        raise InputError(
            f"has {len(line)} cells where the header has {len(header)}", file=file, field=where,
            value=",".join(line), cure="write a decimal point, as 15.5",
        )  # fmt: skip
    return dict(zip(header, line, strict=False))


def _amount_column(header: list[str], *, file: object) -> str:
    amounts = [h for h in header if h.startswith("activity_")]
    if len(amounts) != 1:
        raise InputError("needs one column of activity", file=file, field="activity_Bq", cure="name it activity_Bq")
    to_si(1.0, amounts[0].removeprefix("activity_"), dimension="activity", file=file, field=amounts[0])
    for name in ("hour", "nuclide"):
        if name not in header:
            raise InputError("missing column", file=file, field=name, cure="columns: hour, nuclide, activity_Bq")
    for name in header:
        if name not in {"hour", "until_hour", "nuclide", "form", amounts[0]}:
            raise UnknownName("column", name, known=("hour", "until_hour", "nuclide", "form"), file=file)
    return amounts[0]


def _row(cells: dict[str, str], amount: str, line: str, file: object) -> Row:
    first = _number(cells, "hour", line, file, high=MAX_HOURS - 1, unit="whole hours")
    last = (
        first + 1
        if not cells.get("until_hour")
        else _number(cells, "until_hour", line, file, high=MAX_HOURS, unit="whole hours")
    )
    if first != int(first) or last != int(last) or last <= first:
        raise InputError("not whole hours, one after the other", file=file, field=f"{line}, hour", value=(first, last))
    nuclide = nuclide_name(cells.get("nuclide", ""), file=file, field=f"{line}, nuclide")
    unit = amount.removeprefix("activity_")
    activity = to_si(_number(cells, amount, line, file, high=1e30, unit=unit), unit, dimension="activity")
    checked_number(activity, low=0.0, high=MOST_ACTIVITY, unit="Bq", file=file, field=f"{line}, {amount}")
    form = _form(cells.get("form") or None, nuclide, f"{line}, form", file)
    return Row(int(first), int(last), nuclide, activity, form)


def _form(form: str | None, nuclide: str, field: str, file: object) -> str | None:
    if form is None:
        return None
    if form not in FORMS:
        raise UnknownName("form", form, known=FORMS, file=file, where=field)
    fits = form == "noble_gas" if is_noble_gas(nuclide) else (form == "aerosol" or is_iodine(nuclide))
    if not fits or (form == "noble_gas" and is_iodine(nuclide)):
        raise InputError(f"{nuclide} has no such form", file=file, field=field, value=form, cure="leave the form out")
    return form


def _number(cells: dict[str, str], name: str, line: str, file: object, *, high: float, unit: str) -> float:
    text = cells.get(name, "")
    try:
        value = float(text)
    except ValueError:
        raise InputError(
            "not a number", file=file, field=f"{line}, {name}", value=text, cure=f"give a number in {unit}"
        ) from None
    return checked_number(value, low=0.0, high=high, unit=unit, file=file, field=f"{line}, {name}")
