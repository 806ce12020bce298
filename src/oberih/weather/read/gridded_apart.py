"""How is GRIB read at one place without trusting the library with our own process?

A `decoder` gets the bytes in a file without a name and answers in JSON; if it dies, the file is refused in one line.
"""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

from oberih.weather.read.decoder import asked, limits_of
from oberih.weather.read.document import Document
from oberih.weather.read.point_values import PointValues

__all__ = ["point_values_apart", "told_of_values"]

LEAST = 60.0
"""Processor time of the decoder, however small the file [s]."""


def point_values_apart(
    document: Document, *, latitude: float | None, longitude: float | None, method: str
) -> PointValues:
    """As `gridded_grib.point_values_of_grib`, in a process of its own.

    Raises
    ------
    InputError
        As there; also if the decoder died.
    ImportError
        If the GRIB library is not installed.
    """
    question = {"name": document.name, "latitude": latitude, "longitude": longitude, "method": method}
    size = len(document.data)
    limits = limits_of(size, mapped=4 * size, least=LEAST)
    with tempfile.TemporaryFile(prefix="oberih-grib-") as handed:
        handed.write(document.data)
        handed.flush()
        answer = asked("oberih.weather.read.gridded_grib", question, library="GRIB", file=document.name, limits=limits,
                       handed=handed)  # fmt: skip
    fields = {name: np.array(values, dtype=np.float64) for name, values in answer.pop("fields").items()}
    return PointValues(time=np.array(answer.pop("time"), dtype=np.int64), fields=fields, **answer)


def told_of_values(values: PointValues) -> dict[str, Any]:
    """What the other process says of them."""
    plain = {**vars(values), "time": values.time.tolist()}
    plain["fields"] = {name: array.tolist() for name, array in values.fields.items()}
    return plain
