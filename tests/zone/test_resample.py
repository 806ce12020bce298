"""Do the quick counts of the bootstrap say what the plain ones say?"""

from __future__ import annotations

import numpy as np
import pytest

from oberih.zone.resample import cumulative_by_block, draw_blocks, quantile_bins


@pytest.mark.parametrize("seed", range(12))
def test_the_bin_of_an_order_statistic_is_the_first_that_holds_enough_starts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts, columns, bins, blocks = int(rng.integers(9, 400)), 7, int(rng.integers(2, 90)), int(rng.integers(8, 30))
    shape = rng.integers(0, bins, (starts, columns)) * (rng.random((starts, columns)) < rng.random())
    bin_of, block = shape.astype(np.int32), np.sort(rng.integers(0, blocks, starts))
    weights = draw_blocks(rng, blocks=blocks, replicates=50)
    totals = weights @ np.bincount(block, minlength=blocks).astype(np.float32)
    found, last = quantile_bins(
        weights, cumulative_by_block(bin_of, block, blocks=blocks, bins=bins), totals, (0.03, 0.5, 0.95, 1.0)
    )
    for r in range(50):
        year = np.repeat(np.arange(starts), weights[r][block].astype(int))
        for i, p in enumerate((0.03, 0.5, 0.95, 1.0)):
            rank = int(np.ceil(p * len(year) - 1e-4))
            for c in range(columns):
                ordered = np.sort(bin_of[year, c])
                expected = ordered[max(rank, 1) - 1] if len(year) and rank > 0 else 0
                assert found[i, r, c] == expected
        assert last[r].tolist() == [(bin_of[year, -1] <= b).sum() for b in range(bins)]
