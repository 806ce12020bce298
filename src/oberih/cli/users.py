"""``oberih users``: who may sign in, as what?

A password is asked for, read from standard input or a file, or made for once; it is never a word of the command,
where everybody on the machine can read it.  What is changed is noted in the record.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from oberih.cli.lazy import WordsGroup
from oberih.cli.options import with_options
from oberih.cli.record_options import STORE_OPTIONS, keeping_of
from oberih.errors import InputError

__all__ = ["users"]

_ROLES = ("reader", "analyst", "custodian", "administrator")
_FILE = click.Path(dir_okay=False, path_type=Path)
_LONGEST_FILE = 4096

_WHERE: tuple[Callable[[Any], Any], ...] = (
    click.option("--users", "file", type=_FILE, default=Path(".oberih/accounts.sqlite"), show_default=True,
        envvar="OBERIH_USERS", show_envvar=True, metavar="FILE", help="The accounts."),
    click.option("--unrecorded", is_flag=True, help="Note nothing in the record."),
    *STORE_OPTIONS,
)  # fmt: skip

_PASSWORD: tuple[Callable[[Any], Any], ...] = (
    click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input."),
    click.option("--password-file", "from_file", type=_FILE, default=None, metavar="FILE",
        help="Read the password from a file."),
    click.option("--once", is_flag=True, help="Make a password for once and print it; it has to be changed."),
)  # fmt: skip


@click.group(cls=WordsGroup)
def users() -> None:
    """Look after the accounts of `oberih serve --users FILE`.

    Start with:  oberih users add NAME --role administrator
    """


def _porter(given: dict[str, Any], *, create: bool = False) -> Any:
    """Open the accounts as a terminal does: without a server."""
    from oberih.cli.clock import now
    from oberih.web.access.accounts_file import AccountsFile
    from oberih.web.access.notebook import Notebook
    from oberih.web.access.passwords import Passwords
    from oberih.web.access.porter import Porter
    from oberih.web.access.sessions import Lasting

    keeping = keeping_of(given)
    notebook = Notebook(None if given.pop("unrecorded") else keeping, now)
    return Porter(AccountsFile(given.pop("file"), create=create), Passwords(), notebook, Lasting(), now)


def _told(porter: Any, line: str) -> None:
    click.echo(line)
    for note in porter.notebook.told:
        click.echo(f"note: {note}", err=True)


def _password(from_stdin: bool, from_file: Path | None, once: bool) -> str | None:
    """Read a password where it may be read; None to make one."""
    if sum((from_stdin, from_file is not None, once)) > 1:
        raise InputError("exclude one another", field="--password-stdin, --password-file, --once")
    if once:
        return None
    if from_stdin:
        return _line(sys.stdin.buffer.read(_LONGEST_FILE), "standard input")
    if from_file is not None:
        try:
            with from_file.open("rb") as file:
                return _line(file.read(_LONGEST_FILE), str(from_file))
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", file=from_file) from error
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _line(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", file=file) from error


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--about", default="", help="Whose it is, in words.")
@with_options(_PASSWORD)
@with_options(_WHERE)
def add(name: str, role: str, about: str, from_stdin: bool, from_file: Path | None, once: bool, **given: Any) -> None:
    """Make an account.

    Example:  oberih users add olena --role administrator
    """
    from oberih.web.access.by import By
    from oberih.web.access.minding import add_account

    porter = _porter(given, create=True)
    password = _password(from_stdin, from_file, once)
    one, made = add_account(porter, By(), name=name, role=role, about=about, password=password)
    _told(porter, f"{one.name} may sign in as {role}" + (f", once with the password {made}" if made else ""))


@users.command("list")
@with_options(_WHERE)
def list_(**given: Any) -> None:
    """Show the accounts."""
    from datetime import UTC, datetime

    from oberih.case.sheet import Sheet
    from oberih.cli.show import show_sheet
    from oberih.web.access.accounts import accounts

    porter = _porter(given)
    with porter.file.reading() as connection:
        found = accounts(connection)

    def when(at: int | None) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ") if at else "never"

    rows = tuple(
        (one.name, one.role, one.about or "–", "disabled" if one.disabled else "in use",
         "yes" if one.totp else "no", when(one.signed_in_at), one.person)
        for one in found
    )  # fmt: skip
    columns = ("name", "role", "about", "state", "second factor", "signed in", "in the record")
    show_sheet(Sheet(f"Accounts in {porter.file.path}", columns=columns, rows=rows))


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice(_ROLES))
@with_options(_WHERE)
def role(name: str, role: str, **given: Any) -> None:
    """Give an account another role; its sessions end."""
    from oberih.web.access.by import By
    from oberih.web.access.minding import change_account

    porter = _porter(given)
    _told(porter, f"{change_account(porter, By(), name, role=role).name} is {role} now")


@users.command()
@click.argument("name")
@with_options(_PASSWORD)
@with_options(_WHERE)
def password(name: str, from_stdin: bool, from_file: Path | None, once: bool, **given: Any) -> None:
    """Give an account another password; its sessions end, and wrong guesses are forgotten."""
    from oberih.web.access.by import By
    from oberih.web.access.minding import give_password

    porter = _porter(given)
    made = give_password(porter, By(), name, _password(from_stdin, from_file, once))
    _told(porter, f"{name} has another password" + (f", for once: {made}" if made else ""))


@users.command()
@click.argument("name")
@click.option("--remove", is_flag=True, help="Do without: the device was lost.")
@with_options(_WHERE)
def totp(name: str, remove: bool, **given: Any) -> None:
    """Enrol a device as a second factor, or take it away."""
    from oberih.web.access import owning, second_factor
    from oberih.web.access.accounts import account_named
    from oberih.web.access.by import By
    from oberih.web.access.minding import remove_factor

    porter = _porter(given)
    if remove:
        remove_factor(porter, By(), name)
        _told(porter, f"{name} signs in with the password alone")
        return
    with porter.file.writing() as connection:
        one = account_named(connection, name)
        begun = second_factor.begin(connection, of=one.id, name=one.name)
    click.echo(f"enter this in the authenticator, it is shown once: {begun.uri}")
    code = click.prompt("The first code that it shows", hide_input=True, err=True)
    codes = owning.confirm_factor(porter, one.name, code=str(code), by=By())
    _told(porter, "enrolled; each of these stands once for a lost device, keep them apart:\n" + "\n".join(codes))


@users.command()
@click.argument("name")
@click.option("--for", "label", default=None, metavar="MACHINE", help="Make one, for which machine.")
@click.option("--scope", "scopes", type=click.Choice(("read", "compute", "record")), multiple=True, default=("read",),
    show_default=True, help="What it may; may be repeated.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
@click.option("--end", default=None, metavar="ID", help="End one.")
@with_options(_WHERE)
def token(name: str, label: str | None, scopes: tuple[str, ...], days: int, end: str | None, **given: Any) -> None:
    """Make or end a token for a machine; without --for and --end show which there are.

    Example:  oberih users token olena --for "wall display" --scope read --days 30
    """
    from oberih.web.access import tokens
    from oberih.web.access.accounts import account_named
    from oberih.web.access.by import By
    from oberih.web.access.minding import end_token
    from oberih.web.access.owning import make_token

    porter = _porter(given)
    with porter.file.reading() as connection:
        one = account_named(connection, name)
        there = tokens.listed(connection, one.id)
    if end is not None:
        end_token(porter, By(), name, end)
        _told(porter, f"the token {end} is over")
    elif label is not None:
        number, secret = make_token(porter, one, label=label, scopes=scopes, days=days, by=By())
        _told(porter, secret)
        click.echo(f"token {number}, shown once; {', '.join(scopes)} for {days} days", err=True)
    else:
        now = porter.now
        for at in there:
            state = f"ends in {(at.ends_at - now) // 86400} days" if at.ends_at > now else "over"
            click.echo(f"{at.id}  {at.scopes}  {state}  {at.name}")


@users.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Open it again.")
@with_options(_WHERE)
def disable(name: str, undo: bool, **given: Any) -> None:
    """Shut an account: its sessions and tokens end at once."""
    from oberih.web.access.by import By
    from oberih.web.access.minding import change_account

    porter = _porter(given)
    change_account(porter, By(), name, disabled=not undo)
    _told(porter, f"{name} may {'sign in again' if undo else 'no longer sign in'}")


@users.command()
@click.argument("name")
@with_options(_WHERE)
def unlock(name: str, **given: Any) -> None:
    """Forget the wrong guesses for a name, so that nobody has to wait."""
    from oberih.web.access.by import By
    from oberih.web.access.minding import unlock as forget

    porter = _porter(given)
    forget(porter, By(), name)
    _told(porter, f"{name} need not wait")


@users.command()
@click.argument("name")
@click.option("--end", default=None, metavar="ID|all", help="End one, or all.")
@with_options(_WHERE)
def sessions(name: str, end: str | None, **given: Any) -> None:
    """Show where an account is signed in, or end it there."""
    from datetime import UTC, datetime

    from oberih.web.access import sessions as kept
    from oberih.web.access.accounts import account_named
    from oberih.web.access.by import By
    from oberih.web.access.minding import end_sessions

    porter = _porter(given)
    if end is not None:
        end_sessions(porter, By(), name, None if end == "all" else end)
        _told(porter, "ended")
        return
    with porter.file.reading() as connection:
        one = account_named(connection, name)
        found = kept.listed(connection, one.id, now=porter.now, lasting=porter.lasting)
    for at in found:
        used = datetime.fromtimestamp(at.seen_at, UTC).strftime("%Y-%m-%d %H:%MZ")
        click.echo(f"{at.id}  last used {used}  {at.address}  {at.browser}")
