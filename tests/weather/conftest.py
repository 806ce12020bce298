"""What a test of another room has left behind reaches none of these."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def no_scheduler_is_left() -> None:
    """A Dask client that was killed leaves its name as everybody's scheduler."""
    if "dask" in sys.modules:
        sys.modules["dask"].config.config.pop("scheduler", None)
