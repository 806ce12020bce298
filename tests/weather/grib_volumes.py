"""Volumes of air that are made here, coded as GRIB of edition 1 or 2 the way ECMWF, NCEP and DWD code theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import eccodes
import numpy as np

START = 1746057600
"""2025-05-01T00Z."""

LEVELS = (1000.0, 975.0, 925.0, 850.0, 700.0, 500.0, 300.0)
SURFACE = 101_325.0
NUMBERS = {  # discipline, category, number of edition 2; table 128 of edition 1
    "u": ((0, 2, 2), 131), "v": ((0, 2, 3), 132), "t": ((0, 0, 0), 130), "q": ((0, 1, 0), 133), "r": ((0, 1, 1), 157),
    "w": ((0, 2, 8), 135), "wz": ((0, 2, 9), 0), "z": ((0, 3, 4), 129), "gh": ((0, 3, 5), 156), "pres": ((0, 3, 0), 54),
    "h": ((0, 3, 6), 0), "lnsp": ((0, 3, 25), 152), "sp": ((0, 3, 0), 134), "10u": ((0, 2, 2), 165),
    "10v": ((0, 2, 3), 166), "2t": ((0, 0, 0), 167), "blh": ((0, 3, 18), 159), "tp": ((0, 1, 52), 228),
    "cp": ((0, 1, 10), 143), "ishf": ((0, 0, 11), 231), "hpbl": ((0, 3, 196), 0), "orog": ((0, 3, 5), 0),
}  # fmt: skip


@dataclass(frozen=True)
class Lattice:
    """A grid, coded from north to south and eastward unless told otherwise."""

    north: float = 49.0
    west: float = 34.0
    rows: int = 7
    columns: int = 9
    spacing: float = 0.5
    upward: bool = False

    @property
    def latitude(self) -> np.ndarray:
        return self.north - self.spacing * np.arange(self.rows)

    @property
    def longitude(self) -> np.ndarray:
        return self.west + self.spacing * np.arange(self.columns)


@dataclass(frozen=True)
class Field:
    """One message: what, where, for when, of which forecast; ``begin`` is of sums and means."""

    name: str
    level: float = 0.0
    kind: str = "isobaricInhPa"
    step: int = 0
    begin: int | None = None
    how: str = "accum"
    base: int = START
    edition: int = 2
    centre: str = "ecmf"
    member: int | None = None
    grid: Lattice = Lattice()
    pv: tuple[float, ...] = ()


def message(field: Field, values: np.ndarray) -> bytes:
    """A message of values, shape (rows, columns), rows from the north."""
    sample = f"regular_ll_{'pl' if field.kind.startswith('isobaric') else 'sfc'}_grib{field.edition}"
    handle = eccodes.codes_grib_new_from_samples(sample)
    try:
        _where(handle, field.grid)
        (_first if field.edition == 1 else _second)(handle, field)
        packed = values[::-1] if field.grid.upward else values
        if np.isnan(packed).any():
            eccodes.codes_set(handle, "bitmapPresent", 1)
            packed = np.where(np.isnan(packed), 9999.0, packed)
            eccodes.codes_set(handle, "missingValue", 9999.0)
        eccodes.codes_set(handle, "bitsPerValue", 24)
        eccodes.codes_set_values(handle, packed.astype(float).ravel())
        made = bytes(eccodes.codes_get_message(handle))
    finally:
        eccodes.codes_release(handle)
    return _general(made, layer=field.kind == "layer") if field.kind in ("half", "layer") else made


def _general(made: bytes, *, layer: bool) -> bytes:
    """The same on levels of a general vertical height coordinate (150), which the library does not write itself.

    Six words follow in section 4, as DWD has them: number of levels, number and name of the vertical grid.
    """
    at = 16
    while made[at + 4] != 4:
        at += int.from_bytes(made[at : at + 4], "big")
    length = int.from_bytes(made[at : at + 4], "big")
    section = bytearray(made[at : at + length]) + bytes(24)
    section[:4], section[5:7] = (length + 24).to_bytes(4, "big"), (6).to_bytes(2, "big")
    section[22], section[28] = 150, 150 if layer else 255
    whole = made[:at] + bytes(section) + made[at + length :]
    return whole[:8] + len(whole).to_bytes(8, "big") + whole[16:]


def _where(handle: int, grid: Lattice) -> None:
    lat, lon = grid.latitude, grid.longitude
    first, last = (lat[-1], lat[0]) if grid.upward else (lat[0], lat[-1])
    for key, value in (
        ("Ni", grid.columns), ("Nj", grid.rows), ("jScansPositively", int(grid.upward)),
        ("latitudeOfFirstGridPointInDegrees", first), ("latitudeOfLastGridPointInDegrees", last),
        ("longitudeOfFirstGridPointInDegrees", lon[0] % 360.0), ("longitudeOfLastGridPointInDegrees", lon[-1] % 360.0),
        ("iDirectionIncrementInDegrees", grid.spacing), ("jDirectionIncrementInDegrees", grid.spacing),
    ):  # fmt: skip
        eccodes.codes_set(handle, key, value if isinstance(value, int) else float(value))


def _time(handle: int, field: Field) -> None:
    stamp = np.datetime64(field.base, "s").astype(object)
    eccodes.codes_set(handle, "dataDate", stamp.year * 10000 + stamp.month * 100 + stamp.day)
    eccodes.codes_set(handle, "dataTime", stamp.hour * 100 + stamp.minute)


def _second(handle: int, field: Field) -> None:
    eccodes.codes_set(handle, "centre", field.centre)
    summed = field.begin is not None
    member = field.member is not None
    eccodes.codes_set(handle, "productDefinitionTemplateNumber", (11 if member else 8) if summed else int(member))
    if member:
        eccodes.codes_set(handle, "perturbationNumber", field.member)
        eccodes.codes_set(handle, "numberOfForecastsInEnsemble", 51)
    _time(handle, field)
    for key, number in zip(("discipline", "parameterCategory", "parameterNumber"), NUMBERS[field.name][0], strict=True):
        eccodes.codes_set(handle, key, number)
    if summed:
        eccodes.codes_set(handle, "typeOfStatisticalProcessing", {"accum": 1, "avg": 0}[field.how])
        eccodes.codes_set(handle, "stepRange", f"{field.begin}-{field.step}")
    else:
        eccodes.codes_set(handle, "forecastTime", field.step)
    if field.kind in ("half", "layer"):  # see `_general`
        eccodes.codes_set(handle, "typeOfLevel", "hybrid" if field.kind == "half" else "hybridLayer")
        eccodes.codes_set(handle, "topLevel" if field.kind == "layer" else "level", int(field.level))
        return
    eccodes.codes_set(handle, "typeOfLevel", field.kind)
    eccodes.codes_set(handle, "level", int(field.level))
    if field.pv:
        eccodes.codes_set(handle, "PVPresent", 1)
        eccodes.codes_set_double_array(handle, "pv", list(field.pv))


def _first(handle: int, field: Field) -> None:
    eccodes.codes_set(handle, "centre", 98)
    eccodes.codes_set(handle, "table2Version", 128)
    eccodes.codes_set(handle, "indicatorOfParameter", NUMBERS[field.name][1])
    _time(handle, field)
    kind = {"isobaricInhPa": 100, "surface": 1, "heightAboveGround": 1, "hybrid": 109}[field.kind]
    eccodes.codes_set(handle, "indicatorOfTypeOfLevel", kind)
    eccodes.codes_set(handle, "level", int(field.level) if kind in (100, 109) else 0)
    eccodes.codes_set(handle, "stepRange", str(field.step))
    if field.pv:
        eccodes.codes_set(handle, "PVPresent", 1)
        eccodes.codes_set_double_array(handle, "pv", list(field.pv))


def wind(level: float, hour: float, grid: Lattice) -> np.ndarray:
    """Eastward wind that differs at every place, level and hour [m/s]."""
    lat, lon = grid.latitude[:, None], grid.longitude[None, :]
    return 5.0 + (1000.0 - level) / 100.0 + 0.3 * hour + 0.2 * (lat - 47.0) + 0.1 * (lon - 36.0)


def geopotential(level: float) -> float:
    """Of an isothermal air of 288.15 K [m2/s2]."""
    return float(287.05 * 288.15 * np.log(SURFACE / (level * 100.0)))


def pressure_levels(
    field: Field, *, height: str = "z", levels: Iterable[float] = LEVELS
) -> list[tuple[Field, np.ndarray]]:
    """Wind, temperature, heights and humidity of one time."""
    grid, hour = field.grid, (field.base - START) / 3600.0 + field.step
    flat = np.ones((grid.rows, grid.columns))
    found = []
    for level in levels:
        values = {
            "u": wind(level, hour, grid), "v": 0.5 * wind(level, hour, grid), "t": 288.15 * flat, "q": 1e-3 * flat,
            "w": 0.1 * flat, height: geopotential(level) / (1.0 if height == "z" else 9.80665) * flat,
        }  # fmt: skip
        found += [(replace(field, name=name, level=level), v) for name, v in values.items()]
    return found


def ground(field: Field) -> list[tuple[Field, np.ndarray]]:
    """Pressure, wind, temperature and mixing height at the ground of one time."""
    flat = np.ones((field.grid.rows, field.grid.columns))
    return [
        (replace(field, name="sp", kind="surface"), SURFACE * flat),
        (replace(field, name="10u", kind="heightAboveGround", level=10), 3.0 * flat),
        (replace(field, name="10v", kind="heightAboveGround", level=10), 1.0 * flat),
        (replace(field, name="2t", kind="heightAboveGround", level=2), 289.0 * flat),
        (replace(field, name="blh", kind="surface"), 900.0 * flat),
    ]  # fmt: skip


def written(path: Path, fields: Iterable[tuple[Field, np.ndarray]]) -> Path:
    """A file of messages in the order given."""
    path.write_bytes(b"".join(message(field, values) for field, values in fields))
    return path
