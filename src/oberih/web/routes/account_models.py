"""What is said of accounts over HTTP?

Times are seconds since 1970, UTC.  What is secret is only ever in a request, or in the one answer that shows it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from oberih.web.access.passwords import LONGEST, SHORTEST
from oberih.web.access.tokens import LONGEST_DAYS

Role = Literal["reader", "analyst", "custodian", "administrator"]
Permission = Literal["read", "compute", "record", "accounts"]
Scope = Literal["read", "compute", "record"]
Password = Annotated[str, Field(max_length=LONGEST, description="As it is typed.")]
Code = Annotated[str, Field(max_length=40, description="Of the second factor, or a recovery code; empty without.")]


class Given(BaseModel):
    """What is sent; nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Given):
    """Who wants to come in."""

    name: str = Field(max_length=200)
    password: Password
    code: Code = ""


class Again(Given):
    """Shows again who it is."""

    password: Password
    code: Code = ""


class NewPassword(Given):
    """Another password of one's own."""

    old: Password
    new: Password = Field(min_length=SHORTEST)
    code: Code = ""


class FirstCode(Given):
    """The first code of a device that is enrolled."""

    code: str = Field(min_length=6, max_length=10)


class NewToken(Given):
    """A token to be made."""

    name: str = Field(min_length=1, max_length=100, description="Which machine it is for.")
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    days: int = Field(ge=1, le=LONGEST_DAYS)
    password: Password
    code: Code = ""


class NewAccount(Given):
    """An account to be made."""

    name: str = Field(min_length=1, max_length=40)
    role: Role
    about: str = Field(default="", max_length=100, description="Whose it is, in words.")


class AccountChange(Given):
    """What an account is to be; what is not named stays."""

    role: Role | None = None
    disabled: bool | None = None
    about: str | None = Field(default=None, max_length=100)


class Me(BaseModel):
    """Who asks."""

    accounts: bool = Field(description="Whether this server has accounts at all.")
    safe_way: bool = Field(description="Whether a password may travel the way that this request came.")
    name: str | None = Field(default=None, description="None for whoever is not signed in.")
    role: Role | None = None
    permissions: list[Permission] = []
    must_change: bool = Field(default=False, description="Whether the password has to be changed first.")
    second_factor: bool = False
    recovery_codes_left: int = 0
    ends_at: int | None = Field(default=None, description="When the session ends at the latest.")
    idle_seconds: int | None = Field(default=None, description="Without a request it ends after.")


class EnrolmentShown(BaseModel):
    """What an authenticator needs; shown once."""

    secret: str
    uri: str = Field(description="otpauth://")
    picture: str = Field(description="The same as a QR code, SVG.")


class RecoveryCodes(BaseModel):
    """Recovery codes; shown once."""

    codes: list[str]


class SessionShown(BaseModel):
    """A session."""

    id: str
    current: bool
    made_at: int
    seen_at: int
    ends_at: int
    address: str
    browser: str


class TokenShown(BaseModel):
    """A token, without itself."""

    id: str
    name: str
    scopes: list[str]
    made_at: int
    ends_at: int
    seen_at: int | None


class TokenMade(BaseModel):
    """A token; shown once."""

    id: str
    token: str


class AccountShown(BaseModel):
    """An account as an administrator sees it."""

    name: str
    about: str
    role: Role
    person: str = Field(description="Stands in the record in place of the name.")
    disabled: bool
    must_change: bool
    second_factor: bool
    made_at: int
    signed_in_at: int | None
    sessions: int = 0
    tokens: int = 0


class PasswordMade(BaseModel):
    """A password for once, to be handed over; shown once."""

    name: str
    password: str
