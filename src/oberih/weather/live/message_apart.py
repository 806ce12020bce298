"""How is a stranger's message decoded without trusting it with our own process?

A damaged message can crash the GRIB library, and a process that runs for weeks would end with it.  So processes of
`oberih.weather.read.decoder` read, some messages at a time; one that dies or does not answer costs its message, and the
next gets another.  Each answers one message after the other itself: a run has thousands, and a copy of a process for
each would take ten times as long as most messages do.
"""

from __future__ import annotations

import math
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, Any

import numpy as np

from oberih.errors import InputError, StoreFull
from oberih.far.deadline import LOOK, Deadline, Stop, Stopped, never
from oberih.weather.live.message import Area, Fault, Message, read_message
from oberih.weather.live.wanted import Field, Wanted
from oberih.weather.read.decoder import GIB, Limits, asked, no_room
from oberih.weather.read.decoding import Talk
from oberih.weather.read.handover import filled

__all__ = ["message_apart", "ready", "reply"]

LIMITS = Limits(memory=3 * GIB, processor=60.0, patience=60.0)
"""For one message."""

AT_ONCE = 2
"""Messages decoded at a time."""

_free = threading.Semaphore(AT_ONCE)


def message_apart(
    data: bytes, wanted: Wanted, *, run: int, area: Area, thinned: int = 1, member: int | None = None,
    stopped: Stop = never,
) -> Message:  # fmt: skip
    """As `oberih.weather.live.message.read_message`, in a process of its own.

    Raises
    ------
    Fault
        As there; also if the process died over it, was too slow or needed too much.
    InputError
        If the extra ``grib`` is not installed.
    StoreFull
        If there is no room to hand the message over.
    Stopped
        If ``stopped`` said so; the process at work is ended.
    """
    place: dict[str, Any] = {"area": area, "thinned": thinned, "member": member}
    question = {"wanted": asdict(wanted), "run": run} | place
    with _turn(stopped):
        try:
            with tempfile.TemporaryFile(prefix="oberih-message-", buffering=0) as handed:
                told = _told(data, question, handed, stopped)
                handed.seek(0)
                values = np.frombuffer(handed.read(), dtype=np.float32)
        except OSError as error:
            raise StoreFull(f"{no_room('a message', len(data))} ({error.strerror or error})") from error
    if values.size != math.prod(told["shape"]):
        raise Fault(f"{values.size} values came of {math.prod(told['shape'])}")
    shaped = values.reshape(told["shape"]).copy()
    return Message(shaped, np.array(told["x"]), np.array(told["y"]), told["begin"], told["end"])


def _told(data: bytes, question: dict[str, Any], handed: IO[bytes], stopped: Stop) -> dict[str, Any]:
    """What the other process says; the values lie where the message was."""
    left = memoryview(data)
    while left:
        left = left[handed.write(left) :]
    try:
        with Deadline(stopped=stopped).held():
            told = asked(__name__, question, library="GRIB", file="message", limits=LIMITS, handed=handed, lasting=True)
    except InputError as error:
        raise Fault(error.message) from error
    except ImportError as error:
        raise InputError("live sources need the extra 'grib'", cure="install oberih[grib]") from error
    if "fault" in told:
        raise Fault(told["fault"])
    return told


@contextmanager
def _turn(stopped: Stop) -> Iterator[None]:
    """Wait until fewer than `AT_ONCE` are decoded."""
    while not _free.acquire(timeout=LOOK):
        if stopped():
            raise Stopped
    if stopped():
        _free.release()
        raise Stopped
    try:
        yield
    finally:
        _free.release()


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What the other process says: what the message holds, or its fault; the values go where the message was.

    Parameters
    ----------
    question : dict
        ``wanted``, ``run``, ``area``, ``thinned`` and ``member``.
    talk : Talk
    """
    field = question["wanted"]["field"]
    codes = tuple((int(a), int(b), int(c)) for a, b, c in field["codes"])
    own = Field(**{**field, "codes": codes, "short_names": tuple(field["short_names"])})
    wanted = Wanted(own, question["wanted"]["level"], question["wanted"]["step"])
    west, south, east, north = question["area"]
    data = os.pread(talk.handed, os.fstat(talk.handed).st_size, 0)
    try:
        message = read_message(
            data, wanted, run=question["run"], area=(west, south, east, north), thinned=question["thinned"],
            member=question["member"],
        )  # fmt: skip
    except Fault as fault:
        return {"fault": str(fault)}
    filled(talk.handed, np.ascontiguousarray(message.values).tobytes())
    return {"shape": message.values.shape, "x": message.x.tolist(), "y": message.y.tolist(), "begin": message.begin,
            "end": message.end}  # fmt: skip


def ready() -> None:
    """Load the library, or say at once that it is not there."""
    import eccodes  # noqa: F401  # the extra ``grib``
