"""A forecast that stands ready, as the story itself makes it: made-up fields, few levels, few particles."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from oberih.case.progress import Silent
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_watch import keep_ready
from tests.weather.live.conftest import QUICK, three_levels
from tests.weather.live.simulator import ForecastServer

SITE = "zaporizhzhia"
HOURS, FOLLOW, PARTICLES = 36, 24, 96


def forecast_kept(now: int) -> Path:
    """A folder of caches in which a forecast stands ready at a time [s since 1970]; nobody may write to it."""
    return Path(_made(now // 3600 * 3600))


def forecast_for(now: int, cache: Path) -> Path:
    """The same in a folder of a test's own, which it may spoil."""
    shutil.copytree(forecast_kept(now) / "forecast", cache / "forecast")
    return cache


@lru_cache(maxsize=2)
def _made(now: int) -> str:
    cache = Path(mkdtemp(prefix="oberih-ready-"))
    request = ForecastRequest(SITE, "nomads", cache=cache, hours=HOURS, follow=FOLLOW, particles=PARTICLES, workers=1)
    with three_levels(), ForecastServer(there=lambda run, step: run <= now - 5 * 3600) as server:
        keep_ready(
            _at(request, server.url), clock=lambda: now, wait=lambda _: None, told=lambda _: None,
            progress=Silent(), once=True, patience=QUICK,
        )  # fmt: skip
    shutil.rmtree(cache / "live")
    return str(cache)


def _at(request: ForecastRequest, server: str) -> ForecastRequest:
    return ForecastRequest(**{**vars(request), "server": server})
