"""Does the stochastic year look like the station whose statistics it was fitted to?

Tolerances: the drawn statistics are those of twelve years; the observed ones of a single year, so
that they carry a sampling error of their own (written beside the number where it rules).
"""

from __future__ import annotations

import csv
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.climate import NOMINAL_START, climate_year, load_table
from oberih.weather.kernels.copula import (
    class_of,
    direction_of,
    normal_probability,
    normal_quantile,
    phase_of,
    probability_at,
    value_at,
)
from oberih.weather.kernels.latent import bridge_hours, periodic_autoregression
from oberih.weather.series import Weather
from tests.conftest import SHARED, needs_shared

Floats = npt.NDArray[np.float64]
PLANT = {"site_latitude": 47.51, "site_longitude": 34.59}
KHARKIV = {"site_latitude": 49.9667, "site_longitude": 36.1333}
YEARS = 12


# --- the embedded default ------------------------------------------------------------------


def bytes_of(weather: Weather) -> bytes:
    names = ("time", "wind_speed", "wind_direction", "temperature", "cloud_cover", "precipitation", "cloud_base")
    return b"".join(getattr(weather, name).tobytes() for name in names)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_year() -> None:
    first, again, other = (climate_year(**PLANT, seed=s) for s in (7, 7, 8))
    assert bytes_of(first) == bytes_of(again)
    assert np.mean(first.wind_speed == other.wind_speed) < 0.2


def test_the_year_says_what_it_is_and_whom_to_name() -> None:
    year = climate_year(**PLANT, seed=3)
    assert year.label == "climate-statistics weather"
    assert "Kharkiv" in year.source and "34300" in year.source and "2016" in year.source and "rp5.ua" in year.source
    assert "296 km" in year.source
    raw = (files("oberih.weather") / "data/kharkiv_34300_2016.json").read_bytes()
    assert year.attrs["climate_table_sha256"] == hashlib.sha256(raw).hexdigest()
    assert year.attrs["seed"] == 3
    assert (year.latitude, year.longitude, year.wind_height) == (47.51, 34.59, 10.0)


def test_only_statistics_ship() -> None:
    raw = (files("oberih.weather") / "data/kharkiv_34300_2016.json").read_bytes()
    assert len(raw) < 200_000
    content = json.loads(raw)
    assert {"source", "licence", "script", "fitted_on", "observations"} <= set(content["provenance"])

    def longest(node: Any) -> int:
        if isinstance(node, dict):
            return max(longest(v) for v in node.values())
        return max([len(node), *(longest(v) for v in node)]) if isinstance(node, list) else 0

    assert longest(content) <= 25  # nothing as long as a series


def test_every_hour_is_complete_and_possible() -> None:
    year = climate_year(**PLANT, seed=1)
    assert len(year) == 8760
    assert year.time[0] == NOMINAL_START and np.all(np.diff(year.time) == 3600)
    calm = year.wind_speed == 0.0
    assert np.array_equal(calm, np.isnan(year.wind_direction))
    assert np.all((year.wind_direction[~calm] >= 0) & (year.wind_direction[~calm] < 360))
    assert np.all((year.wind_speed[~calm] >= 0.5) & (year.wind_speed[~calm] < 30))
    assert np.all((year.cloud_cover >= 0) & (year.cloud_cover <= 1))
    assert np.all((year.precipitation >= 0) & (year.precipitation < 60 / 3600))
    assert np.all((year.temperature > 235) & (year.temperature < 318))
    assert np.array_equal(np.isnan(year.cloud_base), year.cloud_cover == 0)
    assert np.all(np.isnan(year.solar_radiation))


def test_the_year_ends_where_it_begins() -> None:
    year = climate_year(**PLANT, seed=2)
    steps = np.abs(np.diff(year.temperature))
    gaps = [np.ptp(climate_year(**PLANT, seed=s).temperature[[0, -1]]) for s in range(40)]
    assert np.mean(gaps) < 1.5 * steps.mean() + 0.3  # else 7 K: two winters' difference


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(InputError, match="seed"):
        climate_year(**PLANT, seed=-1)
    with pytest.raises(InputError, match="site_latitude"):
        climate_year(site_latitude=91.0, site_longitude=0.0, seed=1)
    with pytest.raises(InputError, match="hours"):
        climate_year(**PLANT, seed=1, hours=1)
    with pytest.raises(UnknownName, match="kharkiv_34300_2016"):
        load_table("kharkov_34300_2016")


