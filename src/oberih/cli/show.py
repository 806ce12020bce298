"""How does an answer look on a terminal?

Draws `Answer` and `Sheet`; the only place in the face where SI numbers become words.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from oberih.case.reach.answer import Answer, Reach
from oberih.case.sheet import Sheet
from oberih.case.wording import compass, km
from oberih.picture.caveat import weather_caveat
from oberih.units import millisieverts

__all__ = ["show_answer", "show_json", "show_sheet"]

UNVERIFIED = "†"
"""Mark of a number that was not checked against its text."""

PIPE_WIDTH = 100
"""Columns where the output goes into a file or another program."""

FEWEST_LETTERS = 14
"""Of an action's name before it is broken into lines."""

COURSES = ["Action", "median\nreach\n[km]", "least to\nmost\n[km]", "towards", "courses\nthat\nneed it",
           "people\ninside\n(median)"]  # fmt: skip
"""Heads of the table of an event over several courses of the weather."""

THIN = "\u202f"
"""Between the thousands of a number."""


def show_json(data: Any) -> None:
    """Print plain data as JSON on stdout."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def show_sheet(sheet: Sheet, *, as_json: bool = False) -> None:
    """Print a page of facts."""
    if as_json:
        show_json(dataclasses.asdict(sheet))
        return
    console = _console(at_least=120)
    console.print(Text(sheet.title, style="bold"))
    if sheet.facts:
        grid = Table.grid(padding=(0, 2))
        for what, value in sheet.facts:
            grid.add_row(Text(what, style="dim"), Text(value, overflow="fold"))
        console.print(grid)
    if sheet.rows:
        table = Table(box=box.SIMPLE_HEAD)
        for column in sheet.columns:
            table.add_column(Text(column), overflow="fold")
        for row in sheet.rows:
            table.add_row(*[Text(cell) for cell in row])
        console.print(table)
    _print_notes(console, sheet.notes)


def show_answer(answer: Answer, *, as_json: bool = False) -> None:
    """Print an answer: the answer itself, zones, levels, reach by scenario and action, notes, files."""
    if as_json:
        show_json(answer.data)
        return
    console = _console(at_least=PIPE_WIDTH)
    console.print(Panel(_banner(answer), title=Text(answer.title, style="bold"), title_align="left", expand=False))
    if answer.zones:
        console.print(_zone_table(answer))
    if answer.reaches:
        console.print(_level_table(answer.reaches))
        _print_reaches(console, answer)
    _print_notes(console, _notes(answer))
    if _literature(answer):
        console.print(Text("Beside the planning sizes of others"))
        _print_notes(console, _literature(answer))
    for path in answer.files:
        console.print(Text(f"written  {path}", style="dim"), soft_wrap=True)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Let the door decide: a reader that leaves is no fault."""
        raise BrokenPipeError


def _console(*, at_least: int) -> Console:
    """A terminal's own width; wide enough for a table where the output goes into a file."""
    console = _Screen(highlight=False)
    return console if console.is_terminal else _Screen(highlight=False, width=max(console.width, at_least))


def _banner(answer: Answer) -> RenderableType:
    """The answer first, then what it rests on."""
    caveat = weather_caveat(answer.weather_label)
    weather = Text(f"Weather: {answer.weather_label}", style="bold yellow" if caveat else "green")
    weather.append(f" ({answer.weather_source})", style="default")
    if caveat:
        weather.append(f"\n{caveat}", style="yellow")
    day = _result(answer).get("day")
    fuel = [Text(f"Fuel: decayed to {day}")] if day else []
    headline = [Text(answer.headline, style="bold"), Text()] if answer.headline else []
    return Group(*headline, weather, Text(f"Criteria: {answer.criteria}"), *fuel)


def _zone_table(answer: Answer) -> Table:
    """The named zones with their radius, those that reach nowhere subdued."""
    beyond = {r.distance for r in answer.reaches if r.beyond}
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(Text("Zone"))
    table.add_column(Text("radius [km]"), justify="right")
    for name, radius in answer.zones:
        told = "nowhere" if radius <= 0.0 else ("> " if radius in beyond else "") + _km(radius)
        table.add_row(Text(name), Text(told), style="dim" if radius <= 0.0 else "")
    return table


