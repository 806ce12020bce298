"""How is a map drawn on paper?

Draws a sheet on a matplotlib axis that is handed in: base map, field, zones, rings, places, site
and scale for the map itself; a plainer one for the overview, with the frame of the first in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.patches import Circle, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from oberih.picture.palette import DOUBLED, FIELD_SHARE, INK, LAND, class_colours, paler
from oberih.picture.rose import rings_for
from oberih.picture.scene import Field, MapScene
from oberih.picture.sheet import Sheet, SheetZone, scale_bar
from oberih.units import kilometres

__all__ = ["draw_ground", "draw_overview", "draw_plate"]

_HALO = [withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
_FLAT = ("land", "former_reservoir", "lakes")


def draw_plate(axis: Any, scene: MapScene, sheet: Sheet) -> None:
    """Draw the map of a scene.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    scene : MapScene
    sheet : Sheet
        Of that scene.
    """
    draw_ground(axis, sheet)
    if scene.field is not None and sheet.corners is not None:
        _draw_field(axis, scene.field, sheet.corners, sheet.half)
    for zone in sheet.zones:
        _draw_zone(axis, zone, filled=scene.field is None)
    _draw_rings(axis, sheet)
    _draw_places(axis, sheet)
    _draw_site(axis, scene, sheet)
    _draw_scale(axis, scene, sheet)


def draw_overview(axis: Any, scene: MapScene, sheet: Sheet) -> None:
    """Draw the zones that leave the map, and the frame of the map among them.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    scene : MapScene
        Whose extent is the frame of the map.
    sheet : Sheet
        Of the overview.
    """
    within, unit = scene.extent, scene.said("km")
    draw_ground(axis, sheet, share=0.6)
    for zone in sheet.zones:
        _draw_zone(axis, zone, filled=True, share=0.7)
    for radius in rings_for(0.95 * sheet.half):
        axis.add_patch(Circle((0.0, 0.0), radius, fc="none", ec="#6b675c", lw=0.4, ls=(0, (1, 3)), zorder=5))
        axis.text(-0.34 * radius, 0.94 * radius, f"{kilometres(float(radius)):g} {unit}", fontsize=6.0, color=INK,
                  ha="center", va="center", path_effects=_HALO, zorder=8)  # fmt: skip
    axis.add_patch(Rectangle((-within, -within), 2 * within, 2 * within, fc="none", ec=INK, lw=1.0, zorder=8))
    for label in sheet.labels:
        axis.plot(label.mark.x, label.mark.y, marker="o", ms=2.2, mfc=INK, mec="white", mew=0.3, zorder=7)
        axis.text(label.x, label.y + label.height, label.mark.name, fontsize=6.5, color=INK, va="top",
                  path_effects=_HALO, zorder=8)  # fmt: skip
    axis.text(0.03, 0.97, scene.said("overview"), transform=axis.transAxes, fontsize=6.5, weight="bold", va="top",
              color=INK, path_effects=_HALO, zorder=9)  # fmt: skip


def draw_ground(axis: Any, sheet: Sheet, *, share: float = 1.0) -> None:
    """Draw the frame and the base map alone.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    sheet : Sheet
    share : float
        Of the usual width of lines [1].
    """
    _frame(axis, sheet)
    _draw_base(axis, sheet, share=share)


def _frame(axis: Any, sheet: Sheet) -> None:
    axis.set(xlim=(-sheet.half, sheet.half), ylim=(-sheet.half, sheet.half), aspect="equal", xticks=[], yticks=[])
    axis.set_facecolor(LAND["sea"])


def _draw_base(axis: Any, sheet: Sheet, *, share: float = 1.0) -> None:
    widths = {"rivers": 1.0, "provinces": 0.6, "borders": 1.3, "coast": 0.8}
    for name, shape in sheet.base.items():
        if name in _FLAT:
            edge = LAND["former_edge"] if name == "former_reservoir" else "none"
            dash = (0, (2, 2)) if name == "former_reservoir" else "-"
            axis.add_collection(PathCollection(_outlines(shape), fc=LAND[name], ec=edge, lw=0.7, ls=dash))
        else:
            lines = [shapely.get_coordinates(p) for p in shapely.get_parts(shape)]
            axis.add_collection(LineCollection(lines, colors=LAND[name], linewidths=share * widths[name], zorder=2))


def _outlines(shape: Any) -> list[Outline]:
    """Polygons with their holes as paths."""
    found = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        rings = [Outline(shapely.get_coordinates(r), closed=True) for r in (part.exterior, *part.interiors)]
        found.append(Outline.make_compound_path(*rings))
    return found


def _draw_zone(axis: Any, zone: SheetZone, *, filled: bool, share: float = 1.0) -> None:
    """Fill and border of a zone; of two with one border, the first is wider and the second dashed above it."""
    style = zone.style
    outlines = _outlines(zone.shape)
    if not outlines:
        return
    if filled and style.fill > 0.0 and not zone.twin:
        axis.add_collection(PathCollection(outlines, fc=style.colour, ec="none", alpha=style.fill, zorder=3))
    dash: Any = (0, style.dash) if style.dash else "-"
    width = share * (style.width + (DOUBLED if zone.doubled else 0.0))
    axis.add_collection(PathCollection(outlines, fc="none", ec=style.colour, lw=width, ls=dash, zorder=4))
    if zone.zone.circle > 0.0:
        axis.add_patch(Circle((0.0, 0.0), zone.zone.circle, fc="none", ec=style.colour, lw=share * 1.3,
                              ls=(0, (1.0, 1.6)), zorder=4))  # fmt: skip


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
        axis.plot(radius * np.sin(angle), radius * np.cos(angle), color="#8a8678", lw=0.5, ls=(0, (1, 3)), zorder=2.5)
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


def _draw_scale(axis: Any, scene: MapScene, sheet: Sheet) -> None:
    length, half = scale_bar(sheet.half), sheet.half
    left, bottom, tall = -0.95 * half, -0.93 * half, 0.012 * half
    axis.add_patch(Rectangle((-half, -half), length + 0.13 * half, 0.155 * half, fc="white", alpha=0.8, zorder=9))
    for i in range(4):
        fill = INK if i % 2 == 0 else "white"
        box = Rectangle((left + i * length / 4, bottom), length / 4, tall, fc=fill, ec=INK, lw=0.8, zorder=10)
        axis.add_patch(box)
    for i in (0, 2, 4):
        unit = f" {scene.said('km')}" if i == 4 else ""
        axis.text(left + i * length / 4, bottom + 2.2 * tall, f"{kilometres(i * length / 4):g}{unit}", fontsize=7.5,
                  ha="center", zorder=10)  # fmt: skip
    north = scene.said("compass").split()[0]
    axis.annotate(north, xy=(0.93 * half, 0.955 * half), xytext=(0.93 * half, 0.83 * half), ha="center", va="center",
                  fontsize=12, weight="bold", color=INK, zorder=10, path_effects=_HALO,
                  arrowprops={"arrowstyle": "-|>", "lw": 2.0, "color": INK})  # fmt: skip
