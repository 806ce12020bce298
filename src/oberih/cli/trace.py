"""``oberih trace``: where did the air of a sample come from?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from oberih.cli.options import Moment, Number
from oberih.constants import FORMS

__all__ = ["trace"]


class Pair(click.ParamType[tuple[float, float]]):
    """Two numbers with a comma between them."""

    name = "two numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Read the text."""
        if isinstance(value, tuple):
            return value
        parts = str(value).split(",")
        try:
            first, second = (float(p) for p in parts)
        except ValueError:
            self.fail(f"{value!r} is not two numbers such as 47.51,34.59", param, ctx)
        if not (abs(first) < 1e6 and abs(second) < 1e6):
            self.fail(f"{value!r} is not two finite numbers", param, ctx)
        return first, second


@click.command()
@click.argument("fields", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--station", type=Pair(), default=None, metavar="LAT,LON", help="Where air was drawn.")
@click.option("--from", "start", type=Moment(), default=None, help="Start of the sampling.")
@click.option("--to", "end", type=Moment(), default=None, help="End of the sampling.")
@click.option("--measured", type=Number(min=0.0), default=None, metavar="BQ_PER_M3", help="Mean over the sampling.")
@click.option("--detection-limit", type=Number(min=0.0), default=None, metavar="BQ_PER_M3")
@click.option("--samples", type=click.Path(path_type=Path), default=None, metavar="CSV",
    help="Many samples in place of one: latitude, longitude, from, to; value, limit, name where known.")  # fmt: skip
@click.option("--sampler-height", type=Pair(), default=(0.0, 100.0), show_default="0,100", metavar="LOW,HIGH",
    help="Heights above ground between which air was drawn [m].")  # fmt: skip
@click.option("--site", default=None, metavar="NAME|FILE", help="A site that is looked at in particular.")
@click.option("--back", type=click.IntRange(0, 720), default=72, show_default=True, metavar="HOURS",
    help="Before the sampling; as far as the fields reach.")  # fmt: skip
@click.option("--layer", type=Number(min=10.0, max=5000.0), default=100.0, show_default=True, metavar="METRES",
    help="Lowest layer, into which a release would go.")  # fmt: skip
@click.option("--form", type=click.Choice(FORMS), default="aerosol", show_default=True)
@click.option("--nuclide", default=None, metavar="NAME", help="Whose decay on the way counts.  [default: none]")
@click.option("--particles", type=click.IntRange(512, 20_000_000), default=100_000, show_default=True,
    help="For each sample.")  # fmt: skip
@click.option("--finer", type=click.IntRange(1, 20), default=1, show_default=True,
    help="Cells of the output to a cell of the fields, each way.")  # fmt: skip
@click.option("--roughness-length", type=Number(min=1e-4, max=3.0), default=0.1, show_default=True, metavar="METRES")
@click.option("--seed", type=click.IntRange(0, 2**40), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="They change no bit.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/trace"), show_default=True)
@click.option("--quiet", is_flag=True, help="No progress, no table.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on stdout.")
def trace(quiet: bool, as_json: bool, **given: Any) -> None:
    """Follow the air of a sample back through FIELDS: netCDF or GRIB files of wind on levels, and of the ground.

    A sensitivity, not an attribution: what a release there and then would have given, not that there was one.

    Example:  oberih trace era5.nc --station 50.45,30.52 --from 2018-11-20T06:00Z --to 2018-11-21T06:00Z
    --measured 2e-6 --site zaporizhzhia
    """
    from oberih.case.reach.trace import trace as back  # here, so that help and mistakes answer at once
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    request = _request(given)
    with watched(quiet=quiet) as progress:
        sheet = back(request, progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


def _request(given: dict[str, Any]) -> Any:
    """The options as a request; one sample from the words, or many from a table."""
    from oberih.case.reach.trace_request import ONE_SAMPLE, Sample, TraceRequest
    from oberih.case.reach.trace_samples import checked, read_samples
    from oberih.errors import InputError

    station, start, end = given.pop("station"), given.pop("start"), given.pop("end")
    measured, limit, table = given.pop("measured"), given.pop("detection_limit"), given.pop("samples")
    low, high = given.pop("sampler_height")
    if not 0.0 <= low < high:
        raise InputError("must rise from 0 or above", field="--sampler-height", value=f"{low:g},{high:g}")
    if table is not None:
        if station or start or end or measured is not None or limit is not None:
            raise InputError("stands for all samples", field="--samples", cure="leave --station and the like out")
        return TraceRequest(samples=read_samples(table), low=low, high=high, **given)
    if station is None or start is None or end is None:
        raise InputError("one sample needs --station, --from and --to", field="--station",
                         cure="or give a table with --samples")  # fmt: skip
    sample = checked(Sample(ONE_SAMPLE, station[0], station[1], start, end, measured, limit))
    return TraceRequest(samples=(sample,), low=low, high=high, **given)
