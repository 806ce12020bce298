"""Laws of several courses of the weather: turned, put together, counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

from oberih.case.reach.assess_courses import together, turned
from oberih.case.reach.assess_fields import members_asked
from oberih.case.reach.assess_products import people_span
from oberih.earth.grid import Grid
from oberih.errors import InputError
from oberih.zone.exceedance import Exceedance

GRID = Grid(rings=12, sectors=72, outer_radius=50e3)


def exceedance(seed: int) -> Exceedance:
    """One start: a fan of some sectors, as far as some ring."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((GRID.rings, GRID.sectors), dtype=np.int32)
    first, wide = int(rng.integers(72)), int(rng.integers(1, 9))
    counts[: int(rng.integers(1, GRID.rings)), (first + np.arange(wide)) % 72] = 1
    reach = np.where(counts.any(axis=0), GRID.edges[counts.sum(axis=0)], 0.0)[None].astype(np.float32)
    return Exceedance(GRID, np.array([1000], dtype=np.int64), counts.ravel(), reach, 0.1)


@given(st.integers(0, 10**6), st.integers(-80, 80), st.integers(-80, 80))
def test_turns_add_up_and_a_whole_one_is_none(seed: int, one: int, other: int) -> None:
    given_ = exceedance(seed)
    both, at_once = turned(turned(given_, one), other), turned(given_, one + other)
    assert (both.counts == at_once.counts).all() and (both.reach == at_once.reach).all()
    assert (turned(given_, 72).counts == given_.counts).all()


@given(st.integers(0, 10**6), st.integers(0, 71))
def test_a_turn_is_clockwise_and_moves_no_distance(seed: int, sectors: int) -> None:
    given_ = exceedance(seed)
    moved = turned(given_, sectors)
    assert (moved.reach[0, (np.arange(72) + sectors) % 72] == given_.reach[0]).all()
    assert sorted(moved.reach[0]) == sorted(given_.reach[0])


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_courses_together_are_counted_cell_by_cell(seeds: list[int]) -> None:
    own = [exceedance(s) for s in seeds]
    whole = together(own)
    assert len(whole.starts) == len(set(whole.starts.tolist())) == len(seeds)
    assert (whole.counts == sum(e.counts for e in own)).all()
    assert np.isclose(whole.probability * len(seeds), np.round(whole.probability * len(seeds))).all()
    assert (whole.reach.max(axis=1) == [e.reach.max() for e in own]).all()


@given(st.sets(st.integers(0, 60), min_size=1))
def test_members_are_read_as_they_are_written(known: set[int]) -> None:
    numbers = tuple(sorted(known))
    assert members_asked("all", numbers) == numbers
    assert members_asked(",".join(map(str, numbers)), numbers) == numbers
    assert members_asked(f"{numbers[0]}-{numbers[0]}", numbers) == numbers[:1]


@pytest.mark.parametrize("text", ["", "a", "1-", "3-1", "-1", "1;2", "1e3", "99999"])
def test_what_names_no_member_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        members_asked(text, tuple(range(10)))


def test_people_are_told_from_the_least_to_the_most() -> None:
    assert people_span((5, 5)) == "5 people"
    assert people_span((0, 0, 0)) == ""
    assert people_span((1234, 0, 98765)) == "0 to 98\u202f800 people"
