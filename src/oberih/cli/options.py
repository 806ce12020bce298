"""Which words may follow a command, and what do they become?

Types and options that several commands share.  Whatever they refuse is refused in one line
that names the option and what was given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from oberih.case.reach.request import DEFAULT_CACHE, DEFAULT_SEED
from oberih.constants import AGES
from oberih.errors import InputError

__all__ = ["OF_A_PLAN", "Moment", "Number", "moment", "out_folder", "scheduler_address", "shared", "with_options"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def moment(text: str, *, field: str, day_alone: bool = False) -> int:
    """Read a time as seconds since 1970-01-01T00:00Z.

    Parameters
    ----------
    text : str
        ISO 8601 with its time zone, as ``2018-11-20T12:00Z`` or ``2018-11-20T14:00+02:00``.
    field : str
        The option, named when it is refused.
    day_alone : bool
        Whether a day without a time is allowed; it begins at 00:00 UTC.

    Raises
    ------
    InputError
        If it is no time, or its time zone is missing.

    Examples
    --------
    >>> moment("1970-01-02T02:00+02:00", field="--at")
    86400
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("is not a time", field=field, value=text, cure="write it as 2018-11-20T12:00Z") from error
    if day_alone and _DATE.fullmatch(text):
        read = read.replace(tzinfo=UTC)
    if read.tzinfo is None:
        cure = "write Z for UTC, or an offset such as +02:00, as in 2018-11-20T12:00Z"
        raise InputError("time zone missing", field=field, value=text, cure=cure)
    return round(read.timestamp())


class Moment(click.ParamType[int]):
    """A time on the command line, as `moment` reads it."""

    name = "time"

    def __init__(self, *, day_alone: bool = False) -> None:
        self.day_alone = day_alone

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text; a number is one already."""
        if isinstance(value, int):
            return value
        return moment(value, field=param.opts[0] if param else "time", day_alone=self.day_alone)


class Number(click.FloatRange):
    """A number within a range; unlike click's own it refuses NaN and infinity."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read and check the number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number


def scheduler_address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no address of a scheduler."""
    if value is not None and not re.match(r"(tcp|tls)://\S+:\d+$", value):
        raise click.BadParameter(f"{value!r} is not an address such as tcp://host:8786", ctx, param)
    return value


_FOLDER = click.Path(file_okay=False, path_type=Path)

_SHARED: dict[str, Callable[[Any], Any]] = {
    "scenario": click.option("--scenario", "scenarios", multiple=True, metavar="NAME|FILE",
        help="A release; may be given several times.  [default: those the site proposes]"),
    "years": click.option("--weather", default="climate", show_default=True, metavar="NAME|FILE",
        help="climate (embedded statistics), a file or folder of files, "
        "or open-meteo:2019-2023 (years fetched before)."),
    "percentile": click.option("--percentile", type=Number(min=0.0, max=100.0, min_open=True, max_open=True),
        default=95.0, show_default=True, help="Share of all starts that the zone must cover."),
    "criteria": click.option("--criteria", default="iaea", show_default=True, metavar="NAME|FILE",
        help="The set of criteria."),
    "mapping": click.option("--mapping", type=click.Path(path_type=Path), default=None, metavar="FILE",
        help="How to read a plain CSV of weather (TOML)."),
    "server": click.option("--server", default=None, envvar="OBERIH_OPEN_METEO", metavar="URL",
        help="Another server of Open-Meteo's protocol."),
    "age": click.option("--age", type=click.Choice(AGES), default=None,
        help="Age group.  [default: the one each criterion names]"),
    "protection": click.option("--protection", multiple=True, metavar="MEASURE",
        help="What people are taken to be under, as 'house' or 'iodine in time'; may be given several times."),
    "population": click.option("--population", type=click.Path(path_type=Path), default=None, metavar="GEOTIFF",
        help="People per cell, to count in place of listed places."),
    "height": click.option("--height", type=Number(min=0.0, max=2000.0), default=None, metavar="METRES",
        help="Release height in place of the scenario's."),
    "out": click.option("--out", type=_FOLDER, default=None,
        help="Folder for map, GeoJSON, page and result.json.  [default: out/SITE]"),
    "cache": click.option("--cache", type=_FOLDER, default=DEFAULT_CACHE, envvar="OBERIH_CACHE",
        show_default=True, show_envvar=True, help="Folder of atlases and fetched weather."),
    "workers": click.option("--workers", type=click.IntRange(min=1), default=None,
        help="Processes.  [default: one a core]"),
    "scheduler": click.option("--scheduler", default=None, metavar="tcp://HOST:PORT", callback=scheduler_address,
        help="A Dask scheduler to use in place of local processes."),
    "seed": click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=DEFAULT_SEED, show_default=True,
        help="Of everything random."),
    "quiet": click.option("--quiet", is_flag=True, help="No progress, no table."),
    "json": click.option("--json", "as_json", is_flag=True, help="The answer as JSON on stdout, no table."),
}  # fmt: skip


OF_A_PLAN = (
    "mapping", "server", "age", "protection", "population", "height", "out", "cache", "workers", "scheduler", "seed",
    "quiet", "json",
)  # fmt: skip
"""What a plan and the report of one both take."""


def shared(*names: str) -> Callable[[Any], Any]:
    """Give a command several of the shared options, in this order.

    Raises
    ------
    KeyError
        If there is no such option.
    """
    return with_options([_SHARED[name] for name in names])


def with_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Give a command these options, in this order."""

    def give(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def out_folder(site: str, out: Path | None) -> Path:
    """Choose the folder of the products: the one given, else ``out/SITE``.

    Examples
    --------
    >>> out_folder("my/plant.toml", None).as_posix()
    'out/plant'
    """
    return out if out is not None else Path("out") / Path(site).stem
