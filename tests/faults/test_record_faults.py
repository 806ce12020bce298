"""Killed, full, locked, read-only, cut: the record keeps what it acknowledged, and says in one line what is wrong."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from validation.record_endurance import check, kills
from validation.record_writer import NOW, made, start

from oberih.errors import CorruptStore, InputError, OberihError, StoreError, StoreFull
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.bundle import write_bundle
from oberih.evidence.keys import Signer, load_signer, new_key_file
from oberih.evidence.log import Log
from oberih.evidence.verify import verify_log
from oberih.evidence.verify_bundle import verify_bundle
from tests.faults.child import LIMIT, NOBODY, as_nobody, needs_fork
from tests.faults.test_disk import told_on_a_small_disk


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return new_key_file(tmp_path / "key.pem", name="custodian", passphrase=None)


@pytest.fixture
def store(tmp_path: Path, signer: Signer) -> Path:
    """A record of 301, closed."""
    path = tmp_path / "store" / "record.sqlite"
    log = Log(str(path), create=True)
    log.append([made("a", n) for n in range(300)], signer=signer, now=NOW)
    log.close()
    return path


def appended(store: Path, signer: Signer, number: int = 0, *, busy: float = 60.0) -> int:
    log = Log(str(store), create=True, busy=busy)
    try:
        return log.append([made("next", number)], signer=signer, now=NOW).size
    finally:
        log.close()


def refusal(attempt: Callable[[], object]) -> OberihError:
    with pytest.raises(OberihError) as refused:
        attempt()
    assert "\n" not in str(refused.value)
    return refused.value


# killed


@pytest.mark.slow
def test_a_writer_killed_anywhere_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    found = kills(tmp_path, times=6, records=300, seed=11)
    assert found["present"] == found["acknowledged"] > 100
    assert found["verified"] == found["going_on"] == found["kills"] == 6


def test_killed_while_the_record_is_begun_the_next_append_begins_it(tmp_path: Path) -> None:
    chance = random.Random(3)
    for n in range(5):
        store, key = str(tmp_path / str(n) / "record.sqlite"), tmp_path / str(n) / "key.pem"
        writer = start(store, key, name="w", count=50, batch=1)
        if writer.stdout is None:
            raise RuntimeError("no pipe")
        writer.stdout.readline()
        time.sleep(chance.random() * 0.05)
        writer.kill()
        said = [line.strip() for line in writer.stdout.readlines() if line.endswith("\n")]
        writer.communicate(timeout=LIMIT)
        found = check(store, key, said)
        assert found["present"] == len(said) and found["verified"] and found["going_on"]


def killed_at(event: str, part: str, function: Callable[[], object]) -> bool:
    """Run in a forked child that is killed just before it does this to a path with that in its name."""

    def strike(happening: str, arguments: tuple[object, ...]) -> None:
        if happening == event and part in str(arguments[1] if len(arguments) > 1 else arguments[0]):
            os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        sys.addaudithook(strike)
        function()

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(LIMIT)
    return child.exitcode == -signal.SIGKILL


@needs_fork
def test_killed_while_a_file_is_attached_no_half_file_bears_a_hash(tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    source.write_bytes(os.urandom(3 << 20))
    files = AttachmentStore(tmp_path / "attachments")
    assert killed_at("os.rename", "attachments", lambda: files.take_in(source))
    assert [f for f in files.folder.rglob("*") if f.is_file() and not f.name.startswith(".part.")] == []
    taken = files.take_in(source)
    assert files.fault(taken) is None


@needs_fork
def test_killed_while_a_bundle_is_written_the_old_one_stands(store: Path, signer: Signer, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    assert killed_at("os.rename", "bundle.zip", lambda: write_bundle(path, Log(str(store))))
    assert not path.exists()
    write_bundle(path, Log(str(store)))
    before = path.read_bytes()
    appended(store, signer)
    assert killed_at("os.rename", "bundle.zip", lambda: write_bundle(path, Log(str(store))))
    assert path.read_bytes() == before
    assert verify_bundle(path).holds


@needs_fork
def test_killed_while_a_key_is_made_there_is_none_or_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    assert killed_at("os.link", "key.pem", lambda: new_key_file(path, name="custodian", passphrase=None))
    assert not path.exists()
    made_then = new_key_file(path, name="custodian", passphrase=None)
    assert load_signer(path, name="custodian", passphrase=None).keyid == made_then.keyid
    assert all(f.stat().st_mode & 0o77 == 0 for f in tmp_path.iterdir())


@needs_fork
def test_killed_between_the_commit_and_the_checkpoint_beside_it_the_record_holds(store: Path, signer: Signer) -> None:
    assert killed_at("os.rename", "record.sqlite.head", lambda: appended(store, signer))
    log = Log(str(store))
    assert (log.size, verify_log(log).holds) == (302, True)
    assert appended(store, signer, 1) == 303


# full, read-only

ON_A_SMALL_DISK = """
import json, subprocess, sys
from pathlib import Path
from oberih.case.prove.keeping import Keeping
from oberih.errors import OberihError
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.bundle import write_bundle
from oberih.evidence.log import Log
from oberih.evidence.verify import verify_log
from validation.record_writer import NOW, made

