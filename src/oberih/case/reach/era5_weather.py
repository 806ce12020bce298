"""How does ERA5 in three dimensions come to somebody's disk?

Fetches an area and hours out of the public copy, with the cost told before, or writes the request that a person with an
account sends to the Climate Data Store.
"""

from __future__ import annotations

from pathlib import Path

from oberih.case.progress import Progress
from oberih.case.reach.products import check_paths
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import load_site
from oberih.errors import InputError
from oberih.weather.live.arco import Cost, cost_of, fetch_area
from oberih.weather.live.era5_request import cds_bytes, cds_program
from oberih.weather.live.era5_wish import Kind, Wish, wish_around

__all__ = ["cost_sheet", "fetch_fields", "request_program", "wish_of"]

CREDIT = "Contains modified Copernicus Climate Change Service information; ERA5 is by ECMWF for Copernicus."


def wish_of(
    *, area: tuple[float, float, float, float] | None, site: str | None, start: int, end: int, every: int, kind: Kind
) -> Wish:
    """Put together what is wanted: an area, or all within 1,100 km of a site.

    Raises
    ------
    InputError
        If neither or both are given, or the hours make no sense.
    """
    if (area is None) == (site is None):
        raise InputError("give either --area or --site", field="--area")
    hours = -(-(end - start) // SECONDS_PER_HOUR)
    if hours < 0:
        raise InputError("lies before --from", field="--to", value=stamp(end))
    if area is not None:
        return Wish(area, start, hours, every, kind)
    found = load_site(str(site))
    return wish_around(found.latitude, found.longitude, start=start, hours=hours, every=every, kind=kind)


def cost_sheet(wish: Wish, folder: Path, *, server: str | None) -> Sheet:
    """What a wish would cost, here and there; nothing is fetched but the heads of chunks."""
    return _sheet("What ERA5 would cost", wish, folder, cost_of(wish, folder, server=server))


def fetch_fields(wish: Wish, folder: Path, *, server: str | None, progress: Progress) -> Sheet:
    """Fetch what is wished for into a folder.

    Raises
    ------
    SourceUnavailable
        If the store does not answer or does not hold these hours; what was fetched stays.
    StoreError
        If the folder cannot be written.
    """
    check_paths(folder, None)

    def told(done: int, of: int, what: str) -> None:
        if done == 0:
            progress.stage(what, total=of)
        else:
            progress.advance()

    paths = fetch_area(wish, folder, server=server, told=told)
    progress.done()
    return _sheet("ERA5 on disk", wish, folder, None, files=len(paths))


def request_program(wish: Wish, folder: Path) -> str:
    """Give the request to the Climate Data Store as a program."""
    return cds_program(wish, folder=folder.as_posix())


def _sheet(title: str, wish: Wish, folder: Path, cost: Cost | None, *, files: int | None = None) -> Sheet:
    west, south, east, north = wish.area
    facts = [
        ("area", f"{west:g}° to {east:g}° east, {south:g}° to {north:g}° north"),
        ("times", f"{len(wish.times)} from {stamp(wish.times[0])} to {stamp(wish.times[-1])}, every {wish.every} h"),
        ("levels", "23 of pressure, up to 200 hPa" if wish.kind == "pressure" else "of the model, up to 195 hPa"),
        ("folder", str(folder)),
    ]
    if cost is not None:
        facts.append(("out of ARCO-ERA5", "nothing: all is kept" if cost.hours == 0 else str(cost)))
        facts.append(("by the Climate Data Store instead", f"about {cds_bytes(wish) / 1e9:.2g} GB, with an account"))
    if files is not None:
        facts.append(("files", f"{files}, one a time"))
    return Sheet(title, tuple(facts), notes=(CREDIT,))
