"""What does somebody do with their own account?

Stories: a second factor (`begin_factor`, `confirm_factor`, `drop_factor`, `renew_codes`), tokens (`make_token`) and
signing out.  What lasts beyond the session asks for the password again, and is noted in the record before it counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from oberih.case.prove.auditing import Deed
from oberih.errors import InputError
from oberih.web.access import second_factor, sessions, tokens
from oberih.web.access.accounts import Account, account_named, every_session_ends
from oberih.web.access.by import By
from oberih.web.access.porter import Porter
from oberih.web.access.second_factor import Enrolment
from oberih.web.access.signing_in import confirmed

__all__ = ["begin_factor", "confirm_factor", "drop_factor", "end_own_token", "make_token", "renew_codes", "sign_out"]


def _deed(action: str, one: Account, by: By | None = None, **about: object) -> Deed:
    actor = by or By(one.person, one.role)
    return Deed(action, actor=actor.person, role=actor.role, subject=one.person, about=about)


def begin_factor(porter: Porter, name: str, *, password: str, code: str = "") -> Enrolment:
    """Begin to enrol a device; what it needs is shown once.

    Raises
    ------
    DoesNotFit, TooEarly
        As `confirmed`.
    """
    one = confirmed(porter, name=name, password=password, code=code)
    with porter.file.writing() as connection:
        return second_factor.begin(connection, of=one.id, name=one.name)


def confirm_factor(porter: Porter, name: str, *, code: str, by: By | None = None) -> list[str]:
    """Take the device into use; return the recovery codes, which are shown once.  ``by`` on a terminal.

    Raises
    ------
    InputError
        If no enrolment was begun, or the code does not fit.
    """
    with porter.file.writing() as connection:
        one = account_named(connection, name)
        codes = second_factor.confirm(connection, of=one.id, code=code, now=porter.now)
        porter.notebook.must(_deed("enrol second factor", one, by))
    return codes


def drop_factor(porter: Porter, name: str, *, password: str, code: str) -> None:
    """Do without a second factor.

    Raises
    ------
    DoesNotFit, TooEarly
        As `confirmed`.
    """
    one = confirmed(porter, name=name, password=password, code=code)
    with porter.file.writing() as connection:
        second_factor.remove(connection, of=one.id)
        porter.notebook.must(_deed("drop second factor", one))


def renew_codes(porter: Porter, name: str, *, password: str, code: str) -> list[str]:
    """Make recovery codes in place of the old ones.

    Raises
    ------
    DoesNotFit, TooEarly
        As `confirmed`.
    InputError
        If there is no second factor.
    """
    one = confirmed(porter, name=name, password=password, code=code)
    if one.totp is None:
        raise InputError("is not enrolled", field="second factor", cure="enrol a device first")
    with porter.file.writing() as connection:
        codes = second_factor.new_codes(connection, of=one.id)
        porter.notebook.must(_deed("renew recovery codes", one))
    return codes


def make_token(
    porter: Porter, one: Account, *, label: str, scopes: Sequence[str], days: int, by: By | None = None
) -> tuple[str, str]:
    """Make a token for a machine, for somebody who showed again who they are; return its id, and itself.

    On a terminal whoever can write the file needs not show who they are; the record says ``by`` whom.

    Raises
    ------
    InputError
        If it may not be made so.
    """
    with porter.file.writing() as connection:
        number, secret = tokens.make(connection, one, name=label, scopes=scopes, days=days, now=porter.now)
        porter.notebook.must(_deed("make token", one, by, token=number, scopes=sorted(scopes), days=days))
    return number, secret


def end_own_token(porter: Porter, name: str, token: str) -> None:
    """End one of one's own tokens.

    Raises
    ------
    InputError
        If there is none of that id.
    """
    with porter.file.writing() as connection:
        one = account_named(connection, name)
        tokens.end(connection, token, of=one.id)
        porter.notebook.must(_deed("end token", one, token=token))


def sign_out(porter: Porter, name: str, session: str | None) -> None:
    """End a session of one's own, or all of them.

    Raises
    ------
    InputError
        If there is none of that id.
    """
    with porter.file.writing() as connection:
        one = account_named(connection, name)
        if session is None:
            every_session_ends(connection, one)
        else:
            sessions.end(connection, session, of=one.id)
    porter.notebook.may(_deed("sign out", one))
