"""No room or no right to write: one clear line, nothing half-valid left looking valid, and it goes on later."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.atlas.build import build
from oberih.atlas.seal import block_faults
from oberih.atlas.store import create, open_atlas, verify
from oberih.atlas.superpose import dose_field
from oberih.errors import InputError, OberihError, StoreError, StoreFull
from tests.atlas.small import digests, source
from tests.faults.child import NOBODY, as_nobody, in_a_child, needs_fork
from tests.faults.conftest import PLAN

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ["unshare", "--user", "--map-root-user", "--mount"]
"""A place of our own, where a small disk may be mounted without rights."""

ON_A_SMALL_DISK = """
import json, subprocess, sys
from pathlib import Path
from oberih.atlas.build import build
from oberih.atlas.seal import block_faults
from oberih.atlas.store import open_atlas
from oberih.errors import OberihError
from tests.atlas.small import digests
from tests.faults.conftest import PLAN

disk = Path(sys.argv[1])
path = disk / "atlas.zarr"

def remount(options):
    subprocess.run(["mount", "-o", f"remount,{options}", "tmpfs", disk], check=True)

def attempt():
    try:
        build(path, PLAN)
    except OberihError as error:
        line = str(error)
    else:
        return {"built": True}
    try:
        open_atlas(path)
        refused = ""
    except OberihError as error:
        refused = type(error).__name__
    sealed = len(list((path / "seals").glob("0*.json")))
    return {"line": line, "refused": refused, "sealed": sealed,
            "there": path.exists(), "faults": block_faults(path) if path.exists() else []}

told = {}
for options in ("size=100k", "size=600k", "size=64m,ro", "size=64m,rw"):
    remount(options)
    told[options] = attempt()
told["digests"] = digests(path)
print(json.dumps(told))
"""


def mount_reason() -> str:
    """Why a small disk cannot be mounted here; empty if it can."""
    if not shutil.which("unshare"):
        return "needs unshare (util-linux)"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*INSIDE, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, text=True, check=False
        )
    return f"no small disk can be mounted here ({done.stderr.strip()})" if done.returncode else ""


def told_on_a_small_disk(tmp_path: Path, text: str, *words: object, size: str) -> tuple[Any, Path]:
    """What a script tells, as JSON in its last line, of a disk of that size; the disk is its first word."""
    if reason := mount_reason():
        pytest.skip(reason)
    disk, script = tmp_path / "disk", tmp_path / "script.py"
    disk.mkdir()
    script.write_text(text)
    given = " ".join(map(str, words))
    mounted = f"mount -t tmpfs -o size={size} tmpfs {disk} && exec {sys.executable} {script} {disk} {given}"
    done = subprocess.run(
        [*INSIDE, "sh", "-c", mounted], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": os.fspath(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), disk


def test_a_disk_that_fills_is_one_clear_line_and_with_more_room_it_goes_on(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    told, disk = told_on_a_small_disk(tmp_path, ON_A_SMALL_DISK, size="100k")
    laying_out, in_a_block, read_only = (told[size] for size in ("size=100k", "size=600k", "size=64m,ro"))
    assert "no room to write (No space left on device)" in laying_out["line"]
    assert not laying_out["there"]
    assert laying_out["refused"] == "InputError"
    assert "no room to write (No space left on device)" in in_a_block["line"]
    assert in_a_block["there"]
    assert in_a_block["refused"] == "StoreError"
    assert in_a_block["sealed"] < 4
    assert in_a_block["faults"] == []
    assert "no right to write (Read-only file system)" in read_only["line"]
    assert read_only["refused"] == "StoreError"
    assert all("\n" not in told[size]["line"] and str(disk) in told[size]["line"] for size in list(told)[:3])
    assert told["size=64m,rw"] == {"built": True}
    assert told["digests"] == undisturbed


@needs_fork
@pytest.mark.parametrize("limit", [512, 4096])
def test_a_file_that_may_not_grow_is_one_clear_line(tmp_path: Path, undisturbed: dict[str, str], limit: int) -> None:
    path = tmp_path / "atlas.zarr"

    def run() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        build(path, PLAN)

    error = in_a_child(run)
    assert isinstance(error, StoreFull)
    assert "no room to write (File too large)" in str(error)
    assert block_faults(path) == []
    with pytest.raises(OberihError):
        open_atlas(path)
    build(path, PLAN)
    assert digests(path) == undisturbed


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder that belongs to somebody without rights (to us, if we have none)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for entry in (folder, *folder.rglob("*")):
            if entry.is_dir():
                entry.chmod(0o755)


def given_away(folder: Path) -> None:
    """Give a folder and all in it to nobody, if we may."""
    if os.geteuid() == 0:
        for entry in (folder, *folder.rglob("*")):
            os.chown(entry, NOBODY, NOBODY)


@needs_fork
def test_a_folder_that_may_not_be_written_is_one_clear_line(theirs: Path) -> None:
    given_away(theirs)
    theirs.chmod(0o555)
    error = as_nobody(lambda: build(theirs / "atlas" / "a.zarr", PLAN))
    assert isinstance(error, StoreFull)
    assert "no right to write (Permission denied); choose another folder" in str(error)
    assert list(theirs.iterdir()) == []


@needs_fork
def test_an_atlas_that_may_not_be_written_can_be_read_but_not_gone_on_with(theirs: Path, whole: Path) -> None:
    path = Path(shutil.copytree(whole, theirs / "atlas.zarr"))
    given_away(theirs)
    for entry in (path, *path.rglob("*")):
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    assert as_nobody(lambda: float(dose_field(open_atlas(path), source(), start=0).max())) > 0.0
    assert as_nobody(lambda: build(path, PLAN).digest) == PLAN.digest
    (path / "seals").chmod(0o755)
    (path / "seals" / "00001-01.json").unlink()
    (path / "seals").chmod(0o555)
    error = as_nobody(lambda: build(path, PLAN))
    assert isinstance(error, StoreFull)
    assert "no right to write (Permission denied)" in str(error)
    assert verify(open_atlas(path, complete=False)) == ["block 1, height 1: not built"]


@needs_fork
@pytest.mark.parametrize("hidden", [".", "atlas.zarr", "atlas.zarr/zarr.json", "atlas.zarr/seals"])
def test_an_atlas_that_may_not_be_read_is_one_clear_line(theirs: Path, whole: Path, hidden: str) -> None:
    path = Path(shutil.copytree(whole, theirs / "atlas.zarr"))
    given_away(theirs)
    (theirs / hidden).chmod(0o000)
    for attempt in (lambda: open_atlas(path), lambda: create(path, PLAN)):
        error = as_nobody(attempt)
        assert isinstance(error, StoreError | InputError), repr(error)
        assert str(path) in str(error)
        assert "ermission denied" in str(error)
        assert "\n" not in str(error)
