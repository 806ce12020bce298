"""Where would one becquerel go?

Puffs of a unit release are carried through changing weather and leave, in every cell, the
time-integrated concentration, the deposit and the cloud's gamma exposure.  Pure arithmetic
on arrays; what the columns mean is told by `oberih.dispersion.puffs`.

A puff's content is in two parts: below the mixing height (it touches the ground) and above
(it does not).  When the layer falls, what is over it stays aloft; when it grows through
what is aloft, that is mixed down: fumigation.

Functions that are called once a step are inlined: each call would otherwise count references
to every array of ``work``, which took a third of the time.

Invariant: for each form, released = deposited in the grid + on the site + beyond + left the
domain + aloft at the end, to round-off.
"""

from __future__ import annotations

import math
from collections import namedtuple

from numba import njit

from oberih.dispersion.kernels.profile import turning, wind_ratio
from oberih.dispersion.kernels.stamp import footprint
from oberih.dispersion.kernels.turbulence import (
    CONVECTIVE_LATERAL,
    LATERAL_OVER_FRICTION,
    eddy_share,
    local_lateral_growth,
    shape_exponent,
    slow_lateral_growth,
    vertical_growth,
)
from oberih.dispersion.kernels.vertical import ground_density, shape_factor

Mesh = namedtuple("Mesh", "rings sectors inner log_ratio east north areas")
"""The cells: counts, innermost edge [m], logarithm of the ring ratio, centres and areas with virtual rings."""
Gamma = namedtuple("Gamma", "weights sigmas")
"""Mixture of Gaussians that stands for the photon kernel: shares [1], deviations [m]."""
Work = namedtuple("Work", "state row pending cells weights sums balance")
"""What a thread writes on; made by `oberih.dispersion.puffs.workspace`."""

# Columns of the air table.
EAST, NORTH, FRICTION, INVERSE_LENGTH, MIXING, CONVECTIVE, CLOUD_BASE = range(7)
DRY, WASHOUT, RAINOUT = 7, 10, 13  # three columns each: aerosol, elemental and organic iodine
AIR_COLUMNS = 16
# Columns of the settings vector.
ROUGHNESS, WIND_HEIGHT, HEMISPHERE, AVERAGING, LONGEST_STEP, OLDEST, SIGMA_Y0, SIGMA_Z0 = range(8)
# Columns of a cell's sums: tic of four forms, dry of three, wet of three, gamma, age times gamma.
TIC, DRY_SUM, WET_SUM, GAMMA, AGED = 0, 4, 7, 10, 11
SUMS = 12
# Columns of the balance, a row a form.
RELEASED, DRY_IN, WET_IN, ON_SITE, BEYOND, LEFT, ALOFT = range(7)
BALANCE = 7
# Places in a puff's state.
X, Y, VAR_Y, VAR_Z, HEIGHT, LID, BOTTOM, TOP, AGE = range(9)
LOW, HIGH, LOST_DRY, LOST_WET, MEAN_LOW = 9, 13, 17, 21, 25  # four forms each
STATE = 29

ALOFT_DIFFUSIVITY = 0.1  # [m2/s] above the mixing height, our choice
HALF_WIDTH = 1.7320508075688772  # of the uniform layer with unit standard deviation
SPACING = 1.3  # distance between stamps over the smoothed deviation: a sum of Gaussians so spaced is even to 2e-5 [1]
GAMMA_SPACING = 0.8  # distance between gamma stamps over their own deviation [1]


@njit(cache=True, nogil=True, inline="always")
def air_at(air, cyclic, hours, row):
    """Fill ``row`` with the air at ``hours`` [h since the first value]; False past the end."""
    n = air.shape[0]
    k = int(hours)
    w = hours - k
    if not cyclic and k + 1 >= n:
        return False
    a = k % n
    b = (k + 1) % n
    for c in range(WASHOUT):
        row[c] = air[a, c] + w * (air[b, c] - air[a, c])
    for c in range(WASHOUT, AIR_COLUMNS):  # rates of the step that ends at b
        row[c] = air[b, c]
    return True


@njit(cache=True, nogil=True)
def below(z, height, sigma_z, lid):
    """Share [1] of a column under ``lid`` that stands below ``z`` (all in m)."""
    if sigma_z >= 0.6 * lid:
        return min(z / lid, 1.0)
    s = sigma_z * 1.4142135623730951
    return 0.5 * (math.erf((z - height) / s) + math.erf((z + height) / s))


