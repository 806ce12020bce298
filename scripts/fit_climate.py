"""Which statistics does a station's year have?  Fits the table that `oberih.weather.climate` draws from.

Usage::

    python scripts/fit_climate.py OBSERVATIONS.csv OUTPUT.json --fitted-on YYYY-MM-DD

OBSERVATIONS.csv is the three-hourly SYNOP table of Kharkiv airport 2016 in tidy form (columns
``time_utc, t_C, wind_dir_deg, wind_calm, wind_speed_m_s, cloud_cover_pct, sky_obscured,
cloud_base_text_m, weather_now, precip_mm, precip_period_h``).  No row of it enters the output.

Steps: marginal tables by season and hour; normal scores; lagged correlations of the hidden normal
numbers, freed of the rounding of classes (Mehler's expansion); a vector autoregression by
Yule-Walker; the shape of rain amounts, by matching the spread of 12-hour totals.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from fit_climate_observations import (
    HOUR_STEP,
    STATION,
    Floats,
    calendar,
    class_index,
    fill_direction,
    read_observations,
    smooth_hours,
    table_of,
    twelve_hour_totals,
    unrounded_speed,
)
from fit_climate_process import (
    class_scores,
    hidden_correlations,
    hourly_correlation,
    lagged,
    uncouple,
    yule_walker,
)

from oberih.weather.climate import COMPONENTS, DEFAULT_TABLE, ClimateTable, climate_year, temperature_terms
from oberih.weather.kernels.copula import (
    Slots,
    at_seasons,
    at_slots,
    normal_quantile,
    phase_of,
    place_in_table,
    probability_at,
    sector_quantiles,
)
from oberih.weather.series import Weather

SEASON_DAYS = [15.0, 105.0, 196.0, 288.0]
"""Middle of December-February, March-May, June-August, September-November [day of the year]."""
CLOUD_VALUES = [0.0, 0.25, 0.4, 0.5, 0.6, 0.75, 0.95, 1.0]
BASE_VALUES = [25.0, 75.0, 150.0, 250.0, 450.0, 800.0, 1250.0, 2500.0]
SPEED_LEVELS = [0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995, 1.0]
ORDER = 8
"""Of the autoregression, in steps of three hours."""
ROUNDS = 3
"""Of the calibration by drawing."""
CALIBRATED = ("wind_a", "wind_b", "cloud", "rain")
"""Components whose persistence is matched to u, v, cloud and wetness."""
REPLICATES = 24
"""Draws of what rounding hid."""


def fit_wind(data: dict[str, Floats], season: Any, hour: Any, slots: Slots, rng: np.random.Generator) -> dict[str, Any]:
    """Rose by season, speed scale by season and hour, quantiles of relative speed by sector."""
    sector = np.round(np.mod(data["direction"], 360.0) / 22.5) % 16
    rose = np.array([[np.mean(sector[(season == s) & np.isfinite(sector)] == k) for k in range(16)] for s in range(4)])
    spread = np.concatenate([unrounded_speed(data["speed"], rng) for _ in range(REPLICATES)])
    scale = smooth_hours(table_of(spread.reshape(REPLICATES, -1).mean(axis=0), season, hour))
    relative = spread / np.tile(at_slots(scale, slots), REPLICATES)
    near = np.tile(fill_direction(data["direction"]), REPLICATES)
    usable = np.isfinite(relative)
    quantiles = []
    for k in range(16):
        apart = np.abs(np.mod(near - 22.5 * k + 180.0, 360.0) - 180.0)
        weight = np.where(usable, np.clip(1.0 - apart / 45.0, 0.0, None), 0.0)
        quantiles.append(weighted_quantiles(relative, weight))
    return {
        "rose": rose.round(5).tolist(),
        "speed_scale_m_s": scale.round(4).tolist(),
        "speed_levels": SPEED_LEVELS,
        "speed_quantiles": np.round(quantiles, 4).tolist(),
    }


def weighted_quantiles(values: Floats, weight: Floats) -> Floats:
    """Quantiles at `SPEED_LEVELS` of weighted values."""
    keep = weight > 0.0
    order = np.argsort(values[keep])
    share = np.cumsum(weight[keep][order])
    return np.interp(SPEED_LEVELS, (share - share[0]) / (share[-1] - share[0]), values[keep][order])


def fit_classes(values: Floats, classes: list[float], season: Any, hour: Any) -> Floats:
    """Share of each class by season and hour, smoothed over hours, shape (4, 8, classes)."""
    share = np.stack([table_of(np.where(np.isnan(values), np.nan, values == c), season, hour) for c in classes], axis=2)
    share = smooth_hours(share) + 1e-6
    return np.asarray(share / share.sum(axis=2, keepdims=True))


def fit_rain(data: dict[str, Floats], season: Any, hour: Any) -> dict[str, Any]:
    """Wet share by season and hour, mean rate by season; shapes are set by `match_rain`."""
    wet = smooth_hours(smooth_hours(table_of(data["wet"], season, hour)))
    totals, ends = twelve_hour_totals(data)
    of_total = calendar(ends)[2]
    hours = [12.0 * np.sum(of_total == s) * np.nanmean(data["wet"][season == s]) for s in range(4)]
    rate = np.array([totals[of_total == s].sum() / hours[s] for s in range(4)])
    shape = np.full(4, 0.7)
    return {
        "wet_probability": wet.round(5).tolist(),
        "mean_rate_mm_h": rate.round(4).tolist(),
        "weibull_shape": shape.tolist(),
        "weibull_scale_mm_h": weibull_scale(rate, shape),
    }


def weibull_scale(rate: Floats, shape: Floats) -> list[float]:
    """Scale [mm/h] of Weibull amounts with a given mean."""
    return [round(float(r / math.gamma(1.0 + 1.0 / k)), 5) for r, k in zip(rate, shape, strict=True)]


def match_rain(content: dict[str, Any], data: dict[str, Floats]) -> None:
    """Choose the amounts' shape by season so that 12-hour totals spread as observed."""
    totals, ends = twelve_hour_totals(data)
    season = calendar(ends)[2]
    target = np.array([np.mean(totals[season == s] ** 2) for s in range(4)])
    rate = np.array(content["rain"]["mean_rate_mm_h"])
    candidates = np.array([0.65, 0.7, 0.75, 0.8, 0.9, 1.0, 1.2, 1.5])
    squares = []
    for shape in candidates:
        content["rain"]["weibull_shape"] = [float(shape)] * 4
        content["rain"]["weibull_scale_mm_h"] = weibull_scale(rate, np.full(4, shape))
        squares.append(simulated_squares(content))
    gap = np.abs(np.log(np.array(squares) / target[None, :]))
    best = candidates[np.argmin(gap, axis=0)]
    content["rain"]["weibull_shape"] = best.tolist()
    content["rain"]["weibull_scale_mm_h"] = weibull_scale(rate, best)
    years = 40
    excess = float(draw(content, years).precipitation.sum()) * 3600.0 / years / totals.sum()
    print(f"annual total drawn over observed {excess:.3f} (taken out)")
    content["rain"]["mean_rate_mm_h"] = (rate / excess).round(5).tolist()
    content["rain"]["weibull_scale_mm_h"] = weibull_scale(rate / excess, best)


