"""``oberih atlas``: build, describe and verify atlases."""

from __future__ import annotations

from pathlib import Path

import click

from oberih.case.request import PlanRequest
from oberih.cli.lazy import WordsGroup
from oberih.cli.options import shared

__all__ = ["atlas"]


@click.group(cls=WordsGroup)
def atlas() -> None:
    """Build, describe and verify atlases: where one becquerel would go, hour by hour."""


@atlas.command()
@click.argument("site")
@click.option("--weather", default="climate", show_default=True, metavar="NAME|FILE", help="As for oberih plan.")
@shared("cache", "workers", "scheduler", "seed", "quiet", "json")
def build(
    site: str,
    weather: str,
    cache: Path,
    workers: int | None,
    scheduler: str | None,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Build SITE's atlas, or finish one that was interrupted."""
    from oberih.case.atlas_store import build as build_atlas  # here, so that help and mistakes answer at once
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    request = PlanRequest(site=site, weather=weather, cache=cache, workers=workers, scheduler=scheduler, seed=seed)
    with watched(quiet=quiet) as progress:
        sheet = build_atlas(request, progress=progress)
    if not quiet or as_json:
        show_sheet(sheet, as_json=as_json)


@atlas.command("list")
@shared("cache", "json")
def list_atlases(cache: Path, as_json: bool) -> None:
    """List the atlases that are kept."""
    from oberih.case.atlas_store import list_atlases as listed  # as above
    from oberih.cli.show import show_sheet

    show_sheet(listed(cache), as_json=as_json)


@atlas.command()
@click.argument("path", type=click.Path(path_type=Path))
@shared("json")
def info(path: Path, as_json: bool) -> None:
    """Describe the atlas at PATH."""
    from oberih.case.atlas_store import info as described  # as above
    from oberih.cli.show import show_sheet

    show_sheet(described(path), as_json=as_json)


@atlas.command()
@click.argument("path", type=click.Path(path_type=Path))
@shared("quiet")
def verify(path: Path, quiet: bool) -> None:
    """Check every chunk of the atlas at PATH against its checksum."""
    from oberih.case.atlas_store import verify as verified  # as above
    from oberih.cli.progress import watched
    from oberih.cli.show import show_sheet

    with watched(quiet=quiet) as progress:
        sheet = verified(path, progress=progress)
    if not quiet:
        show_sheet(sheet)
