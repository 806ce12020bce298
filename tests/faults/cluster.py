"""A Dask cluster of this machine, each part of it a process that can be killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from distributed import Client

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A scheduler, and as many workers as are started.

    Parameters
    ----------
    folder : Path
        For scratch and logs.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """Start the scheduler, always on the same port."""
        words = ("--host", "127.0.0.1", "--port", str(self.port), "--no-show", "--no-dashboard")
        self.scheduler = self._start("distributed.cli.dask_scheduler", *words)
        return self.scheduler

    def add_worker(self, *words: str, threads: int = 1, environment: dict[str, str] | None = None) -> None:
        """Start one more worker."""
        own = ("--nthreads", str(threads), "--no-nanny", "--host", "127.0.0.1", "--no-dashboard",
               "--local-directory", os.fspath(self.folder))  # fmt: skip
        self.workers.append(
            self._start("distributed.cli.dask_worker", self.address, *own, *words, environment=environment)
        )

    def lend(self, workers: int) -> None:
        """Start ``oberih atlas worker``, which starts workers again that end."""
        self.workers.append(self._start("oberih", "atlas", "worker", self.address, "--workers", str(workers)))

    def wait(self, workers: int) -> str:
        """The address, once so many workers are there."""
        with Client(self.address, timeout=40, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=40)
        return self.address

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL."""
        process.kill()
        process.wait()

    def end(self) -> None:
        """Leave no process behind."""
        for process in (*self.workers, self.scheduler):
            process.terminate()
        until = time.monotonic() + 5.0
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                self.kill(process)

    def _start(self, module: str, *words: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        with (self.folder / f"{module}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *words], stdout=log, stderr=log,
                env={**os.environ, "PYTHONPATH": os.fspath(ROOT), "NUMBA_NUM_THREADS": "1", **(environment or {})},
            )  # fmt: skip
