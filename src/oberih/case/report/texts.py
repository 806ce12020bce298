"""Which weather, which texts, which method, who lives inside, and how is it checked?

Annexes D to H of a report.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import Any

from oberih.case.reach.request import DEFAULT_SEED, PLANNING_DAY
from oberih.case.reach.sources import DEFAULT_SCENARIOS
from oberih.case.report.annexes import annex, facts_table
from oberih.case.report.book import Book, Cell
from oberih.case.report.second import day_said
from oberih.case.wording import day
from oberih.picture.report import Block, Paragraph, Points, Row, Run, Section, Table, Text, clean
from oberih.picture.report_pdf import typst_version
from oberih.zone.planning import compare

__all__ = ["command_of", "criteria_annex", "method_annex", "places_annex", "provenance_annex", "weather_annex"]

MOST_PLACES = 250
"""Places that annex G lists."""

METHOD = 8
"""Paragraphs of the method in the catalogue."""

_KINDS = {"climate-statistics weather": "climate", "typical year": "typical", "observed": "observed"}


def weather_annex(book: Book) -> Section:
    """Write annex D."""
    weather, s = book.facts.result["weather"], book.speech
    quality = weather.get("quality") or {}
    rows: list[Row] = []

    def row(key: str, value: Cell, **values: str) -> None:
        name = s.word(f"report-annex.weather-{key}", **values)
        rows.append(book.row(3, ("weather", key, *values.values()), name, value))

    kind = _KINDS.get(str(weather["label"]))
    row("kind", s.word(f"report-annex.weather-{kind}") if kind else s.foreign(str(weather["label"])))
    row("source", s.foreign(str(weather["source"]), limit=400))
    hours = s.count(int(weather["hours"]))
    if kind == "climate":
        row("period", s.word("report-annex.weather-made-period", hours=hours))
    else:
        first, last = s.stamp(quality.get("start", weather.get("from"))), s.stamp(quality.get("end", weather.get("to")))
        row("period", s.word("report-annex.weather-period-value", first=first, last=last, hours=hours))
    if quality:
        row("gaps", f"{len(quality['gaps'])}; {s.duration(float(quality['longest_gap']))}")
        calm = int((weather.get("derivation") or {}).get("calm_given_minimum_speed", 0))
        row("calms", f"{s.count(int(quality['calms']))}; {s.count(calm)}")
    for name, share in sorted((quality.get("unknown") or {}).items()):
        said = _quantity(book, name)
        if said and share > 0.0:
            row("unknown", s.percent(float(share)), name=said)
    dry = int((weather.get("derivation") or {}).get("rain_unknown_taken_as_none", 0))
    if dry:
        row("made", s.count(dry), name=s.word("report-annex.rain-none"))
    return annex(book, 3, "report-annex.title-d", facts_table(book, s.word("report-annex.title-d"), rows))


def _quantity(book: Book, name: str) -> str:
    """The name of a measured quantity; empty for what is derived anyway."""
    try:
        return book.speech.word(f"report-annex.quantity-{name}")
    except KeyError:
        return ""


def criteria_annex(book: Book) -> Section:
    """Write annex E."""
    s, chosen = book.speech, book.facts.criteria
    rows = []
    for c in dict.fromkeys(r.criterion for r in book.facts.reached):
        paths = ", ".join(s.word(f"report-annex.pathway-{p}") for p in c.pathways)
        title = s.choose(c.title, c.title_uk) if c.title_uk else Run(s.action(c))
        clause = s.foreign(f"{c.source}: {c.clause}" if c.clause else c.source, limit=300)
        note: Text = (Run(". "), s.foreign(c.note, limit=400)) if c.note else ()
        level = f"{s.level(c.level, c.unit)}{book.mark(c.verified)}; {s.quantity(c)}; {paths}"
        checked = s.word(f"report-annex.{'yes' if c.verified else 'no'}")
        rows.append(book.row(4, ("criterion", c.key), title, level, (clause, *note), checked))
    heads = tuple(s.word(f"report-annex.{n}") for n in ("row", "col-criterion", "col-level", "col-text", "col-checked"))
    table = Table(s.word("report-annex.criteria"), heads, tuple(rows), widths=(0.07, 0.20, 0.24, 0.38, 0.11))
    about = Paragraph((s.foreign(chosen.text, limit=900),), "note")
    rules = [
        book.row(4, ("rule", p.rule.name), book.part(p), p.rule.text if s.language == "en" else p.rule.text_uk)
        for p in book.facts.parts
    ]
    defined = facts_table(book, s.word("report-annex.rules"), rules)
    return annex(book, 4, "report-annex.title-e", (table, about, *defined, *_literature(book), *_regimes(book)))


def _regimes(book: Book) -> tuple[Block, ...]:
    """What was found of the regimes that touch the zone, and by which rules."""
    found, s = book.facts.regimes, book.speech
    if not found:
        return ()
    rows = []
    for one in found["rows"]:
        title = clean(one["title"].get(s.language) or one["title"]["en"], 120)
        told = (Run(f"{one['summary'][s.language]}; "), Run(f"sha256 {one['rule_sha256']}", "code"))
        state = s.word(f"status-{one['worst'] or 'none'}")
        said = (Run(f"{state}{book.mark(not one['unverified'])}. "), *told)
        rows.append(book.row(4, ("regime", one["regime"]), title, said))
    title = s.word("regimes", day=day_said(book))
    return (*facts_table(book, title, rows), Paragraph((Run(clean(found["rests_on"][s.language], 400)),), "note"))


def _literature(book: Book) -> tuple[Block, ...]:
    """Computed distances beside the planning sizes of others."""
    s, rows = book.speech, []
    for part in book.facts.parts:
        r = part.reached
        beside = [
            one for size in part.rule.compare
            for one in compare(r.distance, part=size, low=r.low, high=r.high, country=book.facts.site.country)
        ]  # fmt: skip
        if beside:
            here = f"{book.part(part)}: {book.reached(r)}\u00a0{s.word('km')}"
            rows.append(Row(((Run(here),),), section=True))
        for one in beside:
            size = one.size
            span = s.km(size.near) + (f"–{s.km(size.far)}" if size.far > size.near else "") + book.mark(size.verified)
            key = ("literature", part.rule.name, size.authority, size.label)
            rows.append(book.row(
                4, key, s.foreign(size.label), span, s.foreign(f"{size.authority}: {size.source}"),
                s.word(f"report-annex.verdict-{one.verdict}"),
            ))  # fmt: skip
    if not rows:
        return ()
    heads = tuple(s.word(f"report-annex.{n}") for n in ("row", "col-theirs", "col-span", "col-whose", "col-verdict"))
    return (Table(s.word("report-annex.literature"), heads, tuple(rows), widths=(0.07, 0.28, 0.13, 0.40, 0.12)),)


def method_annex(book: Book) -> Section:
    """Write annex F."""
    items = tuple(book.speech.say(f"report-annex.method-{i}") for i in range(1, METHOD + 1))
    return annex(book, 5, "report-annex.title-f", (Points(items, numbered=True),))


def places_annex(book: Book) -> Section:
    """Write annex G."""
    s, part = book.speech, book.facts.first
    if part is None or part.empty or not part.places:
        return annex(book, 6, "report-annex.title-g", (Paragraph(s.say("places-none")),))
    rows = []
    for place in part.places[:MOST_PLACES]:
        people = "–" if place.population is None else _told(book, place.population)
        degrees = math.degrees(place.azimuth)
        key = ("place", part.rule.name, place.id)
        rows.append(book.row(6, key, book.place(place), people, s.km(place.distance), s.direction(degrees)))
    heads = (s.word("report-annex.row"), *(s.word(f"col-{n}") for n in ("place", "people", "distance", "towards")))
    title = s.word("report-annex.title-g")
    table = Table(title, heads, tuple(rows), widths=(0.10, 0.36, 0.24, 0.14, 0.16), numeric=(2, 3))
    left = len(part.places) - MOST_PLACES
    more = (Paragraph(s.say("report-annex.places-cut", count=str(left)), "note"),) if left > 0 else ()
    return annex(book, 6, "report-annex.title-g", (table, *more))


def _told(book: Book, people: int) -> str:
    """A number of people as the two pages round it, and as listed where that differs."""
    rounded, exact = book.people(people), book.speech.count(people)
    return exact if rounded == exact else f"{rounded} ({exact})"


def provenance_annex(book: Book) -> Section:
    """Write annex H."""
    s, origin = book.speech, book.facts.provenance

    def code(text: str) -> Run:
        return Run(clean(text, 2000), "code")

    top = [
        book.row(7, ("digest",), s.word("report-annex.digest"), code(book.facts.digest)),
        book.row(7, ("seed",), s.word("report-annex.seed"), str(origin["seed"])),
        book.row(7, ("again",), s.word("report-annex.again"), code(command_of(book))),
    ]
    inputs = [book.row(7, ("input", n), code(n), code(str(v))) for n, v in sorted(origin["inputs"].items())]
    choices = [book.row(7, ("parameter", n), code(n), code(_plain(v))) for n, v in sorted(origin["parameters"].items())]
    software = sorted({**origin["software"], "typst": typst_version()}.items())
    made = [book.row(7, ("software", n), code(n), code(str(v))) for n, v in software]
    names = ("web", "3") if book.facts.again else ("1", "2", "3")
    checks = Points(tuple(s.say(f"report-annex.check-{name}") for name in names), numbered=True)
    blocks = (
        *facts_table(book, s.word("report-annex.title-h"), top), checks,
        *facts_table(book, s.word("report-annex.inputs"), inputs),
        *facts_table(book, s.word("report-annex.parameters"), choices),
        *facts_table(book, s.word("report-annex.software"), made),
    )  # fmt: skip
    return annex(book, 7, "report-annex.title-h", blocks)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_plain(v) for v in value) or "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {_plain(v)}" for k, v in value.items()) or "–"
    return "–" if value is None else str(value)


def command_of(book: Book) -> str:
    """Write the command line, or the address, that gives the same report."""
    if book.facts.again:
        return f"{book.facts.again}&lang={book.speech.language}"
    chosen, origin = book.facts.parameters, book.facts.provenance
    words = ["oberih", "report", book.facts.site_argument]
    scenarios = list(chosen.get("scenarios") or [chosen["scenario"]])
    if tuple(scenarios) != DEFAULT_SCENARIOS:
        words += [w for name in scenarios for w in ("--scenario", str(name))]
    given = {
        "--criteria": chosen["criteria"], "--weather": chosen.get("weather", "climate"),
        "--percentile": f"{float(chosen['percentile']):g}", "--age": chosen.get("age"),
        "--height": chosen.get("height"),
    }  # fmt: skip
    usual = {"--criteria": "iaea", "--weather": "climate", "--percentile": "95", "--age": None, "--height": None}
    for name, value in given.items():
        if value is not None and value != usual[name]:
            words += [name, str(value)]
    if book.facts.at != PLANNING_DAY:
        words += ["--at", day(book.facts.at)]
    for measure in chosen.get("protection") or ():
        words += ["--protection", str(measure)]
    if origin["seed"] != DEFAULT_SEED:
        words += ["--seed", str(origin["seed"])]
    if book.facts.regimes:
        words += ["--regimes-as-of", str(book.facts.regimes["as_of"])]
    return shlex.join([*words, "--language", book.speech.language])
