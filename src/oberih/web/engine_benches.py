"""Which atlases are on the bench?

Defines `Benches`: the year's (prepared in the background from the start), the same with the terms of iodine (once
somebody asks for them), and that of the forecast (made anew when its file changes).  What is not there yet is refused
with 409 and a time to come back: nothing is wrong, it is early.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

from starlette.exceptions import HTTPException

from oberih.case.progress import Progress, Silent
from oberih.case.reach.design import Bench, DesignRequest, design, open_bench, open_forecast, widened
from oberih.case.reach.request import PlanRequest
from oberih.errors import InputError, OberihError
from oberih.web.engine_watch import Stopped, Watch
from oberih.web.settings import ServeSettings

__all__ = ["Benches", "not_yet", "opened_and_tried"]

PATIENCE = 25.0
"""How long a question waits for further terms, or for a forecast's atlas [s]."""


def not_yet(detail: str, seconds: int, *, status: int = 409) -> HTTPException:
    """Refuse for now, and say when to come back [s]."""
    return HTTPException(status, detail, headers={"Retry-After": str(seconds)})


def opened_and_tried(request: PlanRequest, *, progress: Progress) -> Bench:
    """Make the year's bench, and ask it something, so that nobody waits for what is loaded with the first question."""
    bench = open_bench(request, progress=progress)
    progress.stage("a first question")
    with contextlib.suppress(InputError):  # a site without a core
        design(DesignRequest(), bench=bench)
    return bench


class Benches:
    """The atlases in memory.

    Parameters
    ----------
    settings : ServeSettings
    watch : Watch
        Told how far the year's atlas is.
    opened : callable
        Makes the year's bench.
    """

    def __init__(
        self, settings: ServeSettings, watch: Watch, *, opened: Callable[..., Bench] = opened_and_tried
    ) -> None:
        self.settings, self._watch, self._opened = settings, watch, opened
        self._year: Bench | None = None
        self._wide: Future[Bench] | None = None
        self._forecast: tuple[object, Future[Bench]] | None = None
        self._lock = threading.Lock()
        self._read = 0

    @property
    def year(self) -> Bench:
        """The year's bench.

        Raises
        ------
        HTTPException
            409 while it is prepared; 503 where it could not be made.
        """
        if self._year is None:
            r = self._watch.readiness
            if r.state == "failed":
                raise not_yet(f"The year's atlas could not be made: {r.why}", 60, status=503)
            share = f", {r.done} of {r.total}" if r.total else ""
            raise not_yet(f"The year's atlas is being prepared: {r.stage or 'beginning'}{share}.", 5)
        return self._year

    @property
    def has_forecast(self) -> bool:
        """Whether a forecast can be asked for."""
        return self.settings.forecast is not None and self.settings.forecast.is_file()

    @property
    def bytes(self) -> int:
        """What all benches hold [B]."""
        waiting = [self._wide, None if self._forecast is None else self._forecast[1]]
        done = [f.result() for f in waiting if f is not None and f.done() and f.exception() is None]
        return sum(b.bytes for b in (self._year, *done) if b is not None)

    def prepare(self) -> None:
        """Make the year's bench, and the forecast's; the watch is told how far it is, and what went wrong."""
        s = self.settings
        named = s.weather == "climate" or s.weather.startswith("open-meteo:")
        request = PlanRequest(
            s.site, weather=s.weather, mapping=None if named else s.mapping, cache=s.cache, workers=s.workers,
            seed=s.seed,
        )  # fmt: skip
        try:
            self._year = self._opened(request, progress=self._watch)
            self._watch.ready()
            if self.has_forecast:
                with contextlib.suppress(OberihError, HTTPException):  # told to whoever asks for it
                    self.forecast()
        except Stopped:
            return
        except OberihError as error:
            self._watch.fail(str(error))
        except Exception as error:
            self._watch.fail("an internal fault; it is in the server's log", error)

    def holding(self, terms: tuple[int, ...], bench: Bench) -> Bench:
        """A bench that holds the terms of a release: those of iodine are not held until somebody asks for them.

        Raises
        ------
        HTTPException
            409 while they are read.
        """
        if set(terms) <= set(bench.packed.active):
            return bench
        with self._lock:
            if self._wide is None or _failed(self._wide):
                self._read = 0
                self._wide = _begun("iodine", lambda: widened(bench, told=self._count))
            wide = self._wide
        total = bench.atlas.blocks * len(bench.atlas.heights)
        return _waited(wide, lambda: f"The iodine of the atlas is being read, {self._read} of {total}.")

    def forecast(self) -> Bench:
        """The bench of the forecast as its file is now.

        Raises
        ------
        InputError, WeatherRefused, StoreError
            If there is none, or it cannot be used.
        HTTPException
            409 while its atlas is made.
        """
        path = self.settings.forecast
        if path is None or not path.is_file():
            raise InputError("no forecast is at hand", field="weather", value="forecast", cure="ask for the year")
        facts = path.stat()
        key = (facts.st_mtime_ns, facts.st_size)
        with self._lock:
            if self._forecast is None or self._forecast[0] != key:
                self._forecast = key, _begun("forecast", lambda: self._of_forecast(path))
            found = self._forecast[1]
        return _waited(found, lambda: "The forecast's atlas is being made; ask again in a moment.")

    def _count(self) -> None:
        self._watch.refuse_if_stopped()
        self._read += 1  # two threads may count at once and lose one: it is told to people only

    def _of_forecast(self, path: Path) -> Bench:
        s = self.settings
        request = PlanRequest(s.site, weather=str(path), mapping=s.mapping, cache=s.cache, workers=1, seed=s.seed)
        return open_forecast(request, progress=Silent())


def _begun(name: str, work: Callable[[], Bench]) -> Future[Bench]:
    """The future of work in a thread of its own."""
    future: Future[Bench] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def _failed(future: Future[Bench]) -> bool:
    return future.done() and future.exception() is not None


def _waited(future: Future[Bench], detail: Callable[[], str]) -> Bench:
    try:
        return future.result(PATIENCE)
    except FutureTimeout:
        raise not_yet(detail(), 10) from None
