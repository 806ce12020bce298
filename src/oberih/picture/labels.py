"""Which places are named on the map, and where does each name stand?

A greedy placing: the largest place chooses first among eight positions around its dot, the next
takes what is free, and a place without room keeps its dot but not its name.  Sizes are estimates
from the number of letters, so that the placing needs no font and is the same in every picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "Label", "PlaceMark", "place_labels"]

Box = tuple[float, float, float, float]

_LETTER = 0.60
"""Mean width of a letter over its height [1], of a sans-serif face."""


@dataclass(frozen=True)
class PlaceMark:
    """A dot that may get a name: position, name, second line, and how much it matters."""

    x: float
    y: float
    name: str
    detail: str
    weight: float


@dataclass(frozen=True)
class Label:
    """A name's place: the lower left corner of its box; ``mark`` is the dot it belongs to."""

    mark: PlaceMark
    x: float
    y: float
    width: float
    height: float


def place_labels(
    marks: Sequence[PlaceMark], *, half: float, height: float, taken: Sequence[Box] = (), most: int = 26
) -> list[Label]:
    """Name as many places as have room.

    Parameters
    ----------
    marks : sequence of PlaceMark
        In the map's own unit, within ``-half..half``.
    half : float
        From the middle to the edge of the map.
    height : float
        Of a letter.
    taken : sequence of (left, bottom, right, top)
        Where no name may stand.
    most : int
        Names at most.

    Returns
    -------
    list of Label
        No two overlap, none reaches over the edge.
    """
    boxes = list(taken)
    dots: list[Box] = []
    labels: list[Label] = []
    for mark in sorted(marks, key=lambda m: (-m.weight, m.name, m.x, m.y, m.detail)):
        if len(labels) >= most:
            break
        spot = _spot(mark, height, half, boxes + dots)
        if spot is not None:
            labels.append(spot)
            boxes.append(_box(spot))
            dots.append((mark.x - 0.4 * height, mark.y - 0.4 * height, mark.x + 0.4 * height, mark.y + 0.4 * height))
    return labels


def _spot(mark: PlaceMark, height: float, half: float, boxes: list[Box]) -> Label | None:
    lines = 2 if mark.detail else 1
    width = _LETTER * height * max(len(mark.name), 0.85 * len(mark.detail))
    tall = height * (1.15 * lines + 0.1)
    gap = 0.55 * height
    for dx, dy in ((gap, -tall / 2), (-gap - width, -tall / 2), (-width / 2, gap), (-width / 2, -gap - tall),
                   (gap, 0.0), (gap, -tall), (-gap - width, 0.0), (-gap - width, -tall)):  # fmt: skip
        label = Label(mark, mark.x + dx, mark.y + dy, width, tall)
        box = _box(label)
        inside = -half < box[0] and box[2] < half and -half < box[1] and box[3] < half
        if inside and not any(_overlap(box, other) for other in boxes):
            return label
    return None


def _box(label: Label) -> Box:
    return label.x, label.y, label.x + label.width, label.y + label.height


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
