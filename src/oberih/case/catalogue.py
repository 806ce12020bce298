"""What is known: which sites, releases and criteria, and what does each say?

Stories of one step: read a noun, write it as a `Sheet` in units for people.  What was not
checked against its source carries a †.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oberih.case.sheet import Sheet
from oberih.case.wording import LEGEND, day, duration, km, mark
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import Site, Unit, list_sites, load_site
from oberih.evidence.check import check_products
from oberih.release.scenario import Scenario, Schedule
from oberih.release.scenario_file import list_scenarios, load_scenario
from oberih.units import millisieverts
from oberih.zone.criteria import list_criteria, load_criteria
from oberih.zone.criterion import Criterion

__all__ = [
    "all_criteria",
    "all_scenarios",
    "all_sites",
    "kept_result",
    "one_criteria_set",
    "one_scenario",
    "one_site",
]


def all_sites() -> Sheet:
    """List the sites that come with Oberih."""
    rows = tuple(
        (s.id, s.name, s.country, _position(s, digits=2), str(len(s.units)), _running(s)) for s in list_sites()
    )
    columns = ("name", "title", "country", "position", "units", "running")
    return Sheet("Sites", columns=columns, rows=rows, notes=("a file of your own (TOML) serves as well as a name",))


def one_site(name: str) -> Sheet:
    """Describe one site.

    Raises
    ------
    UnknownName, InputError
        As `oberih.earth.site.load_site`.
    """
    site = load_site(name)
    facts = (
        ("Ukrainian name", site.name_uk),
        ("position", _position(site, digits=4) + mark("latitude" not in site.unverified)),
        ("time zone", site.timezone),
        ("also called", ", ".join(site.aliases) or "–"),
        ("pools", str(len(site.pools))),
        (
            "dry storage",
            f"{site.dry_storage.casks} casks{mark(site.dry_storage.verified)}" if site.dry_storage else "none",
        ),
        ("sources", "\n".join(site.sources)),
    )
    columns = ("unit", "type", "power [MW thermal]", "burn-up [MWd/t]", "state")
    notes = tuple(n for n in (" ".join(site.note.split()), LEGEND) if n)
    return Sheet(site.name, facts=facts, columns=columns, rows=tuple(_unit(u) for u in site.units), notes=notes)


def all_scenarios() -> Sheet:
    """List the releases that come with Oberih."""
    scenarios = [load_scenario(name) for name in list_scenarios()]
    rows = tuple((s.name, s.title["en"] + mark(s.verified), s.needs, f"{s.hours}") for s in scenarios)
    columns = ("name", "title", "needs", "hours")
    return Sheet("Scenarios", columns=columns, rows=rows, notes=(f"{LEGEND} in at least one number",))


def one_scenario(name: str) -> Sheet:
    """Describe one release.

    Raises
    ------
    UnknownName, InputError
        As `oberih.release.scenario.load_scenario`.
    """
    scenario = load_scenario(name)
    facts = (
        ("story", " ".join(scenario.story["en"].split())),
        ("Ukrainian title", scenario.title["uk"]),
        ("needs", scenario.needs),
        ("length", f"{scenario.hours} h"),
        ("height", _schedule(scenario.height, 1.0, "m")),
        ("heat", _schedule(scenario.heat, 1e6, "MW")),
        ("waits before fuel damage", duration(scenario.wait)),
        ("share of the fuel damaged", f"{scenario.share:g}"),
        ("passes through", " → ".join(c.name for c in scenario.compartments) or "nothing"),
        ("sources", "\n".join(scenario.sources)),
    )
    columns, rows = _what_comes_out(scenario)
    notes = (*scenario.notes, *(f"† {what}" for what in scenario.unverified))
    return Sheet(scenario.title["en"], facts=facts, columns=columns, rows=rows, notes=notes)


def all_criteria() -> Sheet:
    """List the sets of criteria that come with Oberih."""
    sets = [load_criteria(name) for name in list_criteria()]
    rows = tuple((s.name + mark(s.verified), s.title, str(len(s.criteria)), str(len(s.prescriptions))) for s in sets)
    columns = ("name", "title", "levels", "distances")
    return Sheet("Criteria", columns=columns, rows=rows, notes=(f"{LEGEND} in at least one number",))


def one_criteria_set(name: str) -> Sheet:
    """Show one set of criteria, each number with its source.

    Raises
    ------
    UnknownName, InputError
        As `oberih.zone.criteria.load_criteria`.
    """
    found = load_criteria(name)
    levels = tuple((c.name, c.title, _level(c), _quantity(c), f"{c.source} {c.clause}".strip()) for c in found.criteria)
    distances = tuple(
        (p.name, p.title, _distance(p.distance, p.extended) + mark(p.verified), "–", f"{p.source} {p.clause}".strip())
        for p in found.prescriptions
    )
    columns = ("name", "action", "level or distance", "quantity", "source")
    notes = tuple(n for n in (" ".join(found.text.split()), LEGEND) if n)
    return Sheet(found.title, columns=columns, rows=levels + distances, notes=notes)


def kept_result(folder: Path) -> Sheet:
    """Check a kept bundle and say what it rests on.

    Raises
    ------
    InputError, CorruptStore
        As `oberih.evidence.check.check_products`.
    """
    manifest = check_products(folder)
    origin = manifest["provenance"]
    facts = (
        ("made from the same as", origin["digest"]),
        ("by", ", ".join(f"{name} {version}" for name, version in origin["software"].items())),
        *((f"input {name}", digest) for name, digest in origin["inputs"].items()),
    )
    rows = tuple((name, str(entry["bytes"]), entry["sha256"]) for name, entry in manifest["products"].items())
    return Sheet(
        f"{folder}: every product is what was written", facts=facts, columns=("product", "bytes", "SHA-256"), rows=rows
    )


def _position(site: Site, *, digits: int) -> str:
    north, east = ("N" if site.latitude >= 0 else "S"), ("E" if site.longitude >= 0 else "W")
    return f"{abs(site.latitude):.{digits}f} {north} {abs(site.longitude):.{digits}f} {east}"


def _running(site: Site) -> str:
    running = sum(unit.shutdown is None for unit in site.units)
    return f"{running} of {len(site.units)}"


def _unit(unit: Unit) -> tuple[str, ...]:
    state = "running" if unit.shutdown is None else f"shut down {day(unit.shutdown)}"
    return (
        unit.id,
        unit.type,
        f"{unit.thermal_power / 1e6:.0f}{mark('thermal_power' not in unit.unverified)}",
        f"{unit.burnup:.0f}{mark('burnup' not in unit.unverified)}",
        state + mark("shutdown" not in unit.unverified),
    )


def _what_comes_out(scenario: Scenario) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Phases of a release from fuel, or the rows of one that brings its own activities."""
    if scenario.rows:
        columns = ("hours", "nuclide", "activity [Bq]", "form")
        return columns, tuple(
            (f"{r.first}–{r.last}", r.nuclide, f"{r.activity:.3g}", (r.form or "by element").replace("_", " "))
            for r in scenario.rows
        )
    columns = ("phase", "from [h]", "lasts [h]", "largest shares released")
    return columns, tuple(
        (p.name, f"{p.start / SECONDS_PER_HOUR:g}", f"{p.duration / SECONDS_PER_HOUR:g}", _largest(p.fraction))
        for p in scenario.phases
    )


def _largest(fraction: Mapping[str, float]) -> str:
    first = sorted(fraction.items(), key=lambda pair: -pair[1])[:4]
    return ", ".join(f"{group} {share:.2g}" for group, share in first if share > 0.0)


def _schedule(steps: Schedule, scale: float, unit: str) -> str:
    later = [f", from {start / SECONDS_PER_HOUR:g} h {value / scale:g} {unit}" for start, value in steps[1:]]
    return f"{steps[0][1] / scale:g} {unit}" + "".join(later)


def _level(c: Criterion) -> str:
    return f"{millisieverts(c.level):g} m{c.unit}{mark(c.verified)}"


def _quantity(c: Criterion) -> str:
    what = c.organ.replace("_", " ") + (" (radioiodine)" if c.nuclides == "radioiodine" else "")
    return f"{what}, {c.age}, {duration(c.window)}{'' if c.computable else ', not computed'}"


def _distance(distance: float, extended: float) -> str:
    more = f", extendable to {km(extended)}" if extended > distance else ""
    return f"{km(distance)}{more} km"
