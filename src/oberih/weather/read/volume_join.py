"""Do these parts make one volume, and which?

Puts the parts of files together: on one grid, at the times for which all that must be there is there.  What is known at
other times only is interpolated between them, sums become rates, what does not fit is refused or set aside and said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.possible import keep_possible
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume_part import Part, Sum, Values, Vertical
from oberih.weather.read.volume_sums import at_times, mean_rates

__all__ = ["joined"]

Stamps = npt.NDArray[np.int64]
Axis = npt.NDArray[np.float64]

NEEDED = ("east", "north", "temperature")
FIXED = frozenset({"orography", "surface_geopotential"})
"""What does not change with time, so that one time of it is enough."""

LOWEST = 40_000.0
"""The lowest of pressure levels has more, over any mountains where people live [Pa]."""

LONGEST_GAP = 6 * SECONDS_PER_HOUR
"""Surface fields are interpolated over this time at most [s]."""


def joined(parts: Sequence[Part]) -> RawVolume:
    """One volume of the parts of its files.

    Raises
    ------
    InputError
        If the grids or levels do not fit together, a time comes twice, or there is nothing on levels.
    """
    if not any(part.levels for part in parts):
        raise InputError("no file has wind on levels", file=parts[0].file, field="u, v",
                         cure="give a file of pressure or model levels")  # fmt: skip
    parts = sorted(parts, key=lambda p: (not p.levels, min(_level_times(p), default=0)))
    notes = [note for part in parts for note in part.notes]
    notes = list(dict.fromkeys(notes))
    parts = _on_one_grid(parts, notes)
    first = parts[0]
    vertical = _one_vertical(parts)
    levels, times = _levels(parts, notes)
    surface = _surface(parts, times, notes)
    for fields in (levels, surface):
        keep_possible(fields, file=", ".join(dict.fromkeys(part.file for part in parts if part.levels)), notes=notes)
    shape = (len(times), len(next(iter(levels.values()))[0]), len(first.y), len(first.x))
    if vertical.height is not None:
        height = np.broadcast_to(vertical.height[None, :, None, None], shape)
        levels["altitude" if vertical.over_sea else "height"] = np.asarray(height, dtype=np.float32)
    label = "forecast" if any(part.forecast for part in parts) else "reanalysis"
    files = tuple(dict.fromkeys(part.file for part in parts))
    return RawVolume(
        times, first.x, first.y, first.crs, vertical.pressure, vertical.hybrid, levels, surface, files, notes, label
    )


def _level_times(part: Part) -> set[int]:
    return {t for values in part.levels.values() for t in values}


def _on_one_grid(parts: Sequence[Part], notes: list[str]) -> list[Part]:
    """Parts cut to the cells that all of them have."""
    x, y = parts[0].x, parts[0].y
    for part in parts[1:]:
        if part.crs != parts[0].crs:
            raise InputError("has another projection", file=part.file, cure=f"give that of {parts[0].file}")
        x, y = _shared(x, part.x, part, parts[0]), _shared(y, part.y, part, parts[0])
    if (len(x), len(y)) != (len(parts[0].x), len(parts[0].y)):
        notes.append(f"grids overlap in part: cut to the {len(x)} x {len(y)} cells that all files have")
    return [_cut(part, x, y) for part in parts]


def _shared(axis: Axis, other: Axis, part: Part, first: Part) -> Axis:
    step = axis[1] - axis[0]
    away = (other[0] - axis[0]) / step
    common: Axis = axis[(axis >= other[0] - 0.01 * step) & (axis <= other[-1] + 0.01 * step)]
    if abs((other[1] - other[0]) / step - 1.0) > 0.01 or abs(away - round(away)) > 0.05 or len(common) < 3:
        raise InputError("has another grid", file=part.file, cure=f"give files on the grid of {first.file}")
    return common


def _cut(part: Part, x: Axis, y: Axis) -> Part:
    if len(x) == len(part.x) and len(y) == len(part.y):
        return part
    column, row = (round(float((new[0] - old[0]) / (old[1] - old[0]))) for new, old in ((x, part.x), (y, part.y)))
    area = (..., slice(row, row + len(y)), slice(column, column + len(x)))
    return Part(
        part.file, x, y, part.crs, part.vertical,
        {k: {t: v[area] for t, v in values.items()} for k, values in part.levels.items()},
        {k: {t: v[area] for t, v in values.items()} for k, values in part.surface.items()},
        {k: v[area] for k, v in part.fixed.items()},
        {k: [Sum(s.base, s.begin, s.end, s.amount[area]) for s in sums] for k, sums in part.sums.items()},
        forecast=part.forecast,
    )  # fmt: skip


def _one_vertical(parts: Sequence[Part]) -> Vertical:
    first = parts[0]
    for part in parts[1:]:
        if part.levels and not part.vertical.same(first.vertical):
            raise InputError("has other levels", file=part.file, cure=f"give those of {first.file}")
    pressure = first.vertical.pressure
    if pressure is not None and pressure.size and pressure[0] < LOWEST:
        raise InputError("is the highest pressure of a level, and far from the ground", file=first.file, field="levels",
                         value=f"{pressure[0] / 100:g} hPa",
                         cure="see whether their unit is right, and give levels down to the ground")  # fmt: skip
    return first.vertical


def _levels(parts: Sequence[Part], notes: list[str]) -> tuple[dict[str, npt.NDArray[np.float32]], Stamps]:
    """Fields on levels at the times that all of them have."""
    found: dict[str, dict[int, Values]] = {}
    for part in parts:
        for meaning, values in part.levels.items():
            _add(found.setdefault(meaning, {}), values, part, meaning)
    held = [set(found[m]) for m in NEEDED if m in found] or [set(v) for v in found.values()]
    every, times = set().union(*held), set.intersection(*held)
    if not times:
        raise InputError("no time has wind and temperature together", file=parts[0].file, field="time")
    if every - times:
        notes.append(f"{len(every - times)} times have not all of wind and temperature and are set aside")
    for meaning in [m for m in found if not times <= set(found[m])]:
        notes.append(f"{meaning}: not there at all times, so it is not used")
        del found[meaning]
    stamps = np.array(sorted(times), dtype=np.int64)
    counts = {len(found[m][t]) for m in found for t in times}
    if len(counts) > 1:
        raise InputError("fields stand on different numbers of levels", file=parts[0].file, field="levels",
                         value=", ".join(map(str, sorted(counts))))  # fmt: skip
    levels = {}
    for meaning in list(found):
        values = found.pop(meaning)
        levels[meaning] = np.stack([values[int(t)] for t in stamps])
    return levels, stamps


def _add(into: dict[int, Values], values: dict[int, Values], part: Part, meaning: str) -> None:
    for time, field in values.items():
        if time in into and not (into[time].shape == field.shape and np.array_equal(into[time], field, equal_nan=True)):
            raise InputError(
                "holds a time that another file has, with other values", file=part.file, field=meaning,
                value=str(np.datetime64(time, "s")), cure="give one forecast at a time, none twice",
            )  # fmt: skip
        into.setdefault(time, field)


def _surface(parts: Sequence[Part], times: Stamps, notes: list[str]) -> dict[str, npt.NDArray[np.float32]]:
    """Fields at the ground at the times of the levels."""
    surface: dict[str, npt.NDArray[np.float32]] = {}
    shape = (len(times), len(parts[0].y), len(parts[0].x))
    for part in parts:
        for meaning, alone in part.fixed.items():
            surface.setdefault(meaning, np.broadcast_to(alone, shape).copy())
    found: dict[str, dict[int, Values]] = {}
    sums: dict[str, list[Sum]] = {}
    for part in parts:
        for meaning, values in part.surface.items():
            _add(found.setdefault(meaning, {}), values, part, meaning)
        for meaning, amounts in part.sums.items():
            sums.setdefault(meaning, []).extend(amounts)
    for meaning, amounts in sums.items():
        rates = _rates(meaning, amounts, times, notes) if amounts else None
        if rates is not None and (meaning not in found or np.isfinite(rates).all()):
            surface[meaning] = rates
            found.pop(meaning, None)
    for meaning, values in found.items():
        placed = _placed(meaning, values, times, notes)
        if placed is not None:
            surface[meaning] = placed
    return surface


def _rates(meaning: str, amounts: list[Sum], times: Stamps, notes: list[str]) -> npt.NDArray[np.float32] | None:
    rates, covered = mean_rates(amounts, times)
    if covered < 0.99:
        notes.append(f"{meaning}: sums speak of {100 * covered:.0f} % of a step, taken for the whole of it")
    values = at_times(rates)
    if not np.isfinite(values).any():
        notes.append(f"{meaning}: no sum covers the steps of the levels, so it is not used")
        return None
    return values.astype(np.float32)


def _placed(
    meaning: str, values: dict[int, Values], times: Stamps, notes: list[str]
) -> npt.NDArray[np.float32] | None:  # fmt: skip
    """A field at the wanted times: as it is, or between the times around them."""
    held = np.array(sorted(values), dtype=np.int64)
    if meaning in FIXED and not np.isin(times, held).all():
        near = [int(held[np.argmin(np.abs(held - t))]) for t in times]
        return np.stack([values[t] for t in near])
    if np.isin(times, held).all():
        return np.stack([values[int(t)] for t in times])
    after = np.searchsorted(held, times)
    inside = (after > 0) & (after < len(held)) | np.isin(times, held)
    low, high = held[np.maximum(after - 1, 0)], held[np.minimum(after, len(held) - 1)]
    if not inside.all() or (high - low)[~np.isin(times, held)].max(initial=0) > LONGEST_GAP:
        notes.append(f"{meaning}: does not cover the times of the levels, so it is not used")
        return None
    notes.append(f"{meaning}: interpolated between its own times")
    out = []
    for t, a, b in zip(times.tolist(), low.tolist(), high.tolist(), strict=True):
        share = np.float32((t - a) / (b - a)) if b > a else np.float32(0.0)
        out.append(values[t] if t in values else values[a] + share * (values[b] - values[a]))
    return np.stack(out)