# --- laws of its kernels -------------------------------------------------------------------


@given(z=st.floats(-5, 5))
def test_quantile_and_probability_are_inverse(z: float) -> None:
    assert abs(normal_quantile(normal_probability(np.array([z])))[0] - z) < 1e-3


@given(weights=st.lists(st.floats(0.01, 1), min_size=16, max_size=16), direction=st.floats(0, 359.9))
def test_phase_and_direction_are_inverse(weights: list[float], direction: float) -> None:
    rose = np.array([weights]) / np.sum(weights)
    back = direction_of(phase_of(np.array([direction]), rose), rose)[0]
    assert abs((back - direction + 180) % 360 - 180) < 1e-6


@given(p=st.floats(0, 1))
def test_value_and_probability_are_inverse(p: float) -> None:
    levels, quantiles = np.array([0.0, 0.3, 1.0]), np.array([[0.0, 1.0, 4.0]])
    assert abs(probability_at(value_at(np.array([p]), levels, quantiles), levels, quantiles)[0] - p) < 1e-9


def test_classes_come_as_often_as_the_table_says() -> None:
    share = np.array([0.1, 0.0, 0.6, 0.3])
    z = np.random.default_rng(1).standard_normal(200_000)
    drawn = np.bincount(class_of(z, np.tile(share, (len(z), 1))), minlength=4) / len(z)
    assert np.allclose(drawn, share, atol=0.005)


def test_the_periodic_process_has_the_autoregressions_correlation_and_no_end() -> None:
    rho = 0.9
    noise = np.random.default_rng(2).standard_normal((200_000, 1))
    series = periodic_autoregression(np.array([[[rho]]]), np.array([[np.sqrt(1 - rho**2)]]), noise)[:, 0]
    assert abs(series.std() - 1) < 0.02
    assert abs(np.mean(series * np.roll(series, 1)) - rho) < 0.01
    innovation = series[0] - rho * series[-1]
    assert abs(innovation - np.sqrt(1 - rho**2) * noise[0, 0]) < 1e-9


def test_the_bridge_keeps_variance_and_gives_the_hourly_correlations() -> None:
    rho = np.array([[0.95], [0.91], [0.88]])
    rng = np.random.default_rng(3)
    nodes = periodic_autoregression(
        np.array([[[0.88]]]), np.array([[np.sqrt(1 - 0.88**2)]]), rng.standard_normal((100_000, 1))
    )
    hourly = bridge_hours(nodes, rho, np.eye(1), rng.standard_normal((100_000, 2, 1)))[:, 0]
    assert np.array_equal(hourly[::3], nodes[:, 0])
    for k in range(3):
        assert abs(hourly[k::3].std() - 1) < 0.03
        assert abs(np.mean(hourly[k::3] * np.roll(hourly, -1)[k::3]) - 0.95) < 0.03


# --- against the observations --------------------------------------------------------------


