from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.earth.grid import Grid
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError, UnknownName
from oberih.zone.exceedance import Exceedance
from oberih.zone.polygon import outlines
from tests.zone.fields import disc, exceedance_of_rings, repeated, rotated, weather_year

YEAR = weather_year()


def turned(polygon, angle):
    """Turned clockwise by an angle [rad]."""
    c, s = np.cos(angle), np.sin(angle)
    return shapely.transform(polygon, lambda p: np.stack([c * p[:, 0] + s * p[:, 1], -s * p[:, 0] + c * p[:, 1]], -1))


@pytest.mark.parametrize("ring", [1, 5, 30, 79, 80])
def test_a_uniform_disc_gives_a_circle_of_its_area(ring):
    (found,) = outlines(disc(ring), percentiles=(0.95,))
    radius = Grid().edges[ring]
    assert found.area == pytest.approx(np.pi * radius**2, rel=0.01)
    points = shapely.get_coordinates(found.polygon)
    assert np.hypot(*points.T) == pytest.approx(radius, rel=0.005)
    assert found.reaches_edge == (ring == 80)
    assert found.outside == 0.0


def test_the_disc_of_another_grid_has_its_area_too():
    grid = Grid(rings=40, sectors=36, outer_radius=100e3)
    (found,) = outlines(disc(20, grid=grid), percentiles=(0.9,))
    assert found.area == pytest.approx(np.pi * grid.edges[20] ** 2, rel=0.01)


@pytest.mark.parametrize("sectors", [1, 18, 71])
def test_turning_the_field_turns_the_zone(sectors):
    (still,) = outlines(YEAR, percentiles=(0.95,))
    (moved,) = outlines(rotated(YEAR, sectors), percentiles=(0.95,))
    expected = turned(still.polygon, sectors * 2.0 * np.pi / 72)
    assert moved.area == pytest.approx(still.area, rel=1e-6)
    assert shapely.symmetric_difference(moved.polygon, expected).area < 1e-6 * still.area


@pytest.mark.parametrize("rule", ["cell", "anywhere"])
def test_a_higher_percentile_contains_a_lower_one(rule):
    levels = (0.5, 0.9, 0.95, 0.99, 1.0)
    found = outlines(YEAR, percentiles=levels, rule=rule)
    for lower, higher in pairwise(found):
        assert shapely.difference(lower.polygon, higher.polygon).area <= 1e-9 * max(higher.area, 1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_zones_of_any_field_nest(seed):
    rng = np.random.default_rng(seed)
    rings = rng.integers(0, 60, size=(30, 72)) * (rng.random((30, 72)) < 0.3)
    found = outlines(exceedance_of_rings(rings), percentiles=(0.8, 0.85, 0.9, 0.95))
    for lower, higher in pairwise(found):
        assert shapely.difference(lower.polygon, higher.polygon).area <= 1e-9 * max(higher.area, 1.0)


def test_doubling_the_starts_with_their_counts_changes_nothing():
    (once,) = outlines(YEAR, percentiles=(0.95,))
    (twice,) = outlines(repeated(YEAR, 2), percentiles=(0.95,))
    assert shapely.symmetric_difference(once.polygon, twice.polygon).area < 1e-6 * once.area


@pytest.mark.parametrize("wanted", [0.9, 0.99, 0.999, 1.0])
def test_the_polygon_covers_as_much_of_the_raw_cells_as_is_stated(wanted):
    for found in outlines(YEAR, percentiles=(0.9, 0.95, 0.99), coverage=wanted):
        assert found.coverage >= wanted - 1e-9
        assert covered_share(YEAR, found) >= wanted - 0.005


def covered_share(exceedance, outline):
    """Coverage found independently: true areas of intersection of the raw cells with the polygon."""
    grid = exceedance.grid
    held = total = 0.0
    half = np.pi / grid.sectors
    for ring, sector in zip(*np.nonzero(exceedance.probability >= outline.threshold - 1e-12), strict=True):
        turn = grid.azimuths[sector] + np.linspace(-half, half, 5)
        x = np.concatenate([grid.edges[ring] * np.sin(turn), grid.edges[ring + 1] * np.sin(turn[::-1])])
        y = np.concatenate([grid.edges[ring] * np.cos(turn), grid.edges[ring + 1] * np.cos(turn[::-1])])
        cell = shapely.polygons(np.stack([x, y], -1))
        weight = exceedance.probability[ring, sector]
        held += weight * shapely.intersection(cell, outline.polygon).area
        total += weight * cell.area
    return held / total


def test_what_is_covered_beyond_the_raw_cells_is_reported_and_small():
    for found in outlines(YEAR, percentiles=(0.9, 0.95, 0.99)):
        assert found.area_ratio == pytest.approx(found.area / found.raw_area)
        assert 0.95 < found.area_ratio < 1.15


def test_nothing_reached_gives_an_empty_zone_that_says_so():
    (found,) = outlines(disc(0), percentiles=(0.95,))
    assert found.is_empty and found.area == 0.0 and found.coverage == 1.0 and found.outside == 0.0


def test_a_zone_holds_the_site_and_no_holes():
    rings = np.zeros((10, 72), dtype=np.int64)
    year = exceedance_of_rings(rings)
    counts = np.zeros((80, 72), dtype=np.int32)
    counts[20:30] = 10  # a ring around the site, as under a tall stack
    year = Exceedance(year.grid, year.starts, counts.ravel(), year.reach, year.level)
    (found,) = outlines(year, percentiles=(0.95,))
    assert shapely.contains_xy(found.polygon, 0.0, 0.0)
    assert len(shapely.get_parts(found.polygon)) == 1 and not found.polygon.interiors
    assert found.area == pytest.approx(np.pi * year.grid.edges[30] ** 2, rel=0.01)


def test_two_lobes_are_two_parts_beside_the_site():
    counts = np.zeros((80, 72), dtype=np.int32)
    counts[40:50, 10:16] = counts[40:50, 46:52] = 10
    grid = Grid()
    year = Exceedance(grid, np.arange(10), counts.ravel(), np.zeros((10, 72), np.float32), 0.1)
    (found,) = outlines(year, percentiles=(0.95,))
    assert len(shapely.get_parts(found.polygon)) == 3
    assert found.polygon.is_valid


def test_the_seam_at_north_leaves_no_trace():
    (found,) = outlines(disc(40), percentiles=(0.95,))
    assert len(shapely.get_parts(found.polygon)) == 1
    assert shapely.contains_xy(found.polygon, 0.0, Grid().edges[39])


def test_outside_a_zone_drawn_for_anywhere_little_happens():
    for found in outlines(YEAR, percentiles=(0.5, 0.9, 0.95, 1.0), rule="anywhere"):
        assert found.outside <= 1.0 - found.percentile + 1e-9


def test_a_zone_for_anywhere_is_not_larger_than_it_must_be():
    (found,) = outlines(YEAR, percentiles=(0.9,), rule="anywhere")
    grid = YEAR.grid
    next_higher = YEAR.probability >= found.threshold + 1.0 / len(YEAR.starts)
    last = np.where(next_higher.any(axis=0), grid.edges[grid.rings - np.argmax(next_higher[::-1], axis=0)], 0.0)
    assert (YEAR.reach > last * (1.0 + 1e-6)).any(axis=1).mean() > 0.1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.floats(0.05, 1.0))
