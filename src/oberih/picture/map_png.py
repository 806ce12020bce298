"""How does it look on paper?

`draw_png` draws a scene as a PNG: the map at the left, at the right what a tired reader needs
first (the weather it rests on, the answer, the zones, the rose, the warnings), provenance below.
The same scene gives the same bytes with the same matplotlib.

matplotlib is loaded by this module and the two it rests on (`plate_png`, `side_png`) and by no
other; the cases import this one only when a picture is asked for.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oberih.picture.labels import Box
from oberih.picture.palette import INK
from oberih.picture.plate_png import draw_overview, draw_plate
from oberih.picture.scene import MapScene
from oberih.picture.sheet import Sheet, lay_out, lay_out_overview
from oberih.picture.side_png import draw_side

__all__ = ["draw_png", "save_png"]

_STYLE = {
    "font.family": "DejaVu Sans",
    "text.parse_math": False,  # a stranger's dollar sign is a dollar sign
    "path.simplify": True,
    "svg.hashsalt": "oberih",
}
_SOFT = "#3d3d3d"
_DPI = 150
_SIZE = (12.6, 8.9)
"""Width and height [inch]: as a sheet of A4 lies."""

_MAP = (0.018, 0.082, 0.575, 0.575 * _SIZE[0] / _SIZE[1])
"""Left, bottom, width and height of the map, as shares of the figure."""


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
        1890 × 1335 pixels, without metadata.
    """
    sheet, overview = lay_out(scene, inset=True), lay_out_overview(scene)
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        draw_plate(figure.add_axes(_MAP), scene, sheet)
        if overview is not None and sheet.inset is not None:
            draw_overview(figure.add_axes(_inset(sheet.inset, sheet.half)), scene, overview)
        _draw_head(figure, scene)
        draw_side(figure, scene, sheet)
        _draw_foot(figure, scene, sheet)
        stream = io.BytesIO()
        canvas.print_png(stream, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
    return stream.getvalue()


def _inset(box: Box, half: float) -> Box:
    """Left, bottom, width and height of the overview, as shares of the figure."""
    left, bottom, right, top = ((edge + half) / (2.0 * half) for edge in box)
    return _MAP[0] + left * _MAP[2], _MAP[1] + bottom * _MAP[3], (right - left) * _MAP[2], (top - bottom) * _MAP[3]


def _draw_head(figure: Any, scene: MapScene) -> None:
    size = 17.0 * min(1.0, 88.0 / max(len(scene.title), 1))
    figure.text(0.018, 0.972, scene.title, fontsize=size, weight="bold", color=INK, va="center")
    size = 10.5 * min(1.0, 148.0 / max(len(scene.subtitle), 1))
    figure.text(0.018, 0.930, scene.subtitle, fontsize=size, color=_SOFT, va="center")


def _draw_foot(figure: Any, scene: MapScene, sheet: Sheet) -> None:
    note = scene.said("base") + (scene.said("former-reservoir") if "former_reservoir" in sheet.base else "")
    figure.text(0.018, 0.050, note, fontsize=7.0, color="#4a4a4a", va="center")
    figure.text(0.018, 0.026, scene.footer, fontsize=7.0, color="#4a4a4a", va="center", family="DejaVu Sans Mono")
