"""``oberih verify``: is a kept result still what was written?"""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["verify"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--store", default=None, envvar="OBERIH_EVIDENCE", show_envvar=True, metavar="PATH|URL", help="The record."
)
def verify(folder: Path, store: str | None) -> None:
    """Hash every product in FOLDER again and compare with its result.json, and that with the record.

    The record itself, or a bundle of it:  oberih evidence verify
    """
    from oberih.case.prove.keeping import DEFAULT_STORE, Keeping  # here, so that help and mistakes answer at once
    from oberih.case.prove.kept_results import verified_result
    from oberih.cli.show import show_sheet

    show_sheet(verified_result(Keeping(store or DEFAULT_STORE), folder))
