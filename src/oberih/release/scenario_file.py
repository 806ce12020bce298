"""Which scenarios are there, and what does a file say?

`list_scenarios` names those that ship with the package (``release/data/scenarios/*.toml``);
`load_scenario` reads one of them, a scenario file (TOML) or a table of a release (CSV, see
`oberih.release.custom_table`), strictly: every field is known, in range and in its unit.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from oberih.constants import FORMS, SECONDS_PER_HOUR
from oberih.errors import InputError, UnknownName
from oberih.nuclide import nuclide_name
from oberih.release.custom_table import read_table
from oberih.release.fields import Fields, checked_number
from oberih.release.fractions import Phase, fraction_tables, multiplier, phases_of, removal_rates
from oberih.release.scenario import MAX_HOURS, NEEDS, OUTSIDE, Compartment, Row, Scenario, Way
from oberih.units import to_si

__all__ = ["IODINE", "list_scenarios", "load_scenario"]

IODINE = {"aerosol": 0.95, "elemental_iodine": 0.0485, "organic_iodine": 0.0015}
"""Share of each form in released iodine [1]; NUREG-1465 section 3.5 (unverified)."""

_SHELF = files("oberih.release") / "data" / "scenarios"


def list_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship with the package."""
    return tuple(sorted(p.name[:-5] for p in _SHELF.iterdir() if p.name.endswith(".toml")))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read a scenario by name, or from a TOML or CSV file.

    Parameters
    ----------
    name_or_path : str or Path
        One of `list_scenarios`, or a file ending in ``.toml`` or ``.csv``.

    Raises
    ------
    UnknownName
        No such scenario, field, nuclide, table or mechanism; names the nearest.
    InputError
        A value is missing, not a number, negative, out of range or in another unit.

    Examples
    --------
    >>> load_scenario("cask-breach").needs
    'cask'
    """
    path = Path(name_or_path)
    if path.suffix not in {".toml", ".csv"}:
        if str(name_or_path) not in list_scenarios():
            raise UnknownName("scenario", str(name_or_path), known=list_scenarios())
        name = f"{name_or_path}.toml"
        return _scenario((_SHELF / name).read_text(encoding="utf-8"), file=name, folder=None)
    text = _text(path)
    if path.suffix == ".csv":
        return _of_table(path, text)
    return _scenario(text, file=path, folder=path.parent)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError(reason.lower(), file=path, cure="give the path of a scenario file") from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", file=path, cure="save it as UTF-8") from error


def _of_table(path: Path, text: str) -> Scenario:
    rows = read_table(text, file=path)
    return Scenario(
        name=path.stem,
        title={"en": f"Release table {path.stem}", "uk": f"Таблиця викиду {path.stem}"},
        story={"en": "A release given as a table.", "uk": "Викид, заданий таблицею."},
        needs="nothing",
        hours=max(r.last for r in rows),
        height=((0.0, 10.0),),
        heat=((0.0, 0.0),),
        exit_velocity=0.0,
        exit_diameter=0.0,
        iodine=IODINE,
        rows=rows,
        unverified=("a table given by the user", "release height 10 m and no heat, because a table has neither"),
        sources=(str(path.name),),
    )


def _scenario(text: str, *, file: object, folder: Path | None) -> Scenario:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", file=file, cure="correct that line") from error
    fields = Fields(table, file=file)
    needs = fields.choice("needs", NEEDS)
    hours = _hours(fields)
    scenario = Scenario(
        name=fields.text("name"),
        title=_two_languages(fields.sub("title")),
        story=_two_languages(fields.sub("story")),
        needs=needs,
        hours=hours,
        height=fields.schedule("height_m", unit="m", high=1000.0),
        heat=fields.schedule("heat_W", unit="W", high=1e10, default=0.0),
        exit_velocity=fields.number("exit_velocity_m_per_s", unit="m/s", high=200.0, default=0.0),
        exit_diameter=fields.number("exit_diameter_m", unit="m", high=50.0, default=0.0),
        iodine=_iodine(fields),
        verified=fields.truth("verified"),
        unverified=fields.texts("unverified"),
        sources=fields.texts("sources"),
        notes=fields.texts("notes"),
        **(_own_activity(fields, hours, folder) if needs == "nothing" else _from_fuel(fields)),  # type: ignore[arg-type]
    )
    fields.done()
    return scenario


def _hours(fields: Fields) -> int:
    hours = fields.number("hours", unit="hours", low=1.0, high=MAX_HOURS)
    if hours != int(hours):
        raise InputError("not whole", file=fields.file, field="hours", value=hours, cure="give whole hours")
    return int(hours)


def _two_languages(fields: Fields) -> dict[str, str]:
    both = {"en": fields.text("en"), "uk": fields.text("uk")}
    fields.done()
    return both


def _iodine(fields: Fields) -> dict[str, float]:
    if not fields.has("iodine"):
        return dict(IODINE)
    part = fields.sub("iodine")
    split = {form: part.number(form, unit="share", high=1.0, default=0.0) for form in FORMS[1:]}
    part.done()
    if abs(sum(split.values()) - 1.0) > 1e-9:
        raise InputError("shares do not add up to 1", file=fields.file, field="iodine", value=sum(split.values()))
    return split


def _from_fuel(fields: Fields) -> dict[str, object]:
    fuel = fields.sub("fuel")
    phases, _ = phases_of(fuel.choice("fractions", fraction_tables()))
    end = max(p.start + p.duration for p in phases)
    length = fuel.number("duration_h", unit="hours", low=0.1, high=MAX_HOURS, default=end / SECONDS_PER_HOUR)
    stretch = length * SECONDS_PER_HOUR / end
    read = {
        "phases": tuple(Phase(p.name, p.start * stretch, p.duration * stretch, p.fraction) for p in phases),
        "share": fuel.number("share", unit="share of the inventory", high=1.0, default=1.0),
        "wait": SECONDS_PER_HOUR * fuel.number("after_shutdown_h", unit="hours", high=1e5, default=0.0),
        "compartments": _compartments(fields.subs("compartment")),
    }
    fuel.done()
    return read


def _compartments(tables: list[Fields]) -> tuple[Compartment, ...]:
    names = [t.text("name") for t in tables]
    read = []
    for i, table in enumerate(tables):
        removal = removal_rates(table.choice("removal", ("natural", "sprays", "none")))
        ways = tuple(_way(w, onward=(*names[i + 1 :], OUTSIDE)) for w in table.subs("way"))
        table.done()
        read.append(Compartment(names[i], removal, ways))
    return tuple(read)


def _way(fields: Fields, *, onward: tuple[str, ...]) -> Way:
    way = Way(
        to=fields.choice("to", onward),
        rate=fields.schedule("per_h", unit="per hour", high=60.0, scale=1.0 / SECONDS_PER_HOUR),
        carries=_by_form(fields, "carries"),
        passes=_by_form(fields, "passes"),
    )
    fields.done()
    return way


def _by_form(fields: Fields, key: str) -> tuple[float, ...]:
    """Multipliers by form: numbers, or the name of a mechanism of the table of reductions."""
    if not fields.has(key):
        return (1.0,) * len(FORMS)
    part = fields.sub(key)
    read = []
    for form in FORMS:
        named = part.has(form) and isinstance(part.raw(form), str)
        read.append(multiplier(part.text(form)) if named else part.number(form, unit="share", high=1.0, default=1.0))
    part.done()
    return tuple(read)


def _own_activity(fields: Fields, hours: int, folder: Path | None) -> dict[str, object]:
    if fields.has("totals"):
        return {"rows": _totals(fields.sub("totals"), hours)}
    name = fields.text("table")
    path = (folder or Path()) / name
    rows = read_table(_text(path), file=path)
    if max(r.last for r in rows) > hours:
        raise InputError("shorter than its table", file=fields.file, field="hours", value=hours)
    return {"rows": rows}


def _totals(fields: Fields, hours: int) -> tuple[Row, ...]:
    unit = fields.text("unit")
    to_si(1.0, unit, dimension="activity", file=fields.file, field="totals.unit")
    activity = fields.sub("activity")
    rows = []
    for key in activity.table:
        nuclide = nuclide_name(key, file=fields.file, field=f"totals.activity.{key}")
        value = to_si(activity.number(key, unit=unit, high=1e30), unit, dimension="activity")
        checked_number(value, low=0.0, high=1e21, unit="Bq", file=fields.file, field=f"totals.activity.{key}")
        rows.append(Row(0, hours, nuclide, value))
    fields.done()
    return tuple(rows)
