"""How do directions and spans look in a report?

Small drawings (SVG) without scripts, style sheets or effects that a typesetter does not know: line widths are in the
drawing's own unit.  Words come in from outside, in the report's language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from oberih.picture.map_svg import text
from oberih.picture.palette import INK
from oberih.picture.rose import BY_ITSELF, rings_for

__all__ = ["FONT", "Bar", "Petal", "bars_svg", "petals_svg"]

FONT = 'font-family="DejaVu Sans, Verdana, sans-serif"'
"""A face that Oberih brings along, with Cyrillic; for a browser its likes."""


@dataclass(frozen=True)
class Petal:
    """One direction: azimuth [degrees clockwise from north]; median, at the percentile, and its band [m]."""

    azimuth: float
    median: float
    distance: float
    low: float
    high: float


@dataclass(frozen=True)
class Bar:
    """A span of distances [m] and what was changed."""

    name: str
    low: float
    high: float


def petals_svg(petals: Sequence[Petal], *, names: Sequence[str], unit: str, say: Callable[[float], str]) -> str:
    """Draw distances by direction; ``names`` are eight points of the compass, clockwise from north."""
    farthest = max(1000.0, *(max(p.high, p.distance) for p in petals))
    scale = 360.0 / farthest
    grid = "".join(
        f'<circle r="{r * scale:.1f}" fill="none" stroke="#8a8a8a" stroke-width="1.5"/>' for r in rings_for(farthest)
    )
    told = "".join(
        f'<text x="{0.383 * r * scale:.1f}" y="{8 - 0.924 * r * scale:.1f}" font-size="27" text-anchor="middle" '
        f'stroke="#fff" stroke-width="7" paint-order="stroke" fill="{INK}" {FONT}>{text(say(float(r)))}</text>'
        for r in rings_for(farthest)
    )
    around = "".join(
        f'<text x="{420 * sin(radians(45 * i)):.1f}" y="{13 - 420 * cos(radians(45 * i)):.1f}" font-size="36" '
        f'text-anchor="middle" fill="{INK}" {FONT}>{text(name)}</text>'
        for i, name in enumerate(names)
    )
    band = _around([(p.azimuth, p.high) for p in petals], scale) + _around([(p.azimuth, p.low) for p in petals], scale)
    line = _around([(p.azimuth, p.distance) for p in petals], scale)
    half = _around([(p.azimuth, p.median) for p in petals], scale)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-480 -470 960 940" width="960" height="940">{grid}'
        f'<path d="{band}" fill="{BY_ITSELF}" fill-opacity="0.28" fill-rule="evenodd"/>'
        f'<path d="{half}" fill="{BY_ITSELF}" fill-opacity="0.6"/>'
        f'<path d="{line}" fill="none" stroke="{BY_ITSELF}" stroke-width="6"/>'
        f'<circle r="8" fill="{INK}"/>{told}{around}'
        f'<text x="470" y="462" font-size="27" text-anchor="end" fill="{INK}" {FONT}>{text(unit)}</text></svg>'
    )


def bars_svg(bars: Sequence[Bar], *, mark: float, unit: str, say: Callable[[float], str], colour: str) -> str:
    """Draw spans one above the other; ``mark`` [m] is the answer, drawn as a line through all."""
    farthest = max(1000.0, mark, *(b.high for b in bars))
    left, right, step = 400.0, 985.0, 44.0
    height = step * len(bars) + 52.0
    scale = (right - left) / (1.04 * farthest)
    rows = "".join(
        f'<text x="{left - 14}" y="{step * i + 34:.1f}" font-size="25" text-anchor="end" fill="{INK}" {FONT}>'
        f'{text(b.name)}</text><rect x="{left + b.low * scale:.1f}" y="{step * i + 12:.1f}" height="24" '
        f'width="{max(3.0, (b.high - b.low) * scale):.1f}" fill="{BY_ITSELF}"/>'
        for i, b in enumerate(bars)
    )
    ticks = [0.0, *rings_for(1.04 * farthest).tolist()]
    axis = "".join(
        f'<path d="M{left + t * scale:.1f} 4V{height - 40:.1f}" stroke="#b5b5b5" stroke-width="1.5"/>'
        f'<text x="{left + t * scale:.1f}" y="{height - 12:.1f}" font-size="24" text-anchor="middle" fill="{INK}" '
        f"{FONT}>{text(say(t) if t else '0')}</text>"
        for t in ticks
    )
    answer = (
        f'<path d="M{left + mark * scale:.1f} 0V{height - 36:.1f}" stroke="{colour}" stroke-width="5" '
        f'stroke-dasharray="12 6"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1040 {height:.0f}" width="1040" height="{height:.0f}">'
        f'{axis}{rows}{answer}<text x="1036" y="{height - 12:.1f}" font-size="24" text-anchor="end" fill="{INK}" '
        f"{FONT}>{text(unit)}</text></svg>"
    )


def _around(points: Sequence[tuple[float, float]], scale: float) -> str:
    """Corners of a curve around the site, closed."""
    angles = np.radians([a for a, _ in points])
    away = scale * np.array([d for _, d in points])
    corners = np.stack([away * np.sin(angles), -away * np.cos(angles)], axis=-1)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners.tolist()) + "Z"
