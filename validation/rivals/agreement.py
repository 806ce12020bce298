"""How far do two answers agree?

Field statistics of pairs of cells, as in the evaluations of ATMES and ETEX (Mosca et al. 1998): the figure of merit in
space, the correlation, the share within a factor of two, the fractional bias; and the middles of mass.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import EARTH, Gridded

Array = Any


@dataclass(frozen=True)
class Agreement:
    """Of one field with another.

    Parameters
    ----------
    fms : float
        Common area over united area, above the threshold [1].
    correlation : float
        Pearson's, over cells where either is above the threshold; ``log`` of the logarithms where both are.
    log_correlation : float
    fac2 : float
        Share of cells where both are above the threshold and their ratio lies within 0.5 and 2 [1].
    fb : float
        Fractional bias, 2 (a - b) / (a + b) [1].
    cells : int
        Where either is above the threshold.
    """

    fms: float
    correlation: float
    log_correlation: float
    fac2: float
    fb: float
    cells: int

    def rounded(self) -> dict[str, float | int]:
        """For printing."""
        return {k: v if isinstance(v, int) else round(v, 3) for k, v in asdict(self).items()}


def agreement(one: Array, other: Array, area: Array, *, threshold: float) -> Agreement:
    """Compare two fields on one grid.

    Raises
    ------
    InputError
        If neither is above the threshold anywhere.
    """
    a, b = np.ravel(one).astype(float), np.ravel(other).astype(float)
    size = np.ravel(np.broadcast_to(area, np.shape(one)))
    both, either = (a >= threshold) & (b >= threshold), (a >= threshold) | (b >= threshold)
    if not either.any():
        raise InputError("neither model has anything above the threshold", value=threshold)
    ratio = a[both] / b[both]
    return Agreement(
        float(size[both].sum() / size[either].sum()), _correlation(a[either], b[either]),
        _correlation(np.log(a[both]), np.log(b[both])), float(np.mean((ratio >= 0.5) & (ratio <= 2.0))) if len(ratio)
        else 0.0, float(2.0 * (a - b).sum() / (a + b).sum()), int(either.sum()),
    )  # fmt: skip


def _correlation(a: Array, b: Array) -> float:
    if len(a) < 3 or a.std() == 0.0 or b.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def on_cells(answer: Gridded, west: float, south: float, cell: float, columns: int, rows: int) -> Array:
    """Concentration cut out on a grid of the same cells, shape (species, times, layers, rows, columns).

    Raises
    ------
    InputError
        If the answer's cells are others, or do not cover it.
    """
    first = (answer.lon[0] - cell / 2.0 - west) / cell, (answer.lat[0] - cell / 2.0 - south) / cell
    near = [abs(v - round(v)) < 1e-3 for v in first]
    same = abs(answer.lon[1] - answer.lon[0] - cell) < 1e-5 and abs(answer.lat[1] - answer.lat[0] - cell) < 1e-5
    i, j = -round(first[0]), -round(first[1])
    if not all(near) or not same or i < 0 or j < 0 or i + columns > len(answer.lon) or j + rows > len(answer.lat):
        raise InputError("has other cells than the comparison", field="grid", value=answer.model)
    return answer.air[..., j : j + rows, i : i + columns]


def middle(answer: Gridded, species: int = 0) -> Array:
    """Middle of the mass in the layers, interval by interval: latitude, longitude [°], shape (times, 2)."""
    depth = (answer.top - answer.bottom)[:, None, None]
    weight = (answer.air[species] * depth * answer.area).sum(axis=1)
    total = weight.sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        lat = (weight * answer.lat[:, None]).sum(axis=(1, 2)) / total
        lon = (weight * answer.lon).sum(axis=(1, 2)) / total
    return np.column_stack([lat, lon])


def apart(one: Array, other: Array) -> Array:
    """Distance between places of latitude and longitude [km]."""
    lat1, lon1, lat2, lon2 = (np.radians(v) for v in (one[..., 0], one[..., 1], other[..., 0], other[..., 1]))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2.0 * EARTH / 1000.0 * np.arcsin(np.sqrt(h))
