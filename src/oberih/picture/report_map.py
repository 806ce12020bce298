"""How does the map look in a report?

The sheet of `oberih.picture.sheet` as lines for paper: line widths in the drawing's own unit, names large enough to be
read in print, dashes that tell zones apart in black and white, and a legend within the drawing.  Words come in from
outside, in the report's language; the same scene and words give the same bytes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from oberih.picture.labels import Box, Label, place_labels
from oberih.picture.map_svg import path, text
from oberih.picture.palette import INK, LAND, Style, zone_style
from oberih.picture.report_charts import FONT
from oberih.picture.scene import MapScene
from oberih.picture.sheet import Sheet, SheetZone, lay_out, scale_bar
from oberih.units import kilometres

__all__ = ["report_map_svg"]

_HALF = 5000
_POINT = 36.0
"""Units of the drawing in a point of print, about: 10,000 units are 98 mm."""

_LETTER = 0.048
"""Height of a name over half the map [1]: six points in print."""

_ROW = 330
"""Height of a line of the legend."""


def report_map_svg(scene: MapScene, words: Mapping[str, str]) -> str:
    """Draw the map of a scene.

    Parameters
    ----------
    scene : MapScene
        Names in the report's language.
    words : mapping
        ``km``, ``north``, ``circle``, ``reservoir``, ``off-map`` and ``note``.
    """
    sheet = lay_out(scene)
    scale = _HALF / sheet.half
    zones = "".join(_zone(z, scale) for z in sheet.zones)
    circles = "".join(_circle(z, scale) for z in sheet.zones)
    legend, below = _legend(scene, sheet, words)
    height = 10000 + below
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5000 -5000 10000 {height}" width="1000" '
        f'height="{height / 10:.0f}"><clipPath id="frame"><rect x="-5000" y="-5000" width="10000" height="10000"/>'
        f'</clipPath><g clip-path="url(#frame)">{_land(sheet, scale)}{zones}{circles}{_rings(sheet, scale)}'
        f"{_places(sheet, scale, scene)}{_furniture(sheet, scale, words)}</g>"
        f'<rect x="-4990" y="-4990" width="9980" height="9980" fill="none" stroke="{INK}" stroke-width="20"/>'
        f"{legend}</svg>"
    )


def _stroke(style: Style, *, wider: float = 0.0) -> str:
    width = (style.width + wider) * _POINT * 0.75
    dash = " ".join(f"{width * d:.0f}" for d in style.dash)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{style.colour}" stroke-width="{width:.0f}"{dashed}'


def _land(sheet: Sheet, scale: float) -> str:
    lines = {"rivers": 45, "provinces": 25, "borders": 55, "coast": 35}
    parts = [f'<rect x="-5000" y="-5000" width="10000" height="10000" fill="{LAND["sea"]}"/>']
    for name, shape in sheet.base.items():
        if name in lines:
            paint = f'fill="none" stroke="{LAND[name]}" stroke-width="{lines[name]}"'
        elif name == "former_reservoir":
            paint = f'fill="{LAND[name]}" stroke="#7d6b46" stroke-width="22" stroke-dasharray="90 70"'
        else:
            paint = f'fill="{LAND[name]}" fill-rule="evenodd"'
        parts.append(f'<path d="{path(shape, scale)}" {paint}/>')
    return "".join(parts)


def _zone(zone: SheetZone, scale: float) -> str:
    fill = "none" if zone.twin else zone.style.colour
    return (
        f'<path d="{path(zone.shape, scale)}" {_stroke(zone.style, wider=1.6 if zone.doubled else 0.0)} '
        f'fill="{fill}" fill-opacity="{zone.style.fill}" fill-rule="evenodd"/>'
    )


def _circle(zone: SheetZone, scale: float) -> str:
    if zone.zone.circle <= 0.0:
        return ""
    return (
        f'<circle r="{zone.zone.circle * scale:.0f}" fill="none" stroke="{INK}" stroke-width="55" '
        f'stroke-dasharray="60 70"/>'
    )


def _said(x: float, y: float, size: float, words: str, *, anchor: str = "start", weight: int = 400) -> str:
    """Text with a white edge, so that it stands out from lines."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{INK}" stroke="#fff" stroke-width="{0.2 * size:.0f}" stroke-linejoin="round" paint-order="stroke" '
        f"{FONT}>{text(words)}</text>"
    )


