"""Laws of what is tried before the work: where nothing can be written, nothing is computed, and one line says why."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from oberih.case.reach.products import check_folder, check_paths
from oberih.errors import InputError

Usage = namedtuple("Usage", "total used free")


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        check_paths(folder, None)
    assert "\n" not in str(error.value) and "--out" in str(error.value)
    return str(error.value)


def test_a_folder_that_is_not_there_can_serve_and_is_not_made(tmp_path: Path) -> None:
    check_paths(tmp_path / "a/b/c", None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert f"{tmp_path}/file is a file" in refused(tmp_path / "file")
    assert f"{tmp_path}/file is a file" in refused(tmp_path / "file/below/it")


def test_a_link_to_nowhere_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert "link to nowhere" in refused(tmp_path / "link")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o555)
    assert "no folder that can be written" in refused(tmp_path / "theirs/mine")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no such file system")
def test_a_file_system_that_takes_no_files_is_refused() -> None:
    assert "no folder that can be written" in refused(Path("/proc/mine"))


def test_a_disk_without_room_is_refused_with_how_much_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 3 * 2**20, 3 * 2**20))
    assert "3 MiB of room, and 64 may be needed" in refused(tmp_path)
    with pytest.raises(InputError, match="--cache"):
        check_folder(tmp_path, field="--cache")
    check_folder(tmp_path, field="--cache", room=2**20)


def test_what_is_never_overwritten_is_found_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "map.png").mkdir()
    assert "holds a folder named map.png" in refused(tmp_path)
    (tmp_path / "map.png").rmdir()
    (tmp_path / "map.html").symlink_to("/dev/null")
    with pytest.raises(InputError, match="never overwritten"):
        check_paths(tmp_path, None)
    check_paths(tmp_path, None, names=("hours.csv",))
