"""A flow can be kept, shared, named and run backwards."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import digest_of, open_flow, save_flow
from oberih.errors import InputError, OutOfRange
from tests.dispersion.particles.flows import flow


def varied(times: int = 3) -> Flow:
    """Air in which every number is another."""
    air, rng = flow(times=times, size=7), np.random.default_rng(5)
    air.wind[:] = rng.normal(size=air.wind.shape)
    air.surface[:] = rng.uniform(1.0, 2.0, air.surface.shape)
    return air


def test_a_kept_flow_is_the_flow_and_is_mapped_not_loaded(tmp_path: Path) -> None:
    air = varied()
    kept = open_flow(save_flow(tmp_path / "a" / "flow", air))
    assert kept.digest == air.digest == digest_of(tmp_path / "a" / "flow")
    assert (kept.wind == air.wind).all() and (kept.surface == air.surface).all()
    assert isinstance(kept.wind.base, np.memmap)
    assert (kept.start, kept.step, kept.lapse, kept.a, kept.b) == (air.start, air.step, air.lapse, air.a, air.b)


def test_what_one_process_writes_into_a_kept_flow_does_not_reach_the_disk(tmp_path: Path) -> None:
    air = varied()
    save_flow(tmp_path / "flow", air)
    open_flow(tmp_path / "flow").wind[:] = 0.0
    assert open_flow(tmp_path / "flow").digest == air.digest


def test_keeping_the_same_flow_twice_is_no_fault_and_another_is(tmp_path: Path) -> None:
    save_flow(tmp_path / "flow", varied())
    save_flow(tmp_path / "flow", varied())
    with pytest.raises(InputError, match="another flow"):
        save_flow(tmp_path / "flow", varied(times=2))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flow"]


@pytest.mark.parametrize("broken", ["missing", "cut", "shape", "facts", "edition"])
def test_a_damaged_flow_is_refused_in_one_line(tmp_path: Path, broken: str) -> None:
    folder = save_flow(tmp_path / "flow", varied())
    if broken == "missing":
        (folder / "wind.npy").unlink()
    elif broken == "cut":
        whole = (folder / "wind.npy").read_bytes()
        (folder / "wind.npy").write_bytes(whole[: len(whole) // 2])
    elif broken == "shape":
        np.save(folder / "surface.npy", np.zeros((1, 2, 2, 16), dtype=np.float32))
    elif broken == "facts":
        (folder / "flow.json").write_text("{}")
    else:
        facts = json.loads((folder / "flow.json").read_text()) | {"format": "oberih-flow-0"}
        (folder / "flow.json").write_text(json.dumps(facts))
    with pytest.raises(InputError) as error:
        open_flow(folder)
    assert "\n" not in str(error.value)


def test_a_kept_flow_that_was_changed_on_disk_is_made_anew(tmp_path: Path) -> None:
    air = varied()
    folder = save_flow(tmp_path / "flow", air)
    wind = np.load(folder / "wind.npy")
    wind[0, 0, 0, 0, 0] += 1.0
    np.save(folder / "wind.npy", wind)
    with pytest.raises(InputError, match="not those that were kept"):
        open_flow(folder)
    assert open_flow(save_flow(folder, air)).digest == air.digest
    assert [p.name for p in tmp_path.iterdir()] == ["flow"]


def test_a_process_reads_a_kept_flow_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    air, counted = varied(), []
    real = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda *given: counted.append(1) or real(*given))
    folder = save_flow(tmp_path / "flow", air)
    for _ in range(3):
        assert open_flow(folder).digest == air.digest
        save_flow(folder, air)
    assert len(counted) == 1  # that of the air itself
    (folder / "wind.npy").write_bytes((folder / "wind.npy").read_bytes())  # the same bytes, but who knows?
    assert open_flow(folder).digest == open_flow(folder).digest == air.digest
    assert len(counted) == 2


@pytest.mark.parametrize("changed", ["wind.npy", "surface.npy", "flow.json"])
def test_what_changes_after_it_was_read_is_read_again(tmp_path: Path, changed: str) -> None:
    folder = save_flow(tmp_path / "flow", varied())
    open_flow(folder)
    if changed == "flow.json":
        facts = json.loads((folder / changed).read_text())
        (folder / changed).write_text(json.dumps(facts | {"start": facts["start"] + 1}))
    else:
        with (folder / changed).open("r+b") as file:  # in place, at once: neither size nor inode tells it
            file.seek(-3, 2)
            file.write(b"\x01")
    with pytest.raises(InputError, match="not those that were kept"):
        open_flow(folder)


def test_every_number_of_a_flow_is_in_its_digest() -> None:
    air = varied()
    seen = {air.digest}
    for change in ("wind", "surface"):
        other = varied()
        getattr(other, change)[-1, -1, -1, -1] += 1e-3
        seen.add(other.digest)
    for name in ("start", "step", "a", "b", "cells_y", "lapse"):
        given = {k: getattr(air, k) for k in ("start", "step", "wind", "surface", "a", "b", "cells_y", "lapse")}
        seen.add(Flow(**(given | {name: given[name] + 1})).digest)
    assert len(seen) == 9


def test_a_flow_reversed_twice_is_the_flow() -> None:
    air = varied()
    assert air.reversed().reversed().digest == air.digest
    assert flow().reversed().reversed().digest == flow().digest


def test_reversed_air_at_a_mirrored_time_blows_the_other_way() -> None:
    air = varied()
    back = air.reversed()
    for time in (0.0, 1800.0, 5000.0, 7200.0):
        (i, j, share), (k, m, other) = air.between(time), back.between(-time)
        here = air.wind[i] + share * (air.wind[j] - air.wind[i])
        there = back.wind[k] + other * (back.wind[m] - back.wind[k])
        assert np.allclose(here[..., :3], -there[..., :3], atol=1e-6)
        assert np.allclose(here[..., 3], there[..., 3], atol=1e-6)
    assert (air.surface[0] == back.surface[-1]).all()


@pytest.mark.parametrize(("levels", "field"), [(2**10, "wind"), (2, "surface")])
def test_air_with_more_numbers_than_a_place_can_count_is_refused(levels: int, field: str) -> None:
    shape, zero = (1, 2**14, 2**14 + 1), np.float32(0.0)
    wind, surface = np.broadcast_to(zero, (*shape, levels, 4)), np.broadcast_to(zero, (*shape, kernel.SURFACE))
    with pytest.raises(OutOfRange, match="more numbers than a place can count") as error:
        Flow(0, 3600.0, wind, surface, 10.0, 20.0, 1.0)
    assert field in str(error.value)


def test_what_rain_takes_is_part_of_what_is_lost() -> None:
    from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES

    air, one = flow(), np.float32
    air.surface[..., kernel.DRY : kernel.DRY + 3] = (0.003, 0.0, 0.0)
    air.surface[..., kernel.BELOW : kernel.BELOW + 3] = (2e-4, 1e-4, 0.0)
    air.surface[..., kernel.MIXING] = 20.0
    scratch = np.zeros(kernel.SCRATCH * LANES, dtype=np.float32)
    block = np.zeros((kernel.ROWS, LANES), dtype=np.float32)
    block[kernel.X], block[kernel.Y], block[kernel.Z], block[kernel.WEIGHT :] = 20.0, 20.0, 5.0, 1.0
    state = np.arange(1, 4 * GENERATORS + 1, dtype=np.uint32)
    kernel.step(block.reshape(-1), state, scratch, scratch.view(np.uint32), air.wind[0], air.surface[0],
                one(air.a), one(air.b), one(60.0), one(0), True, one(0), one(0), one(0))  # fmt: skip
    rows = scratch.reshape(-1, LANES)
    lost, wet = rows[kernel.LOST : kernel.LOST + 3], rows[kernel.WET : kernel.WET + 3]
    assert lost[0] == pytest.approx(-np.expm1(-60.0 * (1e-4 + 2e-4)), rel=1e-4)
    assert wet[0] == pytest.approx(lost[0] * 2.0 / 3.0, rel=1e-5)
    assert wet[1] == pytest.approx(lost[1]) and (lost[2] == 0.0).all() and (wet[2] == 0.0).all()