def _level_table(reaches: Sequence[Reach]) -> Table:
    """Which dose calls for which action: the same under every scenario, so told once."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(Text("Action"))
    table.add_column(Text("if the dose reaches"), justify="right")
    table.add_column(Text("of"))
    for action, level, quantity in dict.fromkeys((r.action, _level(r), r.quantity) for r in reaches):
        table.add_row(Text(action), Text(level), Text(quantity))
    return table


def _print_reaches(console: Console, answer: Answer) -> None:
    """One table of all scenarios: the columns stand under each other, a section for each scenario."""
    courses = answer.percentile is None and any(r.low is not None for r in answer.reaches)
    heads = COURSES if courses else _heads(answer.percentile)
    cells = {
        id(r): _of_courses(r) if courses else _cells(r, yearly=answer.percentile is not None) for r in answer.reaches
    }
    wide = [
        max(len(line) for line in [*head.split("\n"), *(row[i] for row in cells.values())])
        for i, head in enumerate(heads)
    ]
    room = console.width - 2 - sum(wide[1:]) - 2 * (len(wide) - 1)
    wide[0] = min(wide[0], max(room, FEWEST_LETTERS))
    console.print(_rows(heads, wide, [], header=True))
    fuel, dose = _fuel(answer), dict(answer.dominant)
    for scenario, reaches in groupby(answer.reaches, key=lambda r: r.scenario):
        console.print(_title(scenario, fuel.get(scenario, ""), console.width))
        if dose.get(scenario):
            console.print(Text(f"  dose from {_shares(dose[scenario])}", style="dim"))
        console.print(_rows(heads, wide, [(cells[id(r)], r.distance <= 0.0) for r in reaches]))
        console.print()


def _title(scenario: str, fuel: str, width: int) -> Text:
    """A scenario with its fuel: on one line where it fits."""
    title = Text(scenario, style="bold")
    if fuel:
        apart = " – " if len(scenario) + len(fuel) + 3 <= width else "\n  "
        title.append(f"{apart}{fuel}", style="not bold")
    return title


def _heads(percentile: float | None) -> list[str]:
    if percentile is None:
        return ["Action", "reach\n[km]", "towards", "people\ninside"]
    half, share = "half of\nstarts\n[km]", "starts\nthat\nneed it"
    return ["Action", f"{percentile:g} %\nreach\n[km]", "band\n[km]", half, "towards", share, "people\ninside"]


def _rows(
    heads: Sequence[str], wide: Sequence[int], rows: Sequence[tuple[list[str], bool]], *, header: bool = False
) -> Table:
    """Rows in columns of given widths; what reaches nowhere is subdued."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, show_header=header, padding=(0, 1, 0, 0))
    for head, width in zip(heads, wide, strict=True):
        as_text = head in {"Action", "towards"}
        reach = "reach" in head
        table.add_column(
            Text(head), width=width, justify="left" if as_text else "right", vertical="bottom",
            style="bold" if reach else "", overflow="fold",
        )  # fmt: skip
    for cells, faint in rows:
        table.add_row(*[Text(cell, style="not bold dim" if faint else "") for cell in cells])
    return table


def _cells(r: Reach, *, yearly: bool) -> list[str]:
    """A row's words: action, reach, for a year band, half and share, direction, people."""
    nowhere = r.distance <= 0.0
    reach = "nowhere" if nowhere else ("> " if r.beyond else "") + _km(r.distance)
    towards = "–" if nowhere or r.azimuth is None else compass(r.azimuth)
    people = "–" if nowhere else _people(r.people)
    start = [r.action, reach + ("" if r.verified else UNVERIFIED)]
    if not yearly:
        return [*start, towards, people]
    half = "–" if nowhere or r.median is None else _km(r.median) if r.median > 0.0 else "nowhere"
    share = "–" if r.share is None else f"{100 * r.share:.3g} %"
    return [*start, _band(r), half, towards, share, people]


def _of_courses(r: Reach) -> list[str]:
    """A row's words over several courses of the weather: the median, least and most, how many need it."""
    nowhere = r.high is None or r.high <= 0.0
    reach = "nowhere" if r.distance <= 0.0 else ("> " if r.beyond else "") + _km(r.distance)
    span = "–" if nowhere else f"{_km(r.low) if r.low else 'nowhere'} to {_km(r.high)}"
    towards = "–" if nowhere or r.azimuth is None else compass(r.azimuth)
    share = "–" if r.share is None else f"{100 * r.share:.3g} %"
    return [
        r.action,
        reach + ("" if r.verified else UNVERIFIED),
        span,
        towards,
        share,
        "–" if nowhere else _people(r.people),
    ]


def _band(r: Reach) -> str:
    if r.low is None or r.high is None or r.high <= 0.0:
        return "–"
    if r.beyond:
        return "–" if r.low >= 0.99 * r.distance else f"{_km(r.low)} or more"
    return f"{_km(r.low)}–{_km(r.high)}"


def _shares(shares: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{nuclide} {100 * share:.0f} %" for nuclide, share in shares if share >= 0.005)


def _level(r: Reach) -> str:
    return f"{millisieverts(r.level):g} m{r.unit}"


def _km(metres: float | None) -> str:
    return "–" if metres is None else km(metres)


def _people(people: int | None) -> str:
    return "unknown" if people is None else f"{people:,}".replace(",", THIN)


def _result(answer: Answer) -> dict[str, Any]:
    """The machine-readable result, whether or not it was kept with its provenance."""
    result: dict[str, Any] = answer.data.get("result", answer.data)
    return result


def _fuel(answer: Answer) -> dict[str, str]:
    """What fuel each scenario releases from, by the scenario's title."""
    return {r["title"]["en"]: r["fuel"] for r in _result(answer).get("releases", ()) if r.get("fuel")}


def _notes(answer: Answer) -> tuple[str, ...]:
    """What is not said above."""
    fuel = _fuel(answer)
    elsewhere = {answer.headline, *_literature(answer)}
    said = [n for n in answer.notes if n not in elsewhere and not (fuel and all(f in n for f in fuel.values()))]
    if any(not r.verified for r in answer.reaches):
        said.append(f"{UNVERIFIED} rests on a number not checked against its text")
    return tuple(said)


def _literature(answer: Answer) -> tuple[str, ...]:
    """The first zone beside the planning sizes of the literature."""
    return tuple(line for part in _result(answer).get("parts", ())[:1] for line in part.get("literature", ()))


def _print_notes(console: Console, notes: tuple[str, ...]) -> None:
    """Notes as a list, their lines under each other."""
    for note in notes:
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_row(Text("·", style="dim"), Text(note, style="dim", overflow="fold"))
        console.print(line)
