"""How long must one wait who guessed wrong?

Five wrong guesses are free; from then on each doubles the wait, up to a quarter of an hour.  Guesses are counted for
the name that was given, whether anyone has it or not, so that the answer tells nothing; what is refused while one
waits is not counted, so that nobody keeps a name shut longer than that.  A browser in which somebody signed in before
has a count of its own: strangers who guess do not shut it out.  A day without a wrong guess forgets.
"""

from __future__ import annotations

import sqlalchemy as sa

from oberih.web.access.accounts_file import device, failure
from oberih.web.access.secret import kept, new_secret

__all__ = ["FREE", "LONGEST_WAIT", "counted", "forgiven", "known_browser", "remembered", "subject_of", "swept"]

FREE = 5
"""Wrong guesses before the first wait."""

LONGEST_WAIT = 900
"""[s]"""

_FORGOTTEN = 86400
_DEVICE_DAYS = 180
_MOST = 100_000
_F = failure.c


def subject_of(name: str, *, browser: bytes | None = None) -> bytes:
    """For what guesses are counted: a name, or a known browser."""
    return kept(f"browser {browser.hex()}" if browser is not None else f"name {name.casefold()[:200]}")


def counted(connection: sa.Connection, subject: bytes, *, now: int) -> int:
    """Count a guess as wrong until it is `forgiven`; return how long to wait instead where it is too early [s]."""
    row = connection.execute(sa.select(_F.count, _F.last_at, _F.until).where(_F.subject == subject)).first()
    count, last, until = row or (0, 0, 0)
    if now < until:
        return int(until - now)
    count = 1 if now - last > _FORGOTTEN else count + 1
    wait = min(2 ** min(count - FREE + 1, 20), LONGEST_WAIT) if count >= FREE else 0
    values = {"count": count, "last_at": now, "until": now + wait}
    if row is None:
        connection.execute(failure.insert().values(subject=subject, **values))
    else:
        connection.execute(failure.update().where(_F.subject == subject).values(values))
    return 0


def forgiven(connection: sa.Connection, subject: bytes) -> None:
    """Forget wrong guesses: the right one came."""
    connection.execute(failure.delete().where(_F.subject == subject))


def known_browser(connection: sa.Connection, secret: str | None, of: int | None, *, now: int) -> bytes | None:
    """Return which browser this is, if its owner signed in with it before."""
    if secret is None or of is None or not 20 <= len(secret) <= 100:
        return None
    mark, d = kept(secret), device.c
    query = sa.select(d.hash).where(d.hash == mark, d.account == of, d.seen_at > now - _DEVICE_DAYS * 86400)
    return mark if connection.execute(query).first() is not None else None


def remembered(connection: sa.Connection, browser: bytes | None, of: int, *, now: int) -> str | None:
    """Know a browser again; return what its cookie is to hold, None where it has one."""
    if browser is not None:
        connection.execute(device.update().where(device.c.hash == browser).values(seen_at=now))
        return None
    secret = new_secret()
    connection.execute(device.insert().values(hash=kept(secret), account=of, seen_at=now))
    return secret


def swept(connection: sa.Connection, *, now: int) -> None:
    """Take away what is forgotten, and the oldest of too many."""
    connection.execute(failure.delete().where(_F.last_at < now - _FORGOTTEN))
    connection.execute(device.delete().where(device.c.seen_at < now - _DEVICE_DAYS * 86400))
    oldest = sa.select(_F.subject).order_by(_F.last_at.desc()).offset(_MOST).limit(-1)
    connection.execute(failure.delete().where(_F.subject.in_(oldest)))
