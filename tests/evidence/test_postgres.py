"""On PostgreSQL the record is the same record: same answers, same bytes, and nothing half-written when it breaks."""

from __future__ import annotations

import random
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from validation.postgres_server import Server
from validation.record_endurance import check, kill_once
from validation.record_writer import NOW, made

from oberih.case.prove.keeping import Keeping
from oberih.errors import InputError, StoreError
from oberih.evidence import database as db
from oberih.evidence.bundle import write_bundle
from oberih.evidence.keys import Signer
from oberih.evidence.log import Log
from oberih.evidence.verify import verify_log
from oberih.evidence.verify_bundle import verify_bundle
from tests.evidence.postgres import database, postgres

__all__ = ["database", "postgres"]


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Keeping(key=tmp_path / "key.pem", environment={}).signer(create=True)[0]


@pytest.fixture
def both(database: str, tmp_path: Path, signer: Signer) -> Iterator[tuple[Log, Log]]:
    """The same records, by the same key at the same time, in a file and in a database."""
    logs = Log(str(tmp_path / "record.sqlite"), create=True), Log(database, create=True)
    for log in logs:
        log.append([made("a", n) for n in range(70)], signer=signer, now=NOW)
        log.append([made("b", n) for n in range(30)], signer=signer, now=NOW)
    yield logs
    for log in logs:
        log.close()


def test_both_give_the_same_entries_proofs_and_checkpoints(both: tuple[Log, Log]) -> None:
    file, base = both
    assert list(base.raw()) == list(file.raw())
    assert base.checkpoints() == file.checkpoints()
    assert [base.proof(s, 101) for s in range(101)] == [file.proof(s, 101) for s in range(101)]
    assert base.entry("b-0000007") == file.entry("b-0000007") == base.entry(78)
    assert verify_log(base).holds and verify_log(file).holds


def test_both_find_the_same(both: tuple[Log, Log]) -> None:
    file, base = both
    east_of_the_sea = (170.0, 0.0, 34.51, 90.0)
    for asked in (
        {"text": "DIESEL watch"}, {"kind": "key"}, {"source": "Operator"}, {"newest": True, "limit": 3},
        {"since": "2022-05", "until": "2022-06-10"}, {"box": (34.5, 47.0, 34.52, 48.0)}, {"box": east_of_the_sea},
    ):  # fmt: skip
        assert base.find(**asked) == file.find(**asked) != [], asked
    assert base.find(text="100%_") == file.find(text="100%_") == []


def test_both_export_the_same_bytes(both: tuple[Log, Log], tmp_path: Path) -> None:
    file, base = both
    for ids in (None, ["a-0000003", "b-0000029"]):
        paths = [tmp_path / "file.zip", tmp_path / "base.zip"]
        for path, log in zip(paths, (file, base), strict=True):
            write_bundle(path, log, ids=ids)
            assert verify_bundle(path).holds
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_same_twice_is_known_and_other_content_is_refused(both: tuple[Log, Log], signer: Signer) -> None:
    for log in both:
        again = log.append([made("a", 3), made("c", 0)], signer=signer, now=NOW)
        assert (again.known, again.size) == (("a-0000003",), 102)
        other = made("a", 3).__class__("a-0000003", "event", "something else")
        with pytest.raises(InputError, match="other content"):
            log.append([made("d", 0), other], signer=signer, now=NOW)
        assert log.size == 102 and verify_log(log).holds


def test_a_writer_killed_in_mid_append_leaves_nothing_half_written(database: str, tmp_path: Path) -> None:
    key, chance = tmp_path / "key.pem", random.Random(7)
    for _ in range(2):
        said = kill_once(database, key, records=200, chance=chance)
        found = check(database, key, said)
        assert found["present"] == len(said) and found["verified"] and found["going_on"]


def test_a_server_that_breaks_in_mid_append_is_one_clear_line_and_after_its_restart_all_goes_on(
    postgres: Server, database: str, signer: Signer
) -> None:
    log = Log(database, create=True)
    acknowledged: list[str] = []
    errors: list[Exception] = []
    begun = threading.Event()

    def write() -> None:
        try:
            for n in range(100_000):
                done = log.append([made("w", 20 * n + i) for i in range(20)], signer=signer, now=NOW)
                acknowledged.extend(e.record.id for e in done.entries)
                if n == 10:
                    begun.set()
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(30.0)
    postgres.crash()
    writer.join(30.0)
    (error,) = errors
    with pytest.raises(StoreError) as refused:
        log.append([made("x", 0)], signer=signer, now=NOW)
    postgres.start_again()
    for said in (error, refused.value):
        assert isinstance(said, StoreError), repr(said)
        assert said.exit_code == 3 and "\n" not in str(said) and "postgres:@" not in str(said)
    assert "not known" in str(error) or "nothing was written" in str(error)

    there = {e.record.id for e in log.entries()}
    assert set(acknowledged) <= there
    assert len(there) % 20 == 1
    assert verify_log(log).holds
    assert log.append([made("x", 0)], signer=signer, now=NOW).size == len(there) + 1
    assert verify_log(log).holds


def test_a_wrong_password_is_one_line_without_the_password(postgres: Server, database: str) -> None:
    rules = postgres.settings / "pg_hba.conf"
    before = rules.read_text()
    postgres.sql("CREATE ROLE inspector LOGIN PASSWORD 'right';")
    rules.write_text("local all inspector scram-sha-256\n" + before)
    postgres.sql("SELECT pg_reload_conf();")
    try:
        for password in ("wrong", ""):
            with pytest.raises(StoreError) as refused:
                Log(database.replace("postgres:@", f"inspector:{password}@"), create=True)
            assert "password" in str(refused.value) and "wrong" not in str(refused.value)
            assert "\n" not in str(refused.value)
    finally:
        rules.write_text(before)
        postgres.sql("SELECT pg_reload_conf();")


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    for where in ("postgresql://u:secret@127.0.0.1:1/x", f"postgresql://u:secret@/x?host={tmp_path}"):
        with pytest.raises(StoreError) as refused:
            Log(where, busy=1.0)
        assert refused.value.exit_code == 3
        assert "secret" not in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("where", ["postgresql://h:port/x", "mysql://u:secret@h/x", "postgresql://[::1/x"])
def test_a_url_that_is_none_is_refused_without_its_password(where: str) -> None:
    with pytest.raises(InputError) as refused:
        Log(where)
    assert "secret" not in str(refused.value)


def test_a_database_without_a_record_says_how_to_begin_one(database: str) -> None:
    with pytest.raises(InputError, match="begin one"):
        Log(database)


def test_a_writer_waits_for_its_turn_no_longer_than_told(both: tuple[Log, Log], database: str, signer: Signer) -> None:
    impatient = Log(database, busy=0.2)
    with db.writing(both[1].engine):
        with pytest.raises(StoreError, match="another program is writing; nothing was written"):
            impatient.append([made("x", 0)], signer=signer, now=NOW)
        assert impatient.size == 101
    assert impatient.append([made("x", 0)], signer=signer, now=NOW).size == 102


def test_a_server_set_to_forget_or_to_other_isolation_is_overruled(
    postgres: Server, database: str, signer: Signer
) -> None:
    name = database.rpartition("?")[0].rpartition("/")[2]
    postgres.sql(f"ALTER DATABASE {name} SET synchronous_commit = off;")
    postgres.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read';")
    log = Log(database, create=True)
    with db.writing(log.engine) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"


def test_a_bundle_of_a_database_names_no_server(both: tuple[Log, Log], tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.zip", both[1])
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        assert not any(b"postgresql" in bundle.read(name) for name in bundle.namelist())