def test_any_field_gives_a_valid_polygon_that_covers_enough(seed, starts, percentile):
    rng = np.random.default_rng(seed)
    rings = rng.integers(0, 81, size=(starts, 72)) * (rng.random((starts, 72)) < rng.random())
    (found,) = outlines(exceedance_of_rings(rings), percentiles=(percentile,))
    assert found.polygon.is_valid
    assert found.coverage >= 0.99 - 1e-9
    assert found.is_empty == (found.raw_area == 0.0)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(52.0, 179.9), (-17.0, -179.5), (89.5, 10.0), (-89.9, -120.0), (47.51, 34.59), (90.0, 0.0)],
)
def test_antimeridian_and_poles_keep_the_zone_valid_and_its_area(latitude, longitude):
    (found,) = outlines(weather_year(200, mean=60e3), percentiles=(0.9,))
    there = LocalProjection(latitude, longitude).polygon_to_lonlat(found.polygon)
    assert there.is_valid and not there.is_empty
    west, south, east, north = there.bounds
    assert -180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0
    assert geodesic_area(there) == pytest.approx(found.area, rel=5e-3)


def geodesic_area(geometry):
    """Area on the sphere of equal area, from the cylindrical equal-area projection [m2]."""
    fine = shapely.segmentize(geometry, 0.05)
    e2 = 0.00669437999014
    e = np.sqrt(e2)

    def flat(points):
        s = np.sin(np.radians(points[:, 1]))
        q = (1 - e2) * (s / (1 - e2 * s * s) + np.arctanh(e * s) / e)
        return np.stack([np.radians(points[:, 0]) * 6378137.0, q / 2.0 * 6378137.0], -1)

    return shapely.transform(fine, flat).area


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"percentiles": (95.0,)}, InputError), ({"percentiles": (0.0,)}, InputError),
     ({"percentiles": (float("nan"),)}, InputError), ({"percentiles": (0.9,), "coverage": 2.0}, InputError),
     ({"percentiles": (0.9,), "rule": "cells"}, UnknownName)],
)  # fmt: skip
def test_a_percentile_given_as_95_is_refused(arguments, error):
    with pytest.raises(error):
        outlines(YEAR, **arguments)
