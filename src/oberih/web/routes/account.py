"""How does somebody sign in, and what do they do with their own account?"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.exceptions import HTTPException

from oberih.web.access import owning, second_factor, sessions, tokens
from oberih.web.access.accounts import account_named
from oberih.web.access.cookies import browser_of, drop, is_safe_way, keep, session_of
from oberih.web.access.in_person import InPerson
from oberih.web.access.may import Asker
from oberih.web.access.pace import address_of
from oberih.web.access.porter import AtDesk, Porter
from oberih.web.access.signing_in import SignedIn, TooEarly, change_password, confirmed, sign_in
from oberih.web.problem import refusals
from oberih.web.routes.account_models import (
    Again,
    EnrolmentShown,
    FirstCode,
    Me,
    NewPassword,
    NewToken,
    RecoveryCodes,
    SessionShown,
    SignIn,
    TokenMade,
    TokenShown,
)  # fmt: skip


def _unkept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/api/v1/account", tags=["account"], dependencies=[Depends(_unkept)])
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
_NO_ACCOUNTS = refusals(404)


@router.get("/me")
def account_me(request: Request, who: Asker) -> Me:
    """Who asks, and what they may do.  Open to everyone: a stranger hears that they are nobody."""
    porter: Porter | None = request.app.state.porter
    safe = is_safe_way(request)
    if porter is None or who is None:
        role, permissions = (who.role, who.permissions) if who else (None, ())
        told = {"accounts": porter is not None, "safe_way": safe, "role": role, "permissions": permissions}
        return Me.model_validate(told)
    with porter.file.reading() as connection:
        one = account_named(connection, who.name)
        left = second_factor.codes_left(connection, of=one.id)
    return Me.model_validate({
        "accounts": True, "safe_way": safe, "name": one.name, "role": one.role, "permissions": who.permissions,
        "must_change": who.must_change, "second_factor": one.totp is not None, "recovery_codes_left": left,
        "ends_at": who.ends_at, "idle_seconds": porter.lasting.idle,
    })  # fmt: skip


@router.post("/sign-in", status_code=204, responses=_NO_ACCOUNTS)
async def account_sign_in(request: Request, response: Response, porter: AtDesk, given: SignIn) -> None:
    """Begin a session, kept in a cookie.  Whatever does not fit is answered alike."""
    if not is_safe_way(request):
        line = "A password must travel over TLS: put TLS in front, and name what ends it with --proxy."
        raise HTTPException(403, line)
    address = address_of(request)
    if wait := request.app.state.paces.wait("sign in", address):
        raise TooEarly(wait)
    entered = await request.app.state.turns.take(
        sign_in, porter, name=given.name, password=given.password, code=given.code, address=address,
        browser=request.headers.get("user-agent", ""), known=browser_of(request), former=session_of(request),
    )  # fmt: skip
    _keep(response, request, entered)


def _keep(response: Response, request: Request, entered: SignedIn) -> None:
    keep(response, request, session=entered.session, browser=entered.browser)


@router.post("/sign-out", status_code=204, responses=_NO_ACCOUNTS)
def account_sign_out(request: Request, response: Response, porter: AtDesk, who: Asker) -> None:
    """End this session; no error where there is none."""
    if who is not None and who.session is not None:
        owning.sign_out(porter, who.name, who.session)
    drop(response, request)
    response.headers["Clear-Site-Data"] = '"cache"'


@router.post("/password", status_code=204, responses=refusals(404, 422, 503))
async def account_password(
    request: Request, response: Response, porter: AtDesk, who: InPerson, given: NewPassword
) -> None:
    """Change one's password; every other session ends, and this one goes on under another cookie."""
    entered = await request.app.state.turns.take(
        change_password, porter, name=who.name, old=given.old, new=given.new, code=given.code,
        address=address_of(request), browser=request.headers.get("user-agent", ""),
    )  # fmt: skip
    _keep(response, request, entered)


@router.post("/factor", responses=refusals(404, 422, 503))
async def account_factor(request: Request, porter: AtDesk, who: InPerson, given: Again) -> EnrolmentShown:
    """Begin to enrol a device as a second factor; what it needs is shown once."""
    begun = await request.app.state.turns.take(
        owning.begin_factor, porter, who.name, password=given.password, code=given.code
    )
    return EnrolmentShown(**asdict(begun))


@router.post("/factor/first-code", responses=refusals(404, 422, 503))
def account_factor_first_code(porter: AtDesk, who: InPerson, given: FirstCode) -> RecoveryCodes:
    """Take the enrolled device into use; the recovery codes are shown once."""
    return RecoveryCodes(codes=owning.confirm_factor(porter, who.name, code=given.code))


@router.post("/factor/removal", status_code=204, responses=refusals(404, 422, 503))
async def account_factor_removal(request: Request, porter: AtDesk, who: InPerson, given: Again) -> None:
    """Do without a second factor."""
    await request.app.state.turns.take(owning.drop_factor, porter, who.name, password=given.password, code=given.code)


@router.post("/recovery-codes", responses=refusals(404, 422, 503))
async def account_recovery_codes(request: Request, porter: AtDesk, who: InPerson, given: Again) -> RecoveryCodes:
    """Make recovery codes in place of the old ones; they are shown once."""
    codes = await request.app.state.turns.take(
        owning.renew_codes, porter, who.name, password=given.password, code=given.code
    )
    return RecoveryCodes(codes=codes)


@router.get("/sessions", responses=refusals(404, 503))
def account_sessions(porter: AtDesk, who: InPerson) -> list[SessionShown]:
    """One's sessions in force, the last used first."""
    with porter.file.reading() as connection:
        found = sessions.listed(connection, who.account or 0, now=porter.now, lasting=porter.lasting)
    return [SessionShown(**asdict(one), current=one.id == who.session) for one in found]


@router.delete("/sessions/{id}", status_code=204, responses=refusals(404, 422, 503))
def account_session_end(porter: AtDesk, who: InPerson, id: Id) -> None:
    """End one of one's sessions."""
    owning.sign_out(porter, who.name, id)


@router.get("/tokens", responses=refusals(404, 503))
def account_tokens(porter: AtDesk, who: InPerson) -> list[TokenShown]:
    """One's tokens, without themselves."""
    with porter.file.reading() as connection:
        found = tokens.listed(connection, who.account or 0)
    return [TokenShown(**(asdict(one) | {"scopes": one.scopes.split()})) for one in found]


@router.post("/tokens", status_code=201, responses=refusals(404, 422, 503))
async def account_token_make(request: Request, porter: AtDesk, who: InPerson, given: NewToken) -> TokenMade:
    """Make a token for a machine; it is shown once."""

    def story() -> tuple[str, str]:
        one = confirmed(porter, name=who.name, password=given.password, code=given.code)
        return owning.make_token(porter, one, label=given.name, scopes=given.scopes, days=given.days)

    number, secret = await request.app.state.turns.take(partial(story))
    return TokenMade(id=number, token=secret)


@router.delete("/tokens/{id}", status_code=204, responses=refusals(404, 422, 503))
def account_token_end(porter: AtDesk, who: InPerson, id: Id) -> None:
    """End one of one's tokens."""
    owning.end_own_token(porter, who.name, id)
