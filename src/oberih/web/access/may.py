"""Which role may do what?

Defines the nouns `Who` (the one who asks) and `ROLES` (what each role may do), and `may`, which a route names as a
dependency.  Duties are separated: who looks after accounts does not write the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

__all__ = ["PERMISSIONS", "ROLES", "Asker", "Who", "may"]

PERMISSIONS = ("read", "compute", "record", "accounts")
"""Look; run designs, events and reports; write into the record; look after accounts."""

ROLES: dict[str, frozenset[str]] = {
    "reader": frozenset({"read"}),
    "analyst": frozenset({"read", "compute"}),
    "custodian": frozenset({"read", "compute", "record"}),
    "administrator": frozenset({"read", "accounts"}),
}
"""What each role may do, of `PERMISSIONS`."""


@dataclass(frozen=True)
class Who:
    """The one who asks.

    Parameters
    ----------
    name : str
        Of the account; empty on loopback without accounts.
    role : str
        Of `ROLES`.
    """

    name: str = ""
    role: str = "analyst"

    def may(self, permission: str) -> bool:
        """Whether the role includes a permission."""
        return permission in ROLES[self.role]


def who_asks(request: Request) -> Who | None:
    """Who asks; None for a stranger where accounts are needed."""
    found: Who | None = getattr(request.state, "who", None)
    return found


Asker = Annotated[Who | None, Depends(who_asks)]


def may(permission: str) -> Any:
    """Give the dependency that lets only those through who may.

    Parameters
    ----------
    permission : str
        Of `PERMISSIONS`.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def check(who: Asker) -> Who:
        if who is None:
            raise HTTPException(401, "Sign in, or send a token.", headers={"WWW-Authenticate": "Bearer"})
        if not who.may(permission):
            raise HTTPException(403, f"The role {who.role} may not do this; it needs the right to {permission}.")
        return who

    gate: Callable[[Who | None], Who] = check
    return Depends(gate)
