"""A lost worker costs its task and nothing else; a lost scheduler costs one clear line."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from pathlib import Path

import pytest

from oberih.atlas.build import build
from oberih.atlas.schedule import Dask, Processes, Serial, scheduler_for
from oberih.atlas.seal import block_faults
from oberih.atlas.store import open_atlas, verify
from oberih.errors import InputError, StoreError, StoreFull
from tests.atlas.small import digests
from tests.faults import tasks
from tests.faults.cluster import Cluster, free_port
from tests.faults.conftest import PLAN

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


@pytest.mark.slow
def test_on_dask_a_scheduler_that_stays_away_is_one_clear_line_and_the_build_goes_on_without_it(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    path = tmp_path / "atlas.zarr"
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.add_worker()
        dask = Dask(cluster.wait(1), endurance=1.0)
        with pytest.raises(
            StoreError, match=r"at tcp://.* is gone and did not come back.*run again, it resumes"
        ) as caught:
            build(
                path, PLAN, scheduler=dask, told=lambda done, _: cluster.kill(cluster.scheduler) if done == 1 else None
            )
    finally:
        cluster.end()
    assert "\n" not in str(caught.value)
    assert block_faults(path) == []
    with pytest.raises(StoreError, match="run the build again"):
        open_atlas(path)
    build(path, PLAN)
    assert digests(path) == undisturbed


def free_address() -> str:
    """Where nobody listens."""
    return f"tcp://127.0.0.1:{free_port()}"


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
