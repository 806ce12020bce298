"""Who is signed in, since when, and until when?

A session is a random number in the browser's cookie and a row here; the row is found by its hash.  It ends when it is
ended, when nothing was asked for too long, or after the longest time whatever was asked.  It survives a restart.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.web.access.accounts import Account, plain_text
from oberih.web.access.accounts_file import account, session
from oberih.web.access.secret import kept, new_id, new_secret

__all__ = ["SEEN_EVERY", "Found", "Lasting", "Listed", "begin", "end", "end_by_secret", "found", "is_alive", "listed",
           "seen", "swept"]  # fmt: skip

SEEN_EVERY = 60
"""How exactly it is noted when a session was used [s]."""

_MOST = 20


@dataclass(frozen=True)
class Lasting:
    """How long sessions last.

    Parameters
    ----------
    idle : int
        Without any request [s].
    longest : int
        Whatever is asked [s].
    """

    idle: int = 2 * SECONDS_PER_HOUR
    longest: int = 12 * SECONDS_PER_HOUR


@dataclass(frozen=True)
class Found:
    """A session in force.

    Parameters
    ----------
    id : str
    account : int
    person, name, role : str
    must_change : bool
        Whether the password has to be changed before anything else.
    seen_at, ends_at : int
        [s since 1970]
    """

    id: str
    account: int
    person: str
    name: str
    role: str
    must_change: bool
    seen_at: int
    ends_at: int


@dataclass(frozen=True)
class Listed:
    """A session as its owner sees it.

    Parameters
    ----------
    id : str
    made_at, seen_at, ends_at : int
        [s since 1970]
    address, browser : str
    """

    id: str
    made_at: int
    seen_at: int
    ends_at: int
    address: str
    browser: str


_S = session.c
_FOUND = sa.select(
    _S.id, _S.account, account.c.person, account.c.name, account.c.role, account.c.must_change, _S.seen_at, _S.ends_at
).join(account, account.c.id == _S.account)  # fmt: skip


def begin(connection: sa.Connection, one: Account, *, now: int, lasting: Lasting, address: str, browser: str) -> str:
    """Begin a session; return what its cookie holds.  Of too many the oldest end."""
    secret = new_secret()
    shown = "".join(c if c.isprintable() else " " for c in browser[:200])
    values = {
        "hash": kept(secret), "id": new_id(), "account": one.id, "made_at": now, "seen_at": now,
        "ends_at": now + lasting.longest, "address": address[:60],
        "browser": plain_text(shown, field="browser", longest=200),
    }  # fmt: skip
    connection.execute(session.insert().values(values))
    rows = sa.select(_S.hash).where(_S.account == one.id).order_by(_S.seen_at.desc(), _S.made_at.desc()).offset(_MOST)
    connection.execute(session.delete().where(_S.hash.in_(rows.limit(-1))))
    return secret


def found(connection: sa.Connection, secret: str, *, now: int, lasting: Lasting) -> Found | None:
    """Return the session in force that a cookie names; None if there is none."""
    if not 20 <= len(secret) <= 100:
        return None
    query = _FOUND.where(_S.hash == kept(secret), account.c.disabled.is_(False))
    row = connection.execute(query.where(_S.ends_at > now, _S.seen_at > now - lasting.idle)).first()
    return None if row is None else Found(*row)


def is_alive(connection: sa.Connection, name: str, *, now: int, lasting: Lasting) -> bool:
    """Whether a session is still in force."""
    query = sa.select(_S.id).where(_S.id == name, _S.ends_at > now, _S.seen_at > now - lasting.idle)
    return connection.execute(query).first() is not None


def seen(connection: sa.Connection, name: str, *, now: int) -> None:
    """Note that a session was used."""
    connection.execute(session.update().where(_S.id == name, _S.seen_at < now).values(seen_at=now))


def listed(connection: sa.Connection, of: int, *, now: int, lasting: Lasting) -> list[Listed]:
    """An account's sessions in force, the last used first."""
    columns = [_S[name] for name in Listed.__dataclass_fields__]
    in_force = (_S.account == of, _S.ends_at > now, _S.seen_at > now - lasting.idle)
    query = sa.select(*columns).where(*in_force).order_by(_S.seen_at.desc())
    return [Listed(*row) for row in connection.execute(query)]


def end(connection: sa.Connection, name: str, *, of: int) -> None:
    """End one session of an account.

    Raises
    ------
    InputError
        If there is none of that id.
    """
    if connection.execute(session.delete().where(_S.id == name, _S.account == of)).rowcount == 0:
        raise InputError("no such session", field="id", value=name)


def end_by_secret(connection: sa.Connection, secret: str) -> None:
    """End the session that a cookie names, if there is one."""
    connection.execute(session.delete().where(_S.hash == kept(secret)))


def swept(connection: sa.Connection, *, now: int, lasting: Lasting) -> None:
    """Take away what is over."""
    connection.execute(session.delete().where(sa.or_(_S.ends_at <= now, _S.seen_at <= now - lasting.idle)))
