"""``oberih forecast``: an atlas of the coming hours that stands ready."""

from __future__ import annotations

import re
import signal
import threading
from types import FrameType
from typing import Any

import click

from oberih.cli.options import shared

__all__ = ["forecast"]


class Hours(click.ParamType[int]):
    """A number of hours, as ``6h``."""

    name = "hours"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text; a number is one already."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,3})\s*h?", str(value))
        if match is None or not 1 <= int(match[1]) <= 48:
            self.fail(f"{value!r} is not 1h to 48h", param, ctx)
        return int(match[1])


@click.command()
@click.argument("site")
@click.option("--every", type=Hours(), default="6h", show_default=True, metavar="6h",
    help="A newer run is taken up after so long.")  # fmt: skip
@click.option("--once", is_flag=True, help="Take up the newest run, then end.")
@click.option("--status", "only_status", is_flag=True, help="Say what stands ready, and end.")
@click.option(
    "--source",
    default="gfs",
    show_default=True,
    metavar="gfs|nomads|ecmwf|icon",
    help="Whose forecast; nomads is the GFS for thin lines.",
)
@click.option("--server", default=None, envvar="OBERIH_FORECAST_SERVER", show_envvar=True, metavar="URL",
    help="Another server with the source's folders.")  # fmt: skip
@click.option("--hours", type=click.IntRange(1, 240), default=72, show_default=True, help="Releases from now on.")
@click.option("--follow", type=click.IntRange(1, 120), default=48, show_default=True,
    help="How long each plume is followed [h].")  # fmt: skip
@click.option("--particles", type=click.IntRange(64, 1_000_000), default=3840, show_default=True,
    help="A release hour and height.")  # fmt: skip
@click.option("--perturbed", type=click.IntRange(2, 200), default=None, metavar="N",
    help="Courses of the weather drawn around the forecast, itself among them.")  # fmt: skip
@click.option("--members", default=None, metavar="all|1-10", help="Of the ensemble, beside the forecast: ecmwf only.")
@click.option("--course-particles", type=click.IntRange(64, 1_000_000), default=None,
    help="Of each further course.  [default: as --particles]")  # fmt: skip
@shared("cache", "workers", "scheduler", "seed", "quiet", "json")
def forecast(
    site: str, once: bool, only_status: bool, quiet: bool, as_json: bool, **given: Any
) -> None:  # fmt: skip
    """Keep the atlas of SITE's coming hours ready, so that an answer exists before it is asked for.

    With --perturbed or --members further courses of the weather are built after it, one by one.

    Example:  oberih forecast zaporizhzhia --every 6h
    """
    from oberih.case.reach.forecast_request import ForecastRequest  # here, so that help and mistakes answer at once
    from oberih.case.reach.forecast_watch import keep_ready, status
    from oberih.cli.clock import now, spent
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    request = ForecastRequest(site=site, **given)

    def clock() -> int:
        return int(now().timestamp())

    def told(line: str) -> None:
        if not quiet:
            click.echo(f"{now():%Y-%m-%d %H:%M:%SZ}  {line}", err=True)

    if not only_status:
        ended = _ends_on_term()

        def wait(seconds: float) -> None:
            ended.wait(seconds)

        with watched(quiet=quiet) as progress:
            keep_ready(
                request, clock=clock, wait=wait, told=told, progress=progress,
                once=once, stopped=ended.is_set, spent=spent,
            )  # fmt: skip
        if not once or ended.is_set():
            told("ended; what was begun is gone on with at the next start")
            return
    if not quiet or as_json:
        show_sheet(status(request, now=clock()), as_json=as_json)


def _ends_on_term() -> threading.Event:
    """Set when the process is asked to end; whatever waits looks at it.  Asked a second time, it ends at once."""
    ended = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        if ended.is_set():
            raise KeyboardInterrupt
        ended.set()

    signal.signal(signal.SIGTERM, asked)
    return ended