@njit(cache=True, nogil=True, inline="always")
def exchange_at_lid(state, lid):
    """Move content between the layer and what is aloft as the mixing height changes to ``lid`` [m]."""
    old = state[LID]
    sigma_z = math.sqrt(state[VAR_Z])
    if lid < old and state[LOW] > 0.0:
        whole = below(old, state[HEIGHT], sigma_z, old)  # what stands under the old lid is all there is below
        kept = below(lid, state[HEIGHT], sigma_z, old) / whole if whole > 1e-12 else lid / old
        kept = min(max(kept, 0.0), 1.0)
        if kept < 1.0:
            if state[HIGH] <= 0.0:
                state[BOTTOM] = lid
                state[TOP] = min(old, state[HEIGHT] + HALF_WIDTH * sigma_z + 1.0)
            state[BOTTOM] = min(state[BOTTOM], lid)
            state[TOP] = max(state[TOP], min(old, state[HEIGHT] + HALF_WIDTH * sigma_z + 1.0))
            for f in range(4):
                state[HIGH + f] += state[LOW + f] * (1.0 - kept)
                state[LOW + f] *= kept
        state[VAR_Z] = min(state[VAR_Z], lid * lid)
    elif lid > state[BOTTOM] and state[HIGH] > 0.0:
        bottom = max(state[BOTTOM], min(old, lid))
        moved = 1.0 if lid >= state[TOP] else (lid - bottom) / max(state[TOP] - bottom, 1e-9)
        moved = min(max(moved, 0.0), 1.0)
        before = state[LOW]
        after = before + moved * state[HIGH]
        if after > 0.0:
            state[VAR_Z] = (before * state[VAR_Z] + moved * state[HIGH] * lid * lid) / after
            state[HEIGHT] = (before * min(state[HEIGHT], lid) + moved * state[HIGH] * 0.5 * lid) / after
        for f in range(4):
            state[LOW + f] += state[HIGH + f] * moved
            state[HIGH + f] *= 1.0 - moved
        state[BOTTOM] = lid
    state[LID] = lid


@njit(cache=True, nogil=True, inline="always")
def transport(state, row, settings):
    """Wind that carries the puff [m/s east, north], at the mean height of its content."""
    mean = 0.79788456 * math.sqrt(state[VAR_Z])
    z = min(math.sqrt((0.6 * mean) ** 2 + state[HEIGHT] ** 2), 0.5 * state[LID] + 0.5 * min(state[HEIGHT], state[LID]))
    total = state[LOW] + state[HIGH]
    if state[HIGH] > 0.0:
        z = (state[LOW] * z + state[HIGH] * 0.5 * (state[BOTTOM] + state[TOP])) / total
    held = min(z, max(row[MIXING], settings[WIND_HEIGHT]))
    ratio = wind_ratio(held, settings[WIND_HEIGHT], settings[ROUGHNESS], row[INVERSE_LENGTH])
    ratio = min(max(ratio, 0.3), 4.0)
    angle = settings[HEMISPHERE] * (
        turning(z, row[INVERSE_LENGTH]) - turning(settings[WIND_HEIGHT], row[INVERSE_LENGTH])
    )
    c, s = math.cos(angle), math.sin(angle)
    return ratio * (row[EAST] * c + row[NORTH] * s), ratio * (row[NORTH] * c - row[EAST] * s)


@njit(cache=True, nogil=True, inline="always")
def growth_rates(state, content, row, settings, age, var_y, var_z):
    """Rates of growth of the two variances [m2/s] at ``age`` [s]."""
    lid = state[LID]
    share = eddy_share(settings[AVERAGING], row[CONVECTIVE], lid)
    rate_y = slow_lateral_growth(
        age, settings[AVERAGING], CONVECTIVE_LATERAL * share * row[CONVECTIVE], row[CONVECTIVE], lid
    )
    if content <= 0.0:
        return rate_y + 2.0 * ALOFT_DIFFUSIVITY, 2.0 * ALOFT_DIFFUSIVITY
    height, sigma_z = min(state[HEIGHT], lid), math.sqrt(var_z)
    rate_y += local_lateral_growth(
        height, sigma_z, math.sqrt(var_y), row[FRICTION], LATERAL_OVER_FRICTION * row[FRICTION], lid
    )
    return rate_y, vertical_growth(height, sigma_z, row[FRICTION], row[INVERSE_LENGTH], row[CONVECTIVE], lid)


