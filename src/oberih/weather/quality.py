"""May this weather be used, and what is odd about it?

`check_weather` **refuses**, in one line with file, field, value and cure, what must not be
used: impossible values (a wind of 400 m/s, a direction beyond 360°, kelvins that are
Celsius), missing wind, two different reports for one time, a gap longer than permitted, a
series shorter than asked.  It **reports**, in a `QualityReport`, what a person should know:
gaps, jumps, stuck values, calms, what share of each field is unknown.  It **repairs** only
order and exact repetition, and says so.

`resample_hourly`, which follows a check, lives in `oberih.weather.hourly`.
"""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import WeatherRefused
from oberih.weather.hourly import resample_hourly
from oberih.weather.series import Weather

__all__ = ["LIMITS", "Oddity", "QualityReport", "check_weather", "resample_hourly"]

Floats = npt.NDArray[np.float64]

LIMITS: dict[str, tuple[float, float, str]] = {
    "wind_speed": (0.0, 75.0, "give m/s; a mean wind above 75 m/s has not been measured near the ground"),
    "wind_direction": (0.0, 360.0, "give degrees clockwise from north"),
    "temperature": (180.0, 335.0, "give kelvin, not degrees Celsius"),
    "cloud_cover": (0.0, 1.0, "give a fraction of 1, not per cent or oktas"),
    "solar_radiation": (-20.0, 1500.0, "give W/m2, not a sum in J/m2"),
    "precipitation": (0.0, 0.1, "give kg/(m2 s); 0.1 is 360 mm/h"),
    "boundary_layer_height": (0.0, 10000.0, "give metres"),
    "pressure": (30000.0, 110000.0, "give pascal, not hectopascal"),
    "cloud_base": (0.0, 30000.0, "give metres above ground"),
    "friction_velocity": (0.0, 10.0, "give m/s"),
    "sensible_heat_flux": (-1000.0, 2000.0, "give W/m2, upward positive"),
}
"""Field → lowest and highest value that can be [SI], and what to do about others.

World extremes (WMO archive of weather and climate extremes): -89.2 to 56.7 °C, 870 to 1084 hPa
at sea level; the rest are round numbers beyond what is measured or modelled."""

JUMPS: dict[str, float] = {"wind_speed": 15.0, "temperature": 10.0, "pressure": 1000.0}
"""Field → change from one hour to the next that is reported [SI per hour, at most per row]."""

STUCK_FOR = 24.0 * SECONDS_PER_HOUR
"""Speed and direction unchanged for so long are reported [s]; calms are not counted."""

STUCK_ROWS = 6
"""... if so many reports at least say the same."""

GAP_STEPS = 1.5
"""A gap is reported from so many usual steps on [1]."""


@dataclass(frozen=True)
class Oddity:
    """A stretch that a person should look at.

    Parameters
    ----------
    kind : str
        ``gap``, ``jump`` or ``stuck``.
    field : str
        Of `Weather`.
    start, end : int
        First and last time [s since 1970 UTC].
    value : float
        Duration of a gap or of a stuck stretch [s]; size of a jump [SI].
    """

    kind: str
    field: str
    start: int
    end: int
    value: float

    def __str__(self) -> str:
        span = f"{_stamp(self.start)} to {_stamp(self.end)}"
        if self.kind == "jump":
            return f"jump of {self.value:.4g} in {self.field}, {span}"
        return f"{self.kind} of {self.value / SECONDS_PER_HOUR:.1f} h in {self.field}, {span}"


@dataclass(frozen=True)
class QualityReport:
    """What was found in a series.

    Parameters
    ----------
    file, label, source : str
        Which series.
    start, end : int
        Times of the first and last row [s since 1970 UTC].
    rows : int
    usual_step : float
        Median between rows [s]; 0 for a single row.
    gaps, jumps, stuck : tuple of Oddity
    calms, variable : int
        Rows with speed 0; rows with a wind but no direction.
    unknown : dict
        Field → share of rows that are NaN [1].
    repeated, reordered : int
        Rows dropped because they said the same twice; rows that stood out of order.
    """

    file: str
    label: str
    source: str
    start: int
    end: int
    rows: int
    usual_step: float
    gaps: tuple[Oddity, ...]
    jumps: tuple[Oddity, ...]
    stuck: tuple[Oddity, ...]
    calms: int
    variable: int
    unknown: dict[str, float]
    repeated: int
    reordered: int

    @property
    def longest_gap(self) -> float:
        """[s]; 0 if none."""
        return max((gap.value for gap in self.gaps), default=0.0)

    def lines(self, most: int = 5) -> list[str]:
        """For people: the summary, then at most ``most`` oddities of each kind."""
        said = [
            f"{self.file}: {self.rows} rows, {_stamp(self.start)} to {_stamp(self.end)}",
            f"usual step {self.usual_step / SECONDS_PER_HOUR:g} h",
            f"{self.label} weather from {self.source}",
            f"calms {self.calms} ({self.calms / self.rows:.1%}), variable wind {self.variable}",
        ]
        unknown = [f"{name} {share:.0%}" for name, share in self.unknown.items() if share > 0.0]
        said.append("unknown: " + (", ".join(unknown) or "nothing"))
        if self.repeated or self.reordered:
            said.append(f"rows said twice {self.repeated}, out of order {self.reordered}")
        for kind, found in (("gaps", self.gaps), ("jumps", self.jumps), ("stuck values", self.stuck)):
            said.append(f"{kind}: {len(found)}")
            said.extend(f"  {oddity}" for oddity in sorted(found, key=lambda o: -o.value)[:most])
        return said

    def as_dict(self) -> dict[str, Any]:
        """For provenance: plain values only."""
        plain = asdict(self)
        plain["longest_gap"] = self.longest_gap
        return plain


