"""How is a stranger's file decoded without trusting a library with our own process?

Libraries in C can crash on a damaged file, run without end or eat all memory.  So a process of its own decodes, with a
limit of memory, of processor time and of patience; if it dies, the file is refused in one line and whoever asked lives
on.  `asked` is our side; the other is `oberih.weather.read.decoding`.

To load the libraries takes a second or two.  So the process that has loaded them stays ready, and lets a copy of itself
answer each question, or answers itself where questions are many and small; left alone for a minute it is ended, and
when whoever asked goes, in whatever way, it goes too.  The wait for an answer keeps to the deadline that the thread is
held to (`oberih.far.deadline`).  Large arrays go through a file without a name (`handover`), so that nothing is left
behind even where all are killed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from oberih.errors import InputError, StoreFull, WeatherRefused
from oberih.far.deadline import LOOK, present

__all__ = ["GIB", "Limits", "asked", "limits_of", "no_room"]

GIB = 1024**3

KINDS: dict[str, type[InputError]] = {"WeatherRefused": WeatherRefused}
"""Refusals that keep their kind on the way."""

COMMAND = "from oberih.weather.read.decoding import main; main()"

IDLE = 60.0
"""A process that waits longer is ended [s]."""

AT_A_TIME = 65536
"""Of an answer [bytes]."""

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Limits:
    """What a decoder may take.

    Parameters
    ----------
    memory : int
        Address space [bytes]; the libraries alone map about one gigabyte.
    processor : float
        Processor time [s].
    patience : float
        Time by the clock [s].
    """

    memory: int
    processor: float
    patience: float


LEAST_TIME, BYTES_A_SECOND = 120.0, 1_000_000
"""Processor time that any decoder has [s], and one second more for so many bytes: a tenth of the slowest that was seen
on sound files."""

CLOCK = 10.0
"""Patience by the clock, as a multiple of processor time: disks are slow, and processors have others to serve."""


def limits_of(size: int, *, mapped: int = 0, least: float = LEAST_TIME) -> Limits:
    """Limits for sound files of this size.

    Parameters
    ----------
    size : int
        Of all files [bytes].
    mapped : int
        Bytes that the decoder maps beside what it needs to work: the files themselves, what it hands over.
    least : float
        Processor time however small they are [s].
    """
    processor = least + size / BYTES_A_SECOND
    return Limits(4 * GIB + mapped, processor, CLOCK * processor)


def asked(
    module: str, question: dict[str, Any], *, library: str, file: str, limits: Limits,
    handed: IO[bytes] | None = None, told: Told | None = None, lasting: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What a module's function ``reply`` answers in a process of its own.

    Parameters
    ----------
    module : str
        Its ``reply(question, talk)`` is called there, ``talk`` being a `Talk`.
    question : dict
        Of what JSON holds.
    library : str
        What messages call it.
    file : str
        What messages call the file until the decoder says which it reads.
    limits : Limits
    handed : file, optional
        For what is large, to be filled or read by the other.
    told : callable, optional
        Takes how much is done, and of how much.
    lasting : bool
        Whether the process that has loaded the library answers itself, not a copy: quicker by 0.03 s, and what a file
        does to the library, the next one meets.

    Raises
    ------
    InputError, WeatherRefused
        If the file is refused, or the decoder died, was too slow or needed too much.
    ImportError
        If the library is not installed.
    StoreFull
        If there is no room for what it hands over.
    Stopped, TooLate
        As the deadline says that this thread is held to; the process is ended.
    """
    envelope = {"question": question, "limits": {"memory": limits.memory, "processor": limits.processor},
                "lasting": lasting}  # fmt: skip
    ready = _taken(module)
    try:
        said, file, late = ready.ask(envelope, file, patience=limits.patience, handed=handed, told=told)
    except BaseException:
        ready.end()
        raise
    code = ready.code
    spoilt = lasting and bool({"memory", "failed", "full"} & said.keys())  # what it holds, it would go on holding
    ready.end() if late or spoilt or ready.process.poll() is not None else _given_back(module, ready)
    if "answer" in said:
        return dict(said["answer"])
    if "refused" in said:
        raise KINDS.get(said["kind"], InputError)(file=file, **said["refused"])
    if "missing" in said:
        raise ImportError(f"the {library} library is not installed")
    if "full" in said:
        raise StoreFull(no_room(file, said["full"]))
    present().left()  # what ends us may have ended the decoder first
    if late:
        raise InputError(f"took longer than {limits.patience:.0f} s to read", file=file,
                         cure="give an area or a smaller file, from a faster disk")  # fmt: skip
    raise _death(said, code, library=library, file=file, limits=limits)


