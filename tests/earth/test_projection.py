"""The laws of the local projection."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from oberih.earth.grid import Grid
from oberih.earth.projection import FARTHEST, LocalProjection, distance_and_azimuth
from oberih.errors import InputError, OutOfRange

WGS84 = Geod(ellps="WGS84")
LATITUDES = st.floats(-90.0, 90.0)
LONGITUDES = st.floats(-180.0, 180.0)
REACH = st.floats(-600e3, 600e3)

EDGES_OF_THE_GLOBE = [(47.51, 34.59), (0.0, 179.9), (66.0, -179.5), (89.0, 20.0), (-89.5, -170.0), (90.0, 0.0)]


@given(LATITUDES, LONGITUDES, REACH, REACH)
def test_there_and_back_is_the_same_place(latitude: float, longitude: float, x: float, y: float) -> None:
    here = LocalProjection(latitude, longitude)
    assert np.allclose(here.to_local(*here.to_lonlat(x, y)), [x, y], atol=1e-4)


@given(LATITUDES, LONGITUDES, REACH, REACH)
def test_distance_and_azimuth_on_the_sheet_are_those_on_the_ellipsoid(
    latitude: float, longitude: float, x: float, y: float
) -> None:
    lon, lat = LocalProjection(latitude, longitude).to_lonlat(x, y)
    _, _, distance = WGS84.inv(longitude, latitude, float(lon), float(lat))
    assert distance == pytest.approx(np.hypot(x, y), abs=1e-4)


def test_enerhodar_lies_six_kilometres_east_south_east_of_the_plant() -> None:
    distance, azimuth = distance_and_azimuth(47.51, 34.59, to_latitude=[47.49048], to_longitude=[34.66199])
    assert distance[0] == pytest.approx(5842, abs=1)
    assert np.degrees(azimuth[0]) == pytest.approx(112, abs=1)


@pytest.mark.parametrize(("latitude", "longitude"), EDGES_OF_THE_GLOBE)
def test_a_circle_keeps_its_area_and_stays_on_the_globe(latitude: float, longitude: float) -> None:
    circle = LocalProjection(latitude, longitude).circle(300e3, points=720)
    assert shapely.is_valid(circle)
    west, south, east, north = circle.bounds
    assert (west >= -180.0, south >= -90.0, east <= 180.0, north <= 90.0) == (True, True, True, True)
    parts = shapely.get_parts(shapely.segmentize(circle, 0.05))
    area = sum(abs(WGS84.geometry_area_perimeter(part)[0]) for part in parts)
    assert area == pytest.approx(np.pi * 300e3**2, rel=2e-3)


@pytest.mark.parametrize(("latitude", "longitude"), EDGES_OF_THE_GLOBE)
def test_a_point_is_inside_on_the_globe_when_it_is_inside_on_the_sheet(latitude: float, longitude: float) -> None:
    here = LocalProjection(latitude, longitude)
    ring = shapely.Polygon(
        shapely.get_coordinates(shapely.Point(20e3, -30e3).buffer(200e3)),
        holes=[shapely.get_coordinates(shapely.Point(0.0, 0.0).buffer(60e3))],
    )
    carried = here.polygon_to_lonlat(ring)
    points = np.random.default_rng(7).uniform(-300e3, 300e3, (2000, 2))
    clear = shapely.distance(shapely.boundary(ring), shapely.points(points)) > 500.0
    lon, lat = here.to_lonlat(points[:, 0], points[:, 1])
    on_sheet = shapely.contains_xy(ring, points[:, 0], points[:, 1])
    assert np.array_equal(shapely.contains_xy(carried, lon, lat)[clear], on_sheet[clear])


def test_what_crosses_the_antimeridian_is_cut_there() -> None:
    circle = LocalProjection(0.0, 179.9).circle(50e3)
    assert circle.geom_type == "MultiPolygon"
    assert circle.bounds[0] == -180.0
    assert circle.bounds[2] == 180.0


def test_the_cells_of_a_ring_tile_it() -> None:
    grid, here = Grid(rings=3, sectors=12, outer_radius=100e3), LocalProjection(51.3, 25.9)
    cells = [here.cell_polygon(grid, ring=2, sector=j) for j in range(12)]
    together = shapely.union_all(cells, grid_size=1e-9)
    assert together.area == pytest.approx(sum(c.area for c in cells), rel=1e-7)
    assert len(together.interiors) == 1


def test_corners_lie_on_the_edges_of_the_rings() -> None:
    grid, here = Grid(), LocalProjection(47.51, 34.59)
    corners = here.cell_corners(grid)
    assert corners.shape == (grid.rings + 1, grid.sectors, 2)
    distance = here.distance(corners[..., 0], corners[..., 1])
    assert np.allclose(distance, grid.edges[:, None], rtol=1e-9)


def test_nothing_stays_nothing() -> None:
    assert LocalProjection(47.51, 34.59).polygon_to_lonlat(shapely.MultiPolygon()).is_empty


@pytest.mark.parametrize(("latitude", "longitude"), [(475.1, 34.59), (47.51, 345.9), (float("nan"), 0.0)])
def test_a_site_off_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(InputError, match=r"not a l"):
        LocalProjection(latitude, longitude)


@pytest.mark.parametrize("x", [1.01 * FARTHEST, float("nan"), float("inf")])
def test_what_is_too_far_or_no_number_is_refused(x: float) -> None:
    with pytest.raises(OutOfRange):
        LocalProjection(47.51, 34.59).to_lonlat(x, 0.0)
