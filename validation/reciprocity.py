"""Does the way back from a station agree with the way there from a site?

    python -m validation.reciprocity [FOLDER] [--particles N]

FOLDER holds the three hourly fields of ERA5 on a plane over the Alps, by default the shared data.  What one becquerel,
let out evenly over a cell and an hour, gives as the mean of another cell and hour is asked twice: by particles that go
there, and by particles that go back (as `oberih trace` does).  Both are sampled, at points drawn in their cells, each
with the standard error of its batches; they must agree within four of both together.  The last line is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from oberih.case.reach.trace_fields import cell_areas, ground_density
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.backward import Receptor, backward, reversed_flow
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from validation.door import Words, answering, existing_folder, whole_number
from validation.shelf import fields_in, shared_data

HOUR = 3600
LAYER = 100.0
BATCHES, ACROSS = 8, 7
"""Batches with random numbers of their own; in each a point is drawn in each of so many by so many parts of a cell."""

TOLERANCE = 4.0
"""Standard errors."""

UNSTABLE = (1200.0, 0.4, -0.02, 2.5)
"""Mixing height [m], u* [m/s], 1/L [1/m], w*² [m2/s2] of the case that is made unstable."""


@dataclass(frozen=True)
class Case:
    """A question: air, cells as (row, column), hours after the flow's start, and densities at the ground [kg/m3]."""

    flow: Flow
    cells: Cells
    site: tuple[int, int]
    station: tuple[int, int]
    released: int
    sampled: int
    form: int
    site_area: float
    station_area: float
    station_over_site: float = 1.0


@dataclass(frozen=True)
class Agreement:
    """Mean concentration of one becquerel [1/m3] by either way, and standard errors."""

    there: float
    error: float
    back: float
    noise: float

    @property
    def ratio(self) -> float:
        """Back over there [1]."""
        return self.back / self.there

    @property
    def distance(self) -> float:
        """Difference in standard errors of both together."""
        return abs(self.back - self.there) / float(np.hypot(self.error, self.noise))

    def rounded(self) -> dict[str, float]:
        """For a JSON line."""
        return {
            "there": float(f"{self.there:.4g}"), "error_percent": round(100 * self.error / self.there, 2),
            "back": float(f"{self.back:.4g}"), "noise_percent": round(100 * self.noise / self.back, 2),
            "ratio": round(self.ratio, 4), "standard_errors_apart": round(self.distance, 2),
        }  # fmt: skip


