"""Who does the work on a Dask cluster, whose scheduler and workers come and go?

Defines `Dask`.  A worker that is lost costs its task; one that comes is given some.  A scheduler that is gone is waited
for: when it answers again, what is in the store by then is not run again and the rest is handed out anew.  Patience
has an end, and whoever runs again after it resumes.  Only functions and plain values go over the wire.
"""

from __future__ import annotations

import contextlib
import logging
import time
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oberih.atlas.task import ATTEMPTS, Finished, Said, Task, none_finished
from oberih.errors import InputError, OberihError, StoreError

__all__ = ["ENDURANCE", "Dask", "workers_at"]

ENDURANCE = 600.0
"""How long a build waits for a scheduler that is gone, or for a first worker [s]."""

TICK = 0.05
"""Between two looks for tasks that ended [s]."""

COUNT = 2.0
"""Between two counts of the workers [s]."""

ANSWER = 5.0
"""How long one attempt to reach a scheduler that was gone may take [s]."""


class _Lost(Exception):
    """The scheduler is gone, and with it what it knew."""


class Dask:
    """On the workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        As ``tcp://host:port``.  The workers must see the atlas's folder under the same path.
    patience : float, optional
        How long to wait for the scheduler's first answer [s].
    endurance : float, optional
        How long to wait, in the midst, for a scheduler that is gone or while there is no worker [s].
    said : callable, optional
        Told what happens to the cluster.
    """

    def __init__(
        self, address: str, *, patience: float = 20.0, endurance: float = ENDURANCE, said: Said | None = None
    ) -> None:
        self.address, self.patience, self.endurance = address, patience, endurance
        self._said = said or (lambda line: None)

    def run(
        self, function: Callable[..., Any], tasks: Sequence[Task], *, finished: Finished | None = None
    ) -> Iterator[Task]:
        """Run the tasks on the cluster, whatever becomes of its scheduler meanwhile.

        Raises
        ------
        InputError
            If Dask is not installed, or no scheduler answers at the beginning.
        StoreError
            If a task failed, or the scheduler or all workers stayed away; whoever runs again resumes.
        """
        left = list(tasks)
        finished = finished or none_finished
        with _quiet():
            client = _first_client(self.address, self.patience)
            while True:
                try:
                    with contextlib.closing(client):
                        for task in self._on(client, function, left):
                            left.remove(task)
                            yield task
                    return
                except _Lost:
                    client = self._wait_for_scheduler()
                for task in _finished(left, finished):  # done, though nobody was there to be told
                    left.remove(task)
                    yield task
                self._said(f"the scheduler at {self.address} answers again: {len(left)} tasks are handed out anew")

    def _on(self, client: Any, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        """Run tasks as long as the scheduler is there."""
        from distributed import as_completed  # of the extra ``cluster``, which is there: there is a client

        try:
            futures = {client.submit(function, *task, pure=False, retries=ATTEMPTS - 1): task for task in tasks}
            ended, watch = (
                as_completed(list(futures), loop=client.loop),
                _Watch(self.address, self.endurance, self._said),
            )
            while not ended.is_empty():
                for future in ended.next_batch(block=False):
                    self._refuse_failed(future)
                    yield futures.pop(future)
                watch.look(client)
                time.sleep(TICK)
        except (OSError, TimeoutError, CancelledError, RuntimeError) as error:
            raise _Lost from error

    def _refuse_failed(self, future: Any) -> None:
        """Pass on why a task failed; the scheduler is lost if nobody knows what became of it."""
        if future.status == "error":
            failure = future.exception()
            if isinstance(failure, OberihError):
                raise failure
            if type(failure).__name__ == "KilledWorker":
                raise StoreError(
                    "several workers died at the same task; give them more memory or fewer threads, and run again: "
                    "it resumes"
                ) from failure
            raise StoreError(f"a worker failed: {failure}; run again, it resumes") from failure
        if future.status != "finished":
            raise _Lost

    def _wait_for_scheduler(self) -> Any:
        """A new client, as soon as the scheduler answers again."""
        self._said(f"the scheduler at {self.address} is gone: waiting for it, {self.endurance:.0f} s at most")
        until = time.monotonic() + self.endurance
        while (left := until - time.monotonic()) > 0.0:
            try:
                return _client(self.address, min(ANSWER, left))
            except (OSError, TimeoutError):
                time.sleep(min(0.5, max(left, 0.0)))
        raise StoreError(
            f"the Dask scheduler at {self.address} is gone and did not come back within {self.endurance:.0f} s; "
            "run again, it resumes"
        )


def _finished(tasks: Sequence[Task], finished: Finished) -> list[Task]:
    """Those that are; asked some at a time, since a store may be slow to answer."""
    with ThreadPoolExecutor(8) as pool:
        return [task for task, done in zip(tasks, pool.map(finished, tasks), strict=True) if done]


class _Watch:
    """Counts the workers now and then, and loses patience if there are none for long."""

    def __init__(self, address: str, endurance: float, said: Said) -> None:
        self.address, self.endurance, self._said = address, endurance, said
        self.workers: int | None = None
        self._next = 0.0
        self._since = time.monotonic()

    def look(self, client: Any) -> None:
        """Count, if it is time to, and say what changed."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + COUNT
        workers = _workers(client)
        if workers != self.workers:
            self._say(workers)
            self.workers, self._since = workers, now
        if not workers and now - self._since > self.endurance:
            raise StoreError(
                f"no worker came to the Dask scheduler at {self.address} within {self.endurance:.0f} s; "
                "start some with 'oberih atlas worker', and run again: it resumes"
            )

    def _say(self, workers: int) -> None:
        if not workers:
            line = f"no worker at {self.address}: waiting for one, {self.endurance:.0f} s at most"
        else:
            before = "" if self.workers is None else f" (before: {self.workers})"
            line = f"{workers} worker{'' if workers == 1 else 's'} at {self.address}{before}"
        self._said(line)


def workers_at(address: str, *, patience: float = 5.0) -> int:
    """How many workers a scheduler has now.

    Raises
    ------
    InputError
        If no scheduler answers.
    """
    with _quiet(), contextlib.closing(_first_client(address, patience)) as client:
        return _workers(client)


def _first_client(address: str, patience: float) -> Any:
    try:
        return _client(address, patience)
    except ImportError as error:
        raise InputError("needs the extra 'cluster'", field="--scheduler", cure="install oberih[cluster]") from error
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers ({error})", field="--scheduler", value=address,
            cure="start one with 'dask scheduler' or leave the option out",
        ) from error  # fmt: skip


def _client(address: str, timeout: float) -> Any:
    from distributed import Client  # the extra ``cluster``

    return Client(address, timeout=timeout, set_as_default=False)


def _workers(client: Any) -> int:
    return len(client.scheduler_info()["workers"])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from telling, over pages, what is said here in a line."""
    with contextlib.suppress(ImportError):
        import distributed  # noqa: F401  sets these levels itself when it is first imported
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.core", "distributed.comm")]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
