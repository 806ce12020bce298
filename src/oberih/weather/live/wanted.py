"""Which messages does a run have to give, and where does each stand?

Defines the nouns `Field` (what is wanted, how it is coded, under which name it is kept), `Wanted` (one message: a field
at a level and a step) and `Place` (the bytes of a message on a server), and `Source`, which every source is one of.

Source: WMO-No. 306, FM 92 GRIB edition 2, code tables 4.2 (parameters) and 4.5 (surfaces); NCEP's local table 4.2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ABOVE_GROUND", "AIR", "GROUND", "HUMIDITY", "NEAR_GROUND", "ON_LEVELS", "VERTICAL", "Ask", "Field", "NotThere",
    "Place", "Source", "Wanted",
]  # fmt: skip

GROUND, ABOVE_GROUND, ON_LEVELS = 1, 103, 100
"""Code table 4.5: the ground, a height above it [m], a level of pressure [Pa]."""

Ask = Callable[[str], bytes]
"""Gives what stands at an address; raises `NotThere`."""


class NotThere(Exception):
    """Nothing stands at an address, yet or any more."""


@dataclass(frozen=True)
class Field:
    """A field that is wanted.

    Parameters
    ----------
    name : str
        Under which it is kept.
    unit : str
        In which it is kept.
    codes : tuple of (int, int, int)
        Discipline, category and number, any of which it may bear.
    surface : int
        Kind of level, code table 4.5.
    height : float
        Above ground, where it stands on no level of pressure [m].
    statistic : {"instant", "mean", "sum"}
        How it is given: at the moment, or as mean or sum since some start.  Means and sums become means of each step.
    needed : bool
        Whether a run without it is no use.
    factor : float
        From what is given to what is kept.
    short_names : tuple of str
        Names in the tables of ecCodes under which it may come as well, where a centre has numbers of its own.
    once : bool
        Whether it stands still and is taken from the first step.
    """

    name: str
    unit: str
    codes: tuple[tuple[int, int, int], ...]
    surface: int = ON_LEVELS
    height: float = 0.0
    statistic: Literal["instant", "mean", "sum"] = "instant"
    needed: bool = True
    factor: float = 1.0
    short_names: tuple[str, ...] = ()
    once: bool = False


@dataclass(frozen=True)
class Wanted:
    """A message.

    Parameters
    ----------
    field : Field
    level : int or None
        Of pressure [hPa].
    step : int
        Hours since the run.
    """

    field: Field
    level: int | None
    step: int

    def __str__(self) -> str:
        where = f" {self.level} hPa" if self.level is not None else ""
        return f"{self.field.name}{where} +{self.step} h"


@dataclass(frozen=True)
class Place:
    """Where the bytes of a message stand.

    Parameters
    ----------
    url : str
    start : int
        First byte.
    end : int or None
        Behind the last; None for the end of the file.
    packed : bool
        Whether the file is bzip2.
    """

    url: str
    start: int = 0
    end: int | None = None
    packed: bool = False


AIR = (
    Field("u", "m s-1", ((0, 2, 2),)), Field("v", "m s-1", ((0, 2, 3),)), Field("t", "K", ((0, 0, 0),)),
)  # fmt: skip
"""Wind and temperature on levels."""

HUMIDITY = Field("q", "kg kg-1", ((0, 1, 0),))
VERTICAL = Field("w", "Pa s-1", ((0, 2, 8),), needed=False)

NEAR_GROUND = (
    Field("sp", "Pa", ((0, 3, 0),), GROUND),
    Field("u10", "m s-1", ((0, 2, 2),), ABOVE_GROUND, 10.0),
    Field("v10", "m s-1", ((0, 2, 3),), ABOVE_GROUND, 10.0),
    Field("t2m", "K", ((0, 0, 0),), ABOVE_GROUND, 2.0),
)
"""Pressure, wind and temperature at the ground."""


class Source(ABC):
    """Somebody who computes forecasts and gives them away.

    Parameters
    ----------
    name, title : str
        In an option and a folder; for people.
    server : str
        Where it gives them away.
    stride : int
        Every so many hours a step is taken.
    thinned : int
        Every so many points of the grid one is kept.
    delay : float
        After the time of a run its last step is usually there [s]; verified = false.
    fields : tuple of Field
    levels : tuple of int
        Of pressure [hPa].
    keeps : float
        So long its server keeps a run [s]; verified = false.
    member : int or None
        Of an ensemble; None for the single forecast.
    """

    name: str
    title: str
    server: str
    stride: int
    thinned: int
    delay: float
    fields: tuple[Field, ...]
    levels: tuple[int, ...]
    keeps: float
    member: int | None = None

    @abstractmethod
    def longest(self, run: int) -> int:
        """Last step of a run [h]; ``run`` in seconds since 1970."""

    @abstractmethod
    def probe(self, server: str, run: int, step: int) -> tuple[str, ...]:
        """Addresses one of which stands there once a step is complete."""

    @abstractmethod
    def places(
        self, server: str, run: int, wanted: Sequence[Wanted], ask: Ask
    ) -> tuple[dict[Wanted, Place], list[Wanted]]:
        """Where the messages of one step stand, and those of which nothing is known.

        Raises
        ------
        NotThere
            If the step is not there.
        """

    def bundle(
        self, server: str, run: int, wanted: Sequence[Wanted], area: tuple[float, float, float, float]
    ) -> Place | None:
        """Where all messages of a step, cut to an area, come in one answer; None where each has its own place."""
        return None
