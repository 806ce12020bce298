"""Laws of the situation: what was altered is not shown, what broke keeps its last good value, versions tell changes."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oberih.case.hold.regime_states import regime_states
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.kept_results import keep_result
from oberih.case.prove.recording import record_one
from oberih.case.watch.desk import Desk, OnDesk
from oberih.case.watch.in_force import zones_in_force
from oberih.case.watch.situation import PARTS
from oberih.errors import CorruptStore, InputError
from oberih.evidence.keep import keep_products
from oberih.evidence.provenance import Provenance

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
HEAD = "station,latitude,longitude,time,value,unit\n"
ROW = "Nikopol,47.57,34.40,2026-11-25T17:30:00Z,98,nSv/h\n"


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    return Keeping(store=str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A kept plan of one zone: a square around the site."""
    ring = [[34.5, 47.4], [34.7, 47.4], [34.7, 47.6], [34.5, 47.6], [34.5, 47.4]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
               "properties": {"part": "protection", "action": "evacuate", "verified": False}}  # fmt: skip
    zones = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    folder = tmp_path / "plan"
    provenance = Provenance(product="plan", inputs={}, parameters={}, seed=1)
    keep_products(folder, {"zones.geojson": zones}, result={"headline": "A square."}, provenance=provenance)
    return folder


def on_desk(keeping: Keeping, **given: object) -> Desk:
    return Desk(OnDesk("zaporizhzhia", keeping, **given))  # type: ignore[arg-type]


def event(keeping: Keeping, text: str, *, now: datetime = NOW, **more: object) -> str:
    written = record_one(keeping, {"kind": "event", "text": text, **more}, files=[], now=now)
    return written.records[0][1]


def source(desk: Desk, kind: str, now: datetime = NOW) -> object:
    return next(s for s in desk.look(now).sources if s.kind == kind)


def test_zones_are_shown_while_they_are_what_was_kept(plan: Path, keeping: Keeping) -> None:
    found = zones_in_force(plan, keeping)
    assert found.headline == "A square."
    assert [f["properties"]["part"] for f in found.zones["features"]] == ["protection"]
    assert found.recorded_at is None


def test_an_altered_zone_is_refused_with_the_name_of_its_file(plan: Path, keeping: Keeping, tmp_path: Path) -> None:
    file = plan / "zones.geojson"
    file.write_bytes(file.read_bytes().replace(b"47.6", b"47.5"))
    with pytest.raises(CorruptStore, match=r"plan/zones\.geojson: not what was written") as refused:
        zones_in_force(plan, keeping)
    assert str(tmp_path) not in str(refused.value)
    found = on_desk(keeping, in_force=plan).look(NOW)
    assert found.in_force is None
    assert found.in_force_named
    assert "plan/zones.geojson" in next(s.error for s in found.sources if s.kind == "in-force")


def test_a_folder_without_a_result_is_refused(tmp_path: Path, keeping: Keeping) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no result\.json"):
        zones_in_force(tmp_path / "empty", keeping)


def test_the_record_tells_when_zones_were_kept_and_by_whom(plan: Path, keeping: Keeping) -> None:
    keep_result(keeping, plan, now=NOW)
    found = zones_in_force(plan, keeping)
    assert found.recorded_at == "2026-11-25T18:00:00Z"
    assert found.recorded_by == "custodian"


def test_another_result_under_the_same_inputs_is_refused(plan: Path, keeping: Keeping, tmp_path: Path) -> None:
    keep_result(keeping, plan, now=NOW)
    manifest = json.loads((plan / "result.json").read_text())
    manifest["result"]["headline"] = "Another square."
    (plan / "result.json").write_text(json.dumps(manifest))
    with pytest.raises(CorruptStore, match="is not the one that the record holds"):
        zones_in_force(plan, keeping)


def test_a_broken_file_keeps_its_last_good_values(tmp_path: Path, keeping: Keeping) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + ROW)
    desk = on_desk(keeping, readings=(file,))
    assert len(desk.look(NOW).readings.stations) == 1
    file.write_text("this is no table")
    later = desk.look(NOW + timedelta(seconds=2))
    assert [s.station for s in later.readings.stations] == ["Nikopol"]
    broken = next(s for s in later.sources if s.kind == "readings")
    assert broken.state == "broken"
    assert broken.last_good == NOW
    assert broken.broken_since == NOW + timedelta(seconds=2)
    assert "readings.csv:1" in broken.error
    assert [c.kind for c in later.changes if c.kind.startswith("source")] == ["source-down"]
    file.write_text(HEAD + ROW + ROW.replace("Nikopol", "Enerhodar"))
    again = desk.look(NOW + timedelta(seconds=4))
    assert len(again.readings.stations) == 2
    assert next(s for s in again.sources if s.kind == "readings").state == "good"
    assert [c.kind for c in again.changes if c.kind.startswith("source")] == ["source-back", "source-down"]


def test_a_file_that_is_gone_is_a_source_that_is_down(tmp_path: Path, keeping: Keeping) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + ROW)
    desk = on_desk(keeping, readings=(file,))
    desk.look(NOW)
    file.unlink()
    assert source(desk, "readings", NOW + timedelta(seconds=2)).state == "broken"  # type: ignore[attr-defined]


