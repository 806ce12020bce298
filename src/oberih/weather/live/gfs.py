"""What does the GFS say, message by message?

A run is a file a step, of about 500 MB, beside an index of lines such as
``465:332451514:d=2023013112:SPFH:850 mb:1 hour fcst:``: number, first byte, run, field, level, step.  A message ends
where the next begins.  Means are given since the last full six hours (``6-9 hour ave fcst``).

Source: NOAA NCEP products inventory, gfs.tHHz.pgrb2.0p25.fFFF; wgrib2 inventories.  Real-time on NOMADS, on Amazon's
bucket ``noaa-gfs-bdp-pds`` under the same names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.live.wanted import (
    ABOVE_GROUND,
    AIR,
    GROUND,
    HUMIDITY,
    NEAR_GROUND,
    VERTICAL,
    Ask,
    Field,
    Place,
    Source,
    Wanted,
)

__all__ = ["GFS", "Gfs", "Line", "lines_of"]

SERVER = "https://noaa-gfs-bdp-pds.s3.amazonaws.com"
"""https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod has the same folders, and limits how often it is asked."""

SPELT = {
    "u": "UGRD", "v": "VGRD", "t": "TMP", "q": "SPFH", "w": "VVEL", "sp": "PRES", "u10": "UGRD", "v10": "VGRD",
    "t2m": "TMP", "blh": "HPBL", "zust": "FRICV", "ishf": "SHTFL", "prate": "PRATE", "cprat": "CPRAT", "orog": "HGT",
}  # fmt: skip

_STEP = re.compile(r"(?:([0-9]{1,4})-)?([0-9]{1,4}) (hour|day) (?:(ave|acc|max|min) )?fcst")
_BYTE = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Line:
    """A line of an index.

    Parameters
    ----------
    start : int
        First byte of the message.
    end : int or None
        Behind its last byte; None for the last message of the file.
    run : str
        As YYYYMMDDHH.
    field, level, statistic : str
        The statistic is empty for a moment.
    step : int
        At which the moment or the span ends [h].
    """

    start: int
    end: int | None
    run: str
    field: str
    level: str
    step: int
    statistic: str


def lines_of(text: str) -> list[Line]:
    r"""Read an index; lines that are none are passed over, so that what they spoke of counts as missing.

    Examples
    --------
    >>> lines_of("1:0:d=2026010100:TMP:850 mb:anl:\n2:99:d=2026010100:PRATE:surface:6-9 hour ave fcst:")[0].end
    99
    """
    found: list[tuple[int, str, str, str, int, str]] = []
    for raw in text.splitlines():
        parts = raw.strip().split(":")
        if len(parts) < 6 or not _BYTE.fullmatch(parts[1]) or not re.fullmatch(r"d=[0-9]{10}", parts[2]):
            continue
        span = _span(parts[5])
        if span is not None:
            found.append((int(parts[1]), parts[2][2:], parts[3], parts[4], *span))
        else:
            found.append((int(parts[1]), "", "", "", -1, ""))  # it still says where the message before it ends
    starts = sorted({f[0] for f in found})
    after = dict(pairwise(starts))
    return [Line(f[0], after.get(f[0]), *f[1:]) for f in found if f[4] >= 0]


def _span(text: str) -> tuple[int, str] | None:
    """Step at the end [h] and statistic."""
    if text == "anl":
        return 0, ""
    match = _STEP.fullmatch(text)
    if match is None:
        return None
    hours = int(match[2]) * (24 if match[3] == "day" else 1)
    return hours, match[4] or ""


FIELDS = (
    *AIR, HUMIDITY, VERTICAL, *NEAR_GROUND,
    Field("prate", "kg m-2 s-1", ((0, 1, 7),), GROUND, statistic="mean"),
    Field("cprat", "kg m-2 s-1", ((0, 1, 196), (0, 1, 37)), GROUND, statistic="mean", needed=False),
    Field("blh", "m", ((0, 3, 196), (0, 3, 18)), GROUND, needed=False),
    Field("zust", "m s-1", ((0, 2, 197), (0, 2, 30)), GROUND, needed=False),
    Field("ishf", "W m-2", ((0, 0, 11),), GROUND, statistic="mean", needed=False, factor=-1.0),
    Field("orog", "m", ((0, 3, 5),), GROUND, needed=False, once=True),
)  # fmt: skip
"""What is asked for; the heat flux comes upward and is kept downward."""


class Gfs(Source):
    """The Global Forecast System of NOAA, 0.25°."""

    name, title, server = "gfs", "NOAA GFS 0.25°", SERVER
    stride, thinned = 3, 1
    delay = 5.0 * SECONDS_PER_HOUR
    keeps = 5.5 * 365.25 * 86400.0  # the bucket: from spring 2021 on; NOMADS ten days
    fields = FIELDS
    levels = (1000, 975, 950, 925, 900, 850, 800, 700, 600, 500, 400, 300, 250)

    def longest(self, run: int) -> int:
        """384 h, three-hourly beyond 120 h."""
        return 384

    def probe(self, server: str, run: int, step: int) -> tuple[str, ...]:
        """The index, which is written after its file."""
        return (f"{self.file(server, run, step)}.idx",)

    def file(self, server: str, run: int, step: int) -> str:
        """Address of a step."""
        at = datetime.fromtimestamp(run, UTC)
        return f"{server}/gfs.{at:%Y%m%d}/{at:%H}/atmos/gfs.t{at:%H}z.pgrb2.0p25.f{step:03d}"

    def places(
        self, server: str, run: int, wanted: Sequence[Wanted], ask: Ask
    ) -> tuple[dict[Wanted, Place], list[Wanted]]:
        """As `Source.places`: lines of another run count as missing."""
        url = self.file(server, run, wanted[0].step)
        stamp = f"{datetime.fromtimestamp(run, UTC):%Y%m%d%H}"
        lines = lines_of(ask(f"{url}.idx").decode("utf-8", errors="replace"))
        known = {(n.field, n.level, n.step, n.statistic): n for n in reversed(lines) if n.run == stamp}
        found, missing = {}, []
        for one in wanted:
            line = known.get(self._key(one))
            if line is None:
                missing.append(one)
            else:
                found[one] = Place(url, line.start, line.end)
        return found, missing

    def _key(self, wanted: Wanted) -> tuple[str, str, int, str]:
        field = wanted.field
        level = f"{wanted.level} mb" if wanted.level is not None else "surface"
        if field.surface == ABOVE_GROUND:
            level = f"{field.height:g} m above ground"
        return SPELT[field.name], level, wanted.step, "" if field.statistic == "instant" else "ave"


GFS = Gfs()
