"""A process that is killed leaves no workers behind, neither at work nor waiting for some."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import sys
from oberih.atlas.schedule import Processes
from tests.faults import tasks
if __name__ == "__main__":
    list(Processes(2).run(tasks.wait_long, [(sys.argv[1], name) for name in "ab"]))
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


def is_there(process: int) -> bool:
    """Whether a process is there, and not only its entry."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(done: Callable[[], bool], *, tries: int = 400) -> bool:
    """Look again and again whether something has come true."""
    for _ in range(tries):
        if done():
            return True
        time.sleep(0.05)
    return False


def test_workers_end_with_the_process_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "owner.py").write_text(OWNER)
    marks = tmp_path / "marks"
    marks.mkdir()
    workers: list[int] = []
    command = [sys.executable, str(tmp_path / "owner.py"), str(marks)]
    owner = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)
    try:
        assert until(lambda: sum(bool(f.read_text()) for f in marks.iterdir()) == 2), "both are at work"
        workers = [int(f.read_text()) for f in marks.iterdir()]
        assert all(is_there(worker) for worker in workers)
        owner.kill()
        owner.wait(10)
        assert until(lambda: not any(is_there(worker) for worker in workers)), "somebody works on for nobody"
    finally:
        owner.kill()
        for worker in workers:
            if is_there(worker):
                os.kill(worker, 9)
