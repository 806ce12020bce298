"""How is a stranger's message decoded without trusting it with our own process?

The GRIB library can be crashed by a damaged message, and one that runs for weeks would end with it.  So it lives in
child processes that answer one message after the other; one that dies or does not answer costs its message, and the
next gets another child.  A child ends when whoever made it is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

import numpy as np

from oberih.errors import InputError
from oberih.far.deadline import LOOK, Deadline, Stop, Stopped, TooLate, never
from oberih.weather.live.message import Area, Fault, Message, read_message
from oberih.weather.live.wanted import Field, Wanted

__all__ = ["Decoder"]

PATIENCE = 60.0
"""A child that does not answer is ended [s]."""

MEMORY = 3 * 1024**3
"""Address space of a child [bytes]."""


class Decoder:
    """Children that decode, used as ``with Decoder() as decoder``.

    Parameters
    ----------
    children : int
        Messages decoded at a time.
    """

    def __init__(self, children: int = 2) -> None:
        self._idle: queue.LifoQueue[subprocess.Popen[bytes] | None] = queue.LifoQueue()
        for _ in range(children):
            self._idle.put(None)  # made when first needed; the one used last is used next
        self._children = children

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *ended: object) -> None:
        for _ in range(self._children):
            child = self._idle.get()
            if child is not None:
                _ended(child)

    def read(
        self, data: bytes, wanted: Wanted, *, run: int, area: Area, thinned: int = 1, member: int | None = None,
        stopped: Stop = never,
    ) -> Message:  # fmt: skip
        """As `oberih.weather.live.message.read_message`, elsewhere.

        Raises
        ------
        Fault, InputError
            As there; also if the child died over it.
        Stopped
            If ``stopped`` said so; the child at work is ended.
        """
        place: dict[str, Any] = {"area": area, "thinned": thinned, "member": member}
        facts = {"wanted": asdict(wanted), "run": run} | place
        child = self._next_idle(stopped)
        try:
            if child is None or child.poll() is not None:
                child = _made()
            return _asked(child, data, facts, stopped)
        except (OSError, ValueError, EOFError) as error:
            if child is not None:
                _ended(child)
            child = None
            if stopped():
                raise Stopped from error
            raise Fault("its reader died over it") from error
        except BaseException as error:
            if not isinstance(error, Fault | InputError) and child is not None:
                _ended(child)  # it may be in the middle of an answer
                child = None
            raise
        finally:
            self._idle.put(child)

    def _next_idle(self, stopped: Stop) -> subprocess.Popen[bytes] | None:
        while True:
            if stopped():
                raise Stopped
            with contextlib.suppress(queue.Empty):
                return self._idle.get(timeout=LOOK)


def _made() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "oberih.weather.live.decoder"]  # none of the folder we are in
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _asked(child: subprocess.Popen[bytes], data: bytes, facts: dict[str, Any], stopped: Stop) -> Message:
    assert child.stdin is not None and child.stdout is not None  # `_made` gave it pipes
    with _watched(child, Deadline.within(PATIENCE, stopped=stopped)):
        _put(child.stdin, json.dumps(facts).encode(), data)
        head, body = _got(child.stdout)
    told = json.loads(head)
    if "fault" in told:
        raise Fault(str(told["fault"]))
    if "refused" in told:
        raise InputError(**told["refused"])
    rows, columns = int(told["rows"]), int(told["columns"])
    values = np.frombuffer(body, dtype=np.float32).reshape(rows, columns)
    return Message(values, np.array(told["x"]), np.array(told["y"]), int(told["begin"]), int(told["end"]))


@contextlib.contextmanager
def _watched(child: subprocess.Popen[bytes], deadline: Deadline) -> Iterator[None]:
    """A child that does not answer in the ``with`` block by the deadline is ended, and so is the wait for it."""
    answered = threading.Event()

    def watch() -> None:
        try:
            while not answered.wait(min(deadline.left(), LOOK)):
                pass
        except (Stopped, TooLate):
            child.kill()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        answered.set()
        watching.join()


def _put(stream: IO[bytes], head: bytes, body: bytes) -> None:
    stream.write(len(head).to_bytes(8, "big") + len(body).to_bytes(8, "big") + head + body)
    stream.flush()


def _got(stream: IO[bytes]) -> tuple[bytes, bytes]:
    lengths = stream.read(16)
    if len(lengths) < 16:
        raise EOFError
    head, body = (int.from_bytes(part, "big") for part in (lengths[:8], lengths[8:]))
    given = stream.read(head + body)
    if len(given) < head + body:
        raise EOFError
    return given[:head], given[head:]


def _answer(head: bytes, body: bytes) -> tuple[dict[str, Any], bytes]:
    asked = json.loads(head)
    field = asked["wanted"]["field"]
    codes = tuple((int(a), int(b), int(c)) for a, b, c in field["codes"])
    own = Field(**{**field, "codes": codes, "short_names": tuple(field["short_names"])})
    wanted = Wanted(own, asked["wanted"]["level"], asked["wanted"]["step"])
    west, south, east, north = asked["area"]
    try:
        message = read_message(
            body, wanted, run=asked["run"], area=(west, south, east, north), thinned=asked["thinned"],
            member=asked["member"],
        )  # fmt: skip
    except Fault as fault:
        return {"fault": str(fault)}, b""
    except InputError as error:
        return {"refused": {"message": error.message, "cure": error.cure}}, b""
    rows, columns = message.values.shape
    told = {"rows": rows, "columns": columns, "x": message.x.tolist(), "y": message.y.tolist(),
            "begin": message.begin, "end": message.end}  # fmt: skip
    return told, np.ascontiguousarray(message.values).tobytes()


def _serve() -> None:
    """Answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints is no answer
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            told, body = _answer(*_got(sys.stdin.buffer))
            _put(answers, json.dumps(told).encode(), body)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
