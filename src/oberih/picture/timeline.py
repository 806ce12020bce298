"""How do findings look over time?

Defines the nouns `TimelineScene`, `TimelineRow`, `Stretch` and draws them as SVG or PNG: a row for each
obligation and subject, time to the right.  A status has a colour of Okabe and Ito *and* a hatch, so that it is told
in black and white; where no rule speaks, the row is a thin line with the reason in words where it fits; a claimed
suspension and a contest are marked at the row's edge.  The same scene gives the same bytes with the same matplotlib.

Nothing is judged here: stretches come from a case.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from oberih.picture.palette import INK

__all__ = ["STATUS_STYLES", "StatusStyle", "Stretch", "TimelineRow", "TimelineScene", "draw_png", "draw_svg"]


@dataclass(frozen=True)
class Stretch:
    """A time in which a finding stays the same.

    Parameters
    ----------
    start, end : date
        ``end`` is the first day on which it is no longer so.
    applicability : str
        Of `oberih.regimes.finding.APPLICABILITIES`.
    status : str or None
    contested_by : tuple of str
    """

    start: date
    end: date
    applicability: str
    status: str | None
    contested_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimelineRow:
    """One obligation for one subject.

    Parameters
    ----------
    label : str
        Its id.
    text : str
        What it asks for, shortened to fit.
    group : str
        The subject: rows of one group stand together under its name; "" for none.
    stretches : tuple of Stretch
        In order, without gaps.
    """

    label: str
    text: str
    group: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class TimelineScene:
    """Everything that a picture of findings over time shows.

    Parameters
    ----------
    title, subtitle : str
    start, end : date
        Of the axis.
    rows : tuple of TimelineRow
    words : mapping of str to str
        What each status, each applicability, ``contested by`` and ``suspension-claimed`` is called.
    notes : tuple of str
        Under the picture.
    footer : str
        Rule and inputs.
    """

    title: str
    subtitle: str
    start: date
    end: date
    rows: tuple[TimelineRow, ...]
    words: Mapping[str, str]
    notes: tuple[str, ...]
    footer: str


@dataclass(frozen=True)
class StatusStyle:
    """How a status is drawn: colour of the surface, of the strokes on it, hatch."""

    colour: str
    stroke: str
    hatch: str


STATUS_STYLES = {
    "holds": StatusStyle("#56B4E9", "#56B4E9", ""),
    "unknown": StatusStyle("#EDEDED", "#9A9A9A", "..."),
    "at-risk": StatusStyle("#E69F00", "#7A4B00", "////"),
    "compromised": StatusStyle("#B23A00", "#FFD9C2", "xxxx"),
}
"""Best to worst also by darkness; no meaning rests on red against green."""

_CONTEST = "#111111"
_NOTHING = "#B5B5B5"
_SOFT = "#4a4a4a"
_SUSPENDED = (0, (2.0, 1.0))
_SILENT = (0, (1.5, 2.0))
"""Dashes of a claimed suspension and of a rule that does not speak."""

_STYLE = {
    "font.family": "DejaVu Sans", "text.parse_math": False, "svg.hashsalt": "oberih", "hatch.linewidth": 0.8,
    "svg.fonttype": "path",
}  # fmt: skip
_DPI = 150
_WIDTH = 13.0
"""[inch]"""

_ROW = 0.40
"""Height of a row [inch]."""

_HEAD, _FOOT = 1.42, 0.42
"""Above the rows and below the axis, without the notes [inch]."""

_LEFT, _RIGHT = 3.9, 0.35
"""Beside the rows [inch]."""

_BAR = 0.54
"""Share of a row's height that its bar takes."""


def draw_png(scene: TimelineScene) -> bytes:
    """Draw a scene as a PNG without metadata."""
    with rc_context(_STYLE):
        figure = _figure(scene)
        stream = io.BytesIO()
        FigureCanvasAgg(figure).print_png(stream, metadata={"Software": None}, pil_kwargs={"compress_level": 6})
    return stream.getvalue()


def draw_svg(scene: TimelineScene) -> bytes:
    """Draw a scene as an SVG whose only metadata is its title."""
    with rc_context(_STYLE):
        stream = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Title": scene.title}
        FigureCanvasSVG(_figure(scene)).print_svg(stream, metadata=metadata)
    return stream.getvalue()


