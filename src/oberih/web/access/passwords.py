"""Is it the right password, and is it one that may be used?

Argon2id with the costs of RFC 9106's second choice (64 MiB, three passes).  A name that nobody has is checked against
a hash that nobody's password fits, so that it takes as long as one that somebody has.
"""

from __future__ import annotations

import secrets
import unicodedata

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from oberih.errors import InputError

__all__ = ["LONGEST", "SHORTEST", "Passwords", "generated", "refuse_weak"]

SHORTEST = 12
"""Characters of a password (NIST SP 800-63B-4 asks for 15 where it stands alone, 8 with a second factor)."""

LONGEST = 256
"""Characters; longer ones would only cost time."""

_DIFFERENT = 6
_WELL_KNOWN = ("password", "qwerty", "123456", "oberih", "пароль", "йцукен", "оберіг", "letmein", "zaporizh")
_SYMBOLS = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """Makes and checks hashes.

    Parameters
    ----------
    hasher : PasswordHasher, optional
        With other costs, for tests.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._nobodys = self._hasher.hash(secrets.token_hex(32))

    def hash(self, password: str) -> str:
        """Hash a password, with a salt of its own."""
        return self._hasher.hash(_plain(password))

    def fit(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed; never, and as slowly, where there is none."""
        try:
            fits = self._hasher.verify(hashed or self._nobodys, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return fits and hashed is not None

    def is_dated(self, hashed: str) -> bool:
        """Whether it was hashed with other costs than today's."""
        return self._hasher.check_needs_rehash(hashed)


def _plain(password: str) -> bytes:
    """One spelling of a text that keyboards write in several (RFC 8265 does so too)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def refuse_weak(password: str, *, name: str) -> None:
    """Refuse a password that would be guessed.

    Raises
    ------
    InputError
        If it is too short or long, or little but what everyone tries.
    """
    left = password.casefold()
    for known in (name.casefold(), *_WELL_KNOWN):
        left = left.replace(known, "")
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"needs {SHORTEST} to {LONGEST} characters", field="password", cure="take four words or more")
    if len(set(password)) < _DIFFERENT or len(left) < SHORTEST // 2:
        raise InputError("would be guessed at once", field="password", cure="take four words that nobody would expect")


def generated() -> str:
    """Make a password for once: 20 characters that nobody mistakes for one another, 98 bits."""
    letters = "".join(secrets.choice(_SYMBOLS) for _ in range(20))
    return "-".join(letters[at : at + 5] for at in range(0, 20, 5))
