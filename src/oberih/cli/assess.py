"""``oberih assess``: one event; who must do what, where?"""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from oberih.case.reach.request import DEFAULT_PARTICLES, ENGINES, AssessRequest
from oberih.cli.options import Moment, out_folder, shared

__all__ = ["assess"]


@click.command()
@click.argument("site")
@click.option("--at", type=Moment(), required=True, help="Start of the release with its time zone: 2018-11-20T12:00Z.")
@click.option("--weather", required=True, multiple=True, metavar="FILE|NAME",
    help="Weather that covers the event: a file or open-meteo; for particles files or a folder of fields on levels "
    "(give it several times), gfs, nomads, ecmwf, icon, era5, or forecast (kept by 'oberih forecast').")  # fmt: skip
@click.option("--engine", type=click.Choice(ENGINES), default="puffs", show_default=True,
    help="Puffs in the weather of the site, or particles in fields of the air.")  # fmt: skip
@click.option("--particles", type=click.IntRange(64, 5_000_000), default=DEFAULT_PARTICLES, show_default=True,
    help="For each hour of release.")  # fmt: skip
@click.option("--members", default=None, metavar="all|1-10", help="Of an ensemble in the fields.")
@click.option("--perturbed", type=click.IntRange(2, 200), default=None, metavar="N",
    help="Courses of the weather drawn around the given one, itself among them.")  # fmt: skip
@click.option(
    "--hours", type=click.IntRange(1, 240), default=48, show_default=True, help="How long the plume is followed."
)
@click.option("--server", default=None, envvar="OBERIH_OPEN_METEO", metavar="URL",
    help="Another server of the weather named: of Open-Meteo, or with a centre's own folders.")  # fmt: skip
@shared(
    "mapping",
    "scenario",
    "criteria",
    "age",
    "protection",
    "population",
    "height",
    "out",
    "cache",
    "workers",
    "seed",
    "quiet",
    "json",
)
def assess(
    site: str,
    at: int,
    weather: tuple[str, ...],
    engine: str,
    particles: int,
    members: str | None,
    perturbed: int | None,
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
    workers: int | None,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Who must do what, where, if SITE released at this hour in this weather?

    Example:  oberih assess zaporizhzhia --at 2018-11-20T12:00Z --weather synop.csv
    """
    from oberih.case.reach.assess import assess as answer_assess  # here, so that help and mistakes answer at once
    from oberih.cli.clock import now
    from oberih.cli.progress import watched
    from oberih.cli.show import show_answer

    context = click.get_current_context()
    if engine == "particles" and context.get_parameter_source("server") is ParameterSource.ENVIRONMENT:
        server = None  # it names a server of Open-Meteo
    request = AssessRequest(
        site=site,
        at=at,
        weather=weather if len(weather) > 1 else weather[0],
        engine=engine,
        particles=particles,
        members=members,
        perturbed=perturbed,
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
        workers=workers,
        seed=seed,
    )
    with watched(quiet=quiet) as progress:
        answer = answer_assess(request, progress=progress, now=round(now().timestamp()))
    if not quiet or as_json:
        show_answer(answer, as_json=as_json)
