"""What must the one know who defends the answer line by line?

Annexes A (every distance), B (the site) and C (the releases); `oberih.case.report.texts` holds D to H.  Every row has
a number; figures of the two pages name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from oberih.case.reach.sources import Released
from oberih.case.report.asked import asked_rows
from oberih.case.report.book import Book, Cell
from oberih.case.report.facts import Part, Reached
from oberih.case.report.second import changed
from oberih.constants import SECONDS_PER_HOUR
from oberih.picture.report import Block, Heading, Paragraph, Points, Row, Run, Section, Table, Text, clean
from oberih.release.fractions import Phase

__all__ = ["annex", "distances_annex", "facts_table", "foreign_points", "releases_annex", "site_annex"]

NUCLIDE_COLUMNS = 5
"""Releases side by side in a table of nuclides."""


def annex(book: Book, at: int, title: str, blocks: Sequence[Block]) -> Section:
    """Make an annex of its blocks."""
    return Section(book.letters[at], book.speech.word(title), tuple(blocks))


def facts_table(book: Book, title: str, rows: Sequence[Row]) -> tuple[Block, ...]:
    """Make a table of what and its value; nothing of no rows."""
    if not rows:
        return ()
    heads = tuple(book.speech.word(f"report-annex.{name}") for name in ("row", "what", "value"))
    return (Table(title, heads, tuple(rows), widths=(0.07, 0.36, 0.57)),)


def foreign_points(book: Book, texts: Sequence[str], *, limit: int = 600) -> tuple[Block, ...]:
    """List sentences that exist in English only."""
    return (Points(tuple((book.speech.foreign(t, limit=limit),) for t in texts), style="note"),) if texts else ()


def distances_annex(book: Book) -> Section:
    """Write annex A."""
    word = book.speech.word
    asked, distances = list(_asked(book)), _every_distance(book)
    parts = [row for part in book.facts.parts for row in _part(book, part)]
    blocks = (
        *facts_table(book, word("report-annex.asked"), asked), distances,
        *facts_table(book, word("report-annex.parts"), parts), *_moves(book), *_towards(book),
    )  # fmt: skip
    return annex(book, 0, "report-annex.title-a", blocks)


def _asked(book: Book) -> Iterator[Row]:
    """The question as it was put."""
    for asked in asked_rows(book):
        yield book.row(0, (asked.key,), asked.what, asked.value)


def _every_distance(book: Book) -> Table:
    word = book.speech.word
    rows: list[Row] = []
    for release in book.facts.releases:
        fuel = (Run(f"{book.scenario(release.scenario)} – "), book.speech.fuel(release.fuel))
        rows.append(Row((fuel,), section=True))
        rows += [_distance(book, r) for r in book.facts.reached if r.release is release]
    heads = [word(f"report-annex.{n}") for n in ("row", "col-action", "col-circle", "col-half", "col-towards")]
    heads += [word("report-annex.col-needed"), word("report-annex.col-people")]
    return Table(
        word("report-annex.distances"), tuple(heads), tuple(rows), widths=(0.06, 0.37, 0.15, 0.10, 0.11, 0.10, 0.11),
        numeric=(2, 3, 5, 6),
    )  # fmt: skip


def _distance(book: Book, r: Reached) -> Row:
    s, c = book.speech, r.criterion
    said = f"{s.action(c)}, {s.level(c.level, c.unit)}{book.mark(c.verified)}; {s.quantity(c)}"
    return book.row(
        0, ("reached", *r.key), said, book.reached(r), "–" if r.median is None else s.km(r.median),
        "–" if r.azimuth is None else s.direction(r.azimuth), "–" if r.share is None else s.percent(r.share),
        "–" if r.distance <= 0.0 else book.people(r.people), faint=r.distance <= 0.0,
    )  # fmt: skip


def _part(book: Book, part: Part) -> Iterator[Row]:
    """What is known of a named zone."""
    s, name, key = book.speech, book.part(part), part.rule.name
    say = s.say
    r = part.reached
    area = f"{s.number(3.141592653589793 * r.distance**2 / 1e6)}\u00a0{s.word('km2')}"
    criterion = f"{s.action(r.criterion)}, {s.level(r.criterion.level, r.criterion.unit)}"
    yield book.row(
        0, ("part", key), s.word("report-annex.part-circle", part=name),
        say("report-annex.part-circle-value", said=book.reached(r), area=area, criterion=criterion,
            scenario=book.scenario(r.release.scenario)), faint=part.empty,
    )  # fmt: skip
    if part.empty or part.towards is None:
        return
    yield book.row(
        0, ("drawn", key), s.word("report-annex.part-drawn", part=name),
        say("report-annex.part-drawn-value", near=s.distance(part.near), far=s.distance(part.far, beyond=part.edge),
            towards=s.direction(part.towards), area=f"{s.number(part.area / 1e6)}\u00a0{s.word('km2')}",
            outside=s.percent(part.outside, 2), coverage=s.percent(part.coverage)),
    )  # fmt: skip
    if r.people is not None:
        yield book.row(
            0, ("people", key), s.word("report-annex.part-people", part=name),
            say("report-annex.part-people-value", said=book.people(r.people), count=s.count(r.people),
                method=s.word(f"report-annex.method-{part.method or 'places'}")),
        )  # fmt: skip
    else:
        yield book.row(0, ("people", key), s.word("report-annex.part-people", part=name), s.word("unknown"))
    if part.confidence is not None and part.starts is not None:
        same = "–" if part.direction_share is None else s.percent(part.direction_share)
        yield book.row(
            0, ("band", key), s.word("report-annex.part-band", part=name),
            say("report-annex.part-band-value", confidence=s.percent(part.confidence), starts=s.count(part.starts),
                same=same),
        )  # fmt: skip


def _decided_by(book: Book) -> dict[str, str]:
    part = book.facts.first
    if part is None:
        return {"criterion": "–", "scenario": "–"}
    c = part.reached.criterion
    said = f"{book.speech.action(c)}, {book.speech.level(c.level, c.unit)}"
    return {"criterion": said, "scenario": book.scenario(part.reached.release.scenario)}


def _moves(book: Book) -> tuple[Block, ...]:
    found = book.facts.sensitivity
    if not found:
        return ()
    s, rows = book.speech, []
    for kind in ("percentiles", "ages", "seasons"):
        for one in found.get(kind, ()):
            name = s.word(f"report-annex.moved-{kind}", value=changed(book, kind, one["value"]))
            rows.append(book.row(0, ("sensitivity", kind, one["value"]), name, _spanned(book, one)))
    for one in found.get("circles", ()):
        name = s.word("report-annex.moved-circle", radius=s.distance(one["radius"]))
        said = s.word("report-annex.in-starts", share=s.percent(one["share"]))
        rows.append(book.row(0, ("circle", one["radius"]), name, said))
    return facts_table(book, s.word("report-annex.moves", **_decided_by(book)), rows)


def _spanned(book: Book, row: dict[str, Any]) -> str:
    band = book.speech.band(row["low"], row["high"])
    return f"{book.speech.km(row['distance'])}" + (f" ({band})" if band else "") + f"\u00a0{book.speech.word('km')}"


def _towards(book: Book) -> tuple[Block, ...]:
    """Distances by direction of the first part: every sector that was computed."""
    part = book.facts.first
    towards = () if part is None else book.facts.towards.get(part.reached.key, ())
    if not towards or max(t.distance for t in towards) <= 0.0:
        return ()
    s = book.speech
    rows = []
    for t in towards:
        band = s.band(t.low, t.high)
        high = s.km(t.distance) + (f" ({band})" if band else "")
        rows.append(book.row(0, ("towards", t.azimuth), s.direction(t.azimuth), s.km(t.median), high))
    percentile = s.percent(book.facts.percentile / 100.0)
    heads = (
        s.word("report-annex.row"), s.word("report-annex.col-direction"), s.word("report-annex.col-half"),
        s.word("report-annex.col-high", percentile=percentile),
    )  # fmt: skip
    title = s.word("report-annex.towards", **_decided_by(book))
    return (Table(title, heads, tuple(rows), widths=(0.12, 0.24, 0.26, 0.38), numeric=(2, 3)),)


def site_annex(book: Book) -> Section:
    """Write annex B."""
    site, s = book.facts.site, book.speech
    north, east = s.word("report-annex.north"), s.word("report-annex.east")
    place = f"{s.number(site.latitude, 6)}° {north}; {s.number(site.longitude, 6)}° {east}"

    def marked(name: str) -> str:
        return book.mark(name not in site.unverified)

    rough = f"{s.number(site.roughness_length)}\u00a0{s.word('m')}{marked('roughness_length')}"
    size = f"{s.number(site.building_height)} × {s.number(site.building_width)}\u00a0{s.word('m')}"
    rows = [
        book.row(1, ("site", "position"), s.word("report-annex.site-position"), place + marked("latitude")),
        book.row(1, ("site", "roughness"), s.word("report-annex.site-roughness"), rough),
        book.row(1, ("site", "building"), s.word("report-annex.site-building"), size + marked("building_height")),
    ]
    note = (Paragraph((s.foreign(site.note, limit=600),), "note"),) if site.note else ()
    blocks = (
        *facts_table(book, s.word("report-annex.site-rows"), rows), _units(book),
        *facts_table(book, s.word("report-annex.pools"), _stored(book)), *note,
        Heading(s.say("report-annex.sources"), 3), *foreign_points(book, site.sources),
    )  # fmt: skip
    return annex(book, 1, "report-annex.title-b", blocks)


def _units(book: Book) -> Table:
    s, rows = book.speech, []
    for unit in book.facts.site.units:

        def marked(said: str, name: str, unsure: tuple[str, ...] = unit.unverified) -> str:
            return said + book.mark(name not in unsure)

        shut = s.word("report-annex.operating") if unit.shutdown is None else s.stamp(unit.shutdown)
        rows.append(book.row(
            1, ("unit", unit.id), clean(unit.id, 40), marked(clean(unit.type, 60), "type"),
            marked(s.number(unit.thermal_power / 1e6, 4), "thermal_power"), marked(s.number(unit.burnup, 4), "burnup"),
            marked(shut, "operating" if unit.shutdown is None else "shutdown"),
        ))  # fmt: skip
    names = ("row", "col-unit", "col-type", "col-power", "col-burnup", "col-shutdown")
    heads = tuple(s.word(f"report-annex.{n}") for n in names)
    return Table(s.word("report-annex.units"), heads, tuple(rows), widths=(0.07, 0.12, 0.24, 0.16, 0.16, 0.25),
                 numeric=(3, 4))  # fmt: skip


def _stored(book: Book) -> list[Row]:
    s, rows = book.speech, []
    for at, pool in enumerate(book.facts.site.pools):
        unit = clean(pool.unit, 40)
        name = s.word("report-annex.pool-unit", unit=unit) if unit else s.word("report-annex.pool-site")
        cores = s.number(sum(b.core_fraction for b in pool.batches))
        day = s.day(max((b.discharged for b in pool.batches), default=0))
        said = s.word("report-annex.pool-value", batches=str(len(pool.batches)), cores=cores, day=day)
        rows.append(book.row(1, ("pool", at), name, said + book.mark(pool.verified)))
    store = book.facts.site.dry_storage
    if store is not None:
        said = s.word(
            "report-annex.dry-value", casks=s.count(store.casks), assemblies=str(store.assemblies_per_cask),
            burnup=s.number(store.burnup, 4), time=s.duration(store.cooling_time),
        )  # fmt: skip
        rows.append(book.row(1, ("dry",), s.word("report-annex.dry"), said + book.mark(store.verified)))
    return rows


def releases_annex(book: Book) -> Section:
    """Write annex C."""
    blocks: list[Block] = []
    for release in book.facts.releases:
        blocks += _release(book, release)
    blocks += _nuclides(book)
    missing = sorted({r.missing for r in book.facts.releases if r.missing})
    if missing:
        blocks += [Heading(book.speech.say("report-annex.missing"), 3), *foreign_points(book, missing)]
    return annex(book, 2, "report-annex.title-c", blocks)


def _release(book: Book, release: Released) -> list[Block]:
    s, scenario, name = book.speech, release.scenario, release.scenario.name

    def row(key: str, value: Cell) -> Row:
        return book.row(2, ("release", name, key), s.word(f"report-annex.{key}"), value)

    heights = sorted({float(h) for h in release.source_term.height})
    rows = [
        row("story", s.choose(scenario.story.get("en", ""), scenario.story.get("uk", ""), limit=500)),
        row("fuel", (s.fuel(release.fuel), Run(book.mark(release.verified)))),
        row("lasts", s.duration(SECONDS_PER_HOUR * release.source_term.hours)),
        row("height", f"{', '.join(s.number(h) for h in heights)}\u00a0{s.word('m')}"),
    ]
    rows += [
        book.row(2, ("release", name, "phase", at), s.word("report-annex.phases"), _phase(book, phase))
        for at, phase in enumerate(scenario.phases)
    ]
    shares = book.facts.result.get("dominant", {}).get(scenario.title.get("en", ""), {})
    if shares:
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        rows.append(row("dominant", "; ".join(f"{n} {s.percent(v, 2)}" for n, v in ranked)))
    notes: list[Text] = []
    if scenario.unverified:
        names = s.foreign("; ".join(scenario.unverified), limit=600)
        notes.append(s.say("report-annex.unverified-list", names=names))
    notes += [(s.foreign(source, limit=400),) for source in scenario.sources]
    return [*facts_table(book, book.scenario(scenario), rows), *([Points(tuple(notes), style="note")] if notes else [])]


def _phase(book: Book, phase: Phase) -> str:
    """What a phase releases from the fuel, by element group."""
    s = book.speech
    told = [
        f"{_named(book, 'group', group)} {s.percent(share)}" for group, share in phase.fraction.items() if share > 0.0
    ]
    return s.word(
        "report-annex.phase-value", name=_named(book, "phase", phase.name), start=s.duration(phase.start),
        duration=s.duration(phase.duration), groups="; ".join(told) or s.word("report-annex.none"),
    )  # fmt: skip


def _named(book: Book, kind: str, name: str) -> str:
    """The name of a group or phase; its own where the catalogue has none."""
    try:
        return book.speech.word(f"report-annex.{kind}-{name.replace(' ', '-')}")
    except KeyError:
        return clean(name, 60)


def _nuclides(book: Book) -> list[Block]:
    """Activity released in all, by nuclide and release."""
    s, found = book.speech, []
    releases = book.facts.releases
    for at in range(0, len(releases), NUCLIDE_COLUMNS):
        some = releases[at : at + NUCLIDE_COLUMNS]
        totals = [r.source_term.total() for r in some]
        names = sorted({n for t in totals for n, a in t.items() if a > 0.0}, key=_isotope)
        rows = [
            book.row(2, ("nuclide", at, n), n, *(s.number(t[n]) if t.get(n, 0.0) > 0.0 else "–" for t in totals))
            for n in names
        ]
        heads = (s.word("report-annex.row"), s.word("report-annex.nuclide"), *(book.scenario(r.scenario) for r in some))
        widths = (0.07, 0.12, *(0.81 / len(some) for _ in some))
        numeric = tuple(range(2, len(heads)))
        found.append(Table(s.word("report-annex.nuclides"), heads, tuple(rows), widths=widths, numeric=numeric))
    return list(found)


def _isotope(name: str) -> tuple[str, str]:
    element, _, mass = name.partition("-")
    return element, f"{mass:0>6}"
