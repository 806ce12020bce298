"""How is GRIB read without trusting the library with our own process?

Damaged messages, even well framed ones, can crash the GRIB library's C code and with it
whoever called it.  So the decoding runs in a process of its own: it gets the bytes on its
standard input and answers in JSON; if it dies, the file is refused in one line.
"""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from oberih.errors import InputError
from oberih.weather.read.document import Document
from oberih.weather.read.point_values import PointValues

__all__ = ["answer_apart", "point_values_apart"]

PATIENCE = 600.0
"""A file that takes longer is given up [s]."""


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
    question = json.dumps({"name": document.name, "latitude": latitude, "longitude": longitude, "method": method})
    command = [sys.executable, "-m", "oberih.weather.read.gridded_grib", question]
    try:
        done = subprocess.run(command, input=document.data, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"took longer than {PATIENCE:.0f} s to decode", file=document.name) from error
    if b"ModuleNotFoundError" in done.stderr:
        raise ImportError("the GRIB library is not installed")
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise InputError("is damaged GRIB: its decoder died", file=document.name, cure="download it again") from error
    if "refused" in answer:
        raise InputError(file=document.name, **answer["refused"])
    fields = {name: np.array(values, dtype=np.float64) for name, values in answer.pop("fields").items()}
    return PointValues(time=np.array(answer.pop("time"), dtype=np.int64), fields=fields, **answer)


def answer_apart(values: PointValues | InputError) -> str:
    """What the other process says: the values, or why it refused."""
    if isinstance(values, InputError):
        value = values.value if isinstance(values.value, str | int | float | None) else str(values.value)
        said = {"message": values.message, "field": values.field, "value": value, "cure": values.cure}
        return json.dumps({"refused": said})
    plain = {**vars(values), "time": values.time.tolist()}
    plain["fields"] = {name: array.tolist() for name, array in values.fields.items()}
    return json.dumps(plain)