def _figure(scene: TimelineScene) -> Any:
    lines = _note_lines(scene)
    slots = _slots(scene)
    rows = _ROW * max(len(slots), 1)
    foot = _FOOT + 0.17 * len(lines) + 0.30
    height = _HEAD + rows + foot
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
    place = (_LEFT / _WIDTH, foot / height, 1.0 - (_LEFT + _RIGHT) / _WIDTH, rows / height)
    axes = figure.add_axes(place)
    _set_up(axes, scene, len(slots))
    for number, slot in enumerate(slots):
        if isinstance(slot, str):
            _draw_group(axes, slot, number, first=number == 0)
        else:
            _draw_row(axes, scene, slot, number)
    _draw_head(figure, scene, height)
    _draw_foot(figure, scene, lines, height)
    return figure


def _slots(scene: TimelineScene) -> list[str | TimelineRow]:
    """Rows with the names of their groups between them."""
    out: list[str | TimelineRow] = []
    group = ""
    for row in scene.rows:
        if row.group != group:
            out.append(row.group)
            group = row.group
        out.append(row)
    return out


def _set_up(axes: Any, scene: TimelineScene, count: int) -> None:
    first, last = date2num(scene.start), date2num(scene.end)
    axes.set(xlim=(first, max(last, first + 1.0)), ylim=(max(count, 1), 0))
    locator = YearLocator() if 2.5 * 365 < last - first <= 25 * 365 else AutoDateLocator(minticks=4, maxticks=12)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, formats=["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", ""],
                                                        zero_formats=["", "%Y", "%Y-%m", "%m-%d", "", ""],
                                                        show_offset=False))  # fmt: skip
    axes.tick_params(axis="x", labelsize=8.5, colors=_SOFT, length=3)
    axes.set_yticks([])
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#8a8a8a")


def _draw_group(axes: Any, name: str, number: int, *, first: bool) -> None:
    if not first:
        axes.axhline(number + 0.12, color="#c8c8c8", linewidth=0.8, xmin=-0.7, clip_on=False)
    axes.text(-_LEFT / (_WIDTH - _LEFT - _RIGHT) + 0.03, number + 0.62, name, transform=axes.get_yaxis_transform(),
              fontsize=10.0, weight="bold", color=INK, va="center")  # fmt: skip


def _draw_row(axes: Any, scene: TimelineScene, row: TimelineRow, number: int) -> None:
    across, inch = axes.get_yaxis_transform(), _WIDTH - _LEFT - _RIGHT
    axes.text(-_LEFT / inch + 0.03, number + 0.5, _short(row.label, 15), transform=across, fontsize=8.8, weight="bold",
              color=INK, va="center")  # fmt: skip
    text = "\n".join(textwrap.wrap(row.text, 46, max_lines=3, placeholder=" …"))
    axes.text(-2.72 / inch, number + 0.5, text, transform=across, fontsize=6.6, color=_SOFT, va="center",
              linespacing=1.15)  # fmt: skip
    for stretch in row.stretches:
        _draw_stretch(axes, scene, stretch, number)
    for start, end, who in _contests(row.stretches):
        _draw_contest(axes, start, end, ", ".join(who), number + (1.0 - _BAR) / 2 - 0.08)


def _draw_stretch(axes: Any, scene: TimelineScene, stretch: Stretch, number: int) -> None:
    left, right = date2num(stretch.start), date2num(stretch.end)
    top, bottom = number + (1.0 - _BAR) / 2, number + (1.0 + _BAR) / 2
    if stretch.status is None:
        axes.plot([left, right], [number + 0.5] * 2, color=_NOTHING, linewidth=1.1, linestyle=_SILENT, zorder=2)
        _say_where_it_fits(axes, scene, stretch, number)
    else:
        style = STATUS_STYLES[stretch.status]
        axes.add_patch(Rectangle((left, top), right - left, _BAR, facecolor=style.colour, edgecolor=style.stroke,
                                 hatch=style.hatch, linewidth=0.0, zorder=2))  # fmt: skip
        axes.plot([left, left], [top, bottom], color="white", linewidth=0.6, zorder=2.5)
    if stretch.applicability == "suspension-claimed":
        axes.plot([left, right], [bottom + 0.07] * 2, color=_CONTEST, linewidth=2.0, linestyle=_SUSPENDED, zorder=3,
                  dash_capstyle="butt")  # fmt: skip


def _contests(stretches: Sequence[Stretch]) -> Iterator[tuple[date, date, tuple[str, ...]]]:
    """From when to when who contests, whatever else changes meanwhile."""
    for who, some in groupby(stretches, key=lambda s: s.contested_by):
        if who:
            together = list(some)
            yield together[0].start, together[-1].end, who


