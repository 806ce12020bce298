"""Does the sun stand where the almanac says?"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oberih.weather.kernels.sun import sine_solar_elevation

DAY = 86400
TIMES = st.integers(min_value=0, max_value=2_200_000_000)


def elevation(time: int, *, latitude: float, longitude: float) -> float:
    sine = sine_solar_elevation(np.array([time]), latitude=latitude, longitude=longitude)[0]
    return float(np.degrees(np.arcsin(sine)))


def test_the_elevation_of_the_spa_example_is_met() -> None:
    # Reda & Andreas (2004), Solar Energy 76, 577, table A5.1: 2003-10-17 12:30:30 at UTC-7,
    # topocentric elevation without refraction 39.872 degrees.
    time = int(np.datetime64("2003-10-17T19:30:30").astype("datetime64[s]").astype(np.int64))
    assert abs(elevation(time, latitude=39.742476, longitude=-105.1786) - 39.872) < 0.02


@given(time=TIMES, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
def test_it_is_day_on_one_side_and_night_on_the_other(time: int, latitude: float, longitude: float) -> None:
    here = sine_solar_elevation(np.array([time]), latitude=latitude, longitude=longitude)
    antipode = sine_solar_elevation(np.array([time]), latitude=-latitude, longitude=longitude + 180.0)
    assert abs(here[0] + antipode[0]) < 1e-12
    assert abs(here[0]) <= 1.0


def test_noon_on_a_solstice_stands_at_the_obliquity_from_the_equator() -> None:
    day = int(np.datetime64("2024-06-20T00:00:00").astype("datetime64[s]").astype(np.int64))
    times = np.arange(day, day + DAY, 60)
    highest = sine_solar_elevation(times, latitude=0.0, longitude=30.0).max()
    assert abs(np.degrees(np.arcsin(highest)) - (90.0 - 23.436)) < 0.02


def test_summer_days_are_longer_than_winter_days_in_the_north_only() -> None:
    def daylight(date: str, latitude: float) -> float:
        day = int(np.datetime64(date).astype("datetime64[s]").astype(np.int64))
        return float(
            np.mean(sine_solar_elevation(np.arange(day, day + DAY, 300), latitude=latitude, longitude=34.6) > 0)
        )

    assert daylight("2023-06-21", 47.5) * 24 > 15.5
    assert daylight("2023-12-21", 47.5) * 24 < 8.7
    assert daylight("2023-12-21", -47.5) > daylight("2023-06-21", -47.5)
    assert abs(daylight("2023-03-20", 0.0) - 0.5) < 0.01
