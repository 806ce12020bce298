"""Does the derived boundary layer obey its laws, and agree with what was measured or analysed?"""

from __future__ import annotations

import csv
import gzip
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.constants import VON_KARMAN
from oberih.errors import OutOfRange, WeatherRefused
from oberih.weather.boundary_layer import MIXING_CEILING, MIXING_FLOOR, air_from_weather
from oberih.weather.kernels.gaps import bridge_direction, hold
from oberih.weather.kernels.heat_flux import energy_budget, slope_share
from oberih.weather.kernels.mixing_height import coriolis_parameter, evolve_mixing_height, mechanical_height
from oberih.weather.kernels.profile import profile_factor, psi_momentum, wind_at_height
from oberih.weather.kernels.radiation import cloud_from_insolation, insolation, net_radiation
from oberih.weather.kernels.sun import sine_solar_elevation
from oberih.weather.kernels.surface_layer import stable_layer, unstable_layer
from oberih.weather.series import Weather
from tests.conftest import SHARED, needs_shared

MIDSUMMER = int(np.datetime64("2023-06-20T00:00:00").astype("datetime64[s]").astype(np.int64))
CABAUW = {"latitude": 51.97, "longitude": 4.93}


def weather(hours: int = 72, *, start: int = MIDSUMMER, **given_values: Any) -> Weather:
    """Constant weather at Cabauw in midsummer but for what is given."""
    usual = {
        "wind_speed": 4.0, "wind_direction": 230.0, "temperature": 288.0, "cloud_cover": 0.0, "solar_radiation": np.nan,
        "precipitation": 0.0, "boundary_layer_height": np.nan, "pressure": np.nan, "cloud_base": np.nan,
        "friction_velocity": np.nan, "sensible_heat_flux": np.nan,
    }  # fmt: skip
    place = {**CABAUW, "wind_height": 10.0, "label": "observed", "source": "made up", "attrs": {}}
    place.update({k: given_values.pop(k) for k in list(given_values) if k in place})
    arrays = {k: np.array(np.broadcast_to(v, hours), dtype=float) for k, v in {**usual, **given_values}.items()}
    return Weather(time=start + 3600 * np.arange(hours, dtype=np.int64), **arrays, **place)


def hour_of(air: Any, hour: int) -> slice:
    return slice(48 + hour, 49 + hour)


# --- laws of the kernels -------------------------------------------------------------------


def test_the_neutral_limit_is_the_log_law() -> None:
    calm_flux = np.zeros(3)
    speed, warm = np.array([0.5, 4.0, 20.0]), np.full(3, 288.0)
    by_log_law = VON_KARMAN * speed / np.log(10.0 / 0.1)
    place = {"height": 10.0, "roughness_length": 0.1, "least_length": 1.0}
    assert np.allclose(unstable_layer(speed, calm_flux, warm, **place).friction_velocity, by_log_law, rtol=1e-9)
    assert np.allclose(
        stable_layer(speed, calm_flux + 0.09, calm_flux, warm, **place).friction_velocity, by_log_law, rtol=1e-9
    )
    air = air_from_weather(weather(cloud_cover=1.0, wind_speed=18.0), roughness_length=0.1)
    assert np.allclose(air.friction_velocity, VON_KARMAN * 18.0 / np.log(100.0), rtol=0.02)


@given(zeta=st.floats(-5, 5))
def test_psi_is_continuous_and_rises_with_instability(zeta: float) -> None:
    step = 1e-3
    below, above = psi_momentum(np.array([zeta - step, zeta + step]))
    assert above < below < above + 0.02
    assert abs(psi_momentum(np.array([0.0]))[0]) < 1e-12


