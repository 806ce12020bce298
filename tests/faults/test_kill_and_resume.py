"""Killed anywhere, a build goes on to the bytes of one that nobody disturbed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from oberih.atlas.build import build
from oberih.atlas.schedule import Processes
from oberih.atlas.seal import block_faults
from oberih.atlas.store import open_atlas, verify
from oberih.errors import InputError, OberihError, StoreError
from tests.atlas.small import digests
from tests.faults.child import LIMIT, killed, needs_fork
from tests.faults.conftest import PLAN

Moment = Callable[[str, str], bool]


def first(part: str) -> Moment:
    return lambda source, target: part in target


def nth(part: str, n: int) -> Moment:
    seen = count(1)
    return lambda source, target: part in target and next(seen) == n


MOMENTS: dict[str, tuple[Moment, bool]] = {
    "laying out": (nth("begun/", 30), False),
    "before the layout is sealed": (first("layout.json"), False),
    "before it gets its name": (lambda source, target: source.endswith(".begun"), False),
    "in the first block": (first("velocity_aerosol/c/0/0"), True),
    "before the first seal": (first("seals/00000-00.json"), True),
    "in the midst of the third block": (nth("tic/c/", 3), True),
    "before the last seal": (first("seals/00001-01.json"), True),
}


@needs_fork
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_resumes_to_the_same_bytes(moment: str, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    path = tmp_path / "atlas.zarr"
    when, there = MOMENTS[moment]
    assert killed(lambda: build(path, PLAN), when)

    assert path.exists() == there
    with pytest.raises(StoreError if there else InputError):
        open_atlas(path)
    if there:
        assert block_faults(path) == []
    begun = path.with_name(path.name + ".begun")
    if begun.exists():
        with pytest.raises(OberihError):
            open_atlas(begun)

    build(path, PLAN)
    assert digests(path) == undisturbed
    assert [f.name for f in tmp_path.iterdir()] == ["atlas.zarr"]


@pytest.mark.slow
@needs_fork
def test_killed_again_and_again_it_still_gets_there(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    path = tmp_path / "atlas.zarr"
    for name in ("layout.json", "gamma/c/0/1", "offset/c/1/0", "balance/c/1/1"):
        assert killed(lambda: build(path, PLAN), first(name))
    build(path, PLAN)
    assert digests(path) == undisturbed


def test_what_is_sealed_is_not_computed_again(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    path = tmp_path / "atlas.zarr"
    build(path, PLAN)
    before = {f: f.stat().st_mtime_ns for f in path.rglob("*") if f.is_file()}
    (path / "seals" / "00001-00.json").unlink()
    told: list[tuple[int, int]] = []
    build(path, PLAN, told=lambda done, total: told.append((done, total)))
    assert told == [(3, 4), (4, 4)]
    touched = {f.relative_to(path).parts for f, t in before.items() if f.stat().st_mtime_ns != t}
    assert {parts for parts in touched if parts[0] != "seals"}
    assert all(parts[2:4] == ("1", "0") for parts in touched if parts[0] != "seals")
    assert digests(path) == undisturbed


@pytest.mark.slow
@needs_fork
def test_a_build_in_processes_killed_whole_resumes_to_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    path = tmp_path / "atlas.zarr"

    def run() -> None:
        os.setsid()
        build(path, PLAN, scheduler=Processes(2))

    running = multiprocessing.get_context("fork").Process(target=run)
    running.start()
    until = time.monotonic() + LIMIT
    while not list((path / "seals").glob("0*.json")) and time.monotonic() < until and running.is_alive():
        time.sleep(0.005)
    os.killpg(running.pid or 0, signal.SIGKILL)
    running.join()
    assert list((path / "seals").glob("0*.json"))
    assert block_faults(path) == []
    build(path, PLAN)
    assert digests(path) == undisturbed


@needs_fork
@pytest.mark.parametrize("apart", [0.0, *(pytest.param(s, marks=pytest.mark.slow) for s in (0.05, 0.15))])
def test_two_builds_at_once_share_one_atlas(tmp_path: Path, undisturbed: dict[str, str], apart: float) -> None:
    path = tmp_path / "atlas.zarr"
    context = multiprocessing.get_context("fork")
    told = context.Queue()

    def run(wait: float) -> None:
        time.sleep(wait)
        begun: list[int] = []
        build(path, PLAN, told=lambda done, _: begun.append(done))
        told.put((begun[0], verify(open_atlas(path))))

    builds = [context.Process(target=run, args=(wait,)) for wait in (0.0, apart)]
    for one in builds:
        one.start()
    found = sorted(told.get(timeout=LIMIT) for _ in builds)
    for one in builds:
        one.join()
    assert found == [(0, []), (4, [])]  # the second waited and found all done
    assert digests(path) == undisturbed
    assert [f.name for f in tmp_path.iterdir()] == ["atlas.zarr"]


def test_a_build_finished_is_whole(whole: Path) -> None:
    atlas = open_atlas(whole)
    assert verify(atlas) == []
    assert np.isfinite(atlas.balance).all()
