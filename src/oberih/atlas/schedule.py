"""Who does the work?

Three ways behind one small protocol (`oberih.atlas.task.Scheduler`): in this process, in processes
on this machine, on a Dask cluster (`oberih.atlas.cluster`).  A worker process whose owner is
gone, killed or out of memory, ends too: it would wait for work for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any

from oberih.atlas.cluster import Dask
from oberih.atlas.task import ATTEMPTS, Finished, Said, Scheduler, Task, none_finished
from oberih.errors import StoreError

__all__ = ["ATTEMPTS", "Dask", "Processes", "Scheduler", "Serial", "Task", "scheduler_for"]


class Serial:
    """In this process, one after the other."""

    def run(
        self, function: Callable[..., Any], tasks: Sequence[Task], *, finished: Finished | None = None
    ) -> Iterator[Task]:
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

    def run(
        self, function: Callable[..., Any], tasks: Sequence[Task], *, finished: Finished | None = None
    ) -> Iterator[Task]:
        """Run the tasks in a pool; start another pool for what is left if one breaks."""
        left = list(tasks)
        finished = finished or none_finished
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
            for task in [task for task in left if finished(task)]:
                left.remove(task)
                yield task

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


def scheduler_for(*, workers: int, address: str | None = None, said: Said | None = None) -> Scheduler:
    """The scheduler that fits: Dask if an address is given, else one or several processes."""
    if address:
        return Dask(address, said=said)
    return Serial() if workers <= 1 else Processes(workers)
