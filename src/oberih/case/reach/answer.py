"""What does a story answer?

Defines the nouns `Reach` (one action under one scenario) and `Answer` (all of them, with what
they rest on).  A face shows them and adds nothing; numbers are SI.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Answer", "Reach"]


@dataclass(frozen=True)
class Reach:
    """How far one protective action reaches under one scenario.

    Parameters
    ----------
    action : str
        Title of its criterion, as ``Evacuation``: the same words on the map, in its legend and in the zones' file.
    scenario : str
        Its title.
    level : float
        That the dose must reach [``unit``].
    unit : str
        ``Sv`` or ``Gy``.
    quantity : str
        Which dose, as ``effective, adult, 7 d``.
    distance : float
        At the percentile asked, in the worst sector; for one event the farthest [m]; 0 for
        nowhere.
    low, high : float or None
        Bootstrap band of ``distance`` [m]; None where there is none.
    median : float or None
        Half of all starts stay within this distance [m].
    azimuth : float or None
        Of the worst sector [degrees clockwise from north]; None where there is no reach.
    share : float or None
        Of starts in which the action is needed anywhere off the site [1].
    people : int or None
        Living inside the zone; None where unknown.
    beyond : bool
        True if the zone runs out of the grid: the distance is then a lower bound.
    verified : bool
        False if any number it rests on was not checked against its text.
    """

    action: str
    scenario: str
    level: float
    unit: str
    quantity: str
    distance: float
    low: float | None = None
    high: float | None = None
    median: float | None = None
    azimuth: float | None = None
    share: float | None = None
    people: int | None = None
    beyond: bool = False
    verified: bool = True


@dataclass(frozen=True)
class Answer:
    """Everything a story found, ready to be shown.

    Parameters
    ----------
    title : str
        The question, as ``Zaporizhzhia: how far must the zone reach?``.
    weather_label, weather_source : str
        As in `oberih.weather.series.Weather`.
    headline : str
        The answer in one sentence.
    criteria : str
        Title of the set.
    percentile : float or None
        Share of starts covered [%]; None for one event.
    reaches : tuple of Reach
        Grouped by scenario, the farthest action last or first as the case sees fit.
    zones : tuple of (str, float)
        Named parts with their radius [m], such as the protection zone itself.
    dominant : tuple of (str, tuple of (str, float))
        By scenario, the nuclides that make the dose, with their share [1].
    notes : tuple of str
        What the reader must know: approximations, unverified numbers, comparison with others.
    files : tuple of Path
        What was written.
    data : dict
        The machine-readable answer, as in ``result.json``.
    """

    title: str
    weather_label: str
    weather_source: str
    criteria: str
    percentile: float | None
    reaches: tuple[Reach, ...]
    zones: tuple[tuple[str, float], ...] = ()
    dominant: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    headline: str = ""
