"""How is a module of these shelves asked, and how does it answer?

Every module of ``validation/`` and ``benchmarks/`` that can be run is run as ``python -m NAME`` and keeps one rule.
``--help`` says what it takes.  What it says to people on the way comes first, progress goes to stderr, and its figures
are one line of JSON on stdout, the last one.  The exit code is 0 where all holds, 1 where a tolerance is broken, and 2
where it could not be found out: then one line on stderr says what was expected instead.

Defines the noun `Words`: what may be asked of a module.  `tests/test_shelves.py` holds them all to the rule.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from oberih.errors import InputError, OberihError

__all__ = ["Main", "Words", "answering", "existing_file", "existing_folder", "positive_number", "say", "whole_number"]

Main = Callable[[Sequence[str]], int]


class Words(argparse.ArgumentParser):
    """What may be asked of a module; what it does not know is refused in one line.

    Parameters
    ----------
    name : str
        As in ``python -m NAME``.
    story : str, optional
        The module's docstring: what ``--help`` says.
    """

    def __init__(self, name: str, story: str | None = None) -> None:
        super().__init__(
            prog=f"python -m {name}", description=story, formatter_class=argparse.RawDescriptionHelpFormatter
        )

    def error(self, message: str) -> NoReturn:
        """Refuse.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(message, file="command line", cure=f"see {self.prog} --help")


def answering(work: Main) -> Main:
    """Tell what cannot be used in one line, and leave with 2.

    Parameters
    ----------
    work : function
        Takes words, prints, and gives the exit code; raises `OberihError` or `OSError` for what it cannot use.
    """

    @functools.wraps(work)
    def main(arguments: Sequence[str] = ()) -> int:
        try:
            return work(arguments)
        except (OberihError, OSError) as error:
            print(" ".join(str(error).split()), file=sys.stderr)
            return 2

    return main


def say(text: str) -> None:
    """Tell those who wait how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


def existing_folder(text: str) -> Path:
    """A folder that is there."""
    if not Path(text).is_dir():
        raise InputError(
            "is no folder" if Path(text).exists() else "there is no such folder", file=text, cure="give a folder"
        )
    return Path(text)


def existing_file(text: str) -> Path:
    """A file that is there."""
    if not Path(text).is_file():
        raise InputError("is no file" if Path(text).exists() else "there is no such file", file=text)
    return Path(text)


def whole_number(text: str) -> int:
    """A whole number above zero."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number above zero")
    return value


def positive_number(text: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number above zero")
    return value
