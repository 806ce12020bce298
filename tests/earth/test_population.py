"""The laws of people inside an area."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster, places_inside
from oberih.errors import InputError

rasterio = pytest.importorskip("rasterio", reason="the extra raster is not installed")


def raster(path: Path, values: np.ndarray, *, crs: str = "EPSG:4326", nodata: float | None = -1.0) -> PopulationRaster:
    """Cells of 0.1° whose upper left corner is 34 E, 48 N."""
    transform = rasterio.transform.from_origin(34.0, 48.0, 0.1, 0.1)
    with rasterio.open(path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
                       dtype="float32", crs=crs, transform=transform, nodata=nodata) as file:  # fmt: skip
        file.write(values.astype("float32"), 1)
    return PopulationRaster(path)


def town(longitude: float, latitude: float) -> Place:
    return Place(1, "Town", latitude, longitude, "UA", 100, 0.0, 0.0)


def test_whole_cells_count_whole(tmp_path: Path) -> None:
    values = np.arange(100.0).reshape(10, 10)
    counted = raster(tmp_path / "p.tif", values).people_within(shapely.box(34.1, 47.7, 34.3, 47.9))
    assert counted.count == pytest.approx(values[1:3, 1:3].sum())
    assert counted.unknown == 0


def test_a_cell_on_the_border_counts_by_its_share(tmp_path: Path) -> None:
    people = raster(tmp_path / "p.tif", np.full((10, 10), 8.0))
    assert people.people_within(shapely.box(34.125, 47.125, 34.175, 47.175)).count == pytest.approx(2.0, rel=1e-5)


def test_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    people = raster(tmp_path / "p.tif", np.random.default_rng(1).uniform(0, 50, (10, 10)))
    disc = shapely.Point(34.5, 47.5).buffer(0.4)
    west, east = (disc & shapely.box(34.0, 47.0, 34.47, 48.0)), (disc & shapely.box(34.47, 47.0, 35.0, 48.0))
    whole = people.people_within(disc).count
    assert people.people_within(west).count + people.people_within(east).count == pytest.approx(whole, rel=1e-6)


def test_a_cell_without_data_is_unknown_not_empty(tmp_path: Path) -> None:
    values = np.full((10, 10), 5.0)
    values[4, 4] = -1.0
    counted = raster(tmp_path / "p.tif", values).people_within(shapely.box(34.4, 47.5, 34.6, 47.6))
    assert (counted.count, counted.unknown) == (pytest.approx(5.0), 1)


def test_people_below_zero_are_refused(tmp_path: Path) -> None:
    values = np.full((10, 10), -3.0)
    with pytest.raises(InputError, match="negative people"):
        raster(tmp_path / "p.tif", values, nodata=None).people_within(shapely.box(34.4, 47.5, 34.6, 47.6))


def test_a_raster_that_does_not_cover_the_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not cover the zone"):
        raster(tmp_path / "p.tif", np.ones((10, 10))).people_within(shapely.box(33.9, 47.5, 34.6, 47.6))


def test_a_raster_in_metres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="longitude and latitude"):
        raster(tmp_path / "p.tif", np.ones((10, 10)), crs="EPSG:32636").people_within(shapely.box(34, 47, 35, 48))


@pytest.mark.parametrize("content", [b"", b"not a raster"])
def test_what_is_no_raster_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "p.tif"
    file.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as a raster"):
        PopulationRaster(file).people_within(shapely.box(34, 47, 35, 48))


def test_nobody_lives_in_an_empty_area(tmp_path: Path) -> None:
    assert PopulationRaster(tmp_path / "absent.tif").people_within(shapely.Polygon()).count == 0.0
    assert places_inside([town(34.0, 47.0)], shapely.Polygon()) == []


def test_a_place_on_the_border_is_inside() -> None:
    area = shapely.box(34.0, 47.0, 35.0, 48.0)
    inside, border, outside = town(34.5, 47.5), town(34.0, 47.5), town(33.99, 47.5)
    assert places_inside([inside, border, outside], area) == [inside, border]
