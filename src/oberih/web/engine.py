"""Who computes, while others read?

Defines `Engine`: it prepares the year's atlas in the background from the moment the server starts, says how far it is,
and then answers the designer's questions in a few threads.  The same question asked twice at once is computed once;
the latest answers are kept; a crowd that asks more than can be computed soon is told when to come back.

Invariants: a question that is not answered is refused with 503 and a time to wait; nothing runs on after `stop`; what
is kept in memory is bounded (`KEPT_BYTES` of answers beside the benches).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from starlette.exceptions import HTTPException

from oberih.case.design import Bench, Design, DesignRequest, Put, answered, open_bench, put, widened
from oberih.case.request import PlanRequest
from oberih.case.uploads import Uploads
from oberih.errors import InputError, OberihError
from oberih.web.engine_watch import Readiness, Stopped, Watch
from oberih.web.kept_answers import KeptAnswers
from oberih.web.settings import ServeSettings

__all__ = ["Engine", "Readiness"]

HANDS = 2
"""Questions answered at a time."""

QUEUE = 16
"""Further questions that may wait."""

KEPT_BYTES = 128 * 2**20
"""Of answers that are kept, about."""

PATIENCE = 60.0
"""How long a question waits for its answer [s]."""

WIDE_PATIENCE = 25.0
"""How long it waits for further terms of the atlas [s]."""


class Engine:
    """Prepares the atlas, and answers the designer's questions.

    Parameters
    ----------
    settings : ServeSettings
    opened : callable, optional
        Makes the bench in place of `open_bench`; for tests, whose weather is of days.
    """

    def __init__(self, settings: ServeSettings, *, opened: Callable[..., Bench] = open_bench) -> None:
        self.settings, self._opened = settings, opened
        self.uploads = Uploads(settings.cache)
        self._watch = Watch()
        self._bench: Bench | None = None
        self._wide: Future[Bench] | None = None
        self._lock = threading.Lock()
        self._running: dict[DesignRequest, Future[Design]] = {}
        self._kept = KeptAnswers(KEPT_BYTES)
        self._hands: ThreadPoolExecutor | None = None
        self._preparer: threading.Thread | None = None

    @property
    def readiness(self) -> Readiness:
        """How far the atlas is."""
        return self._watch.readiness

    def told(self) -> dict[str, Any]:
        """How far the atlas is, as data, for the event stream."""
        r = self.readiness
        return {"state": r.state, "stage": r.stage, "done": r.done, "total": r.total, "why": r.why}

    @property
    def bench(self) -> Bench:
        """The bench of the year.

        Raises
        ------
        HTTPException
            503, with how far it is, while it is not there.
        """
        if self._bench is None:
            raise self._not_ready()
        return self._bench

    def start(self) -> None:
        """Begin to prepare; returns at once."""
        if self._preparer is not None:
            return
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="design")
        self._watch.begin()
        self._preparer = threading.Thread(target=self._prepare, name="atlas", daemon=True)
        self._preparer.start()

    def stop(self, *, patience: float = 20.0) -> None:
        """End everything that runs; waits until it has ended, or for so long [s]."""
        self._watch.stop()
        if self._hands is not None:
            self._hands.shutdown(wait=False, cancel_futures=True)
        if self._preparer is not None:
            self._preparer.join(patience)

    def design(self, request: DesignRequest) -> Design:
        """Answer a question; blocks until it is answered.

        Raises
        ------
        OberihError
            As of `oberih.case.design.design`.
        HTTPException
            503, with the time to wait, while the atlas is prepared or too much is asked.
        """
        bench = self._bench_for(request)
        kept = self._kept.get(request)
        if kept is not None:
            return kept
        try:
            return self._submitted(request, bench).result(PATIENCE)
        except FutureTimeout:
            raise _busy("The answer takes too long just now; ask again.", 5) from None

    def _bench_for(self, request: DesignRequest) -> Bench:
        if request.weather == "forecast":
            raise InputError("no forecast is at hand", field="weather", value="forecast", cure="ask for the year")
        return self.bench

    def _submitted(self, request: DesignRequest, bench: Bench) -> Future[Design]:
        """The future of a question: that of the same question, where it is being answered."""
        with self._lock:
            running = self._running.get(request)
            if running is not None:
                return running
            if self._hands is None or self._watch.stopped:
                raise _busy("The server is stopping.", 10)
            if len(self._running) >= HANDS + QUEUE:
                raise _busy(f"{len(self._running)} questions are waiting; ask again in a moment.", 2)
            future = self._hands.submit(self._answer, request, bench)
            self._running[request] = future
        future.add_done_callback(lambda _: self._forget(request))
        return future

    def _forget(self, request: DesignRequest) -> None:
        with self._lock:
            self._running.pop(request, None)

    def _answer(self, request: DesignRequest, bench: Bench) -> Design:
        asked = put(request, bench=bench, uploads=self.uploads)
        found = answered(asked, bench=self._with_terms(asked, bench))
        if request.upload is None:  # what was handed in may go, and come back as something else
            self._kept.put(request, found)
        return found

    def _with_terms(self, asked: Put, bench: Bench) -> Bench:
        """A bench that holds the terms of a release: iodine is not held until somebody asks for it."""
        if set(asked.terms) <= set(bench.packed.active):
            return bench
        with self._lock:
            if self._wide is None or (self._wide.done() and self._wide.exception() is not None):
                self._wide = Future()
                threading.Thread(target=self._widen, args=(bench, self._wide), name="widen", daemon=True).start()
            wide = self._wide
        try:
            return wide.result(WIDE_PATIENCE)
        except FutureTimeout:
            raise _busy("The iodine of the atlas is being read; ask again.", 10) from None

    def _widen(self, bench: Bench, future: Future[Bench]) -> None:
        try:
            future.set_result(widened(bench, told=self._watch.refuse_if_stopped))
        except BaseException as error:
            future.set_exception(error)

    def _prepare(self) -> None:
        s = self.settings
        request = PlanRequest(
            s.site, weather=s.weather, mapping=s.mapping if s.weather.endswith(".csv") else None, cache=s.cache,
            workers=s.workers, seed=s.seed,
        )  # fmt: skip
        try:
            self._bench = self._opened(request, progress=self._watch)
            self._watch.ready()
        except Stopped:
            return
        except OberihError as error:
            self._watch.fail(str(error))
        except Exception as error:
            self._watch.fail("an internal fault; it is in the server's log", error)

    def _not_ready(self) -> HTTPException:
        r = self.readiness
        if r.state == "failed":
            return _busy(f"The year's atlas could not be made: {r.why}", 60)
        share = f", {r.done} of {r.total}" if r.total else ""
        return _busy(f"The year's atlas is being prepared: {r.stage or 'beginning'}{share}.", 5)


def _busy(detail: str, seconds: int) -> HTTPException:
    return HTTPException(503, detail, headers={"Retry-After": str(seconds)})
