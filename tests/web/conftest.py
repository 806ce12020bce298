"""A server's application in this process, over a tiny engine, for all who test routes.

``client`` is a client of an application whose engine is ready; ``served(**settings)`` makes one with other settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oberih.case.prove.keeping import Keeping
from oberih.case.reach.design_bench import Bench
from oberih.web.app import create_app
from oberih.web.engine import Engine
from oberih.web.settings import ServeSettings
from tests.web.tiny import opened, tiny_bench

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8460"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A tiny atlas on the bench, built once; nobody may write to it."""
    return tiny_bench(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def served(bench: Bench, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Make a client of an application with these settings, over the tiny engine; ready when given."""
    with ExitStack() as stack:

        def make(*, ready: bool = True, **settings: Any) -> TestClient:
            given = {"cache": tmp_path / "cache", "keeping": Keeping(store=str(tmp_path / "record.db")), **settings}
            app = create_app(ServeSettings(**given), clock=lambda: NOW)
            held = app.state.held
            held.engine = Engine(held.settings, opened=opened(bench))
            held.live.engine = held.engine.told
            client = stack.enter_context(TestClient(app, base_url=ADDRESS, raise_server_exceptions=False))
            while ready and held.engine.readiness.state == "preparing":
                time.sleep(0.01)
            return client

        yield make


@pytest.fixture
def client(served: Callable[..., TestClient]) -> TestClient:
    """A client of an application whose engine is ready."""
    return served()
