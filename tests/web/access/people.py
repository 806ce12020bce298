"""A served house with people in it: an account of each role, a clock that a test turns, clients that are signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from oberih.case.prove.keeping import Keeping
from oberih.web.access.accounts_file import AccountsFile
from oberih.web.access.by import By
from oberih.web.access.minding import add_account
from oberih.web.access.notebook import Notebook
from oberih.web.access.passwords import Passwords
from oberih.web.access.porter import Porter
from oberih.web.access.sessions import Lasting
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings

ROLES = ("reader", "analyst", "custodian", "administrator")
PASSWORD = "four words nobody expects"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
ADDRESS = "http://127.0.0.1:8460"


@dataclass
class Clock:
    """A clock that a test turns."""

    at: datetime = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def on(self, **passed: float) -> None:
        self.at += timedelta(**passed)


@dataclass
class House:
    """An application with accounts, its record and its clock."""

    folder: Path
    clock: Clock
    app: FastAPI
    settings: ServeSettings

    @property
    def porter(self) -> Porter:
        return self.app.state.porter  # type: ignore[no-any-return]

    def stranger(self, address: str = ADDRESS, client: str = "127.0.0.1", **given: Any) -> TestClient:
        """A client that is not signed in."""
        return TestClient(
            self.app, base_url=address, client=(client, 50000), raise_server_exceptions=False, follow_redirects=False,
            **given,
        )  # fmt: skip

    def signed_in(self, name: str, password: str = PASSWORD, code: str = "", **given: Any) -> TestClient:
        """A client that is signed in, and sends the word against forged requests."""
        client = self.stranger(**given)
        answer = sign_in(client, name, password, code)
        assert answer.status_code == 204, answer.text
        client.headers["X-CSRF-Token"] = client.cookies["oberih-csrf"]
        return client

    def again(self) -> House:
        """The same house after a restart."""
        return house(self.folder, self.clock, settings=self.settings)


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
    given = {"name": name, "password": password, "code": code}
    return client.post("/api/v1/account/sign-in", json=given)


def enrolled(client: httpx.Client, clock: Clock, password: str = PASSWORD) -> tuple[pyotp.TOTP, list[str]]:
    """Enrol a device; return it, and the recovery codes."""
    begun = client.post("/api/v1/account/factor", json={"password": password}).json()
    device = pyotp.TOTP(begun["secret"])
    first = client.post("/api/v1/account/factor/first-code", json={"code": device.at(clock())})
    assert first.status_code == 200, first.text
    return device, first.json()["codes"]


def accounts_file(path: Path, clock: Clock) -> Path:
    """Make a file with an account of each role, by its name."""
    porter = Porter(AccountsFile(path, create=True), CHEAP, Notebook(None, clock), Lasting(), clock)
    for role in ROLES:
        add_account(porter, By(), name=role, role=role, password=PASSWORD)
    porter.file.close()
    return path


def house(folder: Path, clock: Clock, *, settings: ServeSettings | None = None, **further: Any) -> House:
    """Serve from a folder, where the accounts may be already."""
    path = folder / "accounts.sqlite"
    if not path.exists():
        accounts_file(path, clock)
    environment = {"XDG_CONFIG_HOME": str(folder / "config")}
    keeping = Keeping(store=str(folder / "record.sqlite"), environment=environment)
    given = settings or ServeSettings(users=path, keeping=keeping, cache=folder / "cache", **further)
    app = create_app(given, clock=clock)
    app.state.porter = replace(app.state.porter, passwords=CHEAP)
    return House(folder, clock, app, given)
