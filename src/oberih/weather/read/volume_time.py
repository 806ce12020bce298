"""For which times do the fields of a netCDF file hold, and over which do its sums run?

Valid times on one axis; or a start of the forecast and steps, on one axis or two, as GRIB turned into netCDF has them.
Sums run as CF bounds say; else since the start of the forecast where there are steps, or where the values never fall;
else over the preceding hour, as ERA5 has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.volume_part import Sum

__all__ = ["DAMAGE", "Times", "sums_of", "times_of"]

Stamps = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]

DAMAGE = (OSError, ValueError, RuntimeError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""What the libraries raise on a damaged file."""

NAMES = ("valid_time", "time", "forecast_time", "t")
PLAIN = ("", "standard", "gregorian", "proleptic_gregorian")
CURE = "give times as 'hours since 2026-05-01 00:00', UTC"
STEP, BASES = "step", ("time", "forecast_reference_time", "initial_time", "reftime")

NEVER_FALLS = 4
"""So many times, none below the one before anywhere, betray a sum since the start."""


@dataclass(frozen=True)
class Times:
    """Valid times of a file.

    Parameters
    ----------
    dims : tuple of str
        The axes of time: one, or start and step.
    stamps : int64 array, shape (t,)
        Valid times, those of all axes in order of the axes.
    bases : int64 array, shape (t,)
        Start of the forecast that each is of; the first time where it is not said.
    forecast : bool
        Whether the starts were said.
    taken : int array
        Places in ``stamps`` that are used, times increasing; of several forecasts for one time the youngest.
    """

    dims: tuple[str, ...]
    stamps: Stamps
    bases: Stamps
    forecast: bool
    taken: npt.NDArray[np.intp]

    @property
    def ahead(self) -> bool:
        """Whether a time lies after the start of its forecast."""
        return self.forecast and bool((self.stamps > self.bases).any())

    def each(self, values: Values) -> Iterator[tuple[int, Values]]:
        """Valid time and field of a variable whose first axes are those of time."""
        flat = values.reshape(len(self.stamps), *values.shape[len(self.dims) :])
        for i in self.taken:
            yield int(self.stamps[i]), flat[i]


def times_of(dataset: Any, file: str) -> Times:
    """Valid times of a dataset.

    Raises
    ------
    InputError
        If it has no time, or one that is not in the standard calendar, or increases by turns.
    """
    dims = tuple(n for n in (*NAMES, STEP) if n in dataset.dims)
    if not dims:
        alone = next((n for n in NAMES if n in dataset.variables and dataset[n].size == 1), None)
        if alone is None:
            raise InputError("has no time", file=file, field="dimensions", value=", ".join(map(str, dataset.dims)),
                             cure="give fields with a valid time")  # fmt: skip
        stamp = _stamps(dataset[alone], file)
        return Times((), stamp, stamp, False, np.arange(1))
    long = tuple(n for n in dims if dataset.sizes[n] > 1) or dims[:1]
    if len(long) > 2 or (len(long) == 2 and STEP not in long):
        raise InputError("has more than one axis of time", file=file, field="dimensions", value=", ".join(long))
    dims = tuple(d for d in dims if d in long)
    stamps = _valid(dataset, dims, file)
    bases, said = _bases(dataset, dims, stamps, file)
    taken = _youngest(stamps, bases)
    if len(dims) == 1 and not said and (np.diff(stamps) <= 0).any():
        at = int(np.argmax(np.diff(stamps) <= 0)) + 1
        when = str(np.datetime64(int(stamps[at]), "s"))
        raise InputError("times must increase", file=file, field=dims[0], value=when,
                         cure="put them in order, none twice")  # fmt: skip
    return Times(dims, stamps, bases, said, taken)


def _valid(dataset: Any, dims: tuple[str, ...], file: str) -> Stamps:
    if STEP not in dims:
        return _stamps(dataset[dims[0]], file)
    if "valid_time" in dataset.variables and set(dataset["valid_time"].dims) == set(dims):
        return _stamps(dataset["valid_time"].transpose(*dims), file)
    start = next((n for n in BASES if n in dataset.variables), None)
    if start is None:
        raise InputError("has steps, and nothing says since when", file=file, field=STEP)
    steps = _seconds(dataset[STEP], file)
    return np.asarray((_stamps(dataset[start], file)[:, None] + steps[None, :]).ravel())


