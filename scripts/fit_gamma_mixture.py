"""Which sum of Gaussians stands for the gamma kernel of air?

The dose rate under a cloud is the convolution of the concentration with the point kernel of a
photon source in air, ``K(r) = C B(mu r) exp(-mu r) / (4 pi r^2)``, normalised to unit integral,
so that a uniform cloud gives the semi-infinite value.  Written as a mixture of isotropic
three-dimensional Gaussians ``sum_k w_k N(0, s_k^2)``, its convolution with a Gaussian puff is
again a Gaussian puff, of variances ``sigma^2 + s_k^2``: finite-cloud gamma at the cost of a few
exponentials and without a table.

This script fits weights and widths at one reference energy against direct numerical integration
of the point kernel under Gaussian plumes (infinite lines) and puffs, states the error, and says
how far other photon energies would lie.  It writes ``src/oberih/dispersion/data/gamma_mixture.json``::

    python scripts/fit_gamma_mixture.py

Ground is a mirror of the cloud (images), so the lower half space doubles both the finite and the
semi-infinite value and drops out of the ratio; ground scatter and the receptor's 1 m are neglected.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

Floats = npt.NDArray[np.float64]

TARGET = Path(__file__).resolve().parents[1] / "src/oberih/dispersion/data/gamma_mixture.json"
DENSITY = 1.2
"""Density of the reference air [kg/m3]; about 20 degrees C at sea level."""
REFERENCE = 0.7
"""Photon energy [MeV]; the one NUREG-1887 section 4.9.3 uses for its finite clouds."""

# Energy [MeV]; mass attenuation and mass energy-absorption coefficient of dry air [m2/kg]; exposure
# build-up factor of air in geometric-progression form: b, c, a, X, d.  ANSI/ANS-6.4.3-1991.
AIR = np.array([
    [0.08, 0.01614, 0.002393, 4.929, 1.983, -0.159, 13.74, 0.0730],
    [0.30, 0.01063, 0.002872, 2.887, 1.990, -0.160, 14.13, 0.0633],
    [0.60, 0.008041, 0.002953, 2.371, 1.656, -0.120, 14.27, 0.0472],
    [0.80, 0.007065, 0.002882, 2.207, 1.532, -0.103, 14.12, 0.0425],
    [1.50, 0.005168, 0.002545, 1.939, 1.265, -0.057, 14.24, 0.0232],
])  # fmt: skip
SOURCE = (
    "fit by scripts/fit_gamma_mixture.py to the point kernel with attenuation, energy absorption and "
    "geometric-progression exposure build-up of air, ANSI/ANS-6.4.3-1991; attenuation within 0.2 % of NIST "
    "SRD 126 (Hubbell & Seltzer) for dry air; reference energy after NUREG-1887 section 4.9.3"
)

RADII = np.concatenate(
    [np.geomspace(1e-3, 1.0, 200), np.linspace(1.0, 1200.0, 2400)[1:], np.geomspace(1200, 9e3, 400)[1:]]
)
SIGMAS = np.array([5.0, 10.0, 20.0, 40.0, 70.0, 100.0, 200.0, 400.0, 700.0, 1000.0])
HEIGHTS = np.array([0.0, 20.0, 50.0, 100.0, 200.0, 300.0])


def air(energy: float) -> Floats:
    """Row of `AIR` at an energy [MeV], interpolated in its logarithm."""
    x = np.log(AIR[:, 0])
    return np.array([np.interp(np.log(energy), x, AIR[:, j]) for j in range(AIR.shape[1])])


def build_up(depth: Floats, row: Floats) -> Floats:
    """Exposure build-up factor after ``depth`` mean free paths [1], geometric-progression form."""
    b, c, a, x, d = row[3:]
    z = np.clip(depth, 1e-9, 40.0)
    k = c * z**a + d * (np.tanh(z / x - 2.0) - np.tanh(-2.0)) / (1.0 - np.tanh(-2.0))
    near = np.abs(k - 1.0) < 1e-6
    safe = np.where(near, 2.0, k)
    return np.asarray(1.0 + (b - 1.0) * np.where(near, z, (safe**z - 1.0) / (safe - 1.0)))


def shell(energy: float) -> tuple[Floats, float]:
    """``4 pi r^2 K(r)`` on `RADII`, normalised to unit integral [1/m], and the energy balance.

    The balance is ``(mu_en/mu) * integral of B(x) exp(-x) dx``; exactly 1 if build-up conserved energy.
    """
    row = air(energy)
    mu = row[1] * DENSITY
    density = build_up(mu * RADII, row) * np.exp(-mu * RADII)
    total = float(np.trapezoid(density, RADII))
    return density / total, total * row[2] * DENSITY


def line(radial: Floats, at: Floats) -> Floats:
    """Kernel of an infinite straight line source at distance ``at`` [1/m2]."""
    path = np.concatenate([[0.0], np.geomspace(1e-3, 2e4, 1500)])  # along the line, in units that resolve 1/r2
    reach = np.sqrt(at[:, None] ** 2 + path[None, :] ** 2)
    kernel = np.interp(reach, RADII, radial, left=radial[0], right=0.0) / (4.0 * np.pi * reach**2)
    return np.asarray(2.0 * np.trapezoid(kernel, path, axis=1))


def plume_dose(lines: Floats, *, sigma_y: float, sigma_z: float, height: float, offset: float) -> float:
    """Ground dose under a straight plume and its image, per unit line strength [1/m2], by polar quadrature."""
    theta = np.arange(1024) * (2.0 * np.pi / 1024)
    y = RADII[:, None] * np.cos(theta) - offset
    z = RADII[:, None] * np.sin(theta) - height
    cross = np.exp(-0.5 * ((y / sigma_y) ** 2 + (z / sigma_z) ** 2)).mean(axis=1) / (sigma_y * sigma_z)
    return float(2.0 * np.trapezoid(RADII * lines * cross, RADII))


def plume_mixture(weights: Floats, widths: Floats, case: tuple[float, float, float, float]) -> float:
    """The same as `plume_dose` by the mixture."""
    sigma_y, sigma_z, height, offset = case
    vy, vz = sigma_y**2 + widths**2, sigma_z**2 + widths**2
    value = weights * np.exp(-0.5 * (offset**2 / vy + height**2 / vz)) / (np.pi * np.sqrt(vy * vz))
    return float(value.sum())


def cases() -> list[tuple[float, float, float, float]]:
    """Plume geometries: sigma_y, sigma_z, height, crosswind offset [m]."""
    found = [(s, s, h, 0.0) for s in SIGMAS for h in HEIGHTS]
    found += [(2.0 * s, s, h, 0.0) for s in SIGMAS[:-1] for h in HEIGHTS]
    found += [(3.0 * s, s, 50.0, o) for s in (10.0, 30.0, 100.0, 300.0) for o in (50.0, 150.0, 300.0)]
    return found


def fit(truth: Floats, geometry: list[tuple[float, float, float, float]], components: int) -> tuple[Floats, Floats]:
    """Weights (sum 1) and widths [m] that bring the mixture nearest to ``truth`` in relative terms."""

    def unpack(x: Floats) -> tuple[Floats, Floats]:
        weights = np.exp(np.append(x[: components - 1], 0.0))
        return weights / weights.sum(), np.exp(x[components - 1 :])

    def miss(x: Floats) -> Floats:
        made = np.array([plume_mixture(*unpack(x), case) for case in geometry])
        return np.sign(made / truth - 1.0) * np.abs(made / truth - 1.0) ** 2.0  # leans on the largest error

    start = np.concatenate([np.zeros(components - 1), np.log(np.geomspace(12.0, 300.0, components))])
    best = least_squares(miss, start, x_scale=0.3, max_nfev=400)
    weights, widths = unpack(best.x)
    order = np.argsort(widths)
    return weights[order], widths[order]


def main() -> None:
    """Fit, compare, write."""
    geometry = cases()
    doses: dict[float, Floats] = {}
    for energy in (0.08, 0.3, REFERENCE, 1.5):
        radial, balance = shell(energy)
        lines = line(radial, RADII)
        doses[energy] = np.array(
            [plume_dose(lines, sigma_y=a, sigma_z=b, height=h, offset=o) for a, b, h, o in geometry]
        )
        print(f"{energy} MeV: energy balance of the build-up {balance:.3f}")
    truth = doses[REFERENCE]
    for components in (3, 4, 5):
        weights, widths = fit(truth, geometry, components)
        made = np.array([plume_mixture(weights, widths, case) for case in geometry])
        error = np.abs(made / truth - 1.0)
        wide = np.array([min(c[0], c[1]) >= 20.0 for c in geometry])
        print(components, "components", weights.round(4), widths.round(1))
        print(f"   sigma >= 20 m: max {error[wide].max():.3f} mean {error[wide].mean():.3f}; all: {error.max():.3f}")
        worst = int(error.argmax())
        print("   worst", geometry[worst], made[worst] / truth[worst])
        if components == 4:
            chosen = (weights, widths, error, wide)
    weights, widths, error, wide = chosen
    spread = {}
    for energy, dose in doses.items():
        ratio = dose / truth
        spread[f"{energy:g}"] = [round(float(v), 3) for v in np.quantile(ratio[wide], [0.0, 0.5, 1.0])]
    semi_infinite = np.array([np.exp(-0.5 * (o**2 / a**2 + h**2 / b**2)) / (np.pi * a * b) for a, b, h, o in geometry])
    ground = {f"{c[0]:g}": round(float(t / s), 4) for c, t, s in zip(geometry, truth, semi_infinite, strict=True)
              if c[0] == c[1] and c[2] == 0.0}  # fmt: skip
    document = {
        "what": "finite-cloud gamma kernel of air as a sum of isotropic 3-D Gaussians of unit integral",
        "energy_MeV": REFERENCE,
        "density": DENSITY,
        "density_units": "kg/m3",
        "weights": [round(float(w), 6) for w in weights],
        "sigmas_m": [round(float(s), 3) for s in widths],
        "max_error": round(float(error[wide].max()), 4),
        "mean_error": round(float(error[wide].mean()), 4),
        "max_error_all": round(float(error.max()), 4),
        "error_is": "relative, of the ground dose under straight Gaussian plumes; max_error and mean_error for "
        "sigma_y, sigma_z >= 20 m, max_error_all from 5 m; 5..3000 m wide, 0..300 m high",
        "ratio_finite_over_semi_infinite_ground_plume": ground,
        "dose_at_other_energies_over_reference_min_median_max": spread,
        "source": SOURCE,
        "verified": False,
        "note": "scale the widths by 1.2/density for other air; a cloud filling a mixed layer of depth h has the "
        "ratio sum_k w_k erf(h / (sqrt(2) s_k))",
    }
    TARGET.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