@given(
    speed=st.floats(0.5, 25.0),
    flux=st.floats(-0.05, 0.4),
    cloud=st.floats(0.0, 1.0),
    roughness=st.floats(0.005, 1.0),
)
def test_speed_friction_and_length_always_satisfy_the_profile(
    speed: float, flux: float, cloud: float, roughness: float
) -> None:
    u, warm = np.array([speed]), np.array([288.0])
    place = {"height": 10.0, "roughness_length": roughness}
    if flux > 0:
        layer = unstable_layer(u, np.array([flux]), warm, least_length=1.0, **place)
    else:
        layer = stable_layer(u, np.array([0.09 - 0.045 * cloud]), np.array([-flux]), warm, least_length=5.0, **place)
    again = wind_at_height(10.0, friction_velocity=layer.friction_velocity, inverse_length=layer.inverse_length,
                           roughness_length=roughness)  # fmt: skip
    assert np.allclose(again, speed, rtol=1e-6)
    assert layer.friction_velocity[0] > 0
    assert np.sign(layer.inverse_length[0]) in (0.0, -np.sign(flux))


@given(
    roughness=st.floats(0.01, 1.0),
    scale=st.one_of(st.floats(0.045, 0.09), st.just(np.inf)),
    limit=st.floats(0.0005, 0.05),
)
def test_a_stronger_wind_is_never_more_stable(roughness: float, scale: float, limit: float) -> None:
    speed = np.linspace(0.5, 15.0, 2000)
    same = np.ones_like(speed)
    layer = stable_layer(
        speed, scale * same, limit * same, 288.0 * same, height=10.0, roughness_length=roughness, least_length=5.0
    )
    assert np.all(np.diff(layer.inverse_length) <= 1e-12)
    assert np.all(np.diff(layer.friction_velocity) > 0)
    assert np.abs(np.diff(layer.friction_velocity)).max() < 0.05  # no jump at the critical wind


@given(net=st.floats(-100, 700), kelvin=st.floats(250, 315), moisture=st.floats(0, 1))
def test_the_energy_budget_closes(net: float, kelvin: float, moisture: float) -> None:
    budget = energy_budget(np.array([net]), np.array([kelvin]), np.array([1e5]), moisture=moisture)
    assert abs(budget.sensible[0] + budget.latent[0] + budget.soil[0] - net) < 1e-9


def test_a_wet_surface_shares_its_energy_equally_near_six_degrees() -> None:
    # s = γ at about 279 K at sea level (van Ulden & Holtslag 1985 take s/γ = exp(0.055 (T - 279)))
    assert abs(slope_share(np.array([279.0]), np.array([101325.0]))[0] - 0.5) < 0.01


def test_dry_ground_heats_the_air_more_than_wet_ground() -> None:
    fluxes = [
        energy_budget(np.array([400.0]), np.array([293.0]), np.array([1e5]), moisture=m).sensible[0]
        for m in (0, 0.5, 1)
    ]
    assert fluxes[0] > fluxes[1] > fluxes[2] > 0


@given(cloud=st.floats(0.1, 1.0), sine=st.floats(0.2, 1.0))
def test_cloud_read_back_from_insolation_is_the_cloud(cloud: float, sine: float) -> None:
    measured = insolation(np.array([sine]), np.array([cloud]))
    assert abs(cloud_from_insolation(np.array([sine]), measured)[0] - cloud) < 1e-6


def test_a_clear_night_loses_more_than_an_overcast_one() -> None:
    night, warm = np.zeros(2), np.full(2, 283.0)
    clear, overcast = net_radiation(night, warm, np.array([0.0, 1.0]), albedo=0.2)
    assert -120 < clear < -60
    assert -50 < overcast < 0


def growth(flux: float) -> Any:
    same = np.full(12, 1.0)
    return evolve_mixing_height(flux * same, 0.3 * same, -0.02 * same, 290.0 * same, step=3600.0, coriolis=1.1e-4,
                                lapse=0.005, floor=50.0, ceiling=5000.0, memory=3600.0, first=100.0)  # fmt: skip


def test_the_convective_layer_grows_and_more_with_more_heat() -> None:
    depths = np.array([growth(flux) for flux in (0.01, 0.05, 0.1, 0.2)])
    assert np.all(np.diff(depths, axis=1) > 0)
    assert np.all(np.diff(depths, axis=0) > 0)


def test_the_encroachment_limit_is_the_square_root_of_the_heat() -> None:
    # without spin-up and shear, (1+2A) 2 ∫F dt/γ = h² (Tennekes 1973); both only add a few per cent here
    heat = 0.2 * 12 * 3600.0
    assert growth(0.2)[-1] == pytest.approx(np.sqrt(2 * 1.4 * heat / 0.005), rel=0.06)


