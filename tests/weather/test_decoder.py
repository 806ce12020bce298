"""Laws of the process that decodes: whatever happens to it, one line is said, and nothing stays behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.errors import InputError, StoreFull
from oberih.far.deadline import Deadline, Stopped
from oberih.weather.read import decoder
from oberih.weather.read.decoder import GIB, Limits, asked

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(memory=8 * GIB, processor=60.0, patience=300.0)
MODULE = "tests.weather.decoders"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The decoder of this shelf can be found, and is ended."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    yield
    for ready in decoder._waiting.pop((os.getpid(), MODULE), []):
        ready.end()


def ask(limits: Limits = LIMITS, *, lasting: bool = False, **question: Any) -> dict[str, Any]:
    with tempfile.TemporaryFile() as handed:
        return asked(MODULE, question, library="netCDF", file="first.nc", limits=limits, handed=handed, lasting=lasting)


@pytest.mark.parametrize(("do", "said"), [
    ("crash", "second.nc: is damaged netCDF: its decoder died, the library crashed on it \\(SIGSEGV\\)"),
    ("abort", "crashed on it \\(SIGABRT\\)"), ("eat", "needs more memory than its decoder may take, 8.0 GiB"),
    ("fail", "its decoder gave up \\(LookupError: 'nobody thought of this'\\)|nobody thought of this"),
    ("open", "its decoder gave up \\(OSError: .*Too many open files"),
    ("refuse", "second.nc: u = 1: is odd; make it even"),
])  # fmt: skip
@pytest.mark.parametrize("lasting", [False, True])
def test_what_a_library_does_is_said_in_one_line_and_the_next_file_is_read(do: str, said: str, lasting: bool) -> None:
    with pytest.raises(InputError, match=said) as refused:
        ask(do=do, lasting=lasting and do != "open")  # one more file is for as long as a copy lives
    assert "\n" not in str(refused.value)
    assert ask(do="print", lasting=lasting)["me"] > 0


@pytest.mark.parametrize("do", ["eat", "fail"])
def test_one_that_lasts_does_not_outlast_what_a_file_did_to_it(do: str) -> None:
    one = ask(do="print", lasting=True)["me"]
    with pytest.raises(InputError):
        ask(do=do, lasting=True)
    assert ask(do="print", lasting=True)["me"] != one


@pytest.mark.parametrize("lasting", [False, True])
def test_a_decoder_that_does_not_end_is_ended(lasting: bool) -> None:
    with pytest.raises(InputError, match="took more than 1 s of processor time"):
        ask(Limits(8 * GIB, 1.0, 300.0), do="spin", lasting=lasting)
    with pytest.raises(InputError, match="took longer than 1 s"):
        ask(Limits(8 * GIB, 60.0, 1.0), do="spin", lasting=lasting)
    assert ask(do="print", lasting=lasting)["me"] > 0


@pytest.mark.parametrize("lasting", [False, True])
def test_a_decoder_that_is_wanted_no_more_is_ended_soon(tmp_path: Path, lasting: bool) -> None:
    mark = tmp_path / "mark"
    with Deadline(stopped=lambda: mark.exists() and mark.stat().st_size > 0).held(), pytest.raises(Stopped):
        ask(do="sleep", mark=str(mark), lasting=lasting)
    began = time.monotonic()
    while is_there(int(mark.read_text(encoding="utf-8"))):
        assert time.monotonic() - began < 20.0
        time.sleep(0.05)
    assert ask(do="print", lasting=lasting)["me"] > 0


def test_a_decoder_that_a_terminal_interrupts_goes_on_until_whoever_asked_says_more() -> None:
    one = ask(do="print", lasting=True)
    os.kill(one["me"], signal.SIGINT)
    assert ask(do="print", lasting=True)["me"] == one["me"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_decoders_that_ended_leave_nothing_open() -> None:
    ask(do="print")
    before = len(os.listdir("/proc/self/fd"))
    gc.disable()  # what nobody closes would be closed by chance
    try:
        with pytest.raises(InputError, match="took longer than 1 s"):
            ask(Limits(8 * GIB, 60.0, 1.0), do="spin")
        one = ask(do="print")
        os.kill(one["by"], signal.SIGKILL)
        decoder._waiting[os.getpid(), MODULE][-1].process.wait()
        assert ask(do="print")["by"] != one["by"]
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        gc.enable()


def test_a_full_disk_is_told_with_its_folder_and_the_room_that_is_needed() -> None:
    with pytest.raises(StoreFull, match=f"second.nc: no room in {tempfile.gettempdir()} for the 4 MB"):
        ask(do="fill")


def test_the_libraries_are_loaded_once() -> None:
    one, two = ask(do="print"), ask(do="print")
    assert one["by"] == two["by"] and one["me"] != two["me"]
    assert ask(do="print", lasting=True)["me"] == ask(do="print", lasting=True)["me"] == one["by"]


ASKER = """
import sys
from oberih.weather.read.decoder import GIB, Limits, asked
asked("tests.weather.decoders", {"do": "sleep", "mark": sys.argv[1]}, library="netCDF", file="a.nc",
      limits=Limits(8 * GIB, 60.0, 300.0), lasting=sys.argv[2] == "True")
"""


def is_there(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_decoder_goes_with_whoever_asked_and_leaves_nothing(
    tmp_path: Path, how: signal.Signals, lasting: bool
) -> None:
    mark, folder = tmp_path / "mark", tmp_path / "temporary"
    folder.mkdir()
    place = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-c", ASKER, str(mark), str(lasting)], env=place, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background ignores it
    )  # fmt: skip
    while not (mark.exists() and mark.read_text(encoding="utf-8")):
        assert process.poll() is None
        time.sleep(0.05)
    copy = int(mark.read_text(encoding="utf-8"))
    loaded = copy if lasting else int(Path(f"/proc/{copy}/stat").read_text().rsplit(")", 1)[1].split()[1])
    process.send_signal(how)
    process.wait()
    end = time.monotonic() + 60.0
    while (is_there(copy) or is_there(loaded)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_there(copy) and not is_there(loaded)
    assert list(folder.iterdir()) == []
