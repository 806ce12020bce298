"""``oberih regime``: do the rules hold, as of a date, by what was known?"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oberih.cli.clock import now, today
from oberih.cli.lazy import WordsGroup
from oberih.cli.options import shared, with_options
from oberih.errors import InputError

if TYPE_CHECKING:
    from oberih.case.hold.judgement import Judgement
    from oberih.case.hold.regime import Asked

__all__ = ["AS_BAD", "Day", "regime"]

AS_BAD = 5
"""Exit code where ``--fail-on`` was given and a finding is that bad, or worse."""

FORMATS = ("table", "json", "csv", "md", "oscal")
_SUFFIXES = {".json": "json", ".csv": "csv", ".md": "md"}


class Day(click.ParamType[date]):
    """A day of the calendar that has come."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the text; a date is one already."""
        if isinstance(value, date):
            return value
        field, cure = param.opts[0] if param else "date", "write it as 2022-09-02"
        try:
            day = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII) else None
        except ValueError as error:
            raise InputError("is no day of the calendar", field=field, value=value, cure=cure) from error
        if day is None:
            raise InputError("is not a date", field=field, value=value, cure=cure)
        if day.year < 1895:
            raise InputError("lies before 1895", field=field, value=value, cure="correct the year")
        if day > today():
            raise InputError(
                "lies in the future: nothing is known of it", field=field, value=value, cure="give a day up to today"
            )
        return day


_LANGUAGE = click.option("--lang", type=click.Choice(["en", "uk"]), default="en", show_default=True,
    help="Language of texts and labels.")  # fmt: skip

_EVIDENCE: tuple[Callable[[Any], Any], ...] = (
    click.option("--known-by", type=Day(), default=None, help="Only what was known by then counts.  [default: all]"),
    click.option("--evidence", default=None, envvar="OBERIH_EVIDENCE", show_envvar=True, metavar="PATH|URL",
        help="A record of your own, whose observations count too; 'none' for the shipped tables alone."
        "  [default: .oberih/evidence/record.sqlite where it is there]"),
    click.option("--observations", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
        help="A table of observations of your own (CSV); may be given several times."),
)  # fmt: skip

_ASKED: tuple[Callable[[Any], Any], ...] = (
    click.option("--as-of", type=Day(), default=None, help="The day judged.  [default: today]"),
    *_EVIDENCE,
    click.option("--format", "form", type=click.Choice(FORMATS), default=None,
        help="How it is shown.  [default: by the suffix of --out, else table]"),
    click.option("--out", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Where to write it."),
    _LANGUAGE,
    click.option("--fail-on", type=click.Choice(["unknown", "at-risk", "compromised"]), default=None,
        help=f"Leave with exit code {AS_BAD} if a finding is that bad, or worse."),
)  # fmt: skip


@click.group(cls=WordsGroup)
def regime() -> None:
    """Do the rules hold, as of a date, by what was known?

    Start with:  oberih regime check seven-pillars
    """


@regime.command("list")
@_LANGUAGE
@shared("json")
def list_(lang: str, as_json: bool) -> None:
    """List the regimes that ship."""
    from oberih.case.hold.regime import all_regimes  # here, so that help and mistakes answer at once
    from oberih.cli.show import show_sheet

    show_sheet(all_regimes(lang), as_json=as_json)


@regime.command()
@click.argument("name", metavar="NAME|FILE")
@with_options(_ASKED)
@click.option(
    "--keep", is_flag=True, help="Put the judgement into the record (that of --evidence), with all that it read."
)
def check(name: str, keep: bool, **given: Any) -> int | None:
    """Judge every obligation of a regime: does it apply, does it hold, who contests it, why?

    Leaves with 0 whatever is found, unless --fail-on is given: then with 5 where a finding is that bad.
    """
    from oberih.case.hold import findings_export as export  # as above
    from oberih.case.hold.regime import check as page
    from oberih.case.hold.regime import judge_regime

    judgement = judge_regime(_asked(name, given))
    sheets = lambda: (page(judgement, given["lang"]),)  # noqa: E731 - made only where it is shown
    _give(judgement, sheets, {"csv": export.as_csv}, given)
    if keep:
        _keep(judgement, given["evidence"])
    return _verdict(judgement, given["fail_on"])


@regime.command()
@click.argument("name", metavar="NAME|FILE")
@click.argument("obligation")
@with_options(_ASKED)
def explain(name: str, obligation: str, **given: Any) -> int | None:
    """Lay one obligation open: its text, force and addressee, what counted, what did not and why."""
    from oberih.case.hold import findings_export as export  # as above
    from oberih.case.hold.regime import judge_regime
    from oberih.case.hold.regime_explain import explain as pages
    from oberih.case.hold.regime_explain import only

    judgement = only(judge_regime(_asked(name, given)), obligation)
    sheets = lambda: pages(judgement, obligation, given["lang"])  # noqa: E731 - as above
    _give(judgement, sheets, {"csv": export.observations_as_csv}, given)
    return _verdict(judgement, given["fail_on"])


@regime.command()
@click.argument("name", metavar="NAME|FILE")
@click.option(
    "--from", "start", type=Day(), default=None, help="First day.  [default: the year of the first observation]"
)
@click.option("--to", "end", type=Day(), default=None, help="Last day.  [default: today]")
@click.option("--step", type=click.IntRange(min=1, max=36525), default=None, metavar="DAYS",
    help="How many days a column of the picture stands for.  [default: 600 columns at most]")  # fmt: skip
@click.option("--as-known-then", is_flag=True, help="Judge each day by what was known on it.")
@with_options(_EVIDENCE)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="FOLDER",
    help="Folder for the picture (PNG, SVG) and the changes (CSV, JSON, Markdown).  [default: none]")  # fmt: skip
