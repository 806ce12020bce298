"""The file of accounts: nobody else reads it, no other file is taken for it, and several use it at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oberih.errors import InputError, OberihError
from oberih.web.access.accounts import accounts
from oberih.web.access.accounts_file import AccountsFile
from oberih.web.access.by import By
from oberih.web.access.minding import add_account, change_account
from oberih.web.access.notebook import Notebook
from oberih.web.access.porter import Porter
from oberih.web.access.sessions import Lasting
from tests.web.access.people import CHEAP, PASSWORD, Clock, House, accounts_file, house

BY = By()


def porter(path: Path) -> Porter:
    return Porter(AccountsFile(path, create=True), CHEAP, Notebook(None, Clock()), Lasting(), Clock())


def test_nobody_but_its_owner_reads_it_nor_what_lies_beside_it(tmp_path: Path) -> None:
    kept = porter(tmp_path / "a.sqlite")
    add_account(kept, BY, name="one", role="reader", password=PASSWORD)
    assert {f.name: f.stat().st_mode & 0o777 for f in tmp_path.iterdir()} == {f.name: 0o600 for f in tmp_path.iterdir()}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_can_read_is_refused_with_its_cure(tmp_path: Path, mode: int) -> None:
    path = accounts_file(tmp_path / "a.sqlite", Clock())
    path.chmod(mode)
    with pytest.raises(InputError, match=r"can be read by others.*chmod 600"):
        AccountsFile(path)


def test_a_file_that_is_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not accounts")
    other.chmod(0o600)
    with pytest.raises(InputError, match="no file of accounts"):
        AccountsFile(other, create=True)
    assert other.read_text() == "not accounts"


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (x)")
    path.chmod(0o600)
    with pytest.raises(InputError, match="no file of accounts"):
        AccountsFile(path, create=True)


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = accounts_file(tmp_path / "a.sqlite", Clock())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE oberih_accounts SET value = '99'")
    with pytest.raises(InputError, match="another version"):
        AccountsFile(path)


def test_a_spoilt_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = accounts_file(tmp_path / "a.sqlite", Clock())
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)
    with pytest.raises(OberihError) as told:
        kept = AccountsFile(path)
        with kept.reading() as connection:
            accounts(connection)
    assert "\n" not in str(told.value)


def test_many_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = accounts_file(tmp_path / "a.sqlite", Clock())
    porters = [porter(path) for _ in range(4)]

    def add(number: int) -> None:
        add_account(porters[number % 4], BY, name=f"n-{number}", role="reader", password=PASSWORD)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(24)))
    with porters[0].file.reading() as connection:
        assert len(accounts(connection)) == 4 + 24


def test_one_name_is_given_once(tmp_path: Path) -> None:
    kept = porter(tmp_path / "a.sqlite")
    add_account(kept, BY, name="Duty", role="reader", password=PASSWORD)
    with pytest.raises(InputError, match="an account already"):
        add_account(kept, BY, name="duty", role="administrator", password=PASSWORD)


def test_the_last_who_looks_after_accounts_stays(tmp_path: Path) -> None:
    kept = porter(tmp_path / "a.sqlite")
    add_account(kept, BY, name="one", role="administrator", password=PASSWORD)
    for change in ({"role": "reader"}, {"disabled": True}):
        with pytest.raises(InputError, match="the last"):
            change_account(kept, BY, "one", **change)  # type: ignore[arg-type]
    add_account(kept, BY, name="two", role="administrator", password=PASSWORD)
    assert change_account(kept, BY, "one", role="reader").role == "reader"


def test_nobody_gives_themselves_another_role(people: House) -> None:
    administrator = people.signed_in("administrator")
    answer = administrator.patch("/api/v1/accounts/administrator", json={"role": "custodian"})
    assert answer.status_code == 422
    assert people.signed_in("administrator").get("/api/v1/accounts").status_code == 200


def _serve(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oberih", "serve", "--port", "0", *words]
    environment = {"XDG_CONFIG_HOME": str(folder / "config"), "PATH": ""}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False, env=environment)


def test_a_server_without_an_administrator_refuses_and_says_how_to_make_one(tmp_path: Path) -> None:
    missing = _serve(tmp_path, "--users", "a.sqlite", "--host", "0.0.0.0")
    porter(tmp_path / "a.sqlite").file.close()
    empty = _serve(tmp_path, "--users", "a.sqlite")
    for done in (missing, empty):
        assert (done.returncode, done.stdout) == (2, "")
        assert "oberih users add NAME --role administrator --users a.sqlite" in done.stderr
        assert "open http" not in done.stderr and done.stderr.count("\n") == 1


def test_the_network_is_not_served_without_accounts_and_no_port_is_opened(tmp_path: Path) -> None:
    script = (
        "import sys, socket; from oberih.cli.main import main; opened = [];"
        "sys.addaudithook(lambda name, _: opened.append(name) if name in ('socket.bind', 'socket.listen') else None);"
        "code = main(['serve', '--host', '0.0.0.0', '--port', '0']); print(code, opened)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          check=False)  # fmt: skip
    assert done.stdout.strip() == "2 []"


def test_a_restart_finds_the_accounts_as_they_were(tmp_path: Path) -> None:
    first = house(tmp_path, Clock())
    first.signed_in("administrator").post("/api/v1/accounts", json={"name": "kept", "role": "reader"})
    names = {one["name"] for one in first.again().signed_in("administrator").get("/api/v1/accounts").json()}
    assert "kept" in names
