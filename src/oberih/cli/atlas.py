"""``oberih atlas``: build, describe, verify, fetch and clear away atlases; keep workers of a cluster at work."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from oberih.case.reach.atlas_request import FOLLOW, PARTICLES
from oberih.case.reach.request import ENGINES
from oberih.cli.lazy import WordsGroup
from oberih.cli.options import scheduler_address, shared

__all__ = ["atlas"]


class Heights(click.ParamType[tuple[float, ...]]):
    """Release heights on the command line, as ``5,30,100,250``."""

    name = "heights"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Read the numbers; they must rise."""
        if isinstance(value, tuple):
            return value
        try:
            heights = tuple(float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} are not heights in metres, such as 5,30,100,250", param, ctx)
        rising = all(a < b for a, b in pairwise(heights))
        if not rising or not all(math.isfinite(height) and height >= 0.0 for height in heights):
            self.fail(f"{value!r} must be heights in metres that rise, such as 5,30,100,250", param, ctx)
        return heights


_STORE = click.option(
    "--store", default=None, envvar="OBERIH_STORE", show_envvar=True, metavar="URL",
    help="A place in an object store, as s3://bucket/prefix, in place of the cache; credentials by the usual "
    "environment variables.",
)  # fmt: skip


@click.group(cls=WordsGroup)
def atlas() -> None:
    """Build, describe and verify atlases: where one becquerel would go, hour by hour."""


@atlas.command()
@click.argument("site")
@click.option(
    "--weather",
    multiple=True,
    default=("climate",),
    show_default=True,
    metavar="NAME|FILE",
    help="As for oberih plan; for particles files or folders of fields on levels, may be given several times.",
)
@click.option("--engine", type=click.Choice(ENGINES), default="puffs", show_default=True, help="What carries releases.")
@click.option(
    "--particles",
    type=click.IntRange(64, 1_000_000),
    default=PARTICLES,
    show_default=True,
    help="Of a release hour, for that engine.",
)
@click.option(
    "--follow",
    type=click.IntRange(1, 240),
    default=FOLLOW,
    show_default=True,
    help="Hours for which a release by particles is followed.",
)
@click.option("--heights", type=Heights(), default=None, metavar="M,M,…",
              help="Release heights in metres.  [default: 5,30,100,250, as a plan needs them]")  # fmt: skip
@_STORE
@click.option("--estimate", is_flag=True, help="Only state what it would cost: build nothing, fetch nothing.")
@shared("mapping", "server", "cache", "workers", "scheduler", "seed", "quiet", "json")
def build(estimate: bool, quiet: bool, as_json: bool, **asked: Any) -> None:
    """Build SITE's atlas, or finish one that was interrupted."""
    from oberih.case.reach.atlas_build import build as build_atlas  # here, so that help and mistakes answer at once
    from oberih.case.reach.atlas_estimate import estimate as cost
    from oberih.case.reach.atlas_request import AtlasRequest
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = (cost if estimate else build_atlas)(AtlasRequest(**asked), progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


@atlas.command("list")
@_STORE
@shared("cache", "json")
def list_atlases(store: str | None, cache: Path, as_json: bool) -> None:
    """List the atlases that are kept."""
    from oberih.case.reach.atlas_store import list_atlases as listed  # as above
    from oberih.cli.show import show_sheet

    show_sheet(listed(cache, store=store), as_json=as_json)


@atlas.command()
@click.argument("place", metavar="PATH|URL")
@shared("json")
def info(place: str, as_json: bool) -> None:
    """Describe the atlas at PATH or URL, also one that others are building."""
    from oberih.case.reach.atlas_store import info as described  # as above
    from oberih.cli.show import show_sheet

    show_sheet(described(place), as_json=as_json)


@atlas.command()
@click.argument("place", metavar="PATH|URL")
@shared("quiet")
def verify(place: str, quiet: bool) -> None:
    """Check every chunk of the atlas at PATH or URL against its checksum."""
    from oberih.case.reach.atlas_store import verify as verified  # as above
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = verified(place, progress=progress)
    if not quiet:
        show_sheet(sheet)


@atlas.command()
@click.option("--events", is_flag=True, help="Atlases of single events too; the same event is computed anew then.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@shared("cache", "json")
def prune(events: bool, dry_run: bool, cache: Path, as_json: bool) -> None:
    """Remove from the cache what nobody needs: fields for particles that no running command holds.

    Atlases stay, and so do what a forecast keeps ready and what was fetched.
    """
    from oberih.case.reach.atlas_cache import prune as pruned  # as above
    from oberih.cli.clock import now
    from oberih.cli.show import show_sheet

    show_sheet(pruned(cache, events=events, dry_run=dry_run, now=round(now().timestamp())), as_json=as_json)


@atlas.command()
@click.argument("url")
@shared("cache", "quiet", "json")
def fetch(url: str, cache: Path, quiet: bool, as_json: bool) -> None:
    """Copy the atlas at URL out of an object store into the cache, every file verified."""
    from oberih.case.reach.atlas_store import fetch as fetched  # as above
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = fetched(url, cache=cache, progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


@atlas.command()
@click.argument("scheduler", metavar="tcp://HOST:PORT", callback=scheduler_address)
@shared("workers", "quiet")
def worker(scheduler: str, workers: int | None, quiet: bool) -> None:
    """Lend this machine's cores to a Dask scheduler until interrupted; workers that end are started again."""
    import signal

    from oberih.case.reach.atlas_build import lend_workers  # as above
    from oberih.cli.progress import watched

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with watched(quiet=quiet) as progress:
        lend_workers(scheduler, workers=workers, progress=progress)
