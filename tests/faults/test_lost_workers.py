"""A lost worker costs its task and nothing else; a lost scheduler costs one clear line."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client

from oberih.atlas.build import build
from oberih.atlas.schedule import Dask, Processes, Serial, scheduler_for
from oberih.atlas.seal import block_faults
from oberih.atlas.store import open_atlas, verify
from oberih.errors import InputError, StoreError, StoreFull
from tests.atlas.small import digests
from tests.faults import tasks
from tests.faults.conftest import PLAN

ROOT = Path(__file__).resolve().parents[2]
NAMES = "abcd"


def jobs(folder: Path) -> list[tuple[str, str]]:
    return [(os.fspath(folder), name) for name in NAMES]


def test_a_killed_process_costs_its_task_not_the_run(tmp_path: Path) -> None:
    done = list(Processes(2).run(tasks.die_once, jobs(tmp_path)))
    assert sorted(done) == jobs(tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == [*NAMES, "died"]


def test_a_task_that_kills_every_worker_ends_in_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"died 3 times with \d tasks left.*it resumes") as caught:
        list(Processes(1).run(tasks.die_always, jobs(tmp_path)))
    assert "\n" not in str(caught.value)
    assert (tmp_path / "a").exists()


@pytest.mark.parametrize("scheduler", [Serial(), Processes(2)], ids=["serial", "processes"])
def test_what_a_worker_says_comes_back_as_it_was_said(scheduler: Serial | Processes, tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match="no room to write") as caught:
        list(scheduler.run(tasks.find_no_room, jobs(tmp_path)))
    assert caught.value.exit_code == 3


def test_processes_write_what_one_process_writes_though_one_is_killed(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    struck: list[int] = []

    def strike(done: int, total: int) -> None:
        workers = [c for c in multiprocessing.active_children() if c.pid not in before]
        if done and not struck and workers:
            struck.append(workers[0].pid or 0)
            os.kill(struck[0], signal.SIGKILL)

    before = {c.pid for c in multiprocessing.active_children()}
    path = tmp_path / "atlas.zarr"
    atlas = build(path, PLAN, scheduler=Processes(2), told=strike)
    assert struck
    assert verify(atlas) == []
    assert digests(path) == undisturbed


class Cluster:
    """A Dask scheduler and two workers of this machine, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show")
        self.workers = [
            self._start("dask_worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1",
                        "--local-directory", os.fspath(folder))
            for _ in range(2)
        ]  # fmt: skip

    def _start(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options, "--no-dashboard"]
        log = (self.folder / f"{module}.log").open("ab")
        try:
            return subprocess.Popen(
                [*command, "--scheduler-file", os.fspath(self.file)], stdout=log, stderr=log,
                env={**os.environ, "PYTHONPATH": os.fspath(ROOT), "NUMBA_NUM_THREADS": "1"},
            )  # fmt: skip
        finally:
            log.close()

    def wait(self) -> str:
        """The scheduler's address, once both workers are there."""
        with Client(self._address()) as client:
            client.wait_for_workers(2, timeout=40)
        return self._address()

    def _address(self) -> str:
        until = time.monotonic() + 30.0
        while time.monotonic() < until:
            try:
                return str(json.loads(self.file.read_text())["address"])
            except (OSError, ValueError, KeyError):
                time.sleep(0.05)
        raise TimeoutError((self.folder / "dask_scheduler.log").read_text())

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "dask").mkdir()
    running = Cluster(tmp_path / "dask")
    yield running
    running.end()


def test_on_dask_a_killed_worker_costs_its_task_and_a_killed_scheduler_one_line(
    cluster: Cluster, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    struck: list[int] = []

    def strike(process: subprocess.Popen[bytes]) -> None:
        if process.pid not in struck:
            struck.append(process.pid)
            process.kill()

    path, other = tmp_path / "atlas.zarr", tmp_path / "other.zarr"
    dask = Dask(cluster.wait(), endurance=1.0)
    atlas = build(path, PLAN, scheduler=dask, told=lambda done, _: strike(cluster.workers[0]) if done else None)
    assert struck == [cluster.workers[0].pid]
    assert verify(atlas) == []
    assert digests(path) == undisturbed

    with pytest.raises(StoreError, match=r"Dask scheduler at tcp://.* is gone and did not come back.*run again, it resumes") as caught:
        build(other, PLAN, scheduler=dask, told=lambda done, _: strike(cluster.scheduler) if done else None)
    assert "\n" not in str(caught.value)
    assert cluster.scheduler.pid in struck
    assert block_faults(other) == []
    with pytest.raises(StoreError, match="run the build again"):
        open_atlas(other)
    build(other, PLAN)
    assert digests(other) == undisturbed


def free_address() -> str:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize(
    "address", ["nobody listens", "tcp://no.such.host.invalid:8786", "not an address", "udp://127.0.0.1:1"]
)
def test_a_scheduler_that_does_not_answer_is_one_clear_line(
    address: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = free_address() if address == "nobody listens" else address
    with pytest.raises(InputError) as caught:
        build(tmp_path / "atlas.zarr", PLAN, scheduler=Dask(address, patience=1.0))
    assert re.match(r"--scheduler = '.*': no Dask scheduler answers", str(caught.value))
    assert "\n" not in str(caught.value)
    assert address in str(caught.value)
    assert capfd.readouterr().err == ""
    with pytest.raises(StoreError, match="4 blocks are not built"):
        open_atlas(tmp_path / "atlas.zarr")


def test_the_scheduler_asked_for_is_the_one_that_works() -> None:
    assert isinstance(scheduler_for(workers=1), Serial)
    several = scheduler_for(workers=3)
    assert isinstance(several, Processes)
    assert several.workers == 3
    far = scheduler_for(workers=3, address="tcp://far:1")
    assert isinstance(far, Dask)
    assert far.address == "tcp://far:1"
