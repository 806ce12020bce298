"""A parcel rises as far as it is lighter than the air, and its clouds stir the column as much as their rain needs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.constants import GRAVITY, SPECIFIC_HEAT_AIR
from oberih.weather.kernels import convection, parcel
from oberih.weather.kernels.humidity import relative_humidity, saturation_pressure, specific_humidity
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from oberih.weather.volume_levels import column_of, grounded
from tests.conftest import SHARED, needs_shared

HEIGHT = np.linspace(10.0, 16_000.0, 160)
PRESSURE = 101_325.0 * np.exp(-HEIGHT / 8000.0)


def column(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=float)[None, :, None, None]


def risen(temperature: np.ndarray, humidity: np.ndarray) -> parcel.Ascent:
    return parcel.ascent(column(HEIGHT), column(PRESSURE), column(temperature), column(humidity))


def tropical(surface: float = 300.0, lapse: float = 6.8e-3) -> np.ndarray:
    return np.maximum(surface - lapse * HEIGHT, 205.0)


def moist(temperature: np.ndarray, share: float) -> np.ndarray:
    low = np.where(HEIGHT < 1000.0, share, 0.4)
    return specific_humidity(low * saturation_pressure(temperature), PRESSURE)


def test_saturation_is_that_of_the_tables() -> None:
    celsius = np.array([0.0, 10.0, 20.0, 30.0])
    tables = np.array([611.2, 1227.9, 2339.2, 4246.9])  # Goff-Gratch, WMO tables
    np.testing.assert_allclose(saturation_pressure(celsius + 273.15), tables, rtol=3e-3)


@given(share=st.floats(0.05, 1.0), temperature=st.floats(255.0, 310.0), pressure=st.floats(3e4, 1.05e5))
@settings(max_examples=50)
def test_relative_humidity_comes_back_from_specific_humidity(share: float, temperature: float, pressure: float) -> None:
    t, p = np.array(max(temperature, 273.2)), np.array(pressure)
    q = specific_humidity(share * saturation_pressure(t), p)
    assert float(relative_humidity(q, t, p)) == pytest.approx(share, rel=1e-6)


def test_a_dry_parcel_cools_as_it_rises_by_g_over_cp() -> None:
    heat = SPECIFIC_HEAT_AIR * 300.0
    dry, _ = parcel._parcel(np.array([heat - GRAVITY * 1000.0]), np.array([0.0]), np.array([9e4]))
    assert float(dry[0]) == pytest.approx(300.0 - GRAVITY * 1000.0 / SPECIFIC_HEAT_AIR, abs=1e-6)


def test_a_saturated_parcel_keeps_its_energy() -> None:
    heat, water = np.array([SPECIFIC_HEAT_AIR * 290.0 + parcel.LATENT_HEAT * 0.014]), np.array([0.014])
    for pressure in (9e4, 7e4, 4e4):
        lifted = heat - GRAVITY * 8000.0 * np.log(101_325.0 / pressure)
        temperature, vapour = parcel._parcel(lifted, water, np.array([pressure]))
        back = SPECIFIC_HEAT_AIR * temperature + parcel.LATENT_HEAT * vapour
        assert float(back[0]) == pytest.approx(float(lifted[0]), rel=1e-7)
        assert float(vapour[0]) <= water[0]


def test_warm_moist_air_under_a_steep_lapse_rises_high_and_cold_stable_air_does_not() -> None:
    warm = risen(tropical(), moist(tropical(), 0.85))
    stable = 275.0 - 2.0e-3 * HEIGHT
    still = risen(stable, moist(stable, 0.5))
    assert warm.cape[0, 0, 0] > 500.0 and 6_000.0 < warm.top[0, 0, 0] < 16_000.0
    assert still.cape[0, 0, 0] == 0.0 and still.top[0, 0, 0] == 0.0


def test_more_water_at_the_ground_gives_more_energy_and_a_lower_base() -> None:
    air = tropical()
    some, more = (risen(air, moist(air, share)) for share in (0.7, 0.9))
    assert more.cape[0, 0, 0] > some.cape[0, 0, 0]
    assert more.base[0, 0, 0] < some.base[0, 0, 0]


def test_energy_is_work_of_buoyancy_on_undiluted_air(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parcel 2 K too warm through 8 km of cloud does g (2/T) a metre of work."""
    monkeypatch.setattr(parcel, "ENTRAINMENT", 0.0)
    height = np.linspace(0.0, 8000.0, 400)
    pressure = 101_325.0 * np.exp(-height / 8000.0)
    heat, water = SPECIFIC_HEAT_AIR * 295.0 + parcel.LATENT_HEAT * 0.016, np.full(400, 0.016)
    inside, _ = parcel._parcel(heat - GRAVITY * height, water, pressure)
    around = np.where(height < 700.0, inside, inside - 2.0)
    humidity = np.where(height < 700.0, 0.016, 1e-9)
    shape = (1, 400, 1, 1)
    up = parcel.ascent(*(a.reshape(shape) for a in (height, pressure, around, humidity)))
    least = float(np.trapezoid(GRAVITY * 2.0 / around[height >= 700.0], height[height >= 700.0]))
    vapour = float(np.trapezoid((GRAVITY * 0.608 * 0.016 * np.ones(400))[height >= 700.0], height[height >= 700.0]))
    assert 0.95 * least < up.cape[0, 0, 0] < 1.05 * (least + vapour)


