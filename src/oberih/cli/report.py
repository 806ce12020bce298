"""``oberih report``: two pages for the one who decides, annexes for the one who must defend it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from oberih.case.reach.request import PlanRequest
from oberih.cli.options import OF_A_PLAN, Moment, out_folder, shared

__all__ = ["report"]


@click.command()
@click.argument("site")
@shared("scenario", "criteria", "years", "percentile")
@click.option(
    "--at", type=Moment(day_alone=True), default=None, help="Day to which inventories are decayed, as 2026-01-01."
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(["en", "uk"]),
    multiple=True,
    help="Of the report; may be given twice.  [default: both]",
)
@click.option(
    "--regimes-as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar="DAY",
    help="Also tell in which state the regimes are that touch the zone, judged as of this day.",
)
@click.option("--record", default=None, metavar="STORE", help="A record of your own, whose observations count in that.")
@click.option(
    "--from",
    "kept",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    metavar="FOLDER",
    help="A kept plan to report on; nothing is computed anew, and what it does not hold is left out.",
)
@shared(*OF_A_PLAN)
def report(
    site: str,
    scenarios: tuple[str, ...],
    criteria: str,
    languages: tuple[str, ...],
    regimes_as_of: datetime | None,
    record: str | None,
    kept: Path | None,
    out: Path | None,
    cache: Path,
    quiet: bool,
    as_json: bool,
    **asked: object,
) -> None:
    """Report on the zone around SITE: PDF and HTML, two pages and annexes.

    SITE is a name (see: oberih sites) or a site file.  Makes the plan, adds what moves its distance most, and writes
    report-uk.pdf, report-uk.html, report-en.pdf and report-en.html with their result.json.

    Example:  oberih report zaporizhzhia --language uk --out out/report
    """
    from oberih.case.report.regimes import regimes_on
    from oberih.case.report.report import report as make_report  # here, so that help and mistakes answer at once
    from oberih.case.report.report import report_from
    from oberih.cli.progress import watched
    from oberih.cli.show import show_json
    from oberih.language.catalogue import LANGUAGES

    folder = out_folder(site, out) if out is not None else Path("out") / f"{Path(site).stem}-report"
    chosen = languages or LANGUAGES
    regimes = None if regimes_as_of is None else regimes_on(regimes_as_of.date(), record=record)
    with watched(quiet=quiet) as progress:
        if kept is not None:
            answer = report_from(
                kept, site=site, out=folder, languages=chosen, scenarios=scenarios, cache=cache, progress=progress,
                regimes=regimes, criteria=None if criteria == "iaea" else criteria,
            )  # fmt: skip
        else:
            request = PlanRequest(
                site=site, scenarios=scenarios, criteria=criteria, out=folder, cache=cache, **asked,  # type: ignore[arg-type]
            )  # fmt: skip
            answer = make_report(request, languages=chosen, regimes=regimes, progress=progress)
    if as_json:
        show_json(answer.data)
    elif not quiet:
        for language in chosen:
            click.echo(answer.data["result"]["answer"][language])
        for path in answer.files:
            click.echo(f"written  {path}")
