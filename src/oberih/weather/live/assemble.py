"""How do the steps of a run become one volume?

Means and sums since some start become means of each step, and these become values at the steps: halfway between the
mean before and the mean after, so that what is linear between the steps holds as much rain as fell.  Relative humidity
becomes specific.  Written as netCDF with names and units that `oberih.weather.read.volume` reads.

Source: Bolton (1980), Monthly Weather Review 108, 1046, equation 10 (saturation vapour pressure).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.live.kept import Piece
from oberih.weather.live.wanted import Source

__all__ = ["at_steps", "means_of_steps", "specific_humidity", "write_volume"]

Singles = npt.NDArray[np.float32]


def means_of_steps(
    values: Sequence[Singles], spans: Sequence[tuple[int, int]], statistic: str
) -> tuple[list[Singles], list[tuple[int, int]]]:
    """Mean of each step, from means or sums since some start.

    Parameters
    ----------
    values : sequence of array
        As given, one a step.
    spans : sequence of (int, int)
        Begin and end of each [s].
    statistic : {"mean", "sum"}

    Returns
    -------
    means, spans
        Of what came after the message before, where that began at the same time; else of the whole span.

    Examples
    --------
    >>> means, spans = means_of_steps([np.float32([1.0]), np.float32([3.0])], [(0, 10), (0, 20)], "sum")
    >>> [float(m[0]) for m in means], spans
    ([0.10000000149011612, 0.20000000298023224], [(0, 10), (10, 20)])
    """
    means, own = [], []
    for i, ((begin, end), value) in enumerate(zip(spans, values, strict=True)):
        total = value.astype(np.float64) * ((end - begin) if statistic == "mean" else 1.0)
        since = begin
        if i and spans[i - 1][0] == begin and begin < spans[i - 1][1] < end:
            since = spans[i - 1][1]
            total -= values[i - 1].astype(np.float64) * ((since - begin) if statistic == "mean" else 1.0)
        means.append((total / (end - since)).astype(np.float32))
        own.append((since, end))
    return means, own


def at_steps(means: Sequence[Singles], *, first: bool) -> Singles:
    """Values at the steps, from the means between them.

    Parameters
    ----------
    means : sequence of array
        Of the spans that end at each step; without one for the first step if ``first``.
    first : bool
        Whether there is a step before the first span.

    Notes
    -----
    A step lies halfway between the mean before and the mean after; the first and the last have one only.  Summed by
    the trapezoidal rule the values give what the means gave.
    """
    before = [means[0], *means] if first else list(means)
    after = [*before[1:], before[-1]]
    return np.stack([(a + b) * np.float32(0.5) for a, b in zip(before, after, strict=True)])


def specific_humidity(relative: Singles, temperature: Singles, pressure: npt.NDArray[np.float64]) -> Singles:
    """Specific humidity [1] from relative [1] over water, temperature [K] and pressure [Pa]."""
    celsius = temperature.astype(np.float64) - 273.15
    vapour = np.clip(relative, 0.0, 1.0) * 611.2 * np.exp(17.67 * celsius / (celsius + 243.5))
    vapour = np.minimum(vapour, 0.5 * pressure)
    return np.asarray(0.622 * vapour / (pressure - 0.378 * vapour), dtype=np.float32)


def write_volume(
    path: Path, source: Source, run: int, steps: Sequence[int], pieces: Sequence[Piece], still: Piece | None,
    lacks: Sequence[str],
) -> None:  # fmt: skip
    """Write the steps of a run as one netCDF file.

    Parameters
    ----------
    path : Path
    source : Source
    run : int
        Seconds since 1970.
    steps : sequence of int
        [h]
    pieces : sequence of Piece
        One a step, on one grid.
    still : Piece or None
        Fields that stand still.
    lacks : sequence of str
        What is not there, kept with the file.

    Raises
    ------
    InputError
        If the extra ``fields`` is not installed.
    """
    try:
        import netCDF4  # the extra ``fields``
    except ImportError as error:
        raise InputError("live sources need the extra 'fields'", cure="install oberih[grib]") from error
    first = pieces[0]
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({
            "Conventions": "CF-1.8", "title": f"{source.title}, run of {np.datetime64(run, 's')}Z, an area of it",
            "source": source.title, "forecast_reference_time": f"{np.datetime64(run, 's')}Z",
            "lacks": "; ".join(lacks) or "nothing",
        })  # fmt: skip
        _axes(file, run, steps, source, first)
        for name, unit, values in _filled(source, steps, pieces, still):
            dims = ("time", "level", "latitude", "longitude") if values.ndim == 4 else ("time", "latitude", "longitude")
            kept = file.createVariable(name, "f4", dims, zlib=True, complevel=1, shuffle=True)
            kept.units = unit
            kept[:] = values


def _axes(file: Any, run: int, steps: Sequence[int], source: Source, piece: Piece) -> None:
    axes: dict[str, tuple[Any, str]] = {
        "time": ([run + SECONDS_PER_HOUR * s for s in steps], "seconds since 1970-01-01"),
        "level": ([float(v) for v in source.levels], "hPa"),
        "latitude": (piece.y, "degrees_north"), "longitude": (piece.x, "degrees_east"),
    }  # fmt: skip
    for name, (values, unit) in axes.items():
        file.createDimension(name, len(values))
        axis = file.createVariable(name, "i8" if name == "time" else "f8", (name,))
        axis.units = unit
        axis[:] = values
    file["time"].calendar = "proleptic_gregorian"
    file["level"].positive = "down"


def _filled(
    source: Source, steps: Sequence[int], pieces: Sequence[Piece], still: Piece | None
) -> list[tuple[str, str, Singles]]:
    """Name, unit and values of every field that all steps have."""
    out = []
    for field in source.fields:
        if field.once:
            if still is not None and field.name in still.fields:
                held = still.fields[field.name]
                out.append((field.name, field.unit, np.broadcast_to(held, (len(steps), *held.shape))))
        elif field.statistic != "instant":
            own = [p for p, step in zip(pieces, steps, strict=True) if step > 0]
            if own and all(field.name in p.fields for p in own):
                values, spans = [p.fields[field.name] for p in own], [p.spans[field.name] for p in own]
                means, _ = means_of_steps(values, spans, field.statistic)
                if field.name in ("prate", "cprat"):  # packing leaves differences a little below zero
                    means = [np.maximum(m, np.float32(0.0)) for m in means]
                out.append((field.name, field.unit, at_steps(means, first=steps[0] == 0)))
        elif all(field.name in p.fields for p in pieces):
            out.append((field.name, field.unit, np.stack([p.fields[field.name] for p in pieces])))
    return _with_specific_humidity(source, out)


def _with_specific_humidity(source: Source, given: list[tuple[str, str, Singles]]) -> list[tuple[str, str, Singles]]:
    held = {name: values for name, _, values in given}
    if "r" not in held:
        return given
    pressure = 100.0 * np.asarray(source.levels, dtype=np.float64)[None, :, None, None]
    humid = specific_humidity(held["r"], held["t"], pressure)
    return [g for g in given if g[0] != "r"] + [("q", "kg kg-1", humid)]
