"""What did ECMWF's forecast for 2018-11-15 12 UTC say of the air over Europe, in a form that all models take?

Reads ``nwp_ecmwf_ml_europe_20181115/forecast_ml.grib`` of the shared data: u, v, t, q on 137 hybrid levels, lnsp and
z, 1.5°. Three things are made: levels are thinned to at most 60 (FLEXPART 9 holds 63) by joining layers above the
lowest thirty, weighted by mass; the vertical motion follows from continuity; at the ground, where the file is silent,
stress is that of the logarithmic law over 0.1 m, the flux of heat is 0.01 W/m2 upward (FLEXPART takes 0 for missing),
and the air is dry. It is held still.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.air import GAS, GRAVITY, Air, motion_of

Array = Any
KEPT = 30
"""Lowest layers that are kept as they are."""
NAMES = ("u", "v", "t", "q")


def europe(file: Path) -> Air:
    """Read the air.

    Raises
    ------
    InputError
        If the file is missing, or lacks a field.
    """
    levels, flat, half, lat, lon, time = _messages(file)
    a, b = half[: len(half) // 2], half[len(half) // 2 :]
    ps = np.exp(flat["lnsp"])
    edges = _edges(len(a) - 1)
    pressure = a[:, None, None] + b[:, None, None] * ps
    mass = np.diff(pressure, axis=0)
    east, north, temperature, humidity = (_joined(levels[n], mass, edges)[None] for n in NAMES)
    a, b = a[edges], b[edges]
    low = 0.5 * (pressure[-1] + pressure[-2])
    height = GAS * temperature[0, -1] / GRAVITY * np.log(ps / low)
    wind = np.hypot(east[0, -1], north[0, -1])
    stress = low / (GAS * temperature[0, -1]) * (0.4 * wind / np.log(np.maximum(height, 5.0) / 0.1)) ** 2
    way = np.maximum(wind, 0.1)
    nothing = np.zeros_like(ps)
    ground = {
        "sp": ps, "u10": east[0, -1], "v10": north[0, -1], "t2m": temperature[0, -1] + 0.0098 * (height - 2.0),
        "d2m": temperature[0, -1] - 3.0, "ishf": nothing - 0.01, "iews": stress * east[0, -1] / way,
        "inss": stress * north[0, -1] / way, "tprate": nothing, "z": flat["z"],
    }  # fmt: skip
    ground = {k: v[None] for k, v in ground.items()}
    motion = motion_of(a, b, ground["sp"], east, north, lat, lon)
    return Air("europe", np.array([time]), lat, lon, a, b, east, north, temperature, humidity, motion, ground)


def _edges(layers: int) -> Array:
    """Half levels that stay: the lowest ones all, above every third, and the top."""
    above = np.arange(layers - KEPT, 0, -4)[::-1]
    return np.unique(np.concatenate([[0], above, np.arange(layers - KEPT, layers + 1)]))


def _joined(values: Array, mass: Array, edges: Array) -> Array:
    return np.add.reduceat(values * mass, edges[:-1], axis=0) / np.add.reduceat(mass, edges[:-1], axis=0)


def _messages(file: Path) -> tuple[dict[str, Array], dict[str, Array], Array, Array, Array, int]:
    import eccodes

    levels: dict[str, dict[int, Array]] = {n: {} for n in NAMES}
    flat: dict[str, Array] = {}
    half = lat = lon = np.zeros(0)
    time = 0
    try:
        handle = file.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from error
    with handle:
        while (message := eccodes.codes_grib_new_from_file(handle)) is not None:
            name = eccodes.codes_get(message, "shortName")
            rows, columns = (eccodes.codes_get(message, k) for k in ("Nj", "Ni"))
            values = eccodes.codes_get_values(message).reshape(rows, columns)[::-1]
            if name in levels:
                levels[name][eccodes.codes_get(message, "level")] = values
                half = eccodes.codes_get_array(message, "pv")
                first = eccodes.codes_get(message, "longitudeOfFirstGridPointInDegrees")
                south = eccodes.codes_get(message, "latitudeOfLastGridPointInDegrees")
                step = eccodes.codes_get(message, "iDirectionIncrementInDegrees")
                lat, lon = south + step * np.arange(rows), (first + 180.0) % 360.0 - 180.0 + step * np.arange(columns)
                told = (
                    f"{eccodes.codes_get(message, 'validityDate'):08d}{eccodes.codes_get(message, 'validityTime'):04d}"
                )
                when = f"{told[:4]}-{told[4:6]}-{told[6:8]}T{told[8:10]}:{told[10:]}:00"
                time = int(np.datetime64(when, "s").astype(np.int64))
            elif name in ("lnsp", "z"):
                flat[name] = values
            eccodes.codes_release(message)
    count = len(half) // 2 - 1
    for name in NAMES:
        if sorted(levels[name]) != list(range(1, count + 1)):
            raise InputError("does not hold every level", file=file, field=name)
    for name in ("lnsp", "z"):
        if name not in flat:
            raise InputError("is missing", file=file, field=name)
    return {n: np.stack([v[k] for k in sorted(v)]) for n, v in levels.items()}, flat, half, lat, lon, time
