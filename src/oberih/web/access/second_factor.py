"""Does the person hold the device that was enrolled?

Time-based one-time passwords (RFC 6238, six digits, 30 s, one step of tolerance to either side).  A code is taken
once: a step at or before the last one taken is refused.  Recovery codes, of which only hashes are kept, stand in for
a device that was lost, each once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from io import BytesIO

import pyotp
import segno
import sqlalchemy as sa

from oberih.errors import InputError
from oberih.web.access.accounts_file import account, recovery

__all__ = ["Enrolment", "begin", "codes_left", "confirm", "fits", "new_codes", "remove"]

STEP = 30
"""Of a code [s]."""

RECOVERY_CODES = 10
_SYMBOLS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator needs, shown once.

    Parameters
    ----------
    secret : str
        Base 32.
    uri : str
        The same as ``otpauth://``.
    picture : str
        The same as a QR code, SVG.
    """

    secret: str
    uri: str
    picture: str


def begin(connection: sa.Connection, *, of: int, name: str) -> Enrolment:
    """Make a secret for an account; it counts once it is confirmed."""
    secret = pyotp.random_base32()
    connection.execute(account.update().where(account.c.id == of).values(totp_pending=secret))
    uri = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name="Oberih")
    picture = BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, border=4, dark="#000", light="#fff")
    return Enrolment(secret, uri, picture.getvalue().decode())


def confirm(connection: sa.Connection, *, of: int, code: str, now: int) -> list[str]:
    """Take the enrolled device into use, shown by its first code, and give the recovery codes.

    Raises
    ------
    InputError
        If no enrolment was begun, or the code does not fit.
    """
    pending = connection.execute(sa.select(account.c.totp_pending).where(account.c.id == of)).scalar()
    if pending is None:
        raise InputError("was not begun", field="enrolment", cure="begin it again")
    step = _step_of(pending, code, now)
    if step is None:
        cure = "wait for the next one; is the clock of your device right?"
        raise InputError("does not fit", field="code", cure=cure)
    changed = {"totp": pending, "totp_pending": None, "totp_used": step}
    connection.execute(account.update().where(account.c.id == of).values(changed))
    return new_codes(connection, of=of)


def new_codes(connection: sa.Connection, *, of: int) -> list[str]:
    """Make recovery codes in place of the old ones; they are shown once."""
    codes = ["-".join("".join(secrets.choice(_SYMBOLS) for _ in range(4)) for _ in range(4))
             for _ in range(RECOVERY_CODES)]  # fmt: skip
    connection.execute(recovery.delete().where(recovery.c.account == of))
    connection.execute(recovery.insert(), [{"hash": _hash(of, code), "account": of} for code in codes])
    return codes


def codes_left(connection: sa.Connection, *, of: int) -> int:
    """How many recovery codes are left."""
    return connection.execute(sa.select(sa.func.count()).where(recovery.c.account == of)).scalar_one()


def remove(connection: sa.Connection, *, of: int) -> None:
    """Do without a second factor again."""
    connection.execute(account.update().where(account.c.id == of).values(totp=None, totp_pending=None))
    connection.execute(recovery.delete().where(recovery.c.account == of))


def fits(connection: sa.Connection, *, of: int, secret: str | None, code: str, now: int) -> bool:
    """Whether a code fits, and take it: it never fits again.  An account without a device needs none."""
    if secret is None:
        return True
    step = _step_of(secret, code, now)
    if step is not None:
        newer = sa.and_(account.c.id == of, account.c.totp_used < step)
        return connection.execute(account.update().where(newer).values(totp_used=step)).rowcount == 1
    spent = connection.execute(recovery.delete().where(recovery.c.hash == _hash(of, code), recovery.c.account == of))
    return spent.rowcount == 1


def _step_of(secret: str, code: str, now: int) -> int | None:
    """The step whose code this is, of those that may be meant."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    of = pyotp.TOTP(secret, interval=STEP)
    steps = [now // STEP + near for near in (-1, 0, 1)]
    found = [step for step in steps if compare_digest(of.generate_otp(step), digits)]
    return found[-1] if found else None


def _hash(of: int, code: str) -> bytes:
    plain = "".join(c for c in code.upper() if c in _SYMBOLS)
    return hashlib.sha256(f"recovery {of} {plain}".encode()).digest()
