"""The dose of a release is the sum over its hours, forms and heights, and nothing else."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.atlas.build import build
from oberih.atlas.kernels.superpose import LANES, TERMS
from oberih.atlas.packed import TABLE_STEP, Packed, pack
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Source, dose_field, height_weights
from oberih.constants import FORMS
from oberih.errors import OutOfRange
from tests.atlas.small import GRID, RELEASES, TABLE_AGES, Floats, plan, source

ROUND_OFF = 2e-6
"""Of sums in single precision [1]."""

starts = st.integers(0, RELEASES - 3)
relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def field(atlas: Atlas, packed: Packed, of: Source, start: int) -> Floats:
    return dose_field(atlas, of, start=start, packed=packed).astype(float)


def single(of: Source, hour: int) -> Source:
    return dataclasses.replace(
        of, tables=of.tables[hour : hour + 1], height=of.height[hour : hour + 1], heat=of.heat[hour : hour + 1]
    )


@given(start=starts)
@relaxed
def test_twice_the_release_is_twice_the_dose(atlas: Atlas, packed: Packed, start: int) -> None:
    once, twice = source(), dataclasses.replace(source(), tables=source().tables * np.float32(2.0))
    np.testing.assert_array_equal(field(atlas, packed, twice, start), 2.0 * field(atlas, packed, once, start))


@given(start=starts)
@relaxed
def test_hours_separately_equal_hours_together(atlas: Atlas, packed: Packed, start: int) -> None:
    whole = source(hours=3)
    apart = sum(field(atlas, packed, single(whole, j), start + j) for j in range(3))
    together = field(atlas, packed, whole, start)
    assert together.max() > 0.0
    np.testing.assert_allclose(together, apart, rtol=ROUND_OFF, atol=0.0)


@given(start=starts)
@relaxed
def test_forms_separately_equal_forms_together(atlas: Atlas, packed: Packed, start: int) -> None:
    whole = source()
    parts = []
    for form in range(4):
        tables = np.zeros_like(whole.tables)
        tables[:, :, form::4] = whole.tables[:, :, form::4]
        parts.append(dataclasses.replace(whole, tables=tables))
    assert [p.active for p in parts] == [(0, 4), (1, 5, 9), (2, 6, 10), (3, 7, 11)]
    apart = sum(field(atlas, packed, part, start) for part in parts)
    np.testing.assert_allclose(field(atlas, packed, whole, start), apart, rtol=ROUND_OFF, atol=0.0)


def test_lanes_know_nothing_of_each_other(atlas: Atlas, packed: Packed) -> None:
    whole = source()
    together = field(atlas, packed, whole, 40)
    for lane in range(LANES):
        tables = np.zeros_like(whole.tables)
        tables[..., 0] = whole.tables[..., lane]
        alone = field(atlas, packed, dataclasses.replace(whole, tables=tables), 40)
        np.testing.assert_array_equal(alone[0], together[lane])
        assert alone[1:].max() == 0.0


def test_zero_release_gives_zero(atlas: Atlas, packed: Packed) -> None:
    nothing = dataclasses.replace(source(), tables=np.zeros_like(source().tables))
    assert field(atlas, packed, nothing, 7).max() == 0.0


@pytest.mark.parametrize(("start", "height"), [(0, 30.0), (166, 55.0), (333, 10.0), (RELEASES - 3, 400.0)])
def test_the_kernel_agrees_with_plain_linear_algebra_on_the_whole_grid(atlas: Atlas, start: int, height: float) -> None:
    of = source(height=height, terms=tuple(t for t in range(TERMS) if t not in {5, 6, 7, 8}))
    low, high = atlas.heights
    upper = min(max((height - low) / (high - low), 0.0), 1.0)
    expected = np.zeros((LANES, GRID.rings, GRID.sectors))
    for j in range(of.hours):
        for index, weight in enumerate((1.0 - upper, upper)):
            expected += weight * dense_dose(atlas, of.tables[j].astype(float), start + j, index)
    known = np.isfinite(expected)
    assert known.mean() > 0.9
    np.testing.assert_allclose(dose_field(atlas, of, start=start)[known], expected[known], rtol=5e-6, atol=0.0)


def dense_dose(atlas: Atlas, table: Floats, hour: int, height: int) -> Floats:
    """Dose of one release hour from one height, from the dataset that people see; gamma of the noble gas only."""
    unit = atlas.dataset(range(hour, hour + 1), height=height).isel(time=0)
    tic, gamma, deposit = unit.tic.values, unit.gamma.values, (unit.dry + unit.wet).values
    terms = np.concatenate([tic, np.stack([gamma] + 3 * [0.0 * gamma], axis=-1), deposit], axis=-1)
    row = nearest_row(unit.age.values)
    assert terms.shape[-1] == TERMS
    table = np.concatenate([table, np.full((1, TERMS, LANES), np.nan)])
    return np.asarray(np.einsum("rst,rstq->qrs", terms, table[row]))


def nearest_row(age: Floats) -> npt.NDArray[np.int64]:
    """Row of the tables; -1 where two are equally near."""
    rows = age / TABLE_STEP
    nearest = np.minimum(np.floor(rows + 0.5).astype(int), TABLE_AGES - 1)
    return np.where((np.abs(rows % 1.0 - 0.5) < 1e-5) & (rows < TABLE_AGES), -1, nearest)


@pytest.mark.parametrize("form", [1, 2, 3])
def test_gamma_of_a_form_is_that_of_the_noble_gas_as_far_as_it_is_depleted(atlas: Atlas, form: int) -> None:
    hour, of = 100, single(source(hours=1, terms=(4 + form,), height=10.0), 0)
    begin, end = atlas.offsets[0, 0, hour : hour + 2]
    column = {n: atlas.column(n, 0, 0)[begin:end].astype(float) for n in ("cell", "gamma", "age")}
    depletion = atlas.column(f"depletion_{FORMS[form]}", 0, 0)[begin:end]
    assert np.any(depletion < 1.0)
    row, cell = nearest_row(column["age"]), column["cell"].astype(int)
    expected = (column["gamma"] * depletion)[:, None] * of.tables[0, row, 4 + form]
    found = dose_field(atlas, of, start=hour).reshape(LANES, GRID.cells).T
    assert np.delete(found, cell, axis=0).max() == 0.0
    np.testing.assert_allclose(found[cell][row >= 0], expected[row >= 0], rtol=ROUND_OFF, atol=0.0)


def test_reading_only_the_blocks_needed_changes_nothing(atlas: Atlas, packed: Packed) -> None:
    for start in (0, 166, 335):
        np.testing.assert_array_equal(
            dose_field(atlas, source(), start=start), dose_field(atlas, source(), start=start, packed=packed)
        )


@pytest.mark.parametrize("start", [-1, RELEASES - 2, RELEASES])
def test_a_release_that_outlasts_the_atlas_is_refused(atlas: Atlas, start: int) -> None:
    with pytest.raises(OutOfRange, match="outlasts"):
        dose_field(atlas, source(hours=3), start=start)


def test_what_was_packed_in_part_is_refused_where_more_is_needed(atlas: Atlas) -> None:
    second = pack(atlas, blocks=range(1, 2))
    dose_field(atlas, source(), start=168, packed=second)
    for start in (0, 167, 334):
        with pytest.raises(OutOfRange, match="release hours 168 to 336"):
            dose_field(atlas, source(), start=start, packed=second)
    without_iodine = pack(atlas, terms=(0, 1, 4, 5, 9))
    dose_field(atlas, source(terms=(1, 5, 9)), start=0, packed=without_iodine)
    with pytest.raises(OutOfRange, match="terms"):
        dose_field(atlas, source(), start=0, packed=without_iodine)
    low = pack(atlas, heights=[10.0])
    dose_field(atlas, source(height=10.0), start=0, packed=low)
    with pytest.raises(OutOfRange, match="lacks heights"):
        dose_field(atlas, source(height=30.0), start=0, packed=low)


@given(
    height=st.floats(0.0, 300.0), heat=st.sampled_from([0.0, 1e5, 1e7, 1e9]),
    velocity=st.sampled_from([0.0, 15.0]), other=st.floats(0.0, 300.0),
)  # fmt: skip
@relaxed
def test_height_weights_share_out_the_whole(
    atlas: Atlas, height: float, heat: float, velocity: float, other: float
) -> None:
    of = dataclasses.replace(
        source(hours=2), height=np.array([height, other]), heat=np.array([heat, 0.0]), exit_velocity=velocity,
        exit_diameter=2.0,
    )  # fmt: skip
    kind, weights = height_weights(atlas, of)
    assert len(kind) == 2
    assert weights.shape == (len(set(kind.tolist())), RELEASES, len(atlas.heights))
    np.testing.assert_allclose(weights.sum(axis=2), 1.0, rtol=0.0, atol=1e-6)
    assert weights.min() >= 0.0


def test_plume_rise_lifts_the_weight_and_more_heat_lifts_it_more(atlas: Atlas) -> None:
    lifted = []
    for heat in (0.0, 1e5, 1e6, 1e7, 1e8):
        _, weights = height_weights(atlas, source(heat=heat, height=20.0))
        lifted.append(weights[0] @ np.asarray(atlas.heights))
    np.testing.assert_allclose(lifted[0], 20.0, rtol=1e-5)
    for lower, higher in pairwise(lifted):
        assert np.all(higher >= lower - 1e-3)
        assert higher.mean() > lower.mean()


def test_outside_the_atlas_heights_the_nearest_stands(atlas: Atlas) -> None:
    for height, index in ((0.0, 0), (5000.0, 1)):
        _, weights = height_weights(atlas, source(height=height))
        np.testing.assert_array_equal(weights[..., index], 1.0)


def test_one_height_takes_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    one = build(tmp_path_factory.mktemp("one") / "one.zarr", plan(releases=6, heights=(50.0,)))
    _, weights = height_weights(one, source(height=200.0, heat=1e8))
    np.testing.assert_array_equal(weights, 1.0)
    assert dose_field(one, source(), start=3).max() > 0.0
