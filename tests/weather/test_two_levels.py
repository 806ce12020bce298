"""Stability between two heights is that of the profile that has their temperatures and the wind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.constants import GRAVITY, VON_KARMAN
from oberih.weather.kernels.profile import profile_factor
from oberih.weather.kernels.two_levels import psi_heat, stability_between
from tests.conftest import SHARED, needs_shared

ROUGHNESS, WARM = 0.1, 288.0


def profile(friction: float, inverse: float, wind_height: float, low: float, high: float) -> tuple[float, float]:
    """Speed and difference of potential temperature that similarity gives."""
    il = np.array(inverse)
    speed = friction / VON_KARMAN * profile_factor(wind_height, il, roughness_length=ROUGHNESS)
    scale = il * WARM * friction**2 / (VON_KARMAN * GRAVITY)
    shape = np.log(high / low) - psi_heat(high * il) + psi_heat(low * il)
    return float(speed), float(scale / VON_KARMAN * shape)


@given(friction=st.floats(0.1, 0.8), length=st.floats(15.0, 1000.0), stable=st.booleans(),
       wind_height=st.sampled_from([10.0, 30.0]), high=st.sampled_from([10.0, 40.0, 90.0]))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_what_a_profile_was_made_of_comes_back(
    friction: float, length: float, stable: bool, wind_height: float, high: float
) -> None:
    inverse = 1.0 / length if stable else -1.0 / length
    speed, difference = profile(friction, inverse, wind_height, 2.0, high)
    if speed < 0.5:
        return  # the least speed is taken
    found, length_found = stability_between(
        np.array(speed), np.array(difference), np.array(WARM), wind_height=np.array(wind_height), low=np.array(2.0),
        high=np.array(high), roughness_length=ROUGHNESS, least_length=5.0,
    )  # fmt: skip
    assert float(found) == pytest.approx(friction, rel=0.05)
    assert float(length_found) == pytest.approx(inverse, rel=0.12, abs=2e-4)


def test_no_difference_is_neutral() -> None:
    zero = np.zeros(3)
    friction, inverse = stability_between(
        zero + 6.0, zero, zero + WARM, wind_height=zero + 10.0, low=zero + 2.0, high=zero + 50.0,
        roughness_length=ROUGHNESS, least_length=5.0,
    )  # fmt: skip
    assert inverse == pytest.approx(0.0) and friction == pytest.approx(VON_KARMAN * 6.0 / np.log(100.0))


def test_the_correction_is_nought_when_neutral_and_falls_with_stability() -> None:
    zeta = np.linspace(-2.0, 5.0, 200)
    values = psi_heat(zeta)
    assert float(psi_heat(np.array(0.0))) == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(values) < 0.0).all()


@needs_shared
@pytest.mark.parametrize("name", ["ecmwf_munich_20211120.nc", "ecmwf_mace-head_20190517.nc"])
def test_without_fluxes_the_layer_is_nearly_what_it_is_with_them(name: str) -> None:
    """Single columns of the IFS: friction and mixing height with the model's heat flux, and from temperatures alone."""
    pytest.importorskip("xarray")
    from oberih.weather.read.volume import volume_of
    from oberih.weather.volume import fields_of_volume

    path = SHARED / "data" / "nwp_column_cloudnet" / name
    whole = fields_of_volume(volume_of([path]))
    bare = volume_of([path])
    for field in ("heat_flux_down", "mixing_height"):
        bare.surface.pop(field)
    derived = fields_of_volume(bare)
    assert np.median(derived.friction_velocity / whole.friction_velocity) == pytest.approx(1.0, abs=0.15)
    assert 0.7 < np.median(derived.mixing_height / whole.mixing_height) < 1.3
