"""In which cell of a log-polar grid does a particle stand?

The azimuthal equidistant projection about the site, on the sphere, for positions that count cells of a field in degrees
or in metres; ring and sector by polynomials, 64 particles side by side.

Error, as a test measures it: 2e-5 of the distance and 2e-5 rad, from the projection on the same sphere, up to 2,000 km.
The sphere itself differs from WGS 84 by up to 0.3 % of the distance.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.lanes import LANES, F, whole_below

# Places in the vector that says where the site and the cells are.
SITE_X, SITE_Y, CELL_X, CELL_Y, SINE, COSINE, RADIUS, LOG_INNER, RINGS_A_LOG, SECTORS_A_RADIAN, SECTORS = range(11)
PLACES = 11
"""Site in cells of the field; a cell eastward and northward, in radians where RADIUS is above 0, else in metres; sine
and cosine of the site's latitude; ln of the grid's inner radius; rings a unit of ln; sectors a radian; sectors."""

_MANTISSA = np.uint32(0x007FFFFF)
_ONE = np.uint32(0x3F800000)
_LN2 = F(0.6931471805599453)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def project(s, x, y, east, north, place):
    """Fill rows ``east`` and ``north`` [m] from rows ``x`` and ``y`` [cells of the field] of the scratch array."""
    x0, y0, dx, dy = place[SITE_X], place[SITE_Y], place[CELL_X], place[CELL_Y]
    if place[RADIUS] <= F(0.0):
        for i in range(LANES):
            s[east * LANES + i] = (s[x * LANES + i] - x0) * dx
            s[north * LANES + i] = (s[y * LANES + i] - y0) * dy
        return
    radius, sine, cosine = place[RADIUS], place[SINE], place[COSINE]
    for i in range(LANES):
        half = F(0.5) * (s[x * LANES + i] - x0) * dx
        h2 = half * half
        sh = half * (F(1.0) - h2 * (F(0.16666667) - h2 * (F(0.008333334) - h2 * F(0.0001984127))))
        ch = F(1.0) - h2 * (F(0.5) - h2 * (F(0.041666668) - h2 * (F(0.0013888889) - h2 * F(2.48016e-5))))
        up = (s[y * LANES + i] - y0) * dy
        u2 = up * up
        su = up * (F(1.0) - u2 * (F(0.16666667) - u2 * (F(0.008333334) - u2 * F(0.0001984127))))
        cu = F(1.0) - u2 * (F(0.5) - u2 * (F(0.041666668) - u2 * (F(0.0013888889) - u2 * F(2.48016e-5))))
        parallel = cosine * cu - sine * su
        e = F(2.0) * parallel * sh * ch
        n = su + F(2.0) * sine * parallel * sh * sh
        q = min(e * e + n * n, F(1.0))
        arc = radius * (F(1.0) + q * (F(0.16666667) + q * (F(0.075) + q * (F(0.044642857) + q * F(0.030381944)))))
        s[east * LANES + i] = e * arc
        s[north * LANES + i] = n * arc


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def locate(s, bits, east, north, ring, sector, place):
    """Fill rows ``ring`` and ``sector`` with whole numbers from rows ``east`` and ``north`` [m].

    Rings count from the innermost edge and are negative inside it; sector 0 is centred on north.
    """
    log_inner, rings, a_radian, sectors = place[LOG_INNER], place[RINGS_A_LOG], place[SECTORS_A_RADIAN], place[SECTORS]
    for i in range(LANES):
        e, n = s[east * LANES + i], s[north * LANES + i]
        s[ring * LANES + i] = max(e * e + n * n, F(1.0))
    for i in range(LANES):
        word = bits[ring * LANES + i]
        bits[ring * LANES + i] = (word & _MANTISSA) | _ONE
        s[sector * LANES + i] = F(np.int32(word >> np.uint32(23)) - np.int32(127))
    for i in range(LANES):
        m = s[ring * LANES + i] - F(1.0)
        t = m / (F(2.0) + m)  # ln(1 + m) = 2 artanh(t), t to 1/3
        t2 = t * t
        log = F(2.0) * t * (F(1.0) + t2 * (F(0.33333334) + t2 * (F(0.2) + t2 * (F(0.14285715) + t2 * F(0.11111111)))))
        log += s[sector * LANES + i] * _LN2
        s[ring * LANES + i] = whole_below((F(0.5) * log - log_inner) * rings)
    for i in range(LANES):
        e, n = s[east * LANES + i], s[north * LANES + i]
        ae, an = abs(e), abs(n)
        t = min(ae, an) / max(max(ae, an), F(1e-6))
        t2 = t * t
        angle = t * (F(0.99998660) + t2 * (F(-0.33029950) + t2 * (F(0.18014100) + t2 * (
            F(-0.08513300) + t2 * F(0.02083510)))))  # fmt: skip
        angle = F(1.5707964) - angle if ae > an else angle
        angle = F(3.1415927) - angle if n < F(0.0) else angle
        angle = F(6.2831855) - angle if e < F(0.0) else angle
        found = F(np.int32(angle * a_radian + F(0.5)))
        s[sector * LANES + i] = found - sectors if found >= sectors else found