def _bases(dataset: Any, dims: tuple[str, ...], stamps: Stamps, file: str) -> tuple[Stamps, bool]:
    if STEP in dims:
        steps = _seconds(dataset[STEP], file)
        return stamps - np.tile(steps, len(stamps) // len(steps)), True
    start = next((n for n in BASES if n in dataset.variables and n not in dims and dataset[n].size == 1), None)
    if start is not None:
        return np.full_like(stamps, _stamps(dataset[start], file)[0]), True
    return np.full_like(stamps, stamps[0]), False


def _youngest(stamps: Stamps, bases: Stamps) -> npt.NDArray[np.intp]:
    order = np.lexsort((bases, stamps))
    last = np.concatenate([np.diff(stamps[order]) > 0, [True]])
    return np.asarray(order[last])


def _stamps(axis: Any, file: str) -> Stamps:
    raw = _instants(axis, file).ravel()
    if not len(raw):
        raise InputError("has no times", file=file, field=str(axis.name), value=0, cure="give one at least")
    if not np.issubdtype(raw.dtype, np.datetime64) or np.isnat(raw).any():
        unit, calendar = (str(axis.attrs.get(key, "")) for key in ("units", "calendar"))
        field, value = ("calendar", calendar) if "since" in unit and calendar not in PLAIN else ("unit", unit or None)
        raise InputError("is not a time in the standard calendar", file=file, field=f"{field} of {axis.name}",
                         value=value, cure=CURE)  # fmt: skip
    return ((raw.astype("datetime64[ns]").astype(np.int64) + 500_000_000) // 1_000_000_000).astype(np.int64)


def _instants(axis: Any, file: str) -> npt.NDArray[Any]:
    """Times as numpy has them; as something else where the calendar is another."""
    if "since" not in str(axis.attrs.get("units", "")):
        return np.asarray(axis.values)
    try:
        plain = xr.Variable(axis.dims, np.asarray(axis.values), axis.attrs)
        return np.asarray(xr.decode_cf(xr.Dataset({"when": plain}))["when"].values)
    except DAMAGE as error:
        raise InputError("is not a time in the standard calendar", file=file, field=f"unit of {axis.name}",
                         value=str(axis.attrs["units"]), cure=CURE) from error  # fmt: skip


def _seconds(axis: Any, file: str) -> Stamps:
    raw = np.asarray(axis.values).ravel()
    if np.issubdtype(raw.dtype, np.timedelta64):
        return (raw.astype("timedelta64[s]")).astype(np.int64)
    unit = str(axis.attrs.get("units", "hours")).split()[0].lower().rstrip("s")
    scale = {"hour": 3600.0, "h": 3600.0, "second": 1.0, "s": 1.0, "minute": 60.0, "day": 86400.0}.get(unit)
    if scale is None or not np.isfinite(np.asarray(raw, dtype=float)).all():
        raise InputError("is not a length of time", file=file, field=str(axis.name), value=unit)
    return np.asarray(np.round(np.asarray(raw, dtype=float) * scale), dtype=np.int64)


def is_mean(dataset: Any, name: str) -> bool:
    """Whether a rate is said to be the mean over a span of time."""
    attrs = dataset[name].attrs
    return "mean" in str(attrs.get("cell_methods", "")) or attrs.get("GRIB_stepType") == "avg"


def sums_of(
    dataset: Any, name: str, values: Values, times: Times, notes: list[str], *, mean: bool = False
) -> list[Sum]:  # fmt: skip
    """A variable that is an amount, or a mean rate, with the times between which it came together."""
    flat = values.reshape(len(times.stamps), *values.shape[len(times.dims) :])
    begins, how = _begins_of_means(dataset, name, times) if mean else _begins(dataset, name, flat, times)
    notes.append(f"{name}: {how}")
    return [
        Sum(int(base), int(begin), int(end), field * np.float32(end - begin) if mean else field)
        for base, begin, end, field in zip(times.bases, begins, times.stamps, flat, strict=True)
        if end > begin
    ]  # fmt: skip


def _bounds(dataset: Any, times: Times) -> Stamps | None:
    """Beginnings of the spans that the axis of time gives, as CF has them."""
    if len(times.dims) != 1 or times.dims[0] not in dataset.variables:
        return None
    axis = dataset[times.dims[0]]
    name = axis.attrs.get("bounds") or axis.encoding.get("bounds")
    if name not in dataset.variables or dataset[name].ndim != 2:
        return None
    first = dataset[name].isel({dataset[name].dims[-1]: 0})
    inherited = {k: axis.attrs[k] for k in ("units", "calendar") if k in axis.attrs}  # as CF has it
    return _stamps(first.assign_attrs({**inherited, **first.attrs}), str(name))


def _begins_of_means(dataset: Any, name: str, times: Times) -> tuple[Stamps, str]:
    first = _bounds(dataset, times)
    if first is not None:
        return first, "mean between the bounds of its times"
    if dataset[name].attrs.get("GRIB_stepType") == "avg" and not times.forecast:
        return times.stamps - SECONDS_PER_HOUR, "mean of the preceding hour, as ERA5 has it"
    several = len(times.taken) > 1
    step = int(np.diff(times.stamps[times.taken]).min(initial=24 * SECONDS_PER_HOUR)) if several else SECONDS_PER_HOUR
    return times.stamps - step, "mean of the step before"


def _begins(dataset: Any, name: str, flat: Values, times: Times) -> tuple[Stamps, str]:
    first = _bounds(dataset, times)
    if first is not None and "sum" in str(dataset[name].attrs.get("cell_methods", "")):
        return first, "summed between the bounds of its times"
    if times.forecast:
        return times.bases, "summed since the start of the forecast"
    grown = np.diff(flat[times.taken], axis=0)
    small = 1e-6 * float(np.nanmax(np.abs(flat), initial=0.0))
    if len(times.taken) >= NEVER_FALLS and (grown >= -small).all() and (grown > small).any():
        start = int(times.stamps[times.taken[0]])
        step = int(times.stamps[times.taken[1]]) - start
        begin = start if float(np.nanmax(np.abs(flat[times.taken[0]]))) <= small else start - step
        return np.full_like(times.stamps, begin), "never falls, so taken as summed since the start"
    return times.stamps - SECONDS_PER_HOUR, "taken as the sum of the preceding hour, as ERA5 has it"
