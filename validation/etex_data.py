"""What was let out and measured in the European Tracer Experiment?

Reads a folder in the layout of the shared data: ``release.csv``, ``stations.csv``, ``measurements.csv`` and, where they
are there, NOAA's original DATEM files under ``raw``, against which the table is checked.  Defines the nouns `Release`,
`Measured` and `Experiment`.

Traps, each with a test: DATEM's column ``dur`` is HHMM, so that 0300 is three hours and not 300 minutes; amounts are
picograms (1e-12 g) of PMCH a cubic metre; nine of the 168 stations have no sample.

Source: Nodop, Connolly & Girardi (1998), Atmos. Environ. 32, 4095; NOAA ARL, Data Archive of Tracer Experiments and
Meteorology (DATEM).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError
from validation.shelf import Row, number, read_table

__all__ = ["PICOGRAMS_PER_KILOGRAM", "Experiment", "Measured", "Release", "datem_seconds", "read_experiment"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PICOGRAMS_PER_KILOGRAM = 1.0e15
LOWEST_PLACE, HIGHEST_PLACE = (30.0, -15.0), (72.0, 40.0)
"""South-west and north-east corners of Europe as the experiment knew it [°]."""


@dataclass(frozen=True)
class Release:
    """What was let out: place [°], heights [m], times [s since 1970], mass [kg]."""

    latitude: float
    longitude: float
    low: float
    high: float
    start: int
    end: int
    mass: float


@dataclass(frozen=True)
class Measured:
    """Samples, one an element: station, place [°], times [s since 1970], PMCH [pg/m3]."""

    station: tuple[str, ...]
    latitude: Floats
    longitude: Floats
    start: Integers
    end: Integers
    value: Floats


@dataclass(frozen=True)
class Experiment:
    """Release, samples, and the stations with and without samples."""

    release: Release
    measured: Measured
    stations: tuple[str, ...]
    silent: tuple[str, ...]
    checked_against_raw: bool


def read_experiment(folder: Path) -> Experiment:
    """Read the experiment.

    Raises
    ------
    InputError
        If a file is missing or a row makes no sense, or the table differs from DATEM's own files beside it.
    """
    release = _release(folder / "release.csv")
    measured = _measured(folder / "measurements.csv")
    stations = tuple(row["station"] for row in read_table(folder / "stations.csv", needs=("station", "latitude")))
    unknown = set(measured.station) - set(stations)
    if unknown:
        raise InputError("has samples of stations that are not listed", file=folder, value=sorted(unknown)[0])
    raw = folder / "raw" / "meas-t1.txt"
    if raw.is_file():
        _compare(measured, raw)
    silent = tuple(s for s in stations if s not in set(measured.station))
    return Experiment(release, measured, stations, silent, raw.is_file())


def _moment(text: str, file: Path, field: str) -> int:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("is not a time", file=file, field=field, value=text) from error
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def _positive(row: Row, field: str, file: Path, *, least: float = 0.0) -> float:
    value = number(row, field, file=file)
    if not math.isfinite(value) or value < least:
        raise InputError(f"must be a number from {least:g}", file=file, field=field, value=row.get(field))
    return value


def _release(file: Path) -> Release:
    needs = ("latitude", "longitude", "release_bottom_m", "release_top_m", "start_utc", "end_utc", "mass_kg")
    rows = read_table(file, needs=needs)
    if len(rows) != 1:
        raise InputError(f"holds {len(rows)} releases, not one", file=file)
    row = rows[0]
    release = Release(
        number(row, "latitude", file=file), number(row, "longitude", file=file),
        _positive(row, "release_bottom_m", file), _positive(row, "release_top_m", file),
        _moment(row["start_utc"], file, "start_utc"), _moment(row["end_utc"], file, "end_utc"),
        _positive(row, "mass_kg", file),
    )  # fmt: skip
    if not (release.start < release.end and release.low <= release.high and release.mass > 0.0):
        raise InputError("makes no sense", file=file, field="release", value=row)
    return release


def _measured(file: Path) -> Measured:
    needs = ("station", "latitude", "longitude", "start_utc", "end_utc", "duration_h", "conc_pg_m3")
    rows = read_table(file, needs=needs)
    if not rows:
        raise InputError("holds no samples", file=file)
    start = np.array([_moment(r["start_utc"], file, "start_utc") for r in rows], dtype=np.int64)
    end = np.array([_moment(r["end_utc"], file, "end_utc") for r in rows], dtype=np.int64)
    hours = np.array([_positive(r, "duration_h", file) for r in rows])
    if (end - start != hours * 3600.0).any():
        raise InputError("differs from the times of the sample", file=file, field="duration_h",
                         cure="DATEM writes HHMM: 0300 is three hours")  # fmt: skip
    latitude, longitude = (np.array([number(r, n, file=file) for r in rows]) for n in ("latitude", "longitude"))
    for name, values, least, most in zip(
        ("latitude", "longitude"), (latitude, longitude), LOWEST_PLACE, HIGHEST_PLACE, strict=True
    ):
        if not ((values >= least) & (values <= most)).all():
            raise InputError(f"must lie between {least:g} and {most:g}", file=file, field=name)
    value = np.array([_positive(r, "conc_pg_m3", file) for r in rows])
    return Measured(tuple(r["station"] for r in rows), latitude, longitude, start, end, value)


def datem_seconds(duration: str) -> int:
    """Length of a DATEM sample [s] from its HHMM.

    Examples
    --------
    >>> datem_seconds("0300"), datem_seconds("0030")
    (10800, 1800)
    """
    text = duration.strip().zfill(4)
    if not text.isdigit() or int(text[-2:]) >= 60:
        raise InputError("is not HHMM", field="dur", value=duration)
    return int(text[:-2]) * 3600 + int(text[-2:]) * 60


def _compare(measured: Measured, raw: Path) -> None:
    """Refuse a table that differs from DATEM's file: place, time, length or amount of a sample."""
    found = {}
    for line in raw.read_text(encoding="latin-1").splitlines()[2:]:
        words = line.split()
        if len(words) != 9:
            continue
        year, month, day, clock = (int(w) for w in words[:4])
        start = round(datetime(year, month, day, clock // 100, clock % 100, tzinfo=UTC).timestamp())
        found[words[8], start] = (datem_seconds(words[4]), float(words[5]), float(words[6]), float(words[7]))
    table = {
        (s, int(t)): (int(e - t), float(a), float(o), float(v))
        for s, a, o, t, e, v in zip(
            measured.station, measured.latitude, measured.longitude, measured.start, measured.end, measured.value,
            strict=True,
        )
    }  # fmt: skip
    wrong = next((key for key in found.keys() | table.keys() if found.get(key) != table.get(key)), None)
    if wrong is not None:
        raise InputError(
            "differs from the table", file=raw, field="sample", value=f"station {wrong[0]}",
            cure=f"DATEM has {found.get(wrong)}, the table {table.get(wrong)}",
        )  # fmt: skip
