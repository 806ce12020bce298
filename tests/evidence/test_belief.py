"""What was changed is not shown, not searched, not judged and not sent as if it were sound."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from validation.tamper_scene import BEGIN, SECOND, Scene, build, changed_text, replace_rows, signed_anew

from oberih.case.hold.regime import Asked, judge_regime
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_sheets import newest, one_record
from oberih.errors import CorruptStore
from oberih.evidence.bundle import write_bundle
from oberih.evidence.record import read_record


@pytest.fixture
def spoilt(tmp_path: Path) -> Scene:
    scene = build(tmp_path / "scene")
    rows = [e.data for e in scene.entries()]
    rows[118] = changed_text(rows[118])
    replace_rows(scene, rows)
    return scene


def test_a_changed_record_is_not_shown(spoilt: Scene) -> None:
    keeping = Keeping(str(spoilt.store), environment={})
    with pytest.raises(CorruptStore, match="record 118 does not fit its signature"):
        one_record(keeping, "118")
    with pytest.raises(CorruptStore, match="record 118"):
        newest(keeping, limit=20)
    assert one_record(keeping, "117").data[0]["number"] == 117


def test_a_changed_record_is_not_judged(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene")
    fields = {
        "id": "forged", "kind": "observation", "text": "no line carries power", "happened": {"from": "2024-01-01"},
        "data": {"indicator": "offsite-lines", "subject": "zaporizhzhia", "value": 0},
    }  # fmt: skip
    forged = read_record(fields, now=BEGIN.replace(year=2026))
    rows = [e.data for e in scene.entries()]
    sound = signed_anew(forged, seq=len(rows), at=BEGIN.replace(year=2026), by=SECOND)
    replace_rows(scene, [*rows, _bent(sound)])
    with pytest.raises(CorruptStore, match="record 123"):
        judge_regime(Asked("seven-pillars", date(2024, 1, 2), None, str(scene.store), ()))


def _bent(data: bytes) -> bytes:
    at = data.index(b'"sig":"') + 8
    return data[:at] + (b"B" if data[at : at + 1] != b"B" else b"C") + data[at + 1 :]


def test_a_changed_record_is_not_sent_out_as_the_whole_record(spoilt: Scene, tmp_path: Path) -> None:
    log = spoilt.log()
    with pytest.raises(CorruptStore, match="nothing was written"):
        write_bundle(tmp_path / "b.zip", log)
    log.close()
    assert not (tmp_path / "b.zip").exists()
