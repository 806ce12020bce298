"""``oberih plan``: how far must the zone reach, how sure are we, who lives there?"""

from __future__ import annotations

from pathlib import Path

import click

from oberih.case.reach.request import PlanRequest
from oberih.cli.options import OF_A_PLAN, Moment, out_folder, shared

__all__ = ["plan"]


@click.command()
@click.argument("site")
@shared("scenario", "criteria", "years", "percentile")
@click.option(
    "--at",
    type=Moment(day_alone=True),
    default=None,
    help="Day to which inventories are decayed, as 2026-01-01.  [default: 2026-01-01]",
)
@shared(*OF_A_PLAN)
def plan(
    site: str,
    scenarios: tuple[str, ...],
    criteria: str,
    weather: str,
    mapping: Path | None,
    server: str | None,
    percentile: float,
    at: int | None,
    age: str | None,
    protection: tuple[str, ...],
    population: Path | None,
    height: float | None,
    out: Path | None,
    cache: Path,
    workers: int | None,
    scheduler: str | None,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """How far must the zone around SITE reach, how sure are we, who lives there?

    SITE is a name (see: oberih sites) or a site file.  Builds the site's atlas from a year of
    weather, or uses the one that is there, and writes a map, GeoJSON, a page and result.json.

    Example:  oberih plan zaporizhzhia --scenario pool-drained --percentile 90
    """
    from oberih.case.reach.plan import plan as answer_plan  # here, so that help and mistakes answer at once
    from oberih.cli.progress import watched
    from oberih.cli.show import show_answer

    request = PlanRequest(
        site=site,
        scenarios=scenarios,
        criteria=criteria,
        weather=weather,
        mapping=mapping,
        server=server,
        percentile=percentile,
        age=age,
        protection=protection,
        population=population,
        at=at,
        height=height,
        out=out_folder(site, out),
        cache=cache,
        workers=workers,
        scheduler=scheduler,
        seed=seed,
    )
    with watched(quiet=quiet) as progress:
        answer = answer_plan(request, progress=progress)
    if not quiet or as_json:
        show_answer(answer, as_json=as_json)
