"""No interruption is lost, wherever it strikes."""

from __future__ import annotations

import ctypes
import gc
import sys
import time

import pytest

from oberih.cli import interrupted
from oberih.cli.interrupted import heard


class Dropped:
    """What is raised while it goes is dropped by Python."""

    def __del__(self) -> None:
        raise KeyboardInterrupt


def test_an_interruption_in_a_finaliser_strikes_again() -> None:
    with pytest.raises(KeyboardInterrupt), heard():
        Dropped()
        time.sleep(5.0)


def test_an_interruption_in_what_c_calls_back_strikes_again() -> None:
    def called() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), heard():
        ctypes.CFUNCTYPE(None)(called)()
        time.sleep(5.0)


def test_nobody_is_interrupted_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oberih.cli.interrupted.MOMENT", 1.0)
    with heard():
        Dropped()
    time.sleep(2.0)


def test_what_is_interrupted_while_it_leaves_is_left_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before, sent = sys.unraisablehook, interrupted._interrupt

    def slowly() -> None:
        time.sleep(0.5)  # meanwhile it is being left, and waits for whoever sends
        sent()

    monkeypatch.setattr(interrupted, "_interrupt", slowly)
    with pytest.raises(KeyboardInterrupt), heard():
        Dropped()
        time.sleep(3.0 * interrupted.MOMENT)
    assert sys.unraisablehook == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_else_is_dropped_is_told_as_before() -> None:
    told: list[object] = []
    before = sys.unraisablehook
    sys.unraisablehook = told.append

    class Broken:
        def __del__(self) -> None:
            raise ValueError

    try:
        with heard():
            Broken()
            gc.collect()
        assert len(told) == 1 and sys.unraisablehook == told.append
    finally:
        sys.unraisablehook = before
