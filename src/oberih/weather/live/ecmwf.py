"""What does ECMWF's open data say, message by message?

A run is a file a step beside an index of one JSON object a line: ``{"date": "20260524", "time": "0000", "step": "0",
"levtype": "pl", "levelist": "850", "param": "t", "_offset": 224, "_length": 896851}``; members of the ensemble have
``"number"``.  Sums run since the start.

Source: ECMWF, "Real-time open data: find out how to access" (naming convention, index), state of cycle 50r1, 2026:
levels 1000, 925, 850, 700, 600, 500, 400, 300, 250 hPa and above.  CC BY 4.0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.live.wanted import (
    AIR,
    GROUND,
    HUMIDITY,
    NEAR_GROUND,
    VERTICAL,
    Ask,
    Field,
    NotThere,
    Place,
    Source,
    Wanted,
)

__all__ = ["ECMWF", "Ecmwf"]

SERVER = "https://data.ecmwf.int/forecasts"
"""The bucket https://ecmwf-forecasts.s3.eu-central-1.amazonaws.com has the same folders."""

SHORT_CUT = (6, 18)
"""Runs whose stream was called scda before it was called oper; both are tried."""

SPELT = {"u10": "10u", "v10": "10v", "t2m": "2t", "iews": "ewss", "inss": "nsss", "zs": "z"}


FIELDS = (
    *AIR, HUMIDITY, VERTICAL, *NEAR_GROUND,
    Field("prate", "kg m-2 s-1", ((0, 1, 193), (0, 1, 52), (0, 1, 8)), GROUND, statistic="sum", short_names=("tp",)),
    Field("iews", "N m-2", ((0, 2, 62), (0, 2, 38)), GROUND, statistic="sum", needed=False, short_names=("ewss",)),
    Field("inss", "N m-2", ((0, 2, 63), (0, 2, 37)), GROUND, statistic="sum", needed=False, short_names=("nsss",)),
    Field("zs", "m2 s-2", ((0, 3, 4),), GROUND, needed=False, short_names=("z",), once=True),
)  # fmt: skip
"""What is asked for; there is no mixing height and no heat flux among the open data."""


class Ecmwf(Source):
    """The open data of ECMWF's high-resolution forecast, 0.25°.

    Parameters
    ----------
    member : int or None
        Of the ensemble; None for the single forecast.
    """

    name, title, server = "ecmwf", "ECMWF open data 0.25°", SERVER
    stride, thinned = 3, 1
    delay = 8.0 * SECONDS_PER_HOUR
    keeps = 4.0 * 86400.0
    fields = FIELDS
    levels = (1000, 925, 850, 700, 600, 500, 400, 300, 250)

    def __init__(self, member: int | None = None) -> None:
        self.member = member
        if member is not None:
            self.name, self.title = f"ecmwf-member-{member:02d}", f"ECMWF open data 0.25°, member {member}"

    def longest(self, run: int) -> int:
        """Last three-hourly step: 144 h, and 90 h at 06 and 18 UTC (the ensemble: 144 h always)."""
        return 90 if datetime.fromtimestamp(run, UTC).hour in SHORT_CUT and self.member is None else 144

    def probe(self, server: str, run: int, step: int) -> tuple[str, ...]:
        """The index, under each name that it may have."""
        return tuple(f"{stem}.index" for stem in self._stems(server, run, step))

    def _stems(self, server: str, run: int, step: int) -> list[str]:
        at = datetime.fromtimestamp(run, UTC)
        kinds = [("enfo", "ef")] if self.member is not None else [("oper", "fc")]
        if at.hour in SHORT_CUT and self.member is None:
            kinds.append(("scda", "fc"))
        folder = f"{server}/{at:%Y%m%d}/{at:%H}z/ifs/0p25"
        return [f"{folder}/{stream}/{at:%Y%m%d%H}0000-{step}h-{stream}-{kind}" for stream, kind in kinds]

    def places(
        self, server: str, run: int, wanted: Sequence[Wanted], ask: Ask
    ) -> tuple[dict[Wanted, Place], list[Wanted]]:
        """As `Source.places`: lines of another run or step count as missing."""
        stems = self._stems(server, run, wanted[0].step)
        for stem in stems:
            try:
                text = ask(f"{stem}.index").decode("utf-8", errors="replace")
                break
            except NotThere:
                if stem == stems[-1]:
                    raise
        known = self._known(text, run)
        found, missing = {}, []
        for one in wanted:
            param = SPELT.get(one.field.name, "tp" if one.field.name == "prate" else one.field.name)
            kind = "pl" if one.level is not None else "sfc"
            span = known.get((param, kind, str(one.level or ""), str(one.step)))
            if span is None:
                missing.append(one)
            else:
                found[one] = Place(f"{stem}.grib2", *span)
        return found, missing

    def _known(self, text: str, run: int) -> dict[tuple[str, str, str, str], tuple[int, int]]:
        at = datetime.fromtimestamp(run, UTC)
        known: dict[tuple[str, str, str, str], tuple[int, int]] = {}
        for raw in text.splitlines():
            try:
                line: dict[str, Any] = json.loads(raw)
                start, length = int(line["_offset"]), int(line["_length"])
                own = line["date"] == f"{at:%Y%m%d}" and line["time"] == f"{at:%H}00"
                member = None if line.get("number") is None else int(line["number"])
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                continue  # what it spoke of counts as missing
            if own and member == self.member and start >= 0 and length > 0:
                step = str(line.get("step", "")).rpartition("-")[2]
                key = (str(line.get("param")), str(line.get("levtype")), str(line.get("levelist") or ""), step)
                known[key] = (start, start + length)
        return known


ECMWF = Ecmwf()
