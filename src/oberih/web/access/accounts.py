"""Which accounts are there, and what becomes of them?

Defines the noun `Account`.  Functions take an open connection (`AccountsFile.reading`, `.writing`), so that what
belongs together is done together or not at all.

Invariant: there is always an administrator who can sign in, once there was one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oberih.errors import InputError, UnknownName
from oberih.web.access import accounts_file as file
from oberih.web.access.may import ROLES

__all__ = ["Account", "account_named", "accounts", "add", "change", "change_row", "checked_name",
           "every_session_ends", "find", "plain_text", "set_password"]  # fmt: skip

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
_ABOUT = 100


@dataclass(frozen=True)
class Account:
    """One account.

    Parameters
    ----------
    id : int
        Within this file.
    person : str
        Random; stands in the record in place of the name.
    name : str
        By which it signs in.
    about : str
        Whose it is, in words; may be empty.
    role : str
        Of `ROLES`.
    password : str
        Hashed.
    must_change : bool
        Whether the password was made by somebody else and has to be changed first.
    disabled : bool
    made_at : int
        [s since 1970]
    signed_in_at : int or None
        The last time [s since 1970].
    totp : str or None
        Secret of the second factor.
    """

    id: int
    person: str
    name: str
    about: str
    role: str
    password: str
    must_change: bool
    disabled: bool
    made_at: int
    signed_in_at: int | None
    totp: str | None


_COLUMNS = [file.account.c[name] for name in Account.__dataclass_fields__]


def checked_name(name: str) -> str:
    """Return a name as it is kept: lower case, of letters that nobody mistakes.

    Raises
    ------
    InputError
        If it cannot be one.

    Examples
    --------
    >>> checked_name("Duty-1")
    'duty-1'
    """
    kept = name.strip().lower()
    if not _NAME.fullmatch(kept):
        cure = "use 1 to 40 of a-z, 0-9, . _ -, beginning and ending with a letter or digit"
        raise InputError("cannot be an account's name", field="name", value=name, cure=cure)
    return kept


def plain_text(text: str, *, field: str, longest: int = _ABOUT) -> str:
    """Return a text of one line without anything unseen in it.

    Raises
    ------
    InputError
        If it holds such, or is too long.
    """
    if len(text) > longest:
        raise InputError(f"has {len(text)} characters, {longest} at most", field=field)
    if _UNSEEN.search(text):
        raise InputError("holds a character that is not seen", field=field, cure="write it on one line, plainly")
    return text.strip()


def _role(role: str) -> str:
    if role not in ROLES:
        raise UnknownName("role", role, known=ROLES)
    return role


def accounts(connection: sa.Connection) -> list[Account]:
    """Every account, by name."""
    rows = connection.execute(sa.select(*_COLUMNS).order_by(file.account.c.name)).all()
    return [Account(*row) for row in rows]


def find(connection: sa.Connection, name: str) -> Account | None:
    """Return the account of that name; None if there is none."""
    row = connection.execute(sa.select(*_COLUMNS).where(file.account.c.name == name)).first()
    return None if row is None else Account(*row)


def account_named(connection: sa.Connection, name: str) -> Account:
    """Return the account of that name.

    Raises
    ------
    UnknownName
        If there is none.
    """
    found = find(connection, checked_name(name))
    if found is None:
        raise UnknownName("account", name, known=[one.name for one in accounts(connection)])
    return found


def add(
    connection: sa.Connection, *, name: str, role: str, password: str, must_change: bool, now: int, about: str = ""
) -> Account:
    """Make an account.

    Parameters
    ----------
    password : str
        Hashed.

    Raises
    ------
    InputError
        If there is one of that name, or a field cannot be used.
    """
    kept, given = checked_name(name), _role(role)
    if find(connection, kept) is not None:
        raise InputError("is an account already", field="name", value=kept, cure="take another name")
    values = {
        "person": f"a-{secrets.token_hex(8)}", "name": kept, "about": plain_text(about, field="about"), "role": given,
        "password": password, "must_change": must_change, "disabled": False, "made_at": now, "totp_used": 0,
    }  # fmt: skip
    connection.execute(file.account.insert().values(values))
    return account_named(connection, kept)


def change(
    connection: sa.Connection, one: Account, *, role: str | None = None, disabled: bool | None = None,
    about: str | None = None,
) -> Account:  # fmt: skip
    """Change what an account is; whoever is signed in with it has to sign in again where its rights change.

    Raises
    ------
    InputError
        If nobody would be left who looks after accounts, or a field cannot be used.
    """
    wanted = {
        "role": None if role is None else _role(role), "disabled": disabled,
        "about": None if about is None else plain_text(about, field="about"),
    }  # fmt: skip
    values = {k: v for k, v in wanted.items() if v is not None and v != getattr(one, k)}
    if not values:
        return one
    if one.role == "administrator" and not one.disabled and {"role", "disabled"} & set(values):
        _refuse_last(connection, one)
    change_row(connection, one, values)
    if {"role", "disabled"} & set(values):
        every_session_ends(connection, one)
    if values.get("disabled"):
        connection.execute(file.token.delete().where(file.token.c.account == one.id))
    return account_named(connection, one.name)


def _refuse_last(connection: sa.Connection, one: Account) -> None:
    others = [a for a in accounts(connection) if a.role == "administrator" and not a.disabled and a.id != one.id]
    if not others:
        cure = "make another administrator first"
        raise InputError("is the last who looks after accounts", field="name", value=one.name, cure=cure)


def set_password(connection: sa.Connection, one: Account, hashed: str, *, must_change: bool) -> None:
    """Keep another password, and end every session and every known browser of the account."""
    change_row(connection, one, {"password": hashed, "must_change": must_change})
    connection.execute(file.device.delete().where(file.device.c.account == one.id))
    every_session_ends(connection, one)


def change_row(connection: sa.Connection, one: Account, values: Mapping[str, Any]) -> None:
    """Keep other values of an account, by the names of the file's columns."""
    connection.execute(file.account.update().where(file.account.c.id == one.id).values(**values))


def every_session_ends(connection: sa.Connection, one: Account) -> int:
    """End an account's sessions; return how many there were."""
    return connection.execute(file.session.delete().where(file.session.c.account == one.id)).rowcount