disk, key = Path(sys.argv[1]), Path(sys.argv[2])
store = disk / "record.sqlite"
signer, _ = Keeping(key=key, environment={}).signer(create=True)

def remount(options):
    subprocess.run(["mount", "-o", f"remount,{options}", "tmpfs", disk], check=True)

def attempt(does):
    try:
        return {"done": does()}
    except OberihError as error:
        return {"error": type(error).__name__, "code": error.exit_code, "line": str(error)}

def append(name, count):
    log = Log(str(store), create=True)
    try:
        return log.append([made(name, n) for n in range(count)], signer=signer, now=NOW).size
    finally:
        log.close()

def state():
    log = Log(str(store))
    try:
        return [log.size, verify_log(log).holds, len(log.find(text="watch"))]
    finally:
        log.close()

def export():
    log = Log(str(store))
    try:
        return write_bundle(disk / "bundle.zip", log)["size"]
    finally:
        log.close()

def attach():
    source = key.parent / "big.bin"
    source.write_bytes(bytes(8 << 20))
    return AttachmentStore(disk / "files").take_in(source).size

told = {}
remount("size=32k")
told["begun without room"] = attempt(lambda: append("a", 1))
remount("size=1500k")
told["begun with room"] = attempt(lambda: append("a", 100))
acknowledged = 101
told["filled"] = []
for n in range(200):
    found = attempt(lambda: append(f"b{n}", 40))
    if "error" in found:
        told["filled"].append(found)
        if len(told["filled"]) == 2:
            break
    else:
        acknowledged = found["done"]
told["acknowledged"] = acknowledged
told["full"] = attempt(state)
told["attached"] = attempt(attach)
told["exported"] = attempt(export)
told["files"] = sorted(f.name for f in disk.rglob("*") if f.is_file())
remount("size=32m")
told["room again"] = attempt(state)
told["next"] = attempt(lambda: append("c", 1))
told["exported then"] = attempt(export)
remount("size=32m,ro")
told["read only"] = attempt(state)
told["read-only append"] = attempt(lambda: append("d", 1))
told["read-only export"] = attempt(export)
print(json.dumps(told))
"""


def test_a_disk_that_fills_is_one_clear_line_and_nothing_is_lost(tmp_path: Path) -> None:
    told, disk = told_on_a_small_disk(tmp_path, ON_A_SMALL_DISK, tmp_path / "key.pem", size="1m")
    for name in ("begun without room", "attached", "exported", "read-only append", "read-only export"):
        assert (told[name]["error"], told[name]["code"]) == ("StoreFull", 3), told[name]
        assert str(disk) in told[name]["line"] and "\n" not in told[name]["line"]
    assert [(f["error"], f["code"]) for f in told["filled"]] == [("StoreFull", 3)] * 2
    assert all("no room to write" in f["line"] and "nothing was written" in f["line"] for f in told["filled"])
    assert "no right to write" in told["read-only append"]["line"]
    size = told["acknowledged"]
    assert size > 300
    assert told["full"]["done"] == told["room again"]["done"] == [size, True, size - 1]
    assert told["next"]["done"] == told["exported then"]["done"] == size + 1
    assert told["read only"]["done"] == [size + 1, True, size]
    assert [f for f in told["files"] if not f.startswith("record.sqlite")] == []


# locked, without rights


def test_a_record_that_another_writes_is_one_clear_line_and_later_it_goes_on(store: Path, signer: Signer) -> None:
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    error = refusal(lambda: appended(store, signer, busy=0.1))
    assert (type(error), error.exit_code) == (StoreError, 3)
    assert "another program is writing; nothing was written; run the same command again" in str(error)
    assert Log(str(store), busy=0.1).size == 301
    other.execute("ROLLBACK")
    assert appended(store, signer) == 302
    assert verify_log(Log(str(store))).holds


def test_the_command_says_so_in_one_line_and_ends_with_three(store: Path, signer: Signer, tmp_path: Path) -> None:
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    where = ["--store", str(store), "--key", str(tmp_path / "key.pem"), "--wait", "0.1"]
    what = ["--kind", "event", "--text", "a siren", "--when", "2022-03-04"]
    command = [sys.executable, "-m", "oberih", "evidence", "add", *where, *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    other.execute("ROLLBACK")
    assert done.returncode == 3, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert subprocess.run(command, capture_output=True, check=False, timeout=LIMIT).returncode == 0


@pytest.fixture
def theirs(store: Path) -> Iterator[Path]:
    """The record's copy in a folder of somebody without rights."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(store.parent, Path(name) / "store"))
        Path(name).chmod(0o755)
        if os.geteuid() == 0:
            for entry in (folder, *folder.iterdir()):
                os.chown(entry, NOBODY, NOBODY)
        yield folder / store.name
        folder.chmod(0o755)


