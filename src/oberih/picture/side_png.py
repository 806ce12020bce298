"""What stands beside the map on paper?

Draws the right side of the picture, from top to bottom what a tired reader needs first: the
weather it rests on, the answer, the zones, the rose or a table, the warnings.
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

from matplotlib.patches import Rectangle

from oberih.picture.caveat import weather_caveat, weather_words
from oberih.picture.palette import FIELD_SHARE, INK, Style, class_colours, paler, zone_style
from oberih.picture.rose import BY_ITSELF, draw_rose
from oberih.picture.scene import Field, MapScene, Rose, SceneZone, Table
from oberih.picture.sheet import Sheet
from oberih.picture.table import unbroken

__all__ = ["LEFT", "RIGHT", "draw_side"]

LEFT, RIGHT = 0.612, 0.985
"""Edges of the right side, as shares of the figure's width."""

_SOFT = "#3d3d3d"
_FAINT = "#6a6a6a"
_TEXT = LEFT + 0.040
_LETTERS = 88
"""In a line of a table at most: with more, they are too small to read."""

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_WIDE = 0.93
"""Letters in a line where they are Cyrillic, which are wider, over those where they are Latin [1]."""

_WARNINGS = 8
"""Lines of warnings at most; the page has them all."""


def draw_side(figure: Any, scene: MapScene, sheet: Sheet) -> None:
    """Draw everything beside the map; ``y`` falls as it fills.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    scene : MapScene
    sheet : Sheet
        Of that scene.
    """
    y = _draw_weather(figure, scene, 0.912)
    y = _paragraph(figure, scene.headline, LEFT, y, size=10.2, width=54, weight="bold")
    y = _draw_legend(figure, scene, sheet, y - 0.012)
    if scene.field is not None:
        y = _draw_classes(figure, scene.field, LEFT, y - 0.008)
    low = _warnings_height(figure, scene) + 0.030
    if scene.rose is not None and y - low > 0.15:
        _draw_rose_panel(figure, scene, scene.rose, bottom=low, top=y)
    elif scene.rose is None:
        legible = [table for table in scene.tables if sum(_widths(table)) <= _LETTERS]
        if legible:
            _draw_table(figure, scene, legible[0], y - 0.02, bottom=low)
    _draw_warnings(figure, scene, low - 0.004)


def _line(figure: Any, size: float, spacing: float = 1.25) -> float:
    """Height of a line of text as a share of the figure's [1]."""
    return float(1.056 * spacing * size / 72.0 / figure.get_figheight())


def _paragraph(figure: Any, text: str, x: float, y: float, *, size: float, width: int, **kwargs: Any) -> float:
    lines = textwrap.wrap(unbroken(text), round(_WIDE * width) if _CYRILLIC.search(text) else width)
    figure.text(x, y, "\n".join(lines), fontsize=size, va="top", linespacing=1.25, **{"color": INK} | kwargs)
    return float(y - len(lines) * _line(figure, size))


def _draw_weather(figure: Any, scene: MapScene, y: float) -> float:
    said = scene.said("weather", label=weather_words(scene.weather_label, scene.language))
    figure.text(LEFT + 0.005, y - 0.008, said, fontsize=9.5, weight="bold", color=INK,
                va="top", bbox={"boxstyle": "round,pad=0.35", "fc": "#fdf0c4", "ec": "#a8861b", "lw": 1.0})  # fmt: skip
    y -= 0.042
    caveat = weather_caveat(scene.weather_label, scene.language)
    if caveat:
        y = _paragraph(figure, caveat, LEFT, y, size=8.0, width=90, color=_SOFT)
    return y - 0.010


def _draw_legend(figure: Any, scene: MapScene, sheet: Sheet, y: float) -> float:
    shares = {zone.percentile for zone in scene.zones if zone.percentile is not None}
    twins = {z.number for z in sheet.zones if z.twin}
    for number, zone in enumerate(scene.zones):
        several = zone.percentile is not None and len(shares) > 1
        share = scene.said("share", share=f"{zone.percentile:g}") if several else ""
        where = scene.said("beyond") if number in sheet.beyond else scene.said("same") if number in twins else ""
        y = _draw_nowhere(figure, zone, y) if zone.nowhere else _draw_zone(figure, zone, y, share=share, where=where)
    for note in _legend_notes(scene, shares):
        y = _paragraph(figure, note, LEFT, y, size=7.5, width=90, color=_SOFT)
    return y


