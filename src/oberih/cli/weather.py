"""``oberih weather``: get, check and show weather."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from oberih.cli.lazy import WordsGroup
from oberih.cli.options import Moment, shared

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
    from oberih.case.reach import weather as stories  # here, so that help and mistakes answer at once
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
    from oberih.case.reach import weather as stories  # as above
    from oberih.cli.show import show_sheet

    show_sheet(stories.check(file, site=site, mapping=mapping), as_json=as_json)


@weather.command()
@click.argument("file", metavar="FILE|climate")
@_PLACE
@shared("mapping", "seed", "json")
def show(file: str, site: str | None, mapping: Path | None, seed: int, as_json: bool) -> None:
    """Summarise a series: wind rose, speeds, rain, temperature."""
    from oberih.case.reach import weather as stories  # as above
    from oberih.cli.show import show_sheet

    show_sheet(stories.show(file, site=site, mapping=mapping, seed=seed), as_json=as_json)


@weather.command()
@click.option("--area", default=None, metavar="W,S,E,N", callback=lambda c, p, v: _area(c, p, v), help="In degrees.")
@click.option("--site", default=None, metavar="NAME|FILE", help="All within 1,100 km of it, in place of --area.")
@click.option("--from", "start", type=Moment(), required=True, metavar="TIME")
@click.option("--to", "end", type=Moment(), required=True, metavar="TIME")
@click.option("--every", type=click.IntRange(1, 24), default=1, show_default=True, metavar="HOURS")
@click.option("--levels", "kind", type=click.Choice(["pressure", "model"]), default="pressure", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("era5"), show_default=True)
@click.option("--estimate", is_flag=True, help="Say what it would cost and fetch nothing.")
@click.option("--cds", is_flag=True, help="Print the request to the Climate Data Store instead: far fewer bytes.")
@click.option("--server", default=None, envvar="OBERIH_ARCO_ERA5", metavar="URL", help="Another server of the stores.")
@shared("quiet", "json")
def era5(
    area: tuple[float, float, float, float] | None, site: str | None, start: int, end: int, every: int, kind: Any,
    out: Path, estimate: bool, cds: bool, server: str | None, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Fetch ERA5 in three dimensions out of its public copy (ARCO-ERA5), for disperse, assess and trace.

    Example:  oberih weather era5 --area=-11,41,31,62 --from 1994-10-23T16:00Z --to 1994-10-27T09:00Z --estimate
    """
    from oberih.case.reach import era5_weather as stories  # as above
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    wish = stories.wish_of(area=area, site=site, start=start, end=end, every=every, kind=kind)
    if cds:
        click.echo(stories.request_program(wish, out), nl=False)
        return
    if estimate:
        show_sheet(stories.cost_sheet(wish, out, server=server), as_json=as_json)
        return
    with watched(quiet=quiet) as progress:
        sheet = stories.fetch_fields(wish, out, server=server, progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


def _area(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float, float, float] | None:
    """Read west, south, east and north."""
    if value is None:
        return None
    try:
        west, south, east, north = (float(v) for v in value.split(","))
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not four numbers such as -11,41,31,62", ctx, param) from error
    return west, south, east, north
