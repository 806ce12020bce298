"""What a build comes to if nothing disturbs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oberih.atlas.build import build
from tests.atlas.small import digests, plan

PLAN = plan(releases=200)
"""Two blocks at two heights."""


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The atlas of `PLAN`; nobody may write to it."""
    path = tmp_path_factory.mktemp("whole") / "atlas.zarr"
    build(path, PLAN)
    return path


@pytest.fixture(scope="session")
def undisturbed(whole: Path) -> dict[str, str]:
    """Its files by SHA-256."""
    return digests(whole)


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """One to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "atlas.zarr"))
