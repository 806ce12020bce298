"""What does a netCDF file say in a volume?  Needs the extra ``fields``.

Reads wind, temperature and heights on pressure, hybrid or height levels, and what there is of the ground, into SI units
and one order, a stretch of times at once.  Nothing is derived here (`oberih.weather.volume`).

Done in a process of its own, where `volume_netcdf_reply` answers; see `volume_apart` for why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import numpy.typing as npt
import xarray as xr

from oberih.errors import InputError
from oberih.weather.read.handover import Empty, empty_here, most_bytes
from oberih.weather.read.volume_grid import Area, Cutout, cutout
from oberih.weather.read.volume_names import AMOUNT_SECONDS, LEVEL_FIELDS, SURFACE_FIELDS, UPWARD, VERTICAL, to_si
from oberih.weather.read.volume_packing import PACKING, refuse_packing, unwritten_of
from oberih.weather.read.volume_part import Part, Vertical
from oberih.weather.read.volume_stretch import EXPVER, read_in_stretches
from oberih.weather.read.volume_time import DAMAGE, Times, is_mean, sums_of, times_of
from oberih.weather.read.volume_vertical import vertical_of

__all__ = ["Room", "members_of_netcdf", "opened", "part_of_dataset", "part_of_netcdf"]

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

LATITUDES, LONGITUDES = ("latitude", "lat", "y", "rlat"), ("longitude", "lon", "x", "rlon")
DEGREES = re.compile(r"1?|°|deg(ree)?s?([ _]?(n|e|north|east))?", re.IGNORECASE)
METRES = {
    "": 1.0,
    "1": 1.0,
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "km": 1000.0,
    "kilometre": 1000.0,
    "kilometer": 1000.0,
}
"""Spellings of the units of axes, those of a plane without their s."""

MEMBERS = ("number", "member", "realization", "ensemble", "ens")
BESIDE = (*MEMBERS, EXPVER)
"""Axes of which one place is taken, or what is there."""

ESSENTIAL = frozenset({
    "east", "north", "temperature", "geopotential", "geopotential_height", "pressure", "surface_pressure",
    "log_pressure", "temperature_2m", "east_10m", "north_10m", "orography", "surface_geopotential",
})  # fmt: skip
"""Fields in a unit that is not known are refused where they are one of these, else set aside."""

LONGEST_NOTE = 300
"""Of a note, which may quote what a file says."""


Told = Callable[[float, float], None]


@dataclass
class Room:
    """Where fields go, and who is told how many values of how many are there.

    Parameters
    ----------
    empty : callable
        Makes room for a field.
    told : callable
        Takes how many values are read, and of how many.
    whole, done : int
        The two.
    """

    empty: Empty = empty_here
    told: Told = lambda done, of: None
    whole: int = 1
    done: int = 0

    def read(self, values: int) -> None:
        """Count values as read."""
        self.done += values
        self.told(self.done, self.whole)


@dataclass(frozen=True)
class _Axes:
    """Where things stand in a dataset."""

    x: str
    y: str
    times: Times
    vertical: str | None
    member: tuple[str, int] | None
    cut: Cutout
    plane: bool


def part_of_netcdf(
    path: Path, *, area: Area | None = None, member: int | None = None, empty: Empty = empty_here,
    told: Told = lambda done, of: None,
) -> Part:  # fmt: skip
    """Read one file, in this process.

    Parameters
    ----------
    path : Path
    area : (west, south, east, north), optional
    member : int, optional
        Taken where the file holds members.
    empty : callable
        Makes room for fields.
    told : callable
        Takes how much is read, and of how much.

    Raises
    ------
    InputError
        If it is damaged, too large, or has no grid or time, or not the area or member.
    """
    with opened(path) as dataset:
        return part_of_dataset(dataset, path.name, area=area, member=member, room=Room(empty, told))


def opened(source: Path | netCDF4.Dataset) -> Any:
    """A dataset as it stands in a file, its times not decoded.

    Parameters
    ----------
    source : Path, or netCDF4.Dataset

    Raises
    ------
    InputError
        If it cannot be opened.
    """
    try:
        # The class and not its name: by the name xarray loads all its engines first, in a second.
        engine = xr.backends.StoreBackendEntrypoint
        store = xr.backends.NetCDF4DataStore
        held = store.open(str(source)) if isinstance(source, Path) else store(source)
        return xr.open_dataset(held, engine=engine, decode_times=False, decode_coords=False)
    except FileNotFoundError as error:
        raise InputError("no such file", file=source) from error
    except DAMAGE as error:
        raise _culprit(source, error) from error


def _culprit(source: Path | netCDF4.Dataset, error: Exception) -> InputError:
    """What keeps a file from being opened: one of its variables, or all of it."""
    file = source.name if isinstance(source, Path) else "dataset"
    try:
        with netCDF4.Dataset(str(source)) as held:
            for name, variable in held.variables.items():
                if np.dtype(getattr(variable, "dtype", None) or object).kind not in "fiuSUO" or _odd(variable):
                    return InputError(
                        "is of a kind that is not read here", file=file, field=name, value=str(error)[:100],
                        cure="leave it out, or write it anew as plain numbers",
                    )  # fmt: skip
    except DAMAGE:
        pass
    return InputError("is damaged, or not netCDF", file=file, cure="download it again")


def _odd(variable: Any) -> bool:
    packing = [np.asarray(variable.getncattr(k)) for k in PACKING if k in variable.ncattrs()]
    plain = variable.datatype is str or isinstance(variable.datatype, np.dtype)
    return not plain or any(held.size != 1 for held in packing)


def part_of_dataset(
    dataset: Any, file: str, *, area: Area | None = None, member: int | None = None, room: Room | None = None
) -> Part:  # fmt: skip
    """As `part_of_netcdf`, of a dataset that is open.

    Parameters
    ----------
    dataset : xarray.Dataset
        Opened without decoding its times.
    file : str
        What messages call it.
    area : (west, south, east, north), optional
    member : int, optional
    room : Room, optional

    Raises
    ------
    InputError
        As there.
    """
    try:
        part = _part(dataset, file, area, member, Room() if room is None else room)
        part.notes[:] = ["".join(c if c.isprintable() else "�" for c in note[:LONGEST_NOTE]) for note in part.notes]
        return part
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError("is damaged netCDF", file=file, cure="download it again") from error


def members_of_netcdf(path: Path) -> tuple[int, ...]:
    """Numbers of ensemble members on a dimension of their own."""
    with opened(path) as dataset:
        name = next((n for n in MEMBERS if n in dataset.dims), None)
        return () if name is None else tuple(_numbers(dataset, name))


def _numbers(dataset: Any, name: str) -> list[int]:
    if name in dataset.variables and np.issubdtype(dataset[name].dtype, np.number):
        return [int(v) for v in np.asarray(dataset[name].values).ravel()]
    return list(range(int(dataset.sizes[name])))


def _part(dataset: Any, file: str, area: Area | None, member: int | None, room: Room) -> Part:
    notes: list[str] = []
    dataset = _widened(dataset, file, notes)
    axes = _axes(dataset, file, area, member, notes)
    vertical, order = Vertical(), np.arange(0)
    if axes.vertical is not None:
        said = any(_named(dataset, n, _level_dims(axes)) for n in _meant(LEVEL_FIELDS, ("pressure", "height")))
        vertical, order = vertical_of(dataset, axes.vertical, has_pressure=said, file=file)
    crs = _crs(dataset, file) if axes.plane else ""
    part = Part(file, axes.cut.x, axes.cut.y, crs, vertical, notes=notes, forecast=axes.times.ahead)
    room.whole = _size(dataset, axes, file)
    for meaning, names in LEVEL_FIELDS.items() if axes.vertical is not None else ():
        name = _named(dataset, names, _level_dims(axes))
        if name is not None:
            unit = str(dataset[name].attrs.get("units", ""))
            if meaning == "omega" and to_si("omega", unit) is None and to_si("vertical", unit) is not None:
                meaning = "vertical"  # w, in metres a second
            if meaning not in part.levels:
                values = _values(dataset, name, axes, meaning, part, room, order)[0]
                if values.size:
                    part.levels[meaning] = dict(axes.times.each(values))
    for meaning, names in SURFACE_FIELDS.items():
        name = _named(dataset, names, _flat_dims(axes)) or _named(dataset, names, {axes.x, axes.y})
        if name is not None:
            _add_surface(part, dataset, name, meaning, axes, room)
    return part


def _add_surface(part: Part, dataset: Any, name: str, meaning: str, axes: _Axes, room: Room) -> None:
    fixed = not set(axes.times.dims) & set(dataset[name].dims)
    values, amount = _values(dataset, name, axes, meaning, part, room)
    if values.size and name.lower() in UPWARD:
        np.negative(values, out=values)
    mean = not amount and not fixed and meaning in AMOUNT_SECONDS and is_mean(dataset, name)
    if (amount or mean) and values.size:
        part.sums[meaning] = sums_of(dataset, name, values, axes.times, part.notes, mean=mean)
    elif fixed:
        part.fixed[meaning] = values
    elif values.size:
        part.surface[meaning] = dict(axes.times.each(values))


def _widened(dataset: Any, file: str, notes: list[str]) -> Any:
    """A single column of a model as a small grid of equal columns."""
    if any(n in dataset.dims for n in (*LATITUDES, *LONGITUDES)):
        return dataset
    place = [next((n for n in names if n in dataset.variables), None) for names in (LATITUDES, LONGITUDES)]
    if None in place or any(dataset[n].ndim for n in place) or not any(n in dataset.dims for n in ("time", "level")):
        return dataset
    north, east = float(dataset[place[0]].values), (float(dataset[place[1]].values) + 180.0) % 360.0 - 180.0
    notes.append(f"a single column at {north:.2f} N {east:.2f} E, taken for {2 * COLUMN:g} degrees around")
    dataset = _rain_from_fluxes(dataset.drop_vars(place), notes)
    kept = [n for n, v in dataset.data_vars.items() if set(v.dims) <= {"time", "level"}]
    around = COLUMN * np.arange(-1.0, 2.0)
    return dataset[kept].expand_dims({"latitude": north + around, "longitude": east + around}, axis=(-2, -1))


def _rain_from_fluxes(dataset: Any, notes: list[str]) -> Any:
    """Rain of a single column from its flux profiles at the ground.

    The "amounts" beside them, in kg m-2, hold the same numbers in kg m-2 s-1.
    """
    if "flx_height" not in dataset.variables or "flux_level" not in dataset.dims:
        return dataset
    lowest = int(np.argmin(np.asarray(dataset["flx_height"].values).reshape(-1, dataset.sizes["flux_level"])[0]))
    rates = {}
    for kind in ("ls_rain", "conv_rain", "ls_snow", "conv_snow"):
        if f"flx_{kind}" in dataset.data_vars:
            rates[f"sfc_{kind}"] = dataset[f"flx_{kind}"].isel(flux_level=lowest)
    if rates:
        notes.append("rain and snow: flux profiles at the ground")
    return dataset.assign(rates)


COLUMN = 2.0
"""Half the width that a single column stands for [°]."""


def _axes(dataset: Any, file: str, area: Area | None, member: int | None, notes: list[str]) -> _Axes:
    x, y = (_axis(dataset, names, file) for names in (LONGITUDES, LATITUDES))
    times = times_of(dataset, file)
    members = next((n for n in MEMBERS if n in dataset.dims), None)
    chosen = None if members is None else (members, _member(dataset, members, member, file, notes))
    known = {x, y, EXPVER, *times.dims, *([members] if members else [])}
    vertical = next((n for n in VERTICAL if n in dataset.dims), None)
    for name in (n for meaning in ("east", "north", "temperature") for n in LEVEL_FIELDS[meaning]):
        found = _spelt(dataset, name)
        if found is not None and {x, y} < set(dataset[found].dims):
            beside = [d for d in dataset[found].dims if d not in known and dataset.sizes[d] > 1]
            vertical = str(beside[0]) if len(beside) == 1 else vertical
            break
    plane, east = _places(dataset, x, file)
    both, north = _places(dataset, y, file)
    if plane != both:
        raise InputError("are axes of which one is in degrees and one is not", file=file, field=f"units of {x} and {y}",
                         cure="give both in degrees, or both in metres")  # fmt: skip
    return _Axes(x, y, times, vertical, chosen, cutout(east, north, geographic=not plane, area=area, file=file), plane)


def _places(dataset: Any, name: str, file: str) -> tuple[bool, Array]:
    """Where the cells of an axis lie: whether on a plane, in metres, or in degrees."""
    if name not in dataset.variables:
        raise InputError("is an axis of which nothing says where its cells lie", file=file, field=name,
                         cure="give its coordinates as a variable of this name")  # fmt: skip
    axis = dataset[name]
    refuse_packing(axis, name, file)
    unit = str(axis.attrs.get("units", "")).strip()
    degrees = DEGREES.fullmatch(unit) is not None
    plane = name in ("x", "y") and not (unit and degrees)
    factor = METRES.get(unit.lower().rstrip("s")) if plane else 1.0 if degrees else None
    if factor is None:
        raise InputError("is no unit of such an axis", file=file, field=f"unit of {name}", value=unit,
                         cure=f"give it in {'metres' if plane else 'degrees_north and degrees_east'}")  # fmt: skip
    return plane, np.asarray(axis.values, dtype=float) * factor


def _axis(dataset: Any, names: tuple[str, ...], file: str) -> str:
    for name in names:
        if name in dataset.dims:
            if name in ("rlat", "rlon"):
                raise InputError("is on a rotated grid", file=file, field=name, cure="remap it to latitude-longitude")
            return name
    raise InputError(f"has no {names[0]}", file=file, field="dimensions", value=", ".join(map(str, dataset.dims)),
                     cure="give fields on a grid, with time, and not in groups")  # fmt: skip


def _member(dataset: Any, name: str, member: int | None, file: str, notes: list[str]) -> int:
    """Place of a member on its axis."""
    numbers = _numbers(dataset, name)
    if member is None:
        if len(numbers) > 1:
            notes.append(f"member {min(numbers)} of {len(numbers)} is taken")
        return numbers.index(min(numbers))
    if member not in numbers:
        raise InputError("no such member", file=file, field="member", value=member,
                         cure=f"it holds {min(numbers)} to {max(numbers)}")  # fmt: skip
    return numbers.index(member)


def _meant(fields: dict[str, tuple[str, ...]], meanings: Iterable[str]) -> list[tuple[str, ...]]:
    return [fields[m] for m in meanings]


def _level_dims(axes: _Axes) -> set[str]:
    assert axes.vertical is not None  # asked for only where there is one
    return {*axes.times.dims, axes.vertical, axes.x, axes.y}


def _flat_dims(axes: _Axes) -> set[str]:
    return {*axes.times.dims, axes.x, axes.y}


def _spelt(dataset: Any, name: str) -> str | None:
    """A variable of this name or standard name, whatever its case."""
    for found, variable in dataset.data_vars.items():
        if str(found).lower() == name or str(variable.attrs.get("standard_name", "")).lower() == name:
            return str(found)
    return None


def _named(dataset: Any, names: tuple[str, ...], dims: set[str]) -> str | None:
    """The first spelling that stands on just these axes, members and axes of one value aside."""
    for wanted in names:
        for found, variable in dataset.data_vars.items():
            own = str(found).lower() == wanted or str(variable.attrs.get("standard_name", "")).lower() == wanted
            wide = {d for d in variable.dims if d not in BESIDE and (d in dims or variable.sizes[d] > 1)}
            if own and wide == dims:
                return str(found)
    return None


def _size(dataset: Any, axes: _Axes, file: str) -> int:
    """Values that will be read: of fields on levels, and at the ground.

    Raises
    ------
    InputError
        If they are more than are read at most.
    """
    ground = len(axes.cut.x) * len(axes.cut.y) * len(axes.times.stamps)
    size = ground * sum(_named(dataset, n, _flat_dims(axes)) is not None for n in SURFACE_FIELDS.values())
    if axes.vertical is not None:
        above = ground * int(dataset.sizes[axes.vertical])
        size += above * sum(_named(dataset, n, _level_dims(axes)) is not None for n in LEVEL_FIELDS.values())
    if 4 * size > most_bytes():
        most = f"{most_bytes() / 1e9:.1f} GB, a quarter of the memory"
        raise InputError(f"is too large to be read whole: more than {most}",
                         file=file, field="values", value=size, cure="cut out the area and hours needed")  # fmt: skip
    return size


def _values(
    dataset: Any, name: str, axes: _Axes, meaning: str, part: Part, room: Room, levels: Index | None = None
) -> tuple[npt.NDArray[np.float32], bool]:  # fmt: skip
    """A field in SI units, its axes in order: times, then the vertical, then y and x; whether it is an amount."""
    variable = dataset[name]
    unit = str(variable.attrs.get("units", ""))
    known = to_si(meaning, unit)
    if known is None:
        if meaning in ESSENTIAL:
            raise InputError("is not a unit that is known", file=part.file, field=f"unit of {name}", value=unit,
                             cure="give it in SI units")  # fmt: skip
        part.notes.append(f"{name}: unit {unit or 'missing'} is not known, so it is not used")
        return np.empty((0,), dtype=np.float32), False
    factor, offset, amount = known
    refuse_packing(variable, name, part.file)
    unwritten = unwritten_of(variable)

    def turned(raw: npt.NDArray[Any]) -> npt.NDArray[Any]:
        with np.errstate(over="ignore", invalid="ignore"):  # what does not fit becomes infinite, and is refused
            if unwritten is not None:
                raw = np.where(raw == unwritten, np.nan, raw)
            return raw.astype(np.float64) * factor + offset if factor != 1.0 or offset != 0.0 else raw

    index: dict[str, Index] = {axes.y: axes.cut.rows, axes.x: axes.cut.columns}
    if levels is not None and axes.vertical is not None and axes.vertical in variable.dims:
        index[axes.vertical] = levels
    member = {axes.member[0]: axes.member[1]} if axes.member is not None and axes.member[0] in variable.dims else {}
    order = [d for d in (*axes.times.dims, axes.vertical, axes.y, axes.x) if d is not None and d in variable.dims]
    spare = {d: 0 for d in variable.dims if d not in order and d not in member and d != EXPVER}
    out = room.empty(tuple(len(index[d]) if d in index else int(variable.sizes[d]) for d in order))
    with np.errstate(over="ignore"):
        read_in_stretches(variable.isel({**spare, **member}), order=order, index=index, out=out, turned=turned,
                          read=room.read)  # fmt: skip
    return out, amount


def _crs(dataset: Any, file: str) -> str:
    """The plane of a projected grid: its well-known text, or UTM as the grid mapping says."""
    for name, variable in dataset.variables.items():
        for key in ("crs_wkt", "spatial_ref", "proj4", "proj4text"):
            if key not in variable.attrs:
                continue
            text = str(variable.attrs[key])
            if re.match(r"\s*(GEOG|\+proj=(longlat|latlong))", text):
                raise InputError("says that the plane is none", file=file, field=key, value=text[:60],
                                 cure="give x and y the units degrees_east and degrees_north")  # fmt: skip
            return text
        if variable.attrs.get("grid_mapping_name") == "transverse_mercator" or str(name).upper().startswith("UTM"):
            zone = "".join(c for c in str(name) if c.isdigit())
            if zone:
                return f"+proj=utm +zone={zone} +datum=WGS84"
    raise InputError("has a plane grid, and nothing says which", file=file, field="grid_mapping",
                     cure="give a latitude-longitude grid, or a grid mapping with crs_wkt")  # fmt: skip
