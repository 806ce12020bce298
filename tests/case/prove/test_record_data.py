"""What the record gives as data: every record once, nothing of the store's place, nothing that was changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from oberih.case.hold.regime_board import Board, refuse_day
from oberih.case.prove import record_data, record_proofs, record_writing
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import Asked
from oberih.case.prove.recording import correct, record_all
from oberih.errors import CorruptStore, InputError, UnknownName
from oberih.evidence.note import read_checkpoint, read_note
from oberih.evidence.record import read_record
from oberih.evidence.tree import leaf_hash, verify_inclusion

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Keeping:
    folder = tmp_path / "secret-folder"
    folder.mkdir()
    kept = Keeping(str(folder / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    records = [
        read_record({"id": f"E{n}", "kind": "event", "text": f"thing {n}", "tags": ["a" if n % 3 else "ab"]}, now=NOW)
        for n in range(30)
    ]
    record_all(kept, records, now=NOW)
    return kept


def ids_of(pairs: tuple[tuple[int, str], ...]) -> list[str]:
    return [i for _, i in pairs]


@pytest.mark.parametrize("limit", [1, 7, 30, 200])
def test_pages_hold_every_record_once_whatever_their_length(kept: Keeping, limit: int) -> None:
    numbers: list[int] = []
    below: int | None = None
    while True:
        page = record_data.found(kept, Asked(limit=limit, below=below))
        numbers += [r["number"] for r in page.records]
        below = page.below
        if below is None:
            break
    assert numbers == list(range(30, -1, -1))


def test_a_tag_is_whole_while_words_are_parts(kept: Keeping) -> None:
    assert len(record_data.found(kept, Asked(tag="ab")).records) == 10
    assert len(record_data.found(kept, Asked(tag="a")).records) == 20
    assert len(record_data.found(kept, Asked(text="a", kind="event")).records) == 30


def test_a_chain_of_corrections_is_told_from_each_of_its_links(kept: Keeping) -> None:
    second = correct(kept, "E5", {"text": "thing five"}, now=NOW + timedelta(1)).records[0][1]
    third = correct(kept, second, {"text": "thing V"}, now=NOW + timedelta(2)).records[0][1]
    first, middle, last = (record_data.one(kept, name) for name in ("E5", second, third))
    assert (ids_of(first.corrects), ids_of(first.corrected_by)) == ([], [second, third])
    assert (ids_of(middle.corrects), ids_of(middle.corrected_by)) == (["E5"], [third])
    assert (ids_of(last.corrects), ids_of(last.corrected_by)) == ([second, "E5"], [])


def test_a_record_is_given_to_the_byte_and_leads_to_the_root(kept: Keeping) -> None:
    one, standing = record_data.one(kept, 17), record_data.standing(kept)
    proof = record_proofs.inclusion(kept, 17)
    log = kept.log()
    assert one.leaf == leaf_hash(one.envelope.encode()).hex() == log.nodes([(0, 17)])[0].hex()
    log.close()
    closed = read_checkpoint(read_note(standing.checkpoint.encode()).text)
    assert verify_inclusion(leaf_hash(one.envelope.encode()), 17, closed.size, proof.hashes, closed.root)


@pytest.mark.parametrize("name", ["nobody", "99", ""])
def test_what_is_not_there_is_told_without_the_place_of_the_store(kept: Keeping, name: str) -> None:
    with pytest.raises(UnknownName) as told:
        record_data.one(kept, name)
    assert "secret-folder" not in str(told.value)


def test_a_store_that_cannot_be_used_is_told_without_its_place(kept: Keeping) -> None:
    Path(kept.store).write_bytes(b"SQLite format 3\0 and nothing more")
    with pytest.raises(Exception) as told:
        record_data.standing(kept)
    assert "secret-folder" not in str(told.value) and "record.sqlite" in str(told.value)


def test_a_store_that_is_gone_is_not_one_that_was_never_begun(kept: Keeping, tmp_path: Path) -> None:
    assert record_data.standing(Keeping(str(tmp_path / "none"), environment={})).exists is False
    Path(kept.store).unlink()
    with pytest.raises(CorruptStore, match="is gone"):
        record_data.standing(kept)


@pytest.mark.parametrize("store", ["postgresql://user:word@host/record?sslmode=require", "/a/b/record"])
def test_a_store_is_named_without_folder_user_or_password(store: str) -> None:
    assert record_data.named(Keeping(store, environment={})) == "record"


def test_the_role_is_written_beside_what_was_given_and_keys_are_left_alone(kept: Keeping) -> None:
    done = record_writing.add(kept, {"text": "x", "data": {"n": 1}}, role="custodian", now=NOW + timedelta(1))
    fields = record_data.one(kept, done.records[0][0]).fields
    assert fields["data"] == {"n": 1, record_writing.ROLE: "custodian"} and fields["kind"] == "statement"
    size = record_data.standing(kept).size
    for bad in ({"kind": "key", "text": "x"}, {"text": "x", "corrects": "E1"}, {"text": ""}):
        with pytest.raises(InputError):
            record_writing.add(kept, bad, role="custodian", now=NOW + timedelta(1))
    assert record_data.standing(kept).size == size


def test_no_type_that_a_machine_runs_is_taken() -> None:
    assert {".exe", ".html", ".svg", ".js", ".sh", ".bat", ".htm", ".xhtml", ".mjs"} & record_writing.TYPES == set()


def test_a_day_that_has_not_come_is_refused() -> None:
    refuse_day(date(2026, 3, 4), today=date(2026, 3, 4), name="as_of")
    for day in (date(2026, 3, 5), date(1894, 12, 31)):
        with pytest.raises(InputError):
            refuse_day(day, today=date(2026, 3, 4), name="as_of")


def test_a_board_judges_only_what_ships_and_again_when_the_record_grew(kept: Keeping) -> None:
    board = Board(kept)
    first = board.judgement("new-start", as_of=date(2026, 1, 1))
    assert board.judgement("new-start", as_of=date(2026, 1, 1)) is first
    record_all(kept, [read_record({"kind": "event", "text": "more"}, now=NOW)], now=NOW + timedelta(1))
    again = board.judgement("new-start", as_of=date(2026, 1, 1))
    assert again is not first and again.findings == first.findings
    with pytest.raises(UnknownName):
        board.judgement("/etc/passwd", as_of=date(2026, 1, 1))
