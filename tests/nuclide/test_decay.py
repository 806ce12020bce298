"""Does a chain decay as it must?"""

from __future__ import annotations

import json
from math import inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from oberih.nuclide import decay_chain, equilibrium_progeny, half_life, half_lives
from tests.conftest import SHARED, needs_shared

MELT = ("Te-132", "I-131", "I-133", "I-135", "Cs-137", "Cs-134", "Sr-90", "Sr-91", "Ba-140", "Ce-144", "Ru-103",
        "Ru-106", "Kr-88", "Te-131m", "Te-129m", "Sb-127", "Sb-129", "Xe-133m", "Mo-99", "Np-239", "Zr-95")  # fmt: skip
CHAIN = decay_chain(MELT)


@needs_shared
def test_iodine_132_grows_from_tellurium_132_as_published() -> None:
    vector = json.loads((SHARED / "data/test_vectors/vectors.json").read_text())["V5_te132_i132"]
    chain = decay_chain(["Te-132"])
    after = chain.transition([78.2 * 3600])[0][:, chain.index("Te-132")]
    assert after[chain.index("I-132")] == pytest.approx(vector["I-132_after_78.2h_per_Bq_Te-132"], rel=1e-12)
    assert after[chain.index("Te-132")] == pytest.approx(vector["Te-132"], rel=1e-12)


def test_decay_of_a_chain_equals_radioactivedecay() -> None:
    radioactivedecay = pytest.importorskip("radioactivedecay")
    before = {n: float(10 ** (i % 5)) for i, n in enumerate(MELT)}
    start = np.array([before.get(n, 0.0) for n in CHAIN.nuclides])
    for seconds in (60.0, 3600.0, 78.2 * 3600, 30 * 86400.0, 4 * 365.25 * 86400):
        theirs = radioactivedecay.Inventory(before, "Bq").decay(seconds, "s").activities("Bq")
        ours = CHAIN.transition([seconds])[0] @ start
        expected = np.array([theirs.get(n, 0.0) for n in CHAIN.nuclides])
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


def test_decay_of_all_nuclides_equals_radioactivedecay() -> None:
    radioactivedecay = pytest.importorskip("radioactivedecay")
    chain = decay_chain(half_lives(), longest_progeny=inf)
    theirs = radioactivedecay.Inventory(dict.fromkeys(chain.nuclides, 1.0), "Bq").decay(30.0, "d").activities("Bq")
    ours = chain.transition([30 * 86400.0])[0].sum(axis=1)
    np.testing.assert_allclose(ours, [theirs[n] for n in chain.nuclides], rtol=1e-8, atol=1e-13)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 1e8), st.floats(0.0, 1e8))
def test_two_spells_of_decay_equal_one_of_their_sum(first: float, second: float) -> None:
    a, b, both = CHAIN.transition([first, second, first + second])
    np.testing.assert_allclose(b @ a, both, rtol=1e-7, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 1e12))
def test_activity_is_never_negative_and_finite(seconds: float) -> None:
    for matrix in (CHAIN.transition([seconds])[0], CHAIN.integrated([seconds])[0]):
        assert np.all(matrix >= 0.0)
        assert np.all(np.isfinite(matrix))


def test_no_time_changes_nothing() -> None:
    np.testing.assert_allclose(CHAIN.transition([0.0])[0], np.eye(len(CHAIN)), atol=1e-14)
    assert not CHAIN.integrated([0.0]).any()


@pytest.mark.parametrize("rate", [0.0, 1.26e-3 / 86400, 1e-4])
def test_integrated_activity_equals_numerical_quadrature(rate: float) -> None:
    chain = decay_chain(["Te-132", "Ba-140", "Sr-91"])
    end = 7 * 86400.0
    nodes, weights = np.polynomial.legendre.leggauss(400)
    times = (nodes + 1) * end / 2
    weighted = chain.transition(times) * np.exp(-rate * times)[:, None, None]
    expected = np.einsum("t,tij->ij", weights * end / 2, weighted)
    np.testing.assert_allclose(chain.integrated([end], rate=rate)[0], expected, rtol=1e-8, atol=1e-8)


def test_chain_obeys_its_differential_equation() -> None:
    chain = decay_chain(["I-135", "Te-131m"])
    start = np.linspace(1.0, 2.0, len(chain))
    matrix = chain.decay_constant[:, None] * (chain.branching - np.eye(len(chain)))
    solved = solve_ivp(lambda _, a: matrix @ a, (0, 86400.0), start, method="LSODA", rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(chain.transition([86400.0])[0] @ start, solved.y[:, -1], rtol=1e-7)


def test_weathering_within_a_week_gives_the_published_effective_days_of_caesium() -> None:
    chain = decay_chain(["Cs-137"])
    i = chain.index("Cs-137")
    fast, slow = (chain.integrated([7 * 86400.0], rate=r / 86400)[0][i, i] for r in (1.26e-3, 3.8e-5))
    assert (0.4 * fast + 0.6 * slow) / 86400 == pytest.approx(6.985592411400358, rel=1e-5)


def test_integral_over_all_time_is_the_mean_life() -> None:
    chain = decay_chain(["I-131"])
    i = chain.index("I-131")
    assert chain.integrated([1e12])[0][i, i] == pytest.approx(half_life("I-131") / log(2.0), rel=1e-12)


def test_long_lived_progeny_are_left_out_unless_asked_for() -> None:
    assert "Tc-99" not in decay_chain(["Mo-99"]).nuclides
    assert "Tc-99" in decay_chain(["Mo-99", "Tc-99"]).nuclides
    assert "Tc-99" in decay_chain(["Mo-99"], longest_progeny=inf).nuclides


def test_closing_a_closed_chain_changes_nothing() -> None:
    assert decay_chain(CHAIN.nuclides).nuclides == CHAIN.nuclides


def test_parents_stand_before_their_progeny() -> None:
    chain = decay_chain(half_lives(), longest_progeny=inf)
    assert not np.triu(chain.branching).any()


def test_progeny_in_equilibrium_match_a_chain_left_to_itself() -> None:
    pairs = equilibrium_progeny(MELT)
    assert {"Cs-137", "Ru-106", "Ce-144", "Kr-88", "Sr-91", "Ru-103", "I-135"} <= set(pairs)
    for parent, progeny in pairs.items():
        chain = decay_chain([parent])
        after = chain.transition([20 * max(half_life(p) for p in progeny)])[0][:, chain.index(parent)]
        for name, ratio in progeny.items():
            assert after[chain.index(name)] / after[chain.index(parent)] == pytest.approx(ratio, rel=1e-4)


def test_a_time_that_is_no_time_is_refused() -> None:
    for bad in (-1.0, float("nan"), inf):
        with pytest.raises(ValueError, match="seconds"):
            CHAIN.transition([bad])
