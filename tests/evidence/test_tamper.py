"""What an attacker tries that no list of deeds holds; and what is told to who looks at a stranger's file."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from validation.tamper_bundle import put_together, taken_apart
from validation.tamper_further import FILES
from validation.tamper_scene import (
    BEGIN,
    COSIGNED,
    FIRST,
    SECOND,
    STRANGER,
    Scene,
    build,
    checkpoint_over,
    replace_rows,
    signed_anew,
    statement,
)
from validation.tamper_store import verified

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.proving import verify
from oberih.case.prove.recording import record_one
from oberih.errors import CorruptStore, InputError, OberihError
from oberih.evidence.bundle import write_bundle
from oberih.evidence.log import Log
from oberih.evidence.moment import instant
from oberih.evidence.note import COSIGNATURE, cosign, read_note, vkey
from oberih.evidence.record import DEEPEST_DATA, read_record
from oberih.evidence.report import Fault, Report, one_line
from oberih.evidence.verify import verify_log
from oberih.evidence.verify_bundle import verify_bundle
from tests.evidence.postgres import database, postgres

__all__ = ["database", "postgres"]

NOW = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return build(tmp_path_factory.mktemp("tamper") / "scene")


@pytest.fixture
def scene(original: Scene, tmp_path: Path) -> Scene:
    return original.copy(tmp_path / "scene")


@pytest.fixture(scope="module")
def bundle(original: Scene) -> Path:
    path = original.folder.parent / "some.zip"
    with closing(original.log()) as log:
        write_bundle(path, log, ids=["e020", "e090"], attachments=original.attachments)
    return path


def sql(scene: Scene, *statements: str) -> None:
    with closing(scene.sql()) as connection, connection:
        for one in statements:
            connection.execute(one)


def rows(scene: Scene) -> list[bytes]:
    return [e.data for e in scene.entries()]


def appended(scene: Scene) -> str:
    """When the next record is written, by what the log says."""
    with closing(scene.log()) as log:
        return log.append([statement(700)], signer=SECOND, now=NOW).entries[0].recorded_at


# behind what was tampered with, nothing is signed


def test_the_next_append_does_not_vouch_for_a_past_that_was_rewritten(scene: Scene) -> None:
    """Who holds a revoked key rewrites its time, removes what contradicts, and waits for the custodian to sign."""
    forged = rows(scene)
    forged[60] = signed_anew(statement(908), seq=60, at=instant(scene.entries()[60].recorded_at), by=FIRST)
    replace_rows(scene, forged)
    sql(scene, "DELETE FROM oberih_checkpoint WHERE size > 58", "DELETE FROM oberih_cosignature")
    with pytest.raises(CorruptStore, match=r"not those that were signed.*nothing was written"):
        appended(scene)
    assert len(rows(scene)) == 123 and not verified(scene).holds


@pytest.mark.parametrize("by", [FIRST, STRANGER])
def test_nor_where_the_last_checkpoint_is_signed_by_no_key_in_force(scene: Scene, by: Any) -> None:
    note = checkpoint_over(rows(scene), by=by)
    with closing(scene.sql()) as connection, connection:
        connection.execute("UPDATE oberih_checkpoint SET note = ? WHERE size = 123", (note,))
    with pytest.raises(CorruptStore, match="key"):
        appended(scene)


def test_nor_where_the_checkpoint_beside_the_record_has_another_root(scene: Scene) -> None:
    other = rows(scene)
    other[122] = signed_anew(statement(911), seq=122, at=instant(scene.entries()[122].recorded_at), by=SECOND)
    (scene.folder / "record.sqlite.head").write_bytes(checkpoint_over(other, by=SECOND))
    with pytest.raises(CorruptStore, match="another root"):
        appended(scene)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM oberih_checkpoint",
        "UPDATE oberih_checkpoint SET note = 'abc' WHERE size = 123",
        "UPDATE oberih_entry SET data = 'abc' WHERE seq = 122",
        "UPDATE oberih_entry SET data = 99999999999 WHERE seq = 122",
        "UPDATE oberih_node SET hash = zeroblob(32)",
        "UPDATE oberih_entry SET leaf = 'abc' WHERE seq = 122",
        "DELETE FROM oberih_entry WHERE seq = 122",
        "INSERT INTO oberih_node VALUES (245, zeroblob(32))",
    ],
)
def test_where_the_end_is_spoilt_nothing_is_put_behind_it(scene: Scene, deed: str) -> None:
    before = rows(scene)[:122]
    sql(scene, deed)
    with pytest.raises(OberihError):
        appended(scene)
    with closing(scene.log()) as log:
        assert [data for _, data in log.raw(last=122)] == before
        assert log.size <= 123


def test_a_time_beside_the_record_does_not_date_what_follows(scene: Scene) -> None:
    sql(scene, "UPDATE oberih_entry SET recorded_at = '9999-01-01T00:00:00Z' WHERE seq = 122")
    assert appended(scene) == "2027-06-01T00:00:00Z"


@pytest.mark.parametrize("name", ["e041", "42", 42])
def test_another_record_is_not_taken_for_the_one_asked_for(scene: Scene, name: str | int) -> None:
    deeds = ("id = 'x' WHERE id = 'e041'", "id = 'e041' WHERE id = 'e040'", "seq = 1042 WHERE seq = 42",
             "seq = 42 WHERE seq = 43")  # fmt: skip
    sql(scene, *(f"UPDATE oberih_entry SET {deed}" for deed in deeds))
    with closing(scene.log()) as log, pytest.raises(CorruptStore):
        log.entry(name)


@pytest.mark.parametrize(
    "deed",
    [
        "CREATE TRIGGER sleeper AFTER INSERT ON oberih_entry BEGIN DELETE FROM oberih_entry WHERE seq = 5; END",
        "CREATE VIEW sleeper AS SELECT * FROM oberih_entry",
    ],
)
def test_what_would_act_by_itself_in_the_database_is_told(scene: Scene, deed: str) -> None:
    sql(scene, deed)
    assert [f.where for f in verified(scene).faults if "sleeper" in f.what] == ["database"]


ON_POSTGRESQL: list[tuple[str, int]] = [
    ("UPDATE oberih_entry SET data = overlay(data placing '\\x21'::bytea from 40) WHERE seq = 4", 4),
    ("UPDATE oberih_entry SET leaf = '\\x00'::bytea WHERE seq = 5", 5),
    ("DELETE FROM oberih_entry WHERE seq = 3", 3),
    ("DELETE FROM oberih_entry WHERE seq > 6", 7),
    ("UPDATE oberih_entry SET folded = 'x' WHERE seq = 2", 2),
    ("DELETE FROM oberih_entry", 0),
]


@pytest.mark.parametrize(("deed", "place"), ON_POSTGRESQL, ids=[d for d, _ in ON_POSTGRESQL])
def test_on_postgresql_too_the_record_that_was_touched_is_named(database: str, deed: str, place: int) -> None:
    with closing(Log(database, create=True)) as log:
        log.append([statement(n) for n in range(9)], signer=FIRST, now=NOW)
        with log.engine.begin() as connection:
            connection.exec_driver_sql(deed)
        report = verify_log(log)
        assert [f for f in report.faults if f.first == place], report.faults


# bytes as they lie


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_turned_anywhere_in_a_bundle_is_found_or_changes_nothing_in_it(
    bundle: Path, tmp_path: Path, where: float, bit: int
) -> None:
    data, path = bytearray(bundle.read_bytes()), tmp_path / "b.zip"
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    try:
        holds = verify_bundle(path).holds
    except InputError:
        return
    assert not holds or taken_apart(path) == taken_apart(bundle)


def contents(path: Path) -> list[list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        tables = ("entry", "node", "checkpoint", "cosignature", "timestamp", "meta")
        return [connection.execute(f"SELECT * FROM oberih_{t} ORDER BY 1").fetchall() for t in tables]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_turned_anywhere_in_the_database_is_found_or_changes_nothing_in_it(
    original: Scene, tmp_path: Path, where: float, bit: int
) -> None:
    if not (tmp_path / "copy").exists():
        original.copy(tmp_path / "copy")
    copy, data = Scene(tmp_path / "copy"), bytearray(original.store.read_bytes())
    for more in ("-wal", "-shm"):
        Path(f"{copy.store}{more}").unlink(missing_ok=True)
    data[int(where * len(data))] ^= 1 << bit
    copy.store.write_bytes(data)
    try:
        holds = verified(copy).holds
    except OberihError as error:
        assert "\n" not in str(error)
        return
    assert not holds or contents(copy.store) == contents(original.store)


@pytest.mark.parametrize(("change", "named"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_that_others_would_read_otherwise_is_refused(
    bundle: Path, tmp_path: Path, change: Any, named: str
) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(change(bundle))
    with pytest.raises(InputError, match=named):
        verify_bundle(path)


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_who_packs_a_bundle_anew_without_changing_it_keeps_it_sound(bundle: Path, tmp_path: Path, packed: int) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", packed) as file:
        for name, data in reversed(taken_apart(bundle).items()):
            file.writestr(name, data)
    assert verify_bundle(tmp_path / "b.zip").holds


# what the reader is told


def test_a_missing_checkpoint_beside_the_record_is_told(scene: Scene) -> None:
    (scene.folder / "record.sqlite.head").unlink()
    report = verified(scene)
    assert report.holds and any("no checkpoint lies beside" in n for n in report.notes)


def test_a_witness_of_ones_own_is_no_proof_and_the_reader_is_told(scene: Scene) -> None:
    sql(scene, "DELETE FROM oberih_cosignature")
    with closing(scene.log()) as log:
        note = dict(log.checkpoints())[COSIGNED + 2]
        line = cosign(read_note(note).text, "iaea.org", STRANGER.private, 1_700_000_000)
        log.add_cosignature(COSIGNED + 2, line, vkey("iaea.org", STRANGER.public, COSIGNATURE))
    assert any("witnesses' keys was not checked" in n for n in verified(scene).notes)


def test_a_selection_says_what_it_cannot_show(bundle: Path) -> None:
    report = verify_bundle(bundle)
    assert report.holds and any("not selected cannot be seen" in n for n in report.notes)


@given(st.text(max_size=60))
def test_a_strangers_words_make_one_line_and_steer_no_terminal(text: str) -> None:
    line = str(Fault(f"attachment {text}", text))
    report = Report("x", "bundle", (), origin=text, keys=((text, "k", 0, None),), witnesses=(text,))
    for said in (line, report.origin, report.keys[0][0], report.witnesses[0], one_line(text)):
        assert len(said.splitlines()) <= 1 and not set(said) & {"\x1b", "\x9b", "\r", "\u202e"}
        said.encode()


def test_a_bundle_cannot_say_yes_by_itself(bundle: Path, tmp_path: Path) -> None:
    members = taken_apart(bundle)
    manifest = json.loads(members["manifest.json"]) | {"origin": "x\x1b[2J\nYES  it holds\ud800"}
    path = put_together(tmp_path / "b.zip", {**members, "manifest.json": json.dumps(manifest).encode()})
    said = [str(f) for f in verify_bundle(path).faults]
    assert said and not [s for s in said if "\n" in s or "\x1b" in s]
    "".join(said).encode()


# what is never stored


def keeping(folder: Path) -> Keeping:
    return Keeping(store=str(folder / "r.sqlite"), key=folder / "k.pem", environment={})


def nested(depth: int) -> list[Any]:
    out: list[Any] = []
    for _ in range(depth - 1):
        out = [out]
    return out


STRANGE: dict[str, dict[str, Any]] = {
    "a latitude of 400 digits": {"place": {"latitude": 10**400, "longitude": 0}},
    "an uncertainty of 400 digits": {"place": {"uncertainty_m": 10**400}},
    "a number of 5000 digits": {"data": {"n": 10**5000}},
    "text that is a nest": {"text": nested(2000)},
    "an id that is a nest": {"id": nested(2000)},
    "a date that is a nest": {"happened": {"from": nested(2000)}},
    "a date of a million letters": {"happened": {"from": "x" * 10**6}},
    "claims that are a nest": {"claims": nested(2000)},
    "data that is a nest": {"data": {"n": nested(DEEPEST_DATA)}},
    "data that is a deeper nest": {"data": {"n": nested(5000)}},
    "a field of a million letters": {"x" * 10**6: 1},
    "a field that is no text": {"\ud800": 1},
    "an attachment whose name is two lines": {"attachments": [{"name": "a\nYES", "sha256": "0" * 64, "size": 1}]},
    "an attachment whose name is a path": {"attachments": [{"name": "..\\x", "sha256": "0" * 64, "size": 1}]},
    "an attachment that nobody brought": {"attachments": [{"name": "x", "sha256": "0" * 64, "size": 1}]},
}


@pytest.mark.parametrize("what", STRANGE)
def test_a_value_without_measure_is_refused_in_one_line_and_nothing_is_stored(what: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        record_one(keeping(tmp_path), {"kind": "event", "text": "x", **STRANGE[what]}, now=NOW)
    assert len(str(refused.value)) < 1500 and "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_data_as_deep_as_it_may_be_is_written_and_read_again(tmp_path: Path) -> None:
    fields = {"kind": "event", "text": "x", "data": {"n": nested(DEEPEST_DATA - 1)}}
    record_one(keeping(tmp_path), fields, now=NOW)
    assert verify(keeping(tmp_path), None).holds


@pytest.mark.parametrize("why", ["a name that is a path", "an id that is there", "a key without rights", "a lost file"])
def test_where_a_record_is_refused_its_files_are_not_kept(why: str, tmp_path: Path) -> None:
    record_one(keeping(tmp_path), {"kind": "event", "text": "x", "id": "a"}, now=NOW)
    good, odd, other = tmp_path / "good", tmp_path / "a\\b", tmp_path / "other.pem"
    for path in (good, odd):
        path.write_text("x")
    Keeping(key=other, environment={}).signer(create=True)
    before = sorted(p.name for p in tmp_path.rglob("*"))
    files = {"a name that is a path": [good, odd], "a lost file": [good, tmp_path / "gone"]}.get(why, [good])
    fields = {"kind": "event", "text": "y", **({"id": "a"} if why == "an id that is there" else {})}
    key = other if why == "a key without rights" else tmp_path / "k.pem"
    with pytest.raises(InputError):
        record_one(Keeping(str(tmp_path / "r.sqlite"), key=key, environment={}), fields, files=files, now=NOW)
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_record_may_name_a_moment_and_nothing_later(tmp_path: Path) -> None:
    later = (BEGIN + timedelta(days=9000)).date().isoformat()
    with pytest.raises(InputError, match="future"):
        read_record({"kind": "event", "text": "x", "happened": {"from": later}}, now=BEGIN)
