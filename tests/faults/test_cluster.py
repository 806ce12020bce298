"""Whatever becomes of a cluster, the atlas is complete, and byte for byte that of one process alone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client

from oberih.atlas import build as build_module
from oberih.atlas.build import build, compute_block
from oberih.atlas.cluster import workers_at
from oberih.atlas.schedule import Dask
from oberih.atlas.store import create, open_atlas, verify
from oberih.errors import InputError, StoreError
from tests.atlas.small import digests, plan
from tests.atlas.test_particle_atlas import plan as particle_plan
from tests.faults import tasks
from tests.faults.cluster import Cluster, free_port
from tests.faults.test_lost_owner import is_there, until

PLAN = plan(releases=1000)
"""Six blocks at two heights."""


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files by SHA-256 of what one process builds undisturbed."""
    path = tmp_path_factory.mktemp("serial") / "atlas.zarr"
    build(path, PLAN)
    return digests(path)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path / "dask")
    yield running
    running.end()


class Striking:
    """Does something once so many tasks are done; remembers what was told and said."""

    def __init__(self, after: int, strike: Callable[[], None]) -> None:
        self.after, self.strike = after, strike
        self.done: list[int] = []
        self.said: list[str] = []

    def __call__(self, done: int, total: int) -> None:
        self.done.append(done)
        if done >= self.after and self.strike:
            strike, self.strike = self.strike, lambda: None
            strike()


def seals(path: Path) -> dict[str, int]:
    return {f.name: f.stat().st_mtime_ns for f in (path / "seals").glob("0*.json")}


@pytest.mark.slow
def test_a_scheduler_killed_and_started_again_costs_only_what_was_not_sealed(
    cluster: Cluster, tmp_path: Path, serial: dict[str, str]
) -> None:
    path = tmp_path / "atlas.zarr"
    at_the_strike: dict[str, int] = {}

    def strike() -> None:
        cluster.kill(cluster.scheduler)
        at_the_strike.update(seals(path))
        threading.Timer(1.0, cluster.start_scheduler).start()

    cluster.lend(1)
    watching = Striking(3, strike)
    dask = Dask(cluster.wait(1), endurance=180.0, said=watching.said.append)
    assert verify(build(path, PLAN, scheduler=dask, told=watching)) == []
    assert digests(path) == serial
    assert watching.done == list(range(13))  # each told once, in the end all
    after = seals(path)
    assert 3 <= len(at_the_strike) < 12
    assert {name: after[name] for name in at_the_strike} == at_the_strike
    gone = next(i for i, line in enumerate(watching.said) if "is gone: waiting for it, 180 s at most" in line)
    again = watching.said[gone + 1]
    assert "answers again" in again
    left = int(again.split("answers again: ")[1].split()[0])
    assert 0 < left <= 12 - len(at_the_strike)
    assert any("worker" in line for line in watching.said[gone + 2 :])


def test_what_is_in_the_store_when_the_scheduler_comes_back_is_not_run_again(cluster: Cluster, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    cluster.add_worker()
    said: list[str] = []
    given: list[str] = []
    dask = Dask(cluster.wait(1), endurance=180.0, said=said.append)
    jobs = [(str(marks), name) for name in "abcd"]
    for _, name in dask.run(tasks.leave_a_mark_when_let, jobs, finished=lambda task: Path(*task).exists()):
        given.append(name)
        if given == ["a"]:
            cluster.kill(cluster.scheduler)
            cluster.kill(cluster.workers[0])
            (marks / "d").write_text("by another")
            (marks / "go").touch()
            cluster.start_scheduler()
            cluster.add_worker()
    assert sorted(given) == ["a", "b", "c", "d"]
    assert given[1] == "d"  # told first, since it was done
    assert (marks / "d").read_text() == "by another"
    assert any("2 tasks are handed out anew" in line for line in said)


def test_a_worker_killed_with_whoever_lent_it_and_another_added_in_the_midst_change_no_byte(
    cluster: Cluster, tmp_path: Path, serial: dict[str, str]
) -> None:
    def strike() -> None:
        cluster.kill(cluster.workers[0])
        assert until(lambda: not is_there(process)), "a worker works on for nobody"
        threading.Timer(3.0, cluster.add_worker).start()

    path = tmp_path / "atlas.zarr"
    cluster.lend(1)
    with Client(cluster.wait(1), set_as_default=False) as client:
        (process,) = client.run(os.getpid).values()
    assert is_there(process)
    watching = Striking(2, strike)
    dask = Dask(cluster.address, endurance=180.0, said=watching.said.append)
    assert verify(build(path, PLAN, scheduler=dask, told=watching)) == []
    assert digests(path) == serial
    assert watching.said[0] == f"1 worker at {cluster.address}"
    assert any(line.startswith(f"no worker at {cluster.address}: waiting") for line in watching.said)
    assert watching.said[-1] == f"1 worker at {cluster.address} (before: 0)"


@pytest.mark.slow
def test_a_slow_disk_and_workers_of_several_threads_change_no_byte_of_puffs_or_particles(
    cluster: Cluster, tmp_path: Path, serial: dict[str, str]
) -> None:
    path = tmp_path / "atlas.zarr"
    slow = {"SLOW": str(path), "SLOW_BY": "0.02"}
    cluster.add_worker("--preload", "tests.faults.slow_disk", environment=slow)
    cluster.add_worker("--preload", "tests.faults.slow_disk", threads=3, environment=slow)
    assert workers_at(cluster.wait(2)) == 2
    assert verify(build(path, PLAN, scheduler=Dask(cluster.address))) == []
    held = sum(f.stat().st_size for f in tmp_path.glob("atlas.zarr.held-*"))
    assert held > 12 * 15  # every chunk of every block was held up
    assert digests(path) == serial

    particles = particle_plan(tmp_path, block_hours=1)
    build(tmp_path / "alone.zarr", particles)
    killing = Striking(2, lambda: cluster.kill(cluster.workers[0]))
    build(tmp_path / "particles.zarr", particles, scheduler=Dask(cluster.address), told=killing)
    assert digests(tmp_path / "particles.zarr") == digests(tmp_path / "alone.zarr")


@pytest.mark.slow
def test_without_any_worker_patience_ends_in_one_clear_line_and_the_build_resumes(
    cluster: Cluster, tmp_path: Path, serial: dict[str, str]
) -> None:
    path = tmp_path / "atlas.zarr"
    create(path, PLAN)
    compute_block(str(path), 0, 0)
    begin = time.monotonic()
    with pytest.raises(StoreError, match=r"no worker came.*within 3 s.*oberih atlas worker.*resumes") as caught:
        build(path, PLAN, scheduler=Dask(cluster.address, endurance=3.0))
    assert time.monotonic() - begin > 3.0
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreError, match="11 blocks are not built"):
        open_atlas(path)
    told: list[int] = []
    build(path, PLAN, told=lambda done, total: told.append(done))
    assert told[0] == 1
    assert digests(path) == serial


def test_a_worker_of_another_engine_or_without_the_folder_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "atlas.zarr"
    with pytest.raises(StoreError, match=r"the worker on .* does not see .*atlas\.zarr.*--store"):
        compute_block(str(path), 0, 0)
    create(path, PLAN)
    monkeypatch.setattr(build_module, "engine_digest", lambda particles=False: "0" * 64)
    with pytest.raises(StoreError, match=r"the worker on .* has another engine \(000000000000\).*same version"):
        compute_block(str(path), 0, 0)
    assert seals(path) == {}


def test_a_scheduler_that_is_not_there_has_no_workers() -> None:
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        workers_at(f"tcp://127.0.0.1:{free_port()}", patience=0.5)
