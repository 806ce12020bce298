"""Do particles keep the laws that they must keep, and how closely?

    python -m validation.particles [FOLDER] [--blocks N]

FOLDER holds the three hourly fields of ERA5 on a plane over the Alps, by default the shared data; without it, the part
that needs real fields is left out and named.  Measured are: a column that is mixed by mass through two days of a lid
that rises and falls (both kinds of particles); a puff in three layers beside the diffusion equation; the share of large
particles that stays in the air; how nearly the mass of real fields adds up, as particles meet them; and how
nearly particles keep up with a wind that grows.  The last line is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.errors import InputError
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from validation.columns import (
    LAYERS,
    carried,
    cloud,
    column,
    column_day,
    diffused,
    excess,
    expected_shares,
    mixed,
    spread,
)
from validation.door import Words, answering, existing_folder, whole_number
from validation.shelf import shared_data

TOP, LAPSE = 3500.0, 1e-4
DAY_EDGES = np.array([0.0, 20.0, 60.0, 120.0, 200.0, 400.0, 700.0, 1000.0, 1400.0, 1700.0, 1900.0, 2200.0, 2600.0])
PUFF_EDGES = np.array([0.0, 20.0, 100.0, 400.0, 1000.0, 1300.0])
TOLERANCE = {"mixed": 5.0, "puff": 0.12}
"""Largest excess of a layer at an hour, in its deviation; largest error of the share in the lowest 20 m beyond
three of its own deviations [1]."""


def through_days(blocks: int, *, hours: int, young: bool) -> dict[str, float]:
    """A mixed column through changing layers: worst and mean excess, and the mean error of the lowest 20 m and 60 m."""
    rows, states = cloud(blocks, 31, mixed(blocks, 31, top=TOP, lapse=LAPSE))
    shares, worst = [], []
    for span in carried(column_day(lapse=LAPSE), rows, states, spans=hours * 24, young=young):
        if (span + 1) % 24 == 0:
            worst.append(excess(rows[:, kernel.Z], DAY_EDGES, top=TOP, lapse=LAPSE))
            shares.append(np.histogram(rows[:, kernel.Z], DAY_EDGES)[0] / rows[:, kernel.Z].size)
    expected = expected_shares(DAY_EDGES, top=TOP, lapse=LAPSE)
    mean = np.mean(shares, axis=0) / expected - 1.0
    return {
        "particles": rows[:, kernel.Z].size, "hours": hours, "worst_deviations": float(np.abs(worst).max()),
        "mean_square": float((np.array(worst) ** 2).mean()), "error_20_m": float(mean[0]),
        "error_60_m": float((mean[:2] * expected[:2]).sum() / expected[:2].sum()),
        "error_largest_above_60_m": float(np.abs(mean[2:]).max()),
    }  # fmt: skip


def puffs(blocks: int) -> dict[str, Any]:
    """Shares of a puff from 50 m, displaced by 150 s from its start, over those of the diffusion equation."""
    found = {}
    for layer in sorted(LAYERS):
        rows, states = cloud(blocks, 32, 50.5)
        expected = spread(layer, PUFF_EDGES, height=50.5, times=np.array([1800.0, 3600.0, 10800.0]))
        got = []
        for span in carried(column(layer), rows, states, spans=72, young=False):
            if span + 1 in (12, 24, 72):
                got.append(np.histogram(rows[:, kernel.Z], PUFF_EDGES)[0] / rows[:, kernel.Z].size)
        lowest, above = [], []
        mixing = LAYERS[layer][0]
        for one, other in zip(got, expected, strict=True):
            lowest.append(round(float(one[0] / other[0]) - 1.0, 4))
            above.append(round(float(one[-1] / other[-1]) - 1.0, 4) if mixing == PUFF_EDGES[-2] else None)
        noise = [float(np.sqrt((1.0 - e[0]) / (e[0] * rows[:, kernel.Z].size))) for e in expected]
        found[layer] = {
            "after_s": [1800, 3600, 10800], "lowest_20_m": lowest, "noise": [round(n, 4) for n in noise],
            "beyond_the_lid": above,
        }  # fmt: skip
    return found


def settled(blocks: int) -> dict[str, Any]:
    """What is left in the air of large particles in a neutral layer after three hours, less what a diffusion says."""
    mixing, friction, inverse, _ = LAYERS["neutral"]
    edges = np.concatenate([np.arange(0.0, 40.0, 1.0), np.arange(40.0, 1301.0, 10.0)])
    start = np.where(edges[1:] <= mixing, np.diff(edges) / mixing, 0.0)
    found = {}
    for fall in (0.003, 0.01, 0.05, 0.2):
        rows, states = cloud(blocks, 33, mixed(blocks, 33, top=mixing))
        for _ in carried(column("neutral"), rows, states, spans=72, young=False, settling=fall):
            pass
        left = diffused(start, edges, time=10800.0, mixing=mixing, friction=friction, inverse_length=inverse,
                        settling=fall).sum()  # fmt: skip
        kept = float(rows[:, kernel.KEPT].mean(dtype=float))
        found[str(fall)] = {"particles": round(kept, 4), "diffusion": round(float(left), 4)}
    return found


def lack_of_mass(flow: Flow, *, top: float, weight: npt.NDArray[np.float64] | None = None) -> dict[str, float]:
    """How much the wind that particles meet gains or loses mass [1/s], below a height: root mean square, and mean.

    ``(∂(m u)/∂x + ∂(m v)/∂y + ∂(m w)/∂z - lapse m w) / m``, trilinear between the corners of a cell, m the mass of a
    cell's air at the ground: of whole cells, and within them at the four points of Gauss of each layer.

    Parameters
    ----------
    flow : Flow
    top : float
        [m]
    weight : float array, shape (t, y, x), optional
        Density at the ground times the area of a cell, in any unit; the same everywhere if not given.
    """
    z = flow.a * np.arange(flow.wind.shape[3]) + flow.b * np.arange(flow.wind.shape[3]) ** 2.0
    levels = int((z < top).sum())
    mass = np.ones(flow.wind.shape[:3]) if weight is None else weight
    w = flow.wind[..., :levels, :3].astype(float) * mass[..., None, None]
    rise = np.diff(w[..., 2], axis=3) / np.diff(z[:levels]) - flow.lapse * _middle(w[..., 2], 3)
    cell = _middle(_middle(mass, 1), 2)[..., None]

    def at(x: float, y: float) -> Any:
        flat = _middle(_between(np.diff(w[..., 0], axis=2), 1, y) + _between(np.diff(w[..., 1], axis=1), 2, x), 3)
        return flat / cell, (flat + _between(_between(rise, 1, y), 2, x)) / cell

    flat, lack = at(0.5, 0.5)
    gauss = 0.5 - 0.5 / np.sqrt(3.0)
    within = np.mean([at(x, y)[1] ** 2 for x in (gauss, 1 - gauss) for y in (gauss, 1 - gauss)])
    return {
        "per_hour_rms": float(np.sqrt((lack**2).mean()) * 3600.0), "per_hour_mean": float(lack.mean() * 3600.0),
        "within_per_hour_rms": float(np.sqrt(within) * 3600.0),
        "horizontal_per_hour_rms": float(np.sqrt((flat**2).mean()) * 3600.0),
    }  # fmt: skip


def real_fields(fields: Fields) -> dict[str, dict[str, float]]:
    """How nearly the mass of fields adds up below some heights."""
    flow, wide = flow_of_fields(fields), fields.metres_a_cell()[0]
    weight = fields.density * wide[:, None]
    return {str(top): lack_of_mass(flow, top=top, weight=weight) for top in (100.0, 1000.0, 5000.0)}


def _between(a: Any, axis: int, share: float) -> Any:
    """What lies a share of the way from each point of an axis to the next."""
    low, high = np.take(a, range(a.shape[axis] - 1), axis), np.take(a, range(1, a.shape[axis]), axis)
    return (1.0 - share) * low + share * high


def _middle(a: Any, axis: int) -> Any:
    return _between(a, axis, 0.5)


def late(*, change: float = 5.0, seeds: int = 6) -> dict[str, Any]:
    """Way [m] that is missing on the mean of the first and of the second hour where the wind grows.

    By ``change`` [m/s] an hour.  A span's fields are seen at once; by 75 s late 187 m would be short, and 313 m.
    """
    levels, size, cell = 20, 41, 2000.0
    wind = np.zeros((4, size, size, levels, 4), dtype=np.float32)
    wind[..., 0] = (change * np.arange(4.0) / cell)[:, None, None, None]
    surface = np.zeros((4, size, size, kernel.SURFACE), dtype=np.float32)
    surface[..., :4], surface[..., kernel.CELLS_X] = LAYERS["neutral"], 1.0 / cell
    air = Flow(0, 3600.0, wind, surface, 10.0, 20.0, 1.0 / cell)
    across, short = Cells(1, 1600, 40.0, 0.0, 1.0 / 40.0, 0.0, depth=1e5), []
    for seed in range(seeds):
        seconds = follow(air, Release(0, 0.0, 5.0, 20.0, 0.0, 1000.0, 16384, 0.0, seed), across, hours=2).seconds
        there = seconds[:, 0, 0].astype(float)
        way = (there @ (np.arange(1600) + 0.5) / there.sum(axis=1) / 40.0 - 5.0) * cell
        short.append(change * 600.0 * np.array([1.0, 7.0]) - way)
    noise = np.std(short, axis=0, ddof=1) / np.sqrt(seeds)
    return {
        "change_m_s_per_h": change, "hours": [1, 2], "short_m": np.round(np.mean(short, axis=0), 1).tolist(),
        "noise_m": np.round(noise, 1).tolist(),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("validation.particles", __doc__)
    parser.add_argument("folder", nargs="?", type=existing_folder, default=None)
    parser.add_argument(
        "--blocks", type=whole_number, default=1000, help="of 64 particles, displaced; a fifth with velocity"
    )
    given = parser.parse_args(arguments)
    paths = sorted((given.folder or shared_data("nwp_era5_utm32_2025")).glob("*.nc"))
    if given.folder and not paths:
        raise InputError("holds no netCDF file (*.nc)", file=given.folder)
    fields = fields_of_volume(volume_of(paths)) if paths else None
    found: dict[str, Any] = {
        "mixed_displaced": through_days(given.blocks, hours=48, young=False),
        "mixed_with_velocity": through_days(max(given.blocks // 5, 1), hours=24, young=True),
        "puff": puffs(given.blocks), "settling": settled(given.blocks), "late": late(),
    }  # fmt: skip
    found["real_fields"] = real_fields(fields) if fields else "left out: no fields"
    mixed_well = max(found[k]["worst_deviations"] for k in ("mixed_displaced", "mixed_with_velocity"))
    puff = max(
        abs(error) - 3.0 * noise
        for layer in found["puff"].values() for error, noise in zip(layer["lowest_20_m"], layer["noise"], strict=True)
    )  # fmt: skip
    passed = mixed_well < TOLERANCE["mixed"] and puff < TOLERANCE["puff"]
    print(json.dumps({"passed": passed, "tolerance": TOLERANCE, **found}))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
