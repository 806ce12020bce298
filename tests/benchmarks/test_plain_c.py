from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks import plain_c
from benchmarks.job import Job

from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import gamma_mixture, mesh_of, workspace
from oberih.earth.grid import Grid

needs_gcc = pytest.mark.skipif(plain_c.compiler() is None, reason="gcc is not installed")
GRID = Grid(rings=20, sectors=24, outer_radius=60e3)


@pytest.fixture(scope="module")
def job() -> Job:
    """Two days in which the wind turns, the layer grows and falls, and it rains in the evenings."""
    hours = np.arange(48)
    air = np.zeros((48, puff.AIR_COLUMNS))
    day = np.sin(2.0 * np.pi * (hours - 6) / 24.0)
    air[:, puff.EAST], air[:, puff.NORTH] = 4.0 + day, 3.0 * np.cos(hours / 7.0)
    air[:, puff.FRICTION] = 0.35 + 0.1 * day
    air[:, puff.INVERSE_LENGTH] = -0.02 * day
    air[:, puff.MIXING] = 600.0 + 550.0 * day
    air[:, puff.CONVECTIVE] = np.maximum(1.5 * day, 0.0)
    air[:, puff.CLOUD_BASE] = 800.0
    air[:, puff.DRY : puff.DRY + 3] = 2e-3, 1e-2, 1e-4
    air[hours % 24 > 17, puff.WASHOUT : puff.WASHOUT + 6] = 1e-4, 8e-5, 8e-7, 3e-4, 8e-5, 8e-7
    settings = np.array([0.1, 10.0, 1.0, 3600.0, 900.0, 72 * 3600.0, 1.0, 1.0])
    return Job(mesh_of(GRID), workspace(GRID), gamma_mixture(), settings, air, True, 2)


@needs_gcc
def test_c_and_numba_leave_the_same_in_every_cell(job: Job, tmp_path: Path) -> None:
    run, sums, balance = plain_c.c_runner(plain_c.compiled(tmp_path, plain_c.STRICT), job)
    assert plain_c.difference(job, run, sums, balance, range(0, 48, 5)) < 1e-9
    assert job.work.sums[:, puff.WET_SUM].sum() >= 0.0 and sums[:, puff.TIC].sum() > 0.0


@needs_gcc
def test_no_ratio_is_given_when_the_two_disagree(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tuned = plain_c.constants() | {"SPACING": "0.9"}
    monkeypatch.setattr(plain_c, "constants", lambda: tuned)
    with pytest.raises(plain_c.Disagreement, match="no ratio"):
        plain_c.compare(job, tmp_path, hours=[0], repeats=1)


@needs_gcc
def test_the_ratio_is_that_of_the_times(job: Job, tmp_path: Path) -> None:
    found = plain_c.compare(job, tmp_path, hours=[0, 12, 20], repeats=3)
    assert 0.05 < found.ratio < 20.0
    assert found.c_s > 0.0 and found.numba_s > 0.0 and found.spread >= 1.0