def check_weather(
    weather: Weather,
    *,
    need_start: int | None = None,
    need_end: int | None = None,
    largest_gap: float = 6.0 * SECONDS_PER_HOUR,
) -> tuple[Weather, QualityReport]:
    """Judge a series.

    Parameters
    ----------
    weather : Weather
    need_start, need_end : int, optional
        The period it must cover, to within one usual step [s since 1970 UTC].
    largest_gap : float
        Longest time between two rows that is permitted [s].

    Returns
    -------
    Weather
        The same, in order and without repetition.
    QualityReport

    Raises
    ------
    WeatherRefused
        With the first reason found.

    Examples
    --------
    >>> one = np.ones(2)
    >>> windy = Weather(time=np.array([0, 3600]), wind_speed=400.0 * one, wind_direction=90.0 * one,
    ...     temperature=288.0 * one, cloud_cover=one, solar_radiation=one, precipitation=0.0 * one,
    ...     boundary_layer_height=500.0 * one, pressure=1e5 * one, cloud_base=one, friction_velocity=one,
    ...     sensible_heat_flux=one, latitude=47.5, longitude=34.6, wind_height=10.0, label="observed",
    ...     source="mast", attrs={"inputs": [{"name": "mast.csv"}]})
    >>> check_weather(windy)
    Traceback (most recent call last):
    oberih.errors.WeatherRefused: mast.csv: wind_speed = 400.0: is above 75.0 at 1970-01-01T00:00Z; \
give m/s; a mean wind above 75 m/s has not been measured near the ground
    """
    file = _file(weather)
    _refuse_misshapen(weather, file)
    for name in LIMITS:
        _refuse_impossible(weather, name, file)
    _refuse_unknown_wind(weather, file)
    tidy, reordered, repeated = _tidied(weather, file)
    report = _report(tidy, file, reordered=reordered, repeated=repeated)
    _refuse_gap(report, largest_gap)
    _refuse_short(report, need_start, need_end)
    return tidy, report


def _file(weather: Weather) -> str:
    inputs = weather.attrs.get("inputs") or [{}]
    return str(inputs[0].get("name", weather.source))


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), tz=UTC).strftime("%Y-%m-%dT%H:%MZ")


def _refuse_misshapen(weather: Weather, file: str) -> None:
    if len(weather) == 0:
        raise WeatherRefused("holds no rows", file=file, field="time", cure="give a series with rows")
    for name in LIMITS:
        shape = getattr(weather, name).shape
        if shape != weather.time.shape:
            raise WeatherRefused(f"has shape {shape} for {len(weather)} times", file=file, field=name)


def _refuse_impossible(weather: Weather, name: str, file: str) -> None:
    lowest, highest, cure = LIMITS[name]
    values = getattr(weather, name)
    for wrong, word in ((values < lowest, f"is below {lowest}"), (values > highest, f"is above {highest}")):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise WeatherRefused(
                f"{word} at {_stamp(weather.time[row])}", file=file, field=name, value=float(values[row]), cure=cure
            )


def _refuse_unknown_wind(weather: Weather, file: str) -> None:
    unknown = np.isnan(weather.wind_speed)
    if unknown.any():
        row = int(np.argmax(unknown))
        raise WeatherRefused(
            f"is NaN at {int(unknown.sum())} of {len(weather)} times, first {_stamp(weather.time[row])}",
            file=file, field="wind_speed", cure="leave those rows out, or give a complete file",
        )  # fmt: skip
    aimless = np.isnan(weather.wind_direction) & (weather.wind_speed > 0.0)
    if aimless.sum() > 0.5 * len(weather):
        raise WeatherRefused(
            f"is unknown at {int(aimless.sum())} of {len(weather)} times with wind", file=file, field="wind_direction",
            cure="give the direction the wind blows from",
        )  # fmt: skip


