"""What does the door hold: accounts, passwords, the time, and what is written down?

Defines the noun `Porter`.  A server without accounts has one that knows nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from oberih.case.prove.auditing import Deed
from oberih.case.prove.keeping import Keeping
from oberih.errors import InputError
from oberih.web.access.accounts import accounts
from oberih.web.access.accounts_file import AccountsFile
from oberih.web.access.notebook import Notebook
from oberih.web.access.passwords import Passwords
from oberih.web.access.sessions import Lasting

__all__ = ["AtDesk", "Porter", "open_porter"]

_LOG = logging.getLogger("oberih.web.access")


@dataclass(frozen=True)
class Porter:
    """What is needed to let somebody in.

    Parameters
    ----------
    file : AccountsFile
    passwords : Passwords
    notebook : Notebook
    lasting : Lasting
        How long sessions last.
    clock : callable
        Gives the time, UTC.
    """

    file: AccountsFile
    passwords: Passwords
    notebook: Notebook
    lasting: Lasting
    clock: Callable[[], datetime]

    @property
    def now(self) -> int:
        """The time [s since 1970]."""
        return int(self.clock().timestamp())


def open_porter(path: Path, keeping: Keeping, *, clock: Callable[[], datetime], lasting: Lasting) -> Porter:
    """Open the accounts for a server, and note that it serves.

    Raises
    ------
    InputError
        If there is no administrator yet, the file cannot be used, or the record cannot be signed.
    StoreError
        If the accounts or the record cannot be written.
    """
    file = AccountsFile(path)
    with file.reading() as connection:
        if not any(one.role == "administrator" and not one.disabled for one in accounts(connection)):
            cure = f"make the first: oberih users add NAME --role administrator --users {path}"
            raise InputError("has no administrator", file=path, field="--users", cure=cure)
    notebook = Notebook(keeping, clock)
    notebook.must(Deed("serve with accounts", actor="oberih serve", role="server"))
    for note in notebook.told:
        _LOG.warning("%s", note)
    return Porter(file, Passwords(), notebook, lasting, clock)


def _porter(request: Request) -> Porter:
    found: Porter | None = request.app.state.porter
    if found is None:
        raise HTTPException(404, "This server has no accounts; it serves this machine alone and writes nothing.")
    return found


AtDesk = Annotated[Porter, Depends(_porter)]
