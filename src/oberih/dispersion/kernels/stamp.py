"""Which cells does a puff touch, and by how much?

A puff is a round Gaussian in the plane.  Its weights over the cells of a log-polar grid are
normalised where the puff lies wholly over cells (the grid is continued by virtual rings
inward and outward for that purpose), so that nothing is lost or made by the grid.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

CUT = 3.3  # radius of a puff's footprint in standard deviations [1]
INNER_VIRTUAL = 12  # virtual rings inside the innermost edge


@njit(cache=True, nogil=True, inline="always")
def fading(x):
    """``exp(x)`` for -8 <= x <= 0, to 1e-13 of itself.

    Notes
    -----
    ``(exp(x/32))^32`` by the series to the ninth power: products and sums only, which become
    vector instructions in a loop where a call of the library's function cannot.
    """
    y = 0.03125 * x
    p = 1.0 + y * (1.0 / 9.0)
    p = 1.0 + y * (1.0 / 8.0) * p
    p = 1.0 + y * (1.0 / 7.0) * p
    p = 1.0 + y * (1.0 / 6.0) * p
    p = 1.0 + y * (1.0 / 5.0) * p
    p = 1.0 + y * (1.0 / 4.0) * p
    p = 1.0 + y * (1.0 / 3.0) * p
    p = 1.0 + y * (1.0 / 2.0) * p
    p = 1.0 + y * p
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@njit(cache=True, nogil=True, inline="always")
def arc(ring_radius, r, radius, middle, sectors):
    """First sector and number of sectors of a ring whose centres lie within ``radius`` of a point.

    The point is ``r`` from the site and ``middle`` sectors clockwise of north.
    """
    cosine = (ring_radius * ring_radius + r * r - radius * radius) / (2.0 * ring_radius * max(r, 1e-9))
    if cosine >= 1.0:
        return 0, 0
    if cosine <= -1.0:
        return 0, sectors
    half = math.acos(cosine) * 0.5 * sectors / math.pi
    begin = int(math.ceil(middle - half))  # noqa: RUF046 (Numba's ceil is a float)
    return begin % sectors, min(int(math.floor(middle + half)) + 1 - begin, sectors)  # noqa: RUF046


@njit(cache=True, nogil=True, inline="always")
def weigh(mesh, ring, begin, n, x, y, q, weights, count):
    """Write the densities of ``n`` cells of a ring from ``weights[count]`` on [1]; returns their sum times area.

    Notes
    -----
    Indices are given as unsigned so that no test for negative ones stands in the way of vectors.
    """
    east, north, sectors = mesh.east, mesh.north, mesh.sectors
    head = min(n, sectors - begin)
    for i in range(head):
        s = np.uint64(begin + i)
        dx, dy = east[ring, s] - x, north[ring, s] - y
        weights[np.uint64(count + i)] = fading((dx * dx + dy * dy) * q)
    for i in range(head, n):
        s = np.uint64(begin + i - sectors)
        dx, dy = east[ring, s] - x, north[ring, s] - y
        weights[np.uint64(count + i)] = fading((dx * dx + dy * dy) * q)
    total = 0.0
    for i in range(n):
        total += weights[np.uint64(count + i)]
    return total * mesh.areas[ring]


@njit(cache=True, nogil=True, inline="always")
def rings_under(r, radius, mesh):
    """First ring, end and whether a disc of ``radius`` at ``r`` [m] lies wholly over rings."""
    last = mesh.areas.shape[0]
    first = 0
    whole = r - radius > mesh.inner * math.exp(-INNER_VIRTUAL * mesh.log_ratio)
    if whole:
        first = int(math.log((r - radius) / mesh.inner) / mesh.log_ratio + INNER_VIRTUAL)
    end = int(math.log((r + radius) / mesh.inner) / mesh.log_ratio + INNER_VIRTUAL) + 1
    return first, min(end, last), whole and end <= last


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def footprint(x, y, variance, mesh, cells, weights):
    """Weights of one puff over the cells.

    Parameters
    ----------
    x, y : float
        Centre east and north of the site [m].
    variance : float
        Horizontal variance [m2].
    mesh : Mesh
        Its centres ``east`` and ``north``, shape (rings + virtual, sectors), and ``areas``, shape
        (rings + virtual,), begin with ``INNER_VIRTUAL`` rings inside the innermost edge.
    cells, weights : arrays, shape ((rings + virtual) * sectors,)
        Filled with flat cell indices and the puff's share in each, by area [1/m2].

    Returns
    -------
    count : int
        Number of cells touched inside the grid.
    inside, on_site, beyond : float
        Shares of the puff over the grid, inside its innermost edge and outside its
        outermost [1]; they sum to 1.
    """
    rings, sectors = mesh.rings, mesh.sectors
    radius = CUT * math.sqrt(variance)
    r = math.sqrt(x * x + y * y)
    first_ring, end_ring, whole = rings_under(r, radius, mesh)
    if end_ring <= 0:
        return 0, 0.0, 1.0, 0.0
    middle = math.atan2(x, y) * 0.5 * sectors / math.pi
    q = -0.5 / variance
    count, inside, on_site, beyond = 0, 0.0, 0.0, 0.0
    for ring in range(first_ring, end_ring):
        begin, n = arc(mesh.north[ring, 0], r, radius, middle, sectors)
        share = weigh(mesh, ring, begin, n, x, y, q, weights, count)
        real = ring - INNER_VIRTUAL
        if real < 0:
            on_site += share
        elif real >= rings:
            beyond += share
        else:
            inside += share
            for i in range(n):
                sector = begin + i
                cells[np.uint64(count + i)] = real * sectors + (sector if sector < sectors else sector - sectors)
            count += n
    total = inside + on_site + beyond
    if not whole or total <= 0.0:
        total = max(2.0 * math.pi * variance, total)
    scale = 1.0 / total
    for i in range(count):
        weights[i] *= scale
    inside *= scale
    rest = max(1.0 - inside, 0.0)
    if end_ring == mesh.areas.shape[0] and r > mesh.inner * math.exp(0.5 * rings * mesh.log_ratio):
        return count, inside, 0.0, rest
    return count, inside, rest - beyond * scale, beyond * scale
