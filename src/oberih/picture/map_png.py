"""How does it look on paper?

`draw_png` draws a scene as a PNG: the map at the left, at the right what a tired reader needs
first (the answer, the weather it rests on, the zones, the rose, the warnings), provenance below.
The same scene gives the same bytes with the same matplotlib.

matplotlib is loaded here and in no other module; the cases import this module only when a picture
is asked for.
"""

from __future__ import annotations

import io
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from oberih.picture.palette import FIELD_SHARE, INK, LAND, Style, class_colours, paler, zone_style
from oberih.picture.rose import draw_rose
from oberih.picture.scene import Field, MapScene, Rose, Table
from oberih.picture.sheet import Sheet, SheetZone, lay_out, scale_bar
from oberih.units import kilometres

__all__ = ["draw_png", "save_png"]

_STYLE = {
    "font.family": "DejaVu Sans",
    "text.parse_math": False,  # a stranger's dollar sign is a dollar sign
    "path.simplify": True,
    "svg.hashsalt": "oberih",
}
_SOFT = "#3d3d3d"
_DPI = 150
_SIZE = (12.6, 8.6)
_HALO = [withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
_FLAT = ("land", "former_reservoir", "lakes")


def save_png(scene: MapScene, path: Path) -> None:
    """Write the picture of a scene to a file."""
    path.write_bytes(draw_png(scene))


def draw_png(scene: MapScene) -> bytes:
    """Draw a scene as a PNG.

    Parameters
    ----------
    scene : MapScene

    Returns
    -------
    bytes
        1890 × 1290 pixels, without metadata.
    """
    sheet = lay_out(scene)
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        _draw_map(figure.add_axes((0.018, 0.065, 0.575, 0.842)), scene, sheet)
        _draw_head(figure, scene)
        _draw_side(figure, scene)
        _draw_foot(figure, scene, sheet)
        stream = io.BytesIO()
        canvas.print_png(stream, metadata={"Software": None})
    return stream.getvalue()


def _draw_map(axis: Any, scene: MapScene, sheet: Sheet) -> None:
    axis.set_xlim(-sheet.half, sheet.half)
    axis.set_ylim(-sheet.half, sheet.half)
    axis.set_aspect("equal")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_facecolor(LAND["sea"])
    _draw_base(axis, sheet)
    if scene.field is not None and sheet.corners is not None:
        _draw_field(axis, scene.field, sheet.corners, sheet.half)
    for zone in sheet.zones:
        _draw_zone(axis, zone, filled=scene.field is None)
    _draw_rings(axis, sheet)
    _draw_places(axis, sheet)
    _draw_site(axis, scene, sheet)
    _draw_scale(axis, sheet)


def _draw_base(axis: Any, sheet: Sheet) -> None:
    widths = {"rivers": 1.0, "provinces": 0.6, "borders": 1.3, "coast": 0.8}
    for name, shape in sheet.base.items():
        if name in _FLAT:
            edge = LAND["former_edge"] if name == "former_reservoir" else "none"
            dash = (0, (2, 2)) if name == "former_reservoir" else "-"
            axis.add_collection(PathCollection(_outlines(shape), fc=LAND[name], ec=edge, lw=0.7, ls=dash))
        else:
            lines = [shapely.get_coordinates(p) for p in shapely.get_parts(shape)]
            axis.add_collection(LineCollection(lines, colors=LAND[name], linewidths=widths[name], zorder=2))


def _outlines(shape: Any) -> list[Outline]:
    """Polygons with their holes as paths."""
    found = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        rings = [Outline(shapely.get_coordinates(r), closed=True) for r in (part.exterior, *part.interiors)]
        found.append(Outline.make_compound_path(*rings))
    return found


def _draw_zone(axis: Any, zone: SheetZone, *, filled: bool) -> None:
    style = zone.style
    outlines = _outlines(zone.shape)
    if not outlines:
        return
    if filled and style.fill > 0.0:
        axis.add_collection(PathCollection(outlines, fc=style.colour, ec="none", alpha=style.fill, zorder=3))
    dash: Any = (0, style.dash) if style.dash else "-"
    axis.add_collection(PathCollection(outlines, fc="none", ec=style.colour, lw=style.width, ls=dash, zorder=4))


def _draw_field(axis: Any, field: Field, corners: Any, half: float) -> None:
    corners = np.concatenate([corners, corners[:, :1]], axis=1)
    colours = [paler(colour, FIELD_SHARE) for colour in class_colours(len(field.levels))]
    if field.contours:
        _draw_contours(axis, field, corners, half, colours)
        return
    ring, sector = np.nonzero(field.values >= field.levels[0])
    quads = np.stack(
        [corners[ring, sector], corners[ring + 1, sector], corners[ring + 1, sector + 1], corners[ring, sector + 1]],
        axis=1,
    )
    shade = np.searchsorted(field.levels, field.values[ring, sector], side="right") - 1
    for i, colour in enumerate(colours):
        axis.add_collection(PolyCollection(list(quads[shade == i]), fc=colour, ec=colour, lw=0.3, zorder=1.5))


def _draw_contours(axis: Any, field: Field, corners: Any, half: float, colours: list[str]) -> None:
    """Fill between the levels, draw each as a line, and label it where there is room."""
    middle = 0.25 * (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:])
    far = np.max(np.abs(middle), axis=-1)
    middle = np.concatenate([middle, middle[:, :1]], axis=1)
    values = np.concatenate([field.values, field.values[:, :1]], axis=1)
    height = np.log(np.maximum(values, 1e-6 * field.levels[0]))
    shown = [level for level in field.levels if np.any((field.values >= level) & (far < half))]
    if not shown:
        return
    axis.contourf(middle[..., 0], middle[..., 1], height, levels=[*np.log(shown), np.inf], colors=colours, zorder=1.5)
    lines = axis.contour(
        middle[..., 0], middle[..., 1], height, levels=np.log(shown),
        colors=INK, linewidths=0.9, linestyles="solid", zorder=5,
    )  # fmt: skip
    names = dict(zip(field.levels, field.labels or ("",) * len(field.levels), strict=True))
    told = {float(np.log(v)): f"{v:g} {field.unit} {names[v]}".strip() for v in shown}
    roomy = [v for v in shown if np.any((field.values >= v) & (far > 0.4 * half))]
    for text in axis.clabel(lines, levels=np.log(roomy), fmt=told, fontsize=7.5):
        text.set_path_effects(_HALO)


