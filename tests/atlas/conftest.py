"""One small atlas for all who only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from oberih.atlas.build import build
from oberih.atlas.packed import Packed, pack
from oberih.atlas.store import Atlas
from tests.atlas.small import plan


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Built in this process; nobody may write to it."""
    path: Path = tmp_path_factory.mktemp("atlas") / "small.zarr"
    return build(path, plan())


@pytest.fixture(scope="session")
def packed(atlas: Atlas) -> Packed:
    """All of it in memory."""
    return pack(atlas)