def _draw_zone(figure: Any, zone: SceneZone, y: float, *, share: str, where: str) -> float:
    """Name; how far, and who lives there; what is to be done, and how far as drawn."""
    _draw_swatch(figure, zone_style(zone.colour), LEFT, y - 0.026)
    y = _paragraph(
        figure, zone.name + ("" if zone.verified else "\u00a0*"), _TEXT, y, size=9.5, width=50, weight="bold"
    )
    figure.text(_TEXT, y, zone.distance_text, fontsize=9.5, weight="bold", color=INK, va="top")
    figure.text(RIGHT, y, zone.people_text, fontsize=8.5, color=INK, va="top", ha="right")
    y -= _line(figure, 9.5)
    drawn = f"; {zone.drawn_text}" if zone.drawn_text else ""
    return _paragraph(figure, zone.action + share + drawn + where, _TEXT, y, size=8.0, width=74, color=_SOFT) - 0.008


def _draw_nowhere(figure: Any, zone: SceneZone, y: float) -> float:
    """A zone that is needed nowhere, in two subdued lines."""
    mark = "" if zone.verified else " *"
    figure.text(RIGHT, y, zone.distance_text, fontsize=8.5, color=_FAINT, va="top", ha="right")
    y = _paragraph(figure, zone.name + mark, _TEXT, y, size=8.5, width=50, color=_FAINT)
    return _paragraph(figure, zone.action, _TEXT, y, size=7.5, width=76, color=_FAINT) - 0.008


def _legend_notes(scene: MapScene, shares: set[float]) -> list[str]:
    notes = []
    if len(shares) == 1:
        (share,) = shares
        dotted = any(z.circle > 0.0 for z in scene.zones)
        notes.append(scene.said("distance-dotted" if dotted else "distance", share=f"{share:g}"))
    if not all(zone.verified for zone in scene.zones):
        notes.append(scene.said("unverified"))
    return notes


def _draw_swatch(figure: Any, style: Style, x: float, y: float) -> None:
    box = Rectangle((x, y), 0.030, 0.024, transform=figure.transFigure, fc=style.colour, lw=0.0)
    box.set_alpha(max(style.fill, 0.02) * 1.6)
    edge = Rectangle((x, y), 0.030, 0.024, transform=figure.transFigure, fc="none", ec=style.colour)
    edge.set(linewidth=style.width, linestyle=(0, style.dash) if style.dash else "-")
    figure.add_artist(box)
    figure.add_artist(edge)


def _draw_classes(figure: Any, field: Field, left: float, y: float) -> float:
    """The key of the field's colours."""
    told = f"{field.label} [{field.unit}]"
    y = _paragraph(figure, told, left, y, size=8.5, width=62, weight="bold") + _line(figure, 8.5)
    colours = class_colours(len(field.levels))
    wide = 0.373 / len(colours)
    for i, (level, colour) in enumerate(zip(field.levels, colours, strict=True)):
        box = Rectangle(
            (left + i * wide, y - 0.042),
            wide,
            0.018,
            transform=figure.transFigure,
            fc=paler(colour, FIELD_SHARE),
            lw=0,
        )
        figure.add_artist(box)
        figure.text(left + i * wide, y - 0.045, f"≥ {level:g}", fontsize=7.5, color=INK, va="top")
        if field.labels:
            figure.text(left + i * wide, y - 0.061, field.labels[i], fontsize=7.0, color=_SOFT, va="top")
    return y - (0.085 if field.labels else 0.068)


