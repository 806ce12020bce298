"""Where are the accounts kept, and who can read that file?

One SQLite file (WAL), which nobody but its owner can read.  Passwords, recovery codes, sessions, tokens and known
browsers lie in it as hashes; the secret of a second factor cannot, so whoever reads the file can make its codes.
Several programs may use it at once: the server and ``oberih users``.  Times are whole seconds since 1970.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from oberih.errors import CorruptStore, InputError, StoreError, StoreFull

__all__ = ["AccountsFile", "account", "device", "failure", "recovery", "session", "token"]

SCHEMA = "1"
"""Version of the tables."""

_BEGINS = b"SQLite format 3\0"
_BUSY = 10.0
_METADATA = sa.MetaData()
_OWNER: dict[str, Any] = {"ondelete": "CASCADE"}

meta = sa.Table(
    "oberih_accounts", _METADATA,
    sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False),
)  # fmt: skip

account = sa.Table(
    "account", _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, unique=True),  # stands in the record in place of the name
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("made_at", sa.Integer, nullable=False),
    sa.Column("signed_in_at", sa.Integer),
    sa.Column("totp", sa.Text),
    sa.Column("totp_pending", sa.Text),
    sa.Column("totp_used", sa.Integer, nullable=False),  # the last step of which a code was taken
)  # fmt: skip

recovery = sa.Table(
    "recovery", _METADATA,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("account", sa.ForeignKey(account.c.id, **_OWNER), nullable=False, index=True),
)  # fmt: skip

session = sa.Table(
    "session", _METADATA,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),  # by which it is listed and ended
    sa.Column("account", sa.ForeignKey(account.c.id, **_OWNER), nullable=False, index=True),
    sa.Column("made_at", sa.Integer, nullable=False),
    sa.Column("seen_at", sa.Integer, nullable=False),
    sa.Column("ends_at", sa.Integer, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
)  # fmt: skip

token = sa.Table(
    "token", _METADATA,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("account", sa.ForeignKey(account.c.id, **_OWNER), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_at", sa.Integer, nullable=False),
    sa.Column("ends_at", sa.Integer, nullable=False),
    sa.Column("seen_at", sa.Integer),
)  # fmt: skip

device = sa.Table(
    "device", _METADATA,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("account", sa.ForeignKey(account.c.id, **_OWNER), nullable=False, index=True),
    sa.Column("seen_at", sa.Integer, nullable=False),
)  # fmt: skip

failure = sa.Table(
    "failure", _METADATA,
    sa.Column("subject", sa.LargeBinary(32), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Integer, nullable=False, index=True),
    sa.Column("until", sa.Integer, nullable=False),
)  # fmt: skip


class AccountsFile:
    """An open file of accounts.

    Parameters
    ----------
    path : Path
    create : bool
        Make it where it is not there.

    Raises
    ------
    InputError
        If it is not there, is no file of accounts, or somebody else can read it.
    StoreError
        If it cannot be read or written.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        with _in_our_words(path):
            if create and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            _refuse_unfit(path)
        url = sa.URL.create("sqlite", database=str(path))
        self._engine = sa.create_engine(url, connect_args={"timeout": _BUSY, "isolation_level": None})
        event.listen(self._engine, "connect", _set_up)
        self._check(create=create)

    def _check(self, *, create: bool) -> None:
        with _in_our_words(self.path):
            there = sa.inspect(self._engine).get_table_names()
        if not there and create:
            with self.writing() as connection:
                _METADATA.create_all(connection)
                connection.execute(meta.insert().prefix_with("OR IGNORE").values(key="schema", value=SCHEMA))
        elif meta.name not in there:
            raise InputError("is no file of accounts", file=self.path, cure="make one: oberih users add")
        with self.reading() as connection:
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == "schema")).scalar()
        if found != SCHEMA:
            cure = f"this version of Oberih reads {SCHEMA}; use the version that wrote it"
            raise InputError("is a file of another version", file=self.path, field="schema", value=found, cure=cure)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read."""
        with _in_our_words(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in turn: all of it or nothing."""
        with _in_our_words(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                    connection.exec_driver_sql("ROLLBACK")
                raise


def _refuse_unfit(path: Path) -> None:
    try:
        about = path.stat()
    except FileNotFoundError:
        raise InputError("is not there", file=path, field="--users", cure=_first(path)) from None
    if not stat.S_ISREG(about.st_mode):
        raise InputError("is no file", file=path, field="--users")
    if about.st_mode & 0o077:
        reason = f"can be read by others (mode {stat.S_IMODE(about.st_mode):04o})"
        raise InputError(reason, file=path, field="--users", cure=f"chmod 600 {path}")
    with path.open("rb") as file:
        begins = file.read(len(_BEGINS))
    if begins not in (b"", _BEGINS):
        raise InputError("is no file of accounts", file=path, field="--users", cure=_first(path))


def _first(path: Path) -> str:
    return f"make the first administrator: oberih users add NAME --role administrator --users {path}"


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    """Turn what the database says into what the reader can do."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        said = str(error.orig)
        low = said.lower()
        if "malformed" in low or "not a database" in low:
            raise CorruptStore(f"{path}: the accounts are damaged ({said}); go back to your last copy") from error
        if "full" in low or "readonly" in low or "unable to open" in low:
            raise StoreFull(f"{path}: the accounts cannot be written ({said}); look at the disk") from error
        raise StoreError(f"{path}: the accounts cannot be used just now ({said}); try again") from error
    except OSError as error:
        raise StoreFull(f"{path}: the accounts cannot be used ({error.strerror}); look at the folder") from error
