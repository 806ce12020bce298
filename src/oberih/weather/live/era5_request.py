"""How does one ask the Climate Data Store for the same fields?

Gives the request as a program that a person with an account runs: two GRIB files a day, cut to the area, which is a
fraction of what whole chunks of the globe weigh.  Nothing is asked from here: the store wants an account and a licence
that only a person can accept.

Source: Copernicus Climate Data Store, datasets ``reanalysis-era5-pressure-levels``, ``reanalysis-era5-single-levels``
and ``reanalysis-era5-complete`` (keys as their forms show them since September 2024; verified = false: not run here).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from oberih.weather.live.era5_names import GROUND, LEVELS, PRESSURES, model_levels
from oberih.weather.live.era5_wish import Wish

__all__ = ["cds_bytes", "cds_program"]

PARAMETERS = {"u": "131", "v": "132", "t": "130", "q": "133", "w": "135"}
"""ECMWF's numbers of the fields on levels."""


def cds_program(wish: Wish, *, folder: str) -> str:
    """Write the request as a Python program for ``cdsapi``.

    Parameters
    ----------
    wish : Wish
    folder : str
        In which the files are put.
    """
    moments = [datetime.fromtimestamp(t, UTC) for t in wish.times]
    days = [(day, [f"{t:%H:%M}" for t in times]) for day, times in groupby(moments, key=lambda t: f"{t:%Y-%m-%d}")]
    west, south, east, north = wish.area
    area = [north, west, south, east]
    asked = []
    for day, hours in days:
        name = f"{folder}/era5-{day.replace('-', '')}"
        asked.append((*_levels(wish, day, hours, area), f"{name}-levels.grib"))
        asked.append(("reanalysis-era5-single-levels", _single(day, hours, area), f"{name}-ground.grib"))
    lines = [
        f"# ERA5 for Oberih: about {cds_bytes(wish) / 1e9:.2g} GB in {len(asked)} files.  Needs an account at",
        "# cds.climate.copernicus.eu, its key in ~/.cdsapirc, the licences accepted, and: pip install cdsapi",
        "import os",
        "",
        "import cdsapi",
        "",
        f"os.makedirs({folder!r}, exist_ok=True)",
        "client = cdsapi.Client()",
    ]
    for dataset, request, path in asked:
        lines.append(f"if not os.path.exists({path!r}):")
        lines.append(f"    client.retrieve({dataset!r}, {json.dumps(request)}, {path + '.part'!r})")
        lines.append(f"    os.replace({path + '.part'!r}, {path!r})")
    return "\n".join(lines) + "\n"


def _levels(wish: Wish, day: str, hours: Sequence[str], area: Sequence[float]) -> tuple[str, dict[str, object]]:
    """Data set and request of the levels of a day."""
    if wish.kind == "model":
        first, last = model_levels()[0], model_levels()[-1]
        return "reanalysis-era5-complete", {
            "class": "ea", "expver": "1", "stream": "oper", "type": "an", "levtype": "ml",
            "levelist": f"{first}/to/{last}", "param": "/".join(PARAMETERS[n] for n in LEVELS), "date": day,
            "time": "/".join(hours), "area": "/".join(f"{v:g}" for v in area), "grid": "0.25/0.25",
        }  # fmt: skip
    return "reanalysis-era5-pressure-levels", {
        **_when(day, hours, area), "variable": [LEVELS[n][0] for n in LEVELS],
        "pressure_level": [str(p) for p in PRESSURES],
    }  # fmt: skip


def _single(day: str, hours: Sequence[str], area: Sequence[float]) -> dict[str, object]:
    return {**_when(day, hours, area), "variable": [long for long, _, _ in GROUND.values()]}


def _when(day: str, hours: Sequence[str], area: Sequence[float]) -> dict[str, object]:
    year, month, number = day.split("-")
    return {
        "product_type": ["reanalysis"], "year": [year], "month": [month], "day": [number], "time": list(hours),
        "area": list(area), "data_format": "grib", "download_format": "unarchived",
    }  # fmt: skip


def cds_bytes(wish: Wish) -> int:
    """Bytes of the answer, about: two a value, as ERA5's GRIB has them."""
    west, south, east, north = wish.area
    points = (round((east - west) % 360.0 / 0.25) + 1) * (round((north - south) / 0.25) + 1)
    levels = len(PRESSURES) if wish.kind == "pressure" else len(model_levels())
    return 2 * points * len(wish.times) * (levels * len(LEVELS) + len(GROUND))
