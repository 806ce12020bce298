"""How is a secret made that is shown once and kept as a hash?

256 random bits need no slow hash: nobody guesses them.  What is made of one of them for another purpose (the token
against forged requests) is made with HMAC, so that it tells nothing of it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

__all__ = ["derived", "kept", "new_id", "new_secret"]


def new_secret() -> str:
    """Return 256 random bits as 43 characters that may stand in a cookie or a header."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Return 64 random bits, by which something is named that is no secret."""
    return secrets.token_hex(8)


def kept(secret: str) -> bytes:
    """Return what is kept of a secret, from which it cannot be found.

    Examples
    --------
    >>> len(kept("anything"))
    32
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def derived(secret: str, purpose: str) -> str:
    """Make of a secret another, for one purpose.

    Examples
    --------
    >>> derived("a", "x") == derived("a", "x"), derived("a", "x") == derived("a", "y")
    (True, False)
    """
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()