@_LANGUAGE
@shared("quiet", "json")
def timeline(name: str, start: date | None, end: date | None, as_known_then: bool, **given: Any) -> None:
    """Show when findings changed, and why: a table, and with --out a picture.

    Changes are found to the day; --step is of the picture alone.
    """
    from oberih.case.hold.regime_timeline import history  # as above
    from oberih.case.hold.timeline_pages import history_sheet
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    asked = _asked(name, {**given, "as_of": end})
    with watched(quiet=given["quiet"]) as progress:
        found = history(asked, start=start, progress=progress, rolling=as_known_then)
    if not given["quiet"] or given["as_json"]:
        show_sheet(history_sheet(found, given["lang"]), as_json=given["as_json"])
    if given["out"] is not None:
        from oberih.case.hold.timeline_products import keep_history  # here: it draws

        for path in keep_history(given["out"], found, step=given["step"], language=given["lang"]):
            click.echo(f"written  {path}", err=True)


@regime.command()
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--regime", "name", required=True, metavar="NAME|FILE", help="The rule it was judged by.")
def recompute(export: Path, name: str) -> int | None:
    """Judge again what an EXPORT (JSON of check or explain) says, from the observations in it.

    Leaves with 3 where a finding does not come out the same to the byte.
    """
    from oberih.case.hold.findings_export import (
        read_file,
        recompute_export,  # as above
    )

    agree, count = recompute_export(read_file(export), name, file=export)
    click.echo(f"{export}: {agree} of {count} findings come out the same, those left out or put in counted")
    return None if agree == count else 3


@regime.command()
@click.argument("file", type=click.Path(path_type=Path))
def lint(file: Path) -> int | None:
    """Explain every mistake in a FILE of rules: a regime, a registry of instruments, a register.

    Leaves with 2 where there is any.
    """
    from oberih.case.hold.regime import mistakes  # as above

    lines = mistakes(file)
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo(f"{file}: no mistakes found")
    return 2 if lines else None


@regime.command()
def schema() -> None:
    """Print the JSON Schema of a regime file."""
    from oberih.cli.show import show_json  # as above
    from oberih.regimes.read.schema import regime_schema

    show_json(regime_schema())


def _asked(name: str, given: dict[str, Any]) -> Asked:
    from oberih.case.hold.regime import Asked
    from oberih.case.prove.keeping import own_record

    as_of = given["as_of"] or today()
    return Asked(name, as_of, given["known_by"], own_record(given["evidence"]), tuple(given["observations"]))


def _keep(judgement: Judgement, store: str | None) -> None:
    from oberih.case.hold.keep_judgement import keep_judgement
    from oberih.case.prove.keeping import DEFAULT_STORE, Keeping

    where = DEFAULT_STORE if store in (None, "none") else store
    written = keep_judgement(Keeping(where or DEFAULT_STORE), judgement, now=now())
    for note in written.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"recorded  {(*(i for _, i in written.records), *written.known)[0]}", err=True)


def _give(judgement: Judgement, sheets: Callable[[], Any], own: dict[str, Any], given: dict[str, Any]) -> None:
    """Show a judgement on the terminal, or write it in the form asked for."""
    from oberih.cli.show import show_sheet

    form = _form(given["form"], given["out"])
    if form == "table":
        for number, sheet in enumerate(sheets()):
            click.echo("\n" * bool(number), nl=False)
            show_sheet(sheet)
        return
    data = _written(judgement, sheets, own, form, given["lang"])
    if given["out"] is None:
        sys.stdout.buffer.write(data)
        return
    from oberih.case.hold.timeline_products import keep_file

    keep_file(given["out"], data)
    click.echo(f"written  {given['out']}", err=True)


def _written(judgement: Judgement, sheets: Callable[[], Any], own: dict[str, Any], form: str, language: str) -> bytes:
    from oberih.case.hold import findings_export as export
    from oberih.case.hold.oscal import as_oscal

    if form == "oscal":
        made = as_oscal(judgement, language)
        told = (
            f"{made.as_findings} as findings, {made.as_observations} as observations, which OSCAL cannot say otherwise"
        )
        click.echo(f"OSCAL: {told}", err=True)
        return made.data
    if form == "md":
        return export.sheets_as_markdown(sheets())
    data: bytes = own["csv"](judgement) if form == "csv" else export.as_json(judgement)
    return data


def _form(form: str | None, out: Path | None) -> str:
    """Choose the form: the one asked for, else by the file's suffix, else a table."""
    if out is None:
        return form or "table"
    chosen = form or _SUFFIXES.get(out.suffix.lower())
    if chosen is None or chosen == "table":
        cure = "choose --format json, csv, md or oscal"
        raise InputError("a table is for the terminal", field="--out", value=str(out), cure=cure)
    return chosen


def _verdict(judgement: Judgement, fail_on: str | None) -> int | None:
    return AS_BAD if fail_on and judgement.at_least_as_bad_as(fail_on) else None
