"""How does a plume look, hour by hour?

Defines the nouns `PlumeScene` and `PlumePanel`: a few hours of a plume on the cells of any grid, side by side on the
base map.  `draw_plume` draws them as PNG or SVG; the same scene gives the same bytes with the same matplotlib.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.patheffects import withStroke

from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError
from oberih.picture.labels import Label
from oberih.picture.palette import FIELD_SHARE, INK, class_colours, paler
from oberih.picture.plate_png import draw_ground
from oberih.picture.rose import rings_for
from oberih.picture.scene import MapScene
from oberih.picture.sheet import Sheet, lay_out
from oberih.units import kilometres

__all__ = ["PlumePanel", "PlumeScene", "decades", "draw_plume"]

Floats = npt.NDArray[np.float64]

_STYLE = {
    "font.family": "DejaVu Sans", "text.parse_math": False, "svg.hashsalt": "oberih", "svg.fonttype": "none",
}  # fmt: skip
_HALO = [withStroke(linewidth=2.0, foreground="white", alpha=0.85)]
_DPI, _SIZE = 130, (12.6, 10.2)
_COLUMNS, _ROWS = 3, 2
_TITLE, _NAME = 8.0, 6.0
"""Sizes of the letters of a panel's title, and of a place's name [points]."""
LETTER = 0.62
"""Width of a letter of DejaVu Sans over its size, rather more than less [1]."""


@dataclass(frozen=True)
class PlumePanel:
    """One map of the picture.

    Parameters
    ----------
    title : str
        Such as ``2025-05-01 17:00 to 18:00 UTC, hour 6``.
    values : float array, shape (cells,)
        In the unit of its legend.
    legend : str
        What the colours say, with the unit.
    levels : tuple of float
        Where classes begin, increasing; below the first nothing is drawn.
    extent : float
        From the site to the edge of the map [m].
    """

    title: str
    values: Floats
    legend: str
    levels: tuple[float, ...]
    extent: float


@dataclass(frozen=True)
class PlumeScene:
    """A few hours of a plume.

    Parameters
    ----------
    site_name : str
    latitude, longitude : float
        [°]
    title, subtitle, footer : str
    corners : float array, shape (cells, 4, 2)
        Longitude and latitude of the cells [°].
    panels : tuple of PlumePanel
        Six at most.
    places : tuple of Place
    covered : float
        How far the weather reaches [m]: drawn as a circle where it is within the map.
    """

    site_name: str
    latitude: float
    longitude: float
    title: str
    subtitle: str
    footer: str
    corners: Floats
    panels: tuple[PlumePanel, ...]
    places: tuple[Place, ...] = ()
    covered: float = np.inf

    def __post_init__(self) -> None:
        """Refuse values that do not fit the cells."""
        if not 1 <= len(self.panels) <= _COLUMNS * _ROWS:
            raise InputError("must be one to six", field="panels", value=len(self.panels), cure="choose some hours")
        for panel in self.panels:
            if panel.values.shape != self.corners.shape[:1]:
                raise InputError("do not fit the cells", field="values", value=panel.values.shape)


def decades(most: float, *, count: int = 6) -> tuple[float, ...]:
    """Round powers of ten that end at or below a value.

    Examples
    --------
    >>> decades(4.2e3, count=3)
    (10.0, 100.0, 1000.0)
    """
    top = int(np.floor(np.log10(most))) if most > 0.0 else 0
    return tuple(10.0 ** (top - count + 1 + i) for i in range(count))


def draw_plume(scene: PlumeScene, *, svg: bool = False) -> bytes:
    """Draw a scene.

    Parameters
    ----------
    scene : PlumeScene
    svg : bool
        As SVG in place of PNG.
    """
    here = LocalProjection(scene.latitude, scene.longitude)
    x, y = here.to_local(scene.corners[..., 0], scene.corners[..., 1])
    local = np.stack([x, y], axis=-1)
    sheets = {extent: lay_out(_ground_scene(scene, extent)) for extent in {p.extent for p in scene.panels}}
    stream = io.BytesIO()
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor="white")
        canvas: Any = (FigureCanvasSVG if svg else FigureCanvasAgg)(figure)
        for i, panel in enumerate(scene.panels):
            column, row = i % _COLUMNS, i // _COLUMNS
            left, bottom = 0.018 + 0.326 * column, 0.556 - 0.462 * row
            axis = figure.add_axes((left, bottom, 0.312, 0.312 * _SIZE[0] / _SIZE[1]))
            _draw_panel(axis, scene, sheets[panel.extent], panel, local)
            _draw_legend(figure.add_axes((left, bottom - 0.047, 0.312, 0.042)), panel)
        figure.text(0.018, 0.981, scene.title, fontsize=15, weight="bold", color=INK, va="center")
        size = 9.0 * min(1.0, 165.0 / max(len(scene.subtitle), 1))
        figure.text(0.018, 0.957, scene.subtitle, fontsize=size, color="#3d3d3d", va="center")
        figure.text(0.018, 0.012, scene.footer, fontsize=6.5, color="#4a4a4a", va="center", family="DejaVu Sans Mono")
        if svg:
            canvas.print_svg(stream, metadata={"Date": None, "Creator": None})
        else:
            canvas.print_png(stream, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
    return stream.getvalue()


def _ground_scene(scene: PlumeScene, extent: float) -> MapScene:
    """The base map of a panel, with the larger places where it is wide."""
    least = min(100_000.0, extent / 5.0)
    places = tuple(p for p in scene.places if (p.population or 0) >= least and p.distance < 1.4 * extent)
    return MapScene(
        site_name=scene.site_name, latitude=scene.latitude, longitude=scene.longitude, title=scene.title, subtitle="",
        headline="", weather_label="", zones=(), extent=extent, places=places,
    )  # fmt: skip


def _draw_panel(axis: Any, scene: PlumeScene, sheet: Sheet, panel: PlumePanel, local: Floats) -> None:
    draw_ground(axis, sheet, share=0.6)
    colours = _colours(panel)
    shade = np.searchsorted(panel.levels, panel.values, side="right") - 1
    seen = np.abs(local).min(axis=1).max(axis=-1) < sheet.half
    for k, colour in enumerate(colours):
        quads = local[(shade == k) & seen]
        if len(quads):
            axis.add_collection(PolyCollection(list(quads), fc=colour, ec=colour, lw=0.2, zorder=3))
    for radius in rings_for(0.95 * sheet.half):
        axis.add_patch(Circle((0.0, 0.0), radius, fc="none", ec="#6b675c", lw=0.4, ls=(0, (1, 3)), zorder=5))
        axis.text(-0.34 * radius, 0.94 * radius, f"{kilometres(float(radius)):g} km", fontsize=6.0, color=INK,
                  ha="center", va="center", path_effects=_HALO, zorder=8, clip_on=True)  # fmt: skip
    if scene.covered < 1.35 * sheet.half:
        axis.add_patch(Circle((0.0, 0.0), scene.covered, fc="none", ec="#b03a2e", lw=0.9, ls=(0, (4, 3)), zorder=6))
    for label in _shown_labels(axis, sheet, panel.title)[:8]:
        axis.plot(label.mark.x, label.mark.y, marker="o", ms=2.0, mfc=INK, mec="white", mew=0.3, zorder=7)
        axis.text(label.x, label.y + label.height, label.mark.name, fontsize=_NAME, color=INK, va="top",
                  path_effects=_HALO, zorder=8, clip_on=True)  # fmt: skip
    axis.plot(0.0, 0.0, marker="o", ms=4.5, mfc=INK, mec="white", mew=0.8, zorder=9)
    axis.annotate(
        "N",
        (0.965, 0.975),
        (0.965, 0.90),
        xycoords="axes fraction",
        fontsize=_TITLE,
        weight="bold",
        color=INK,
        ha="center",
        va="center",
        zorder=10,
        arrowprops={"arrowstyle": "-|>", "fc": INK, "ec": INK, "lw": 1.0},
    )
    axis.text(0.02, 0.985, panel.title, transform=axis.transAxes, fontsize=_TITLE, weight="bold", va="top", color=INK,
              path_effects=_HALO, zorder=10)  # fmt: skip


def _shown_labels(axis: Any, sheet: Sheet, title: str) -> list[Label]:
    """Names that the edge of the panel does not cut, and that do not stand under its title."""
    half = sheet.half
    a_point = 2.0 * half / (72.0 * axis.get_position().width * axis.figure.get_figwidth())
    under, beside = half - 1.8 * _TITLE * a_point, LETTER * _TITLE * len(title) * a_point - half
    return [
        label for label in sheet.labels
        if label.x + LETTER * _NAME * len(label.mark.name) * a_point < half
        and not (label.y + label.height > under and label.x < beside)
    ]  # fmt: skip


def _draw_legend(axis: Any, panel: PlumePanel) -> None:
    """The classes, under the map."""
    axis.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    axis.set_axis_off()
    axis.text(0.0, 0.86, panel.legend, fontsize=6.8, color=INK, va="center")
    width = 1.0 / len(panel.levels)
    for i, (colour, level) in enumerate(zip(_colours(panel), panel.levels, strict=True)):
        axis.add_patch(Rectangle((i * width, 0.34), width, 0.3, fc=colour, ec="none"))
        axis.text(i * width, 0.13, _round(level), fontsize=6.3, color=INK, ha="left", va="center")


def _colours(panel: PlumePanel) -> list[str]:
    return [paler(colour, FIELD_SHARE) for colour in class_colours(len(panel.levels))]


def _round(level: float) -> str:
    """A power of ten in few letters: as it is, or as 10 with a raised exponent."""
    exponent = round(np.log10(level))
    if -3 <= exponent <= 3:
        return f"≥ {level:g}"
    return "≥ 10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
