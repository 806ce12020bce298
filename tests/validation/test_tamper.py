"""Whatever is done to a record is found, and its place named; and the judge of that can be wrong."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from validation import tamper
from validation.tamper_scene import build
from validation.tamper_store import verified
from validation.tamper_verdict import judged

from oberih.evidence.bundle import write_bundle
from oberih.evidence.report import Fault, Report
from oberih.evidence.verify_bundle import verify_bundle


@pytest.mark.slow
def test_every_attack_is_detected_and_located(capsys: pytest.CaptureFixture[str]) -> None:
    assert tamper.main([]) == 0
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told["missed"] == []
    assert told["tried"] == told["detected"] == told["located"] >= 320
    assert min(told["by_place"].values()) >= 10


def test_what_the_holder_of_the_key_does_is_found_only_from_outside(tmp_path: Path) -> None:
    found = tamper.needs_somebody_outside(build(tmp_path / "original"), tmp_path)
    assert {f["found_inside"] for f in found.values()} == {False}
    assert {f["found_with_a_checkpoint"] for f in found.values()} == {True}


def test_an_untouched_record_holds(tmp_path: Path) -> None:
    report = verified(build(tmp_path / "original"))
    assert (report.holds, report.records, report.faults) == (True, 123, ())


def test_an_untouched_record_and_its_bundle_hold_against_every_checkpoint_it_ever_had(tmp_path: Path) -> None:
    scene = build(tmp_path / "original")
    with closing(scene.log()) as log:
        kept = [(f"kept {size}", note) for size, note in log.checkpoints()]
        write_bundle(tmp_path / "b.zip", log)
    assert verified(scene, kept).holds
    assert verify_bundle(tmp_path / "b.zip", against=kept).holds


@pytest.mark.parametrize(
    ("fault", "located"),
    [
        (Fault("record 5", "x", 5, 5), True),
        (Fault("record 6", "x", 6, 6), False),
        (Fault("records 0 to 9", "x", 0, 9), False),  # true, and says nothing
        (Fault("keys.json", "x"), False),
    ],
)
def test_a_place_is_named_only_by_a_fault_that_is_there_and_narrow(fault: Fault, located: bool) -> None:
    assert judged("a deed", Report("r", "bundle", (fault,)), 5, 5).located is located
    assert not judged("a deed", Report("r", "bundle", ()), 5, 5).detected


def test_bundles_of_others_are_told(tmp_path: Path) -> None:
    (tmp_path / "noise.zip").write_bytes(b"no bundle")
    assert tamper.bundles_of_others(tmp_path)[0]["holds"] is False
    assert tamper.main([str(tmp_path / "absent")]) == 2