def _draw_rings(axis: Any, sheet: Sheet) -> None:
    """Thin circles, so that a distance is read without a ruler."""
    step = scale_bar(sheet.half) / 2.0
    for radius in np.arange(step, 1.35 * sheet.half, step):
        angle = np.linspace(0.0, 2.0 * np.pi, 181)
        axis.plot(radius * np.sin(angle), radius * np.cos(angle), color="#8a8678", lw=0.4, ls=(0, (1, 3)), zorder=2.5)
        if radius < 0.97 * sheet.half:
            axis.text(0.0, radius, f"{kilometres(radius):g}", fontsize=6.5, color="#6b675c", ha="center", va="center",
                      path_effects=_HALO, zorder=6, clip_on=True)  # fmt: skip


def _draw_places(axis: Any, sheet: Sheet) -> None:
    if sheet.dots:
        people = np.array([mark.weight for mark in sheet.dots])
        size = 2.0 + 14.0 * np.sqrt(people / max(float(people.max()), 1.0))
        xy = [(mark.x, mark.y) for mark in sheet.dots]
        axis.scatter(*zip(*xy, strict=True), s=size, c=INK, lw=0.4, ec="white", zorder=7)
    for label in sheet.labels:
        top = label.y + label.height
        axis.text(label.x, top, label.mark.name, fontsize=8.0, color=INK, va="top", path_effects=_HALO, zorder=8)
        if label.mark.detail:
            axis.text(label.x, top - 1.2 * sheet.letter, label.mark.detail, fontsize=6.8, color="#4a4a4a", va="top",
                      path_effects=_HALO, zorder=8)  # fmt: skip


def _draw_site(axis: Any, scene: MapScene, sheet: Sheet) -> None:
    axis.plot(0.0, 0.0, marker="o", ms=11, mfc="white", mec=INK, mew=1.6, zorder=9)
    axis.plot(0.0, 0.0, marker="o", ms=4.5, mfc=INK, mec=INK, zorder=9)
    axis.text(sheet.letter, 0.0, scene.site_name, fontsize=9.5, weight="bold", color=INK, va="center",
              path_effects=_HALO, zorder=9)  # fmt: skip