def _tidied(weather: Weather, file: str) -> tuple[Weather, int, int]:
    """In order, each time once; two different reports for one time are refused."""
    order = np.argsort(weather.time, kind="stable")
    reordered = int((np.diff(weather.time) < 0).sum())
    time = weather.time[order]
    again = np.concatenate([[False], np.diff(time) == 0])
    if not reordered and not again.any():
        return weather, 0, 0
    values = {name: getattr(weather, name)[order] for name in LIMITS}
    for name in ("wind_speed", "wind_direction"):
        differ = again[1:] & ~_same(values[name][1:], values[name][:-1])
        if differ.any():
            row = int(np.argmax(differ)) + 1
            raise WeatherRefused(
                f"two different values at {_stamp(time[row])}, the other is {values[name][row - 1]:g}",
                file=file, field=name, value=float(values[name][row]),
                cure="keep one row a time; summer time read as UTC repeats an hour",
            )  # fmt: skip
    kept = {name: array[~again] for name, array in values.items()}
    return replace(weather, time=time[~again], **kept), reordered, int(again.sum())


def _same(left: Floats, right: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((left == right) | (np.isnan(left) & np.isnan(right)))


def _report(weather: Weather, file: str, *, reordered: int, repeated: int) -> QualityReport:
    gaps = np.diff(weather.time)
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    wide = np.flatnonzero(gaps > GAP_STEPS * usual)
    return QualityReport(
        file=file, label=weather.label, source=weather.source, start=int(weather.time[0]), end=int(weather.time[-1]),
        rows=len(weather), usual_step=usual,
        gaps=tuple(_between(weather, int(i), "gap", "time", float(gaps[i])) for i in wide),
        jumps=tuple(oddity for name in JUMPS for oddity in _jumps(weather, name)),
        stuck=_stuck(weather),
        calms=int((weather.wind_speed == 0.0).sum()),
        variable=int((np.isnan(weather.wind_direction) & (weather.wind_speed > 0.0)).sum()),
        unknown={name: round(float(np.isnan(getattr(weather, name)).mean()), 6) for name in LIMITS},
        repeated=repeated, reordered=reordered,
    )  # fmt: skip


def _between(weather: Weather, row: int, kind: str, name: str, value: float) -> Oddity:
    return Oddity(kind, name, int(weather.time[row]), int(weather.time[row + 1]), value)


def _jumps(weather: Weather, name: str) -> list[Oddity]:
    values = getattr(weather, name)
    change = np.abs(np.diff(values))
    hours = np.maximum(np.diff(weather.time) / SECONDS_PER_HOUR, 1.0)
    return [
        _between(weather, int(i), "jump", name, float(change[i])) for i in np.flatnonzero(change / hours > JUMPS[name])
    ]


def _stuck(weather: Weather) -> tuple[Oddity, ...]:
    speed, direction = weather.wind_speed, weather.wind_direction
    moved = ~((speed[1:] == speed[:-1]) & (direction[1:] == direction[:-1]) & (speed[1:] > 0.0))
    edges = np.flatnonzero(np.concatenate([[True], moved, [True]]))
    found = []
    for first, after in itertools.pairwise(edges):
        lasted = float(weather.time[after - 1] - weather.time[first])
        if lasted >= STUCK_FOR and after - first >= STUCK_ROWS:
            found.append(Oddity("stuck", "wind", int(weather.time[first]), int(weather.time[after - 1]), lasted))
    return tuple(found)


def _refuse_gap(report: QualityReport, largest_gap: float) -> None:
    long = [gap for gap in report.gaps if gap.value > largest_gap]
    permitted = f"{largest_gap / SECONDS_PER_HOUR:g} h"
    if report.usual_step > largest_gap:
        raise WeatherRefused(
            f"rows are {report.usual_step / SECONDS_PER_HOUR:g} h apart, permitted are {permitted}",
            file=report.file, field="time", cure="give a denser series, or permit longer gaps",
        )  # fmt: skip
    if long:
        raise WeatherRefused(
            f"has {len(long)} gaps longer than {permitted}, the first of {long[0].value / SECONDS_PER_HOUR:.1f} h "
            f"after {_stamp(long[0].start)}",
            file=report.file, field="time", cure="fill the gap, choose another period, or permit longer gaps",
        )  # fmt: skip


def _refuse_short(report: QualityReport, need_start: int | None, need_end: int | None) -> None:
    late = need_start is not None and report.start > need_start + report.usual_step
    early = need_end is not None and report.end < need_end - report.usual_step
    if late or early:
        asked = " to ".join("..." if need is None else _stamp(need) for need in (need_start, need_end))
        raise WeatherRefused(
            f"covers {_stamp(report.start)} to {_stamp(report.end)}, asked are {asked}", file=report.file, field="time",
            cure="give a longer series" if report.rows > 1 else "give a longer series, or hold this one hour steady",
        )  # fmt: skip
