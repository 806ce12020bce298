"""GRIB messages of weather that is made here, coded as the GFS, ECMWF and ICON-EU code theirs.

Smooth and possible: wind that grows with height, a stable lapse, rain that comes and goes.  The wind bears the mark of
its run (0.25 m/s a cycle) and of its member (0.1 m/s each), so that what was mixed is seen in the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import eccodes
import numpy as np

from oberih.weather.live.wanted import ABOVE_GROUND, GROUND, ON_LEVELS

CENTRE = {"gfs": "kwbc", "ecmwf": "ecmf", "icon": "edzw"}
CYCLE = 6 * 3600


@dataclass(frozen=True)
class Lattice:
    """A grid: from the first point southward or northward, and eastward."""

    north: float = 75.0
    south: float = 21.0
    west: float = 0.0
    columns: int = 36
    spacing: float = 2.0
    upward: bool = False
    packing: str = "grid_simple"

    @property
    def rows(self) -> int:
        return round((self.north - self.south) / self.spacing) + 1

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of each value, in the order of the message."""
        lat = self.south + self.spacing * np.arange(self.rows)
        lon = self.west + self.spacing * np.arange(self.columns)
        lat = lat if self.upward else lat[::-1]
        return np.repeat(lat, self.columns), np.tile(lon, self.rows)


CODES: dict[str, tuple[tuple[int, int, int], int, float]] = {
    "u": ((0, 2, 2), ON_LEVELS, 0.0), "v": ((0, 2, 3), ON_LEVELS, 0.0), "t": ((0, 0, 0), ON_LEVELS, 0.0),
    "q": ((0, 1, 0), ON_LEVELS, 0.0), "r": ((0, 1, 1), ON_LEVELS, 0.0), "w": ((0, 2, 8), ON_LEVELS, 0.0),
    "sp": ((0, 3, 0), GROUND, 0.0), "u10": ((0, 2, 2), ABOVE_GROUND, 10.0), "v10": ((0, 2, 3), ABOVE_GROUND, 10.0),
    "t2m": ((0, 0, 0), ABOVE_GROUND, 2.0), "prate": ((0, 1, 7), GROUND, 0.0), "cprat": ((0, 1, 196), GROUND, 0.0),
    "blh": ((0, 3, 196), GROUND, 0.0), "zust": ((0, 2, 197), GROUND, 0.0), "ishf": ((0, 0, 11), GROUND, 0.0),
    "orog": ((0, 3, 5), GROUND, 0.0), "tp": ((0, 1, 193), GROUND, 0.0), "tot_prec": ((0, 1, 52), GROUND, 0.0),
    "iews": ((0, 2, 62), GROUND, 0.0), "inss": ((0, 2, 63), GROUND, 0.0), "zs": ((0, 3, 4), GROUND, 0.0),
    "hsurf": ((0, 3, 6), GROUND, 0.0),
}  # fmt: skip


def rain_rate(hour: float) -> float:
    """Rain of the hour that ends [kg/(m2 s)]: showers of six hours every twelve."""
    return 1e-4 if int(hour - 1e-9) % 12 < 6 else 0.0


def rain_sum(begin: float, end: float) -> float:
    """Rain between two times [kg/m2]; hours since the run."""
    edges = np.arange(begin, end, 1.0)
    return float(sum(3600.0 * rain_rate(e + 1.0) for e in edges))


