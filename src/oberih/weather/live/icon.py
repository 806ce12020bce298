"""What does ICON-EU say, file by file?

A run is a bzip2 file for each field, level and step, and no index; folders bear the hour of the run only, so that a
file's name and the message in it have to say the day.  Hourly to 78 h, three-hourly to 120 h.
Sums run since the start.

Source: DWD, open data server, folder weather/nwp/icon-eu/grib (names of files as found there by others in 2025–2026);
the sign of its heat flux was not checked, so it is not asked for.  GeoNutzV: name "Deutscher Wetterdienst" as source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.live.wanted import AIR, GROUND, NEAR_GROUND, Ask, Field, Place, Source, Wanted

__all__ = ["ICON", "Icon"]

SERVER = "https://opendata.dwd.de/weather/nwp"

SPELT = {
    "u": "u", "v": "v", "t": "t", "r": "relhum", "sp": "ps", "u10": "u_10m", "v10": "v_10m", "t2m": "t_2m",
    "prate": "tot_prec", "orog": "hsurf",
}  # fmt: skip


FIELDS = (
    *AIR, Field("r", "1", ((0, 1, 1),), factor=0.01), *NEAR_GROUND,
    Field("prate", "kg m-2 s-1", ((0, 1, 52), (0, 1, 8)), GROUND, statistic="sum"),
    Field("orog", "m", ((0, 3, 6), (0, 3, 5)), GROUND, needed=False, once=True),
)  # fmt: skip
"""What is asked for."""


class Icon(Source):
    """ICON-EU of DWD, 0.0625° over Europe; every fourth point is kept, as fine as the others are."""

    name, title, server = "icon", "DWD ICON-EU", SERVER
    stride, thinned = 3, 4
    delay = 4.5 * SECONDS_PER_HOUR
    keeps = 86400.0
    fields = FIELDS
    levels = (1000, 950, 925, 900, 850, 800, 700, 600, 500, 400, 300, 250)

    def longest(self, run: int) -> int:
        """120 h."""
        return 120

    def probe(self, server: str, run: int, step: int) -> tuple[str, ...]:
        """The rain of the step, one of the last fields that are written; verified = false."""
        rain = next(f for f in self.fields if f.name == "prate")
        return (self.file(server, run, Wanted(rain, None, step)),)

    def file(self, server: str, run: int, wanted: Wanted) -> str:
        """Address of a message."""
        at, name = datetime.fromtimestamp(run, UTC), SPELT[wanted.field.name]
        kind, step, level = "single-level", f"_{wanted.step:03d}", ""
        if wanted.level is not None:
            kind, level = "pressure-level", f"_{wanted.level}"
        elif wanted.field.once:
            kind, step = "time-invariant", ""
        stem = f"icon-eu_europe_regular-lat-lon_{kind}_{at:%Y%m%d%H}{step}{level}_{name.upper()}"
        return f"{server}/icon-eu/grib/{at:%H}/{name}/{stem}.grib2.bz2"

    def places(
        self, server: str, run: int, wanted: Sequence[Wanted], ask: Ask
    ) -> tuple[dict[Wanted, Place], list[Wanted]]:
        """As `Source.places`; nothing is missing before it was asked for."""
        return {one: Place(self.file(server, run, one), packed=True) for one in wanted}, []


ICON = Icon()
