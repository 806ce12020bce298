"""Is nothing lost between fuel and the outside?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.release.containment import Room, StepMatrices, step_mean, through_rooms

STEPS, STEP = 60, 600.0
STABLE = StepMatrices(np.ones(1), np.zeros((1, 1)), np.array([[0.0, 1.0, 0.0, 0.0]]))


def _room(*, removal: float, rate: float, passes: float = 1.0, to: int = -1) -> Room:
    ones = np.ones(STEPS)
    return Room(removal * ones, rate * ones[None, :], np.ones((1, 4)), np.full((1, 4), passes), (to,))


def _puff(amount: float = 1.0) -> np.ndarray:
    source = np.zeros((STEPS, 1, 4))
    source[0, 0, :] = amount
    return source


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1e-2), st.floats(0, 1e-2), st.floats(0, 1), st.floats(0, 1e-2))
def test_activity_is_conserved_without_decay(removal: float, rate: float, passes: float, second: float) -> None:
    rooms = [_room(removal=removal, rate=rate, to=1), _room(removal=0.0, rate=second, passes=passes)]
    tally = through_rooms(_puff(), rooms, STABLE, length=STEP)
    found = tally.left.sum() + tally.air.sum() + tally.settled.sum() + tally.filtered.sum()
    assert found == pytest.approx(4.0, rel=1e-12)
    assert tally.left.min() >= 0.0
    assert tally.air.min() >= -1e-15


def test_a_steady_source_and_leak_give_the_analytic_release() -> None:
    k, leak, length = 3e-4, 2e-5, STEPS * STEP
    source = np.zeros((STEPS, 1, 4))
    source[:, 0, 1] = STEP  # one becquerel a second
    tally = through_rooms(source, [_room(removal=k, rate=leak)], STABLE, length=STEP)
    total = k + leak
    expected = leak / total * (length - (1 - np.exp(-total * length)) / total)
    assert tally.left.sum() == pytest.approx(expected, rel=1e-12)


def test_the_step_does_not_matter_where_rates_are_steady() -> None:
    coarse = through_rooms(_puff(), [_room(removal=1e-4, rate=1e-4)], STABLE, length=STEP)
    fine_source = np.zeros((STEPS * 5, 1, 4))
    fine_source[:5, 0, :] = 0.2
    ones = np.ones(STEPS * 5)
    room = Room(1e-4 * ones, 1e-4 * ones[None, :], np.ones((1, 4)), np.ones((1, 4)), (-1,))
    fine = through_rooms(fine_source, [room], STABLE, length=STEP / 5)
    np.testing.assert_allclose(coarse.left.sum(axis=0), fine.left.sum(axis=0), rtol=1e-10)


def test_noble_gas_and_organic_iodine_do_not_settle() -> None:
    tally = through_rooms(_puff(), [_room(removal=1e-3, rate=1e-4)], STABLE, length=STEP)
    noble, aerosol, elemental, organic = tally.left.sum(axis=(0, 1))
    assert noble == organic > 5 * aerosol
    assert aerosol == elemental


def test_noble_gas_that_grows_in_what_settled_returns_to_the_air() -> None:
    half = 0.5
    grows = np.array([[0.0, 0.0], [1 - half, 0.0]])
    decay = StepMatrices(np.array([half, 1.0]), grows, np.array([[0.0, 1, 0, 0], [1.0, 0, 0, 0]]))
    source = np.zeros((STEPS, 2, 4))
    source[0, 0, 1] = 1.0
    tally = through_rooms(source, [_room(removal=10.0, rate=1e-2)], decay, length=STEP)
    assert tally.left[:, 1, 0].sum() == pytest.approx(1.0, rel=0.01)


def test_the_mean_of_a_schedule_keeps_its_area() -> None:
    schedule = ((0.0, 1.0), (900.0, 3.0), (5000.0, 0.5))
    mean = step_mean(schedule, steps=10, length=600.0)
    assert mean.sum() * 600 == pytest.approx(900 * 1 + 4100 * 3 + 1000 * 0.5)
    assert mean[1] == pytest.approx(2.0)
