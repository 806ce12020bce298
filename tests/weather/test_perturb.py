"""Laws of weather that is a little wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import OutOfRange
from oberih.weather.fields import Fields
from oberih.weather.perturb import MOST_TURN, RANGES, Perturbation, perturbations, perturbed, sectors_of
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from tests.weather import passing_low


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Fields:
    path = passing_low.write(tmp_path_factory.mktemp("low") / "low.nc", half=(1.5, 1.5), hours=12, step=6)
    return fields_of_volume(volume_of([path]))


@given(st.integers(2, 60), st.integers(0, 2**53 - 1))
def test_each_range_is_filled_evenly_and_never_left(count: int, seed: int) -> None:
    first, *others = perturbations(count, seed=seed)
    assert first == Perturbation()
    assert len(others) == count - 1
    shares = [np.array([p.turn for p in others]) / MOST_TURN]
    shares += [np.log([getattr(p, n) for p in others]) / np.log(most) for n, most in RANGES.items()]
    for column in shares:
        part = np.floor((column + 1.0 - 1e-12) / 2.0 * (count - 1))
        assert sorted(part.astype(int).tolist()) == list(range(count - 1))


def test_a_seed_repeats_and_another_differs() -> None:
    assert perturbations(9, seed=4) == perturbations(9, seed=4)
    assert perturbations(9, seed=4) != perturbations(9, seed=5)


def test_one_course_is_no_ensemble() -> None:
    with pytest.raises(OutOfRange, match="at least 2"):
        perturbations(1, seed=1)


def test_heat_flux_and_continuity_survive(fields: Fields) -> None:
    by = Perturbation(speed=1.25, mixing=0.8)
    other = perturbed(fields, by)

    def flux(f: Fields) -> np.ndarray:
        return f.friction_velocity**3 * f.inverse_obukhov_length

    assert np.allclose(flux(other), flux(fields), rtol=1e-9)
    assert np.allclose(other.up * fields.east, fields.up * other.east, rtol=1e-9)
    deep = fields.convective_velocity**3 / fields.mixing_height
    assert np.allclose(other.convective_velocity**3 / other.mixing_height, deep, rtol=1e-9)


def test_unknown_rain_stays_unknown(fields: Fields) -> None:
    fields.precipitation[0] = np.nan
    assert np.isnan(perturbed(fields, Perturbation(rain=2.0)).precipitation[0]).all()


def test_what_was_given_is_given_back(fields: Fields) -> None:
    assert perturbed(fields, Perturbation()) is fields


@pytest.mark.parametrize(("turn", "sectors"), [(0.0, 0), (25.0, 5), (-25.0, -5), (12.4, 2), (12.6, 3)])
def test_a_turn_is_whole_sectors(turn: float, sectors: int) -> None:
    assert sectors_of(Perturbation(turn=float(np.radians(turn))), 72) == sectors
