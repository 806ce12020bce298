"""Ground: published weathering, resuspension by parts, ordinary limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from oberih.dose.kernels.resuspension import FLOOR, falling_nodes, resuspension_factor
from oberih.dose.kernels.weathering import integrated_weathering, weathering

DAY = 86400.0


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, 1.0), (4, 0.9979), (7, 0.99633), (30, 0.98448), (365, 0.84427), (730, 0.74302), (18262, 0.29976)],
)
def test_weathering_equals_nureg_1887_eq_7_5(days: int, expected: float) -> None:
    assert float(weathering(days * DAY)) == pytest.approx(expected, abs=6e-6 if days != 4 else 6e-5)


@pytest.mark.parametrize(("days", "expected"), [(7, 6.985592411400358), (365, 330.81682802876554)])
def test_weathered_caesium_counts_fewer_days(days: int, expected: float) -> None:
    decay = np.log(2.0) / (30.1671 * 365.2422 * DAY)
    assert float(integrated_weathering(days * DAY, decay_constant=decay)) / DAY == pytest.approx(expected, rel=1e-5)


@given(st.floats(0.0, 3e9), st.floats(0.0, 3e9))
def test_weathering_only_falls(first: float, second: float) -> None:
    early, late = sorted((first, second))
    assert 0.0 < weathering(late) <= weathering(early) <= 1.0
    assert integrated_weathering(late) >= integrated_weathering(early)


@given(st.floats(0.0, 3e9))
def test_resuspension_lies_between_floor_and_first_day(time: float) -> None:
    assert FLOOR <= float(resuspension_factor(time)) <= 1e-6


@pytest.mark.parametrize("half_life", [0.3 * DAY, 8 * DAY, 1e4 * DAY])
@pytest.mark.parametrize("days", [2.0, 30.0, 365.0, 5000.0])
def test_resuspension_nodes_integrate_the_falling_part(days: float, half_life: float) -> None:
    rate = np.log(2.0) / half_life
    times, weights = falling_nodes(days * DAY)
    made = float(np.sum(weights * np.exp(-rate * times)))
    exact = quad(lambda t: 1e-6 / t * np.exp(-rate * DAY * t) * DAY, 1.0, min(days, 1000.0), limit=200)[0]
    assert made == pytest.approx(exact, rel=1e-6)


def test_no_falling_part_within_the_first_day() -> None:
    assert falling_nodes(0.5 * DAY)[0].size == 0