def test_the_mechanical_height_has_its_three_limits() -> None:
    warm, f = np.array([288.0]), coriolis_parameter(47.5)
    neutral = mechanical_height(np.array([0.4]), np.array([0.0]), warm, coriolis=f, lapse=1e-9)[0]
    assert neutral == pytest.approx(0.6 * 0.4 / f, rel=0.01)
    capped = mechanical_height(np.array([0.4]), np.array([0.0]), warm, coriolis=f, lapse=0.005)[0]
    assert 300 < capped < 600
    stable = mechanical_height(np.array([0.1]), np.array([0.1]), warm, coriolis=f, lapse=0.005)[0]
    assert stable == pytest.approx(0.51 * np.sqrt(0.4 * 0.1 * 10.0 / f), rel=0.15)


def test_directions_are_bridged_along_the_shorter_arc() -> None:
    bridged = bridge_direction(np.array([np.nan, 350.0, np.nan, 10.0, np.nan]))
    assert np.allclose(np.mod(bridged + 180, 360), np.mod([350 + 180, 350 + 180, 180, 190, 190], 360), atol=1e-9)


def test_a_value_is_held_no_longer_than_said() -> None:
    assert np.allclose(hold(np.array([np.nan, 1.0, np.nan, np.nan, np.nan]), at_most=2),
                       [np.nan, 1.0, 1.0, 1.0, np.nan], equal_nan=True)  # fmt: skip


# --- laws of the verb ----------------------------------------------------------------------


def test_a_clear_summer_noon_is_convective_as_at_cabauw() -> None:
    air = air_from_weather(weather(temperature=293.0), roughness_length=0.1)
    noon = hour_of(air, 12)
    assert -0.1 < air.inverse_obukhov_length[noon][0] < -0.02  # L between -10 and -50 m
    assert 800 < air.mixing_height[noon][0] < 2000
    assert 1000 < air.mixing_height[hour_of(air, 16)][0] < 2200
    assert 1.0 < air.convective_velocity[noon][0] < 2.5


def test_a_clear_still_night_is_very_stable_and_shallow() -> None:
    air = air_from_weather(weather(wind_speed=1.5), roughness_length=0.1)
    night = hour_of(air, 1)
    assert 5.0 <= 1.0 / air.inverse_obukhov_length[night][0] < 50
    assert 50 <= air.mixing_height[night][0] <= 150
    assert air.convective_velocity[night][0] == 0.0


def test_it_is_unstable_by_clear_day_and_stable_by_clear_night() -> None:
    series = weather(hours=240)
    air = air_from_weather(series, roughness_length=0.1)
    sun = sine_solar_elevation(series.time, **CABAUW)
    assert np.all(air.inverse_obukhov_length[sun > 0.3] < 0)
    assert np.all(air.inverse_obukhov_length[sun < 0] > 0)


def test_the_mixing_height_grows_through_a_clear_morning_and_falls_smoothly_at_night() -> None:
    depth = air_from_weather(weather(), roughness_length=0.1).mixing_height[48:]
    assert np.all(np.diff(depth[6:16]) > 0)
    evening = depth[19:]
    assert np.all(np.diff(evening) <= 0)
    assert np.all(evening[1:] > 0.3 * evening[:-1])  # no cliff within an hour


def test_no_hour_remembers_anything_but_the_mixing_height() -> None:
    forward = weather(hours=48, wind_speed=np.linspace(0, 12, 48), cloud_cover=np.tile([0.0, 1.0], 24))
    whole = air_from_weather(forward, roughness_length=0.1)
    part = air_from_weather(weather(hours=2, start=MIDSUMMER + 40 * 3600, wind_speed=forward.wind_speed[40:42],
                                    cloud_cover=forward.cloud_cover[40:42]), roughness_length=0.1)  # fmt: skip
    assert np.allclose(part.friction_velocity, whole.friction_velocity[40:42], rtol=1e-12)
    assert np.allclose(part.inverse_obukhov_length, whole.inverse_obukhov_length[40:42], rtol=1e-12)