@njit(cache=True, nogil=True, inline="always")
def grow(state, row, settings, dt):
    """Let the puff grow for ``dt`` [s], by the midpoint rule."""
    age, var_y, var_z, lid = state[AGE], state[VAR_Y], state[VAR_Z], state[LID]
    most = max(var_z, lid * lid)
    rate_y, rate_z = growth_rates(state, state[LOW], row, settings, age, var_y, var_z)
    rate_y, rate_z = growth_rates(
        state,
        state[LOW],
        row,
        settings,
        age + 0.5 * dt,
        var_y + 0.5 * dt * rate_y,
        min(var_z + 0.5 * dt * rate_z, most),
    )
    state[VAR_Y] = var_y + rate_y * dt
    state[VAR_Z] = var_z + rate_z * dt
    if state[LOW] > 0.0:
        state[VAR_Z] = min(state[VAR_Z], most)
    else:
        wider = HALF_WIDTH * (math.sqrt(state[VAR_Z]) - math.sqrt(var_z))
        state[BOTTOM] = max(state[BOTTOM] - wider, lid)
        state[TOP] += wider


@njit(cache=True, nogil=True, inline="always")
def longest_step(state, speed, settings, inner, cell_angle):
    """Time step [s]: fine near the source, a deviation of the smoothed puff farther out."""
    r = math.sqrt(state[X] ** 2 + state[Y] ** 2)
    width = max(r, inner) * cell_angle
    smooth = math.sqrt(state[VAR_Y] + width * width / 12.0)
    length = SPACING * smooth
    length = min(length, max(0.06 * r, 2.0) * max(math.sqrt(r / inner), 1.0))
    return min(length / speed, settings[LONGEST_STEP])


@njit(cache=True, nogil=True, inline="always")
def remove(state, row, density, dt):
    """Deposit for ``dt`` [s]: the state gets what was lost, dry and wet by form, and the mean content below."""
    state[MEAN_LOW] = state[LOW]
    top = max(min(state[LID], state[HEIGHT] + 2.15 * math.sqrt(state[VAR_Z])), 1.0)
    in_cloud = min(max(1.0 - row[CLOUD_BASE] / top, 0.0), 1.0)
    raining = row[WASHOUT] > 0.0
    for f in range(1, 4):
        dry = row[DRY + f - 1] * density
        wet = (1.0 - in_cloud) * row[WASHOUT + f - 1] + in_cloud * row[RAINOUT + f - 1] if raining else 0.0
        rate = (dry + wet) * dt
        gone = -math.expm1(-rate)
        mean = state[LOW + f] * (gone / rate if rate > 1e-12 else 1.0)
        state[MEAN_LOW + f] = mean
        removed = state[LOW + f] * gone
        share = dry / (dry + wet) if rate > 0.0 else 0.0
        state[LOST_DRY + f] = removed * share
        state[LOST_WET + f] = removed - state[LOST_DRY + f]
        state[LOW + f] -= removed
        if raining and state[HIGH + f] > 0.0:
            above = state[HIGH + f] * -math.expm1(-row[WASHOUT + f - 1] * dt)
            state[LOST_WET + f] += above
            state[HIGH + f] -= above


@njit(cache=True, nogil=True)
def open_density(height, variance):
    """Density [1/m] at the ground of a unit Gaussian column centred at ``height`` [m], reflected, without a lid."""
    return 0.79788456080286536 / math.sqrt(variance) * math.exp(-0.5 * height * height / variance)


@njit(cache=True, nogil=True, inline="always")
def gamma_density(state, low, high, spread):
    """Content [1/m] that a ground receptor sees through a Gaussian kernel of deviation ``spread`` [m]."""
    lid = state[LID]
    seen = 0.0
    if low > 0.0:
        sigma_z = math.sqrt(state[VAR_Z])
        if sigma_z >= 0.6 * lid:
            seen += low * math.erf(lid / (1.4142135623730951 * spread)) / lid
        else:
            seen += low * open_density(min(state[HEIGHT], lid), state[VAR_Z] + spread * spread)
    if high > 0.0:
        middle = 0.5 * (state[BOTTOM] + state[TOP])
        half = 0.5 * (state[TOP] - state[BOTTOM])
        seen += high * open_density(middle, half * half / 3.0 + spread * spread)
    return seen


