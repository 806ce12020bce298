"""What does the process that decodes strangers' files do?

It loads a module, waits, and lets a copy of itself answer each question, or answers itself where it is asked to: that
is the other side of `oberih.weather.read.decoder`.  The one that answers keeps to its limits, says in lines of JSON
which file it reads, how much of it is done, and at last what it found or why it refuses, and ends at once when whoever
asked has gone.

A module that answers has a function ``reply(question, talk)``, and may have ``ready()``, which loads what loads late.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np

from oberih.errors import InputError

__all__ = ["NoRoom", "Talk", "main", "one_more_file"]


class NoRoom(Exception):
    """There is no room for what is handed over.

    Parameters
    ----------
    size : int
        [bytes]
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Talk:
    """How it says what it does, and what it was handed.

    Parameters
    ----------
    out : file
    handed : int
        Descriptor of the file for what is large; -1 where there is none.
    """

    def __init__(self, out: BinaryIO, handed: int) -> None:
        self._out, self.handed = out, handed
        self._said = -1

    def say(self, **words: Any) -> None:
        """Say something, in one line."""
        self._out.write(json.dumps(words, default=_plain).encode() + b"\n")
        self._out.flush()

    def end(self, code: int) -> None:
        """Say with which code it ended, in a line of its own though a copy was killed while it spoke."""
        if code:
            self._out.write(b"\n")
        self.say(ended=code)

    def at(self, file: str) -> None:
        """Name the file that is read from here on."""
        self.say(at=file)

    def done(self, done: float, of: float) -> None:
        """Tell how much is done, and of how much; said for each hundredth."""
        part = int(100 * done / max(of, 1.0))
        if part > self._said:
            self._said = part
            self.say(done=[part, 100])


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)


def main() -> None:
    """Answer questions until nobody is left to ask them."""
    for deaf in (signal.SIGINT, signal.SIGTERM):  # whoever asked is told too, and ends us
        signal.signal(deaf, signal.SIG_IGN)
    name, line = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    heard, out = line.makefile("rb"), line.makefile("wb")
    module: ModuleType | None = None
    lacking = ""
    try:
        module = importlib.import_module(name)
        getattr(module, "ready", int)()
    except ImportError as error:
        lacking = str(error.name)
    watched = False
    while True:
        mark, handles, _, _ = socket.recv_fds(line, 1, 1)
        if not mark:
            return
        envelope = json.loads(heard.readline())
        talk = Talk(out, handles[0] if handles else -1)
        code = 0
        if module is None:
            talk.say(missing=lacking)
        elif envelope["lasting"]:
            if not watched:
                _end_with_whoever_asked(line, select.POLLHUP)
                watched = True
            _answer(module, envelope, talk)
        else:
            code = _answer_by_a_copy(module, envelope, talk, line)
        for handle in handles:
            os.close(handle)
        talk.end(code)


def _answer_by_a_copy(module: ModuleType, envelope: dict[str, Any], talk: Talk, line: socket.socket) -> int:
    """The code with which the copy ended."""
    copy = os.fork()
    if not copy:
        _end_with_whoever_asked(line, select.POLLIN | select.POLLHUP)  # nothing is asked meanwhile: it is the end
        talk.say(copy=os.getpid())
        _answer(module, envelope, talk)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])


def _answer(module: ModuleType, envelope: dict[str, Any], talk: Talk) -> None:
    try:
        _limit(**envelope["limits"])
        talk.say(answer=module.reply(envelope["question"], talk))
    except InputError as error:
        value = error.value if isinstance(error.value, str | int | float | None) else str(error.value)
        said = {"message": error.message, "field": error.field, "value": value, "cure": error.cure}
        talk.say(refused=said, kind=type(error).__name__)
    except MemoryError:
        talk.say(memory=True)
    except NoRoom as error:
        talk.say(full=error.size)
    except Exception as error:  # of a library, on what no reader thought of: said, and not shown as ours
        talk.say(failed=f"{type(error).__name__}: {error}"[:160])


def _end_with_whoever_asked(line: socket.socket, sign: int) -> None:
    """Let a thread end this process at a sign that nobody is there any more."""
    waiting = select.poll()
    waiting.register(line, sign)

    def watch() -> None:
        while not any(seen & ~select.POLLIN or sign & select.POLLIN for _, seen in waiting.poll()):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _limit(memory: int, processor: float) -> None:
    used = time.process_time()  # a copy begins with none
    bounds = (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, int(used + processor)), (resource.RLIMIT_CORE, 0)
    for what, most in bounds:
        hard = resource.getrlimit(what)[1]
        kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (kept, hard))


def one_more_file() -> None:
    """Let this process have one more file open at a time from here on, whatever a library does.

    HDF5 lets a file say that its values stand in another one, of any path: whoever hands in such a file would read of
    this machine what he names.  What a library loads late must be loaded before.
    """
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 1, lowest + 1))
