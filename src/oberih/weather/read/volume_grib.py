"""What do GRIB files say in a volume?  Needs the extra ``grib``.

Editions 1 and 2; pressure levels, hybrid levels with the coefficients that the messages carry, general height levels
with their half-level heights; ECMWF's, NCEP's and DWD's names and units.

Run in a process of its own by `volume_apart`, which see for why.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import eccodes
import numpy as np
import numpy.typing as npt

from oberih.errors import InputError
from oberih.weather.read.decoding import Talk
from oberih.weather.read.grib_framing import framed, grid_of, single_fields
from oberih.weather.read.handover import Empty, Store, empty_here, told_of_part
from oberih.weather.read.volume_grib_index import HALF, MODEL, PRESSURE, Entry, Known, chosen, entry_of, preferred
from oberih.weather.read.volume_grid import Area, Cutout, cutout
from oberih.weather.read.volume_part import Part, Sum, Vertical
from oberih.weather.read.volume_vertical import vertical_of_pv

__all__ = ["index_of", "kept_index", "part_of_messages", "reply"]

Values = npt.NDArray[np.float32]

NEEDED = ("east", "north", "temperature")
TOPLESS = frozenset({"omega", "humidity", "relative_humidity", "cloud_water", "cloud_ice", "vertical"})
"""Fields that models leave out high up, where they are taken as 0."""


Told = Callable[[float, float], None]


class _Files:
    """Messages of several files by their place."""

    def __init__(self, paths: Sequence[Path], talk: Talk | None = None) -> None:
        self.paths, self.maps, self.talk = list(paths), [], talk
        for path in paths:
            with path.open("rb") as file:
                self.maps.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def at(self, number: int) -> None:
        """Say which file is read, where somebody wants to know."""
        if self.talk is not None:
            self.talk.at(self.paths[number].name)

    def handle(self, entry: Entry) -> int:
        """Decoder's handle of a message; to be released."""
        data = self.maps[entry.file]
        _, whole = next(framed_at(data, entry.position, self.paths[entry.file].name))
        return int(eccodes.codes_new_from_message(single_fields(whole)[entry.place]))


def framed_at(data: mmap.mmap, position: int, file: str) -> Iterator[tuple[int, bytes]]:
    """The message at a position that the index knows."""
    edition = data[position + 7]
    length = int.from_bytes(data[position + 8 : position + 16], "big") if edition == 2 else 0
    if length:
        yield position, data[position : position + length]
    else:
        yield from framed(data[position : position + 130_000_000], file)


def index_of(files: _Files) -> list[Entry]:
    """Every message of use.

    Raises
    ------
    InputError
        If a file is damaged or cut off.
    """
    found: list[Entry] = []
    known: Known = {}
    for number, (path, data) in enumerate(zip(files.paths, files.maps, strict=True)):
        files.at(number)
        for position, whole in framed(data, path.name):
            try:
                fields = single_fields(whole)
                for place, field in enumerate(fields):
                    handle = eccodes.codes_new_from_message(field)
                    try:
                        entry = entry_of(
                            handle, file=number, position=position, place=place, grid=grid_of(field), known=known
                        )
                    finally:
                        eccodes.codes_release(handle)
                    found += [entry] if entry is not None else []
            except (eccodes.CodesInternalError, InputError, ValueError, TypeError) as error:
                raise InputError("is damaged GRIB", file=path.name, field=f"byte {position}",
                                 cure="download it again") from error  # fmt: skip
    return found


@dataclass
class _Reader:
    """Decodes messages of one grid, cut to an area."""

    files: _Files
    cut: Cutout
    shape: tuple[int, int]
    by_rows: bool
    empty: Empty
    whole: int
    done: int = 0
    last: int = -1

    def room(self, *before: int) -> Values:
        """Room for fields, with axes before those of the grid."""
        return self.empty((*before, len(self.cut.y), len(self.cut.x)))

    def values(self, entry: Entry) -> Values:
        """One field in SI, NaN where missing."""
        if entry.file != self.last:
            self.files.at(entry.file)
            self.last = entry.file
        self.done += 1
        if self.files.talk is not None:
            self.files.talk.done(min(self.done, self.whole), self.whole)
        handle = self.files.handle(entry)
        try:
            flat = np.asarray(eccodes.codes_get_values(handle))
            missing = float(eccodes.codes_get(handle, "missingValue"))
            bitmap = bool(eccodes.codes_get(handle, "bitmapPresent"))
        except (eccodes.CodesInternalError, ValueError, TypeError) as error:
            raise InputError("is damaged GRIB", file=self.files.paths[entry.file].name, field=f"byte {entry.position}",
                             cure="download it again") from error  # fmt: skip
        finally:
            eccodes.codes_release(handle)
        if flat.size != self.shape[0] * self.shape[1]:
            raise InputError("is damaged GRIB", file=self.files.paths[entry.file].name, field=f"byte {entry.position}",
                             value=flat.size, cure="download it again")  # fmt: skip
        field = flat.reshape(self.shape) if self.by_rows else flat.reshape(self.shape[::-1]).T
        field = field[np.ix_(self.cut.rows, self.cut.columns)]
        if bitmap:
            field = np.where(field == missing, np.nan, field)
        return np.asarray(field * entry.factor + entry.offset, dtype=np.float32)


