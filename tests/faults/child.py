"""How does a test do in another process what it must not do in its own?

The child is forked, so that it starts with everything imported and compiled.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import pytest

LIMIT = 60.0
"""Longest wait for a child [s]."""

needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="needs fork, which this system lacks"
)

NOBODY = 65534


def in_a_child(function: Callable[[], Any]) -> Any:
    """What ``function`` returns, or the exception that it raised, from a forked child."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(function, there))
    child.start()
    there.close()
    try:
        if not here.poll(LIMIT):
            raise TimeoutError("the child does not answer")
        return here.recv()
    finally:
        child.kill()
        child.join()


def _answer(function: Callable[[], Any], there: Connection) -> None:
    try:
        there.send(function())
    except Exception as error:
        there.send(error)


def killed(function: Callable[[], Any], when: Callable[[str, str], bool]) -> bool:
    """Run ``function`` in a child that is killed (-9) just before the first renaming that ``when`` names.

    Whether it was killed; not if it came to its end before.
    """

    def run() -> None:
        sys.addaudithook(strike)
        function()

    def strike(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename" and when(os.fspath(arguments[0]), os.fspath(arguments[1])):
            os.kill(os.getpid(), signal.SIGKILL)

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(LIMIT)
    if child.exitcode is None:
        child.kill()
        raise TimeoutError("the child does not end")
    return child.exitcode == -signal.SIGKILL


def as_nobody(function: Callable[[], Any]) -> Any:
    """`in_a_child`, without the rights of root."""

    def run() -> Any:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return function()

    return in_a_child(run)