def value(
    name: str, level: int, run: int, begin: float, end: float, lat: np.ndarray, lon: np.ndarray, member: int = 0
) -> np.ndarray:
    """Values of a field; spans in hours since the run."""
    aloft = (1000.0 - level) / 700.0 if level else 0.0
    mark = 0.25 * (run // CYCLE % 8) + 0.1 * member
    zero = 0.0 * lat
    wave = np.sin(np.radians(3.0 * lon + 15.0 * end))
    fields = {
        "u": lambda: 6.0 + 12.0 * aloft + mark + wave, "v": lambda: 1.0 + 2.0 * aloft + 0.5 * wave,
        "t": lambda: 288.0 - 55.0 * aloft - 0.3 * (lat - 48.0), "q": lambda: zero + 6e-3 * np.exp(-3.0 * aloft),
        "r": lambda: zero + 60.0, "w": lambda: zero, "sp": lambda: zero + 101_300.0 + 200.0 * wave,
        "u10": lambda: 4.0 + mark + wave, "v10": lambda: 1.0 + 0.5 * wave, "t2m": lambda: 289.0 - 0.3 * (lat - 48.0),
        "prate": lambda: zero + rain_sum(begin, end) / (3600.0 * max(end - begin, 1e-9)),
        "cprat": lambda: zero, "blh": lambda: zero + 700.0, "zust": lambda: zero + 0.35, "ishf": lambda: zero + 20.0,
        "tp": lambda: zero + rain_sum(begin, end) / 1000.0, "tot_prec": lambda: zero + rain_sum(begin, end),
        "iews": lambda: zero + 0.1 * 3600.0 * (end - begin), "inss": lambda: zero, "orog": lambda: zero + 100.0,
        "hsurf": lambda: zero + 100.0, "zs": lambda: zero + 980.665,
    }  # fmt: skip
    return np.asarray(fields[name]())


def message(
    source: str, name: str, *, level: int = 0, run: int, step: int, begin: int | None = None, lattice: Lattice,
    member: int | None = None,
) -> bytes:  # fmt: skip
    """One message.

    Parameters
    ----------
    begin : int, optional
        Start of a mean or sum [h since the run]; a moment if not given.
    """
    code, surface, height = CODES[name]
    handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
    try:
        at = datetime.fromtimestamp(run, UTC)
        keys: dict[str, int | str | float] = {
            "centre": CENTRE[source], "dataDate": int(f"{at:%Y%m%d}"), "dataTime": 100 * at.hour,
            "Ni": lattice.columns, "Nj": lattice.rows, "jScansPositively": int(lattice.upward),
            "latitudeOfFirstGridPointInDegrees": lattice.south if lattice.upward else lattice.north,
            "latitudeOfLastGridPointInDegrees": lattice.north if lattice.upward else lattice.south,
            "longitudeOfFirstGridPointInDegrees": lattice.west % 360.0,
            "longitudeOfLastGridPointInDegrees": (lattice.west + lattice.spacing * (lattice.columns - 1)) % 360.0,
            "iDirectionIncrementInDegrees": lattice.spacing, "jDirectionIncrementInDegrees": lattice.spacing,
        }  # fmt: skip
        accumulates = name in ("tp", "tot_prec", "iews", "inss")
        if member is not None:
            keys |= {"productDefinitionTemplateNumber": 1 if begin is None else 11, "perturbationNumber": member}
        elif begin is not None:
            keys["productDefinitionTemplateNumber"] = 8
        if begin is not None:
            keys["typeOfStatisticalProcessing"] = 1 if accumulates else 0
        keys |= {
            "localTablesVersion": int(source == "ecmwf" and name == "tp"),
            "discipline": code[0], "parameterCategory": code[1], "parameterNumber": code[2],
            "typeOfFirstFixedSurface": surface, "scaleFactorOfFirstFixedSurface": 0,
            "scaledValueOfFirstFixedSurface": round(100 * level if surface == ON_LEVELS else height),
            "stepRange": f"{step}" if begin is None else f"{begin}-{step}", "bitsPerValue": 16,
            "packingType": lattice.packing,
        }  # fmt: skip
        for key, given in keys.items():
            eccodes.codes_set(handle, key, given)
        lat, lon = lattice.points()
        eccodes.codes_set_values(handle, value(name, level, run, float(begin or 0), float(step), lat, lon, member or 0))
        return bytes(eccodes.codes_get_message(handle))
    finally:
        eccodes.codes_release(handle)
