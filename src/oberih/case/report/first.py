"""What does the one who decides read first?

Page 1: the question, the answer in one sentence with its band, the map, the options, and how sure it is.
"""

from __future__ import annotations

from oberih.case.report.asked import asked_rows
from oberih.case.report.book import Book
from oberih.case.report.facts import Part
from oberih.case.report.map import map_of
from oberih.picture.caveat import weather_caveat
from oberih.picture.report import (
    Block,
    Box,
    Columns,
    Heading,
    Paragraph,
    Points,
    Row,
    Run,
    Table,
    Text,
    clean,
)

__all__ = ["IODINE_GONE", "answer_text", "first_page"]

IODINE_GONE = 100 * 86400
"""After shutdown, from when on a report says that radioiodine has decayed [s]: a dozen half-lives of I-131."""


def first_page(book: Book) -> tuple[Block, ...]:
    """Lay out page 1."""
    say = book.speech.say
    kicker = say(
        "kicker", site=book.site, day=book.figure(book.speech.day(book.facts.at), "day"),
        criteria=book.speech.choose(book.facts.criteria.title, book.facts.criteria.title_uk, limit=70),
    )  # fmt: skip
    caveat: tuple[Block, ...] = ()
    if weather_caveat(str(book.facts.result["weather"]["label"])):
        caveat = (Box((Paragraph(say("caveat")),), "warning"),)
    caveat = (*caveat, *_by_hand(book))
    part = book.facts.first
    drawn = () if part is None or part.empty else (Paragraph(_drawn(book, part), "lead"),)
    beside = (*_zones(book), Heading(say("sure")), Points(_sureness(book, part), style="note"))
    return (
        Paragraph(kicker, "kicker"), Paragraph(answer_text(book), "answer"), *drawn, *caveat,
        Columns((map_of(book),), beside, share=0.53),
        Heading(say("options")), Points(_options(book, part), numbered=True), Paragraph(say("options-note"), "note"),
    )  # fmt: skip


def _by_hand(book: Book) -> tuple[Block, ...]:
    """What was set other than usual, in a frame: it changes the question."""
    told = [f"{row.what}: {row.value}" for row in asked_rows(book) if row.by_hand]
    if not told:
        return ()
    return (Box((Paragraph(book.speech.say("by-hand", settings="; ".join(told))),), "warning"),)


def _percentile(book: Book) -> Run:
    return book.figure(book.speech.percent(book.facts.percentile / 100.0), "percentile")


def answer_text(book: Book) -> Text:
    """Give the answer in one sentence."""
    say, part = book.speech.say, book.facts.first
    if part is None:
        return say("answer-none")
    if part.empty or part.reached.distance <= 0.0:
        return say("answer-nowhere", percentile=_percentile(book))
    r = part.reached
    radius = book.figure(book.speech.distance(r.distance) + book.mark(r.verified), "part", part.rule.name)
    if r.beyond:
        return say("answer-beyond", radius=radius, percentile=_percentile(book))
    band = book.speech.band(r.low, r.high)
    if not band:
        return say("answer-no-band", radius=radius, percentile=_percentile(book))
    with_unit = book.figure(f"{band}\u00a0{book.speech.word('km')}", "part", part.rule.name)
    return say("answer", radius=radius, band=with_unit, percentile=_percentile(book))


def _drawn(book: Book, part: Part) -> Text:
    key = ("drawn", part.rule.name)
    assert part.towards is not None
    return book.speech.say(
        "drawn", near=book.figure(book.speech.distance(part.near), *key),
        far=book.figure(book.speech.distance(part.far, beyond=part.edge), *key),
        towards=book.figure(book.speech.compass(part.towards), *key),
        area=book.figure(_area(book, part.area), *key),
        people=book.figure(book.people(_people(part)), "people", part.rule.name),
        scenario=Run(book.scenario(part.reached.release.scenario), "strong"),
    )  # fmt: skip


def _people(part: Part) -> int | None:
    return part.reached.people


def _area(book: Book, area: float) -> str:
    return f"{book.speech.number(area / 1e6)}\u00a0{book.speech.word('km2')}"


def _zones(book: Book) -> tuple[Block, ...]:
    """The zones in rows, those with nothing in them subdued."""
    word = book.speech.word
    rows = []
    for part in book.facts.parts:
        said = book.reached(part.reached)
        people = "–" if part.empty else book.people(_people(part))
        cells = (
            (Run(clean(book.part(part), 90)),),
            (book.figure(said, "part", part.rule.name),),
            (Run("–") if part.empty else book.figure(people, "people", part.rule.name),),
        )
        rows.append(Row(cells, faint=part.empty))
    if not rows:
        return ()
    title = word("zones", percentile=book.speech.percent(book.facts.percentile / 100.0))
    heads = (word("col-zone"), word("col-circle"), word("col-people"))
    return (Table(title, heads, tuple(rows), widths=(0.39, 0.30, 0.31), numeric=(1, 2)),)


