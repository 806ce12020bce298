"""What was the weather on the hour?  From uneven reports to a uniform series.

Wind direction follows the interpolated **vector**, wind speed is interpolated by itself, so
that turning wind is not weakened.  Scalars are interpolated linearly across unknown values
no farther apart than the permitted gap.  Rain is not interpolated but shared out: the amount
that fell in a step goes to the hours it overlaps, so that totals stay.  One single report may
be held steady over a stated number of hours, and the series says so.

Invariants: the hours are uniform; no speed is NaN; a direction is NaN only in a calm.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import WeatherRefused
from oberih.weather.read.precipitation_totals import step_lengths
from oberih.weather.read.wind_vector import components, speed_and_direction
from oberih.weather.series import Weather

__all__ = ["resample_hourly"]

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

SCALARS = (
    "temperature", "cloud_cover", "solar_radiation", "boundary_layer_height", "pressure", "cloud_base",
    "friction_velocity", "sensible_heat_flux",
)  # fmt: skip


def resample_hourly(
    weather: Weather,
    *,
    start: int | None = None,
    end: int | None = None,
    largest_gap: float = 6.0 * SECONDS_PER_HOUR,
    hold_hours: int | None = None,
) -> Weather:
    """Bring a series to full hours.

    Parameters
    ----------
    weather : Weather
        Checked: times strictly increase, no speed is NaN.
    start, end : int, optional
        First and last time wanted [s since 1970 UTC]; by default the hours inside the series.
        May reach beyond it by at most one usual step, where the edge value is held.
    largest_gap : float
        Longest time between two rows that may be bridged [s].
    hold_hours : int, optional
        For a single report: hold it steady for so many hours from ``start`` (by default its own hour).

    Returns
    -------
    Weather
        At ``start + i * 3600`` s; precipitation is the mean rate of the hour that ends.

    Raises
    ------
    WeatherRefused
        If a gap is longer, the period is not covered, or a single report comes without ``hold_hours``.

    Notes
    -----
    A series that is hourly already, on the hour, comes back unchanged in value.
    """
    if len(weather) == 1:
        return _held_steady(weather, start, hold_hours)
    gaps = np.diff(weather.time)
    file = str((weather.attrs.get("inputs") or [{}])[0].get("name", weather.source))
    if (gaps <= 0).any():
        raise WeatherRefused("times do not increase", file=file, field="time", cure="check the series first")
    if gaps.max() > largest_gap:
        row = int(np.argmax(gaps))
        raise WeatherRefused(
            f"gap of {gaps[row] / SECONDS_PER_HOUR:.1f} h after {_stamp(weather.time[row])}, permitted: "
            f"{largest_gap / SECONDS_PER_HOUR:g} h",
            file=file, field="time", cure="fill the gap, choose another period, or permit longer gaps",
        )  # fmt: skip
    hours = _hours(weather, start, end, file)
    speed, direction = _wind(weather, hours)
    scalars: dict[str, Any] = {
        name: _linear(weather.time, getattr(weather, name), hours, largest_gap) for name in SCALARS
    }
    return replace(
        weather, time=hours, wind_speed=speed, wind_direction=direction,
        precipitation=_rain(weather.time, weather.precipitation, hours), **scalars,
        attrs={**weather.attrs, "resampled": "hourly; vector wind direction, linear scalars, rain by overlap"},
    )  # fmt: skip


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), tz=UTC).strftime("%Y-%m-%dT%H:%MZ")


def _held_steady(weather: Weather, start: int | None, hold_hours: int | None) -> Weather:
    file = str((weather.attrs.get("inputs") or [{}])[0].get("name", weather.source))
    if hold_hours is None or hold_hours < 1:
        raise WeatherRefused(
            f"holds the single time {_stamp(weather.time[0])}", file=file, field="time",
            cure="say for how many hours to hold it steady, or give a series",
        )  # fmt: skip
    first = int(weather.time[0]) // SECONDS_PER_HOUR * SECONDS_PER_HOUR if start is None else start
    hours = first + SECONDS_PER_HOUR * np.arange(hold_hours + 1, dtype=np.int64)
    steady: dict[str, Any] = {
        name: np.repeat(getattr(weather, name), len(hours)) for name in (*SCALARS, "wind_speed", "precipitation")
    }
    direction = np.repeat(_known_direction(weather), len(hours))
    note = f"one report, {_stamp(weather.time[0])}, held steady for {hold_hours} h"
    return replace(
        weather, time=hours, wind_direction=direction, **steady, attrs={**weather.attrs, "held_steady": note}
    )


def _hours(weather: Weather, start: int | None, end: int | None, file: str) -> Times:
    first, last = int(weather.time[0]), int(weather.time[-1])
    usual = float(np.median(np.diff(weather.time)))
    begin = -(-first // SECONDS_PER_HOUR) * SECONDS_PER_HOUR if start is None else start
    finish = last // SECONDS_PER_HOUR * SECONDS_PER_HOUR if end is None else end
    if begin < first - usual or finish > last + usual or finish < begin:
        raise WeatherRefused(
            f"covers {_stamp(first)} to {_stamp(last)}, asked are {_stamp(begin)} to {_stamp(finish)}",
            file=file, field="time", cure="give a longer series",
        )  # fmt: skip
    return np.arange(begin, finish + 1, SECONDS_PER_HOUR, dtype=np.int64)


def _known_direction(weather: Weather) -> Floats:
    """Directions with those of variable winds taken from the neighbours (as a unit vector)."""
    direction = weather.wind_direction
    known = np.isfinite(direction)
    aimless = ~known & (weather.wind_speed > 0.0)
    if not aimless.any() or not known.any():
        return np.where(aimless, 0.0, direction)
    east, north = components(np.ones(int(known.sum())), direction[known])
    when = weather.time[known]
    _, filled = speed_and_direction(np.interp(weather.time, when, east), np.interp(weather.time, when, north))
    last = np.where(np.isnan(filled), direction[known][0], filled)
    return np.where(aimless, last, direction)


def _wind(weather: Weather, hours: Times) -> tuple[Floats, Floats]:
    east, north = components(weather.wind_speed, _known_direction(weather))
    speed = np.interp(hours, weather.time, weather.wind_speed)
    length, direction = speed_and_direction(np.interp(hours, weather.time, east), np.interp(hours, weather.time, north))
    row = np.clip(np.searchsorted(weather.time, hours, side="right") - 1, 0, len(weather) - 1)
    exact = weather.time[row] == hours
    own = _known_direction(weather)
    direction = np.where(exact, own[row], direction)
    opposed = (speed > 0.0) & (np.isnan(direction) | (length < 1e-9 * speed)) & ~exact
    nearer = np.where(np.isfinite(own[row]), own[row], own[np.minimum(row + 1, len(weather) - 1)])
    direction = np.where(opposed, nearer, direction)
    return speed, np.where(speed > 0.0, direction, np.nan)


def _linear(time: Times, values: Floats, hours: Times, largest_gap: float) -> Floats:
    """Linear between known values no farther apart than the gap; NaN elsewhere."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(hours), np.nan)
    when = time[known]
    after = np.clip(np.searchsorted(when, hours, side="left"), 0, len(when) - 1)
    before = np.clip(np.searchsorted(when, hours, side="right") - 1, 0, len(when) - 1)
    reach = np.maximum(np.abs(hours - when[before]), np.abs(when[after] - hours))
    near = (when[after] - when[before] <= largest_gap) & (reach <= largest_gap)
    return np.where(near, np.interp(hours, when, values[known]), np.nan)


def _rain(time: Times, rate: Floats, hours: Times) -> Floats:
    """Mean rate of each hour that ends; NaN where part of the hour is unknown.

    Notes
    -----
    The amount up to any time is piecewise linear: ``A(t)`` grows by ``rate * length`` in the
    stretch before each row.  Hour means are differences of ``A``; the same is done with the
    time that is known, and an hour counts if all of it is.
    """
    length = step_lengths(time)
    known = np.isfinite(rate)
    knots = np.stack([time - length, time.astype(np.float64)], axis=1)[known].ravel()
    if not len(knots):
        return np.full(len(hours), np.nan)
    fell = np.stack([np.zeros(int(known.sum())), (rate * length)[known]], axis=1).ravel().cumsum()
    spoken = np.stack([np.zeros(int(known.sum())), length[known]], axis=1).ravel().cumsum()
    begin = hours - float(SECONDS_PER_HOUR)
    covered = np.interp(hours, knots, spoken) - np.interp(begin, knots, spoken)
    amount = np.interp(hours, knots, fell) - np.interp(begin, knots, fell)
    return np.where(covered >= SECONDS_PER_HOUR - 1.0, np.maximum(amount, 0.0) / SECONDS_PER_HOUR, np.nan)