class _Ready:
    """A process that has loaded what it needs, and waits for questions."""

    def __init__(self, module: str) -> None:
        self.socket, theirs = socket.socketpair()
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", COMMAND, module, str(theirs.fileno())], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **threads},
                pass_fds=(theirs.fileno(),),
            )  # fmt: skip
        self.code, self.copy, self.idle = 0, 0, threading.Timer(0.0, self.end)

    def ask(
        self, envelope: dict[str, Any], file: str, *, patience: float, handed: IO[bytes] | None, told: Told | None
    ) -> tuple[dict[str, Any], str, bool]:  # fmt: skip
        """The last thing that a copy says, the file of which it says it, and whether it was too late."""
        until = time.monotonic() + patience
        said: dict[str, Any] = {}
        ended: int | None = None
        self.copy = 0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: its code says how
            socket.send_fds(self.socket, [b"?"], [] if handed is None else [handed.fileno()])
            self.socket.sendall(json.dumps(envelope).encode() + b"\n")
            for line in self._lines(until):
                heard = _parsed(line)
                if not heard:
                    continue
                if "ended" in heard:
                    ended, self.copy = int(heard["ended"]), 0
                    break
                self.copy, file = int(heard.get("copy", self.copy)), str(heard.get("at", file))
                if told is not None and "done" in heard:
                    told(*heard["done"])
                said = heard
        late = ended is None and time.monotonic() >= until
        if late:
            self.kill()
        self.code = self._died() if ended is None else ended
        return said, file, late

    def _died(self) -> int:
        """The code of one that says no more."""
        try:
            return self.process.wait(timeout=LOOK)
        except subprocess.TimeoutExpired:  # it shut its end, and lives
            self.kill()
            return self.process.wait()

    def _lines(self, until: float) -> Iterator[bytes]:
        """What it says, line by line, until it is gone or it is late."""
        begun = bytearray()
        waiting = select.poll()
        waiting.register(self.socket, select.POLLIN)
        while (left := until - time.monotonic()) > 0.0:
            if not waiting.poll(1000.0 * min(present().left(), left, LOOK)):
                continue
            said = self.socket.recv(AT_A_TIME)
            if not said:
                return
            first, *more = said.split(b"\n")
            begun += first
            for following in more:
                yield bytes(begun)
                begun = bytearray(following)

    def kill(self) -> None:
        """End it, and its copy."""
        if self.copy:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.copy, signal.SIGKILL)
        self.process.kill()

    def end(self) -> None:
        """End it where nobody waits for its answer, and leave nothing open."""
        self.kill()
        self.process.wait()
        self.copy = 0
        self.socket.close()


_waiting: dict[tuple[int, str], list[_Ready]] = {}
_lock = threading.Lock()


def _taken(module: str) -> _Ready:
    """One that waits, or a new one; what another process has started is its own."""
    with _lock:
        held = _waiting.get((os.getpid(), module), [])
        while held:
            ready = held.pop()
            ready.idle.cancel()
            if ready.process.poll() is None:
                return ready
            ready.end()
    return _Ready(module)


def _given_back(module: str, ready: _Ready) -> None:
    def end() -> None:
        with _lock:
            held = _waiting.get((os.getpid(), module), [])
            if ready not in held:
                return
            held.remove(ready)
        ready.end()

    ready.idle = threading.Timer(IDLE, end)
    ready.idle.daemon = True
    with _lock:
        _waiting.setdefault((os.getpid(), module), []).append(ready)
        ready.idle.start()


@atexit.register
def _end_all() -> None:
    """None waits for a process that ends; that of another process is not ours to end."""
    for held in [held for (owner, _), held in _waiting.items() if owner == os.getpid()]:
        while held:
            held.pop().end()


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):  # it died while it spoke
        return {}


def _death(said: dict[str, Any], code: int, *, library: str, file: str, limits: Limits) -> InputError:
    """What to say of a decoder that gave no answer."""
    again = "download it again; if it stays so, the file is damaged where it comes from"
    if "memory" in said or code == -signal.SIGKILL:
        return InputError(f"needs more memory than its decoder may take, {limits.memory / GIB:.1f} GiB", file=file,
                          cure="give an area or a smaller file; if it is small, it is damaged")  # fmt: skip
    if code == -signal.SIGXCPU:
        return InputError(f"took more than {limits.processor:.0f} s of processor time to decode", file=file,
                          cure="give an area or a smaller file; if it is small, it is damaged")  # fmt: skip
    if "failed" in said:
        return InputError(f"is damaged {library}: its decoder gave up ({said['failed']})", file=file, cure=again)
    if code < 0:
        return InputError(f"is damaged {library}: its decoder died, the library crashed on it "
                          f"({signal.Signals(-code).name})", file=file, cure=again)  # fmt: skip
    return InputError(f"is damaged {library}, or its decoder could not start: its decoder died (exit code {code})",
                      file=file, cure=again)  # fmt: skip


def no_room(file: str, size: int) -> str:
    """What to say where a disk has no room for so much of a file [bytes] that is handed over."""
    folder = tempfile.gettempdir()
    return (
        f"{file}: no room in {folder} for the {max(size // 10**6, 1):,} MB that are decoded at a time there; "
        "make room, or set TMPDIR to a folder that has it"
    )