def _options(book: Book, part: Part | None) -> tuple[Text, ...]:
    """What may be decided; in words of options, never an order."""
    say = book.speech.say
    if part is None or part.empty or part.reached.distance <= 0.0:
        return (say("option-nothing"), *_iodine(book))
    found: list[Text] = []
    key = ("part", part.rule.name)
    radius = book.figure(book.speech.distance(part.reached.distance), *key)
    if not part.reached.beyond:
        found.append(say("option-circle", radius=radius, percentile=_percentile(book)))
        round_area = 3.141592653589793 * part.reached.distance**2
        found.append(say(
            "option-drawn", area=book.figure(_area(book, part.area), "drawn", part.rule.name),
            round=book.figure(_area(book, round_area), *key),
        ))  # fmt: skip
    found += _wider(book)
    found += _narrower(book)
    return (*found, say("option-prepare"), *_iodine(book))


def _wider(book: Book) -> list[Text]:
    rows = (book.facts.sensitivity or {}).get("percentiles", [])
    wider = next((r for r in rows if r["value"] > book.facts.percentile + 1e-9), None)
    if wider is None or not book.speech.band(wider["low"], wider["high"]):
        return []
    key = ("sensitivity", "percentiles", wider["value"])
    return [book.speech.say(
        "option-wider", radius=book.figure(book.speech.distance(wider["distance"]), *key),
        band=book.figure(f"{book.speech.band(wider['low'], wider['high'])}\u00a0{book.speech.word('km')}", *key),
        percentile=book.figure(book.speech.percent(wider["value"] / 100.0), *key),
    )]  # fmt: skip


def _narrower(book: Book) -> list[Text]:
    circles = (book.facts.sensitivity or {}).get("circles", [])
    part = book.facts.first
    near = [c for c in circles if part is not None and c["radius"] <= 0.6 * part.reached.distance]
    if not near:
        return []
    one = near[-1]
    key = ("circle", one["radius"])
    return [book.speech.say(
        "option-narrower", radius=book.figure(book.speech.distance(one["radius"]), *key),
        share=book.figure(book.speech.percent(one["share"]), *key),
    )]  # fmt: skip


def _iodine(book: Book) -> list[Text]:
    rows = [r for r in book.facts.reached if r.criterion.action == "iodine"]
    if not rows:
        return []
    far = max(rows, key=lambda r: r.distance)
    if far.distance > 0.0:
        radius = book.figure(book.speech.distance(far.distance), "reached", *far.key)
        return [book.speech.say("option-iodine-beyond" if far.beyond else "option-iodine", radius=radius)]
    shut = all(u.shutdown is not None and u.shutdown + IODINE_GONE <= book.facts.at for u in book.facts.site.units)
    return [book.speech.say("option-iodine-none")] if shut else []


def _sureness(book: Book, part: Part | None) -> tuple[Text, ...]:
    """How sure: what the band holds, and what no band holds."""
    say, found = book.speech.say, []
    if part is not None and not part.empty and not part.reached.beyond:
        found += _band(book, part)
        found += _between(book, part)
        key = ("drawn", part.rule.name)
        found.append(say(
            "sure-outside", share=book.figure(book.speech.percent(part.outside, 2), *key),
            accepted=book.speech.percent(1.0 - book.facts.percentile / 100.0),
        ))  # fmt: skip
    unsure = sum(not r.verified for r in book.facts.reached)
    if unsure:
        found.append(say("sure-unverified", count=str(unsure), all=str(len(book.facts.reached))))
    else:
        found.append(say("sure-verified"))
    return tuple(found)


def _band(book: Book, part: Part) -> list[Text]:
    r = part.reached
    if r.low is None or r.high is None:
        return []
    key = ("part", part.rule.name)
    low, high = (book.figure(book.speech.distance(v), *key) for v in (r.low, r.high))
    if part.confidence is None:
        return [book.speech.say("sure-band-plain", low=low, high=high)]
    confidence = book.figure(book.speech.percent(part.confidence), "band", part.rule.name)
    return [book.speech.say("sure-band", low=low, high=high, confidence=confidence)]


def _between(book: Book, part: Part) -> list[Text]:
    """What the choice of the release makes of the distance: more than any band."""
    alike = [r for r in book.facts.reached if r.criterion.key == part.reached.criterion.key]
    if len(alike) < 2:
        return []
    least, most = min(alike, key=lambda r: r.distance), max(alike, key=lambda r: r.distance)
    return [book.speech.say(
        "sure-scenario", least=book.figure(book.speech.distance(least.distance), "reached", *least.key),
        most=book.figure(book.speech.distance(most.distance, beyond=most.beyond), "reached", *most.key),
    )]  # fmt: skip
