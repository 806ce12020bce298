"""What does ``oberih disperse`` say?  Its own file, read as any stranger would: by CF alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded
from validation.rivals.netcdf_rim import opened, regular, seconds


def read_oberih(path: Path) -> Gridded:
    """Read a file of ``oberih disperse``.

    Raises
    ------
    InputError
        If it is damaged or something else.
    """
    return opened(path, _read)


def _read(file: Any, path: Path) -> Gridded:
    if "oberih" not in str(getattr(file, "source", "")):
        raise InputError("is not of oberih disperse", file=path)
    lat, lon = (regular(file[n][:], path, n) for n in ("lat", "lon"))
    end = seconds(file, "time", path)
    bounds = seconds(file, str(file["time"].bounds), path, unit=str(file["time"].units))
    air = np.asarray(file["concentration"][:], dtype=float)
    depth = _depth(file)
    deposit = {name: np.asarray(file[name][:], float) for name in ("dry_deposition", "wet_deposition", "deposition")
               if name in file.variables}  # fmt: skip
    parts = [_since_start(file, name, deposit) for name in ("dry_deposition", "wet_deposition")]
    if parts[0] is None and "deposition" in deposit:
        parts = [deposit["deposition"][None], None]
    dry, wet = parts
    return Gridded(
        str(file.source), "Bq", bounds[:, 0], end, lat, lon, np.zeros(1), np.array([depth]),
        (str(file.form),), air[None, :, None], dry, wet,
    ).checked(path)  # fmt: skip


def _depth(file: Any) -> float:
    """Top of the layer [m]: of the bounds of ``height``, else of the sentence that the first version wrote."""
    if "height" in file.variables and "bounds" in file["height"].ncattrs():
        return float(np.max(file[file["height"].bounds][:]))
    words = str(file["concentration"].long_name).split()
    return float(words[words.index("lowest") + 1])


def _since_start(file: Any, name: str, deposit: dict[str, Any]) -> Any:
    if name not in deposit:
        return None
    hourly = "sum" in str(getattr(file[name], "cell_methods", ""))
    return (np.cumsum(deposit[name], axis=0) if hourly else deposit[name])[None]
