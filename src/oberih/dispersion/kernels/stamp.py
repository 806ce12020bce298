"""Which cells does a puff touch, and by how much?

A puff is a round Gaussian in the plane.  Its weights over the cells of a log-polar grid are
normalised where the puff lies wholly over cells (the grid is continued by virtual rings
inward and outward for that purpose), so that nothing is lost or made by the grid.
"""

from __future__ import annotations

import math

from numba import njit

CUT = 3.3  # radius of a puff's footprint in standard deviations [1]
INNER_VIRTUAL = 12  # virtual rings inside the innermost edge


@njit(cache=True, nogil=True)
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
    cells, weights : arrays, shape (rings * sectors,)
        Filled with flat cell indices and the puff's share in each [1].

    Returns
    -------
    count : int
        Number of cells touched inside the grid.
    inside, on_site, beyond : float
        Shares of the puff over the grid, inside its innermost edge and outside its
        outermost [1]; they sum to 1.

    Notes
    -----
    One exponential a cell is what bounds this loop.
    """
    rings, sectors, inner, log_ratio = mesh.rings, mesh.sectors, mesh.inner, mesh.log_ratio
    radius = CUT * math.sqrt(variance)
    r = math.sqrt(x * x + y * y)
    last = mesh.areas.shape[0]
    first_ring = 0
    whole = True
    if r - radius > inner * math.exp(-INNER_VIRTUAL * log_ratio):
        first_ring = int(math.log((r - radius) / inner) / log_ratio + INNER_VIRTUAL)
    else:
        whole = False
    end_ring = int(math.log((r + radius) / inner) / log_ratio + INNER_VIRTUAL) + 1
    if end_ring > last:
        end_ring = last
        whole = False
    if end_ring <= 0:
        return 0, 0.0, 1.0, 0.0
    spread = math.pi if radius >= r else math.asin(radius / r)
    per_sector = 0.5 * sectors / math.pi
    middle = math.atan2(x, y) * per_sector
    lowest = int(math.floor(middle - spread * per_sector))  # noqa: RUF046 (Numba's floor is a float)
    count_sectors = min(int(2.0 * spread * per_sector) + 3, sectors)
    q = -0.5 / variance
    limit = -0.5 * CUT * CUT
    count = 0
    inside = 0.0
    on_site = 0.0
    beyond = 0.0
    for ring in range(first_ring, end_ring):
        area = mesh.areas[ring]
        real = ring - INNER_VIRTUAL
        for k in range(count_sectors):
            sector = (lowest + k) % sectors
            dx = mesh.east[ring, sector] - x
            dy = mesh.north[ring, sector] - y
            exponent = (dx * dx + dy * dy) * q
            if exponent < limit:
                continue
            w = area * math.exp(exponent)
            if real < 0:
                on_site += w
            elif real >= rings:
                beyond += w
            else:
                inside += w
                cells[count] = real * sectors + sector
                weights[count] = w
                count += 1
    total = inside + on_site + beyond
    if not whole or total <= 0.0:
        total = max(-math.pi / q, total)
    scale = 1.0 / total
    for i in range(count):
        weights[i] *= scale
    inside *= scale
    rest = max(1.0 - inside, 0.0)
    if end_ring == last and r > inner * math.exp(0.5 * rings * log_ratio):
        return count, inside, 0.0, rest
    return count, inside, rest - beyond * scale, beyond * scale
