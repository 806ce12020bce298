"""What was on the designer's page is what leaves, under a name that says so; the same question, the same file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import rasterio.io
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import shape

from oberih.case.reach.design_export import FORMATS
from oberih.earth.projection import LocalProjection
from oberih.earth.site import load_site

QUERY = "scenario=core-melt-early-failure&percentile=90&months=1,2,12"
CREATED = "&created=2026-03-04T03:00:00Z"


def leave(client: TestClient, format: str, more: str = "", **headers: str) -> Any:
    return client.get(f"/api/v1/design/export/{format}?{QUERY}{more}", headers=headers)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_leaves_under_its_type_and_a_name_that_says_what_it_is(client: TestClient, format: str) -> None:
    answer = leave(client, format, CREATED)
    design = client.get(f"/api/v1/design?{QUERY}&detail=full").json()
    media_type, ending = FORMATS[format]
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"] == media_type
    name = answer.headers["content-disposition"].split('"')[1]
    assert name == f"zaporizhzhia-zone-evacuate-p90-{design['provenance'][:12]}.{ending}"
    assert answer.headers["etag"].startswith(f'"{design["provenance"]}')
    assert len(answer.content) > 1000


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_question_gives_the_same_bytes_and_no_more_than_once(client: TestClient, format: str) -> None:
    first, again = leave(client, format, CREATED), leave(client, format, CREATED)
    assert first.content == again.content
    known = leave(client, format, CREATED, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert known.status_code == 304 and known.content == b"" and known.headers["etag"] == first.headers["etag"]
    other = leave(client, format, CREATED + "&lang=uk", **{"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_the_zone_that_leaves_is_the_zone_that_is_shown(client: TestClient) -> None:
    shown = client.get(f"/api/v1/design?{QUERY}&detail=full").json()
    left = json.loads(leave(client, "geojson").content)
    assert left["provenance"] == shown["provenance"]
    feature = left["features"][0]
    assert feature["geometry"] == shown["zone"]["geometry"]
    drawn = next(r for r in shown["reaches"] if r["criterion"] == shown["drawn"]["criterion"])
    assert feature["properties"]["circle_m"] == pytest.approx(drawn["distance_m"], abs=0.1)
    site = load_site("zaporizhzhia")
    here = LocalProjection(site.latitude, site.longitude)
    outline = shapely.transform(
        shape(feature["geometry"]), lambda p: np.stack(here.to_local(p[:, 0], p[:, 1]), axis=-1)
    )
    assert outline.area == pytest.approx(feature["properties"]["area_m2"], rel=1e-4)
    with rasterio.io.MemoryFile(leave(client, "tif").content) as memory, memory.open() as raster:
        rows, columns = np.nonzero(raster.read(1) >= 0.1)
        x, y = raster.xy(rows, columns)
    assert len(rows) > 100 and shapely.contains_xy(outline, x, y).all()  # ``anywhere`` asks more than ``cell``


def test_tables_leave_together_or_alone(client: TestClient) -> None:
    with zipfile.ZipFile(io.BytesIO(leave(client, "csv").content)) as archive:
        together = archive.read("places.csv")
    alone = leave(client, "csv", "&table=places")
    assert alone.headers["content-type"] == "text/csv; charset=utf-8"
    assert alone.headers["content-disposition"].endswith('.csv"')
    assert alone.content == together
    shown = client.get(f"/api/v1/design?{QUERY}&detail=full").json()["places"]
    read = list(csv.DictReader(io.StringIO(alone.content.decode())))
    by_number = {int(r["geonames_id"]): r for r in read}
    for place in shown:
        row = by_number[place["id"]]
        assert float(row["dose_percentile"]) == pytest.approx(place["dose_high"], rel=1e-4, abs=1e-12)
        assert float(row["share_above"]) == pytest.approx(place["share"], abs=1e-6)


def test_a_report_for_others_says_who_and_when(client: TestClient) -> None:
    answer = leave(client, "irix", CREATED + "&organisation=snriu.gov.ua&organisation_country=UA&context=Test")
    assert b"<id:OrganisationReporting>snriu.gov.ua<" in answer.content
    assert b"<id:DateAndTimeOfCreation>2026-03-04T03:00:00Z<" in answer.content
    assert b"<id:ReportContext>Test<" in answer.content
    assert answer.headers["etag"] != leave(client, "irix", CREATED).headers["etag"]


@pytest.mark.parametrize(
    ("format", "more", "status"),
    [
        ("pdf", "", 422), ("csv", "&table=cells", 422), ("kml", "&table=zones", 422), 
        ("irix", "&context=Emergency", 422),
        ("irix", "&created=yesterday", 422), ("irix", "&created=2026-03-04T03:00:00", 422), ("kml", "&age=old", 404),
        ("irix", "&organisation=a%20b", 422), ("irix", "&created=0001-01-01T00:00:00Z", 422), ("tif", "&unit=9", 404),
        ("irix", "&created=9999-12-31T23:59:59Z", 422), ("irix", "&organisation_name=%00%3Cb%3E%E2%80%AE", 200),
    ],
)  # fmt: skip
def test_what_cannot_leave_is_refused_in_one_line(client: TestClient, format: str, more: str, status: int) -> None:
    answer = leave(client, format, more)
    assert answer.status_code == status, answer.text[:300]
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json" and answer.json()["detail"]


def test_without_its_library_a_format_says_what_to_install(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for format, library in (("gpkg", "pyogrio"), ("tif", "rasterio")):
        with monkeypatch.context() as patched:
            patched.setitem(__import__("sys").modules, library, None)
            answer = leave(client, format)
            assert answer.status_code == 422 and "pip install 'oberih[gis]'" in answer.json()["detail"]