def _draw_scale(axis: Any, sheet: Sheet) -> None:
    length, half = scale_bar(sheet.half), sheet.half
    left, bottom, tall = -0.95 * half, -0.93 * half, 0.012 * half
    axis.add_patch(Rectangle((-half, -half), length + 0.13 * half, 0.155 * half, fc="white", alpha=0.8, zorder=9))
    for i in range(4):
        fill = INK if i % 2 == 0 else "white"
        box = Rectangle((left + i * length / 4, bottom), length / 4, tall, fc=fill, ec=INK, lw=0.8, zorder=10)
        axis.add_patch(box)
    for i in (0, 2, 4):
        unit = " km" if i == 4 else ""
        axis.text(left + i * length / 4, bottom + 2.2 * tall, f"{kilometres(i * length / 4):g}{unit}", fontsize=7.5,
                  ha="center", zorder=10)  # fmt: skip
    axis.annotate("N", xy=(0.93 * half, 0.955 * half), xytext=(0.93 * half, 0.83 * half), ha="center", va="center",
                  fontsize=12, weight="bold", color=INK, zorder=10, path_effects=_HALO,
                  arrowprops={"arrowstyle": "-|>", "lw": 2.0, "color": INK})  # fmt: skip


def _draw_head(figure: Any, scene: MapScene) -> None:
    size = 17.0 * min(1.0, 88.0 / max(len(scene.title), 1))
    figure.text(0.018, 0.972, scene.title, fontsize=size, weight="bold", color=INK, va="center")
    size = 10.5 * min(1.0, 148.0 / max(len(scene.subtitle), 1))
    figure.text(0.018, 0.930, scene.subtitle, fontsize=size, color=_SOFT, va="center")


def _draw_side(figure: Any, scene: MapScene) -> None:
    """The right side, from top to bottom; ``y`` falls as it fills."""
    left, y = 0.612, 0.905
    figure.text(left, y, f"Weather: {scene.weather_label}", fontsize=9.5, weight="bold", color=INK, va="top",
                bbox={"boxstyle": "round,pad=0.35", "fc": "#fdf0c4", "ec": "#a8861b", "lw": 1.0})  # fmt: skip
    y -= 0.052
    y = _paragraph(figure, scene.headline, left, y, size=11.5, width=52, weight="bold")
    y = _draw_legend(figure, scene, left, y - 0.012)
    if scene.field is not None:
        y = _draw_classes(figure, scene.field, left, y - 0.006)
    low = _warnings_height(scene) + 0.065
    if scene.rose is not None and y - low > 0.16:
        _draw_rose_panel(figure, scene, scene.rose, left, bottom=low, top=y)
    elif scene.tables:
        _draw_table(figure, scene.tables[0], left, y - 0.02, bottom=low)
    _draw_warnings(figure, scene, left, low - 0.01)


def _paragraph(figure: Any, text: str, x: float, y: float, *, size: float, width: int, **kwargs: Any) -> float:
    lines = textwrap.wrap(text, width)
    figure.text(x, y, "\n".join(lines), fontsize=size, color=INK, va="top", linespacing=1.25, **kwargs)
    return float(y - len(lines) * size * 1.32 / 72.0 / _SIZE[1])


def _draw_legend(figure: Any, scene: MapScene, left: float, y: float) -> float:
    shares = {zone.percentile for zone in scene.zones if zone.percentile is not None}
    for zone in scene.zones:
        _draw_swatch(figure, zone_style(zone.colour), left, y - 0.026)
        mark = "" if zone.verified else " *"
        figure.text(left + 0.040, y, zone.name + mark, fontsize=9.5, weight="bold", color=INK, va="top")
        figure.text(0.985, y, zone.distance_text, fontsize=9.5, weight="bold", color=INK, va="top", ha="right")
        share = f", {zone.percentile:g} % of weather" if zone.percentile is not None and len(shares) > 1 else ""
        action = textwrap.wrap(zone.action + share, 46)
        figure.text(left + 0.040, y - 0.0185, "\n".join(action), fontsize=8.0, color=_SOFT, va="top", linespacing=1.2)
        figure.text(0.985, y - 0.0185, zone.people_text, fontsize=8.0, color=_SOFT, va="top", ha="right")
        y -= 0.030 + 0.0155 * max(len(action), 1)
    notes = [f"Reach suffices in {share:g} % of weather; in brackets, band of confidence." for share in shares]
    notes = notes if len(shares) == 1 else []
    if not all(zone.verified for zone in scene.zones):
        notes.append("* rests on a number not verified against the text of its source")
    figure.text(left, y + 0.004, "\n".join(notes), fontsize=7.5, color=_SOFT, va="top", linespacing=1.3)
    return y - 0.017 * len(notes)