def test_wind_components_point_where_the_wind_goes() -> None:
    air = air_from_weather(
        weather(hours=4, wind_speed=5.0, wind_direction=[0.0, 90.0, 180.0, 270.0]), roughness_length=0.1
    )
    assert np.allclose(air.east, [0, -5, 0, 5], atol=1e-9)
    assert np.allclose(air.north, [-5, 0, 5, 0], atol=1e-9)


def test_a_calm_gets_the_stated_speed_and_its_neighbours_direction_and_is_counted() -> None:
    direction = np.array([100.0, np.nan, 140.0, 150.0])
    air = air_from_weather(
        weather(hours=4, wind_speed=[3.0, 0.0, 3.0, 0.2], wind_direction=direction), roughness_length=0.1
    )
    assert np.allclose(np.hypot(air.east, air.north), [3.0, 0.5, 3.0, 0.5])
    assert np.degrees(np.arctan2(-air.east[1], -air.north[1])) % 360 == pytest.approx(120.0)
    assert air.attrs["quality"]["calm_given_minimum_speed"] == 2
    assert air.attrs["quality"]["calm_direction_bridged"] == 1


def test_what_is_unknown_is_filled_by_rule_and_counted() -> None:
    cloud = np.concatenate([[0.3], np.full(20, np.nan), [0.9] * 27])
    rain = np.where(np.arange(48) < 5, np.nan, 1e-4)
    quality = air_from_weather(weather(hours=48, cloud_cover=cloud, precipitation=rain), roughness_length=0.1).attrs[
        "quality"
    ]
    assert quality["cloud_held"] == 12
    assert quality["cloud_mean"] == 8
    assert quality["rain_unknown_taken_as_none"] == 5
    assert quality["cloud_base_default"] == 48


def test_what_the_source_gives_is_used_and_said() -> None:
    given_values = {"friction_velocity": 0.37, "sensible_heat_flux": 111.0, "boundary_layer_height": 777.0}
    air = air_from_weather(weather(**given_values), roughness_length=0.1)
    assert np.all(air.friction_velocity == 0.37)
    assert np.all(air.mixing_height == 777.0)
    kinematic = 111.0 / (101325.0 / (287.05 * 288.0) * 1004.7)
    assert np.allclose(air.inverse_obukhov_length, -0.4 * 9.80665 * kinematic / (288.0 * 0.37**3))
    said = air.attrs["derivation"]
    assert {said[k] for k in ("friction_velocity", "heat_flux", "mixing_height")} == {"given by the source"}


@settings(max_examples=25, deadline=None)
@given(
    speed=st.lists(st.floats(0, 40), min_size=30, max_size=30),
    cloud=st.floats(0, 1),
    kelvin=st.floats(240, 315),
    latitude=st.floats(-80, 80),
    roughness=st.floats(0.001, 2.0),
)
def test_air_is_complete_and_bounded_whatever_the_weather(
    speed: list[float], cloud: float, kelvin: float, latitude: float, roughness: float
) -> None:
    series = weather(hours=30, wind_speed=speed, cloud_cover=cloud, temperature=kelvin, latitude=latitude)
    air = air_from_weather(series, roughness_length=roughness)
    for name in (
        "east",
        "north",
        "friction_velocity",
        "inverse_obukhov_length",
        "mixing_height",
        "convective_velocity",
    ):
        assert np.all(np.isfinite(getattr(air, name))), name
    assert np.all(air.friction_velocity > 0)
    assert np.all((air.mixing_height >= MIXING_FLOOR - 1e-9) & (air.mixing_height <= MIXING_CEILING))
    assert np.all((air.inverse_obukhov_length <= 0.2 + 1e-12) & (air.inverse_obukhov_length >= -1.0))
    assert np.all(np.hypot(air.east, air.north) >= 0.5 - 1e-12)


def test_only_years_that_never_were_are_cyclic_unless_said() -> None:
    assert not air_from_weather(weather(), roughness_length=0.1).cyclic
    assert air_from_weather(weather(label="typical year"), roughness_length=0.1).cyclic
    assert air_from_weather(weather(), roughness_length=0.1, cyclic=True).cyclic


