"""Clouds that rain and convection are found in columns, and what is not known is said and not made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oberih.weather.fields import CLOUD, Fields
from oberih.weather.kernels.humidity import saturation_pressure, specific_humidity
from oberih.weather.kernels.profile import profile_factor
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.volume import fields_of_volume

PRESSURE = np.linspace(1000.0, 200.0, 33) * 100.0
HEIGHT = 8000.0 * np.log(101_325.0 / PRESSURE)
SHAPE = (2, 33, 4, 5)


def whole(values: np.ndarray | float, levels: bool = True) -> np.ndarray:
    shape = SHAPE if levels else (2, 4, 5)
    values = np.asarray(values, dtype=np.float32)
    return np.broadcast_to(values[None, :, None, None] if levels and values.ndim else values, shape).copy()


def volume(share: np.ndarray | None = None, *, rain: float | None = 1e-4, **surface: float) -> RawVolume:
    """A column of 7 K a kilometre with a relative humidity, everywhere alike."""
    temperature = np.maximum(295.0 - 7.0e-3 * HEIGHT, 215.0)
    levels = {"east": whole(5.0), "north": whole(0.0), "temperature": whole(temperature)}
    if share is not None:
        levels["humidity"] = whole(specific_humidity(share * saturation_pressure(temperature), PRESSURE))
    flat = {"surface_pressure": 101_325.0, "mixing_height": 800.0, **surface}
    if rain is not None:
        flat["precipitation"] = rain
    ground = {name: whole(value, levels=False) for name, value in flat.items()}
    return RawVolume(
        np.array([0, 3600]), 34.0 + np.arange(5.0), 47.0 + np.arange(4.0), "", PRESSURE, None, levels, ground, ("x",)
    )  # fmt: skip


def humid(low: float, high: float) -> np.ndarray:
    return np.where((low <= HEIGHT) & (high >= HEIGHT), 0.97, 0.3)


def said(fields: Fields, word: str) -> bool:
    return any(word in one for one in fields.derived)


@pytest.mark.parametrize(("low", "high"), [(600.0, 2500.0), (1500.0, 6000.0), (300.0, 8000.0)])
def test_the_cloud_lies_where_the_air_is_nearly_saturated(low: float, high: float) -> None:
    fields = fields_of_volume(volume(humid(low, high)))
    step = np.diff(HEIGHT).max()
    assert fields.cloud_base == pytest.approx(low, abs=step) and fields.cloud_top == pytest.approx(high, abs=step)
    assert said(fields, "relative humidity")


def test_condensate_is_believed_before_humidity() -> None:
    raw = volume(humid(600.0, 2500.0))
    raw.levels["cloud_water"] = whole(np.where((HEIGHT >= 3000.0) & (HEIGHT <= 5000.0), 2e-4, 0.0))
    fields = fields_of_volume(raw)
    assert 2500.0 < fields.cloud_base.max() < 3500.0 and 4500.0 < fields.cloud_top.min() < 5800.0
    assert said(fields, "condensate")


def test_of_two_clouds_the_deeper_one_rains() -> None:
    share = np.maximum(humid(500.0, 900.0), humid(2500.0, 6000.0))
    assert fields_of_volume(volume(share)).cloud_base.min() > 2000.0


def test_without_a_cloud_to_be_found_the_default_holds_and_is_said() -> None:
    dry = fields_of_volume(volume(np.full(33, 0.3)))
    assert (dry.cloud_base == CLOUD[0]).all() and (dry.cloud_top == CLOUD[1]).all()
    assert said(dry, "100 % of raining columns")
    unknown = fields_of_volume(volume(None))
    assert (unknown.cloud_top == CLOUD[1]).all() and said(unknown, "nothing says where it is")


def test_a_base_that_was_given_is_kept() -> None:
    fields = fields_of_volume(volume(humid(1500.0, 6000.0), cloud_base=1234.0))
    assert fields.cloud_base == pytest.approx(1234.0) and fields.cloud_top.min() > 5000.0


def unstable() -> np.ndarray:
    return np.where(HEIGHT < 1200.0, 0.9, 0.5)


def test_convective_rain_stirs_the_column_in_proportion() -> None:
    one, two = (fields_of_volume(volume(unstable(), convective_rain=r)) for r in (1e-4, 2e-4))
    assert one.convective_rate.min() > 0.0 and one.convective_top.min() > 5000.0
    np.testing.assert_allclose(two.convective_rate, 2.0 * one.convective_rate, rtol=1e-4)
    assert 1.0 / one.convective_rate.max() > 900.0


def test_a_shower_airs_the_boundary_layer_in_hours_and_a_storm_in_less_than_one() -> None:
    drizzle, storm = (
        1.0 / fields_of_volume(volume(unstable(), convective_rain=mm / 3600.0)).convective_rate.mean() / 3600.0
        for mm in (0.3, 10.0)
    )
    assert 3.0 < drizzle < 30.0 and 0.25 <= storm < 1.0


def test_without_convective_rain_nothing_is_stirred_however_unstable_the_air() -> None:
    fields = fields_of_volume(volume(unstable(), convective_rain=0.0))
    assert (fields.convective_rate == 0.0).all() and (fields.convective_top == 0.0).all()


def test_where_convective_rain_is_unknown_the_energy_of_the_column_decides_and_that_is_said() -> None:
    fields = fields_of_volume(volume(unstable()))
    assert fields.convective_rate.min() > 0.0 and said(fields, "parcel's energy (not verified)")
    still = fields_of_volume(volume(np.full(33, 0.2)))
    assert (still.convective_rate == 0.0).all()


def test_dry_air_has_no_convection_and_says_why() -> None:
    fields = fields_of_volume(volume(None, convective_rain=1e-3))
    assert (fields.convective_rate == 0.0).all() and said(fields, "no humidity, so none")


def test_times_taken_a_few_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = fields_of_volume(volume(unstable()))
    monkeypatch.setattr("oberih.weather.volume.AT_ONCE", 1)
    in_turn = fields_of_volume(volume(unstable()))
    for name in ("height", "east", "up", "cloud_top", "convective_rate", "mixing_height"):
        np.testing.assert_array_equal(getattr(in_turn, name), getattr(at_once, name))
    assert in_turn.derived == at_once.derived and len(in_turn.time) == 2


@pytest.mark.parametrize("down", [-200.0, -20.0, 0.0, 15.0])
def test_friction_and_stability_of_a_given_heat_flux_carry_the_wind_at_ten_metres(down: float) -> None:
    raw = volume(None, heat_flux_down=down, east_10m=6.0, north_10m=0.0, temperature_2m=293.0)
    fields = fields_of_volume(raw)
    friction, inverse = fields.friction_velocity, fields.inverse_obukhov_length
    assert np.sign(inverse).max() == np.sign(down)
    speed = friction / 0.4 * profile_factor(10.0, inverse, roughness_length=fields.roughness_length)
    assert speed == pytest.approx(6.0, rel=0.02)


def test_heat_from_the_ground_stirs_more_than_its_loss() -> None:
    warm, neutral, cold = (
        fields_of_volume(volume(None, heat_flux_down=d, east_10m=5.0, north_10m=0.0)).friction_velocity.mean()
        for d in (-200.0, 0.0, 20.0)
    )
    assert warm > neutral > cold


def test_a_relative_humidity_is_as_good_as_a_specific_one() -> None:
    raw = volume(humid(600.0, 2500.0))
    other = volume(None)
    other.levels["relative_humidity"] = whole(humid(600.0, 2500.0))
    one, two = fields_of_volume(raw), fields_of_volume(other)
    np.testing.assert_allclose(one.cloud_base, two.cloud_base, rtol=1e-5)
    np.testing.assert_allclose(one.height, two.height, rtol=1e-5)


def test_gaps_in_what_can_be_derived_are_filled_by_deriving_and_gaps_in_rain_stay_unknown() -> None:
    raw = volume(humid(600.0, 2500.0))
    raw.surface["mixing_height"][0, 1, 1] = np.nan
    raw.surface["precipitation"][1, 2, 2] = np.nan
    fields = fields_of_volume(replace(raw))
    assert np.isfinite(fields.mixing_height).all() and said(fields, "mixing_height: has gaps")
    assert np.isnan(fields.precipitation).sum() == 1 and said(fields, "rain: unknown in")
