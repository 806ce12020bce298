"""Which machine may ask, for what, until when?

A token is made by a person for a machine, carries some of that person's rights and never more, and ends by itself.
It is shown once; its hash is kept.  A token never looks after accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from oberih.errors import InputError, UnknownName
from oberih.web.access.accounts import Account, plain_text
from oberih.web.access.accounts_file import account, token
from oberih.web.access.may import ROLES
from oberih.web.access.secret import kept, new_id, new_secret

__all__ = ["LONGEST_DAYS", "SCOPES", "FoundToken", "ListedToken", "end", "found", "is_alive", "listed", "make",
           "seen"]  # fmt: skip

PREFIX = "oberih_"
"""By which a token that strayed into a file is known for one."""

SCOPES = ("read", "compute", "record")
"""What a token may be allowed."""

LONGEST_DAYS = 366
_MOST = 50
_T = token.c


@dataclass(frozen=True)
class FoundToken:
    """A token in force.

    Parameters
    ----------
    id : str
    account : int
    person, name, role : str
        Of its owner.
    scopes : str
        With spaces between.
    seen_at : int or None
        [s since 1970]
    """

    id: str
    account: int
    person: str
    name: str
    role: str
    scopes: str
    seen_at: int | None


@dataclass(frozen=True)
class ListedToken:
    """A token as its owner sees it.

    Parameters
    ----------
    id, name, scopes : str
    made_at, ends_at : int
        [s since 1970]
    seen_at : int or None
        When it was last used, to the minute [s since 1970].
    """

    id: str
    name: str
    scopes: str
    made_at: int
    ends_at: int
    seen_at: int | None


def make(
    connection: sa.Connection, one: Account, *, name: str, scopes: Sequence[str], days: int, now: int
) -> tuple[str, str]:
    """Make a token; return its id, and itself, which is shown once.

    Raises
    ------
    InputError
        If its owner may not do what it is to be allowed, or a field cannot be used.
    """
    named = plain_text(name, field="name")
    if not named:
        raise InputError("is missing", field="name", cure="say which machine it is for")
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"must be 1 to {LONGEST_DAYS}", field="days", value=days)
    count = connection.execute(sa.select(sa.func.count()).where(_T.account == one.id, _T.ends_at > now)).scalar_one()
    if count >= _MOST:
        raise InputError(f"there are {count} already", field="tokens", cure="end one that is not needed")
    secret, number = PREFIX + new_secret(), new_id()
    values = {
        "hash": kept(secret), "id": number, "account": one.id, "name": named, "scopes": _scopes(one, scopes),
        "made_at": now, "ends_at": now + days * 86400,
    }  # fmt: skip
    connection.execute(token.insert().values(values))
    return number, secret


def _scopes(one: Account, scopes: Sequence[str]) -> str:
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownName("scope", scope, known=SCOPES)
        if scope not in ROLES[one.role]:
            raise InputError(f"is more than the role {one.role} may do", field="scopes", value=scope)
    if not scopes:
        raise InputError("is missing", field="scopes", cure=f"choose of {', '.join(SCOPES)}")
    return " ".join(scope for scope in SCOPES if scope in scopes)


def found(connection: sa.Connection, secret: str, *, now: int) -> FoundToken | None:
    """Return the token in force; None if there is none."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    query = sa.select(_T.id, _T.account, account.c.person, account.c.name, account.c.role, _T.scopes, _T.seen_at)
    query = query.join(account, account.c.id == _T.account)
    query = query.where(_T.hash == kept(secret), _T.ends_at > now, account.c.disabled.is_(False))
    row = connection.execute(query).first()
    return None if row is None else FoundToken(*row)


def is_alive(connection: sa.Connection, name: str, *, now: int) -> bool:
    """Whether a token is still in force."""
    return connection.execute(sa.select(_T.id).where(_T.id == name, _T.ends_at > now)).first() is not None


def seen(connection: sa.Connection, name: str, *, now: int) -> None:
    """Note that a token was used."""
    connection.execute(token.update().where(_T.id == name).values(seen_at=now))


def listed(connection: sa.Connection, of: int) -> list[ListedToken]:
    """An account's tokens, those that are over among them, the newest first."""
    columns = [_T[name] for name in ListedToken.__dataclass_fields__]
    query = sa.select(*columns).where(_T.account == of).order_by(_T.made_at.desc(), _T.id)
    return [ListedToken(*row) for row in connection.execute(query)]


def end(connection: sa.Connection, name: str, *, of: int) -> None:
    """End a token of an account.

    Raises
    ------
    InputError
        If there is none of that id.
    """
    if connection.execute(token.delete().where(_T.id == name, _T.account == of)).rowcount == 0:
        raise InputError("no such token", field="id", value=name)