def simulated_squares(content: dict[str, Any], years: int = 40) -> Floats:
    """Mean square of 12-hour totals [mm²] by season in a long drawn series."""
    drawn = draw(content, years)
    use = 8766 * years // 12 * 12
    totals = (drawn.precipitation[:use] * 3600.0).reshape(-1, 12).sum(axis=1)
    season = calendar(drawn.time[:use:12].astype(float))[2]
    return np.array([np.mean(totals[season == s] ** 2) for s in range(4)])


def fit_temperature(data: dict[str, Floats], season: Any, hour: Any) -> tuple[dict[str, Any], Floats]:
    """Harmonics of the mean and the spread about it; and the standardised anomalies."""
    day, solar, _, _ = calendar(data["time"])
    terms, known = temperature_terms(day, solar), np.isfinite(data["celsius"])
    harmonics = np.linalg.lstsq(terms[known], data["celsius"][known], rcond=None)[0]
    anomaly = data["celsius"] - terms @ harmonics
    return {"mean_celsius_harmonics": harmonics.round(5).tolist()}, anomaly


def fit(data: dict[str, Floats]) -> dict[str, Any]:
    """The whole table but its provenance."""
    rng = np.random.default_rng(20160101)
    day, solar, season, hour = calendar(data["time"])
    centres = np.mod(np.arange(8) * HOUR_STEP + STATION["longitude"] / 15.0, 24.0)
    order = np.argsort(centres)
    hour = np.argsort(order)[hour]
    slots = place_in_table(day, solar, season_centres=np.array(SEASON_DAYS), hour_centres=centres[order])
    wind = fit_wind(data, season, hour, slots, rng)
    cloud = fit_classes(data["cloud"], CLOUD_VALUES, season, hour)
    base = fit_classes(data["base"], BASE_VALUES, season, hour)
    rain = fit_rain(data, season, hour)
    temperature, anomaly = fit_temperature(data, season, hour)
    spread = smooth_hours(np.sqrt(table_of(anomaly**2, season, hour)))
    temperature["spread_kelvin"] = spread.round(4).tolist()
    anomaly = anomaly / at_slots(spread, slots)
    wet = at_slots(np.array(rain["wet_probability"]), slots)
    scores, hermite = {}, {}
    for name, index, values, probability in (
        ("cloud", class_index(data["cloud"], CLOUD_VALUES), CLOUD_VALUES, at_slots(cloud, slots)),
        ("cloud_base", class_index(data["base"], BASE_VALUES), np.log(BASE_VALUES).tolist(), at_slots(base, slots)),
        ("rain", data["wet"], [0.0, 1.0], np.stack([1.0 - wet, wet], axis=1)),
    ):
        scores[name], hermite[name] = class_scores(index, values, probability)
    gaussian = np.eye(15)[0]
    scores["temperature"], hermite["temperature"] = anomaly / np.nanstd(anomaly), gaussian
    correlations, score = average_correlations(data, wind, slots, scores, hermite, rng)
    coupling, share = couplings(scores, hermite, score, season, hour)
    uncoupled = uncouple(correlations, share)
    content = {
        "station": STATION,
        "slots": {"season_centre_day": SEASON_DAYS, "local_solar_hour": centres[order].round(4).tolist()},
        "wind": wind,
        "cloud": {"values": CLOUD_VALUES, "probabilities": cloud.round(5).tolist()},
        "cloud_base": {"values_m": BASE_VALUES, "probabilities": base.round(5).tolist()},
        "rain": rain,
        "temperature": temperature,
        "coupling_to_speed": coupling,
    }
    calibrate(content, data, uncoupled)
    return content