def _draw_rose_panel(figure: Any, scene: MapScene, rose: Rose, *, bottom: float, top: float) -> None:
    height, width = figure.get_figheight(), figure.get_figwidth()
    side = min(top - bottom - 0.012, 0.30)
    wide = side * height / width
    draw_axis = figure.add_axes((LEFT - 0.008, (top + bottom - side) / 2, wide, side))
    colour = zone_style(scene.leading).colour
    draw_rose(draw_axis, rose, colour=colour, points=scene.said("compass").split())
    x = LEFT + wide + 0.004
    letters = int((RIGHT - x) * width * 72.0 / 8.0 / 0.60)
    y = _paragraph(figure, scene.said("rose", label=rose.label), x, (top + bottom) / 2 + 0.085, size=8.5,
                   width=int(0.88 * letters), weight="bold") - 0.006  # fmt: skip
    for shade, alpha, tall, words in _rose_keys(scene, rose, colour):
        here = y - 0.5 * _line(figure, 8.0)
        box = Rectangle((x, here - 0.5 * tall), 0.018, tall, transform=figure.transFigure, fc=shade, alpha=alpha, lw=0)
        figure.add_artist(box)
        y = _paragraph(figure, words, x + 0.024, y, size=8.0, width=letters - 6) - 0.004


def _rose_keys(scene: MapScene, rose: Rose, colour: str) -> list[tuple[str, float, float, str]]:
    """Colour, opacity, height of the swatch, words."""
    keys = [] if rose.drawn is None else [(colour, 1.0, 0.004, scene.said("rose-drawn"))]
    keys.append((BY_ITSELF, 1.0, 0.004, scene.said("rose-high", share=f"{rose.percentile:g}")))
    half = scene.said("rose-half-nowhere" if rose.half_nowhere else "rose-half")
    return [*keys, (BY_ITSELF, 0.0 if rose.half_nowhere else 0.55, 0.012, half)]


def _draw_table(figure: Any, scene: MapScene, table: Table, y: float, *, bottom: float, left: float = LEFT) -> None:
    """As many lines of a table as there is room for, columns as wide as their words."""
    room = int((y - bottom - 0.075) / 0.022)
    wide = _widths(table)
    lines = _table_lines(table)
    if room < 2:
        return
    size = min(8.5, 8.5 * 62.0 / sum(wide))
    figure.text(left, y, table.title, fontsize=9.5, weight="bold", color=INK, va="top")
    for number, line in enumerate([table.columns, *lines[:room]]):
        at, colour = y - 0.030 - 0.022 * number, INK if number else _SOFT
        if isinstance(line, str):
            figure.text(left, at, line, fontsize=size, weight="bold", color=INK, va="top")
            continue
        x = left
        for i, cell in enumerate(line):
            step = 0.373 * wide[i] / sum(wide)
            place = {"x": x + step - 0.012, "ha": "right"} if i in table.numeric else {"x": x, "ha": "left"}
            figure.text(s=cell, y=at, fontsize=size, color=colour, va="top", **place)
            x += step
    if len(lines) > room:
        at = y - 0.034 - 0.022 * (room + 1)
        figure.text(left, at, scene.said("lines-more", lines=len(lines) - room), fontsize=7.5, color=_SOFT, va="top")


def _widths(table: Table) -> list[int]:
    """Letters that each column needs."""
    rows = [table.columns, *table.rows]
    return [max(len(row[i]) for row in rows) + 2 for i in range(len(table.columns))]


def _table_lines(table: Table) -> list[str | tuple[str, ...]]:
    """Rows, with their headings among them."""
    headings = dict(table.sections)
    lines: list[str | tuple[str, ...]] = []
    for number, row in enumerate(table.rows):
        lines += [headings[number]] if number in headings else []
        lines.append(row)
    return lines


def _warning_lines(scene: MapScene) -> list[str]:
    lines = [
        line
        for w in scene.warnings
        for line in textwrap.wrap(unbroken(f"▲ {w}"), 84 if scene.language == "en" else 80, subsequent_indent="   ")
    ]
    return lines if len(lines) <= _WARNINGS else [*lines[: _WARNINGS - 1], scene.said("more")]


def _warnings_height(figure: Any, scene: MapScene) -> float:
    return len(_warning_lines(scene)) * _line(figure, 7.5)


def _draw_warnings(figure: Any, scene: MapScene, y: float) -> None:
    lines = _warning_lines(scene)
    if lines:
        figure.text(LEFT, y, "\n".join(lines), fontsize=7.5, color="#7a2e00", va="top", linespacing=1.25)
