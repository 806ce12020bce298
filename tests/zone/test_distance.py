import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.earth.grid import Grid
from oberih.errors import InputError
from oberih.zone.distance import compass_name, distances, times_of_year
from oberih.zone.exceedance import Exceedance
from tests.zone.fields import HOUR, YEAR_2018, disc, exceedance_of_rings, repeated, rotated, weather_year

YEAR = weather_year(4000)


def fresh():
    return np.random.default_rng(7)


def test_percentiles_are_order_statistics_of_the_starts():
    found = distances(YEAR, rng=fresh(), percentiles=(0.5, 0.95))
    exact = np.quantile(YEAR.reach, (0.5, 0.95), axis=0, method="inverted_cdf")
    assert found.sector == pytest.approx(exact)
    assert found.anywhere == pytest.approx(np.quantile(YEAR.reach.max(axis=1), (0.5, 0.95), method="inverted_cdf"))


def test_distances_never_fall_with_the_percentile():
    found = distances(YEAR, rng=fresh())
    for values in (found.sector, found.anywhere, found.sector_low, found.sector_high, found.anywhere_low):
        assert (np.diff(values, axis=0) >= 0.0).all()


def test_a_circle_that_holds_everywhere_is_no_smaller_than_any_sector():
    found = distances(YEAR, rng=fresh())
    assert (found.anywhere[:, None] >= found.sector).all()


def test_the_band_holds_the_estimate():
    found = distances(YEAR, rng=fresh())
    assert (found.sector_low <= found.sector).all() and (found.sector <= found.sector_high).all()
    assert (found.anywhere_low <= found.anywhere).all() and (found.anywhere <= found.anywhere_high).all()
    curve = found.beyond
    assert (curve.low <= curve.probability).all() and (curve.probability <= curve.high).all()


def test_the_band_shrinks_with_more_weather():
    def width(hours):
        curves = [
            distances(weather_year(hours, seed=seed), rng=fresh(), percentiles=(0.5,)).beyond for seed in range(4)
        ]
        return np.mean([curve.high - curve.low for curve in curves])

    assert width(8000) < 0.8 * width(1500)


def test_the_band_is_wider_than_if_hours_were_independent():
    blocks = distances(YEAR, rng=fresh()).beyond
    hours = distances(YEAR, rng=fresh(), block_days=0.25).beyond
    assert (blocks.high - blocks.low).sum() > 1.3 * (hours.high - hours.low).sum()


def test_the_band_covers_the_truth_about_as_often_as_it_says():
    truth = (weather_year(30000, seed=99).reach.max(axis=1) > 15e3).mean()
    held = 0
    for seed in range(24):
        curve = distances(weather_year(4000, seed=seed), rng=np.random.default_rng(seed)).beyond
        at = int(np.searchsorted(curve.distance, 15e3))
        held += curve.low[at] - 0.01 <= truth <= curve.high[at - 1] + 0.01
    assert held >= 18  # 90 % stated; a bootstrap of 28 blocks falls a little short


def test_the_band_of_a_certain_distance_has_no_width():
    year = disc(30, starts=2000)
    found = distances(year, rng=fresh())
    edge = year.grid.edges[30]
    for values in (found.anywhere_low, found.anywhere_high, found.sector_low, found.sector_high):
        assert values == pytest.approx(edge, rel=1e-6)
    below = found.beyond.distance < edge * 0.999
    assert (found.beyond.low[below] == 1.0).all() and (found.beyond.high[~below] == 0.0).all()


def test_the_band_of_many_independent_starts_is_narrow_around_every_percentile():
    rings = np.repeat(np.random.default_rng(3).integers(10, 70, size=(4000, 1)), 72, axis=1)
    found = distances(exceedance_of_rings(rings), rng=fresh())
    two_rings = Grid().ratio ** 2 * 1.001
    for low, mid, high in zip(found.anywhere_low, found.anywhere, found.anywhere_high, strict=True):
        assert mid / two_rings <= low <= mid <= high <= mid * two_rings


def test_one_hour_more_than_nothing_gives_no_band_rather_than_a_narrow_one():
    found = distances(disc(30, starts=24), rng=fresh())
    assert found.anywhere_low is None and found.beyond.high is None
    assert found.at(0.95).low is None
    assert "too few" in found.attrs["band"]


def test_doubling_the_starts_with_their_counts_changes_no_distance():
    once, twice = (distances(y, rng=fresh()) for y in (YEAR, repeated(YEAR, 2)))
    assert np.array_equal(once.sector, twice.sector) and np.array_equal(once.anywhere, twice.anywhere)
    assert np.allclose(once.beyond.probability, twice.beyond.probability)