def _reader(files: _Files, entries: Sequence[Entry], area: Area | None, empty: Empty) -> _Reader:
    entry = entries[0]
    name = files.paths[entry.file].name
    handle = files.handle(entry)
    try:
        kind = str(eccodes.codes_get(handle, "gridType"))
        if kind not in ("regular_ll", "regular_gg"):
            raise InputError("is on a grid that is not regular in latitude and longitude", file=name, field="gridType",
                             value=kind, cure="ask for a regular latitude-longitude grid, or remap it")  # fmt: skip
        columns, rows = (int(eccodes.codes_get(handle, key)) for key in ("Ni", "Nj"))
        lats, lons = (np.asarray(eccodes.codes_get_array(handle, key)) for key in ("latitudes", "longitudes"))
        if eccodes.codes_get(handle, "alternativeRowScanning"):
            raise InputError("has rows that run to and fro", file=name, field="alternativeRowScanning", value=1)
        by_rows = not eccodes.codes_get(handle, "jPointsAreConsecutive")
    finally:
        eccodes.codes_release(handle)
    if columns < 2 or rows < 2 or lats.size != columns * rows:
        raise InputError("has a damaged grid", file=name, field="Ni, Nj", value=f"{columns}, {rows}")
    shape = (rows, columns) if by_rows else (columns, rows)
    lat, lon = lats.reshape(shape), lons.reshape(shape)
    y, x = (lat[:, 0], lon[0]) if by_rows else (lat[0], lon[:, 0])
    cut = cutout(x, y, geographic=True, area=area, file=name)
    return _Reader(files, cut, (rows, columns), by_rows, empty, len(entries))


def kept_index(files: _Files, kept: Path | None) -> list[Entry]:
    """As `index_of`, from a file where it has been kept, else kept there if there is room.

    Parameters
    ----------
    files : _Files
    kept : Path, optional
        Whoever names it sees to it that the files are those that it was made of.
    """
    if kept is not None and kept.exists():
        return [Entry(*row) for row in json.loads(kept.read_text(encoding="utf-8"))]
    found = index_of(files)
    if kept is not None:
        beside = kept.with_suffix(f".{os.getpid()}")
        try:
            beside.write_text(json.dumps([astuple(entry) for entry in found]), encoding="utf-8")
            beside.replace(kept)
        except OSError:  # a disk that is full is no damage of the files: it is looked for anew next time
            with contextlib.suppress(OSError):
                beside.unlink()
    return found


def part_of_messages(
    paths: Sequence[Path], *, area: Area | None = None, member: int | None = None, run: int | None = None,
    index: Path | None = None, empty: Empty = empty_here, talk: Talk | None = None,
) -> Part:  # fmt: skip
    """Read files as one pool of messages, in this process.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
    member : int, optional
    run : int, optional
        Start of the forecast to take [s since 1970].
    index : Path, optional
        As in `kept_index`.
    empty : callable
        Makes room for fields.
    talk : Talk, optional
        Told which file is read, and how much is done.

    Raises
    ------
    InputError
        If a file is damaged, or the files hold no such member, forecast or area.
    """
    files, notes = _Files(paths, talk), list[str]()
    entries = preferred(chosen(kept_index(files, index), member=member, run=run, notes=notes))
    if not entries:
        raise InputError("holds nothing that is known of a volume", file=paths[0].name, field="shortName",
                         cure="give u, v, t on pressure or model levels, and the ground")  # fmt: skip
    reader = _reader(files, entries, area, empty)
    part = Part(", ".join(path.name for path in paths), reader.cut.x, reader.cut.y, notes=notes)
    on_levels = [e for e in entries if e.kind in (PRESSURE, MODEL)]
    if on_levels:
        levels = _common_levels(on_levels, notes)
        part.vertical, part.forecast = _vertical(files, on_levels, levels), any(e.end > e.base for e in on_levels)
        for meaning in sorted({e.meaning for e in on_levels}):
            _read_levels([e for e in on_levels if e.meaning == meaning], levels, reader, part)
        _read_half(
            [e for e in entries if e.kind == HALF], levels, reader, part,
            [e for e in entries if e.meaning == "orography"],
        )  # fmt: skip
    ground = [e for e in entries if not e.kind]
    for meaning in sorted({e.meaning for e in ground}):
        _read_ground(meaning, [e for e in ground if e.meaning == meaning], reader, part)
    return part


