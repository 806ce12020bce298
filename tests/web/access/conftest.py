"""``people``: a house with an account of each role; see `tests.web.access.people`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.access.people import Clock, House, house


@pytest.fixture
def people(tmp_path: Path) -> House:
    return house(tmp_path, Clock())
