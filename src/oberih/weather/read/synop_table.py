"""What did one station report, year in, year out?  A SYNOP table, one row a report.

Columns (as archives of rp5.ua are commonly converted): ``time_utc``, ``wind_dir_deg``,
``wind_speed_m_s``; optional ``wind_calm``, ``t_C``, ``p_station_hPa``, ``cloud_cover_pct``,
``sky_obscured``, ``cloud_base_text_m``, ``weather_now``, ``precip_mm`` with
``precip_period_h`` and ``precip_trace``.

What is read into it, and noted in ``attrs``: a sky hidden by fog counts as overcast; a
missing total at a main hour (00, 06, 12, 18 UTC) is "nothing fell", because SYNOP leaves the
group out then (WMO-No. 306, code table 1819, iR = 3), but only if no report of these six hours
speaks of precipitation; a trace is less than 0.1 mm and counts as zero.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from oberih.constants import KELVIN_OFFSET, SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.assembly import Columns, weather_from_columns
from oberih.weather.read.document import Document, cut_table, epoch_seconds, number
from oberih.weather.read.precipitation_totals import rates_from_totals
from oberih.weather.read.present_weather import falls_in_words
from oberih.weather.series import Weather

__all__ = ["is_synop_table", "read_synop_table"]

Floats = npt.NDArray[np.float64]
REQUIRED = {"time_utc", "wind_dir_deg", "wind_speed_m_s"}
MAIN_HOURS = 6 * SECONDS_PER_HOUR
SCALES = {"t_C": (1.0, KELVIN_OFFSET), "p_station_hPa": (100.0, 0.0), "cloud_cover_pct": (0.01, 0.0)}
"""Column → (scale, offset) to SI."""


def is_synop_table(document: Document) -> bool:
    """Whether the header has the columns of a SYNOP table."""
    header = document.data[:4096].lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    return {name.strip() for name in header.split(",")} >= REQUIRED


def read_synop_table(document: Document, *, latitude: float | None = None, longitude: float | None = None) -> Weather:
    """Read the table; it holds no position, so one must be given.

    Returns
    -------
    Weather
        Label ``observed``; rows sorted by time.

    Raises
    ------
    InputError
        If a cell is not what its column says, or the position is missing.
    WeatherRefused
        If no row tells the wind.
    """
    rows = list(cut_table(document))
    if not rows:
        raise InputError("has no rows", file=document.name, cure="give a table with reports")
    missing = REQUIRED - set(rows[0][1])
    if missing:
        raise InputError("columns are missing", file=document.name, field="header", value=", ".join(sorted(missing)))
    time = np.array([_time(row["time_utc"], line, document) for line, row in rows], dtype=np.int64)
    order = np.argsort(time, kind="stable")
    rows, time = [rows[i] for i in order], time[order]
    speed, direction = _wind(rows, document)
    obscured = _column(rows, "sky_obscured", document) == 1.0
    cloud = _column(rows, "cloud_cover_pct", document)
    columns = Columns(
        time,
        speed,
        direction,
        temperature=_column(rows, "t_C", document),
        pressure=_column(rows, "p_station_hPa", document),
        cloud_cover=np.where(np.isnan(cloud) & obscured, 1.0, cloud),
        cloud_base=[_base(row.get("cloud_base_text_m", ""), line, document) for line, row in rows],
    )
    if "precip_mm" in rows[0][1]:
        columns.precipitation = _precipitation(rows, time, columns, document)
    if (np.isnan(cloud) & obscured).any():
        columns.notes["sky_obscured_taken_as_overcast"] = int((np.isnan(cloud) & obscured).sum())
    return weather_from_columns(
        columns,
        document,
        latitude=None,
        longitude=None,
        asked=(latitude, longitude),
        label="observed",
        source=f"SYNOP table {document.name}",
    )


Rows = list[tuple[int, dict[str, str]]]


def _time(cell: str, line: int, document: Document) -> int:
    field = f"time_utc, line {line}"
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError as error:
        raise InputError("is not an ISO 8601 time", file=document.name, field=field, value=cell) from error
    return epoch_seconds(moment, UTC, file=document.name, field=field)


def _column(rows: Rows, name: str, document: Document) -> Floats:
    scale, offset = SCALES.get(name, (1.0, 0.0))
    cells = [number(row.get(name, ""), file=document.name, field=f"{name}, line {line}") for line, row in rows]
    return np.asarray(np.array(cells, dtype=np.float64) * scale + offset)


def _wind(rows: Rows, document: Document) -> tuple[Floats, Floats]:
    speed = _column(rows, "wind_speed_m_s", document)
    direction = _column(rows, "wind_dir_deg", document)
    calm = _column(rows, "wind_calm", document) == 1.0
    clash = calm & (speed > 0.0)
    if clash.any():
        row = int(np.argmax(clash))
        raise InputError(
            "a calm has a wind speed",
            file=document.name,
            field=f"wind_speed_m_s, line {rows[row][0]}",
            value=float(speed[row]),
            cure="correct wind_calm or the speed",
        )
    return np.where(calm, 0.0, speed), direction


def _base(text: str, line: int, document: Document) -> float:
    """Middle of a class such as ``600-1000`` [m]; open classes tell no base."""
    if not text:
        return math.nan
    bounds = re.fullmatch(r"(\d{1,5})\s*[-–]\s*(\d{1,5})", text)
    if bounds:
        return (float(bounds[1]) + float(bounds[2])) / 2.0
    return (
        number(text, file=document.name, field=f"cloud_base_text_m, line {line}")
        if text[0] in "+-." or text.isdigit()
        else math.nan
    )


def _precipitation(rows: Rows, time: npt.NDArray[np.int64], columns: Columns, document: Document) -> Floats:
    total = _column(rows, "precip_mm", document)
    hours = _column(rows, "precip_period_h", document)
    if (total < 0.0).any() or (hours <= 0.0).any():
        row = int(np.argmax((total < 0.0) | (hours <= 0.0)))
        raise InputError(
            "must not be negative", file=document.name, field=f"precip_mm, line {rows[row][0]}", value=float(total[row])
        )
    if (np.isfinite(total) & np.isnan(hours)).any():
        row = int(np.argmax(np.isfinite(total) & np.isnan(hours)))
        raise InputError("a total needs its period", file=document.name, field=f"precip_period_h, line {rows[row][0]}")
    words = np.array([falls_in_words(row.get("weather_now", "")) for _, row in rows], dtype=bool)
    falling = words | np.concatenate([[False], words[:-1]])
    dry = _dry_by_omission(time, total, words)
    total, period = np.where(dry, 0.0, total), np.where(dry, MAIN_HOURS, hours * SECONDS_PER_HOUR)
    columns.notes["precipitation"] = (
        "overlapping totals made disjoint; spread over the steps with reported precipitation"
    )
    columns.notes["totals_omitted_taken_as_dry"] = int(dry.sum())
    return rates_from_totals(time, total, period, falling=falling)


def _dry_by_omission(time: npt.NDArray[np.int64], total: Floats, words: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Main hours whose total was left out while nothing fell in their six hours."""
    if not np.isfinite(total).any():
        return np.zeros(len(time), dtype=bool)
    seen = np.concatenate([[0], np.cumsum(words)])
    first = np.searchsorted(time, time - MAIN_HOURS, side="right")
    quiet = seen[np.arange(1, len(time) + 1)] == seen[first]
    return np.asarray(np.isnan(total) & (time % MAIN_HOURS == 0) & quiet, dtype=np.bool_)
