"""The laws of the base map."""

import json
from importlib.resources import files

import pytest
import shapely

from oberih.earth.basemap import LAYERS, basemap_within
from oberih.earth.site import list_sites

PLANT = shapely.Point(34.59, 47.51)


def test_the_detailed_map_covers_every_site_of_ukraine() -> None:
    for site in list_sites():
        across = 6.2
        box = {"west": site.longitude - across, "south": site.latitude - 3.7,
               "east": site.longitude + across, "north": site.latitude + 3.7}  # fmt: skip
        assert basemap_within(**box).detailed, site.id


def test_the_drained_reservoir_is_no_lake() -> None:
    layers = basemap_within(west=33.0, south=46.5, east=36.0, north=48.2).layers
    assert "lakes" not in layers or layers["lakes"].distance(shapely.Point(34.2, 47.42)) > 0.3
    assert layers["former_reservoir"].distance(PLANT) < 0.05


def test_no_country_border_crosses_the_isthmus_of_perekop() -> None:
    crimea = shapely.box(32.6, 45.6, 35.2, 46.3)
    layers = basemap_within(west=30.0, south=44.0, east=38.0, north=49.0).layers
    assert not shapely.intersects(layers["borders"], crimea)
    assert shapely.intersects(layers["provinces"], crimea)


def test_elsewhere_the_world_map_serves() -> None:
    base = basemap_within(west=-5.0, south=47.0, east=1.0, north=51.0)
    assert not base.detailed
    assert {"land", "coast"} <= set(base.layers)


def test_the_map_goes_on_across_the_antimeridian() -> None:
    layers = basemap_within(west=172.0, south=60.0, east=194.0, north=70.0).layers
    west, _, east, _ = layers["land"].bounds
    assert west < 179.0
    assert east > 181.0


@pytest.mark.parametrize("name", ["basemap_ukraine.geojson", "basemap_world.geojson"])
def test_every_layer_is_valid_geometry_with_a_source(name: str) -> None:
    collection = json.loads((files("oberih.earth") / "data" / name).read_text(encoding="utf-8"))
    assert "public domain" in collection["source"]
    for feature in collection["features"]:
        assert feature["properties"]["layer"] in LAYERS
        assert shapely.is_valid(shapely.geometry.shape(feature["geometry"]))


def test_the_maps_are_small() -> None:
    folder = files("oberih.earth") / "data"
    size = sum(len((folder / f"basemap_{n}.geojson").read_bytes()) for n in ("ukraine", "world"))
    assert size <= 1_000_000
