"""A real PostgreSQL for tests: one server a session, a new database a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from validation.postgres_server import Server, ServerMissing


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server, or a skip that says why there is none."""
    try:
        server = Server()
    except ServerMissing as error:
        pytest.skip(str(error))
    yield server
    server.stop()


@pytest.fixture
def database(postgres: Server) -> str:
    """URL of an empty database."""
    return postgres.new()
