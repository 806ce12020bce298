"""How does an administrator look after accounts?"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Request, Response

from oberih.web.access import accounts_file, minding
from oberih.web.access.accounts import Account, accounts
from oberih.web.access.by import By
from oberih.web.access.may import Who, may
from oberih.web.access.porter import AtDesk
from oberih.web.problem import refusals
from oberih.web.routes.account_models import AccountChange, AccountShown, NewAccount, PasswordMade


def _unkept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"], dependencies=[Depends(_unkept)])
Administrator = Annotated[Who, may("accounts")]
Name = Annotated[str, Path(min_length=1, max_length=40)]
_PLAIN = ("name", "about", "role", "person", "disabled", "must_change", "made_at", "signed_in_at")
_MAY_FAIL = refusals(401, 403, 404, 422, 503)


def _by(who: Who) -> By:
    return By(who.person, who.role, who.account)


def _shown(one: Account, sessions: int = 0, tokens: int = 0) -> AccountShown:
    plain = {name: getattr(one, name) for name in _PLAIN}
    counts = {"second_factor": one.totp is not None, "sessions": sessions, "tokens": tokens}
    return AccountShown.model_validate(plain | counts)


@router.get("", responses=refusals(401, 403, 404, 503))
def accounts_list(porter: AtDesk, who: Administrator) -> list[AccountShown]:
    """Every account."""
    s, t, now = accounts_file.session.c, accounts_file.token.c, porter.now
    with porter.file.reading() as connection:
        in_force = (s.ends_at > now, s.seen_at > now - porter.lasting.idle)
        signed_in = Counter(connection.execute(sa.select(s.account).where(*in_force)).scalars())
        machines = Counter(connection.execute(sa.select(t.account).where(t.ends_at > now)).scalars())
        return [_shown(one, signed_in[one.id], machines[one.id]) for one in accounts(connection)]


@router.post("", status_code=201, responses=_MAY_FAIL)
async def accounts_add(request: Request, porter: AtDesk, who: Administrator, given: NewAccount) -> PasswordMade:
    """Make an account, with a password for once, to be handed over."""
    one, password = await request.app.state.turns.take(
        minding.add_account, porter, _by(who), name=given.name, role=given.role, about=given.about
    )
    return PasswordMade(name=one.name, password=password)


@router.patch("/{name}", responses=_MAY_FAIL)
def accounts_change(porter: AtDesk, who: Administrator, name: Name, given: AccountChange) -> AccountShown:
    """Give an account another role, shut it or open it again, or say whose it is."""
    changed = minding.change_account(
        porter, _by(who), name, role=given.role, disabled=given.disabled, about=given.about
    )
    return _shown(changed)


@router.post("/{name}/password", responses=_MAY_FAIL)
async def accounts_password(request: Request, porter: AtDesk, who: Administrator, name: Name) -> PasswordMade:
    """Give an account a password for once; its sessions end."""
    password = await request.app.state.turns.take(minding.give_password, porter, _by(who), name)
    return PasswordMade(name=name, password=password)


@router.post("/{name}/unlocking", status_code=204, responses=_MAY_FAIL)
def accounts_unlock(porter: AtDesk, who: Administrator, name: Name) -> None:
    """Forget the wrong guesses for an account's name."""
    minding.unlock(porter, _by(who), name)


@router.delete("/{name}/factor", status_code=204, responses=_MAY_FAIL)
def accounts_factor_remove(porter: AtDesk, who: Administrator, name: Name) -> None:
    """Let an account do without its second factor, because its device was lost."""
    minding.remove_factor(porter, _by(who), name)


@router.delete("/{name}/sessions", status_code=204, responses=_MAY_FAIL)
def accounts_sessions_end(porter: AtDesk, who: Administrator, name: Name) -> None:
    """End all sessions of an account."""
    minding.end_sessions(porter, _by(who), name)


@router.delete("/{name}/tokens/{id}", status_code=204, responses=_MAY_FAIL)
def accounts_token_end(
    porter: AtDesk, who: Administrator, name: Name, id: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
) -> None:
    """End a token of an account."""
    minding.end_token(porter, _by(who), name, id)
