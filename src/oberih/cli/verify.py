"""``oberih verify``: is a kept result still what was written?"""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["verify"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def verify(folder: Path) -> None:
    """Hash every product in FOLDER again and compare with its result.json."""
    from oberih.case.catalogue import kept_result  # here, so that help and mistakes answer at once
    from oberih.cli.show import show_sheet

    show_sheet(kept_result(folder))
