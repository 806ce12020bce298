"""Where do the tests find real data?"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pyproj  # noqa: F401 -- before eccodes, whose own PROJ breaks it where it comes later
import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(os.environ.get("OBERIH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
"""Folder of real data; a user does not have it."""

needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="the shared real data is not here (set OBERIH_SHARED to its folder)"
)

DEAR = ("faults", "benchmarks", "validation", "browser", "cli", "live", "case")
"""Folders of tests that start processes, build atlases or open a browser: minutes in a few files."""


QUICK = "not slow"
"""What `./start test` and CI choose; `./start slow` runs the rest."""

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("laws"), max_examples=40)
settings.load_profile("laws")  # how long an example takes on a busy machine is no law


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples a law where time is short, and an ear for Ctrl-C.

    A shell starts what runs in the background deaf to Ctrl-C, and its children with it: tests need to be heard.
    """
    if config.option.markexpr == QUICK:
        settings.load_profile("quick")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dear files first: what is last may leave one worker without work, and should be short."""
    items.sort(key=lambda item: 0 if any(part in DEAR for part in item.path.parent.parts[-2:]) else 1)