@cache
def observed() -> dict[str, Floats]:
    """Kharkiv 2016 on its three-hour grid, read without the fitting script."""
    with (SHARED / "data/wx_synop_kharkiv_2016/kharkiv_34300_2016_3hourly.csv").open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle) if r["time_utc"].startswith("2016")]
    time = np.array([np.datetime64(r["time_utc"], "s").astype(np.int64) for r in rows])
    grid = np.arange(time[0], time[-1] + 1, 10800)
    table = {"time": grid.astype(float)}
    rain_words = ("ождь", "ожди", "ождем", "нег", "Снежн", "орось", "крупа", "град")
    for name, value in {
        "speed": lambda r: float(r["wind_speed_m_s"]),
        "direction": lambda r: float(r["wind_dir_deg"] or "nan"),
        "cloud": lambda r: 1.0 if r["sky_obscured"] == "1" else float(r["cloud_cover_pct"]) / 100,
        "celsius": lambda r: float(r["t_C"] or "nan"),
        "wet": lambda r: float(
            any(w in r["weather_now"] for w in rain_words) and "без осадков" not in r["weather_now"]
        ),
    }.items():
        table[name] = np.full(len(grid), np.nan)
        table[name][(time - time[0]) // 10800] = [value(r) for r in rows]
    table["annual_mm"] = np.array([sum(float(r["precip_mm"]) for r in rows if r["precip_period_h"] == "12.0")])
    return table


@cache
def drawn() -> dict[str, Floats]:
    """Twelve years, seen as the station would: every third hour, whole m/s."""
    year = climate_year(**KHARKIV, seed=2024, hours=8766 * YEARS)
    third = slice(None, None, 3)
    return {
        "time": year.time[third].astype(float),
        "speed": np.round(year.wind_speed[third]),
        "direction": year.wind_direction[third],
        "cloud": year.cloud_cover[third],
        "celsius": year.temperature[third] - 273.15,
        "wet": (year.precipitation[third] > 0).astype(float),
        "annual_mm": np.array([year.precipitation.sum() * 3600 / YEARS]),
    }


def components(table: dict[str, Floats]) -> tuple[Floats, Floats]:
    bearing = np.radians(np.nan_to_num(table["direction"]))
    return -table["speed"] * np.sin(bearing), -table["speed"] * np.cos(bearing)


def rose(table: dict[str, Floats], least: float = 0.0) -> Floats:
    directed = np.isfinite(table["direction"]) & (table["speed"] >= least)
    sector = np.round(table["direction"][directed] / 22.5).astype(int) % 16
    return np.bincount(sector, minlength=16) / directed.sum()


def season_and_hour(table: dict[str, Floats]) -> tuple[Any, Any]:
    month = table["time"].astype(np.int64).astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    return month % 12 // 3, (table["time"] // 10800 % 8).astype(int)


def departure(table: dict[str, Floats], values: Floats) -> Floats:
    season, hour = season_and_hour(table)
    mean = np.array([[np.nanmean(values[(season == s) & (hour == h)]) for h in range(8)] for s in range(4)])
    return np.asarray(values - mean[season, hour])


def persistence(values: Floats, lag: int) -> float:
    return float(np.nanmean(values[lag:] * values[:-lag]) / np.nanmean(values**2))


@needs_shared
def test_the_wind_rose_is_the_observed_one() -> None:
    assert np.abs(rose(drawn()) - rose(observed())).max() < 0.012  # 16 sectors, mean 0.0625; sampling error 0.01


@needs_shared
def test_strong_winds_blow_from_the_observed_sectors() -> None:
    assert np.abs(rose(drawn(), 5.0) - rose(observed(), 5.0)).max() < 0.03  # n = 830 observed
    for k in range(16):
        speeds = [t["speed"][np.round(t["direction"] / 22.5) % 16 == k].mean() for t in (drawn(), observed())]
        assert speeds[0] == pytest.approx(speeds[1], rel=0.12), k


@needs_shared
def test_speeds_and_calms_are_distributed_as_observed() -> None:
    for level in (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99):
        assert abs(np.nanquantile(drawn()["speed"], level) - np.nanquantile(observed()["speed"], level)) <= 1.0
    assert drawn()["speed"].mean() == pytest.approx(np.nanmean(observed()["speed"]), rel=0.04)
    calm = [np.nanmean(t["speed"] == 0) for t in (drawn(), observed())]
    assert calm[0] == pytest.approx(calm[1], abs=0.012)


@needs_shared
def test_summer_nights_are_stiller_than_summer_afternoons_as_observed() -> None:
    for t in (drawn(), observed()):
        t["season"], t["hour"] = season_and_hour(t)
    for season in range(4):
        for hour in range(8):
            means = [
                np.nanmean(t["speed"][(t["season"] == season) & (t["hour"] == hour)]) for t in (drawn(), observed())
            ]
            assert means[0] == pytest.approx(means[1], abs=0.6), (season, hour)


@needs_shared
@pytest.mark.parametrize(
    ("name", "tolerance"), [("u", 0.06), ("v", 0.06), ("speed", 0.10), ("cloud", 0.06), ("wet", 0.06)]
)
def test_weather_persists_as_observed_over_three_six_twelve_and_twenty_four_hours(name: str, tolerance: float) -> None:
    series = []
    for table in (drawn(), observed()):
        u, v = components(table)
        series.append(departure(table, {"u": u, "v": v}.get(name, table.get(name))))
    for lag in (1, 2, 4, 8):
        assert persistence(series[0], lag) == pytest.approx(persistence(series[1], lag), abs=tolerance), lag


@needs_shared
def test_cloud_and_wind_and_rain_go_together_as_observed() -> None:
    matrices = []
    for table in (drawn(), observed()):
        rows = [departure(table, v) for v in (*components(table), table["speed"], table["cloud"], table["wet"])]
        matrices.append(np.asarray(np.ma.corrcoef(np.ma.masked_invalid(np.stack(rows)))))
    assert np.abs(matrices[0] - matrices[1]).max() < 0.08


@needs_shared
def test_it_rains_as_often_and_as_much_as_observed() -> None:
    assert drawn()["wet"].mean() == pytest.approx(np.nanmean(observed()["wet"]), abs=0.02)
    assert drawn()["annual_mm"][0] == pytest.approx(observed()["annual_mm"][0], rel=0.15)  # years differ by 25 %
    overcast = [np.nanmean(t["wet"][t["cloud"] == 1.0]) for t in (drawn(), observed())]
    assert overcast[0] == pytest.approx(overcast[1], abs=0.06)
    assert drawn()["wet"][drawn()["cloud"] < 0.5].mean() < 0.03


@needs_shared
def test_stability_classes_are_as_frequent_as_from_the_observations() -> None:
    edges = np.array(
        [-np.inf, -0.05, -0.01, -0.002, 0.002, 0.01, 0.05, np.inf]
    )  # 1/L, from very unstable to very stable
    shares = []
    for table in (drawn(), observed()):
        known = np.isfinite(table["speed"])
        index = np.arange(len(known))
        speed, celsius = (np.interp(index, index[known], table[k][known]) for k in ("speed", "celsius"))
        nothing = np.full(len(index), np.nan)
        series = Weather(
            time=table["time"].astype(np.int64), wind_speed=speed, wind_direction=table["direction"],
            temperature=celsius + 273.15, cloud_cover=table["cloud"], solar_radiation=nothing, precipitation=nothing,
            boundary_layer_height=nothing, pressure=nothing, cloud_base=nothing, friction_velocity=nothing,
            sensible_heat_flux=nothing, latitude=49.9667, longitude=36.1333,
            wind_height=10.0, label="observed", source="",
        )  # fmt: skip
        air = air_from_weather(series, roughness_length=0.1)
        shares.append(np.histogram(air.inverse_obukhov_length, edges)[0] / len(index))
    assert np.abs(shares[0] - shares[1]).max() < 0.025
    assert shares[1].min() > 0.01


@needs_shared
def test_light_winds_turn_more_than_strong_ones_as_observed() -> None:
    def turn(table: dict[str, Floats], speed: float) -> float:
        change = np.abs((np.diff(table["direction"]) + 180) % 360 - 180)
        return float(np.nanmean(change[table["speed"][:-1] == speed]))

    for speed in (1.0, 2.0, 3.0, 5.0, 8.0):
        assert turn(drawn(), speed) == pytest.approx(turn(observed(), speed), rel=0.3), speed


def test_hours_between_observations_wander_and_are_no_straight_lines() -> None:
    year = climate_year(**KHARKIV, seed=5)
    change = np.abs((np.diff(year.wind_direction) + 180) % 360 - 180)
    moderate = (year.wind_speed[:-1] > 2.5) & (year.wind_speed[:-1] < 5)
    assert 8 < np.nanmean(change[moderate]) < 25
    inside, across = np.nanmean(change[0::3]), np.nanmean(change[1::3])
    assert inside == pytest.approx(across, rel=0.1)  # no seam at the three-hour nodes