@njit(cache=True, nogil=True)
def start_puff(state, height, lid, share, settings):
    """A fresh puff of ``share`` [1] at the site."""
    state[X] = 0.0
    state[Y] = 0.0
    state[VAR_Y] = settings[SIGMA_Y0] ** 2
    state[VAR_Z] = settings[SIGMA_Z0] ** 2
    state[HEIGHT] = height
    state[LID] = lid
    state[AGE] = 0.0
    half = HALF_WIDTH * settings[SIGMA_Z0]
    state[BOTTOM] = max(height - half, lid)
    state[TOP] = height + half
    for f in range(4):
        state[LOW + f] = share if height <= lid else 0.0
        state[HIGH + f] = 0.0 if height <= lid else share


@njit(cache=True, nogil=True, inline="always")
def stamp_gamma(mesh, work, gamma, all_of_it):
    """Lay down the gamma exposure that has gathered, where the puff has moved far enough."""
    state = work.state
    for k in range(len(gamma.weights)):
        amount, travelled, age = work.pending[k, 0], work.pending[k, 1], work.pending[k, 2]
        variance = state[VAR_Y] + gamma.sigmas[k] ** 2
        if amount <= 0.0 or not (all_of_it or travelled >= GAMMA_SPACING * math.sqrt(variance)):
            continue
        x, y = work.pending[k, 3] / amount, work.pending[k, 4] / amount
        width = max(math.sqrt(x * x + y * y), mesh.inner) * mesh.log_ratio
        count, _, _, _ = footprint(x, y, variance + width * width / 12.0, mesh, work.cells, work.weights)
        for i in range(count):
            c = work.cells[i]
            value = amount * work.weights[i]
            work.sums[c, GAMMA] += value
            work.sums[c, AGED] += value * age / amount
        work.pending[k, :] = 0.0


@njit(cache=True, nogil=True, inline="always")
def gather_gamma(work, gamma, x, y, content_time, content_high, travelled, dt):
    """Gather exposure by component; returns what the broad puff lays down with its own footprint [s/m].

    ``content_time`` is the mean content below over the step, ``content_high`` that aloft [1].
    """
    state = work.state
    wide = 0.0
    for k in range(len(gamma.weights)):
        spread = gamma.sigmas[k]
        amount = gamma.weights[k] * dt * gamma_density(state, content_time, content_high, spread)
        if state[VAR_Y] > 4.0 * spread * spread:
            wide += amount
        else:
            work.pending[k, 0] += amount
            work.pending[k, 1] += travelled
            work.pending[k, 2] += amount * state[AGE]
            work.pending[k, 3] += amount * x
            work.pending[k, 4] += amount * y
    return wide


@njit(cache=True, nogil=True, inline="always")
def lay_down(mesh, work, x, y, standing, wide):
    """Add one step's exposure, deposit and gamma to the cells under the puff.

    ``standing`` is the time times the vertical density at the ground [s/m].
    """
    state, sums, weights, cells = work.state, work.sums, work.weights, work.cells
    width = max(math.sqrt(x * x + y * y), mesh.inner) * mesh.log_ratio
    count, inside, on_site, _ = footprint(x, y, state[VAR_Y] + width * width / 12.0, mesh, cells, weights)
    wet = state[LOST_WET + 1] > 0.0 or state[LOST_WET + 2] > 0.0
    for f in range(1, 4):
        work.balance[f, DRY_IN] += state[LOST_DRY + f] * inside
        work.balance[f, WET_IN] += state[LOST_WET + f] * inside
        work.balance[f, ON_SITE] += (state[LOST_DRY + f] + state[LOST_WET + f]) * on_site
        work.balance[f, BEYOND] += (state[LOST_DRY + f] + state[LOST_WET + f]) * (1.0 - inside - on_site)
    tic0, tic1, tic2, tic3 = (
        standing * state[MEAN_LOW], standing * state[MEAN_LOW + 1], standing * state[MEAN_LOW + 2],
        standing * state[MEAN_LOW + 3],
    )  # fmt: skip
    dry1, dry2, dry3 = state[LOST_DRY + 1], state[LOST_DRY + 2], state[LOST_DRY + 3]
    wet1, wet2, wet3 = state[LOST_WET + 1], state[LOST_WET + 2], state[LOST_WET + 3]
    aged = wide * state[AGE]
    for i in range(count):  # bound by the twelve sums a cell, read and written
        c = cells[i]
        per_area = weights[i]
        sums[c, TIC] += tic0 * per_area
        sums[c, TIC + 1] += tic1 * per_area
        sums[c, TIC + 2] += tic2 * per_area
        sums[c, TIC + 3] += tic3 * per_area
        sums[c, DRY_SUM] += dry1 * per_area
        sums[c, DRY_SUM + 1] += dry2 * per_area
        sums[c, DRY_SUM + 2] += dry3 * per_area
        sums[c, GAMMA] += wide * per_area
        sums[c, AGED] += aged * per_area
        if wet:
            sums[c, WET_SUM] += wet1 * per_area
            sums[c, WET_SUM + 1] += wet2 * per_area
            sums[c, WET_SUM + 2] += wet3 * per_area


