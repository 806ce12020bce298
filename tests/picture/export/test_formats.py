"""Whichever format it leaves in, it is the same zone, with the same numbers and the same provenance."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import rasterio.io
import shapely
from shapely.geometry import shape

from oberih.errors import InputError
from oberih.picture.export.content import ExportContent, Reporter
from oberih.picture.export.plain_text import file_stem
from oberih.picture.export.rows import COLUMNS, place_rows, sector_rows, table, zone_rows
from oberih.picture.export.to_csv import archive_of, table_of
from oberih.picture.export.to_geojson import geojson_of
from oberih.picture.export.to_geopackage import geopackage_of
from oberih.picture.export.to_geotiff import NODATA, PIXELS, geotiff_of
from oberih.picture.export.to_irix import irix_of
from oberih.picture.export.to_kml import PLACES, kml_of
from tests.picture.export.material import DAY, FORMULA, HERE, HOSTILE, content, hostile

CONTENT = content()
MAKERS = {
    "geojson": geojson_of, "kml": kml_of, "csv": archive_of, "gpkg": geopackage_of, "tif": geotiff_of,
    "irix": lambda c: irix_of(c, reporter=Reporter(), created=DAY),
}  # fmt: skip


def read_layer(data: bytes, layer: str, tmp_path: Path, name: str = "zone.gpkg") -> tuple[list[dict[str, Any]], Any]:
    """Rows and geometries of a layer, as GDAL reads them."""
    file = tmp_path / name
    file.write_bytes(data)
    meta, _, geometry, columns = pyogrio.raw.read(file, layer=layer)
    rows = [dict(zip(meta["fields"], values, strict=True)) for values in zip(*columns, strict=True)]
    return rows, None if geometry is None else [None if g is None else shapely.from_wkb(g) for g in geometry]


def area_of(geometry: Any) -> float:
    """Of an outline in longitude and latitude, in the plane about the site [m2]."""
    return float(shapely.transform(geometry, lambda p: np.stack(HERE.to_local(p[:, 0], p[:, 1]), axis=-1)).area)


def tables_of(archive: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {
            n: list(csv.DictReader(io.StringIO(file.read(n).decode("utf-8"), newline="")))
            for n in file.namelist() if n.endswith(".csv")
        }  # fmt: skip


def same_outline(found: Any, wanted: Any) -> None:
    """Two outlines differ by no more than coordinates rounded to a millionth of a degree, all along the border."""
    assert found.is_valid
    assert shapely.symmetric_difference(found, wanted).area <= 1e-6 * wanted.length


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_content_gives_the_same_bytes(name: str) -> None:
    assert MAKERS[name](CONTENT) == MAKERS[name](content())


def test_another_zone_gives_other_bytes_in_every_format() -> None:
    other = content(rule="anywhere")
    assert [n for n, make in MAKERS.items() if make(other) == make(CONTENT) and n != "tif"] == []


def test_geojson_holds_the_outlines_the_numbers_and_the_provenance() -> None:
    whole = json.loads(geojson_of(CONTENT))
    assert whole["type"] == "FeatureCollection" and whole["provenance"] == CONTENT.digest
    zones = [f for f in whole["features"] if f["properties"]["kind"] == "zone"]
    assert [f["geometry"] is None for f in zones] == [z.zone.geometry.is_empty for z in CONTENT.zones]
    for feature, shown, row in zip(zones, CONTENT.zones, zone_rows(CONTENT), strict=True):
        assert {k: feature["properties"][k] for k in row} == row
        if feature["geometry"]:
            same_outline(shape(feature["geometry"]), shown.zone.geometry)
    places = [f for f in whole["features"] if f["properties"]["kind"] == "place"]
    assert [f["geometry"]["coordinates"] for f in places] == [
        [p.place.longitude, p.place.latitude] for p in CONTENT.places
    ]


def test_kml_is_read_by_gdal_with_the_same_outlines_and_numbers(tmp_path: Path) -> None:
    data = kml_of(CONTENT)
    rows, geometry = read_layer(data, "Zones / Зони", tmp_path, "zone.kml")
    assert len(rows) == sum(not z.zone.geometry.is_empty for z in CONTENT.zones) or len(rows) == len(CONTENT.zones)
    by_number = {int(r["zone"]): (r, g) for r, g in zip(rows, geometry, strict=True)}
    for number, shown in enumerate(CONTENT.zones, start=1):
        if shown.zone.geometry.is_empty:
            continue
        row, outline = by_number[number]
        same_outline(shapely.force_2d(outline), shown.zone.geometry)
        assert row["provenance"] == CONTENT.digest
        assert float(row["area_m2"]) == pytest.approx(shown.zone.area, abs=0.1)
    told = {}
    for folder, inside in zip(PLACES, (True, False), strict=True):
        places, points = read_layer(data, folder, tmp_path, "zone.kml")
        assert {p["inside"] for p in places} == {str(inside).lower()}
        told |= {p["Name"]: (round(g.x, 6), round(g.y, 6)) for p, g in zip(places, points, strict=True)}
    assert told == {p.place.name: (p.place.longitude, p.place.latitude) for p in CONTENT.places}


ORDER = {
    "Placemark": ("name", "visibility", "description", "styleUrl", "ExtendedData", "Point", "Polygon", "MultiGeometry"),
    "Document": ("name", "open", "description", "Style", "ExtendedData", "Placemark"),
    "Style": ("IconStyle", "LabelStyle", "LineStyle", "PolyStyle"), "IconStyle": ("color", "scale"),
    "LineStyle": ("color", "width"), "PolyStyle": ("color", "fill"),
    "Polygon": ("tessellate", "outerBoundaryIs", "innerBoundaryIs"),
}  # fmt: skip
"""In which elements must stand (OGC 07-147r2, Annex A: a schema of sequences)."""


def test_kml_keeps_to_the_order_of_its_schema_and_every_id_is_one_things() -> None:
    root = ET.fromstring(kml_of(CONTENT))
    assert root.tag == "{http://www.opengis.net/kml/2.2}kml"
    for element in root.iter():
        known = ORDER.get(element.tag.split("}")[1])
        if known:
            places = [known.index(child.tag.split("}")[1].replace("Folder", "Placemark")) for child in element]
            assert places == sorted(places)
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(set(ids)) == len(ids)
    styles = {e.text.removeprefix("#") for e in root.iter("{http://www.opengis.net/kml/2.2}styleUrl") if e.text}
    assert styles <= set(ids)


def test_kml_fetches_nothing_from_anywhere() -> None:
    text = kml_of(CONTENT).decode().replace("http://www.opengis.net/kml/2.2", "")
    assert "http" not in text and "<href" not in text and "<Icon>" not in text


def test_a_geopackage_holds_every_layer(tmp_path: Path) -> None:
    data = geopackage_of(CONTENT)
    (tmp_path / "zone.gpkg").write_bytes(data)
    layers = dict(pyogrio.list_layers(tmp_path / "zone.gpkg"))
    assert layers == {
        "zones": "MultiPolygon", "sectors": "MultiPolygon", "places": "Point", "site": "Point",
        "probability": "MultiPolygon", "about": None,
    }  # fmt: skip
    zones, outlines = read_layer(data, "zones", tmp_path)
    for row, outline, shown, wanted in zip(zones, outlines, CONTENT.zones, zone_rows(CONTENT), strict=True):
        assert {k: row[k] for k, v in wanted.items() if v is not None} == {
            k: v for k, v in wanted.items() if v is not None
        }
        if outline is None:
            assert shown.zone.geometry.is_empty
        else:
            same_outline(outline, shown.zone.geometry)
    about = {r["name"]: r["value"] for r in read_layer(data, "about", tmp_path)[0]}
    assert about["provenance"] == CONTENT.digest and about["question_months"] == "12, 1"


def test_the_cells_of_a_geopackage_are_those_of_the_grid(tmp_path: Path) -> None:
    rows, cells = read_layer(geopackage_of(CONTENT), "probability", tmp_path)
    share = CONTENT.exceedance.probability
    assert len(rows) == int((share > 0.0).sum())
    assert [r["share_above"] for r in rows] == pytest.approx([share[r["ring"], r["sector"]] for r in rows], rel=1e-5)
    areas = CONTENT.exceedance.grid.areas
    assert [area_of(c) for c in cells[::50]] == pytest.approx([areas[r["ring"]] for r in rows[::50]], rel=5e-3)


def test_the_wedges_of_a_geopackage_reach_as_far_as_their_distance(tmp_path: Path) -> None:
    rows, wedges = read_layer(geopackage_of(CONTENT), "sectors", tmp_path)
    assert len(rows) == len(sector_rows(CONTENT, drawn_only=True))
    for row, wedge in zip(rows, wedges, strict=True):
        if wedge is None:
            assert row["distance_m"] == 0.0
        else:
            points = shapely.get_coordinates(wedge)
            assert HERE.distance(points[:, 0], points[:, 1]).max() == pytest.approx(row["distance_m"], rel=1e-5)


def test_a_geotiff_says_what_its_numbers_are() -> None:
    dose = np.linspace(0.0, 1.0, CONTENT.exceedance.grid.cells).reshape(CONTENT.exceedance.probability.shape)
    with rasterio.io.MemoryFile(geotiff_of(content(dose=dose))) as memory, memory.open() as raster:
        assert (raster.count, raster.width, raster.height, raster.nodata) == (2, PIXELS, PIXELS, NODATA)
        assert raster.units == ("1", "Sv") and "no interpolation" in raster.tags()["resampling"]
        assert raster.tags()["oberih_provenance"] == CONTENT.digest
        assert raster.crs.to_dict()["proj"] == "aeqd"
        assert raster.tags(1)["level"].startswith("0.1 Sv")


def test_every_pixel_of_a_geotiff_has_the_value_of_the_cell_it_lies_in() -> None:
    grid, share = CONTENT.exceedance.grid, CONTENT.exceedance.probability
    with rasterio.io.MemoryFile(geotiff_of(CONTENT)) as memory, memory.open() as raster:
        values = raster.read(1)
        for ring, sector in ((50, 0), (40, 18), (30, 36), (45, 54), (44, 71)):
            azimuth, radius = grid.azimuths[sector], grid.radii[ring]
            row, column = raster.index(radius * np.sin(azimuth), radius * np.cos(azimuth))
            assert values[row, column] == pytest.approx(share[ring, sector], rel=1e-6)
        assert values[raster.index(0.0, 0.0)] == NODATA


def test_the_pixels_above_the_threshold_and_the_zone_drawn_agree() -> None:
    zone = CONTENT.drawn.zone
    with rasterio.io.MemoryFile(geotiff_of(CONTENT)) as memory, memory.open() as raster:
        values = raster.read(1)
        rows, columns = np.nonzero(values >= 1.0 - zone.percentile)
        x, y = rasterio.transform.xy(raster.transform, rows, columns)
        pixel = raster.res[0] * raster.res[1]
    inside = shapely.contains_xy(zone.outline.polygon, x, y)
    weight = values[rows, columns]
    assert float(weight[inside].sum() / weight.sum()) >= 0.985  # the outline promises 99 % of the cells
    raw = len(rows) * pixel + np.pi * CONTENT.exceedance.grid.inner_radius**2
    assert raw == pytest.approx(zone.outline.raw_area, rel=0.01)
    assert zone.area == pytest.approx(raw * zone.outline.area_ratio, rel=0.01)


@pytest.mark.parametrize("rule", ["cell", "anywhere"])
def test_the_area_is_the_same_in_every_format(rule: str, tmp_path: Path) -> None:
    given = content(rule=rule)
    wanted = given.drawn.zone.area
    geojson = json.loads(geojson_of(given))["features"][0]
    _, packaged = read_layer(geopackage_of(given), "zones", tmp_path)
    _, kml = read_layer(kml_of(given), "Zones / Зони", tmp_path, "zone.kml")
    largest = max(area_of(shapely.force_2d(g)) for g in kml if g is not None)
    for found in (area_of(shape(geojson["geometry"])), area_of(packaged[0]), largest):
        assert found == pytest.approx(wanted, rel=1e-4)
    csv_area = float(tables_of(archive_of(given))["zones.csv"][0]["area_m2"])
    assert csv_area == geojson["properties"]["area_m2"] == round(wanted, 1)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_table_comes_back_as_it_went(name: str) -> None:
    read = list(csv.DictReader(io.StringIO(table_of(CONTENT, name).decode("utf-8"), newline="")))
    wanted = table(CONTENT, name)
    assert len(read) == len(wanted) > 0
    for row, told in zip(read, wanted, strict=True):
        assert list(row) == list(COLUMNS[name]) == list(told)
        for column, value in told.items():
            if value is None:
                assert row[column] == ""
            elif isinstance(value, bool):
                assert row[column] == ("true" if value else "false")
            elif isinstance(value, float):
                assert float(row[column]) == value
            else:
                assert row[column] == str(value)


def test_an_archive_says_what_each_column_means() -> None:
    with zipfile.ZipFile(io.BytesIO(archive_of(CONTENT))) as file:
        assert file.namelist() == ["README.txt", "about.csv", "places.csv", "sectors.csv", "zones.csv"]
        readme = file.read("README.txt").decode("utf-8")
    assert all(f"  {column}: " in readme for columns in COLUMNS.values() for column in columns)
    assert CONTENT.digest in readme


def test_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="use one of zones, sectors, places"):
        table_of(CONTENT, "cells")


def test_what_is_not_known_is_empty_and_never_zero() -> None:
    unknown = place_rows(CONTENT)[2]
    assert unknown["population"] is None and unknown["arrival_median_s"] is None
    assert tables_of(archive_of(CONTENT))["places.csv"][2]["population"] == ""


@pytest.mark.parametrize("text", [HOSTILE, FORMULA, "'; DROP TABLE zones; --", "${jndi:x}", "a\ud800b", "+1\r\n=2"])
def test_a_hostile_text_stays_a_text_in_every_format(text: str, tmp_path: Path) -> None:
    given: ExportContent = hostile(text)
    whole = json.loads(geojson_of(given))
    assert whole["title"] == text.encode("utf-8", "replace").decode()
    for name, rows in tables_of(archive_of(given)).items():
        for row in rows:
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values()), name
            assert not any(ch in cell for cell in row.values() for ch in "\x00\x07\u202e\n"), name
    kml = kml_of(given)
    rows, _ = read_layer(kml, "Zones / Зони", tmp_path, "zone.kml")
    assert rows and b"<script" not in kml and b"\x00" not in kml
    places, _ = read_layer(geopackage_of(given), "places", tmp_path)
    assert len(places) == len(given.places)
    with rasterio.io.MemoryFile(geotiff_of(given)) as memory, memory.open() as raster:
        assert raster.read(1).max() > 0.0
    assert b"<script" not in irix_of(given, reporter=Reporter(), created=DAY)


def test_a_name_of_a_file_leads_nowhere_else() -> None:
    for text in (HOSTILE, "../../etc/passwd", "a\r\nSet-Cookie: x", "Запорізька", "", "con" * 100):
        stem = file_stem(text, "zone")
        assert stem and stem.replace("-", "").isalnum() and stem.isascii() and len(stem) <= 120


def test_without_its_library_a_format_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, make in (("pyogrio", geopackage_of), ("rasterio", geotiff_of)):
        with monkeypatch.context() as patched:
            patched.setitem(__import__("sys").modules, name, None)
            with pytest.raises(InputError, match=r"oberih\[gis\]"):
                make(CONTENT)
