import json
import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from oberih.earth.projection import LocalProjection
from oberih.zone.geojson import collection_geojson, feature_geojson, to_geojson


def signed_area(ring):
    x, y = np.array(ring).T
    return 0.5 * float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))


HOLED = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(2, 2, 4, 4))


@pytest.mark.parametrize("shape", [HOLED, shapely.reverse(HOLED)])
def test_exteriors_run_counterclockwise_and_holes_clockwise(shape):
    found = to_geojson(shape)
    assert found["type"] == "Polygon"
    outer, hole = found["coordinates"]
    assert signed_area(outer) > 0 > signed_area(hole)
    assert outer[0] == outer[-1] and hole[0] == hole[-1]


def test_coordinates_are_longitude_then_latitude_with_six_decimals():
    ring = to_geojson(LocalProjection(47.51, 34.59).circle(10e3))["coordinates"][0]
    for longitude, latitude in ring:
        assert 34.4 < longitude < 34.8 and 47.4 < latitude < 47.7
        assert round(longitude, 6) == longitude and round(latitude, 6) == latitude


def test_no_two_neighbouring_points_are_the_same():
    ring = to_geojson(shapely.polygons([[0, 0], [1e-8, 0], [1, 0], [1, 1], [0, 1]]))["coordinates"][0]
    assert all(a != b for a, b in pairwise(ring))


def test_a_sliver_that_rounding_makes_flat_is_left_out():
    assert to_geojson(shapely.box(0, 0, 1e-8, 1))["coordinates"] == []


def test_several_parts_are_a_multipolygon():
    found = to_geojson(shapely.union(shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)))
    assert found["type"] == "MultiPolygon" and len(found["coordinates"]) == 2
    assert shapely.from_geojson(json.dumps(found)).area == pytest.approx(2.0)


def test_an_empty_zone_is_a_feature_without_geometry():
    feature = feature_geojson(shapely.from_wkt("POLYGON EMPTY"), {"action": "evacuate"})
    assert feature["geometry"] is None and feature["properties"]["action"] == "evacuate"


@given(
    st.dictionaries(
        st.text(max_size=5), st.one_of(st.floats(), st.integers(), st.text(max_size=5), st.none()), max_size=5
    )
)
def test_properties_are_always_plain_json(properties):
    numpy_too = {**properties, "array": np.array([1.0, math.nan]), "number": np.float32(0.5), "flag": np.bool_(True)}
    document = collection_geojson([feature_geojson(HOLED, numpy_too)])
    back = json.loads(json.dumps(document, allow_nan=False))
    assert back["features"][0]["properties"]["array"] == [1.0, None]


@given(st.floats(-89.9, 89.9), st.floats(-180, 180), st.floats(1e3, 300e3))
def test_any_circle_survives_the_way_out_and_back(latitude, longitude, radius):
    circle = LocalProjection(latitude, longitude).circle(radius)
    back = shapely.from_geojson(json.dumps(to_geojson(circle)))
    assert shapely.symmetric_difference(shapely.make_valid(back), circle).area < 1e-4 * circle.area + 1e-8