def test_the_air_that_rises_brings_the_water_that_falls() -> None:
    rain = np.array(2.0 / 3600.0)
    flux = convection.flux_of_rain(rain, humidity=np.array(0.012), humidity_top=np.array(0.002))
    assert float(flux * (0.012 - 0.002) * convection.EFFICIENCY) == pytest.approx(float(rain))


@given(flux=st.floats(1e-4, 0.1), source=st.floats(300.0, 2000.0), mass=st.floats(4500.0, 9000.0))
@settings(max_examples=50)
def test_stirring_exchanges_the_layer_with_the_air_above_at_the_flux_of_the_clouds(
    flux: float, source: float, mass: float
) -> None:
    """What is stirred comes to rest anywhere: the layer gives up what does not come to rest in it."""
    rate = float(convection.rate_of_flux(np.array(flux), source=np.array(source), mass=np.array(mass)))
    given_up = rate * source * (1.0 - source / mass)
    assert given_up == pytest.approx(flux) or rate == pytest.approx(convection.MOST_RATE)


def test_no_rain_and_no_energy_lift_nothing() -> None:
    nought = np.zeros(3)
    assert (convection.flux_of_rain(nought, humidity=nought + 0.01, humidity_top=nought) == 0.0).all()
    cape, cin = np.array([50.0, 2000.0, 500.0]), np.array([0.0, 200.0, 5.0])
    flux = convection.flux_of_energy(cape, cin, source=nought + 1e3)
    assert (flux[:2] == 0.0).all() and flux[2] > 0.0  # too little, held down, free


def test_more_energy_turns_the_layer_over_faster_up_to_a_bound() -> None:
    cape = np.array([200.0, 400.0, 1000.0, 4000.0])
    flux = convection.flux_of_energy(cape, np.zeros(4), source=np.full(4, 1e3))
    assert flux[1] == pytest.approx(2.0 * flux[0]) and flux[2] == flux[3] == pytest.approx(1e3 / convection.OVERTURNING)


@given(flux=st.floats(0.0, 10.0), source=st.floats(0.0, 2e4), mass=st.floats(0.0, 1e4))
@settings(max_examples=50)
def test_a_column_is_never_stirred_faster_than_the_bound(flux: float, source: float, mass: float) -> None:
    rate = convection.rate_of_flux(np.array(flux), source=np.array(source), mass=np.array(mass))
    assert 0.0 <= float(rate) <= convection.MOST_RATE


@needs_shared
def test_the_energy_of_the_most_unstable_undiluted_parcel_follows_that_of_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ERA5's own CAPE over the Alps at night, from 37 pressure levels instead of 137 model levels."""
    raw = volume_of(sorted((SHARED / "data" / "nwp_era5_utm32_2025").glob("*.nc")))
    fields_of_volume(raw)  # cuts the edges
    air = column_of(raw, [])
    below = air.height < 2.0
    height = np.maximum(air.height, 2.0 + 1e-3 * np.arange(air.height.shape[1])[None, :, None, None])
    assert air.humidity is not None
    warm, wet = grounded(air.temperature, below), grounded(air.humidity, below)
    monkeypatch.setattr(parcel, "ENTRAINMENT", 0.0)
    monkeypatch.setattr(parcel, "SOURCE_DEPTH", 1.0)
    best = np.zeros(warm[:, 0].shape)
    for k in range(12):
        own = parcel.ascent(height[:, k:] - height[:, k : k + 1], air.pressure[:, k:], warm[:, k:], wet[:, k:])
        best = np.maximum(best, own.cape)
    model = raw.surface["cape"]
    assert np.corrcoef(model.ravel(), best.ravel())[0, 1] > 0.9
    assert 0.5 < best.mean() / model.mean() < 2.0
