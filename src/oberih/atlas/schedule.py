"""Who does the work?

Three ways behind one small protocol: in this process, in processes on this machine, on a
Dask cluster.  A task is a function of plain values that leaves its result in the store, so
that a lost worker costs its task and nothing else: whoever runs again finds the rest done.
A worker whose owner is gone, killed or out of memory, ends too: it would wait for work for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, Protocol

from oberih.errors import InputError, OberihError, StoreError

Task = tuple[Any, ...]
ATTEMPTS = 3


class Scheduler(Protocol):
    """Somebody who runs tasks in any order."""

    def run(self, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        """Run ``function(*task)`` for every task; give each task as it ends."""


class Serial:
    """In this process, one after the other."""

    def run(self, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        """Run every task here."""
        for task in tasks:
            function(*task)
            yield task


class Processes:
    """In worker processes of this machine; a pool that breaks is replaced, twice at most.

    Parameters
    ----------
    workers : int
        Number of processes.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        """Run the tasks in a pool; start another pool for what is left if one breaks."""
        left = list(tasks)
        for attempt in range(ATTEMPTS):
            try:
                for task in self._once(function, left):
                    left.remove(task)
                    yield task
                return
            except BrokenProcessPool as error:
                if attempt == ATTEMPTS - 1:
                    raise StoreError(
                        f"worker processes died {ATTEMPTS} times with {len(left)} tasks left; "
                        "free memory or use fewer --workers, and run again: it resumes"
                    ) from error

    def _once(self, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        context = multiprocessing.get_context("spawn")
        count = min(self.workers, max(len(tasks), 1))
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_owner)
        try:
            futures = {pool.submit(function, *task): task for task in tasks}
            for future in as_completed(futures):
                future.result()
                yield futures[future]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end_with_owner() -> None:
    """End this worker as soon as the process that made it is gone; what it was at is not sealed and is done again."""
    owner = multiprocessing.parent_process()
    if owner is None:
        return

    def watch() -> None:
        wait([owner.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="owner", daemon=True).start()


class Dask:
    """On the workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        As ``tcp://host:port``.  The workers must see the atlas's folder under the same path.
    patience : float, optional
        How long to wait for the scheduler to answer [s].
    """

    def __init__(self, address: str, *, patience: float = 20.0) -> None:
        self.address, self.patience = address, patience

    def run(self, function: Callable[..., Any], tasks: Sequence[Task]) -> Iterator[Task]:
        """Run the tasks on the cluster; Dask moves those of a lost worker to another."""
        try:
            from distributed import Client
            from distributed import as_completed as dask_completed  # the extra ``cluster``
        except ImportError as error:
            raise InputError(
                "needs the extra 'cluster'", field="--scheduler", cure="install oberih[cluster]"
            ) from error
        try:
            client = Client(self.address, timeout=self.patience)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers ({error})", field="--scheduler", value=self.address,
                cure="start one with 'dask scheduler' or leave the option out",
            ) from error  # fmt: skip
        with client:
            futures = {client.submit(function, *task, pure=False, retries=ATTEMPTS - 1): task for task in tasks}
            for future in dask_completed(list(futures)):
                if future.status == "error":
                    failure = future.exception()
                    raise failure if isinstance(failure, OberihError) else StoreError(f"a worker failed: {failure}")
                if future.status != "finished":
                    raise StoreError(f"the Dask scheduler at {self.address} is gone; run again, it resumes")
                yield futures[future]


def scheduler_for(*, workers: int, address: str | None = None) -> Scheduler:
    """The scheduler that fits: Dask if an address is given, else one or several processes."""
    if address:
        return Dask(address)
    return Serial() if workers <= 1 else Processes(workers)
