"""What does the process that decodes netCDF answer to whoever asked it?

See `volume_apart`, which asks, and `decoder`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import netCDF4

from oberih.errors import InputError
from oberih.weather.read.decoding import Talk, one_more_file
from oberih.weather.read.handover import Store, told_of_part
from oberih.weather.read.volume_netcdf import members_of_netcdf, opened, part_of_dataset, part_of_netcdf

__all__ = ["ready", "reply"]


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """Parts of files, or the numbers of their members.

    Parameters
    ----------
    question : dict
        ``paths``; ``members``, whether only they are asked for; else ``area`` and ``member``.
    talk : Talk

    Raises
    ------
    InputError
        As `oberih.weather.read.volume_netcdf.part_of_netcdf`.
    """
    paths = [Path(path) for path in question["paths"]]
    store = None if question["members"] else Store(talk.handed)
    one_more_file()
    if store is None:
        return {"members": [_members(path, talk) for path in paths]}
    sizes = [path.stat().st_size for path in paths]
    area = None if question["area"] is None else tuple(question["area"])
    parts = []
    for i, path in enumerate(paths):
        talk.at(path.name)
        before, size, whole = sum(sizes[:i]), sizes[i], sum(sizes)

        def told(done: float, of: float, before: int = before, size: int = size, whole: int = whole) -> None:
            talk.done(before + size * done / of, whole)

        part = part_of_netcdf(path, area=area, member=question["member"], empty=store.empty, told=told)
        parts.append(told_of_part(part, store))
    store.close()
    return {"parts": parts}


def _members(path: Path, talk: Talk) -> tuple[int, ...]:
    talk.at(path.name)
    return members_of_netcdf(path)


def ready() -> None:
    """Read a dataset of our own in memory, so that libraries have loaded all that they load while they read."""
    with netCDF4.Dataset("own.nc", "w", diskless=True, persist=False) as file:
        axes = {"time": "hours since 2026-01-01", "level": "hPa", "latitude": "degrees", "longitude": "degrees"}
        for name, unit in axes.items():
            file.createDimension(name, 2)
            file.createVariable(name, "f8", (name,)).units = unit
            file[name][:] = [1.0, 2.0]
        packers = {"zlib": True, "zstd": file.has_zstd_filter(), "bzip2": file.has_bzip2_filter(),
                   "szip": file.has_szip_filter()}  # fmt: skip
        file.has_blosc_filter()  # asking loads it
        held = [name for name, there in packers.items() if there]
        for name, packer in zip(("u", "v", "t", "q", "r"), held, strict=False):
            made = file.createVariable(name, "i2", tuple(axes), fill_value=-9, compression=packer, fletcher32=True)  # type: ignore[call-overload]
            made.scale_factor = 0.5
            made[:] = 1
        part_of_dataset(opened(file), "own.nc")
        file["time"].calendar = "noleap"
        with contextlib.suppress(InputError):
            part_of_dataset(opened(file), "own.nc")
