"""``oberih weather``: get, check and show weather."""

from __future__ import annotations

import re
from pathlib import Path

import click

from oberih.cli.lazy import WordsGroup
from oberih.cli.options import shared

__all__ = ["weather"]


def _years(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    """Read ``2019-2023`` or ``2021`` as years."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", value)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not 1940 <= first <= last <= 2100:
        raise click.BadParameter(f"{value!r} is not a year or a span of years such as 2019-2023", ctx, param)
    return tuple(range(first, last + 1))


_PLACE = click.option("--site", default=None, metavar="NAME|FILE", help="Where it is wanted, for files of many places.")


@click.group(cls=WordsGroup)
def weather() -> None:
    """Get, check and show weather."""


@weather.command()
@click.argument("site")
@click.option("--years", callback=_years, required=True, metavar="FIRST-LAST", help="As 2019-2023.")
@shared("server", "cache", "quiet", "json")
def get(site: str, years: tuple[int, ...], server: str | None, cache: Path, quiet: bool, as_json: bool) -> None:
    """Fetch real years for SITE and keep them, so that plan can use them without the network.

    Then:  oberih plan SITE --weather open-meteo:2019-2023
    """
    from oberih.case import weather as stories  # here, so that help and mistakes answer at once
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = stories.get_years(site, years=years, cache=cache, progress=progress, server=server)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


@weather.command()
@click.argument("file", type=click.Path(path_type=Path))
@_PLACE
@shared("mapping", "json")
def check(file: Path, site: str | None, mapping: Path | None, as_json: bool) -> None:
    """Judge the series in FILE: gaps, jumps, stuck values, calms, and whether it can be used."""
    from oberih.case import weather as stories  # as above
    from oberih.cli.show import show_sheet

    show_sheet(stories.check(file, site=site, mapping=mapping), as_json=as_json)


@weather.command()
@click.argument("file", metavar="FILE|climate")
@_PLACE
@shared("mapping", "seed", "json")
def show(file: str, site: str | None, mapping: Path | None, seed: int, as_json: bool) -> None:
    """Summarise a series: wind rose, speeds, rain, temperature."""
    from oberih.case import weather as stories  # as above
    from oberih.cli.show import show_sheet

    show_sheet(stories.show(file, site=site, mapping=mapping, seed=seed), as_json=as_json)