def agreement(case: Case, *, particles: int, across: int = ACROSS, seed: int = 1) -> Agreement:
    """Ask both ways; the points of a batch are spread evenly over the cell, so that its mean is that of the cell."""
    each = -(-particles // (BATCHES * across * across))
    rng = np.random.default_rng(seed)
    turned = reversed_flow(case.flow)
    there, back = np.zeros(BATCHES), np.zeros(BATCHES)
    for k in range(BATCHES):
        numbers = seed + 10_000 * k + np.arange(across * across)
        site, station = (_spread(case, cell, across, rng) for cell in (case.site, case.station))
        there[k] = np.mean([_there(case, p, each, int(n)) for p, n in zip(site, numbers, strict=True)])
        back[k] = np.mean([_back(case, turned, p, each, int(n)) for p, n in zip(station, numbers, strict=True)])
    error, noise = (float(a.std(ddof=1) / np.sqrt(BATCHES)) for a in (there, back))
    return Agreement(float(there.mean()), error, float(back.mean()), noise)


def _spread(case: Case, cell: tuple[int, int], across: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Points of a cell, one in each of its parts, in cells of the flow's grid."""
    row, column = np.meshgrid(np.arange(across), np.arange(across), indexing="ij")
    y = cell[0] + (row + rng.uniform(0.0, 1.0, row.shape)) / across
    x = cell[1] + (column + rng.uniform(0.0, 1.0, row.shape)) / across
    return list(zip((x / case.cells.scale_x).ravel().tolist(), (y / case.cells.scale_y).ravel().tolist(), strict=True))


def _there(case: Case, place: tuple[float, float], particles: int, seed: int) -> float:
    start = case.flow.start + case.released * HOUR
    release = Release(start, float(HOUR), *place, 0.0, LAYER, particles, 0.0, seed)
    trail = follow(case.flow, release, case.cells, hours=case.sampled - case.released + 1)
    return float(trail.seconds[(-1, case.form, *case.station)]) / (HOUR * LAYER * case.station_area)


def _back(case: Case, turned: Flow, place: tuple[float, float], particles: int, seed: int) -> float:
    start = case.flow.start + case.sampled * HOUR
    receptor = Receptor(start, start + HOUR, *place, 0.0, LAYER)
    found = backward(
        turned, receptor, case.cells, hours=case.sampled - case.released + 1, form=case.form, particles=particles,
        seed=seed, batches=2,
    )  # fmt: skip
    return float(found.seconds[(-1, *case.site)]) / (HOUR * LAYER * case.site_area) * case.station_over_site


def case_in(raw: RawVolume, *, latitude: float, longitude: float, apart: int, form: int = 0, released: int = 0) -> Case:
    """A case in fields: from the cell of a place to the other that gets most of it so many hours later."""
    fields = fields_of_volume(raw)
    density = ground_density(raw, fields)
    flow = flow_of_fields(fields)
    cells = Cells(len(fields.y) - 1, len(fields.x) - 1, 1.0, 0.0, 1.0, 0.0, LAYER)
    x, y = fields.place(longitude=longitude, latitude=latitude)
    site = (int(y), int(x))
    out = Release(flow.start + released * HOUR, float(HOUR), x, y, 0.0, LAYER, 20_000)
    seen = follow(flow, out, cells, hours=apart + 1).seconds[apart, form].copy()
    seen[site] = 0.0
    row, column = np.unravel_index(int(seen.argmax()), seen.shape)
    station = (int(row), int(column))
    area = cell_areas(fields, cells)[:, 0]
    ratio = 1.0
    if density is not None:
        there, then = (min(h * HOUR // round(fields.step), len(fields.time) - 1) for h in (released + apart, released))
        ratio = float(density[(there, *station)] / density[(then, *site)])
    areas = (float(area[site[0]]), float(area[station[0]]))
    return Case(flow, cells, site, station, released, released + apart, form, *areas, ratio)


def alpine(folder: Path) -> dict[str, Case]:
    """Cases in real fields: as they are, with deposition, and made unstable."""
    plain = case_in(volume_of(fields_in(folder)), latitude=48.1, longitude=11.6, apart=1)
    unstable, wet = plain.flow.surface.copy(), plain.flow.surface.copy()
    unstable[..., :4] = UNSTABLE
    wet[..., kernel.DRY : kernel.DRY + 3] = (0.01, 0.03, 0.001)
    wet[..., kernel.BELOW : kernel.BELOW + 3] = 1e-4
    return {
        "ERA5 over the Alps, as it is": plain,
        "ERA5, dry and wet deposition": replace(plain, flow=replace(plain.flow, surface=wet), form=1),
        "ERA5, made unstable": replace(plain, flow=replace(plain.flow, surface=unstable)),
    }


@answering
def main(arguments: Sequence[str]) -> int:
    """Ask both ways and print how far apart the answers are."""
    parser = Words("validation.reciprocity", __doc__)
    parser.add_argument("folder", nargs="?", type=existing_folder, default=shared_data("nwp_era5_utm32_2025"))
    parser.add_argument("--particles", type=whole_number, default=400_000)
    given = parser.parse_args(arguments)
    cases = alpine(given.folder)
    found: dict[str, Any] = {}
    for name, case in cases.items():
        answer = agreement(case, particles=given.particles)
        found[name] = answer.rounded()
        print(f"{name}: there {answer.there:.3g} ± {answer.error:.1g}, back {answer.back:.3g} ± {answer.noise:.1g} "
              f"1/m3, {answer.distance:.1f} standard errors apart")  # fmt: skip
    agree = all(f["standard_errors_apart"] <= TOLERANCE for f in found.values())
    print(json.dumps({"agree": agree, "tolerance": TOLERANCE, "particles": given.particles, "cases": found}))
    return 0 if agree else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
