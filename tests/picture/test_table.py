"""The laws of scenes and rows."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.picture.rose import closed, rings_for
from oberih.picture.scene import Field, Rose, extent_for
from oberih.picture.table import (
    ZoneLine,
    compass,
    criteria_table,
    distance_text,
    people_text,
    places_table,
    sector_table,
    unbroken,
    zone_table,
)
from tests.picture.scenes import plan


def line(**changes: object) -> ZoneLine:
    given_: dict[str, object] = {
        "name": "Evacuation", "action": "evacuate", "criterion": "100 mSv in 7 d", "distance": 11_000.0,
        "lower": 9_000.0, "upper": 13_000.0, "azimuth": math.radians(225.0), "people": 58_612.0, "verified": True,
    }  # fmt: skip
    return ZoneLine(**{**given_, **changes})  # type: ignore[arg-type]


def test_a_row_tells_reach_band_direction_and_people() -> None:
    (row,) = zone_table([line(name_uk="Евакуація")], percentile=95.0).rows
    assert row == ("Evacuation · Евакуація", "evacuate", "100 mSv in 7 d", "11 km (9–13)", "SW", "58\u202f600")


def test_what_is_not_verified_says_so() -> None:
    (row,) = zone_table([line(verified=False)], percentile=95.0).rows
    assert row[2].endswith("(not verified)")
    levels = [{"name": "a", "quantity": "q", "level": "1 mSv", "source": "s", "verified": v} for v in (True, False)]
    assert [r[3] for r in criteria_table(levels).rows] == ["checked against the text", "not verified"]


def test_what_nobody_counted_is_not_nobody() -> None:
    assert people_text(math.nan) == "not counted"
    assert distance_text(math.nan) == "unknown"


def test_what_is_reached_only_at_the_band_s_edge_is_not_nowhere() -> None:
    assert distance_text(0.0, lower=0.0, upper=1_200.0) == "0.0 km (0.0–1.2)"
    assert distance_text(0.0, lower=0.0, upper=0.0) == "nowhere"


@given(st.floats(0.0, 1e9))
def test_people_are_told_within_half_a_per_cent(people: float) -> None:
    told = float(people_text(people).replace("\u202f", ""))
    assert told == pytest.approx(people, rel=0.0051, abs=0.51)


@given(st.floats(1.0, 999e3))
def test_distances_are_told_within_five_per_cent_or_fifty_metres(distance: float) -> None:
    told = 1e3 * float(distance_text(distance).split()[0])
    assert told == pytest.approx(distance, rel=0.051, abs=51.0)


@given(st.floats(0.0, 2.0 * math.pi))
def test_the_named_direction_is_the_nearest(azimuth: float) -> None:
    names = [compass(math.radians(22.5 * i)) for i in range(16)]
    assert len(set(names)) == 16
    off = math.degrees(azimuth) - 22.5 * names.index(compass(azimuth))
    assert abs((off + 180.0) % 360.0 - 180.0) <= 11.2501


def test_a_direction_tells_its_farthest_sector() -> None:
    azimuths = np.radians(np.arange(0.0, 360.0, 5.0))
    high = np.full(72, 10e3)
    high[1] = 30e3  # 5°: north
    rose = Rose(azimuths, high / 2, high, 0.9 * high, 1.1 * high)
    rows = {row[0]: row[1:] for row in sector_table(rose).rows}
    assert rows["N"] == ("30 km (27–33)", "15 km")
    assert rows["S"] == ("10 km (9–11)", "5.0 km")
    assert len(rows) == 16
    drawn = sector_table(dataclasses.replace(rose, drawn=2.0 * high, median=0.0 * high))
    assert drawn.columns == ("Towards", "Zone as drawn", "95 % of starts")
    assert ("N", "60 km", "30 km (27–33)") in drawn.rows
    assert "half of all starts: nowhere" in drawn.note


def test_places_are_told_with_distance_and_direction() -> None:
    rows = places_table([("Enerhodar", 5_842.0, math.radians(112.0), 52_887.0)]).rows
    assert rows == (("Enerhodar", "5.8 km", "ESE", "52\u202f900"),)


@given(st.integers(0, 10**9), st.sampled_from(["km", "mSv", "%", "people"]))
def test_a_number_stays_whole_on_one_line(number: int, unit: str) -> None:
    told = unbroken(f"about {number:,} {unit} there".replace(",", " "))
    assert told.replace("\u00a0", " ") == f"about {number:,} {unit} there".replace(",", " ")
    assert len(told.split(" ")) == (4 if unit == "people" else 3)


@given(st.floats(1.0, 1.5e6))
def test_the_map_shows_what_is_reached(reach: float) -> None:
    assert extent_for(reach) >= min(1.15 * reach, 2.0e6)


@given(st.floats(100.0, 1e6))
def test_a_rose_has_between_two_and_five_rings(farthest: float) -> None:
    rings = rings_for(farthest)
    assert 2 <= len(rings) <= 5
    assert rings[-1] <= farthest + 1e-6


def test_a_closed_ring_ends_where_it_began() -> None:
    assert closed(np.array([1.0, 2.0])).tolist() == [1.0, 2.0, 1.0]


@pytest.mark.parametrize("extent", [0.0, -1.0, math.nan, math.inf, 1e9])
def test_a_map_without_extent_is_refused(extent: float) -> None:
    with pytest.raises(InputError, match="extent"):
        plan(extent=extent)


def test_a_rose_with_columns_of_different_lengths_is_refused() -> None:
    three = np.zeros(3)
    with pytest.raises(InputError, match="different lengths"):
        Rose(three, three, three, three, three, drawn=np.zeros(4))
    with pytest.raises(InputError, match="different lengths"):
        Rose(np.zeros(3), np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(3))


def test_a_field_whose_parts_do_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="corners do not fit"):
        Field(np.zeros((3, 4, 2)), np.zeros((3, 4)), (1.0,), "dose", "mSv")
    with pytest.raises(InputError, match="levels must rise"):
        Field(np.zeros((4, 4, 2)), np.zeros((3, 4)), (2.0, 1.0), "dose", "mSv")


@pytest.mark.parametrize("overview", [-1.0, 10e3, math.nan, math.inf, 1e9])
def test_an_overview_that_shows_less_than_the_map_is_refused(overview: float) -> None:
    with pytest.raises(InputError, match="overview"):
        plan(overview=overview)
