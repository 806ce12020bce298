"""``oberih participation``: who takes part in the nuclear community, and who says what about it?"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from oberih.cli.lazy import WordsGroup
from oberih.errors import InputError

__all__ = ["participation"]


class Day(click.ParamType[date]):
    """A day on the command line."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read ``2023-03-07``."""
        if isinstance(value, date):
            return value
        try:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError as error:
            field = param.opts[0] if param else "date"
            raise InputError("is no day", field=field, value=value, cure="write it as 2023-03-07") from error


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--as-of", type=Day(), default=None, metavar="DATE",
        help="Only what was public by the end of that day."),
    click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=None,
        help="Tables of your own in place of those that ship."),
    click.option("--json", "as_json", is_flag=True, help="The answer as JSON on stdout."),
    click.option("--csv", "as_csv", is_flag=True, help="The table as CSV on stdout."),
)  # fmt: skip


def _asked(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group(cls=WordsGroup)
def participation() -> None:
    """See who takes part: events, schedules, roles, positions, votes, claims.

    It holds states and organisations, no natural persons. Begin with:  oberih participation list
    """


@participation.command("list")
@click.option("--series", default=None, metavar="ID", help="Only of one series, as iaea-tso.")
@_asked
def list_(series: str | None, **asked: Any) -> None:
    """List the events, each with the last that was said of its date."""
    _show(asked, lambda case, register, day: case.list_events(register, series=series, as_of=day))


@participation.command()
@click.argument("event")
@_asked
def show(event: str, **asked: Any) -> None:
    """Show one EVENT: versions of its schedule, roles, figures side by side, positions, claims."""
    _show(asked, lambda case, register, day: case.show_event(register, event, as_of=day))


@participation.command()
@click.argument("name", metavar="STATE|ORGANISATION")
@_asked
def who(name: str, **asked: Any) -> None:
    """Show what a STATE (ISO code or name) or ORGANISATION did, how it voted, what it claims and what others claim."""
    _show(asked, lambda case, register, day: case.who(register, name, as_of=day))


@participation.command()
@click.argument("instrument", required=False)
@_asked
def votes(instrument: str | None, **asked: Any) -> None:
    """Show all positions, or how each state stood to one INSTRUMENT."""
    _show(asked, lambda case, register, day: case.votes(register, instrument, as_of=day))


@participation.command()
@_asked
def claims(**asked: Any) -> None:
    """List the claims, by whom; those that are normative are recorded and not scored."""
    _show(asked, lambda case, register, day: case.claims(register, as_of=day))


@participation.command()
@click.argument("folder", type=click.Path(path_type=Path))
def lint(folder: Path) -> None:
    """Explain every mistake in the tables of FOLDER, with row and cure."""
    from oberih.case.hold.participation import lint_folder  # as below

    mistakes = lint_folder(folder)
    for mistake in mistakes:
        click.echo(mistake)
    if mistakes:
        raise InputError(f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}", file=folder, cure="see above")
    click.echo(f"{folder}: no mistake")


def _show(asked: dict[str, Any], story: Callable[[Any, Any, date | None], Any]) -> None:
    """Open the register, tell the story, show its sheet."""
    import oberih.case.hold.participation as case  # here, so that help and mistakes answer at once
    from oberih.cli.show import show_sheet

    if asked["as_json"] and asked["as_csv"]:
        raise InputError("stand together", field="--json, --csv", cure="choose one")
    sheet = story(case, case.open_register(asked["folder"], as_of=asked["as_of"]), asked["as_of"])
    if asked["as_csv"]:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([sheet.columns, *sheet.rows])
        sys.stdout.write(out.getvalue())
    else:
        show_sheet(sheet if asked["as_json"] else case.for_reading(sheet), as_json=asked["as_json"])
