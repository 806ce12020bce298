"""What tests of live sources share: a patience without waits, a moment, and a server for each behaviour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.far.patience import Patience
from oberih.weather.live import SOURCES, KeptRun, fetch_run
from tests.weather.live import simulator
from tests.weather.live.simulator import ForecastServer, Rule

NOW = int(datetime(2026, 11, 26, 8, 30, tzinfo=UTC).timestamp())
RUN = int(datetime(2026, 11, 26, 6, tzinfo=UTC).timestamp())
SITE = {"latitude": 47.5, "longitude": 34.6}
LEVELS = (1000, 850, 500)
QUICK = Patience(first_wait=0.005, timeout=5.0)


@contextmanager
def three_levels() -> Iterator[None]:
    """Three levels are enough for a law and quick to send.

    What the simulator has made of them is forgotten afterwards: other folders' tests ask it for all levels.
    """
    with pytest.MonkeyPatch.context() as patch:
        for source in SOURCES.values():
            patch.setattr(type(source), "levels", LEVELS)
        _forget()
        yield
    _forget()


@pytest.fixture(scope="package", autouse=True)
def few_levels() -> Iterator[None]:
    """For this folder.  A module elsewhere makes its own fixture: one that is imported would last for all tests."""
    with three_levels():
        yield


def _forget() -> None:
    for made in (simulator.gfs_file, simulator.nomads_answer, simulator.ecmwf_file, simulator.icon_file):
        made.cache_clear()


@pytest.fixture
def fetch(tmp_path: Path) -> Callable[..., KeptRun]:
    """Fetch a few hours into a cache of the test's own."""

    def run(server: ForecastServer, source: str = "gfs", **changed: Any) -> KeptRun:
        asked = {"hours": 3, "now": NOW, "cache": tmp_path, "patience": QUICK, "server": server.url} | SITE | changed
        return fetch_run(source, **asked)

    return run


@pytest.fixture(scope="package")
def well(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], KeptRun]:
    """What a server that behaves gives, once a source."""
    known: dict[str, KeptRun] = {}

    def run(source: str) -> KeptRun:
        if source not in known:
            with ForecastServer() as server:
                known[source] = fetch_run(
                    source, hours=3, now=NOW, cache=tmp_path_factory.mktemp(source), patience=QUICK,
                    server=server.url, **SITE,
                )  # fmt: skip
        return known[source]

    return run


__all__ = ["LEVELS", "NOW", "QUICK", "RUN", "SITE", "Rule"]