@needs_fork
@pytest.mark.parametrize("folder", [0o555, 0o755])
def test_a_record_that_may_only_be_read_is_read_and_not_written(theirs: Path, signer: Signer, folder: int) -> None:
    for file in theirs.parent.iterdir():
        file.chmod(0o444)
    theirs.parent.chmod(folder)
    assert as_nobody(lambda: (lambda log: (log.size, verify_log(log).holds))(Log(str(theirs)))) == (301, True)
    error = as_nobody(lambda: appended(theirs, signer))
    assert isinstance(error, StoreFull), repr(error)
    assert "no right to write" in str(error) and "\n" not in str(error)


@needs_fork
@pytest.mark.parametrize("hidden", ["folder", "file"])
def test_a_record_that_may_not_be_read_is_one_clear_line(theirs: Path, signer: Signer, hidden: str) -> None:
    (theirs.parent if hidden == "folder" else theirs).chmod(0o000)
    for attempt in (lambda: Log(str(theirs)), lambda: appended(theirs, signer)):
        error = as_nobody(attempt)
        assert isinstance(error, StoreError), repr(error)
        assert error.exit_code == 3 and "\n" not in str(error)


# not a record, or not all of it


@pytest.mark.parametrize("content", [b"not a database\n" * 500, b"SQLite format 3\0" + bytes(5000), b"x"])
def test_a_file_that_is_no_record_is_refused_and_left_alone(content: bytes, tmp_path: Path, signer: Signer) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    for attempt in (lambda: Log(str(path)), lambda: appended(path, signer)):
        error = refusal(attempt)
        assert isinstance(error, CorruptStore) and str(path) in str(error)
    assert path.read_bytes() == content


@pytest.mark.parametrize("part", [0.0, 1e-4, 0.01, 0.3, 0.7, 0.99])
def test_a_record_that_was_cut_short_is_refused_and_nothing_is_put_behind_it(
    store: Path, signer: Signer, part: float
) -> None:
    whole = store.read_bytes()
    cut = whole[: int(len(whole) * part)]
    store.write_bytes(cut)
    error = refusal(lambda: appended(store, signer))
    assert isinstance(error, CorruptStore) and str(store) in str(error)
    store.write_bytes(whole)
    assert appended(store, signer) == 302


def test_nothing_is_put_behind_records_whose_end_is_missing(store: Path, signer: Signer) -> None:
    older = store.read_bytes()
    appended(store, signer)
    store.write_bytes(older)
    error = refusal(lambda: appended(store, signer, 1))
    assert isinstance(error, CorruptStore)
    assert "holds 301 records" in str(error) and "covers 302" in str(error)
    report = verify_log(Log(str(store)))
    assert not report.holds and report.faults[0].first == 301


@pytest.mark.parametrize("name", ["what? #1 100%.sqlite", "an'apostrophe.sqlite", "Запис.sqlite", "file:x.sqlite"])
def test_a_record_may_have_any_name(name: str, tmp_path: Path, signer: Signer) -> None:
    path = tmp_path / name
    assert appended(path, signer) == 2
    assert Log(str(path)).size == 2
    assert name in {f.name for f in tmp_path.iterdir()}


def test_a_folder_in_place_of_a_record_is_one_clear_line(tmp_path: Path, signer: Signer) -> None:
    assert isinstance(refusal(lambda: Log(str(tmp_path))), InputError)
    assert isinstance(refusal(lambda: appended(tmp_path, signer)), StoreError)
