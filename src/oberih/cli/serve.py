"""``oberih serve``: see it in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from oberih.cli.options import shared, with_options
from oberih.cli.record_options import STORE_OPTIONS, keeping_of
from oberih.constants import SECONDS_PER_HOUR

__all__ = ["serve"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--site", default="zaporizhzhia", show_default=True, metavar="NAME|FILE")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="Anything but loopback needs --users.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8460, show_default=True, help="0 takes a free one.")
@click.option("--weather", default="climate", show_default=True, metavar="NAME|FILE", help="Of the year's atlas.")
@click.option("--forecast", type=_FILE, default=None, metavar="FILE", help="Weather that covers now, for events.")
@click.option("--readings", type=_FILE, multiple=True, metavar="FILE", help="Readings to show; may be repeated.")
@click.option("--in-force", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="FOLDER",
    help="A kept plan whose zones are in force.")  # fmt: skip
@click.option("--users", type=_FILE, default=None, envvar="OBERIH_USERS", show_envvar=True, metavar="FILE",
    help="Accounts: everyone has to sign in.")  # fmt: skip
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
    help="A further name under which it is asked; may be repeated.")  # fmt: skip
@click.option("--proxy", "proxies", multiple=True, metavar="ADDRESS",
    help="Of what stands in front and ends TLS; may be repeated.")  # fmt: skip
@click.option("--idle", type=click.FloatRange(1.0, 1440.0), default=120.0, show_default=True, metavar="MINUTES",
    help="A session ends after so long without a request.")  # fmt: skip
@click.option("--longest", type=click.FloatRange(0.1, 168.0), default=12.0, show_default=True, metavar="HOURS",
    help="A session ends after so long whatever is asked.")  # fmt: skip
@click.option("--tiles", default=None, envvar="OBERIH_TILES", metavar="https://…/{z}/{x}/{y}.png",
    help="A further map source.")  # fmt: skip
@click.option("--language", type=click.Choice(("en", "uk")), default="en", show_default=True,
    help="Where the browser asks for neither.")  # fmt: skip
@shared("mapping", "cache", "workers", "seed")
@with_options(STORE_OPTIONS)
def serve(**given: Any) -> None:
    """Show the situation, design zones, respond, judge and report, in a browser.

    Example:  oberih serve --port 8460
    """
    from oberih.cli.clock import now
    from oberih.web.settings import ServeSettings

    keeping = keeping_of(given)
    given |= {"session_idle": given.pop("idle") * 60.0, "session_longest": given.pop("longest") * SECONDS_PER_HOUR}
    settings = ServeSettings(keeping=keeping, **given)  # refuses before anything heavy is loaded

    from oberih.web.serve import serve as run

    run(settings, clock=now, told=lambda address: click.echo(f"open {address}  (Ctrl-C stops it)", err=True))
