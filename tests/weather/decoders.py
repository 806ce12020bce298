"""A decoder that does what a damaged file can make a library do; run by `test_decoder` in the decoder's process."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.weather.read.decoding import Talk, one_more_file
from oberih.weather.read.handover import Store


def _no_room(handle: int, begin: int, size: int) -> None:
    """As the system answers on a disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """Do what is asked."""
    talk.at("second.nc")
    what = question["do"]
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "abort":
        os.abort()
    if what == "spin":
        while True:
            pass
    if what == "sleep":
        Path(question["mark"]).write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(600.0)
    if what == "eat":
        return {"size": len(bytearray(64 * 1024**3))}
    if what == "fail":
        raise LookupError("nobody thought of this")
    if what == "refuse":
        raise InputError("is odd", field="u", value=1, cure="make it even")
    if what == "fill":
        os.posix_fallocate = _no_room
        Store(talk.handed, 5_000_000).empty((1_000_000,))
    if what == "open":
        one_more_file()
        with open(os.devnull, "rb"):
            Path(os.devnull).read_bytes()
    if what == "print":
        print("a library prints")
    return {"by": os.getppid(), "me": os.getpid()}
