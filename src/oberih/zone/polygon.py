"""Which line encloses the cells where action is too likely to be needed?

Turns the cells of an `Exceedance` whose probability is at least a threshold into smooth
polygons in metres around the site, and checks them against the raw cells: the share
of the raw cells (weighted by probability and area) that a polygon covers is at least what
was asked, and the area it covers beyond them is reported.

Rules, stated because they are choices: holes are filled, since a place that a zone surrounds
belongs to it; the site's own disc (inside the innermost ring) belongs to every zone that is
not empty; a zone may have several parts.

Defines `Outline`.

Invariants: polygons are valid; the outline of a higher percentile contains that of a lower
one from the same call; an empty zone is an empty polygon and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import contourpy
import numpy as np
import numpy.typing as npt
import shapely

from oberih.earth.grid import Grid
from oberih.errors import InputError, UnknownName
from oberih.zone.exceedance import Exceedance
from oberih.zone.smooth import Margin, nodes_xy, smooth_margin

__all__ = ["RULES", "Outline", "outlines"]

Floats = npt.NDArray[np.float64]

RULES = ("cell", "anywhere")
"""``cell`` asks how likely the action is at a place, ``anywhere`` how likely it is outside the zone."""

COVERAGE = 0.99
"""Share of the raw cells, weighted by probability and area, that an outline covers [1]."""


@dataclass(frozen=True)
class Outline:
    """The outline of a zone around the site.

    Parameters
    ----------
    percentile : float
        Share of starts [1].
    rule : str
        Of `RULES`.
    threshold : float
        Probability from which on a cell belongs to the zone [1].
    polygon : shapely Polygon or MultiPolygon
        Metres east and north of the site; empty where no cell belongs to it.
    area : float
        Of the polygon [m2].
    raw_area : float
        Of the raw cells and the site's disc [m2].
    coverage : float
        Share of the raw cells, weighted by probability and area, inside the polygon, as
        counted by points in the finished polygon [1]; 1 for an empty zone.
    area_ratio : float
        Area over raw area [1]; what exceeds 1 is covered beyond the raw cells.
    lowered : float
        How far the smoothing had to be relaxed to cover enough, in units of log P.
    reaches_edge : bool
        Whether cells at the edge of the grid belong to it, so that the truth may be larger.
    farthest : float array, shape (sectors,)
        Farthest outer edge of a raw cell of the zone by sector [m]; 0 where there is none.
    outside : float
        Share of starts at which the level is reached somewhere outside the raw cells of
        the zone [1]: a zone drawn cell by cell does not promise that nothing happens outside.
    """

    percentile: float
    rule: str
    threshold: float
    polygon: Any
    area: float
    raw_area: float
    coverage: float
    area_ratio: float
    lowered: float
    reaches_edge: bool
    farthest: Floats
    outside: float

    @property
    def is_empty(self) -> bool:
        """Whether no cell belongs to the zone."""
        return bool(self.polygon.is_empty)


def outlines(
    exceedance: Exceedance, *, percentiles: tuple[float, ...], coverage: float = COVERAGE, rule: str = "cell"
) -> tuple[Outline, ...]:
    """Outlines at percentiles of the starts.

    Parameters
    ----------
    exceedance : Exceedance
    percentiles : tuple of float
        Above 0, at most 1 [1]; 1 takes every cell that was ever reached.
    coverage : float
        Share of the raw cells that each must cover [1].
    rule : str
        ``cell`` or ``anywhere``.

    Returns
    -------
    tuple of Outline
        In the order of ``percentiles``.

    Raises
    ------
    InputError
        If a percentile or the coverage makes no sense, or there is no start.

    Notes
    -----
    Rule ``cell``: a cell belongs to the zone at percentile p if P >= 1 - p, with P its share
    of starts.  Rule ``anywhere``: if P >= q, with q the greatest threshold at which the share
    of starts that reach the level somewhere outside is at most 1 - p.
    """
    if rule not in RULES:
        raise UnknownName("rule", rule, known=RULES)
    for name, value in (("coverage", coverage), *(("percentile", p) for p in percentiles)):
        if not 0.0 < value <= 1.0:
            raise InputError("is not a share", field=name, value=value, cure="give a share such as 0.95")
    starts = len(exceedance.starts)
    if starts == 0:
        raise InputError("there is no start to count", field="starts", cure="give at least one start")
    if exceedance.counts.min() < 0 or exceedance.counts.max() > starts:
        raise InputError(
            f"must lie in 0..{starts}, the number of starts", field="counts", cure="rebuild the exceedance"
        )
    found: dict[float, Outline] = {}
    above: Margin | None = None
    for percentile in sorted(set(percentiles)):
        threshold = max(1.0 - percentile, 0.5 / starts)
        if rule == "anywhere":
            threshold = _threshold_anywhere(exceedance, percentile)
        above = smooth_margin(
            exceedance.grid, exceedance.probability, threshold=threshold, coverage=coverage, above=above
        )
        found[percentile] = _outline(exceedance, above, percentile=percentile, rule=rule)
    return tuple(found[p] for p in percentiles)


def _threshold_anywhere(exceedance: Exceedance, percentile: float) -> float:
    """Probability from which on cells belong to a zone beyond which few enough starts reach, by bisection.

    The share of starts outside never falls as the threshold rises, and is 0 below one start.
    The threshold lies midway (in log) to the next lower count that occurs, so that the outline
    runs between the cells it divides.
    """
    starts = len(exceedance.starts)
    counts = exceedance.counts.reshape(exceedance.grid.rings, -1)
    low, high = 1, starts + 1  # in starts: at low the promise holds, at high it is not known to
    allowed = 1.0 - percentile + 1e-9
    if _outside(exceedance, _farthest(exceedance.grid, counts >= high)) <= allowed:
        return high / starts
    while high - low > 1:
        middle = (low + high) // 2
        held = _outside(exceedance, _farthest(exceedance.grid, counts >= middle)) <= allowed
        low, high = (middle, high) if held else (low, middle)
    below = int(counts[counts < low].max(initial=0))  # any threshold above it takes the same cells
    return float(np.sqrt(max(below, 0.5) * low)) / starts


def _outside(exceedance: Exceedance, farthest: Floats) -> float:
    """Share of starts at which the level is reached beyond these distances in any sector [1]."""
    limits = (farthest * (1.0 + 1e-6)).astype(np.float32)
    return float((exceedance.reach > limits[None, :]).any(axis=1).mean())


def _outline(exceedance: Exceedance, margin: Margin, *, percentile: float, rule: str) -> Outline:
    grid = exceedance.grid
    farthest = _farthest(grid, margin.inside)
    polygon = _polygon(grid, margin)
    empty = bool(polygon.is_empty)
    raw = 0.0 if empty else float((margin.inside * grid.areas[:, None]).sum() + np.pi * grid.inner_radius**2)
    area = float(polygon.area)
    return Outline(
        percentile=percentile, rule=rule, threshold=margin.threshold, polygon=polygon, area=area, raw_area=raw,
        coverage=1.0 if empty else _coverage(margin, polygon), area_ratio=1.0 if empty else area / raw,
        lowered=margin.lowered, reaches_edge=bool(margin.inside[-1].any()), farthest=farthest,
        outside=_outside(exceedance, farthest),
    )  # fmt: skip


def _polygon(grid: Grid, margin: Margin) -> Any:
    """Contour the margin in metres, close the seam, fill the holes, add the site."""
    if not margin.inside.any():
        return shapely.from_wkt("POLYGON EMPTY")
    rows = np.flatnonzero((margin.value >= 0.0).any(axis=1))
    last = min(int(rows[-1]) + 3, len(margin.radius)) if len(rows) else 3
    x, y = nodes_xy(margin, last=last)
    lines: Any = contourpy.contour_generator(x, y, margin.value[:last], fill_type=contourpy.FillType.OuterOffset)
    outer, offsets = lines.filled(0.0, np.inf)
    parts = [
        shapely.polygons(points[starts[0] : starts[1]])
        for points, starts in zip(outer, offsets, strict=True)
        if starts[1] - starts[0] >= 4
    ]
    whole = shapely.union_all([*_valid(parts), _site_disc(grid)])
    solid = [shapely.polygons(part.exterior) for part in shapely.get_parts(whole) if part.area > 0.0]
    return solid[0] if len(solid) == 1 else shapely.union_all(solid)


def _valid(parts: list[Any]) -> list[Any]:
    return [p if shapely.is_valid(p) else shapely.buffer(p, 0.0) for p in parts]


def _site_disc(grid: Grid) -> Any:
    """The disc inside the innermost ring."""
    turn = np.linspace(0.0, 2.0 * np.pi, 3 * grid.sectors, endpoint=False)
    return shapely.polygons(grid.inner_radius * np.stack([np.sin(turn), np.cos(turn)], axis=-1))


def _farthest(grid: Grid, inside: npt.NDArray[np.bool_]) -> Floats:
    """Outer edge of the farthest cell inside, by sector [m]."""
    last = grid.rings - 1 - np.argmax(inside[::-1], axis=0)
    return np.where(inside.any(axis=0), grid.edges[last + 1], 0.0)


def _coverage(margin: Margin, polygon: Any) -> float:
    """Share of the raw cells inside the finished polygon, by points.

    A cell whose nodes all have a good margin is tested by its centre, the others by all nine.
    """
    rings, sectors = np.nonzero(margin.inside)
    nodes = margin.cell_nodes()[rings, sectors].reshape(len(rings), -1)
    sure = nodes.all(axis=1)
    offsets = np.arange(-1, 2)
    x, y = nodes_xy(margin, last=len(margin.radius))
    across = 3 * (rings + 1)[:, None] + np.repeat(offsets, 3)[None, :]
    around = (3 * sectors[:, None] + np.tile(offsets, 3)[None, :]) % (x.shape[1] - 1)
    weight = margin.weight[rings, sectors]
    shapely.prepare(polygon)
    share = np.empty(len(rings))
    share[sure] = shapely.contains_xy(polygon, x[across[sure, 4], around[sure, 4]], y[across[sure, 4], around[sure, 4]])
    rest = across[~sure], around[~sure]
    share[~sure] = shapely.contains_xy(polygon, x[rest].ravel(), y[rest].ravel()).reshape(-1, 9).mean(axis=1)
    return float((share * weight).sum() / weight.sum())
