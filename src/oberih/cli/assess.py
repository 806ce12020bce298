"""``oberih assess``: one event; who must do what, where?"""

from __future__ import annotations

from pathlib import Path

import click

from oberih.case.request import AssessRequest
from oberih.cli.options import Moment, out_folder, shared

__all__ = ["assess"]


@click.command()
@click.argument("site")
@click.option("--at", type=Moment(), required=True, help="Start of the release with its time zone: 2018-11-20T12:00Z.")
@click.option("--weather", required=True, metavar="FILE|open-meteo", help="Weather that covers the event.")
@click.option(
    "--hours", type=click.IntRange(1, 240), default=48, show_default=True, help="How long the plume is followed."
)
@shared(
    "mapping",
    "server",
    "scenario",
    "criteria",
    "age",
    "protection",
    "population",
    "height",
    "out",
    "cache",
    "seed",
    "quiet",
    "json",
)
def assess(
    site: str,
    at: int,
    weather: str,
    mapping: Path | None,
    server: str | None,
    hours: int,
    scenarios: tuple[str, ...],
    criteria: str,
    age: str | None,
    protection: tuple[str, ...],
    population: Path | None,
    height: float | None,
    out: Path | None,
    cache: Path,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Who must do what, where, if SITE released at this hour in this weather?

    Example:  oberih assess zaporizhzhia --at 2018-11-20T12:00Z --weather synop.csv
    """
    from oberih.case.assess import assess as answer_assess  # here, so that help and mistakes answer at once
    from oberih.cli.progress import watched
    from oberih.cli.show import show_answer

    request = AssessRequest(
        site=site,
        at=at,
        weather=weather,
        mapping=mapping,
        server=server,
        hours=hours,
        scenarios=scenarios,
        criteria=criteria,
        age=age,
        protection=protection,
        population=population,
        height=height,
        out=out_folder(site, out),
        cache=cache,
        seed=seed,
    )
    with watched(quiet=quiet) as progress:
        answer = answer_assess(request, progress=progress)
    if not quiet or as_json:
        show_answer(answer, as_json=as_json)
