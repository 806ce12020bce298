"""How does the public copy of ERA5 behave, well and badly?  Its two stores in small on a loopback port.

Written by the zarr library in the layout of the real ones: format 2 with consolidated metadata, hours since 1900 on an
axis that runs on past what is there, one chunk an hour of the whole globe (18 model levels a chunk), Blosc; latitudes
from north to south, longitudes from 0°.  The globe is 5° wide and blocks are small, so that a part is many blocks.
Rules make it misbehave: a pattern of paths, a behaviour, how often.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import zarr
from numcodecs import Blosc

from oberih.weather.live.era5_names import GROUND, LEVELS, MODEL_STORE, PRESSURE_STORE
from tests.weather.loopback import Loopback, Rule

LATITUDE, LONGITUDE = np.arange(90.0, -90.1, -5.0), np.arange(0.0, 360.0, 5.0)
ALL_PRESSURES = (1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 125, 150, 175, 200, 225, 250, 300, 350, 400, 450, 500, 550,
                 600, 650, 700, 750, 775, 800, 825, 850, 875, 900, 925, 950, 975, 1000)  # fmt: skip
ZERO = np.datetime64("1900-01-01T00")
BEGIN = np.datetime64("1994-10-23T12")
HELD = 8
"""Hours that are there from BEGIN on."""

PADDED = 40
"""Hours on the axis behind them, filled with nothing."""


def value(name: str, hour: int, level: int = 0) -> np.ndarray:
    """What the store says of a field, hours since BEGIN; level by its place on the axis."""
    lat, lon = np.meshgrid(LATITUDE, LONGITUDE, indexing="ij")
    wave = np.sin(np.radians(lon + 7.0 * hour)) * np.cos(np.radians(lat))
    base = {
        "u": 8.0 + 3.0 * wave, "v": 2.0 * wave, "t": 240.0 + 0.3 * level + wave, "q": 1e-3 * (1.0 + wave),
        "w": 0.05 * wave, "sp": 101325.0 + 500.0 * wave, "u10": 4.0 + wave, "v10": wave, "t2m": 285.0 + wave,
        "blh": 700.0 + 200.0 * wave, "zust": 0.3 + 0.1 * wave, "ishf": -30.0 * wave, "tp": 1e-4 * (1.0 + wave),
        "cp": 5e-5 * (1.0 + wave),
    }[name]  # fmt: skip
    return np.asarray(base + (1e-5 if name == "q" else 0.01) * level, dtype=np.float32)


def build(
    folder: Path,
    *,
    lacking: tuple[str, ...] = (),
    held: int = HELD,
    only: int = 1,
    begin: np.datetime64 = BEGIN,
    model: bool = True,
) -> Path:
    """Write both stores below a folder; of the hours held every so many-th, the others stay empty."""
    packing = Blosc(cname="lz4", clevel=5, shuffle=Blosc.SHUFFLE, blocksize=4096)
    first = int((begin - ZERO) / np.timedelta64(1, "h"))
    for path, vertical, count, chunk in (
        (PRESSURE_STORE, "level", 37, 37), *([(MODEL_STORE, "hybrid", 137, 18)] if model else []),
    ):  # fmt: skip
        root = zarr.open_group(str(folder / path), mode="w", zarr_format=2)
        root.attrs.update(
            valid_time_start="1940-01-01", valid_time_stop=str((begin + held).astype("datetime64[D]")),
            valid_time_stop_era5t=str((begin + held).astype("datetime64[D]")),
            last_updated="2026-01-01 02:00:00+00:00",
        )  # fmt: skip
        levels = np.array(ALL_PRESSURES if vertical == "level" else np.arange(1, 138))
        _axis(root, "time", first + np.arange(held + 1 + PADDED, dtype="i8"), "hours since 1900-01-01", chunk=10)
        _axis(root, vertical, levels.astype("i8" if vertical == "level" else "f8"), "")
        _axis(root, "latitude", LATITUDE.astype("f4"), "degrees_north")
        _axis(root, "longitude", LONGITUDE.astype("f4"), "degrees_east")
        names = {s: v for s, v in (LEVELS | (GROUND if vertical == "level" else {})).items() if v[0] not in lacking}
        for short, (long, unit, _) in names.items():
            on = short in LEVELS
            shape = (held + 1 + PADDED, *((count,) if on else ()), len(LATITUDE), len(LONGITUDE))
            array = root.create_array(
                long, shape=shape, chunks=(1, *((chunk,) if on else ()), *shape[-2:]), dtype="f4", compressors=packing,
                fill_value=np.nan,
            )  # fmt: skip
            axes = ["time", *([vertical] if on else []), "latitude", "longitude"]
            array.attrs.update(_ARRAY_DIMENSIONS=axes, units=unit)
            for hour in range(0, held + 1 if only > 1 else held, only):
                array[hour] = np.stack([value(short, hour, k) for k in range(count)]) if on else value(short, hour)
        zarr.consolidate_metadata(str(folder / path), zarr_format=2)
    return folder


def _axis(root: zarr.Group, name: str, values: np.ndarray, unit: str, *, chunk: int | None = None) -> None:
    array = root.create_array(
        name, shape=values.shape, chunks=(chunk or len(values),), dtype=values.dtype, compressors=Blosc("lz4"),
        fill_value=None,
    )  # fmt: skip
    array.attrs.update(_ARRAY_DIMENSIONS=[name], units=unit)
    array[:] = values


@dataclass
class ArcoServer(Loopback):
    """A folder on a loopback port."""

    folder: Path
    rules: list[Rule] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def behaviour(self, path: str) -> str:
        for rule in self.rules:
            if rule.times != 0 and re.search(rule.pattern, path):
                rule.times -= 1
                return rule.behaviour
        return ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    simulated: ArcoServer

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        simulated = self.simulated
        simulated.asked[self.path] += 1
        how = simulated.behaviour(self.path)
        file = simulated.folder / self.path.lstrip("/")
        if how == "404" or not file.is_file():
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        if how == "503":
            return self._answer(503, b"busy", {"Retry-After": "0"})
        if how == "slow":
            time.sleep(1.0)
        data = file.read_bytes()
        if how == "damaged":
            data = data[:600] + bytes(255 - b for b in data[600:])
        if how == "shorter":
            data = data[: len(data) // 3]
        status, headers = 200, {}
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted and how != "whole":
            a, b = int(wanted[1]), min(int(wanted[2] or len(data)) + 1, len(data))
            if a >= len(data):
                return self._answer(416, b"")
            status, headers = 206, {"Content-Range": f"bytes {a}-{b - 1}/{len(data)}"}
            data = data[a:b]
        self._answer(status, data, headers, cut=how == "truncated")

    def _answer(self, status: int, data: bytes, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        part = data[: len(data) // 2] if cut else data
        self.simulated.sent += len(part)
        with contextlib.suppress(OSError):
            self.wfile.write(part)
        if cut:
            self.close_connection = True


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[ArcoServer]:
    """Serve a folder while the block lasts."""
    simulated = ArcoServer(folder)
    simulated.listen(type("Handler", (_Handler,), {"simulated": simulated}))
    with simulated:
        yield simulated
