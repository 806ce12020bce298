"""The bootstrap script sets up once, whatever happens to it, and then only runs.

Nothing is installed here: a simulator of ``uv`` stands on the path, makes an environment of two
files and counts how often it was asked.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

UV = r"""#!/bin/sh
case "$1" in
    --version) exit 0 ;;
    venv) mkdir -p "$5/bin" && ln -s "$PYTHON_HERE" "$5/bin/python" ;;
    pip)
        echo "$*" >> "$PLACE/calls"
        while [ -e "$PLACE/hold" ]; do sleep 0.05; done
        [ ! -e "$PLACE/fail" ] || { echo "no network" >&2; exit 1; }
        printf '#!/bin/sh\nprintf "<%%s>" "$@"\nexit "${CODE:-0}"\n' > "${5%/*}/oberih"
        chmod +x "${5%/*}/oberih" ;;
esac
"""


class Clone:
    """A fresh clone of what the script needs, on a machine with ``uv``."""

    def __init__(self, place: Path) -> None:
        self.place = place / "a clone"
        (self.place / "bin").mkdir(parents=True)
        for name in ("start", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.place / name)
        uv = self.place / "bin" / "uv"
        uv.write_text(UV)
        uv.chmod(0o755)
        self.environment = {
            "PATH": f"{uv.parent}:/usr/bin:/bin", "OBERIH_PYTHON": sys.executable, "PYTHON_HERE": sys.executable,
            "PLACE": str(self.place),
        }  # fmt: skip

    def begin(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", self.place / "start", *words], env={**self.environment, **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str, **environment: str) -> tuple[int, str, str]:
        running = self.begin(*words, **environment)
        out, err = running.communicate(timeout=60)
        return running.returncode, out, err

    @property
    def installs(self) -> list[str]:
        calls = self.place / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def wait_for_install(self) -> None:
        deadline = time.monotonic() + 30
        while not self.installs and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.installs


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_run_sets_up_and_the_second_only_runs(clone: Clone) -> None:
    assert clone.run("plan", "a site", "--out", "x y")[:2] == (0, "<plan><a site><--out><x y>")
    code, out, err = clone.run("sites")
    assert (code, out, err) == (0, "<sites>", "")
    assert len(clone.installs) == 1


def test_the_exit_code_of_the_command_is_kept(clone: Clone) -> None:
    assert clone.run("plan", CODE="3")[0] == 3


def test_without_words_the_help_is_shown(clone: Clone) -> None:
    assert clone.run()[1] == "<--help>"


def test_exact_pins_are_used(clone: Clone) -> None:
    clone.run("sites")
    assert f"--constraint {clone.place}/constraints.txt" in clone.installs[0]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_what_is_needed_sets_up_anew(clone: Clone, name: str) -> None:
    clone.run("sites")
    with (clone.place / name).open("a") as file:
        file.write("# changed\n")
    clone.run("sites")
    assert len(clone.installs) == 2


def test_a_folder_that_was_moved_is_set_up_anew(clone: Clone) -> None:
    clone.run("sites")
    moved = clone.place.with_name("elsewhere")
    clone.place.rename(moved)
    clone.place = moved
    clone.environment |= {"PLACE": str(moved), "PATH": f"{moved}/bin:/usr/bin:/bin"}
    assert clone.run("sites")[0] == 0
    assert len(clone.installs) == 2


def test_what_tests_need_is_added_and_serves_runs_too(clone: Clone) -> None:
    clone.run("setup")
    clone.run("setup", "dev")
    clone.run("sites")
    clone.run("setup", "dev")
    assert [call.rpartition(" ")[2].endswith("[dev]") for call in clone.installs] == [False, True]


def test_a_failed_set_up_says_so_and_is_begun_again(clone: Clone) -> None:
    (clone.place / "fail").touch()
    code, out, err = clone.run("sites")
    assert (code, out) == (1, "")
    assert "no network" in err
    assert "run the same command again" in err
    (clone.place / "fail").unlink()
    assert clone.run("sites")[:2] == (0, "<sites>")
    assert len(clone.installs) == 2


def test_a_killed_set_up_is_begun_again(clone: Clone) -> None:
    (clone.place / "hold").touch()
    running = clone.begin("sites")
    clone.wait_for_install()
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate(timeout=30)
    (clone.place / "hold").unlink()
    assert clone.run("sites")[:2] == (0, "<sites>")
    assert len(clone.installs) == 2


def test_two_at_once_set_up_once(clone: Clone) -> None:
    pytest.importorskip("fcntl")
    (clone.place / "hold").touch()
    first = clone.begin("first")
    clone.wait_for_install()
    second = clone.begin("second")
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    (clone.place / "hold").unlink()
    assert first.communicate(timeout=60)[0] == "<first>"
    assert second.communicate(timeout=60)[0] == "<second>"
    assert len(clone.installs) == 1


def test_without_a_python_one_line_says_what_to_do(clone: Clone) -> None:
    code, out, err = clone.run("sites", OBERIH_PYTHON="/nowhere/python")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "OBERIH_PYTHON=/nowhere/python is not a Python >= 3.11" in err
    assert clone.installs == []
