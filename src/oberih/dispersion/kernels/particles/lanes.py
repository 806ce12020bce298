"""How do 64 particles go side by side?

The layout that lets LLVM turn every loop into vector instructions: one scratch array of rows of `LANES` values,
addressed as ``row * LANES + lane`` with a row known at compile time, so that no two rows can be taken to overlap; no
branch in a lane, no function of the C library.  Random numbers are xoshiro128+ (Blackman and Vigna 2021), sixteen
generators a block of particles; a block carries its own, so that it draws the same whatever else runs, on however many
threads.

Error of what stands in for the C library, in single precision and as a test measures it: `lost_share` 2e-6 relative,
`exponential` and, of a number below 20, `logarithm` 1e-6 of one, `inverse_cube_root` 1e-6 relative, normals to 5.6
standard deviations, as 23 bits allow.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LANES = 64
"""Particles side by side: four vectors of 16, or eight of eight."""

GENERATORS = 16
"""Random generators of a block: a vector of them, or two."""

NORMALS = 6
"""Rows of normal numbers that `draw` fills, from row 0."""

CHANCE, UNIFORM = 6, 7
"""Rows of numbers that are uniform in (0, 1]."""

_BITS = 8  # two rows for the logarithm
_EXPONENT = 9
FIRST_FREE = 10

F = np.float32
_U = np.uint32
_ONE = np.uint32(0x3F800000)
_MANTISSA = np.uint32(0x007FFFFF)
_LN2 = np.float32(0.6931471805599453)


@njit(inline="always")
def as_float(x):
    """The number whose bits are those of a whole number: a row holds either, and is written as one kind only.

    Written as two, a loop's writes seem to overlap, and it is not vectorised.
    """
    return np.uint32(x).view(np.float32)


@njit(inline="always")
def whole_below(x):
    """Largest whole number not above a number, as a real one; `math.floor` goes by way of 64 bits, lane by lane."""
    near = F(np.int32(x))
    return near - (F(1.0) if near > x else F(0.0))


@njit(inline="always")
def logarithm(x):
    """Natural logarithm of a number above 0, to 1e-6 of one where it is below 20: ln(1 + m) = 2 artanh(m / (2 + m))."""
    word = np.float32(x).view(np.uint32)
    power = F(np.int32(word >> _U(23)) - np.int32(127))
    m = as_float(np.uint32((word & _MANTISSA) | _ONE)) - F(1.0)
    t = m / (F(2.0) + m)  # to 1/3
    q = t * t
    series = F(1.0) + q * (F(0.33333334) + q * (F(0.2) + q * (F(0.14285715) + q * (F(0.11111111) + q * F(0.09090909)))))
    return F(2.0) * t * series + power * _LN2


@njit(inline="always")
def _halved(y):
    """2 to the power -n, n the whole number next to y/ln 2, and 1 - exp of what is left of -y."""
    n = np.int32(y * F(1.4426950) + F(0.5))
    r = y - F(n) * _LN2  # to half of ln 2 about 0
    rest = r * (F(0.99999995) - r * (F(0.49999377) - r * (F(0.16666935) - r * (F(0.04187515) - r * F(0.008333321)))))
    return as_float(np.uint32(_ONE - (np.uint32(n) << _U(23)))), rest


@njit(inline="always")
def lost_share(x):
    """Give 1 - exp(-x) of a number that is not negative: halved as often as is needed, the rest by a polynomial."""
    power, rest = _halved(min(x, F(80.0)))
    return (F(1.0) - power) + power * rest


@njit(inline="always")
def exponential(x):
    """Exp of a number that is not positive; 0 below -17, so that what is next to nothing is nothing."""
    power, rest = _halved(min(-x, F(80.0)))
    return power - power * rest if x > F(-17.0) else F(0.0)


@njit(inline="always")
def inverse_cube_root(x):
    """One over the cube root of a number from 0.02 to 0.1: a polynomial, then two steps of Newton, no division."""
    y = F(4.9048735) - x * (F(77.804165) - x * (F(846.38612) - x * F(3448.0776)))
    third = F(0.33333334) * x
    y *= F(1.3333334) - third * y * y * y
    return y * (F(1.3333334) - third * y * y * y)


@njit(inline="always")
def _row_of_bits(row, g, a, b, c, d, bits):
    """Put the next four numbers of a generator into a row; gives its words afterwards."""
    for group in range(LANES // GENERATORS):
        bits[row * LANES + group * GENERATORS + g] = (np.uint32(a + d) >> _U(9)) | _ONE
        t = np.uint32(b << _U(9))
        c = np.uint32(c ^ a)
        d = np.uint32(d ^ b)
        b = np.uint32(b ^ c)
        a = np.uint32(a ^ d)
        c = np.uint32(c ^ t)
        d = np.uint32((d << _U(11)) | (d >> _U(21)))
    return a, b, c, d


@njit(inline="always")
def bits_of(state, bits):
    """Fill rows 0 to 7 with random bits as numbers from 1 to 2, and go on with the generators.

    A generator's words stay in registers for all it gives: written to memory and read again, they are waited for.
    """
    for g in range(GENERATORS):
        a, b, c, d = state[g], state[GENERATORS + g], state[2 * GENERATORS + g], state[3 * GENERATORS + g]
        a, b, c, d = _row_of_bits(0, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(1, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(2, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(3, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(4, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(5, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(CHANCE, g, a, b, c, d, bits)
        a, b, c, d = _row_of_bits(UNIFORM, g, a, b, c, d, bits)
        state[g], state[GENERATORS + g], state[2 * GENERATORS + g], state[3 * GENERATORS + g] = a, b, c, d


@njit(inline="always")
def radius_of(row, s, bits):
    """Turn a row of numbers from 1 to 2 into the radius of Box and Muller, sqrt(-2 ln(2 - x))."""
    for i in range(LANES):
        s[_BITS * LANES + i] = F(2.0) - s[row * LANES + i]  # (0, 1]
    for i in range(LANES):
        word = bits[_BITS * LANES + i]
        bits[_BITS * LANES + i] = (word & _MANTISSA) | _ONE
        s[_EXPONENT * LANES + i] = F(np.int32(word >> _U(23)) - np.int32(127))
    for i in range(LANES):
        m = s[_BITS * LANES + i] - F(1.0)
        log2 = m * (F(1.4426950) + m * (F(-0.7211658) + m * (F(0.4778098) + m * (
            F(-0.3473084) + m * (F(0.2415588) + m * (F(-0.1259136) + m * F(0.0323240)))))))  # fmt: skip
        logarithm = (s[_EXPONENT * LANES + i] + log2) * _LN2
        s[_BITS * LANES + i] = math.sqrt(max(F(-2.0) * logarithm, F(0.0)))


@njit(inline="always")
def pair_of(row, s, bits):
    """Turn two rows of numbers from 1 to 2 into rows of normal numbers."""
    radius_of(row, s, bits)
    for i in range(LANES):
        radius = s[_BITS * LANES + i]
        t = s[(row + 1) * LANES + i] - F(1.5)  # turns, from -1/2 to 1/2
        q = t * t
        sine = t * (F(6.2831853) + q * (F(-41.3417022) + q * (F(81.6052493) + q * (F(-76.7058597) + q * (
            F(42.0586940) + q * (F(-15.0946426) + q * (F(3.8199526) + q * F(-0.7181223))))))))  # fmt: skip
        cosine = F(1.0) + q * (F(-19.7392088) + q * (F(64.9393940) + q * (F(-85.4568172) + q * (
            F(60.2446414) + q * (F(-26.4262567) + q * (F(7.9035364) + q * F(-1.7143907)))))))  # fmt: skip
        s[row * LANES + i] = radius * cosine
        s[(row + 1) * LANES + i] = radius * sine


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def draw(state, scratch, bits):
    """Fill rows 0 to 5 with normal numbers, rows 6 and 7 with uniform ones.

    Parameters
    ----------
    state : uint32 array, shape (4 * GENERATORS,)
        Changed.
    scratch : float32 array, shape (rows * LANES,)
    bits : uint32 array
        The same memory as ``scratch``.

    Notes
    -----
    Box-Muller on pairs of rows; logarithm, sine and cosine are polynomials (least squares and Taylor).
    """
    bits_of(state, bits)
    for i in range(LANES):
        scratch[CHANCE * LANES + i] = F(2.0) - scratch[CHANCE * LANES + i]
        scratch[UNIFORM * LANES + i] = F(2.0) - scratch[UNIFORM * LANES + i]
    pair_of(0, scratch, bits)
    pair_of(2, scratch, bits)
    pair_of(4, scratch, bits)
