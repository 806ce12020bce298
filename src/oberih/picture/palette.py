"""Which colour means what?

Zones take the colours of Okabe and Ito, told apart by readers with any colour vision and, by
their dashes, in black and white; fields take nine steps of viridis, light for little and dark for much.
No meaning rests on red against green.

Source
------
Okabe & Ito (2008), Color Universal Design; van der Walt & Smith (2015), viridis (CC0).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CLASSES", "DOUBLED", "FIELD_SHARE", "INK", "LAND", "ZONE_STYLES", "Style", "class_colours", "paler", "zone_style",
]  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a zone is drawn.

    Parameters
    ----------
    colour : str
        Hexadecimal.
    dash : tuple of float
        Strokes and gaps in line widths; empty for a solid line.
    width : float
        Of the border [pt].
    fill : float
        Opacity of the inside [1].
    """

    colour: str
    dash: tuple[float, ...] = ()
    width: float = 1.8
    fill: float = 0.14


ZONE_STYLES = {
    "protection": Style("#D55E00", width=3.0, fill=0.20),
    "evacuate": Style("#CC79A7", width=2.2, fill=0.20),
    "shelter": Style("#E69F00", dash=(6.0, 1.6), width=2.2),
    "iodine": Style("#0072B2", dash=(3.2, 1.6), width=2.0, fill=0.10),
    "relocate": Style("#009E73", dash=(6.0, 1.6, 1.2, 1.6), width=2.0),
    "resettle": Style("#00664b", dash=(6.0, 1.6, 1.2, 1.6, 1.2, 1.6), width=2.0),
    "limit_outdoors": Style("#F5B700", dash=(3.6, 2.4), width=1.9, fill=0.10),
    "severe": Style("#D55E00", width=2.6, fill=0.20),
    "food": Style("#56B4E9", dash=(1.2, 1.6), width=2.0, fill=0.08),
    "food_precaution": Style("#56B4E9", dash=(1.2, 1.6), width=2.0, fill=0.08),
    "paz": Style("#CC79A7", width=2.2, fill=0.20),
    "upz": Style("#F5B700", dash=(3.6, 2.4), width=1.9, fill=0.12),
    "epd": Style("#0072B2", dash=(3.2, 1.6), fill=0.07),
    "icpd": Style("#56B4E9", dash=(1.2, 1.6), fill=0.06),
    "circle": Style("#333333", dash=(2.4, 1.6), width=1.6, fill=0.0),
    "kept": Style("#1a1a1a", dash=(1.2, 1.8), width=2.8, fill=0.0),
    "reference": Style("#333333", dash=(1.0, 2.0), width=1.2, fill=0.0),
}
"""Style by action or part of a plan; ``circle`` is the round zone that holds, ``kept`` the zone of a setting to compare
with, ``reference`` a size of the literature."""

DOUBLED = 1.8
"""How much wider a border is drawn that has another one on it [pt]."""

FIELD_SHARE = 0.65
"""How much of a class's colour is left on the map [1]; the rest is white, so that names stay legible."""

INK = "#1a1a1a"
LAND = {
    "sea": "#dbe7ef", "land": "#f6f4ef", "lakes": "#dbe7ef", "rivers": "#a9c5d8", "coast": "#7f99a8",
    "borders": "#5c5c5c", "provinces": "#b9b4aa", "former_reservoir": "#e9e2d2", "former_edge": "#a8987a",
}  # fmt: skip
"""Colours of the base map: pale, so that the zones speak."""

CLASSES = (
    "#fde725", "#addc30", "#5ec962", "#28ae80", "#21918c", "#2c728e", "#3b528b", "#472d7b", "#440154",
)  # fmt: skip
"""Nine steps of viridis, from little (light) to much (dark)."""


def zone_style(key: str) -> Style:
    """Give the style of a zone, that of ``reference`` for a key without one."""
    return ZONE_STYLES.get(key, ZONE_STYLES["reference"])


def paler(colour: str, share: float) -> str:
    """Mix a colour with white; ``share`` of the colour remains.

    Examples
    --------
    >>> paler("#000000", 0.5)
    '#808080'
    """
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def class_colours(count: int) -> tuple[str, ...]:
    """Give ``count`` colours from light to dark, spread over `CLASSES`.

    Examples
    --------
    >>> class_colours(2)
    ('#fde725', '#440154')
    """
    last = len(CLASSES) - 1
    return tuple(CLASSES[round(i * last / max(count - 1, 1))] for i in range(count))
