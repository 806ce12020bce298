"""What a result says is protected once the record holds it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.kept_results import keep_result, verified_result
from oberih.case.prove.proving import verify
from oberih.errors import CorruptStore
from oberih.evidence.keep import keep_products
from oberih.evidence.provenance import Provenance

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ORIGIN = Provenance("plan", inputs={"site": "0" * 64}, parameters={}, seed=1, software={"oberih": "0"})


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    return Keeping(str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep_products(tmp_path / "out", {"map.png": b"x"}, result={"headline": "hold 23 km"}, provenance=ORIGIN)
    return tmp_path / "out"


def test_a_kept_result_is_found_in_the_record(keeping: Keeping, folder: Path) -> None:
    assert dict(verified_result(keeping, folder).facts)["in the record"].startswith("no;")
    keep_result(keeping, folder, now=NOW)
    assert "as number 1" in dict(verified_result(keeping, folder).facts)["in the record"]
    assert verify(keeping, None).holds


def test_keeping_a_result_twice_keeps_it_once(keeping: Keeping, folder: Path) -> None:
    first = keep_result(keeping, folder, now=NOW)
    again = keep_result(keeping, folder, now=NOW)
    assert (again.records, again.known, again.size) == ((), (first.records[0][1],), first.size)


def test_a_result_whose_words_were_changed_is_refused_once_it_is_kept(keeping: Keeping, folder: Path) -> None:
    keep_result(keeping, folder, now=NOW)
    file = folder / "result.json"
    file.write_bytes(file.read_bytes().replace(b"23 km", b"13 km"))
    with pytest.raises(CorruptStore, match="number 1"):
        verified_result(keeping, folder)
