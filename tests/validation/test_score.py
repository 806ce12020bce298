"""A metric says what its definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation.score import bootstrap, score

positive = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=30)


@given(positive)
def test_a_perfect_prediction_has_perfect_metrics(observed: list[float]) -> None:
    found = score(observed, observed)
    assert found.fac2 == 1.0
    assert (found.fb, found.nmse) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert (found.mg, found.vg) == pytest.approx((1.0, 1.0), abs=1e-9)


@given(positive, st.floats(0.2, 5.0))
def test_a_constant_factor_shows_in_every_metric(observed: list[float], factor: float) -> None:
    found = score(observed, [factor * o for o in observed])
    assert found.mg == pytest.approx(1.0 / factor, rel=1e-9)
    assert found.vg == pytest.approx(np.exp(np.log(factor) ** 2), rel=1e-9)
    assert found.fb == pytest.approx(2.0 * (1.0 - factor) / (1.0 + factor), abs=1e-9)
    if abs(factor - 0.5) > 1e-9 and abs(factor - 2.0) > 1e-9:
        assert found.fac2 == (1.0 if 0.5 < factor < 2.0 else 0.0)


def test_metrics_of_three_pairs_by_hand() -> None:
    found = score([1.0, 2.0, 6.0], [2.0, 1.0, 1.5])
    assert found.n == 3
    assert found.fac2 == pytest.approx(2 / 3)
    assert found.fb == pytest.approx(2.0 * (9.0 - 4.5) / (9.0 + 4.5))
    assert found.nmse == pytest.approx((1.0 + 1.0 + 20.25) / 3.0 / (3.0 * 1.5))
    assert found.mg == pytest.approx((0.5 * 2.0 * 4.0) ** (1 / 3))


@pytest.mark.parametrize(
    ("observed", "predicted"), [([], []), ([1.0], [0.0]), ([1.0], [np.nan]), ([-1.0], [1.0]), ([1.0, 2.0], [1.0])]
)
def test_pairs_that_would_falsify_a_metric_are_refused(observed: list[float], predicted: list[float]) -> None:
    with pytest.raises(ValueError, match=r"expected pairs|positive and finite"):
        score(observed, predicted)


def test_the_band_holds_the_metric_and_is_the_same_each_time() -> None:
    rng = np.random.default_rng(7)
    observed = rng.lognormal(size=60).tolist()
    predicted = (np.array(observed) * rng.lognormal(sigma=0.4, size=60)).tolist()
    groups = [str(i // 5) for i in range(60)]
    band, again = (bootstrap(observed, predicted, groups) for _ in range(2))
    assert band == again
    found = score(observed, predicted)
    assert all(low < getattr(found, k) < high for k, (low, high) in band.items())


def test_one_run_alone_has_no_spread() -> None:
    band = bootstrap([1.0, 2.0], [1.5, 1.0], ["a", "a"])
    assert all(low == pytest.approx(high) for low, high in band.values())