def _common_levels(entries: Sequence[Entry], notes: list[str]) -> list[int]:
    """Levels from below that wind and temperature have at all times."""
    held: dict[tuple[str, int], set[int]] = {}
    for e in entries:
        if e.meaning in NEEDED:
            held.setdefault((e.meaning, e.end), set()).add(e.level)
    every = set[int]().union(*held.values()) if held else {e.level for e in entries}
    full = max((len(v) for v in held.values()), default=0)
    whole = [v for v in held.values() if 2 * len(v) > full]  # a time that has hardly any is not let empty the rest
    common = every.intersection(*whole)
    if every - common:
        shown = ", ".join(str(v // 100 if entries[0].kind == PRESSURE else v) for v in sorted(every - common)[:8])
        notes.append(f"levels that wind or temperature lacks at some time are set aside: {shown}")
    return sorted(common, reverse=True)


def _vertical(files: _Files, entries: Sequence[Entry], levels: list[int]) -> Vertical:
    if entries[0].kind == PRESSURE:
        return Vertical(pressure=np.array(levels, dtype=float))
    handle = files.handle(entries[0])
    try:
        if not int(eccodes.codes_get(handle, "PVPresent")):
            return Vertical()
        pv = np.asarray(eccodes.codes_get_array(handle, "pv"), dtype=float)
    finally:
        eccodes.codes_release(handle)
    return Vertical(hybrid=vertical_of_pv(pv, np.array(levels)))


def _read_levels(entries: Sequence[Entry], levels: list[int], reader: _Reader, part: Part) -> None:
    meaning, row = entries[0].meaning, {level: k for k, level in enumerate(levels)}
    times: dict[int, dict[int, Entry]] = {}
    for e in entries:
        if e.level in row and not e.piled:
            times.setdefault(e.end, {})[row[e.level]] = e
    missing = {k for held in times.values() for k in set(row.values()) - set(held)}
    gone = sorted(t for t, held in times.items() if meaning in NEEDED and len(held) < len(levels))
    if meaning in NEEDED:
        times = {t: held for t, held in times.items() if t not in gone}
    elif missing and not (meaning in TOPLESS and min(missing) >= len(levels) - len(missing)):
        part.notes.append(f"{meaning}: not there on all levels, so it is not used")
        return
    elif missing:
        part.notes.append(f"{meaning}: not there on the {len(missing)} highest levels, taken as 0 there")
    if not times:
        return
    out = reader.room(len(times), len(levels))
    for i, time in enumerate(sorted(times)):
        out[i] = 0.0
        for k, entry in times[time].items():
            out[i, k] = reader.values(entry)
    part.levels[meaning] = dict(zip(sorted(times), out, strict=True))


def _read_half(
    entries: Sequence[Entry], levels: list[int], reader: _Reader, part: Part, orography: Sequence[Entry]
) -> None:  # fmt: skip
    """Heights of full levels as means of the half levels around them; the vertical wind likewise."""
    for meaning in ("half_height", "vertical"):
        by_time: dict[int, dict[int, Entry]] = {}
        for e in (e for e in entries if e.meaning == meaning):
            by_time.setdefault(e.end, {})[e.level] = e
        whole = {t: held for t, held in by_time.items() if all(k in held and k + 1 in held for k in levels)}
        if not whole or (meaning == "vertical" and meaning in part.levels):
            continue
        out = reader.room(len(whole), len(levels))
        for i, time in enumerate(sorted(whole)):
            held = {k: reader.values(whole[time][k]) for k in sorted({*levels, *(k + 1 for k in levels)})}
            out[i] = np.stack([0.5 * (held[k] + held[k + 1]) for k in levels])
            if meaning == "half_height":
                out[i] -= reader.values(orography[0]) if orography else held[max(held)]
        if meaning == "half_height":  # of levels that do not move: the same at every time
            every = sorted({*whole, *(t for held in part.levels.values() for t in held)})
            part.levels["height"] = dict.fromkeys(every, out[0])
        else:
            part.levels[meaning] = dict(zip(sorted(whole), out, strict=True))


def _read_ground(meaning: str, entries: Sequence[Entry], reader: _Reader, part: Part) -> None:
    piled = [e for e in entries if e.piled and e.end > e.begin]
    plain = sorted((e for e in entries if not e.piled), key=lambda e: e.end)
    if piled:
        amounts = _stacked(piled, reader)
        part.sums[meaning] = [Sum(e.base, e.begin, e.end, a) for e, a in zip(piled, amounts, strict=True)]
    if plain:
        part.surface[meaning] = dict(zip((e.end for e in plain), _stacked(plain, reader), strict=True))


def _stacked(entries: Sequence[Entry], reader: _Reader) -> Values:
    out = reader.room(len(entries))
    for i, entry in enumerate(entries):
        out[i] = reader.values(entry)
    return out


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What the other process says: the part of the files, or the numbers of their members.

    Parameters
    ----------
    question : dict
        ``paths``, ``index``; ``members``, whether only they are asked for; else ``area``, ``member`` and ``run``.
    talk : Talk

    Raises
    ------
    InputError
        As `part_of_messages`.
    """
    paths, index = [Path(p) for p in question["paths"]], Path(question["index"])
    if question["members"]:
        return {"members": sorted({e.member for e in kept_index(_Files(paths, talk), index)})}
    store = Store(talk.handed)
    part = part_of_messages(
        paths, area=None if question["area"] is None else tuple(question["area"]), member=question["member"],
        run=question["run"], index=index, empty=store.empty, talk=talk,
    )  # fmt: skip
    told = told_of_part(part, store)
    store.close()
    return {"parts": [told]}
