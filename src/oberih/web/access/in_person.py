"""Is it a person who asks?

Whoever looks after their own account does so in a session of their own; a token never does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.exceptions import HTTPException

from oberih.web.access.may import Asker, Who
from oberih.web.access.porter import AtDesk

__all__ = ["InPerson"]


def in_person(porter: AtDesk, who: Asker) -> Who:
    """Let through who is signed in; refuse strangers and tokens."""
    if who is None:
        raise HTTPException(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    if who.session is None:
        raise HTTPException(403, "A token may not do this; sign in.")
    return who


in_person.right = "own account"  # type: ignore[attr-defined]
InPerson = Annotated[Who, Depends(in_person)]
