"""How long does `oberih plan` take from nothing, and again, and how much memory?

The command is run as a user runs it, in processes of its own, with caches of its own: the first
run compiles, draws the weather and builds the atlas; the second finds all that there.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.job import SITE

PRODUCTS = ("*.geojson", "*.png", "*.html", "result.json")


@dataclass(frozen=True)
class Ran:
    """How a command ran.

    Parameters
    ----------
    seconds : float
        Wall time [s].
    peak_mib : float
        Largest sum over its processes of what they hold in memory [MiB]; what they share counts
        for each, so that it is a bound.  Of the largest process alone where ``/proc`` is missing.
    largest_mib : float
        Largest of one process [MiB].
    """

    seconds: float
    peak_mib: float
    largest_mib: float


def run(command: list[str], *, environment: dict[str, str], folder: Path) -> Ran:
    """Run a command to its end, watching it.

    Raises
    ------
    RuntimeError
        If it fails; with the end of what it said.
    """
    said = folder / "said.txt"
    begin = time.perf_counter()
    with said.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    peaks, ended = [0.0, 0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, ended), daemon=True)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {said.read_text(errors='replace')[-2000:]}")
    if not peaks[1]:  # no /proc: what the system says, which counts the memory of this process too
        peaks = 2 * [usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)]
    return Ran(took, *peaks)


def _watch(session: int, peaks: list[float], ended: threading.Event) -> None:
    """Keep the largest memory of a session's processes, together and of one [MiB], until told to end."""
    while not ended.wait(0.2):
        held = _held(session)
        peaks[0] = max(peaks[0], sum(held))
        peaks[1] = max([peaks[1], *held])


def _held(session: int) -> list[float]:
    """What each process of a session holds now [MiB]; none where it cannot be known."""
    found, page = [], os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[3]) == session:
            found.append(int(fields[21]) * page / 2**20)
    return found


def plan_twice(folder: Path) -> tuple[Ran, Ran, Path]:
    """`oberih plan` from nothing, and again with the atlas there; and the atlas.

    Raises
    ------
    RuntimeError
        If it fails or leaves a product out.
    """
    environment = {
        name: str(folder / name.lower())
        for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR", "OBERIH_CACHE")
    }
    command = [str(Path(sys.executable).with_name("oberih")), "plan", SITE, "--out", str(folder / "out")]
    both = []
    for _ in range(2):
        both.append(run(command, environment=environment, folder=folder))
        missing = [p for p in PRODUCTS if not list((folder / "out").rglob(p))]
        if missing:
            raise RuntimeError(f"oberih plan left nothing like {', '.join(missing)}")
    atlas = next((folder / "oberih_cache" / "atlas").glob("*.zarr"))
    return both[0], both[1], atlas


def import_seconds(*, repeats: int = 7) -> float:
    """What importing the command line adds to the start of Python, median [s]."""

    def started(script: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        return time.perf_counter() - begin

    started("import oberih.cli.main")
    pairs = [(started("import oberih.cli.main"), started("pass")) for _ in range(repeats)]
    return statistics.median(full - bare for full, bare in pairs)