def process(correlations: Floats) -> dict[str, Any]:
    """The hidden process with these correlations."""
    coefficients, innovation = yule_walker(correlations[: ORDER + 1])
    return {
        "components": list(COMPONENTS),
        "step_h": HOUR_STEP,
        "coefficients": coefficients.round(6).tolist(),
        "innovation": innovation.round(6).tolist(),
        "hourly_correlation": hourly_correlation(correlations).round(6).tolist(),
    }


def calibrate(content: dict[str, Any], data: dict[str, Floats], correlations: Floats) -> None:
    """Shift the hidden autocorrelations until drawn u, v, cloud and rain persist as observed.

    The copula is not exactly Gaussian (a rose has peaks, cloud has two regimes), so what
    persists in the numbers and what persists in the weather differ a little.
    """
    observed = autocorrelations(data, ORDER)
    goal = correlations.copy()
    for _ in range(ROUNDS):
        content["process"] = process(goal)
        gap = observed - autocorrelations(three_hourly(content), ORDER)
        print("largest gap of an autocorrelation", np.abs(gap).max(axis=1).round(3))
        for row, name in enumerate(CALIBRATED):
            i = COMPONENTS.index(name)
            goal[1 : ORDER + 1, i, i] = np.clip(goal[1 : ORDER + 1, i, i] + 0.8 * gap[row], 0.0, 0.97)
    content["process"] = process(goal)


def three_hourly(content: dict[str, Any], years: int = 12) -> dict[str, Floats]:
    """A long drawn series seen as the station would: every third hour, whole m/s."""
    drawn = draw(content, years)
    every = slice(None, None, HOUR_STEP)
    return {
        "time": drawn.time[every].astype(float),
        "speed": np.round(drawn.wind_speed[every]),
        "direction": drawn.wind_direction[every],
        "cloud": drawn.cloud_cover[every],
        "wet": (drawn.precipitation[every] > 0.0).astype(float),
    }


