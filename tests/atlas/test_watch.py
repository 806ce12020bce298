"""What is noted at watched cells, start by start, is what whole fields say there."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oberih.atlas.packed import TABLE_STEP, Packed
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Asked, dose_field, exceedances, height_weights
from oberih.atlas.watch import arrivals, watch
from oberih.errors import OutOfRange
from tests.atlas.small import RELEASES, source

CELLS = np.array([0, 5, 77, 130, 311, 479])
STARTS = np.array([0, 3, 4, 60, 169, 200, 333])


def asked(**changes: object) -> Asked:
    levels, lanes = np.array([1e-12, 1e-6]), np.array([0, 3])
    return dataclasses.replace(Asked(source(), lanes, levels), **changes)  # type: ignore[arg-type]


def test_a_watched_cell_has_the_dose_of_the_field_at_that_start(atlas: Atlas, packed: Packed) -> None:
    wanted = asked(hours=STARTS, watched=CELLS, lanes_watched=np.array([3, 6]))
    result = exceedances(atlas, [wanted], packed=packed)[0]
    for row, start in enumerate(STARTS):
        field = dose_field(atlas, wanted.source, start=int(start), packed=packed).reshape(8, -1)
        np.testing.assert_array_equal(result.doses[:, row], field[[3, 6]][:, CELLS])
    assert (result.doses > 0.0).any()
    np.testing.assert_array_equal(result.starts, atlas.times[STARTS])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_chosen_starts_give_what_filtering_all_starts_gives(atlas: Atlas, packed: Packed, threads: int) -> None:
    whole = exceedances(atlas, [asked()], packed=packed)[0]
    inside = np.arange(len(whole.starts)) % 7 < 3
    parts = [
        exceedances(atlas, [asked(hours=np.flatnonzero(part))], packed=packed, threads=threads)[0]
        for part in (inside, ~inside)
    ]
    np.testing.assert_array_equal(parts[0].reach, whole.reach[:, inside])
    np.testing.assert_array_equal(parts[0].counts + parts[1].counts, whole.counts)


def test_chosen_starts_are_found_block_by_block_too(atlas: Atlas, packed: Packed) -> None:
    wanted = asked(hours=STARTS, watched=CELLS, lanes_watched=np.array([0]))
    held, read = exceedances(atlas, [wanted], packed=packed)[0], exceedances(atlas, [wanted])[0]
    for name in ("starts", "counts", "reach", "doses"):
        np.testing.assert_array_equal(getattr(held, name), getattr(read, name))


def test_no_start_at_all_is_refused(atlas: Atlas, packed: Packed) -> None:
    with pytest.raises(OutOfRange, match="leave no start"):
        exceedances(atlas, [asked(hours=np.empty(0, dtype=np.int64))], packed=packed)


def test_the_plume_arrives_with_the_first_hour_that_comes_there(atlas: Atlas, packed: Packed) -> None:
    tables = source(hours=5).tables.copy()
    tables[1] = 0.0  # nothing leaves in the second hour
    release = dataclasses.replace(source(hours=5), tables=tables)
    wanted = Asked(release, np.array([0]), np.array([1.0]), hours=STARTS)
    seen = watch(packed, CELLS[::-1])
    assert seen.cells.tolist() == CELLS.tolist()
    found = arrivals(atlas, seen, wanted)
    kind, weights = height_weights(atlas, release)
    ages = [
        np.rint(atlas.dataset(range(RELEASES), height=h)["age"].to_numpy().reshape(RELEASES, -1) / TABLE_STEP)
        for h in range(len(atlas.heights))
    ]
    touched = [
        atlas.dataset(range(RELEASES), height=h)["gamma"].to_numpy().reshape(RELEASES, -1) > 0.0
        for h in range(len(atlas.heights))
    ]
    for row, start in enumerate(STARTS):
        for column, cell in enumerate(CELLS):
            times = [
                3600.0 * j + TABLE_STEP * ages[h][start + j, cell]
                for j in (0, 2, 3, 4)
                for h in range(len(atlas.heights))
                if weights[kind[j], start + j, h] > 0.0 and touched[h][start + j, cell]
            ]
            if times:
                assert found[row, column] == min(times)
            else:
                assert np.isnan(found[row, column])
    assert 0 < np.isfinite(found).sum() < found.size
