"""Who looks after accounts, and what do they do to them?

Stories for the administrator, on a page or a terminal.  Each is noted in the record before it counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from oberih.case.prove.auditing import Deed
from oberih.errors import InputError
from oberih.web.access import backoff, second_factor, sessions, tokens
from oberih.web.access.accounts import Account, account_named, add, change, every_session_ends, set_password
from oberih.web.access.by import By
from oberih.web.access.passwords import generated, refuse_weak
from oberih.web.access.porter import Porter

__all__ = ["add_account", "change_account", "end_sessions", "end_token", "give_password", "remove_factor",
           "unlock"]  # fmt: skip


@dataclass
class _Noting:
    """A change under way."""

    connection: sa.Connection
    subject: str = ""
    about: dict[str, Any] = field(default_factory=dict)


@contextmanager
def _noted(porter: Porter, by: By, action: str) -> Iterator[_Noting]:
    """Change what is in the file, and note it: both or neither."""
    with porter.file.writing() as connection:
        under_way = _Noting(connection)
        yield under_way
        deed = Deed(action, actor=by.person, role=by.role, subject=under_way.subject, about=under_way.about)
        porter.notebook.must(deed)


def add_account(
    porter: Porter, by: By, *, name: str, role: str, about: str = "", password: str | None = None
) -> tuple[Account, str | None]:
    """Make an account; without a password one is made for once, and returned to be handed over.

    Raises
    ------
    InputError
        If there is one of that name, or a field or the password cannot be used.
    """
    if password is not None:
        refuse_weak(password, name=name)
    given = password or generated()
    hashed = porter.passwords.hash(given)
    with _noted(porter, by, "add account") as now:
        one = add(now.connection, name=name, role=role, password=hashed, must_change=password is None,
                  now=porter.now, about=about)  # fmt: skip
        now.subject, now.about = one.person, {"account_role": role}
    return one, None if password is not None else given


def change_account(
    porter: Porter, by: By, name: str, *, role: str | None = None, disabled: bool | None = None,
    about: str | None = None,
) -> Account:  # fmt: skip
    """Give an account another role, shut it or open it again, or say whose it is.

    Raises
    ------
    InputError
        If there is no such account, nobody would be left who looks after accounts, or it is one's own role.
    """
    with _noted(porter, by, "change account") as now:
        old = account_named(now.connection, name)
        if by.account == old.id and (role not in (None, old.role) or disabled):
            cure = "let another administrator do it"
            raise InputError("is your own", field="name", value=old.name, cure=cure)
        new = change(now.connection, old, role=role, disabled=disabled, about=about)
        now.subject = old.person
        now.about = {k: getattr(new, k) for k in ("role", "disabled") if getattr(new, k) != getattr(old, k)}
        now.about = {f"account_{k}": v for k, v in now.about.items()}
    return new


def give_password(porter: Porter, by: By, name: str, password: str | None = None) -> str | None:
    """Give an account another password; without one it is made for once, and returned to be handed over.

    Raises
    ------
    InputError
        If there is no such account, or the password cannot be used.
    """
    if password is not None:
        refuse_weak(password, name=name)
    given = password or generated()
    hashed = porter.passwords.hash(given)
    with _noted(porter, by, "give password") as now:
        one = account_named(now.connection, name)
        set_password(now.connection, one, hashed, must_change=password is None)
        backoff.forgiven(now.connection, backoff.subject_of(one.name))
        now.subject = one.person
    return None if password is not None else given


def unlock(porter: Porter, by: By, name: str) -> None:
    """Forget the wrong guesses for an account's name.

    Raises
    ------
    InputError
        If there is no such account.
    """
    with _noted(porter, by, "unlock account") as now:
        one = account_named(now.connection, name)
        for subject in (one.name, f"again {one.name}"):
            backoff.forgiven(now.connection, backoff.subject_of(subject))
        now.subject = one.person


def remove_factor(porter: Porter, by: By, name: str) -> None:
    """Let an account do without its second factor, because its device was lost.

    Raises
    ------
    InputError
        If there is no such account.
    """
    with _noted(porter, by, "remove second factor") as now:
        one = account_named(now.connection, name)
        second_factor.remove(now.connection, of=one.id)
        every_session_ends(now.connection, one)
        now.subject = one.person


def end_sessions(porter: Porter, by: By, name: str, session: str | None = None) -> None:
    """End an account's sessions, or one of them.

    Raises
    ------
    InputError
        If there is no such account or session.
    """
    with _noted(porter, by, "end sessions") as now:
        one = account_named(now.connection, name)
        if session is None:
            every_session_ends(now.connection, one)
        else:
            sessions.end(now.connection, session, of=one.id)
        now.subject = one.person


def end_token(porter: Porter, by: By, name: str, token: str) -> None:
    """End a token of an account.

    Raises
    ------
    InputError
        If there is no such account or token.
    """
    with _noted(porter, by, "end token") as now:
        one = account_named(now.connection, name)
        tokens.end(now.connection, token, of=one.id)
        now.subject, now.about = one.person, {"token": token}