def test_weather_that_cannot_be_used_is_refused_with_the_reason() -> None:
    with pytest.raises(WeatherRefused, match="wind_speed"):
        air_from_weather(weather(hours=3, wind_speed=[1.0, np.nan, 2.0]), roughness_length=0.1)
    with pytest.raises(WeatherRefused, match="direction"):
        air_from_weather(weather(hours=3, wind_speed=0.0, wind_direction=np.nan), roughness_length=0.1)
    uneven = weather(hours=4)
    uneven.time[2] += 60
    with pytest.raises(WeatherRefused, match="uniform"):
        air_from_weather(uneven, roughness_length=0.1)
    with pytest.raises(OutOfRange, match="roughness_length"):
        air_from_weather(weather(), roughness_length=9.0)


# --- against measurements and analyses -----------------------------------------------------


@needs_shared
def test_friction_velocity_agrees_with_prairie_grass() -> None:
    with (SHARED / "data/tracer_prairie_grass/runs.csv").open() as handle:
        rows = [r for r in csv.DictReader(handle) if r["L_m"] and r["ustar_m_s"] and r["wind_speed_m_s"]]
    length, listed, speed = (np.array([float(r[k]) for r in rows]) for k in ("L_m", "ustar_m_s", "wind_speed_m_s"))
    # the listed u* is for k = 0.35; the site's z0 is 0.006 m, the wind's height 2 m (SOURCE.md)
    derived = VON_KARMAN * speed / profile_factor(2.0, 1.0 / length, roughness_length=0.006)
    ratio = derived / (listed * 1.11)
    assert len(rows) > 30
    assert 0.9 < np.median(ratio) < 1.1
    assert np.mean(np.abs(np.log(ratio)) < np.log(1.25)) > 0.85


@needs_shared
def test_the_profile_gives_era5s_wind_at_100_m() -> None:
    with gzip.open(SHARED / "data/wx_era5_berlin_2017/era5_52.35N_13.35E_hourly.csv.gz", "rt") as handle:
        rows = list(csv.DictReader(handle))
    column = {k: np.array([float(r[k]) for r in rows]) for k in ("u10", "v10", "u100", "v100", "t2m", "ssrd", "sp")}
    start = int(np.datetime64(rows[0]["time"].replace(" ", "T")).astype("datetime64[s]").astype(np.int64))
    speed, aloft = np.hypot(column["u10"], column["v10"]), np.hypot(column["u100"], column["v100"])
    series = weather(
        hours=len(rows), start=start, wind_speed=speed, cloud_cover=np.nan, solar_radiation=column["ssrd"] / 3600.0,
        wind_direction=np.degrees(np.arctan2(-column["u10"], -column["v10"])) % 360, temperature=column["t2m"],
        pressure=column["sp"], latitude=52.35, longitude=13.35, label="reanalysis",
    )  # fmt: skip
    air = air_from_weather(series, roughness_length=0.1)  # ERA5's 10 m wind is that of open country
    top = np.where(air.inverse_obukhov_length > 0, np.clip(air.mixing_height, 10.0, 100.0), 100.0)
    derived = wind_at_height(top, friction_velocity=air.friction_velocity, inverse_length=air.inverse_obukhov_length,
                             roughness_length=0.1)  # fmt: skip
    windy = speed > 1.5
    ratio, sun = derived / aloft, sine_solar_elevation(series.time, latitude=52.35, longitude=13.35)
    assert 0.9 < np.median(ratio[windy & (sun > 0.2)]) < 1.05
    assert 0.95 < np.median(ratio[windy & (sun < -0.1)]) < 1.2
    assert np.corrcoef(derived[windy], aloft[windy])[0, 1] > 0.9
    neutral_within = np.mean(np.abs(np.log(1.5 * speed / aloft))[windy] < np.log(1.25))
    within = np.mean(np.abs(np.log(ratio))[windy] < np.log(1.25))
    assert within > 0.78 > neutral_within  # ln(100/0.1)/ln(10/0.1) = 1.5
    rank = [np.argsort(np.argsort(x[windy] / speed[windy])) for x in (derived, aloft)]
    assert np.corrcoef(*rank)[0, 1] > 0.7  # the hours of strong shear are the right ones
