"""Laws of a flow in use: it stays as long as anybody holds it, and goes with the last."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("netCDF4")
pytest.importorskip("fcntl")

from oberih.case.reach.flow_lease import lease_flow
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.weather.live.kept import one_at_a_time
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from tests.weather import passing_low


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Flow:
    path = passing_low.write(tmp_path_factory.mktemp("low") / "low.nc", half=(1.0, 1.0), steady=True)
    return flow_of_fields(fields_of_volume(volume_of([path])))


def test_a_flow_goes_with_the_last_that_held_it(flow: Flow, tmp_path: Path) -> None:
    folder = tmp_path / "flow"
    one, other = lease_flow(folder, flow), lease_flow(folder, flow)
    one.let_go()
    assert (folder / "wind.npy").exists()
    one.let_go()  # twice is once
    assert (folder / "wind.npy").exists()
    other.let_go()
    assert not folder.exists()


def test_another_process_that_holds_it_is_heeded(flow: Flow, tmp_path: Path) -> None:
    folder = tmp_path / "flow"
    here = lease_flow(folder, flow)
    text = (
        "import fcntl, sys; f = open(sys.argv[1], 'rb'); fcntl.flock(f, fcntl.LOCK_SH); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", text, str(folder / "flow.json")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as there:
        assert there.stdout is not None and there.stdout.readline() == b"held\n"
        here.let_go()
        assert (folder / "flow.json").exists()
        there.communicate()
    lease_flow(folder, flow).let_go()
    assert not folder.exists()


def test_on_a_disk_without_locks_it_is_used_and_left_where_it_is(
    flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(handle: object, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    lease_flow(tmp_path / "flow", flow).let_go()
    assert (tmp_path / "flow" / "flow.json").exists()
    with one_at_a_time(tmp_path, "gfs"):
        pass
