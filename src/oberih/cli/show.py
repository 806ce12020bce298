"""How does an answer look on a terminal?

Draws `Answer` and `Sheet`; the only place in the face where SI numbers become words.
"""

from __future__ import annotations

import dataclasses
import json
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from oberih.case.answer import Answer, Reach
from oberih.case.sheet import Sheet
from oberih.case.wording import compass, km
from oberih.units import millisieverts

__all__ = ["show_answer", "show_json", "show_sheet"]

UNVERIFIED = "†"
"""Mark of a number that was not checked against its text."""

NOT_REAL = ("climate-statistics weather", "typical year")
"""Labels of weather that never happened; their banner warns."""


def show_json(data: Any) -> None:
    """Print plain data as JSON on stdout."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def show_sheet(sheet: Sheet, *, as_json: bool = False) -> None:
    """Print a page of facts."""
    if as_json:
        show_json(dataclasses.asdict(sheet))
        return
    console = _console()
    console.print(Text(sheet.title, style="bold"))
    if sheet.facts:
        grid = Table.grid(padding=(0, 2))
        for what, value in sheet.facts:
            grid.add_row(Text(what, style="dim"), Text(value))
        console.print(grid)
    if sheet.rows:
        table = Table(box=box.SIMPLE_HEAD)
        for column in sheet.columns:
            table.add_column(Text(column))
        for row in sheet.rows:
            table.add_row(*[Text(cell) for cell in row])
        console.print(table)
    _print_notes(console, sheet.notes)


def show_answer(answer: Answer, *, as_json: bool = False) -> None:
    """Print an answer: banner, distances by action, zones, nuclides, notes, files."""
    if as_json:
        show_json(answer.data)
        return
    console = _console()
    console.print(Panel(_banner(answer), title=Text(answer.title, style="bold"), title_align="left", expand=False))
    for scenario, reaches in groupby(answer.reaches, key=lambda r: r.scenario):
        console.print(_reach_table(scenario, list(reaches), percentile=answer.percentile))
    if answer.zones:
        console.print(_zone_table(answer))
    for scenario, shares in answer.dominant:
        console.print(Text(f"Dose in {scenario}: " + ", ".join(f"{n} {100 * s:.0f} %" for n, s in shares)))
    _print_notes(console, answer.notes + _legend(answer))
    for path in answer.files:
        console.print(Text(f"written  {path}", style="dim"), soft_wrap=True)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Let the door decide: a reader that leaves is no fault."""
        raise BrokenPipeError


def _console() -> Console:
    """A terminal's own width; wide enough for a table where the output goes into a file."""
    console = _Screen(highlight=False)
    return console if console.is_terminal else _Screen(highlight=False, width=max(console.width, 120))


def _banner(answer: Answer) -> RenderableType:
    made_up = answer.weather_label in NOT_REAL
    weather = Text(f"Weather: {answer.weather_label}", style="bold yellow" if made_up else "green")
    weather.append(f" ({answer.weather_source})", style="default")
    if made_up:
        weather.append("\nNot a year that happened: for planning a first look, not for a decision.", style="yellow")
    return Group(weather, Text(f"Criteria: {answer.criteria}"))


def _reach_table(scenario: str, reaches: list[Reach], *, percentile: float | None) -> Table:
    over_a_year = percentile is not None
    table = Table(title=Text(scenario, style="bold"), title_justify="left", box=box.SIMPLE_HEAD)
    reach = f"reach, {percentile:g} % [km]" if over_a_year else "reach [km]"
    heads = ["Action", "if the dose reaches", "of", reach]
    heads += ["band [km]", "half of starts [km]", "towards", "starts that need it"] if over_a_year else ["towards"]
    for head in [*heads, "people inside"]:
        as_text = head in {"Action", "of", "towards"}
        table.add_column(Text(head), justify="left" if as_text else "right", style="bold" if head == reach else "")
    for r in reaches:
        before = [Text(r.action), _level(r), Text(r.quantity), _reach(r)]
        yearly = [_band(r), Text(_km(r.median))] if over_a_year else []
        share = [Text("–" if r.share is None else f"{100 * r.share:.3g} %")] if over_a_year else []
        table.add_row(
            *before, *yearly, Text("–" if r.azimuth is None else compass(r.azimuth)), *share, Text(_people(r.people))
        )
    return table


def _zone_table(answer: Answer) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(Text("Zone"))
    table.add_column(Text("radius [km]"), justify="right")
    for name, radius in answer.zones:
        table.add_row(Text(name), Text(_km(radius)))
    return table


def _level(r: Reach) -> Text:
    return Text(f"{millisieverts(r.level):g} m{r.unit}{'' if r.verified else UNVERIFIED}")


def _reach(r: Reach) -> Text:
    return Text("nowhere" if r.distance <= 0.0 else ("> " if r.beyond else "") + _km(r.distance))


def _band(r: Reach) -> Text:
    return Text("–" if r.low is None or r.high is None else f"{_km(r.low)} to {_km(r.high)}")


def _km(metres: float | None) -> str:
    return "–" if metres is None else km(metres)


def _people(people: int | None) -> str:
    return "unknown" if people is None else f"{people:,}".replace(",", " ")


def _legend(answer: Answer) -> tuple[str, ...]:
    unverified = any(not r.verified for r in answer.reaches)
    return (f"{UNVERIFIED} rests on a number not checked against its text",) if unverified else ()


def _print_notes(console: Console, notes: tuple[str, ...]) -> None:
    for note in notes:
        console.print(Text(f"· {note}", style="dim"))
