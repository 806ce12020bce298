from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import record, record_peer

from oberih.evidence.envelope import pre_authentication
from oberih.evidence.keys import new_key_file
from oberih.evidence.log import Log

TINY = record.Size(append=60, rounds=1, bundle=100, verify_rounds=1, store=150, peer=40, proofs=5)


def test_every_required_figure_is_measured_and_the_last_line_is_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(record, "QUICK", TINY)
    assert record.main(["--quick", "--date", "2026-01-02"]) == 0
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert [line.split()[0] for line in lines[: len(record.REQUIRED)]] == list(record.REQUIRED)
    assert all(result[name] > 0.0 for name in record.REQUIRED)
    assert result["store_records"] == 151 and result["bundle_records"] == 151
    assert result["date"] == "2026-01-02" and result["quick"] is True


def test_the_records_are_of_the_size_that_is_told(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "r.sqlite"), create=True)
    signer = new_key_file(tmp_path / "key.pem", name="bench", passphrase=None)
    record.fill(log, record.records(50), signer)
    sizes = [len(pre_authentication(e.envelope.payload)) for e in log.entries(first=1)]
    assert 600 < min(sizes) <= max(sizes) < 750


def test_the_peer_and_we_give_trees_of_the_same_size(tmp_path: Path) -> None:
    found = record_peer.peers([b"leaf %d" % n for n in range(60)], tmp_path, most=50, proofs=3)
    assert found["ours_in_memory"]["leaves"] == 50
    if found["pymerkle"] is not None:
        assert (found["in_memory"]["leaves"], found["sqlite"]["leaves"]) == (50, 5)
