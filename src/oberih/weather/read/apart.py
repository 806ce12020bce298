"""How is a stranger's file read without trusting it with our own process?

Any reader, whatever C code stands behind it, runs in a process of its own (`decoder`), which answers in JSON; if it
dies, the file is refused in one line and whoever asked lives on.

While it reads it can have one file open and no second: HDF5 lets a file say that its values stand in another one, of
any path, and whoever hands in such a file would read of this machine what he names, a key or the accounts.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from oberih.weather.read.any import read_weather
from oberih.weather.read.assembly import SERIES_FIELDS
from oberih.weather.read.decoder import GIB, Limits, asked
from oberih.weather.read.decoding import Talk, one_more_file
from oberih.weather.read.document import read_document
from oberih.weather.read.epw import is_epw
from oberih.weather.read.gridded_point import is_grib, is_netcdf
from oberih.weather.read.metar import is_metar
from oberih.weather.read.open_meteo import is_open_meteo
from oberih.weather.read.synop_hour import is_synop_hour
from oberih.weather.read.synop_table import is_synop_table
from oberih.weather.series import Weather

__all__ = ["read_weather_apart", "ready", "reply"]

LIMITS = Limits(memory=4 * GIB, processor=90.0, patience=90.0)
"""Of the reader: somebody waits for it at a page."""

MOST_ROWS = 200_000
"""More rows are no event's weather: it is twenty years by the hour."""

_KINDS = {
    "netCDF": is_netcdf, "GRIB": is_grib, "Open-Meteo JSON": is_open_meteo, "EPW": is_epw,
    "SYNOP table": is_synop_table, "SYNOP of one hour": is_synop_hour, "METAR lines": is_metar,
}  # fmt: skip


def read_weather_apart(
    path: Path, *, latitude: float, longitude: float, mapping: Path | None = None, name: str | None = None
) -> tuple[Weather, str]:
    """Read a weather file in a process of its own.

    Parameters
    ----------
    path : Path
    latitude, longitude : float
        Where the weather is wanted [degrees].
    mapping : Path, optional
        How to read a plain CSV.
    name : str, optional
        What messages call the file.

    Returns
    -------
    weather : Weather
    recognised : str
        The format that it was found to be.

    Raises
    ------
    InputError, WeatherRefused
        As `oberih.weather.read.any.read_weather`; also if the reader died or took too long.
    """
    given = {"path": str(path.absolute()), "latitude": latitude, "longitude": longitude,
             "mapping": None if mapping is None else str(mapping.absolute())}  # fmt: skip
    answer = asked("oberih.weather.read.apart", given, library="weather", file=name or path.name, limits=LIMITS)
    series: dict[str, Any] = {field: np.array(answer["series"][field], dtype=float) for field in SERIES_FIELDS}
    return Weather(time=np.array(answer["time"], dtype=np.int64), **series, **answer["facts"]), answer["recognised"]


def _recognised(path: Path) -> str:
    document = read_document(path)
    return next((kind for kind, fits in _KINDS.items() if fits(document)), "table (CSV) by its mapping")


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What the other process says: the series.

    Parameters
    ----------
    question : dict
        ``path``, ``latitude``, ``longitude`` and ``mapping``.
    talk : Talk

    Raises
    ------
    InputError, WeatherRefused
        As `oberih.weather.read.any.read_weather`.
    """
    path = Path(question.pop("path"))
    with contextlib.suppress(InputError):  # the reader says it
        _one_file_open(path)
    weather = read_weather(path, **question)
    if len(weather) > MOST_ROWS:
        raise InputError("has too many rows", field="time", value=len(weather), cure="give a shorter period")
    facts = {n: getattr(weather, n) for n in ("latitude", "longitude", "wind_height", "label", "source", "attrs")}
    series = {field: getattr(weather, field).tolist() for field in SERIES_FIELDS}
    return {"time": weather.time.tolist(), "series": series, "facts": facts, "recognised": _recognised(path)}


def _one_file_open(path: Path) -> None:
    """See to it that no second file can be opened while this one is read.

    GRIB is left out: it names no other file, and its library reads tables of its own, in a further process.
    """
    document = read_document(path)
    if is_grib(document):
        return
    one_more_file()


def ready() -> None:
    """Read a file of our own, so that the libraries have loaded all that they load while they read."""
    try:
        import netCDF4
    except ImportError:  # the reader says which extra is missing
        return
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "own.nc"
        with netCDF4.Dataset(own, "w") as file:
            for name, unit in (("time", "hours since 2026-01-01"), ("latitude", "degrees"), ("longitude", "degrees")):
                file.createDimension(name, 2)
                file.createVariable(name, "f8", (name,)).units = unit
                file[name][:] = [0.0, 1.0]
            for name in ("u10", "v10"):
                file.createVariable(name, "i2", ("time", "latitude", "longitude"), fill_value=-9).units = "m s-1"
                file[name].scale_factor = 0.5
                file[name][:] = 1
        read_weather(own, latitude=0.5, longitude=0.5)
