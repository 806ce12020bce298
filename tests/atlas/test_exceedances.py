"""Counting over a year by shortcuts gives what counting every start by hand gives."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from oberih.atlas import superpose
from oberih.atlas.build import build
from oberih.atlas.packed import Packed, pack
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Asked, Exceeded, Source, dose_field, exceedances
from oberih.errors import OutOfRange
from tests.atlas.small import GRID, RELEASES, Floats, plan, source

HOURS = 3
STARTS = RELEASES - HOURS + 1
LANES = np.array([0, 0, 3, 7])


@pytest.fixture(scope="module")
def fields(atlas: Atlas, packed: Packed) -> npt.NDArray[np.float32]:
    """Dose of every start, shape (starts, quantities, rings, sectors)."""
    return np.stack([dose_field(atlas, source(), start=s, packed=packed) for s in range(STARTS)])


@pytest.fixture(scope="module")
def levels(fields: npt.NDArray[np.float32]) -> Floats:
    """One that reaches the rim, two within, one that is reached nowhere."""
    touched = fields[fields > 0.0].astype(float)
    return np.array([np.quantile(touched, 0.2), *np.quantile(touched, [0.97, 0.999]), 2.0 * touched.max()])


def asked(levels: Floats, *, of: Source | None = None, stride: int = 1) -> Asked:
    return Asked(of or source(), LANES[: len(levels)], levels, stride)


def same(one: Exceeded, other: Exceeded) -> None:
    for name in ("starts", "counts", "reach"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def farthest(field: npt.NDArray[np.float32], level: float) -> Floats:
    """Farthest distance in every sector: the outermost ring that reaches the level, and on by a power law."""
    out = np.zeros(GRID.sectors)
    for sector, column in enumerate(field.T.astype(float)):
        at = np.flatnonzero(column >= level)
        if not at.size:
            continue
        ring = at[-1]
        beyond = column[ring + 1] if ring + 1 < GRID.rings else 0.0
        if beyond <= 0.0:
            out[sector] = GRID.edges[ring + 1]
        else:
            steepness = np.log(column[ring] / beyond) / np.log(GRID.ratio)
            out[sector] = GRID.radii[ring] * (column[ring] / level) ** (1.0 / steepness)
    return out


def test_counts_and_reach_are_those_of_every_start_by_hand(
    atlas: Atlas, packed: Packed, fields: npt.NDArray[np.float32], levels: Floats
) -> None:
    (found,) = exceedances(atlas, [asked(levels)], packed=packed)
    np.testing.assert_array_equal(found.starts, atlas.times[:STARTS])
    for i, (lane, level) in enumerate(zip(LANES, levels, strict=True)):
        reached = fields[:, lane] >= level
        np.testing.assert_array_equal(found.counts[i], reached.sum(axis=0).ravel())
        by_hand = np.stack([farthest(f, level) for f in fields[:, lane]])
        np.testing.assert_allclose(found.reach[i], by_hand, rtol=1e-4)
    assert found.reach[0].max() == pytest.approx(GRID.outer_radius, rel=1e-6)
    assert 0 < found.counts[2].max() < found.counts[1].max() < found.counts[0].max()
    assert found.counts[3].max() == 0
    assert found.reach[3].max() == 0.0


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("stride", [1, 5])
def test_reading_in_parts_equals_having_it_all_in_memory(
    atlas: Atlas, packed: Packed, levels: Floats, monkeypatch: pytest.MonkeyPatch, at_once: int, stride: int
) -> None:
    (whole,) = exceedances(atlas, [asked(levels, stride=stride)], packed=packed)
    monkeypatch.setattr(superpose, "BLOCKS_AT_ONCE", at_once)
    told: list[tuple[int, int]] = []
    (parts,) = exceedances(atlas, [asked(levels, stride=stride)], told=lambda done, total: told.append((done, total)))
    same(whole, parts)
    assert told[-1] == (STARTS, STARTS)
    assert len(told) == -(-3 // at_once)


@pytest.mark.parametrize("stride", [2, 7, STARTS + 1])
def test_a_stride_takes_every_so_manieth_start(atlas: Atlas, packed: Packed, levels: Floats, stride: int) -> None:
    (every,) = exceedances(atlas, [asked(levels)], packed=packed)
    (some,) = exceedances(atlas, [asked(levels, stride=stride)], packed=packed)
    np.testing.assert_array_equal(some.starts, every.starts[::stride])
    np.testing.assert_array_equal(some.reach, every.reach[:, ::stride])
    farther = every.reach[:, ::stride].max(axis=(1, 2))
    assert np.array_equal(some.counts.max(axis=1) > 0, farther > 0.0)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_nothing(atlas: Atlas, packed: Packed, levels: Floats, threads: int) -> None:
    same(
        exceedances(atlas, [asked(levels)], packed=packed, threads=threads)[0],
        exceedances(atlas, [asked(levels)], packed=packed, threads=2)[0],
    )


@pytest.mark.parametrize("quantile", [0.5, 0.97, 0.999, 1.0])
def test_leaving_out_far_rings_changes_nothing(
    atlas: Atlas, packed: Packed, fields: npt.NDArray[np.float32], quantile: float
) -> None:
    # A level of almost nothing beside it forces all rings to be summed.
    level = float(np.quantile(fields[:, 0][fields[:, 0] > 0.0], quantile))
    (cut,) = exceedances(atlas, [asked(np.array([level]))], packed=packed)
    (whole,) = exceedances(atlas, [asked(np.array([level, 1e-30]))], packed=packed)
    np.testing.assert_array_equal(cut.counts[0], whole.counts[0])
    np.testing.assert_array_equal(cut.reach[0], whole.reach[0])
    assert cut.counts.max() > 0


def test_a_higher_level_never_reaches_farther(atlas: Atlas, packed: Packed, fields: npt.NDArray[np.float32]) -> None:
    touched = fields[:, 0][fields[:, 0] > 0.0].astype(float)
    levels = np.quantile(touched, np.linspace(0.01, 1.0, 60))
    (found,) = exceedances(atlas, [Asked(source(), np.zeros(60, dtype=int), levels)], packed=packed)
    assert np.all(np.diff(found.reach, axis=0) <= 1e-6 * GRID.outer_radius)
    assert np.all(np.diff(found.counts, axis=0) <= 0)
    assert len(np.unique(found.reach[:, 0].max(axis=1))) > 20


def test_releases_asked_together_get_what_each_gets_alone(atlas: Atlas, packed: Packed, levels: Floats) -> None:
    aerosol = source(terms=(1, 5, 9), seed=8)
    two = [asked(levels), asked(levels * 0.3, of=aerosol, stride=2)]
    for together, alone in zip(
        exceedances(atlas, two), [exceedances(atlas, [one], packed=packed)[0] for one in two], strict=True
    ):
        same(together, alone)


def test_aerosol_alone_needs_no_iodine_columns(
    atlas: Atlas, packed: Packed, levels: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    column = Atlas.column

    def noting(self: Atlas, name: str, block: int, height: int) -> npt.NDArray[np.generic]:
        read.add(name)
        return column(self, name, block, height)

    monkeypatch.setattr(Atlas, "column", noting)
    aerosol = source(terms=(1, 5, 9))
    (found,) = exceedances(atlas, [asked(levels, of=aerosol)])
    assert read == {"cell", "age", "tic", "gamma", "depletion_aerosol", "velocity_aerosol", "wet"}
    (with_all,) = exceedances(atlas, [asked(levels, of=aerosol)], packed=packed)
    np.testing.assert_array_equal(found.counts, with_all.counts)
    np.testing.assert_allclose(found.reach, with_all.reach, rtol=1e-6)
    assert found.counts.max() > 0


@pytest.mark.parametrize("share", [0.9, 0.3, 0.03, 1e-3])
def test_leaving_out_rings_up_to_the_last_that_counts_changes_nothing(
    atlas: Atlas, packed: Packed, share: float
) -> None:
    # One hour, one term, one height, alike at every age: what a ring can reach is then known exactly.
    of = source(hours=1, terms=(1,), height=10.0)
    of.tables[:] = of.tables[:, :1]
    highest = max(float(dose_field(atlas, of, start=s, packed=packed)[2].max()) for s in range(RELEASES))
    lanes = np.array([2, 2])
    (cut,) = exceedances(atlas, [Asked(of, lanes[:1], np.array([share * highest]))], packed=packed)
    (whole,) = exceedances(atlas, [Asked(of, lanes, np.array([share * highest, 1e-30]))], packed=packed)
    np.testing.assert_array_equal(cut.counts[0], whole.counts[0])
    np.testing.assert_array_equal(cut.reach[0], whole.reach[0])
    assert cut.counts.max() > 0


@pytest.mark.parametrize("height", [10.0, 47.0, 100.0])
def test_a_level_that_is_only_just_reached_is_counted(atlas: Atlas, packed: Packed, height: float) -> None:
    of = source(hours=1, terms=(1,), height=height)
    highest = max(float(dose_field(atlas, of, start=s, packed=packed)[2].max()) for s in range(RELEASES))
    (found,) = exceedances(atlas, [Asked(of, np.array([2]), np.array([highest]))], packed=packed)
    assert found.counts.sum() >= 1
    assert np.count_nonzero(found.reach) >= 1


def test_a_zero_release_exceeds_nothing(atlas: Atlas, levels: Floats) -> None:
    nothing = dataclasses.replace(source(), tables=np.zeros_like(source().tables))
    (found,) = exceedances(atlas, [asked(levels, of=nothing)])
    assert found.counts.max() == 0
    assert found.reach.max() == 0.0
    assert found.reach.shape == (4, STARTS, GRID.sectors)


def test_a_release_longer_than_a_block_or_the_atlas_is_refused(atlas: Atlas, tmp_path: Path, levels: Floats) -> None:
    with pytest.raises(OutOfRange, match="169 h"):
        exceedances(atlas, [asked(levels, of=source(hours=169))])
    short = build(tmp_path / "short.zarr", plan(releases=5))
    (found,) = exceedances(short, [asked(levels, of=source(hours=5))])
    assert len(found.starts) == 1
    with pytest.raises(OutOfRange, match="5 release hours"):
        exceedances(short, [asked(levels, of=source(hours=6))])


def test_what_was_packed_in_part_is_refused(atlas: Atlas, levels: Floats) -> None:
    for part in (pack(atlas, blocks=range(0, 2)), pack(atlas, blocks=range(1, 3)), pack(atlas, heights=[100.0])):
        with pytest.raises(OutOfRange, match="packed"):
            exceedances(atlas, [asked(levels)], packed=part)
