"""The chronology comes in whole; ACLED, FIRMS and GeoJSON as their owners declare."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oberih.evidence.read.mapping import Mapping
from oberih.evidence.read.records import read_records
from oberih.evidence.record import Record
from tests.conftest import SHARED, needs_shared

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CHRONOLOGY = SHARED / "data" / "znpp_chronology" / "znpp_chronology.csv"


def read(text: str, mapping: str | Mapping) -> list[Record]:
    return list(read_records(io.BytesIO(text.encode()), mapping, now=NOW))


@pytest.fixture(scope="module")
def chronology() -> dict[str, Record]:
    return {r.id: r for r in read_records(CHRONOLOGY, "chronology", now=NOW)}


@needs_shared
def test_the_chronology_imports_whole(chronology: dict[str, Record]) -> None:
    with CHRONOLOGY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(chronology) == 54
    assert [row["event_id"] for row in rows] == list(chronology)


@needs_shared
def test_no_cell_of_the_chronology_is_lost(chronology: dict[str, Record]) -> None:
    with CHRONOLOGY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            r = chronology[row["event_id"]]
            assert (r.happened["from"], r.text, r.source["url"]) == (row["date"], row["what"], row["citation_url"])
            assert r.happened.get("to", "") == row["end"] and row["time_local"] in r.happened.get("note", "")
            for name in ("site", "category", "certainty", "attribution_claims", "iaea_attributes", "note"):
                assert r.data.get(name, "") == row[name]
            assert {*row["pillars"].split(";"), *row["principles"].split(";")} - {""} <= set(r.tags)


@needs_shared
def test_every_attribution_of_the_chronology_is_a_claim_by_somebody(chronology: dict[str, Record]) -> None:
    attributed = [r for r in chronology.values() if r.data.get("attribution_claims")]
    assert len(attributed) == 25
    for record in attributed:
        assert record.claims and all(c["by"] and c["says"] for c in record.claims)
    said = {c["by"]: c["says"] for c in chronology["E045"].claims}
    assert set(said) == {"Russia", "Ukraine", "IAEA"}
    assert {c["by"] for c in chronology["E052"].claims} == {"Russia", "Ukraine"}
    assert [c for r in chronology.values() if not r.data.get("attribution_claims") for c in r.claims] == []


@needs_shared
def test_what_was_not_verified_says_so_and_a_month_stays_a_month(chronology: dict[str, Record]) -> None:
    marked = {r.id for r in chronology.values() if "UNVERIFIED" in r.data.get("note", "")}
    assert marked == {r.id for r in chronology.values() if "unverified" in r.tags} == {"E007", "E031", "E041", "E055"}
    assert all(chronology[i].data["verified"] is False for i in marked)
    assert chronology["E055"].happened["from"] == "2023-12"


@needs_shared
def test_the_agency_s_own_assessments_are_findings_not_events(chronology: dict[str, Record]) -> None:
    assert {r.id for r in chronology.values() if r.kind == "finding"} == {"E017", "E044"}


def test_one_party_alone_is_not_graded_and_not_confirmed() -> None:
    head = (
        "event_id,date,time_local,end,site,category,what,reported_by,attribution_claims,iaea_attributes,pillars,"
        "principles,certainty,citation_url,note\n"
    )
    row = "X1,2024-04-07,,,ZNPP,strike,a hit,plant,,no,P1,F1,{},https://e.org,\n"
    one, new = (read(head + row.format(c), "chronology")[0] for c in ("one party", "hearsay"))
    assert (one.reliability, one.credibility) == ("F", 3)
    assert (new.reliability, new.credibility) == ("F", 6)


ACLED = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n"
    "UKR1,04 March 2022,2022,1,Political violence,Explosions/Remote violence,Shelling/artillery/missile attack,Side A,,"
    "8,Side B,,1,18,,804,Europe,Ukraine,Zaporizka,,,Enerhodar,47.4989,34.6558,2,A paper; B paper,National,"
    '"Around 4 March, shells fell.",0,,1647381234\n'
    "UKR2,15 March 2022,2022,3,Political violence,Battles,Armed clash,Side B,,1,,,0,10,,804,Europe,Ukraine,Zaporizka,,,"
    "Enerhodar,47.4989,34.6558,3,C paper,National,,2,,1647381234\n"
)


def test_an_acled_row_says_who_did_it_only_as_a_claim() -> None:
    first, second = read(ACLED, "acled")
    assert (first.id, first.kind, first.happened["from"]) == ("UKR1", "event", "2022-03-04")
    assert first.claims == (
        {"by": "ACLED, after A paper; B paper", "says": "actors as coded: Side A; Side B"},
    )  # fmt: skip
    assert "Side A" not in first.text and not {"actor1", "actor2"} & set(first.data)
    assert first.place["uncertainty_m"] == 25000.0 and first.data["fatalities"] == 0
    assert first.known_on == "2022-03-15T21:53:54Z"
    assert second.happened == {"from": "2022-03", "note": "the day is not known, only the month"}
    assert second.text == "Battles: Armed clash"


def test_acled_s_answer_as_json_reads_like_its_table() -> None:
    rows = list(csv.DictReader(io.StringIO(ACLED)))
    for row in rows:
        row["event_date"] = {"04 March 2022": "2022-03-04", "15 March 2022": "2022-03-15"}[row["event_date"]]
    assert read(json.dumps(rows), "acled") == read(ACLED, "acled")


VIIRS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,"
    "daynight\n"
    "47.51,34.58,330.1,0.39,0.36,2024-08-11,31,N,VIIRS,n,2.0NRT,290.2,2.5,N\n"
    "47.52,34.59,350.0,0.40,0.40,2024-08-11,1131,N20,VIIRS,h,2.0NRT,295.0,8,D\n"
)
MODIS = (
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_t31,frp,"
    "daynight,type\n"
    "47.51,34.58,310.2,1.2,1.1,2024-08-11,0931,Terra,MODIS,{},6.1NRT,292.0,9.1,D,0\n"
)


def test_a_firms_row_is_a_measurement_of_heat_with_its_time_and_pixel() -> None:
    first, second = read(VIIRS, "firms")
    assert first.kind == "measurement" and first.source["channel"] == "satellite"
    assert (first.happened["from"], second.happened["from"]) == ("2024-08-11T00:31Z", "2024-08-11T11:31Z")
    assert first.place["uncertainty_m"] == pytest.approx(500 * (0.39**2 + 0.36**2) ** 0.5)
    assert (first.credibility, second.credibility) == (3, 2)
    assert first.data["frp_MW"] == 2.5 and first.data["daynight"] == "night" and first.data["brightness_K"] == 330.1


def test_a_file_of_the_last_days_names_no_instrument() -> None:
    text = "\n".join(",".join(c for i, c in enumerate(line.split(",")) if i != 8) for line in VIIRS.splitlines())
    first, _ = read(text, "firms")
    assert first.text == "Heat seen from space on satellite N, 2.5 MW radiated; its cause is not seen"


@pytest.mark.parametrize(("confidence", "credibility"), [("0", 4), ("29", 4), ("30", 3), ("79", 3), ("80", 2)])
def test_modis_gives_its_confidence_in_percent(confidence: str, credibility: int) -> None:
    (record,) = read(MODIS.format(confidence), "firms")
    assert record.credibility == credibility and record.data["brightness_K"] == 310.2


def test_the_same_detection_has_the_same_id_wherever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(VIIRS)
    assert [r.id for r in read_records(path, "firms", now=NOW)] == [r.id for r in read(VIIRS, "firms")]


def test_points_of_geojson_are_rows(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'schema = "oberih/mapping/1"\nid = "points"\ntitle = "points"\n'
        '[[field]]\nto = "kind"\nvalue = "observation"\n'
        '[[field]]\nto = "text"\ncolumn = "name"\n'
        '[[field]]\nto = "place.latitude"\ncolumn = "latitude"\n'
        '[[field]]\nto = "place.longitude"\ncolumn = "longitude"\n'
    )
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [34.6, 47.5]}}
    text = json.dumps(
        {"type": "FeatureCollection", "features": [feature | {"properties": {"name": "a", "x": {"y": 1}}}]}
    )
    (record,) = read_records(io.BytesIO(text.encode()), mapping, now=NOW)
    assert record.place == {"latitude": 47.5, "longitude": 34.6} and record.data == {"x.y": 1}
