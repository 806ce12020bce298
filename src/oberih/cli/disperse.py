"""``oberih disperse``: a release in one's own fields of the air, gridded hour by hour."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from oberih.cli.options import Moment, Number
from oberih.constants import FORMS, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from oberih.errors import UnknownName

__all__ = ["disperse"]

_UNITS = {
    "s": 1.0, "min": 60.0, "h": float(SECONDS_PER_HOUR), "d": SECONDS_PER_DAY, "y": SECONDS_PER_YEAR,
    "a": SECONDS_PER_YEAR,
}  # fmt: skip


class HalfLife(click.ParamType[float]):
    """A half-life on the command line [s]: ``8.02d``, ``30.17y``, seconds, or a nuclide's name."""

    name = "half-life"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the text; a number is one already.

        Raises
        ------
        click.BadParameter
            If it is neither a span of time nor a nuclide.
        """
        if isinstance(value, float):
            return value
        span = re.fullmatch(r"\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(s|min|h|d|y|a)?\s*", value)
        if span is None:
            from oberih.nuclide import half_life  # here, so that help answers at once

            try:
                return half_life(value)
            except UnknownName as error:
                self.fail(f"{value!r} is neither a nuclide such as I-131 nor a span of time such as 8.02d: {error}",
                          param, ctx)  # fmt: skip
        seconds = float(span[1]) * _UNITS[span[2] or "s"]
        if not 1.0 <= seconds < 1e18:
            self.fail(f"{value!r} is not from a second up", param, ctx)
        return seconds


class Area(click.ParamType[tuple[float, float, float, float]]):
    """West, south, east, north on the command line [°]."""

    name = "area"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float, float]:
        """Read the text; a tuple is one already."""
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not four numbers such as 20,40,50,55", param, ctx)
        if not (-180.0 <= west <= 360.0 and -180.0 <= east <= 360.0 and -90.0 <= south < north <= 90.0):
            self.fail(f"{value!r} is not west, south, east, north in degrees", param, ctx)
        return west, south, east, north


@click.command()
@click.argument("fields", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--latitude", type=Number(min=-85.0, max=85.0), required=True, metavar="DEGREES")
@click.option("--longitude", type=Number(min=-180.0, max=360.0), required=True, metavar="DEGREES")
@click.option(
    "--at", "start", type=Moment(), default=None, help="Start of the release.  [default: first of the fields]"
)
@click.option("--release-hours", type=Number(min=0.0, max=240.0), default=1.0, show_default=True)
@click.option("--hours", type=click.IntRange(1, 240), default=None,
    help="How long it is followed.  [default: as the fields last, 72 at most]")  # fmt: skip
@click.option("--low", type=Number(min=0.0, max=10000.0), default=10.0, show_default=True, metavar="METRES")
@click.option("--high", type=Number(min=0.0, max=10000.0), default=100.0, show_default=True, metavar="METRES")
@click.option("--amount", type=Number(min=0.0, max=1e30, min_open=True), default=1.0, show_default=True, metavar="BQ")
@click.option("--form", type=click.Choice(FORMS), default="aerosol", show_default=True)
@click.option("--particles", type=click.IntRange(1, 20_000_000), default=100_000, show_default=True)
@click.option("--depth", type=Number(min=1.0, max=5000.0), default=100.0, show_default=True, metavar="METRES",
    help="Of the layer whose concentration is given.")  # fmt: skip
@click.option("--finer", type=click.IntRange(1, 100), default=2, show_default=True,
    help="Cells of the output to a cell of the fields, each way.")  # fmt: skip
@click.option("--settling", type=Number(min=0.0, max=10.0), default=0.0, show_default=True, metavar="M/S",
    help="Fall of heavy particles.")  # fmt: skip
@click.option("--roughness-length", type=Number(min=1e-4, max=3.0), default=0.1, show_default=True, metavar="METRES")
@click.option("--half-life", type=HalfLife(), default=None, metavar="8.02d|I-131",
    help="Of what is released: a number of s, min, h, d or y, or a nuclide.  [default: it does not decay]")  # fmt: skip
@click.option("--member", type=click.IntRange(0, 9999), default=None, help="Of an ensemble in the fields.")
@click.option("--area", type=Area(), default=None, metavar="W,S,E,N", help="Degrees to cut out of the fields.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="They change no bit.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("cloud.nc"), show_default=True)
@click.option("--quiet", is_flag=True, help="No progress, no table.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on stdout.")
def disperse(fields: tuple[Path, ...], quiet: bool, as_json: bool, **given: Any) -> None:
    """Follow a release through FIELDS: netCDF or GRIB files of wind on pressure or hybrid levels, and of the ground.

    Example:  oberih disperse era5.nc --latitude 47.51 --longitude 34.59 --hours 12 --out cloud.nc
    """
    from oberih.case.reach.disperse import disperse as follow  # here, so that help and mistakes answer at once
    from oberih.case.reach.disperse_request import DisperseRequest
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = follow(DisperseRequest(fields=fields, **given), progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)