def _draw_swatch(figure: Any, style: Style, x: float, y: float) -> None:
    box = Rectangle((x, y), 0.030, 0.024, transform=figure.transFigure, fc=style.colour, lw=0.0)
    box.set_alpha(max(style.fill, 0.02) * 1.6)
    edge = Rectangle((x, y), 0.030, 0.024, transform=figure.transFigure, fc="none", ec=style.colour)
    edge.set(linewidth=style.width, linestyle=(0, style.dash) if style.dash else "-")
    figure.add_artist(box)
    figure.add_artist(edge)


def _draw_classes(figure: Any, field: Field, left: float, y: float) -> float:
    """The key of the field's colours."""
    figure.text(left, y, f"{field.label} [{field.unit}]", fontsize=8.5, weight="bold", color=INK, va="top")
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


def _draw_rose_panel(figure: Any, scene: MapScene, rose: Rose, left: float, *, bottom: float, top: float) -> None:
    side = min(top - bottom - 0.055, 0.30)
    wide = side * _SIZE[1] / _SIZE[0]
    axis = figure.add_axes((left + 0.012, bottom + 0.012 + (top - bottom - 0.055 - side) / 2, wide, side), polar=True)
    colour = zone_style(scene.zones[0].colour).colour if scene.zones else INK
    draw_rose(axis, rose, colour=colour)
    x = left + wide + 0.045
    y = bottom + 0.012 + (top - bottom - 0.055) / 2
    y = _paragraph(figure, f"Reach by direction [km]: {rose.label}", x, y + 0.10, size=8.5, width=22, weight="bold")
    keys = ((colour, 1.0, f"{rose.percentile:g}th percentile"), (colour, 0.25, "its band of confidence"),
            ("#35456c", 0.55, "median"))  # fmt: skip
    for k, (shade, alpha, text) in enumerate(keys):
        here = y - 0.012 - 0.024 * k
        tall = 0.004 if k == 0 else 0.014
        box = Rectangle((x, here - 0.5 * tall), 0.02, tall, transform=figure.transFigure, fc=shade, alpha=alpha, lw=0)
        figure.add_artist(box)
        figure.text(x + 0.026, here, text, fontsize=8.0, color=INK, va="center")


def _draw_table(figure: Any, table: Table, left: float, y: float, *, bottom: float) -> None:
    """As many rows of a table as there is room for, columns as wide as their words."""
    room = int((y - bottom - 0.045) / 0.022)
    if room < 2:
        return
    rows = [table.columns, *table.rows][: room + 1]
    wide = [max(len(row[i]) for row in rows) + 2 for i in range(len(table.columns))]
    size = min(8.5, 8.5 * 62.0 / sum(wide))
    figure.text(left, y, table.title, fontsize=9.5, weight="bold", color=INK, va="top")
    for number, row in enumerate(rows):
        x, line = left, y - 0.030 - 0.022 * number
        for i, cell in enumerate(row):
            step = 0.373 * wide[i] / sum(wide)
            place = {"x": x + step - 0.012, "ha": "right"} if i in table.numeric else {"x": x, "ha": "left"}
            figure.text(s=cell, y=line, fontsize=size, color=INK if number else _SOFT, va="top", **place)
            x += step
    left_out = len(table.rows) + 1 - len(rows)
    if left_out > 0:
        told = f"and {left_out} more in the page"
        figure.text(left, y - 0.034 - 0.022 * len(rows), told, fontsize=7.5, color=_SOFT, va="top")


def _warning_lines(scene: MapScene) -> list[str]:
    return [line for w in scene.warnings for line in textwrap.wrap(f"▲ {w}", 78, subsequent_indent="   ")][:8]


def _warnings_height(scene: MapScene) -> float:
    return 0.0175 * len(_warning_lines(scene))


def _draw_warnings(figure: Any, scene: MapScene, left: float, y: float) -> None:
    lines = _warning_lines(scene)
    if lines:
        figure.text(left, y, "\n".join(lines), fontsize=8.0, color="#7a2e00", va="top", linespacing=1.3)


def _draw_foot(figure: Any, scene: MapScene, sheet: Sheet) -> None:
    note = "Base map: Natural Earth (public domain). Places: GeoNames (CC BY 4.0)."
    if "former_reservoir" in sheet.base:
        note += " Dashed sand: former Kakhovka reservoir, drained June 2023."
    figure.text(0.018, 0.040, note, fontsize=7.0, color="#4a4a4a", va="center")
    figure.text(0.018, 0.019, scene.footer, fontsize=7.0, color="#4a4a4a", va="center", family="DejaVu Sans Mono")
