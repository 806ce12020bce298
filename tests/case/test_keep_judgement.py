"""A judgement that is kept can be computed again from a bundle, by somebody who has nothing else."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

from oberih.case.findings_export import recompute_export
from oberih.case.keep_judgement import keep_judgement
from oberih.case.keeping import Keeping
from oberih.case.proving import export, verify
from oberih.case.regime import Asked, judge_regime

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
