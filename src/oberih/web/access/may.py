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
    person : str
        What stands in the record in place of the name; random.
    account : int or None
        Number of the account; None on loopback without accounts.
    session : str or None
        Id of the session; None where a token asks, or nobody has to sign in.
    scopes : frozenset of str or None
        What a token may, of what its owner may; None where a person asks.
    must_change : bool
        Whether the password has to be changed before anything else.
    ends_at : int or None
        When the session ends at the latest [s since 1970].
    """

    name: str = ""
    role: str = "analyst"
    person: str = ""
    account: int | None = None
    session: str | None = None
    scopes: frozenset[str] | None = None
    must_change: bool = False
    ends_at: int | None = None

    def may(self, permission: str) -> bool:
        """Whether the role, and the token if one asks, include a permission."""
        return permission in ROLES[self.role] and (self.scopes is None or permission in self.scopes)

    @property
    def permissions(self) -> tuple[str, ...]:
        """What it may do, of `PERMISSIONS`."""
        return tuple(one for one in PERMISSIONS if self.may(one))


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

    def check(request: Request, who: Asker) -> Who:
        if who is None:
            raise HTTPException(401, "Sign in, or send a token.", headers={"WWW-Authenticate": "Bearer"})
        if not who.may(permission):
            asker = f"The role {who.role}" if who.scopes is None or permission not in ROLES[who.role] else "This token"
            raise HTTPException(403, f"{asker} may not do this; it needs the right to {permission}.")
        request.state.right = permission  # what is written with the right to record is noted: see `noted`
        return who

    check.right = permission  # type: ignore[attr-defined]
    gate: Callable[..., Who] = check
    return Depends(gate)
