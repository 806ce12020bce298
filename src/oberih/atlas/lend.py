"""How does a machine lend its cores to a cluster, for as long as the cluster needs them?

Dask's own worker ends with its scheduler.  Here each one that ends is started again, ever more
slowly while it ends at once, so that a scheduler that was restarted finds its workers again.  Every
worker is a process with one thread: a block keeps one core busy.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from oberih.atlas.task import Said
from oberih.errors import InputError

__all__ = ["lend"]

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Before a worker that ended is started again, doubling while it does not live [s]."""

LIVED = 60.0
"""A worker that lived so long begins with the first pause again [s]."""

LOOK = 0.25
"""Between two looks whether all are there [s]."""


class _Lent:
    """One worker process, started again whenever it ends; it ends with this process (`oberih.atlas.lent`)."""

    def __init__(self, command: list[str], log: Path, said: Said) -> None:
        self._command, self._log, self._said = command, log, said
        self._pause = FIRST_PAUSE
        self._due: float | None = None
        self.start()

    def start(self) -> None:
        self._since = time.monotonic()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command, env={**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip

    def look(self) -> None:
        """Start it again if it ended and its pause is over."""
        now = time.monotonic()
        if self._due is not None:
            if now >= self._due:
                self._due = None
                self.start()
        elif self.process.poll() is not None:
            self._pause = FIRST_PAUSE if now - self._since > LIVED else self._pause
            self._said(f"a worker ended ({self._why()}); another starts in {self._pause:.0f} s")
            self._due, self._pause = now + self._pause, min(2.0 * self._pause, LONGEST_PAUSE)

    def _why(self) -> str:
        """Its last words, or the code that it ended with."""
        words = [line for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return words[-1].strip()[:200] if words else str(self.process.returncode)


def lend(address: str, *, workers: int, said: Said) -> Iterator[None]:
    """Keep workers at a scheduler until whoever iterates ends; then the workers end too.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://host:port``; it need not be there yet.
    workers : int
        Processes.
    said : callable
        Told when a worker ends.

    Yields
    ------
    None
        After each look.

    Raises
    ------
    InputError
        If Dask is not installed.
    """
    try:
        import distributed  # noqa: F401  the extra ``cluster``
    except ImportError as error:
        raise InputError("needs the extra 'cluster'", field="scheduler", cure="install oberih[cluster]") from error
    with tempfile.TemporaryDirectory(prefix="oberih-worker-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                   "--no-dashboard", "--preload", "oberih.atlas.lent", "--local-directory", folder,
                   "--death-timeout", "60"]  # fmt: skip
        lent = [_Lent(command, Path(folder) / f"{number}.log", said) for number in range(workers)]
        try:
            while True:
                for one in lent:
                    one.look()
                yield
                time.sleep(LOOK)
        finally:
            for one in lent:
                one.process.terminate()
            for one in lent:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.process.wait(5.0)
                one.process.kill()
