"""``oberih sites``, ``scenarios``, ``criteria``: what is known, and what does it say?"""

from __future__ import annotations

import click

from oberih.cli.options import shared

__all__ = ["criteria", "scenarios", "sites"]


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@shared("json")
def sites(name: str | None, as_json: bool) -> None:
    """List the sites that are known, or describe one.

    A file of your own is read and checked the same way.
    """
    import oberih.case.catalogue as catalogue  # here, so that help and mistakes answer at once
    from oberih.cli.show import show_sheet

    show_sheet(catalogue.one_site(name) if name else catalogue.all_sites(), as_json=as_json)


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@shared("json")
def scenarios(name: str | None, as_json: bool) -> None:
    """List the release scenarios that are known, or describe one."""
    import oberih.case.catalogue as catalogue  # as above
    from oberih.cli.show import show_sheet

    show_sheet(catalogue.one_scenario(name) if name else catalogue.all_scenarios(), as_json=as_json)


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@shared("json")
def criteria(name: str | None, as_json: bool) -> None:
    """List the sets of criteria that are known, or show one, each number with its source."""
    import oberih.case.catalogue as catalogue  # as above
    from oberih.cli.show import show_sheet

    show_sheet(catalogue.one_criteria_set(name) if name else catalogue.all_criteria(), as_json=as_json)
