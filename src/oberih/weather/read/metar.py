"""What did an aerodrome report?  Raw METAR and SPECI lines of one station.

Reads the time group, wind (KT, MPS, KMH; variable, calm, gusts), cloud layers, temperature
and weather.  A report tells the day and the hour only: year and month come from a date at
the beginning of the line, from ``month``, or from the start of the period asked for, and
then each report is taken to be the one nearest to the report before it.  QNH is a
sea-level pressure and is not read.  Trends and remarks are not read.

Source: WMO-No. 306, FM 15 METAR.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oberih.constants import KELVIN_OFFSET
from oberih.errors import InputError
from oberih.weather.read.assembly import Columns, weather_from_columns
from oberih.weather.read.document import Document
from oberih.weather.read.present_weather import NOTE, assumed_rate
from oberih.weather.series import Weather

__all__ = ["is_metar", "read_metar"]

HEAD = re.compile(
    r"(?:^|\s)(?P<station>[A-Z][A-Z0-9]{3})\s+(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})Z(?=\s|=|$)", re.ASCII
)
DATE = re.compile(r"^\s*(\d{4})-?(\d{2})-?(\d{2})[T ]?(\d{2}):?(\d{2})", re.ASCII)
WIND = re.compile(r"(?P<direction>\d{3}|VRB|///)(?P<speed>\d{2,3}|//)(?:G\d{2,3})?(?P<unit>KT|MPS|KMH)", re.ASCII)
CLOUD = re.compile(r"(?P<amount>FEW|SCT|BKN|OVC|VV)(?P<base>\d{3}|///)(?:CB|TCU|///)?", re.ASCII)
TEMPERATURE = re.compile(r"(?P<air>M?\d{2})/(?:M?\d{2}|//)?", re.ASCII)
FALLING = re.compile(
    r"(?P<strength>[-+]|VC)?(?P<how>MI|PR|BC|DR|BL|SH|TS|FZ)?(?P<what>(?:DZ|RA|SN|SG|IC|PL|GR|GS|UP)+)", re.ASCII
)

SPEED = {"KT": 1852.0 / 3600.0, "MPS": 1.0, "KMH": 1.0 / 3.6}
COVER = {"FEW": 1.5 / 8, "SCT": 3.5 / 8, "BKN": 6.0 / 8, "OVC": 1.0, "VV": 1.0}
"""Middle of each class of oktas [1]; a sky hidden from view (VV) counts as overcast."""
CLEAR = frozenset({"CAVOK", "SKC", "CLR", "NSC", "NCD"})
FEET = 30.48
"""Cloud bases come in hundreds of feet [m]."""
END = frozenset({"NOSIG", "BECMG", "TEMPO", "RMK"})
KIND = {
    "DZ": "drizzle",
    "RA": "rain",
    "GR": "rain",
    "PL": "rain",
    "UP": "rain",
    "SN": "snow",
    "SG": "snow",
    "IC": "snow",
    "GS": "snow",
}


@dataclass(frozen=True)
class _Report:
    station: str
    time: int
    speed: float
    direction: float
    temperature: float
    cover: float
    base: float
    rate: float


def is_metar(document: Document) -> bool:
    """Whether one of the first lines looks like a report."""
    head = document.data[:8192].decode("utf-8", "replace").splitlines()[:40]
    return any(HEAD.search(line) for line in head if not line.lstrip().startswith("#"))


def read_metar(
    document: Document,
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    month: object = None,
    start: int | None = None,
) -> Weather:
    """Read the reports of one station; they hold no position, so one must be given.

    Parameters
    ----------
    document : Document
    latitude, longitude : float
        Of the station [degrees].
    month : str, optional
        ``YYYY-MM`` of the first report.
    start : int, optional
        A time near the first report [s since 1970 UTC].

    Returns
    -------
    Weather
        Label ``observed``; rain rates are assumed from the intensity, as ``attrs`` says.

    Raises
    ------
    InputError
        If a time or wind is impossible, year and month are unknown, or there are several stations.
    """
    near = _first_moment(month, start, document)
    reports: list[_Report] = []
    for head, text in _reports(document):
        report = _report(head, text, near, document)
        near = datetime.fromtimestamp(report.time, tz=UTC)
        if " NIL" not in text:
            reports.append(report)
    stations = sorted({report.station for report in reports})
    if len(stations) != 1:
        raise InputError(
            f"holds {len(stations)} stations",
            file=document.name,
            field="station",
            value=", ".join(stations[:6]),
            cure="keep the lines of one station",
        )
    columns = Columns(
        [r.time for r in reports],
        [r.speed for r in reports],
        [r.direction for r in reports],
        temperature=[r.temperature for r in reports],
        cloud_cover=[r.cover for r in reports],
        cloud_base=[r.base for r in reports],
        precipitation=[r.rate for r in reports],
        notes={"station": stations[0], "precipitation": NOTE},
    )
    return weather_from_columns(
        columns,
        document,
        latitude=None,
        longitude=None,
        asked=(latitude, longitude),
        label="observed",
        source=f"METAR {stations[0]}",
    )


def _first_moment(month: object, start: int | None, document: Document) -> datetime | None:
    if month is None:
        return datetime.fromtimestamp(start, tz=UTC) if start is not None else None
    match = re.fullmatch(r"(\d{4})-(\d{2})", str(month), re.ASCII)
    if not match or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 2200:
        raise InputError("is not a month", file=document.name, field="month", value=month, cure="write it as 2018-11")
    return datetime(int(match[1]), int(match[2]), 15, tzinfo=UTC)


def _reports(document: Document) -> list[tuple[re.Match[str], str]]:
    """Whole reports: a line without a time group continues the one before."""
    whole: list[tuple[re.Match[str], str]] = []
    for line in document.text().splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        head = HEAD.search(line)
        if head is not None:
            whole.append((head, line))
        elif whole:
            whole[-1] = (whole[-1][0], f"{whole[-1][1]} {line.strip()}")
    if not whole:
        raise InputError("holds no METAR report", file=document.name)
    return whole


def _report(head: re.Match[str], text: str, near: datetime | None, document: Document) -> _Report:
    time = _time(text, head, near, document)
    groups = []
    for group in text[head.end() :].replace("=", " ").split():
        if group in END:
            break
        groups.append(group)
    speed, direction = _wind(groups, text, document)
    cover, base = _clouds(groups)
    return _Report(head["station"], time, speed, direction, _temperature(groups), cover, base, _rate(groups))


def _time(text: str, head: re.Match[str], near: datetime | None, document: Document) -> int:
    date = DATE.match(text)
    shown = head[0].strip()
    try:
        if date:
            near = datetime(*(int(part) for part in date.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        if near is None:
            raise InputError(
                "year and month are missing",
                file=document.name,
                field="time group",
                value=shown,
                cure='give start, or a mapping with month = "2018-11"',
            )
        return int(_nearest_month(near, int(head["day"]), int(head["hour"]), int(head["minute"])).timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError("is not a day and time", file=document.name, field="time group", value=shown) from error


def _nearest_month(near: datetime, day: int, hour: int, minute: int) -> datetime:
    """Of the months around ``near``, the one that brings the day nearest to it."""
    found = []
    middle = near.replace(day=15)
    for shift in (-30, 0, 30):
        month = middle + timedelta(days=shift)
        try:
            found.append(datetime(month.year, month.month, day, hour, minute, tzinfo=UTC))
        except ValueError:
            continue  # that month has no such day
    if not found:
        raise ValueError("no such day")
    return min(found, key=lambda moment: abs(moment - near))


def _wind(groups: list[str], text: str, document: Document) -> tuple[float, float]:
    for group in groups:
        match = WIND.fullmatch(group)
        if match is None:
            continue
        if match["speed"] == "//":
            return math.nan, math.nan
        speed = float(match["speed"]) * SPEED[match["unit"]]
        direction = float(match["direction"]) if match["direction"].isdigit() else math.nan
        if direction > 360.0:
            raise InputError("is beyond 360 degrees", file=document.name, field="wind", value=group)
        return speed, direction
    return math.nan, math.nan


def _clouds(groups: list[str]) -> tuple[float, float]:
    """Total cover [1] and base of the lowest broken layer, else of the lowest [m]."""
    if CLEAR & set(groups):
        return 0.0, math.nan
    layers = [match for group in groups if (match := CLOUD.fullmatch(group))]
    if not layers:
        return math.nan, math.nan
    bases = sorted((COVER[m["amount"]] < 0.7, float(m["base"]) * FEET) for m in layers if m["base"].isdigit())
    return max(COVER[m["amount"]] for m in layers), bases[0][1] if bases else math.nan


def _temperature(groups: list[str]) -> float:
    for group in groups:
        match = TEMPERATURE.fullmatch(group)
        if match:
            return float(match["air"].replace("M", "-")) + KELVIN_OFFSET
    return math.nan


def _rate(groups: list[str]) -> float:
    """[kg/(m2 s)]; 0 if the report tells of none, NaN if an automatic station could not tell."""
    if "//" in groups:
        return math.nan
    rates = [0.0]
    for group in groups:
        match = FALLING.fullmatch(group)
        if match is None or match["strength"] == "VC" or match["how"] in ("DR", "BL"):
            continue
        intensity = {"-": "light", "+": "heavy"}.get(match["strength"] or "", "moderate")
        kinds = {KIND[match["what"][i : i + 2]] for i in range(0, len(match["what"]), 2)}
        rates.append(max(assumed_rate(kind, intensity) for kind in kinds))
    return max(rates)