def _rings(sheet: Sheet, scale: float) -> str:
    step = scale_bar(sheet.half) / 2.0
    found = []
    for radius in np.arange(step, 1.35 * sheet.half, step).tolist():
        r = radius * scale
        found.append(f'<circle r="{r:.0f}" fill="none" stroke="#6b675c" stroke-width="18" stroke-dasharray="25 90"/>')
        if r < 0.95 * _HALF:
            found.append(_said(0, -r + 55, 180, f"{kilometres(radius):g}", anchor="middle"))
    return "".join(found)


def _taken(half: float, letter: float, name: str) -> list[Box]:
    """Where the scale bar, the arrow, the rings' numbers and the site's name stand [m]."""
    bar = (-half, -half, -half + 1.25 * scale_bar(half) + 0.1 * half, -0.80 * half)
    arrow = (-half, 0.72 * half, -0.84 * half, half)
    step = scale_bar(half) / 2.0
    rings = [(-letter, r - 0.6 * letter, letter, r + 0.6 * letter) for r in np.arange(step, half, step).tolist()]
    site = (-0.6 * letter, -0.7 * letter, letter + 0.62 * letter * len(name), 0.9 * letter)
    return [bar, arrow, site, *rings]


def _places(sheet: Sheet, scale: float, scene: MapScene) -> str:
    letter = _LETTER * sheet.half
    marks = [dataclasses.replace(mark, detail="") for mark in sheet.dots]
    taken = _taken(sheet.half, letter, scene.site_name)
    labels = place_labels(marks, half=0.98 * sheet.half, height=letter, taken=taken, most=22)
    most = max((m.weight for m in marks), default=0.0) or 1.0
    dots = "".join(
        f'<circle cx="{m.x * scale:.0f}" cy="{-m.y * scale:.0f}" r="{22 + 36 * (m.weight / most) ** 0.5:.0f}" '
        f'fill="{INK}" stroke="#fff" stroke-width="12"/>'
        for m in marks
    )
    size = letter * scale
    return dots + "".join(_name(label, scale, size) for label in labels) + _site(scene.site_name, size)


def _name(label: Label, scale: float, size: float) -> str:
    return _said(label.x * scale, -(label.y + 0.28 * label.height) * scale, 0.92 * size, label.mark.name)


def _site(name: str, size: float) -> str:
    return f'<circle r="100" fill="#fff" stroke="{INK}" stroke-width="34"/><circle r="42" fill="{INK}"/>' + _said(
        170, 0.36 * size, size, name, weight=700
    )


def _furniture(sheet: Sheet, scale: float, words: Mapping[str, str]) -> str:
    """The scale bar and the north arrow."""
    length = scale_bar(sheet.half) * scale
    bar = f'<path d="M-4750 4560v140h{length:.0f}v-140" fill="none" stroke="{INK}" stroke-width="40"/>'
    said = f"{kilometres(scale_bar(sheet.half)):g} {words['km']}"
    return (
        f"{bar}{_said(-4750 + length / 2, 4500, 230, said, anchor='middle')}"
        f'<path d="M-4640 -4800l150 420-150-90-150 90z" fill="{INK}"/>'
        f"{_said(-4640, -4120, 230, words['north'], anchor='middle', weight=700)}"
    )


def _legend(scene: MapScene, sheet: Sheet, words: Mapping[str, str]) -> tuple[str, int]:
    """What each line means, below the map; and how tall it is."""
    entries = []
    for number, zone in enumerate(scene.zones):
        if zone.nowhere:
            continue
        style = zone_style(zone.colour)
        away = f" – {words['off-map']}" if number in sheet.beyond else ""
        swatch = f'<rect x="40" y="50" width="560" height="200" {_stroke(style)} fill="{style.colour}" '
        entries.append((swatch + f'fill-opacity="{style.fill}"/>', zone.name + away))
    if any(zone.circle > 0.0 for zone in scene.zones):
        line = f'<path d="M20 150H620" stroke="{INK}" stroke-width="55" stroke-dasharray="60 70"/>'
        entries.append((line, words["circle"]))
    if "former_reservoir" in sheet.base:
        patch = f'<rect x="40" y="50" width="560" height="200" fill="{LAND["former_reservoir"]}" stroke="#7d6b46" '
        entries.append((patch + 'stroke-width="22" stroke-dasharray="90 70"/>', words["reservoir"]))
    drawn = "".join(
        f'<g transform="translate(-4980 {5090 + i * _ROW})">{swatch}<text x="760" y="225" '
        f'font-size="{min(220.0, 9150.0 / (0.62 * max(len(name), 1))):.0f}" '
        f'fill="{INK}" {FONT}>{text(name)}</text></g>'
        for i, (swatch, name) in enumerate(entries)
    )
    return drawn, 90 + _ROW * len(entries)
