"""Accounts on a terminal: no password in a command, every change noted."""

from __future__ import annotations

import io
import sys
from contextlib import closing
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner

from oberih.case.prove.keeping import Keeping
from oberih.cli.main import door, main
from oberih.cli.users import users
from oberih.web.access.accounts import Account, account_named
from oberih.web.access.accounts_file import AccountsFile
from oberih.web.access.passwords import Passwords

PASSWORD = "four words nobody expects"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("OBERIH_USERS", raising=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str, said: str = PASSWORD + "\n") -> int:
    class Stdin(io.StringIO):
        buffer = io.BytesIO(said.encode())

    monkeypatch.setattr(sys, "stdin", Stdin(said))
    return main(["users", *words])


def kept(name: str) -> Account:
    file = AccountsFile(Path(".oberih/accounts.sqlite"))
    with closing(file), file.reading() as connection:
        return account_named(connection, name)


def test_no_command_takes_a_password_as_a_word() -> None:
    names = {option for command in users.commands.values() for p in command.params for option in p.opts}
    assert {n for n in names if "password" in n} == {"--password-stdin", "--password-file"}
    assert not any(p.opts == ["--password-stdin"] and not p.is_flag for c in users.commands.values() for p in c.params)


def test_an_account_is_made_from_standard_input_and_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "add", "Olena", "--role", "administrator", "--password-stdin") == 0
    one = kept("olena")
    assert (one.role, one.must_change) == ("administrator", False)
    assert Passwords().fit(one.password, PASSWORD)
    with closing(Keeping().log()) as log:
        last = list(log.entries())[-1].record
    assert last.data == {"action": "add account", "actor": "oberih users", "role": "terminal", "outcome": "done",
                         "subject": one.person, "account_role": "administrator"}  # fmt: skip


def test_a_password_for_once_is_shown_and_has_to_be_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "add", "taras", "--role", "reader", "--once") == 0
    shown = capsys.readouterr().out.split()[-1]
    assert Passwords().fit(kept("taras").password, shown) and kept("taras").must_change


@pytest.mark.parametrize("words", [
    ("add", "x", "--role", "king", "--once"), ("add", "../x", "--role", "reader", "--once"),
    ("add", "x", "--role", "reader", "--once", "--password-stdin"), ("role", "nobody", "reader"),
    ("add", "x", "--role", "reader", "--password-file", "absent"), ("list",), ("sessions", "nobody"),
])  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_password_that_would_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "add", "x", "--role", "reader", "--password-stdin", said="password1234\n") == 2


def test_an_account_from_making_it_to_shutting_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("password").write_text(PASSWORD + "\n")
    for words in (
        ("add", "olena", "--role", "administrator", "--password-file", "password"),
        ("add", "taras", "--role", "reader", "--about", "the night shift", "--password-file", "password"),
        ("role", "taras", "custodian"), ("password", "taras", "--once"), ("unlock", "taras"), ("sessions", "taras"),
        ("token", "taras", "--for", "wall display", "--scope", "read", "--days", "3"), ("token", "taras"),
        ("disable", "taras"), ("list",),
    ):  # fmt: skip
        assert run(monkeypatch, *words) == 0, words
    said = capsys.readouterr().out
    assert "oberih_" in said and "wall display" in said and "the night shift" in said and "disabled" in said
    assert kept("taras").disabled and kept("taras").role == "custodian"
    with closing(Keeping().log()) as log:
        actions = [e.record.data["action"] for e in log.entries() if "access" in e.record.tags]
    assert actions == ["add account", "add account", "change account", "give password", "unlock account", "make token",
                       "change account"]  # fmt: skip


def test_a_device_is_enrolled_with_its_first_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "add", "olena", "--role", "administrator", "--password-stdin") == 0
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    monkeypatch.setattr(pyotp, "random_base32", lambda: secret)
    done = CliRunner().invoke(door, ["users", "totp", "olena"], input=pyotp.TOTP(secret).now() + "\n")
    assert done.exit_code == 0, done.output
    assert "otpauth://totp/Oberih:olena" in done.output and kept("olena").totp == secret
    assert done.output.count("-") >= 30


def test_nothing_is_noted_where_it_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "add", "x", "--role", "reader", "--password-stdin", "--unrecorded") == 0
    assert not Keeping().exists