def test_old_readings_make_their_source_stale(tmp_path: Path, keeping: Keeping) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + ROW.replace("11-25", "11-24"))
    assert source(on_desk(keeping, readings=(file,)), "readings").state == "stale"  # type: ignore[attr-defined]


def test_a_record_that_was_broken_keeps_its_incidents(keeping: Keeping) -> None:
    event(keeping, "a siren")
    desk = on_desk(keeping)
    assert [i.text for i in desk.look(NOW).incidents] == ["a siren"]
    Path(keeping.store).write_bytes(b"not a database at all" * 100)
    for beside in ("-wal", "-shm"):
        Path(keeping.store + beside).unlink(missing_ok=True)
    found = desk.look(NOW + timedelta(seconds=2))
    assert [i.text for i in found.incidents] == ["a siren"]
    assert next(s for s in found.sources if s.kind == "record").state == "broken"


def test_an_empty_store_is_no_fault(keeping: Keeping) -> None:
    found = on_desk(keeping).look(NOW)
    assert found.record_size is None
    assert found.incidents == ()
    assert found.changes == ()
    assert len(found.regimes) == 9
    assert next(s for s in found.sources if s.kind == "record").state == "absent"


def test_nothing_new_is_no_new_version_and_a_new_record_is_one(keeping: Keeping) -> None:
    event(keeping, "a siren")
    desk = on_desk(keeping)
    first = desk.look(NOW)
    assert set(first.versions) == set(PARTS)
    assert desk.look(NOW + timedelta(seconds=2)).versions == first.versions
    event(keeping, "another siren", now=NOW + timedelta(seconds=3))
    second = desk.look(NOW + timedelta(seconds=4))
    news = {part for part in PARTS if second.versions[part] > first.versions[part]}
    assert {"incidents", "changes"} <= news
    assert not news & {"site", "in_force", "readings"}


def test_a_corrected_incident_is_shown_as_it_stands_now(keeping: Keeping) -> None:
    old = event(keeping, "three explosions")
    corrected = {"kind": "correction", "text": "two explosions", "corrects": old}
    record_one(keeping, corrected, files=[], now=NOW)
    found = on_desk(keeping).look(NOW)
    assert [i.text for i in found.incidents] == ["two explosions"]
    assert [c.kind for c in found.changes][:2].count("correction") == 1


def test_what_the_server_notes_of_itself_is_no_incident(keeping: Keeping) -> None:
    event(keeping, "POST /api/v1/evidence by anna", tags=["access"])
    found = on_desk(keeping).look(NOW)
    assert found.incidents == ()
    assert "POST" not in " ".join(c.text for c in found.changes)


def test_what_is_older_than_a_day_is_no_change(keeping: Keeping) -> None:
    event(keeping, "a siren")
    assert on_desk(keeping).look(NOW + timedelta(hours=25)).changes == ()


def test_a_finding_that_became_known_today_is_a_change_against_yesterday(keeping: Keeping) -> None:
    before = next(s for s in regime_states(keeping, today=NOW.date()) if s.id == "seven-pillars")
    record_one(
        keeping,
        {"kind": "observation", "text": "the channel fell below the pumps", "happened": {"from": "2026-11-25"},
         "known_on": "2026-11-25", "source": {"who": "a mission", "channel": "inspected"}, "reliability": "B",
         "credibility": 2,
         "data": {"indicator": "cooling-water", "subject": "zaporizhzhia", "value": "below pumping limit"}},
        files=[], now=NOW,
    )  # fmt: skip
    after = next(s for s in regime_states(keeping, today=NOW.date()) if s.id == "seven-pillars")
    assert before.changes == ()
    assert after.changes == (("P2", "zaporizhzhia", "at-risk", "compromised"),)
    change = next(c for c in on_desk(keeping).look(NOW).changes if c.kind == "regime")
    assert (change.name, change.before, change.now) == ("seven-pillars", "at-risk", "compromised")


def test_the_same_station_in_two_files_is_seen_to_contradict_itself(tmp_path: Path, keeping: Keeping) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(HEAD + ROW)
    two.write_text(HEAD + ROW.replace(",98,", ",980,"))
    found = on_desk(keeping, readings=(one, two)).look(NOW)
    assert [s.doubts for s in found.readings.stations] == [("contradicted",)]


def test_files_of_one_name_in_two_folders_are_two_files(tmp_path: Path, keeping: Keeping) -> None:
    files = (tmp_path / "a" / "r.csv", tmp_path / "b" / "r.csv")
    for file, row in zip(files, (ROW.replace(",98,", ",3,"), ROW.replace("Nikopol", "Enerhodar")), strict=True):
        file.parent.mkdir()
        file.write_text(HEAD + row)
    found = on_desk(keeping, readings=files).look(NOW)
    assert {s.station: s.doubts for s in found.readings.stations} == {"Nikopol": ("too-low",), "Enerhodar": ()}


def test_a_reading_that_is_to_come_does_not_hide_the_last_that_was(tmp_path: Path, keeping: Keeping) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + ROW + ROW.replace("17:30", "23:30").replace(",98,", ",5,"))
    found = on_desk(keeping, readings=(file,)).look(NOW).readings.stations
    assert [(s.time.hour, s.doubts, s.earlier) for s in found] == [(17, (), 1)]


def test_a_copied_plan_is_the_same_plan(plan: Path, keeping: Keeping, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(plan, copy)
    assert zones_in_force(copy, keeping).sha256 == zones_in_force(plan, keeping).sha256
