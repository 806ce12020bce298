"""What did the station report?  Observations for `fit_climate`, on their regular grid.

The three-hourly SYNOP table of Kharkiv airport 2016 in tidy form, read here and not by
`oberih.weather.read` because the fit needs what `Weather` does not carry: whether precipitation
was seen at the hour, and totals with their own periods.
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STATION = {
    "name": "Kharkiv airport",
    "wmo": "34300",
    "year": "2016",
    "latitude": 49.9667,
    "longitude": 36.1333,
    "wind_height_m": 10.0,
    "credit": "archive of rp5.ua",
}
HOUR_STEP = 3
BASE_WORDS = {
    "50-100": 75.0,
    "100-200": 150.0,
    "200-300": 250.0,
    "300-600": 450.0,
    "600-1000": 800.0,
    "1000-1500": 1250.0,
}
WET = re.compile("дожд|снег|снежн|морос|крупа|град|ливн", re.IGNORECASE)
"""Words of the present weather that mean precipitation at the hour or in the hour before."""
NOT_WET = re.compile("без осадков", re.IGNORECASE)


def read_observations(path: Path) -> dict[str, Floats]:
    """The year on its regular three-hour grid, NaN where an hour or a value is missing."""
    with path.open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle) if r["time_utc"].startswith(STATION["year"])]
    time = np.array([np.datetime64(r["time_utc"], "s").astype(np.int64) for r in rows])
    place = (time - time[0]) // (HOUR_STEP * 3600)
    names = ("speed", "direction", "cloud", "base", "celsius", "wet", "total", "period")
    grid = {name: np.full(place[-1] + 1, np.nan) for name in names}
    grid["time"] = time[0] + np.arange(place[-1] + 1) * HOUR_STEP * 3600.0
    for i, row in zip(place, rows, strict=True):
        for name, value in _row_values(row).items():
            grid[name][i] = value
    return grid


def _row_values(row: dict[str, str]) -> dict[str, float]:
    """One observation in numbers."""
    number = {
        k: float(row[k]) if row[k] else math.nan for k in ("t_C", "wind_speed_m_s", "wind_dir_deg", "cloud_cover_pct")
    }
    obscured = row["sky_obscured"] == "1"
    cloud = 1.0 if obscured else number["cloud_cover_pct"] / 100.0
    text = row["cloud_base_text_m"]
    base = 25.0 if obscured else BASE_WORDS.get(text, 2500.0 if text or cloud == 0.0 else math.nan)
    wet = bool(WET.search(row["weather_now"])) and not NOT_WET.search(row["weather_now"])
    return {
        "speed": 0.0 if row["wind_calm"] == "1" else number["wind_speed_m_s"],
        "direction": number["wind_dir_deg"],
        "cloud": cloud,
        "base": base,
        "celsius": number["t_C"],
        "wet": float(wet),
        "total": float(row["precip_mm"] or 0.0),
        "period": float(row["precip_period_h"] or 0.0),
    }


def calendar(time: Floats) -> tuple[Floats, Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Day of year, local solar hour, season index and hour index of each observation."""
    moment = time.astype(np.int64).astype("datetime64[s]")
    day = (moment - moment.astype("datetime64[Y]")).astype(np.float64) / 86400.0
    hour = np.mod(time / 3600.0 + STATION["longitude"] / 15.0, 24.0)
    month = moment.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return day, hour, month % 12 // 3, (time // 3600 % 24 // HOUR_STEP).astype(np.int64)


def table_of(values: Floats, season: Any, hour: Any) -> Floats:
    """Mean of the values by season and hour, shape (4, 8)."""
    return np.array([[np.nanmean(values[(season == s) & (hour == h)]) for h in range(8)] for s in range(4)])


def smooth_hours(table: Floats) -> Floats:
    """A table lightly smoothed over the hours (weights ¼ ½ ¼), axis 1, cyclic."""
    return np.asarray(0.5 * table + 0.25 * (np.roll(table, 1, axis=1) + np.roll(table, -1, axis=1)))


def fill_direction(direction: Floats) -> Floats:
    """Directions [degrees], calms along the shorter arc between their neighbours."""
    known = np.flatnonzero(np.isfinite(direction))
    turned = np.degrees(np.unwrap(np.radians(direction[known])))
    return np.mod(np.interp(np.arange(len(direction)), known, turned), 360.0)


def unrounded_speed(speed: Floats, rng: np.random.Generator) -> Floats:
    """A speed [m/s] that would have been reported as this whole number."""
    low = np.maximum(speed - 0.5, 0.0)
    return np.asarray(low + rng.random(len(speed)) * (speed + 0.5 - low))


def twelve_hour_totals(data: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Observed 12-hour totals [mm] at 06 and 18 UTC, and the times of their ends."""
    ends = np.isin(data["time"] // 3600 % 24, (6, 18))
    return np.where(data["period"] == 12.0, data["total"], 0.0)[ends], data["time"][ends]


def class_index(values: Floats, classes: list[float]) -> Floats:
    """Index of each value among its classes, NaN where missing."""
    index = np.searchsorted(classes, values).astype(float)
    return np.where(np.isnan(values), np.nan, index)
