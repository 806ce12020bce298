"""How is the air told to FLEXPART?

GRIB edition 1 on hybrid levels, one file an hour, with the parameters that FLEXPART 9's ``readwind`` and ``gridcheck``
take: 130-135 on levels (135 is eta-dot dp/deta), and at the ground 134, 165-168, 142, 143, 146, 176, 180, 181, 129,
160, 172, 141, 151, 164.  Needs eccodes.

Source: FLEXPART 9.02, readwind.f90, gridcheck.f90, verttransform.f90 (Debian source package flexpart 9.02-25).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from validation.rivals.air import Air

ON_LEVELS = ((131, "east"), (132, "north"), (130, "temperature"), (133, "humidity"))
MOTION = 135
AT_GROUND = ((134, "sp"), (165, "u10"), (166, "v10"), (167, "t2m"), (168, "d2m"), (146, "ishf"), (180, "iews"),
             (181, "inss"), (129, "z"))  # fmt: skip


def write_gribs(air: Air, folder: Path) -> list[tuple[datetime, Path]]:
    """Write one file an hour; a single hour is written for as long as needed by the caller."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(air, t, datetime.fromtimestamp(int(stamp), UTC), folder) for t, stamp in enumerate(air.hours)]


def _write(air: Air, t: int, when: datetime, folder: Path) -> tuple[datetime, Path]:
    import eccodes

    path = folder / f"EN{when:%y%m%d%H}"
    base = _template(air, when)
    try:
        with path.open("wb") as file:
            for code, name in ON_LEVELS:
                for k, values in enumerate(getattr(air, name)[t]):
                    _message(base, file, code, 109, k + 1, values)
            for k, values in enumerate(air.motion[t, 1:]):
                _message(base, file, MOTION, 109, k + 1, values)
            for code, name in AT_GROUND:
                _message(base, file, code, 1, 0, air.ground[name][t])
            nothing = np.zeros_like(air.ground["sp"][t])
            rain = air.ground["tprate"][t] * 3600.0  # [mm/h]
            for code, values in (
                (142, rain), (143, nothing), (176, nothing), (160, nothing), (172, nothing + 1.0), (141, nothing),
                (151, air.ground["sp"][t]), (164, np.where(rain > 0, 1.0, 0.0)),
            ):  # fmt: skip
                _message(base, file, code, 1, 0, values)
    finally:
        eccodes.codes_release(base)
    return when, path


def _template(air: Air, when: datetime) -> Any:
    import eccodes

    base = eccodes.codes_grib_new_from_samples("GRIB1")
    for key, value in (
        ("centre", 98), ("gribTablesVersionNo", 128), ("dataDate", int(f"{when:%Y%m%d}")),
        ("dataTime", when.hour * 100 + when.minute), ("gridType", "regular_ll"), ("Ni", len(air.lon)),
        ("Nj", len(air.lat)), ("latitudeOfFirstGridPointInDegrees", float(air.lat[-1])),
        ("latitudeOfLastGridPointInDegrees", float(air.lat[0])),
        ("longitudeOfFirstGridPointInDegrees", float(air.lon[0])),
        ("longitudeOfLastGridPointInDegrees", float(air.lon[-1])),
        ("iDirectionIncrementInDegrees", float(air.lon[1] - air.lon[0])),
        ("jDirectionIncrementInDegrees", float(air.lat[1] - air.lat[0])), ("bitsPerValue", 24),
        ("indicatorOfTypeOfLevel", 109), ("PVPresent", 1),
    ):  # fmt: skip
        eccodes.codes_set(base, key, value)
    eccodes.codes_set_array(base, "pv", np.concatenate([air.a_half, air.b_half]))
    return base


def _message(base: Any, file: Any, code: int, kind: int, level: int, values: Any) -> None:
    import eccodes

    message = eccodes.codes_clone(base)
    try:
        eccodes.codes_set(message, "indicatorOfParameter", code)
        eccodes.codes_set(message, "indicatorOfTypeOfLevel", kind)
        eccodes.codes_set(message, "level", level)
        eccodes.codes_set_values(message, np.ascontiguousarray(values[::-1], dtype=np.float64).ravel())
        eccodes.codes_write(message, file)
    finally:
        eccodes.codes_release(message)