@njit(cache=True, nogil=True, inline="always")
def advance(mesh, work, gamma, settings, hours, air, cyclic):
    """One step of a puff; returns its length [s], negative when the air has ended."""
    state, row = work.state, work.row
    if not air_at(air, cyclic, hours, row):
        return -1.0
    exchange_at_lid(state, row[MIXING])
    u, v = transport(state, row, settings)
    speed = math.sqrt(u * u + v * v)
    dt = longest_step(state, speed, settings, mesh.inner, mesh.log_ratio)
    grow(state, row, settings, 0.5 * dt)
    state[AGE] += 0.5 * dt
    x, y = state[X] + 0.5 * dt * u, state[Y] + 0.5 * dt * v
    density = 0.0
    if state[LOW] > 0.0:
        sigma_z, height = math.sqrt(state[VAR_Z]), min(state[HEIGHT], state[LID])
        exponent = shape_exponent(sigma_z, settings[ROUGHNESS], row[INVERSE_LENGTH], state[LID])
        density = ground_density(height, sigma_z, state[LID]) * shape_factor(height, sigma_z, state[LID], exponent)
    high = state[HIGH]
    remove(state, row, density, dt)
    wide = gather_gamma(work, gamma, x, y, state[MEAN_LOW], high, speed * dt, dt)
    lay_down(mesh, work, x, y, density * dt, wide)
    stamp_gamma(mesh, work, gamma, False)
    grow(state, row, settings, 0.5 * dt)
    state[AGE] += 0.5 * dt
    state[X] += dt * u
    state[Y] += dt * v
    return dt


@njit(cache=True, nogil=True, inline="always")
def follow(mesh, work, gamma, settings, air, cyclic, begin, height, share):
    """Follow one puff of ``share`` [1] released at ``begin`` [h] until it leaves, ages or the air ends."""
    state = work.state
    outer = mesh.inner * math.exp(mesh.rings * mesh.log_ratio)
    work.pending[:, :] = 0.0
    if not air_at(air, cyclic, begin, work.row):
        work.balance[:, ALOFT] += share
        return
    start_puff(state, height, work.row[MIXING], share, settings)
    hours = begin
    fate = ALOFT
    while state[AGE] < settings[OLDEST]:
        dt = advance(mesh, work, gamma, settings, hours, air, cyclic)
        if dt < 0.0:
            break
        hours += dt / 3600.0
        if math.sqrt(state[X] ** 2 + state[Y] ** 2) > outer + 2.0 * math.sqrt(state[VAR_Y]):
            fate = LEFT
            break
    stamp_gamma(mesh, work, gamma, True)
    for f in range(4):
        work.balance[f, fate] += state[LOW + f] + state[HIGH + f]


@njit(cache=True, nogil=True)
def disperse_hour(mesh, work, gamma, settings, air, cyclic, hour, height, puffs):
    """One unit release [1 Bq of each form] over the hour that begins at ``hour``, from ``height`` [m].

    Leaves the sums in ``work.sums`` and the account in ``work.balance``, both cleared first.
    """
    work.sums[:, :] = 0.0
    work.balance[:, :] = 0.0
    work.balance[:, RELEASED] = 1.0
    for p in range(puffs):
        follow(mesh, work, gamma, settings, air, cyclic, hour + (p + 0.5) / puffs, height, 1.0 / puffs)
    for c in range(work.sums.shape[0]):
        if work.sums[c, GAMMA] > 0.0:
            work.sums[c, AGED] /= work.sums[c, GAMMA]
