"""How does it look where sampled air came from?

Draws a field of sensitivity over the land, in classes of a factor of ten, with the station and the site marked, as PNG
and SVG.  Defines the nouns `FootprintScene` and `Mark`.  The same scene gives the same bytes with the same matplotlib.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from oberih.constants import EARTH_RADIUS
from oberih.picture.palette import INK, LAND, class_colours
from oberih.units import kilometres

__all__ = ["FootprintScene", "Mark", "draw_footprint", "round_length"]

Array = npt.NDArray[np.float64]

CLASSES = 5
"""Factors of ten below the strongest cell."""

_STYLE = {"font.family": "DejaVu Sans", "text.parse_math": False, "svg.hashsalt": "oberih", "svg.fonttype": "none"}
_SIZE = (10.5, 7.2)
_MAP = (0.02, 0.06, 0.655, 0.92)
_LEFT = 0.70
_HALO = [withStroke(linewidth=2.4, foreground="white", alpha=0.9)]
_SHAPES = {"station": ("^", "#D55E00"), "site": ("o", "#0072B2")}
"""Marker and colour by kind of mark: told apart by shape too."""


@dataclass(frozen=True)
class Mark:
    """A place on the map: longitude, latitude [°], name, and ``station`` or ``site``."""

    longitude: float
    latitude: float
    name: str
    kind: str


@dataclass(frozen=True)
class FootprintScene:
    """What is drawn.

    Parameters
    ----------
    title : str
    lines : tuple of str
        What it rests on.
    legend : str
        What the colours mean.
    longitude, latitude : float array, shape (rows + 1, columns + 1)
        Corners of the cells [°].
    values : float array, shape (rows, columns)
        [1/m3]
    extent : (float, float, float, float)
        West, south, east, north [°].
    marks : tuple of Mark
    base : mapping of str to geometry
        As `oberih.earth.basemap` gives it.
    caveat, source : str
    """

    title: str
    lines: tuple[str, ...]
    legend: str
    longitude: Array
    latitude: Array
    values: Array
    extent: tuple[float, float, float, float]
    marks: tuple[Mark, ...]
    base: Mapping[str, Any]
    caveat: str
    source: str


def draw_footprint(scene: FootprintScene) -> tuple[bytes, bytes]:
    """Draw a scene.

    Returns
    -------
    (bytes, bytes)
        A PNG of 1575 × 1080 pixels and an SVG.
    """
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, dpi=150, facecolor="white")
        axis = figure.add_axes(_MAP)
        _frame(axis, scene)
        _land(axis, scene.base)
        levels = _levels(scene.values)
        if levels is not None:
            _field(axis, scene, levels)
        _edge(axis, scene)
        _marks(axis, scene)
        _measure(axis, scene)
        _side(figure, scene, levels)
        picture, drawing = io.BytesIO(), io.BytesIO()
        FigureCanvasAgg(figure).print_png(picture, metadata={"Software": None})
        FigureCanvasSVG(figure).print_svg(drawing, metadata={"Date": None, "Creator": None})
    return picture.getvalue(), drawing.getvalue()


def _levels(values: Array) -> Array | None:
    """Whole powers of ten, the highest below the strongest cell; None where nothing arrives."""
    most = float(values.max())
    if most <= 0.0:
        return None
    top = int(np.floor(np.log10(most)))
    return np.asarray(10.0 ** np.arange(top - CLASSES + 1, top + 2))


def _frame(axis: Any, scene: FootprintScene) -> None:
    west, south, east, north = scene.extent
    stretch = 1.0 / np.cos(np.radians(0.5 * (south + north)))
    axis.set(xlim=(west, east), ylim=(south, north), aspect=stretch, facecolor=LAND["sea"])
    axis.tick_params(labelsize=7, length=3, color="#8a8678", labelcolor="#6b675c", direction="in", pad=-12)
    axis.grid(color="#8a8678", lw=0.4, ls=(0, (1, 3)), zorder=4)
    axis.xaxis.set_major_formatter(lambda v, _: f"{v:g}°")
    axis.yaxis.set_major_formatter(lambda v, _: f"{v:g}°")
    for label in axis.get_yticklabels():
        label.set_horizontalalignment("left")


def _land(axis: Any, base: Mapping[str, Any]) -> None:
    widths = {"borders": 1.1, "coast": 0.8, "rivers": 0.6}
    for name, shape in base.items():
        if name in ("land", "lakes"):
            paths = [
                Outline.make_compound_path(
                    *(Outline(shapely.get_coordinates(r), closed=True) for r in (p.exterior, *p.interiors))
                )
                for p in shapely.get_parts(shape) if p.geom_type == "Polygon"
            ]  # fmt: skip
            axis.add_collection(PathCollection(paths, fc=LAND[name], ec="none", zorder=1), autolim=False)
        elif name in widths:
            lines = [shapely.get_coordinates(p) for p in shapely.get_parts(shape)]
            drawn = LineCollection(lines, colors=LAND[name], linewidths=widths[name], zorder=3)
            axis.add_collection(drawn, autolim=False)


def _field(axis: Any, scene: FootprintScene, levels: Array) -> None:
    shown = np.ma.masked_less(scene.values, levels[0])
    colours = ListedColormap(list(class_colours(len(levels) - 1)))
    axis.pcolormesh(
        scene.longitude, scene.latitude, shown, cmap=colours, norm=BoundaryNorm(levels, colours.N), alpha=0.75,
        zorder=2, linewidth=0, rasterized=True,
    )  # fmt: skip


def _edge(axis: Any, scene: FootprintScene) -> None:
    """Frame of the fields: beyond it nothing is known."""
    x, y = scene.longitude, scene.latitude
    around = [np.concatenate([a[0], a[:, -1], a[-1, ::-1], a[::-1, 0]]) for a in (x, y)]
    axis.plot(*around, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=5)


def _marks(axis: Any, scene: FootprintScene) -> None:
    west, _, east, _ = scene.extent
    for mark in scene.marks:
        shape, colour = _SHAPES[mark.kind]
        x = west + (mark.longitude - west) % 360.0
        axis.plot(x, mark.latitude, marker=shape, ms=10, mfc="white", mec=colour, mew=2.4, zorder=9, ls="none")
        right = x < 0.5 * (west + east)
        beside = 10 if mark.kind == "station" else -18  # above and below, so that neither name covers the other's mark
        axis.annotate(
            mark.name, (x, mark.latitude), xytext=(9 if right else -9, beside), textcoords="offset points", fontsize=9,
            weight="bold", color=INK, ha="left" if right else "right", path_effects=_HALO, zorder=10,
        )  # fmt: skip


def _measure(axis: Any, scene: FootprintScene) -> None:
    """Where north is, and how long a distance in the middle of the map."""
    west, south, east, north = scene.extent
    a_degree = EARTH_RADIUS * np.pi / 180.0 * np.cos(np.radians(0.5 * (south + north)))
    length = round_length(0.25 * (east - west) * a_degree)
    right, y = 0.97, 0.055
    left = right - length / ((east - west) * a_degree)
    axis.plot([left, right], [y, y], transform=axis.transAxes, color=INK, lw=3.0, solid_capstyle="butt", zorder=10,
              path_effects=_HALO)  # fmt: skip
    axis.text(0.5 * (left + right), y + 0.012, f"{kilometres(length):g} km", transform=axis.transAxes, fontsize=8,
              ha="center", va="bottom", color=INK, path_effects=_HALO, zorder=10)  # fmt: skip
    axis.annotate(
        "N", (0.965, 0.975), (0.965, 0.92), xycoords="axes fraction", fontsize=9, weight="bold", color=INK,
        ha="center", va="center", zorder=10, arrowprops={"arrowstyle": "-|>", "fc": INK, "ec": INK},
    )  # fmt: skip


def round_length(most: float) -> float:
    """The longest length of 1, 2 or 5 times a power of ten that is no longer than a given one [m].

    Examples
    --------
    >>> round_length(28_500.0), round_length(9_999.0), round_length(1000.0)
    (20000.0, 5000.0, 1000.0)
    """
    power = 10.0 ** np.floor(np.log10(most) + 1e-9)
    return float(max(f * power for f in (1.0, 2.0, 5.0) if f * power <= most * (1.0 + 1e-9)))


def _side(figure: Any, scene: FootprintScene, levels: Array | None) -> None:
    y = _paragraph(figure, scene.title, 0.965, size=13, width=26, weight="bold")
    for line in scene.lines:
        y = _paragraph(figure, line, y - 0.012, size=8.5, width=43)
    y = _paragraph(figure, scene.legend, y - 0.03, size=8.5, width=40, weight="bold")
    if levels is None:
        y = _paragraph(figure, "Nothing of these cells and hours reaches the sample.", y - 0.02, size=9, width=44)
    else:
        for low, colour in reversed(list(zip(levels[:-1], class_colours(len(levels) - 1), strict=True))):
            y -= 0.034
            figure.patches.append(
                Rectangle((_LEFT, y), 0.03, 0.026, transform=figure.transFigure, fc=colour, alpha=0.75, ec=INK, lw=0.5)
            )
            figure.text(_LEFT + 0.04, y + 0.005, f"{low:.0e} to {10.0 * low:.0e}", fontsize=8.5, color=INK)
        y -= 0.01
    for mark in scene.marks:
        y -= 0.034
        shape, colour = _SHAPES[mark.kind]
        figure.add_artist(_dot(figure, _LEFT + 0.014, y + 0.011, shape, colour))
        figure.text(_LEFT + 0.04, y + 0.003, f"{mark.kind}: {mark.name}", fontsize=8.5, color=INK)
    figure.add_artist(
        Line2D([_LEFT, _LEFT + 0.03], [y - 0.023] * 2, color=INK, lw=1.0, ls=(0, (4, 3)), transform=figure.transFigure)
    )
    figure.text(_LEFT + 0.04, y - 0.03, "edge of the fields", fontsize=8.5, color=INK)
    figure.text(
        _LEFT, 0.155, textwrap.fill(scene.caveat, 44), fontsize=8.5, weight="bold", color=INK, va="top",
        bbox={"boxstyle": "round,pad=0.4", "fc": "#fdf0c4", "ec": "#a8861b", "lw": 1.0},
    )  # fmt: skip
    figure.text(0.02, 0.018, textwrap.shorten(scene.source, 130), fontsize=6.5, color="#6a6a6a")


def _dot(figure: Any, x: float, y: float, shape: str, colour: str) -> Any:
    return Line2D([x], [y], marker=shape, ms=9, mfc="white", mec=colour, mew=2.2, ls="none",
                  transform=figure.transFigure)  # fmt: skip


def _paragraph(figure: Any, text: str, y: float, *, size: float, width: int, **kwargs: Any) -> float:
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, width)]
    figure.text(_LEFT, y, "\n".join(lines), fontsize=size, va="top", linespacing=1.3, color=INK, **kwargs)
    return float(y - len(lines) * 1.3 * size * 1.07 / 72.0 / _SIZE[1])
