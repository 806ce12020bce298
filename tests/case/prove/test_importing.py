"""An import is whole or not there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oberih.case.prove.importing import all_mappings, read_all
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import Written, record_all
from oberih.errors import InputError
from oberih.evidence.log import BATCH, Log
from tests.conftest import SHARED, needs_shared

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CHRONOLOGY = SHARED / "data" / "znpp_chronology" / "znpp_chronology.csv"


@dataclass
class Watched:
    """Counts what it is told."""

    stages: list[str] = field(default_factory=list)
    steps: int = 0

    def stage(self, title: str, total: int | None = None) -> None:
        self.stages.append(title)

    def advance(self, n: int = 1) -> None:
        self.steps += n

    def note(self, line: str) -> None:
        self.stages.append(line)

    def done(self) -> None:
        self.stages.append("done")


def into_log(folder: Path, file: Path, progress: Watched | None = None) -> Written:
    keeping = Keeping(store=str(folder / "record.sqlite"), key=folder / "key.pem", environment={})
    return record_all(keeping, read_all(file, "firms", now=NOW), now=NOW, progress=progress)


def firms(folder: Path, n: int, *, bad: int | None = None) -> Path:
    path = folder / "fires.csv"
    rows = [f"{47 + i / 1e5:.5f},34.5,300,0.4,0.4,2024-08-11,{i % 24:02d}00,N,VIIRS,n,2,290,{i},D" for i in range(n)]
    if bad is not None:
        rows[bad] = rows[bad].replace("2024-08-11", "2044-08-11")
    head = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
    head += "bright_ti5,frp,daynight"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def size(folder: Path) -> int:
    log = Log(str(folder / "record.sqlite"))
    try:
        return sum(1 for entry in log.entries() if entry.record.kind == "measurement")
    finally:
        log.close()


def test_an_import_is_recorded_in_batches_and_counted(tmp_path: Path) -> None:
    watched = Watched()
    done = into_log(tmp_path, firms(tmp_path, BATCH + 5), watched)
    assert (len(done.records), done.known, done.size) == (BATCH + 5, (), BATCH + 6)  # the key's own record too
    assert watched.steps == BATCH + 5
    assert watched.stages == ["comparing with what is there", "recording", "done"]
    assert size(tmp_path) == BATCH + 5


def test_the_same_file_again_adds_nothing_and_says_so(tmp_path: Path) -> None:
    into_log(tmp_path, firms(tmp_path, 3))
    again = into_log(tmp_path, firms(tmp_path, 5))
    assert (len(again.records), len(again.known)) == (2, 3)
    assert size(tmp_path) == 5


def test_one_bad_row_and_nothing_is_stored(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 1202:"):
        into_log(tmp_path, firms(tmp_path, 1500, bad=1200))
    assert not (tmp_path / "record.sqlite").exists()


def test_a_row_that_contradicts_the_record_refuses_every_batch(tmp_path: Path) -> None:
    keeping = Keeping(store=str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    records = read_all(firms(tmp_path, 2 * BATCH + 5), "firms", now=NOW)
    record_all(keeping, records[-1:], now=NOW)
    with pytest.raises(InputError, match="other content"):
        record_all(keeping, [*records[:-1], replace(records[-1], text="nothing burns")], now=NOW)
    assert size(tmp_path) == 1


@needs_shared
def test_the_chronology_comes_into_a_log_whole(tmp_path: Path) -> None:
    keeping = Keeping(store=str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    written = record_all(keeping, read_all(CHRONOLOGY, "chronology", now=NOW), now=NOW)
    assert len(written.records) == 54
    log = keeping.log()
    try:
        kept = {e.record.id: e.record for e in log.entries()}
    finally:
        log.close()
    assert [kept[r.id] for r in read_all(CHRONOLOGY, "chronology", now=NOW)] == [
        kept[i] for _, i in written.records
    ]  # fmt: skip
    assert {c["by"] for c in kept["E045"].claims} == {"Russia", "Ukraine", "IAEA"}


def test_the_mappings_can_be_listed_and_unchecked_sources_are_marked() -> None:
    rows = {row[0]: row for row in all_mappings().rows}
    assert "†" in rows["acled"][2] and "†" not in rows["firms"][2]