def test_turning_the_field_turns_the_distances_and_the_direction():
    still, moved = (distances(y, rng=fresh()) for y in (YEAR, rotated(YEAR, 18)))
    assert np.array_equal(np.roll(still.sector, 18, axis=1), moved.sector)
    assert moved.direction.sector == (still.direction.sector + 18) % 72
    assert moved.direction.share == pytest.approx(still.direction.share, abs=0.05)


def test_the_same_seed_gives_the_same_bands():
    one, two = (distances(YEAR, rng=fresh()) for _ in range(2))
    assert np.array_equal(one.sector_high, two.sector_high) and one.direction == two.direction


def test_the_direction_of_a_steady_wind_is_certain():
    rings = np.zeros((2000, 72), dtype=np.int64)
    grid = Grid()
    rings[:, 18] = 40
    reach = np.where(rings > 0, grid.edges[rings], 0.0).astype(np.float32)
    year = Exceedance(grid, YEAR_2018 + HOUR * np.arange(2000), np.zeros(5760, np.int32), reach, 0.1)
    found = distances(year, rng=fresh())
    assert found.direction.compass == "E" and found.direction.share == 1.0
    assert found.direction.distance == pytest.approx(grid.edges[40])


def test_an_even_field_prefers_no_direction():
    found = distances(disc(30, starts=2000), rng=fresh())
    assert found.direction.share == pytest.approx(9 / 72)


def test_nothing_reached_has_no_direction_and_no_distance():
    found = distances(disc(0, starts=2000), rng=fresh())
    assert found.direction is None and found.anywhere.max() == 0.0 and found.beyond.probability.max() == 0.0


def test_the_chance_beyond_a_distance_is_counted_from_the_starts():
    curve = distances(YEAR, rng=fresh()).beyond
    farthest = YEAR.reach.max(axis=1)
    for i in (0, 40, 50, 60, 80):
        assert curve.probability[i] == pytest.approx((farthest > curve.distance[i] * 1.0001).mean())
    assert (np.diff(curve.probability) <= 0.0).all()


def test_the_edge_of_the_grid_is_reported():
    assert distances(disc(80, starts=10), rng=fresh()).reaches_edge
    assert not distances(disc(70, starts=10), rng=fresh()).reaches_edge


def test_a_subset_counts_only_its_starts():
    chosen = np.arange(len(YEAR.starts)) < 500
    found = distances(YEAR, rng=fresh(), subset=chosen)
    assert found.starts == 500
    assert found.anywhere[-1] == pytest.approx(np.quantile(YEAR.reach[:500].max(axis=1), 0.99, method="inverted_cdf"))


def test_months_and_hours_are_those_of_the_sun():
    starts = YEAR_2018 + HOUR * np.arange(8760, dtype=np.int64)
    assert times_of_year(starts, months=(2,)).sum() == 28 * 24
    night = times_of_year(starts, first_hour=20, last_hour=5)
    assert night.sum() == 365 * 10
    noon = times_of_year(starts, first_hour=12, last_hour=12, longitude=30.0)
    assert (starts[noon] // HOUR % 24 == 10).all()


@pytest.mark.parametrize(
    ("degrees", "name"), [(0, "N"), (11.2, "N"), (11.3, "NNE"), (180, "S"), (349, "N"), (292.5, "WNW")]
)
def test_the_compass_has_sixteen_points(degrees, name):
    assert compass_name(np.radians(degrees)) == name


@pytest.mark.parametrize(
    "arguments", [{"percentiles": (95.0,)}, {"percentiles": (float("nan"),)}, {"block_days": 0.0},
                  {"replicates": 0}, {"subset": np.zeros(4000, bool)}]
)  # fmt: skip
def test_what_makes_no_sense_is_refused(arguments):
    with pytest.raises(InputError):
        distances(YEAR, rng=fresh(), **arguments)


def test_a_reach_that_is_not_a_number_is_refused():
    reach = YEAR.reach.copy()
    reach[3, 4] = np.nan
    with pytest.raises(InputError, match="reach"):
        distances(Exceedance(YEAR.grid, YEAR.starts, YEAR.counts, reach, 0.1), rng=fresh())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.floats(0.01, 1.0))
def test_any_year_gives_distances_that_hold_together(seed, starts, percentile):
    rng = np.random.default_rng(seed)
    grid = Grid()
    reach = (rng.random((starts, 72)) * 400e3 * (rng.random((starts, 72)) < 0.2)).astype(np.float32)
    year = Exceedance(grid, YEAR_2018 + HOUR * np.arange(starts), np.zeros(5760, np.int32), reach, 0.1)
    found = distances(year, rng=rng, percentiles=(percentile,), replicates=20, block_days=1.0)
    reached = (reach.max(axis=1) <= found.anywhere[0]).mean()
    assert reached >= percentile - 1e-6
    if found.anywhere_low is not None:
        assert found.anywhere_low[0] <= found.anywhere[0] <= found.anywhere_high[0]
