"""What is the application, put together?

Pages, the API under ``/api/v1``, files of our own under ``/static`` and MapLibre's under ``/vendor``; headers and
gates around all of it.  A route that is not named here is not served.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI

from oberih.case.reach.base_map import warm
from oberih.errors import InputError
from oberih.web import pages
from oberih.web.access.guard import guard
from oberih.web.access.in_turn import THREADS
from oberih.web.described import describe_rights, operation_name
from oberih.web.headers import SecurityHeaders
from oberih.web.packed import PackedFiles
from oberih.web.problem import tell_problems
from oberih.web.routes import (
    account,
    accounts,
    design,
    event,
    evidence,
    evidence_writing,
    export,
    participation,
    regimes,
    report,
    situation,
    uploads,
    words,
)
from oberih.web.routes import map as map_route
from oberih.web.settings import ServeSettings
from oberih.web.state import State

__all__ = ["create_app"]

ROUTERS = (
    pages.router, words.router, map_route.router, situation.router, design.router, export.router, report.router,
    uploads.router, regimes.router, participation.router, event.router, evidence.router, evidence_writing.router,
    account.router, accounts.router,
)  # fmt: skip
"""Everything that is served, page by page."""

DESCRIPTION = """How far would it reach, is something happening, do the rules hold, can anyone check?

Numbers are SI unless a name carries its unit. Times are ISO 8601 with their zone. Refusals are problem documents
(RFC 9457)."""


def create_app(settings: ServeSettings, *, clock: Callable[[], datetime]) -> FastAPI:
    """Put the application together.

    Parameters
    ----------
    settings : ServeSettings
    clock : callable
        Gives the time, UTC.

    Raises
    ------
    InputError
        If MapLibre's files are not installed.
    """
    app = FastAPI(
        title="Oberih", version=version("oberih"), description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", generate_unique_id_function=operation_name, lifespan=_running,
    )  # fmt: skip
    app.state.held = State(settings, clock)
    tell_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", PackedFiles(directory=Path(__file__).parent / "static"), name="static")
    app.mount("/vendor", PackedFiles(directory=_maplibre()), name="vendor")
    describe_rights(app, ROUTERS)
    guard(app, app.state.held)
    app.add_middleware(SecurityHeaders, tiles=settings.tiles)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Prepare the year's atlas while the pages are served already; end all work with the server."""
    engine, live = app.state.held.engine, app.state.held.live
    site = live.desk.site
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    warming = asyncio.create_task(asyncio.to_thread(warm, site.latitude, site.longitude))
    engine.start()
    live.start()
    yield
    warming.cancel()
    live.stop()
    await asyncio.to_thread(engine.stop)


def _maplibre() -> Path:
    """Find MapLibre's files in its package, without importing that package and all that it drags along."""
    spec = find_spec("maplibre")
    if spec is None or spec.origin is None:
        raise InputError("is not installed", field="maplibre", cure="run ./start setup")
    return Path(spec.origin).parent / "srcjs"