def _draw_contest(axes: Any, start: date, end: date, who: str, y: float) -> None:
    """A line above the bar, a marker where it begins, and by whom."""
    left, right = date2num(start), date2num(end)
    axes.plot([left, right], [y, y], color=_CONTEST, linewidth=1.4, zorder=3, solid_capstyle="butt")
    axes.plot([left], [y], marker="D", markersize=3.6, color=_CONTEST, zorder=5, clip_on=False)
    low, high = axes.get_xlim()
    room = (left - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)
    beside = room > 0.075 * len(who) + 0.2
    apart = (-5, 0) if beside else (-2, 3)
    axes.annotate(who, (left if beside else right, y), xytext=apart, textcoords="offset points", ha="right",
                  va="center", fontsize=6.6, color=_CONTEST, weight="bold", zorder=5,
                  bbox={"boxstyle": "square,pad=0.06", "fc": "white", "ec": "none", "alpha": 0.85})  # fmt: skip


def _share(axes: Any, stretch: Stretch) -> float:
    """How much of the axis a stretch takes [inch]."""
    low, high = axes.get_xlim()
    inch = _WIDTH - _LEFT - _RIGHT
    return float((date2num(stretch.end) - date2num(stretch.start)) / (high - low) * inch)


def _say_where_it_fits(axes: Any, scene: TimelineScene, stretch: Stretch, number: int) -> None:
    word = scene.words.get(stretch.applicability, stretch.applicability)
    if _share(axes, stretch) < 0.075 * len(word) + 0.1:
        return
    middle = (date2num(stretch.start) + date2num(stretch.end)) / 2
    axes.text(middle, number + 0.5, word, fontsize=6.8, color=_SOFT, ha="center", va="center", zorder=4,
              bbox={"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none"})  # fmt: skip


def _draw_head(figure: Any, scene: TimelineScene, height: float) -> None:
    def at(inches: float) -> float:
        return 1.0 - inches / height

    size = 16.0 * min(1.0, 92.0 / max(len(scene.title), 1))
    figure.text(0.02, at(0.34), scene.title, fontsize=size, weight="bold", color=INK, va="center")
    figure.text(0.02, at(0.66), scene.subtitle, fontsize=9.2, color=_SOFT, va="center")
    x, y, wide = 0.02 * _WIDTH, 1.02, 0.34
    for status, style in STATUS_STYLES.items():
        box = Rectangle((x / _WIDTH, at(y + 0.08)), wide / _WIDTH, 0.17 / height, transform=figure.transFigure,
                        facecolor=style.colour, edgecolor=style.stroke, hatch=style.hatch, linewidth=0.0)  # fmt: skip
        figure.add_artist(box)
        x = _key_word(figure, scene.words[status], x + wide, at(y))
    for key, dash, width in (("does not apply", _SILENT, 1.1), ("suspension-claimed", _SUSPENDED, 2.0),
                             ("contested by", "-", 1.4)):  # fmt: skip
        colour = _NOTHING if key == "does not apply" else _CONTEST
        figure.add_artist(_line(figure, x / _WIDTH, (x + wide) / _WIDTH, at(y), colour, dash, width))
        if key == "contested by":
            figure.text(x / _WIDTH, at(y), "◆", fontsize=6.0, color=_CONTEST, va="center", ha="center")
        x = _key_word(figure, scene.words[key], x + wide, at(y))


def _line(figure: Any, left: float, right: float, y: float, colour: str, dash: Any, width: float) -> Any:
    return Line2D([left, right], [y, y], transform=figure.transFigure, color=colour, linestyle=dash, linewidth=width)


def _key_word(figure: Any, word: str, x: float, y: float) -> float:
    figure.text((x + 0.08) / _WIDTH, y, word, fontsize=8.5, color=INK, va="center")
    return x + 0.08 + 0.088 * len(word) + 0.30


def _note_lines(scene: TimelineScene) -> list[str]:
    return [line for note in scene.notes for line in textwrap.wrap(note, 190)]


def _draw_foot(figure: Any, scene: TimelineScene, lines: list[str], height: float) -> None:
    y = (0.28 + 0.17 * len(lines)) / height
    for line in lines:
        figure.text(0.02, y, line, fontsize=7.4, color=_SOFT, va="center")
        y -= 0.17 / height
    figure.text(0.02, 0.14 / height, scene.footer, fontsize=6.6, color=_SOFT, va="center", family="DejaVu Sans Mono")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
