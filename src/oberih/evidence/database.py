"""Where is the log kept, and what does the database say when it cannot?

One SQLAlchemy layer over SQLite (WAL, ``synchronous=FULL``: a commit that was acknowledged is on
the disk) and PostgreSQL.  Tables: ``entry`` (envelopes with their leaf hashes, and what is searched),
``node`` (inner nodes of the tree), ``checkpoint``, ``cosignature``, ``timestamp``, ``meta``.

Invariants: writers take their turn (``BEGIN IMMEDIATE``; an advisory lock), so that every entry is
signed with the number it gets; what is searched is copied from the signed payload, proves nothing
by itself, and is compared with it by `oberih.evidence.verify`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from oberih.errors import CorruptStore, InputError, OberihError, StoreError, StoreFull
from oberih.evidence.keep import store_error

__all__ = ["BUSY_SECONDS", "checkpoint", "cosignature", "damage", "entry", "insert_many", "is_url", "meta", "node",
           "node_number", "open_database", "reading",
           "timestamp", "whole", "writing"]  # fmt: skip

BUSY_SECONDS = 60.0
"""How long a writer waits for another before it gives up."""

_TURN = 0x0BE21  # the advisory lock that PostgreSQL's writers take; any number, the same for all
_PREPARED = sa.text(
    "SELECT set_config('lock_timeout', :busy, true), set_config('synchronous_commit', "
    "replace(current_setting('synchronous_commit'), 'off', 'on'), true)"
)
_BEGINS = b"SQLite format 3\0"
_METADATA = sa.MetaData()


class _Bytes(sa.LargeBinary):
    """Bytes, and of what somebody else put there in their place such bytes as no record has, rather than a crash."""

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], bytes]:
        return _as_bytes


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="surrogateescape")
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


meta = sa.Table(
    "oberih_meta", _METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)  # fmt: skip

entry = sa.Table(
    "oberih_entry", _METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("leaf", _Bytes(32), nullable=False),
    sa.Column("data", _Bytes, nullable=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("begins", sa.Text),
    sa.Column("ends", sa.Text),
    sa.Column("longitude", sa.Float(53)),
    sa.Column("latitude", sa.Float(53)),
    sa.Column("corrects", sa.Text),
)  # fmt: skip

node = sa.Table(
    "oberih_node", _METADATA,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("hash", _Bytes(32), nullable=False),
)  # fmt: skip

sa.Index("oberih_entry_keys", entry.c.seq, sqlite_where=entry.c.kind.in_(("key", "revocation")),
         postgresql_where=entry.c.kind.in_(("key", "revocation")))  # fmt: skip

sa.Index("oberih_entry_corrects", entry.c.corrects, sqlite_where=entry.c.corrects.is_not(None),
         postgresql_where=entry.c.corrects.is_not(None))  # fmt: skip

checkpoint = sa.Table(
    "oberih_checkpoint", _METADATA,
    sa.Column("size", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("note", _Bytes, nullable=False),
)  # fmt: skip

cosignature = sa.Table(
    "oberih_cosignature", _METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("vkey", sa.Text, nullable=False),
)  # fmt: skip

timestamp = sa.Table(
    "oberih_timestamp", _METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("reply", _Bytes, nullable=False),
)  # fmt: skip


def node_number(level: int, place: int) -> int:
    """Number of an inner node: its place when the nodes of the tree are read from left to right.

    Examples
    --------
    >>> [node_number(1, 0), node_number(2, 0), node_number(1, 1), node_number(3, 0)]
    [1, 3, 5, 7]
    """
    return (place << (level + 1)) + (1 << level) - 1


def whole(value: object) -> int:
    """Return a number as it is stored; -1, which no record has, where somebody put something else there."""
    return value if type(value) is int else -1


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows with the driver's own statement, which costs a fifth of SQLAlchemy's way to it."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = compiled.positiontup
    given: Any = rows if order is None else [tuple(map(row.__getitem__, order)) for row in rows]
    connection.exec_driver_sql(str(compiled), list(given))


def is_url(where: str) -> bool:
    """Whether a store is named by a URL rather than a path."""
    return "://" in where


def open_database(where: str, *, create: bool, busy: float = BUSY_SECONDS) -> sa.Engine:
    """Open the database of a log.

    Parameters
    ----------
    where : str
        A path of a SQLite file, or a URL (``postgresql://…``).
    create : bool
        Make it and its tables where they are not there.
    busy : float
        How long to wait for another writer [s].

    Raises
    ------
    InputError
        If there is none and ``create`` is False, or the URL is of another kind.
    StoreError, StoreFull, CorruptStore
        If it cannot be opened.
    """
    if is_url(where):
        engine = _postgres_engine(_postgres(where), busy)
    else:
        path = Path(where)
        with _in_our_words(where):
            if create:
                path.parent.mkdir(parents=True, exist_ok=True)
            elif not path.is_file():
                raise InputError("no record is kept here", file=where, cure="begin one with: oberih evidence add")
            _refuse_other_file(path)
        options = {"timeout": busy, "isolation_level": None}
        engine = sa.create_engine(_sqlite(path), connect_args=options, execution_options={"where": where})
        event.listen(engine, "connect", _set_up_sqlite)
    try:
        with _in_our_words(where):
            if create:
                _create_tables(engine)
            elif not sa.inspect(engine).has_table(meta.name):
                cure = "begin one with: oberih evidence add"
                raise InputError("no record is kept here", file=_shown(where), cure=cure)
    except OberihError:
        engine.dispose()
        raise
    return engine


def _create_tables(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        _METADATA.create_all(connection)


def _postgres(where: str) -> sa.URL:
    try:
        url = sa.make_url(where)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise InputError("is not a database URL", field="store", cure="as postgresql://host/name") from error
    if url.get_backend_name() != "postgresql":
        raise InputError(
            "is not kept by Oberih", field="store", value=url.drivername, cure="use a path or postgresql://"
        )
    return url.set(drivername="postgresql+psycopg")


def _refuse_other_file(path: Path) -> None:
    """SQLite takes a file of a few bytes for an empty database, and would write over it."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            begins = file.read(len(_BEGINS))
        if begins != _BEGINS:
            raise CorruptStore(f"{path}: is damaged, or no record at all (file is not a database); nothing was written")


def _sqlite(path: Path) -> sa.URL:
    """Name a file, whatever characters it has; one on a medium that is only to be read is read as it lies there."""
    if os.access(path.parent, os.W_OK) or os.path.exists(f"{path}-wal"):
        return sa.URL.create("sqlite", database=str(path))
    query = {"immutable": "1", "mode": "ro", "uri": "true"}  # SQLite would want to put its index of the WAL beside it
    return sa.URL.create("sqlite", database=f"file:{quote(str(path))}", query=query)


def _postgres_engine(url: sa.URL, busy: float) -> sa.Engine:
    """Where a writer sees what the one before it wrote, whatever the server's own setting."""
    try:
        return sa.create_engine(
            url, pool_size=2, pool_pre_ping=True, isolation_level="READ COMMITTED",
            connect_args={"connect_timeout": int(busy) or 1},
            execution_options={"busy": f"{max(1, int(busy * 1000))}ms", "where": url.render_as_string()},
        )  # fmt: skip
    except ImportError as error:
        cure = "install oberih[postgres]"
        raise InputError(
            "needs a driver that is not installed", field="store", value="postgresql", cure=cure
        ) from error


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        with suppress(sqlite3.OperationalError):  # a folder that is only to be read: it is read as it stands
            connection.execute("PRAGMA journal_mode=WAL")
    connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")  # spoilt text is told, by its record
    for pragma in ("synchronous=FULL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Read one state of the log, whatever is written meanwhile."""
    with _in_our_words(engine.get_execution_options()["where"]), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection


def damage(engine: sa.Engine) -> list[str]:
    """What is wrong with SQLite's file: pages, indexes that no longer lead to their rows, and what acts by itself."""
    if engine.dialect.name != "sqlite":
        return []
    with reading(engine) as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
        query = "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        strange = connection.exec_driver_sql(query).scalars().all()
    return [str(line) for line in said if line != "ok"] + [f"holds a {one}, which is not Oberih's" for one in strange]


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Write in turn: all of it, on the disk, or nothing."""
    with _in_our_words(engine.get_execution_options()["where"]), engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(_PREPARED, {"busy": engine.get_execution_options()["busy"]})
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
                yield connection
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("ROLLBACK")
            raise


@contextmanager
def _in_our_words(where: str) -> Iterator[None]:
    """Turn what the database says into what the reader can do."""
    try:
        yield
    except OberihError:
        raise
    except sa.exc.DBAPIError as error:
        raise _translated(where, error) from error
    except OSError as error:
        raise store_error(Path(where), error) from error
    except sa.exc.SQLAlchemyError as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # what follows an interruption is not its cause
            raise error.__context__ from None
        raise StoreError(f"{_shown(where)}: the store cannot be used ({error})") from error


def _translated(where: str, error: sa.exc.DBAPIError) -> StoreError:
    said, shown = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "", _shown(where)
    low = said.lower()
    if error.connection_invalidated:
        cure = "whether it was written is not known; run the same command again, what is there is not stored twice"
        return StoreError(f"{shown}: the connection to the database was lost ({said}); {cure}")
    if "database is locked" in low or "lock timeout" in low or "could not obtain lock" in low:
        return StoreError(f"{shown}: another program is writing; nothing was written; run the same command again")
    if "disk i/o error" in low:
        return StoreFull(
            f"{shown}: no room to write, or the disk fails ({said}); nothing was written; look at the disk"
        )
    if "disk is full" in low or "no space left" in low:
        return StoreFull(f"{shown}: no room to write ({said}); nothing was written; free some and run it again")
    if "readonly" in low or "read-only" in low or "unable to open" in low or "permission denied" in low:
        return StoreFull(f"{shown}: no right to write, or no such folder ({said}); nothing was written")
    if "malformed" in low or "not a database" in low:
        return CorruptStore(f"{shown}: is damaged ({said}); keep a copy, and go back to the last exported bundle")
    if isinstance(error, sa.exc.IntegrityError):
        return CorruptStore(f"{shown}: the tables contradict each other ({said}); run: oberih evidence verify")
    return StoreError(f"{shown}: the store cannot be used ({said}); nothing was written")


def _shown(where: str) -> str:
    """A store's name without its password."""
    return sa.make_url(where).render_as_string(hide_password=True) if is_url(where) else where