def autocorrelations(data: dict[str, Floats], lags: int) -> Floats:
    """Of u, v, cloud and wetness less their season's and hour's mean, shape (4, lags)."""
    _, _, season, hour = calendar(data["time"])
    bearing = np.radians(fill_direction(data["direction"]))
    rows = []
    for values in (data["speed"] * np.sin(bearing), data["speed"] * np.cos(bearing), data["cloud"], data["wet"]):
        departure = values - table_of(values, season, hour)[season, hour]
        rows.append([lagged(departure, departure, lag) / lagged(departure, departure, 0) for lag in range(1, lags + 1)])
    return np.array(rows)


def draw(content: dict[str, Any], years: int) -> Weather:
    """A long series drawn from a table that is not yet complete in its provenance."""
    return climate_year(
        site_latitude=STATION["latitude"], site_longitude=STATION["longitude"], seed=1,
        table=ClimateTable("trial", "", content), hours=8766 * years,
    )  # fmt: skip


def average_correlations(
    data: dict[str, Floats], wind: dict[str, Any], slots: Slots,
    scores: dict[str, Floats], hermite: dict[str, Floats], rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Hidden correlations (components and, last, the speed's score), and the speed's mean score."""
    draws = [wind_numbers(data, wind, slots, rng) for _ in range(REPLICATES)]
    mean = [np.mean([d[i] for d in draws], axis=0) for i in range(3)]
    everything = {"wind_a": mean[0], "wind_b": mean[1], **scores, "speed": mean[2]}
    ordered = {name: everything[name] for name in (*COMPONENTS, "speed")}
    everything_hermite = dict(hermite)
    for name, drawn, average in zip(("wind_a", "wind_b", "speed"), zip(*draws, strict=True), mean, strict=True):
        print(
            name, "variance", round(float(np.nanvar(drawn[0])), 3), "of the mean", round(float(np.nanvar(average)), 3)
        )
        everything_hermite[name] = np.eye(15)[0] * np.nanvar(average)
    return hidden_correlations(ordered, everything_hermite, 8), mean[2]


def wind_numbers(
    data: dict[str, Floats], wind: dict[str, Any], slots: Slots, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """The hidden wind components and the speed's score behind the observations, one draw."""
    speed = unrounded_speed(data["speed"], rng)
    direction = np.mod(fill_direction(data["direction"]) + 22.5 * (rng.random(len(speed)) - 0.5), 360.0)
    relative = speed / at_slots(np.array(wind["speed_scale_m_s"]), slots)
    quantiles = sector_quantiles(direction, np.array(wind["speed_quantiles"]))
    rank = np.clip(probability_at(relative, np.array(wind["speed_levels"]), quantiles), 1e-4, 1.0 - 1e-4)
    radius = np.sqrt(-2.0 * np.log1p(-rank))
    angle = 2.0 * np.pi * phase_of(direction, at_seasons(np.array(wind["rose"]), slots))
    return radius * np.sin(angle), radius * np.cos(angle), normal_quantile(rank)


def couplings(
    scores: dict[str, Floats], hermite: dict[str, Floats], score: Floats, season: Any, hour: Any
) -> tuple[dict[str, Any], Floats]:
    """Correlation of each component with the speed's score by season and hour, and its mean share."""
    tables, share = {}, np.zeros(len(COMPONENTS))
    for i, name in enumerate(COMPONENTS):
        if name in scores:
            table = table_of(scores[name] * score, season, hour) / (hermite[name][0] * np.nanvar(score))
            for _ in range(3):
                table = smooth_hours(table)
            tables[name] = np.clip(table, -0.8, 0.8).round(4).tolist()
            share[i] = table.mean()
    print("mean coupling to speed", dict(zip(COMPONENTS, share.round(2), strict=True)))
    return tables, share


def main() -> None:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("observations", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--fitted-on", required=True, help="date of the fit, YYYY-MM-DD")
    arguments = parser.parse_args()
    data = read_observations(arguments.observations)
    content = fit(data)
    match_rain(content, data)
    content = {
        "reading": "see oberih.weather.climate; seasons DJF, MAM, JJA, SON; sectors from north, clockwise",
        "provenance": {
            "table": DEFAULT_TABLE,
            "observations": int(np.isfinite(data["speed"]).sum()),
            "source": "SYNOP of Kharkiv airport, WMO 34300, 2016, every three hours, from the rp5.ua archive",
            "licence": "rp5.ua archive; please name the site. Only statistics are kept here, no observation.",
            "script": "scripts/fit_climate.py",
            "fitted_on": arguments.fitted_on,
            "verified": True,
        },
        **content,
    }
    arguments.output.write_text(json.dumps(content, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
