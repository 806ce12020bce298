"""What does the GFS say, cut out at the server: for thin lines?

NOMADS' filter gives in one answer a step's messages of all fields named at all levels named, cut to an area: about a
hundredth of the bytes.  It has no index to say what is missing, so what is not in the answer is missing; and it
limits how often it is asked.

Source: NOAA NOMADS, grib filter of the GFS 0.25° (cgi-bin/filter_gfs_0p25.pl), form as used by others; not verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from oberih.weather.live.gfs import SPELT, Gfs
from oberih.weather.live.wanted import ABOVE_GROUND, Place, Wanted

__all__ = ["NOMADS", "Nomads"]

SERVER = "https://nomads.ncep.noaa.gov"

FOLDER = "/pub/data/nccf/com/gfs/prod"
"""Of the files themselves, beside the filter."""


class Nomads(Gfs):
    """The GFS of NOAA through the filter of NOMADS."""

    name, title, server = "nomads", "NOAA GFS 0.25° (NOMADS)", SERVER
    keeps = 10.0 * 86400.0

    def file(self, server: str, run: int, step: int) -> str:
        """Address of a step, whole."""
        return super().file(server + FOLDER, run, step)

    def bundle(
        self, server: str, run: int, wanted: Sequence[Wanted], area: tuple[float, float, float, float]
    ) -> Place | None:
        """As `Source.bundle`."""
        at, step = datetime.fromtimestamp(run, UTC), wanted[0].step
        west, south, east, north = area
        fields = sorted({SPELT[w.field.name] for w in wanted})
        asked: list[tuple[str, str]] = [
            ("dir", f"/gfs.{at:%Y%m%d}/{at:%H}/atmos"), ("file", f"gfs.t{at:%H}z.pgrb2.0p25.f{step:03d}"),
            *((f"var_{name}", "on") for name in fields), *((f"lev_{level}", "on") for level in sorted(_levels(wanted))),
            ("subregion", ""), ("toplat", f"{north:g}"), ("leftlon", f"{west % 360.0:g}"),
            ("rightlon", f"{west % 360.0 + (east - west) % 360.0:g}"), ("bottomlat", f"{south:g}"),
        ]  # fmt: skip
        return Place(f"{server}/cgi-bin/filter_gfs_0p25.pl?{urlencode(asked)}")


def _levels(wanted: Sequence[Wanted]) -> set[str]:
    out = set()
    for one in wanted:
        if one.level is not None:
            out.add(f"{one.level}_mb")
        elif one.field.surface == ABOVE_GROUND:
            out.add(f"{one.field.height:g}_m_above_ground")
        else:
            out.add("surface")
    return out


NOMADS = Nomads()
