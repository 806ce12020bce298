"""Several at once, and nobody is lost or sees half of it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from validation.record_endurance import two_at_once
from validation.record_writer import NOW, made

from oberih.case.prove.keeping import Keeping
from oberih.evidence.bundle import write_bundle
from oberih.evidence.keyring import key_record
from oberih.evidence.keys import Signer, new_key_file
from oberih.evidence.log import Log
from oberih.evidence.verify import verify_log
from oberih.evidence.verify_bundle import verify_bundle
from tests.evidence.postgres import database, postgres

__all__ = ["database", "postgres"]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at once; what they return, or raise."""
    gate = threading.Barrier(len(works))
    found: list[object] = [None] * len(works)

    def run(n: int) -> None:
        gate.wait()
        try:
            found[n] = works[n]()
        except Exception as error:
            found[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_processes_on_one_new_file_make_one_consistent_log(tmp_path: Path) -> None:
    found = two_at_once(str(tmp_path / "record.sqlite"), tmp_path / "key.pem", count=500, batch=20)
    assert (found["present"], found["records"], found["size"], found["verified"]) == (1000, 1001, 1001, True)


def test_two_processes_on_one_new_database_make_one_consistent_log(database: str, tmp_path: Path) -> None:
    found = two_at_once(database, tmp_path / "key.pem", count=500, batch=20)
    assert (found["present"], found["records"], found["size"], found["verified"]) == (1000, 1001, 1001, True)


def test_who_makes_a_key_at_the_same_time_gets_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key.pem"
    found = at_once(*[lambda: new_key_file(path, name="custodian", passphrase=None)] * 8)
    assert all(isinstance(one, Signer) for one in found), found
    assert len({one.keyid for one in found if isinstance(one, Signer)}) == 1
    assert [f.name for f in path.parent.iterdir()] == ["key.pem"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept_in", ["file", "database"])
def test_verify_and_export_hold_while_others_write(
    kept_in: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path / "record.sqlite") if kept_in == "file" else request.getfixturevalue("database")
    signer, _ = Keeping(key=tmp_path / "key.pem", environment={}).signer(create=True)
    ended = threading.Event()

    def write() -> int:
        log = Log(where, create=True)
        for n in range(60):
            log.append([made("w", 5 * n + i) for i in range(5)], signer=signer, now=NOW)
            if n % 20 == 5:
                other, _ = Keeping(key=tmp_path / f"{n}.pem", environment={}).signer(create=True)
                log.append([key_record(name=f"key {n}", public=other.public)], signer=signer, now=NOW)
        ended.set()
        return log.size

    def look(what: Callable[[Log, int], bool]) -> list[bool]:
        log, found = Log(where), list[bool]()
        while not (done := ended.is_set()) or not found:
            found.append(what(log, len(found)))
            if done:
                break
        return found

    def export(log: Log, n: int) -> bool:
        path = tmp_path / f"{n}.zip"
        write_bundle(path, log, ids=None if n % 2 else ["w-0000003"])
        return verify_bundle(path).holds

    Log(where, create=True).append([made("w", n) for n in range(5)], signer=signer, now=NOW)
    size, verified, exported = at_once(write, lambda: look(lambda log, _: verify_log(log).holds), lambda: look(export))
    assert size == 304
    assert isinstance(verified, list) and verified and all(verified), verified
    assert isinstance(exported, list) and exported and all(exported), exported


def test_the_checkpoint_beside_the_record_speaks_of_no_more_than_is_there(tmp_path: Path) -> None:
    where = str(tmp_path / "record.sqlite")
    signer, _ = Keeping(key=tmp_path / "key.pem", environment={}).signer(create=True)

    def write(name: str) -> int:
        log = Log(where, create=True)
        return [log.append([made(name, n)], signer=signer, now=NOW).size for n in range(25)][-1]

    sizes = at_once(*[functools.partial(write, name) for name in "abcd"])
    assert max(int(str(size)) for size in sizes) == 101
    log = Log(where)
    assert verify_log(log).holds
    log.append([made("e", 0)], signer=signer, now=NOW)
    assert Path(f"{where}.head").read_bytes() == log.last_checkpoint()[1]
