"""A judgement that is kept can be computed again from a bundle, by somebody who has nothing else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from oberih.case.hold.findings_export import as_json, recompute_export
from oberih.case.hold.keep_judgement import keep_judgement
from oberih.case.hold.regime import Asked, judge_regime
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.proving import export, verify
from oberih.case.prove.recording import correct, record_one
from oberih.errors import InputError

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_a_kept_judgement_travels_in_a_bundle_and_comes_out_the_same(tmp_path: Path) -> None:
    keeping = Keeping(str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    judgement = judge_regime(Asked("new-start", date(2023, 4, 15), None, None, ()))
    written = keep_judgement(keeping, judgement, now=NOW)
    assert keep_judgement(keeping, judgement, now=NOW).known == (written.records[0][1],)
    export(keeping, tmp_path / "b.zip", attachments=True)
    assert verify(keeping, str(tmp_path / "b.zip")).holds
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        (name,) = [n for n in bundle.namelist() if n.startswith("attachments/")]
        same, of = recompute_export(bundle.read(name), "new-start")
    assert (same, of) == (14, 14)


def _export() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(judge_regime(Asked("new-start", date(2023, 4, 15), None, None, ()))))
    return found


def _without_the_worst(export: dict[str, Any]) -> None:
    export["findings"] = [f for f in export["findings"] if f["status"] != "compromised"]


def _doubled(export: dict[str, Any]) -> None:
    export["findings"] *= 2


def _another_day(export: dict[str, Any]) -> None:
    export["as_of"] = "2022-04-15"


@pytest.mark.parametrize("cheat", [_without_the_worst, _doubled, _another_day])
def test_an_export_that_was_thinned_out_doubled_or_dated_anew_does_not_come_out(cheat: Callable[[Any], None]) -> None:
    export = _export()
    same, of = recompute_export(json.dumps(export).encode(), "new-start")
    assert same == of == 14
    cheat(export)
    same, of = recompute_export(json.dumps(export).encode(), "new-start")
    assert same < of


def test_an_export_without_findings_or_of_another_regime_is_refused() -> None:
    export = _export()
    with pytest.raises(InputError, match="judged by new-start"):
        recompute_export(json.dumps(export).encode(), "seven-pillars")
    export["findings"] = []
    with pytest.raises(InputError, match="no findings"):
        recompute_export(json.dumps(export).encode(), "new-start")


def test_an_observation_in_words_alone_blocks_no_regime(tmp_path: Path) -> None:
    keeping = Keeping(str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    words = {"kind": "observation", "text": "we saw smoke", "happened": {"from": "2025-03-06"}}
    record_one(keeping, words, now=NOW)
    judged = judge_regime(Asked("new-start", date(2025, 4, 1), None, keeping.store, ()))
    assert ("own record", "record.sqlite", 0) in judged.rests_on


def test_a_correction_keeps_the_parts_that_it_does_not_name(tmp_path: Path) -> None:
    keeping = Keeping(str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    data = {"indicator": "offsite-lines", "subject": "zaporizhzhia", "value": 1}
    fields = {"kind": "observation", "text": "one line", "happened": {"from": "2025-03-06"}, "data": data}
    record_one(keeping, fields, now=NOW)
    correct(keeping, "1", {"text": "two lines", "data": {"value": 2}}, now=NOW)
    with closing(keeping.log()) as log:
        assert log.entry("2").record.data == {**data, "value": 2}
