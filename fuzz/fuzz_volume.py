"""Can any netCDF file make the reader of volumes do anything but read possible air or refuse?

    python fuzz/fuzz_volume.py [-runs=N] [-seed=S]

Sound files of every format (classic, 64-bit offset, CDF-5, HDF5 plain, and HDF5 packed, in chunks with checksums) are
changed at random, N times (2,000): bytes anywhere, mostly in their heads; numbers in their attributes and axes; types
and shapes of their variables.  What is read must be whole: heights that rise, winds that are finite.  What is refused
must be refused in one line that names the file.  Anything else, and a copy of the decoder that crashes, is shown; a
crash is no fault of ours, for it ends the copy only, and is counted.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the air that is spoilt is made by `tests.weather.volumes`

from tests.weather.volumes import write  # noqa: E402

from oberih.errors import InputError  # noqa: E402 - the path above comes first
from oberih.weather.read.volume import members_of, volume_of  # noqa: E402
from oberih.weather.volume import fields_of_volume  # noqa: E402

FORMATS = ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4_CLASSIC", "NETCDF4", "packed")
NUMBERS = (0.0, -1.0, 1e30, -1e30, float("nan"), float("inf"), 1e-40, 2.0**31, -(2.0**63))
WORDS = ("", "hPa", "Pa", "K", "degC", "furlong", "months since 2025-01-01", "hours since 2025-02-30", "m", "%",
         "\x1b[2J", "x" * 5000, "degrees_north", "hours since 1-1-1", "days since 2025-05-01T00:00:00Z")  # fmt: skip
KEYS = ("units", "scale_factor", "add_offset", "missing_value", "calendar", "bounds", "formula_terms", "standard_name",
        "cell_methods", "valid_range", "_Unsigned", "coordinates", "grid_mapping", "GRIB_stepType")  # fmt: skip


def seeds(folder: Path) -> list[Path]:
    """A sound file of each format."""
    whole, made = write(folder / "whole.nc", times=3), []
    with xr.open_dataset(whole) as opened:
        dataset = opened.load()
    for form in FORMATS:
        path = folder / f"{form}.nc"
        with netCDF4.Dataset(path, "w", format="NETCDF4" if form == "packed" else form) as file:  # type: ignore[arg-type]
            _copied(dataset, file, packed=form == "packed")
        made.append(path)
    return made


def _copied(dataset: xr.Dataset, file: netCDF4.Dataset, *, packed: bool) -> None:
    for name, size in dataset.sizes.items():
        file.createDimension(str(name), None if name == "time" else size)
    for name, variable in dataset.variables.items():
        dims = tuple(map(str, variable.dims))
        short = packed and len(dims) > 1
        how = {"zlib": True, "fletcher32": True, "shuffle": True} if short else {}
        made = file.createVariable(str(name), "i2" if short else "f8", dims, **how)  # type: ignore[call-overload]
        values = np.arange(variable.size, dtype=float) if name == "time" else np.asarray(variable.values, dtype=float)
        made.setncatts({k: v for k, v in variable.attrs.items() if isinstance(v, str)})
        if name == "time":
            made.units = "hours since 2025-05-01"
        if short:
            made.scale_factor, made.add_offset = max(float(np.ptp(values)), 1.0) / 60_000.0, float(values.mean())
        made[:] = values


def changed(path: Path, out: Path, chance: random.Random) -> None:
    """The file with something changed."""
    data = bytearray(path.read_bytes())
    if chance.random() < 0.5:
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(min(len(data), 6000) if chance.random() < 0.8 else len(data))
            data[place] = chance.choice((0, 1, 127, 128, 255, data[place] ^ (1 << chance.randrange(8))))
        if chance.random() < 0.15:
            del data[chance.randrange(len(data)) :]
        out.write_bytes(bytes(data))
        return
    out.write_bytes(bytes(data))
    with contextlib.suppress(Exception), netCDF4.Dataset(out, "a") as file:  # some changes cannot be made
        for _ in range(chance.randint(1, 3)):
            _turned(file, chance)


def _turned(file: netCDF4.Dataset, chance: random.Random) -> None:
    name = chance.choice(list(file.variables))
    variable, how = file[name], chance.random()
    if how < 0.5:
        value = chance.choice((chance.choice(NUMBERS), chance.choice(WORDS), chance.choice(NUMBERS)))
        variable.setncattr(chance.choice(KEYS), value)
    elif how < 0.75:
        variable.set_auto_maskandscale(False)
        values = np.array(variable[:])
        flat = values.reshape(-1)
        flat[chance.randrange(flat.size)] = np.asarray(chance.choice(NUMBERS)).astype(values.dtype)
        variable[:] = chance.choice((values, values[::-1], values * 0, np.sort(values, axis=0)))
    elif how < 0.85:
        file.renameVariable(name, chance.choice(("q", "gone", "w", "number", "expver", "valid_time", "step")))
    elif how < 0.95:
        file.createDimension("more", chance.choice((0, 1, 2**31 - 1)))
        kind = chance.choice(("S1", str, "i8", "u1", "c16"))
        file.createVariable(chance.choice(("q", "w", "number")), kind, (*variable.dimensions[-3:], "more"))
    else:
        file.renameDimension(
            chance.choice(list(file.dimensions)), chance.choice(("number", "expver", "step", "x", "y"))
        )


def one(path: Path) -> str:
    """What became of a file: ``read``, or why it was refused."""
    with np.errstate(all="ignore"):
        try:
            members_of([path])
            fields = fields_of_volume(volume_of([path]))
        except InputError as error:
            said = str(error)
            if "\n" in said or path.name not in said:
                raise AssertionError(f"is no line that names the file: {said!r}") from error
            if "Errno" in said or "its decoder gave up" in said:
                raise AssertionError(f"is not what a user can act on: {said}") from error
            return "crashed" if "crashed" in said else "needs too much" if "its decoder may" in said else "refused"
    for name in ("height", "east", "north", "up", "temperature", "mixing_height", "friction_velocity"):
        if not np.isfinite(getattr(fields, name)).all():
            raise AssertionError(f"{name} is not finite")
    if not (np.diff(fields.height, axis=1) > 0.0).all():
        raise AssertionError("heights do not rise")
    return "read"


def main(arguments: list[str]) -> int:
    """Try changed files; exit code 1 if one was neither read nor refused as it should be."""
    given = dict(a.lstrip("-").split("=") for a in arguments if "=" in a)
    runs, chance = int(given.get("runs", 2000)), random.Random(int(given.get("seed", 0)))
    place = Path(tempfile.mkdtemp(prefix="oberih-fuzz-"))
    sound, told, wrong = seeds(place), Counter[str](), 0
    for path in sound:
        if one(path) != "read":
            raise SystemExit(f"{path}: the sound file is not read")
    for i in range(runs):
        path = place / "case.nc"
        changed(chance.choice(sound), path, chance)
        try:
            told[one(path)] += 1
        except Exception as error:
            wrong += 1
            kept = path.rename(place / f"wrong-{i}.nc")
            print(f"WRONG: {kept}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    print(f"{runs} files: {', '.join(f'{n} {what}' for what, n in told.most_common())}; {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
