"""Who is it, and are they who they say?

Stories, each of which takes the time of a password's hash: `sign_in`, `confirmed` (somebody who is signed in shows
again that it is them, before anything that lasts) and `change_password`.  Whatever does not fit, name, password or
code, is answered in the same words and takes the same time.
"""

from __future__ import annotations

from dataclasses import dataclass

from oberih.case.prove.auditing import Deed
from oberih.errors import InputError
from oberih.web.access import backoff, second_factor, sessions
from oberih.web.access.accounts import Account, account_named, change_row, find, set_password
from oberih.web.access.passwords import LONGEST, refuse_weak
from oberih.web.access.porter import Porter

__all__ = ["DoesNotFit", "SignedIn", "TooEarly", "change_password", "confirmed", "sign_in"]


class DoesNotFit(Exception):
    """Name, password or code do not fit; which, nobody is told."""


class TooEarly(Exception):
    """There were too many wrong guesses.

    Parameters
    ----------
    seconds : int
        To wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class SignedIn:
    """Somebody who may come in.

    Parameters
    ----------
    session : str
        What the session's cookie holds.
    browser : str or None
        What the cookie of a known browser is to hold; None where it has one.
    account : Account
    ends_at : int
        [s since 1970]
    """

    session: str
    browser: str | None
    account: Account
    ends_at: int


def sign_in(
    porter: Porter, *, name: str, password: str, code: str = "", address: str = "", browser: str = "",
    known: str | None = None, former: str | None = None,
) -> SignedIn:  # fmt: skip
    """Let somebody in.

    Parameters
    ----------
    name, password, code : str
        As given; the code of a second factor, or a recovery code.
    address, browser : str
        Where from, for the list of sessions.
    known : str, optional
        What the cookie of a known browser holds.
    former : str, optional
        What the cookie of a session holds; that session ends.

    Raises
    ------
    DoesNotFit
    TooEarly
    StoreError
        If the accounts cannot be written.
    """
    now, folded = porter.now, name.strip().lower()
    with porter.file.writing() as connection:
        one = find(connection, folded)
        mark = backoff.known_browser(connection, known, one.id if one else None, now=now)
        subject = backoff.subject_of(folded, browser=mark)
        wait = backoff.counted(connection, subject, now=now)
    if wait:
        raise TooEarly(wait)
    fits = len(password) <= LONGEST and porter.passwords.fit(one.password if one else None, password)
    entered = None
    if one is not None and not one.disabled and fits:
        entered = _enter(porter, one, code=code, subject=subject, mark=mark, former=former,
                         address=address, browser=browser, password=password)  # fmt: skip
    if entered is None:
        who = (one.person, one.role) if one else ("nobody known", "none")
        porter.notebook.failed(Deed("sign in", actor=who[0], role=who[1], outcome="refused"))
        raise DoesNotFit
    porter.notebook.may(Deed("sign in", actor=entered.account.person, role=entered.account.role))
    return entered


def _enter(
    porter: Porter, one: Account, *, code: str, subject: bytes, mark: bytes | None, former: str | None,
    address: str, browser: str, password: str,
) -> SignedIn | None:  # fmt: skip
    """Begin the session, if the second factor fits too and nothing changed meanwhile."""
    now = porter.now
    with porter.file.writing() as connection:
        still = find(connection, one.name)
        if still is None or still.disabled or still.password != one.password:
            return None
        if not second_factor.fits(connection, of=one.id, secret=still.totp, code=code, now=now):
            return None
        backoff.forgiven(connection, subject)
        backoff.swept(connection, now=now)
        sessions.swept(connection, now=now, lasting=porter.lasting)
        if former is not None:
            sessions.end_by_secret(connection, former)
        noted: dict[str, object] = {"signed_in_at": now}
        if porter.passwords.is_dated(one.password):
            noted["password"] = porter.passwords.hash(password)
        change_row(connection, one, noted)
        secret = sessions.begin(connection, one, now=now, lasting=porter.lasting, address=address, browser=browser)
        made = backoff.remembered(connection, mark, one.id, now=now)
    return SignedIn(secret, made, still, now + porter.lasting.longest)


def confirmed(porter: Porter, *, name: str, password: str, code: str = "") -> Account:
    """Let somebody who is signed in show that it is still them; wrong guesses count as for signing in.

    Raises
    ------
    DoesNotFit
    TooEarly
    """
    now = porter.now
    with porter.file.writing() as connection:
        one = account_named(connection, name)
        subject = backoff.subject_of(f"again {name}")
        wait = backoff.counted(connection, subject, now=now)
    if wait:
        raise TooEarly(wait)
    fits = len(password) <= LONGEST and porter.passwords.fit(one.password, password)
    if fits:
        with porter.file.writing() as connection:
            fits = second_factor.fits(connection, of=one.id, secret=one.totp, code=code, now=now)
            if fits:
                backoff.forgiven(connection, subject)
    if not fits:
        porter.notebook.failed(Deed("show again who it is", actor=one.person, role=one.role, outcome="refused"))
        raise DoesNotFit
    return one


def change_password(
    porter: Porter, *, name: str, old: str, new: str, code: str = "", address: str = "", browser: str = ""
) -> SignedIn:
    """Change one's own password; every session ends, and another begins.

    Raises
    ------
    DoesNotFit, TooEarly
    InputError
        If the new one would be guessed, or is the old one.
    """
    refuse_weak(new, name=name)
    if new == old:
        raise InputError("is the old one", field="new", cure="take another")
    one = confirmed(porter, name=name, password=old, code=code)
    hashed, now = porter.passwords.hash(new), porter.now
    with porter.file.writing() as connection:
        set_password(connection, one, hashed, must_change=False)
        secret = sessions.begin(connection, one, now=now, lasting=porter.lasting, address=address, browser=browser)
        made = backoff.remembered(connection, None, one.id, now=now)
        porter.notebook.must(Deed("change password", actor=one.person, role=one.role, subject=one.person))
        changed = account_named(connection, name)
    return SignedIn(secret, made, changed, now + porter.lasting.longest)
