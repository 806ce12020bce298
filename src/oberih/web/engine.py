"""Who computes, while others read?

Defines `Engine`: it prepares the year's atlas in the background from the moment the server starts, says how far it is,
and then answers the designer's questions in a few threads.  The same question asked twice at once is computed once;
the latest answers are kept; a crowd that asks more than can be computed soon is told when to come back.

Invariants: a question that cannot be answered now is refused with a time to wait; nothing runs on after `stop`; what is
kept beside the benches is bounded (`ANSWERS_BYTES`, `SUMS_BYTES`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime
from typing import Any

from oberih.case.reach.design import Bench, Design, DesignRequest, Sums, answered, put, sums_of
from oberih.case.reach.design_bench import refuse_what_is_over
from oberih.case.reach.design_recent import Recent, weight_of
from oberih.case.reach.uploads import Uploads
from oberih.web.engine_benches import Benches, not_yet, opened_and_tried
from oberih.web.engine_watch import Readiness, Watch
from oberih.web.settings import ServeSettings

__all__ = ["Engine", "Readiness"]

HANDS = 2
"""Questions answered at a time."""

QUEUE = 16
"""Further questions that may wait."""

ANSWERS_BYTES = 96 * 2**20
"""Of answers that are kept."""

SUMS_BYTES = 128 * 2**20
"""Of sums that are kept: another percentile, the same sums."""

PATIENCE = 60.0
"""How long a question waits for its answer [s]."""


class Engine:
    """Prepares the atlas, and answers the designer's questions.

    Parameters
    ----------
    settings : ServeSettings
    opened : callable, optional
        Makes the year's bench in place of `opened_and_tried`; for tests, whose weather is of days.
    clock : callable, optional
        Gives the time, UTC, by which a forecast has ended; without it none has.
    """

    def __init__(
        self, settings: ServeSettings, *, opened: Callable[..., Bench] = opened_and_tried,
        clock: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.clock = settings, clock
        self.uploads = Uploads(settings.cache)
        self._watch = Watch()
        self.benches = Benches(settings, self._watch, opened=opened)
        self._lock = threading.Lock()
        self._running: dict[DesignRequest, Future[Design]] = {}
        self._answers: Recent[tuple[str, DesignRequest], Design] = Recent(ANSWERS_BYTES)
        self._sums: Recent[tuple[str, DesignRequest], Sums] = Recent(SUMS_BYTES)
        self._hands: ThreadPoolExecutor | None = None
        self._preparer: threading.Thread | None = None

    @property
    def readiness(self) -> Readiness:
        """How far the year's atlas is."""
        return self._watch.readiness

    def told(self) -> dict[str, Any]:
        """How far the year's atlas is, as data, for the event stream."""
        r = self.readiness
        return {"state": r.state, "stage": r.stage, "done": r.done, "total": r.total, "why": r.why}

    @property
    def weathers(self) -> tuple[str, ...]:
        """Which weather can be asked for."""
        return ("year", "forecast") if self.benches.has_forecast else ("year",)

    @property
    def bench(self) -> Bench:
        """The bench of the year; refused while it is not there, see `Benches.year`."""
        return self.benches.year

    def start(self) -> None:
        """Begin to prepare; returns at once."""
        if self._preparer is not None:
            return
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="design")
        self._watch.begin()
        self._preparer = threading.Thread(target=self.benches.prepare, name="atlas", daemon=True)
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
            As of `oberih.case.reach.design.design`.
        HTTPException
            409 while an atlas is prepared, 429 where too much is asked, each with the time to wait; 503 where the
            atlas could not be made.
        """
        bench = self.benches.forecast() if request.weather == "forecast" else self.benches.year
        if request.weather == "forecast" and self.clock is not None:
            refuse_what_is_over(bench.air, now=self.clock())
        kept = self._answers.get((bench.atlas.digest, request))
        if kept is not None:
            return kept
        try:
            return self._submitted(request, bench).result(PATIENCE)
        except FutureTimeout:
            raise not_yet("The answer takes too long just now; ask again.", 5, status=429) from None
        except CancelledError:
            raise not_yet("The server is stopping.", 10, status=429) from None

    def _submitted(self, request: DesignRequest, bench: Bench) -> Future[Design]:
        """The future of a question: that of the same question, where it is being answered."""
        with self._lock:
            running = self._running.get(request)
            if running is not None:
                return running
            if self._hands is None or self._watch.stopped:
                raise not_yet("The server is stopping.", 10, status=429)
            if len(self._running) >= HANDS + QUEUE:
                raise not_yet(f"{len(self._running)} questions are waiting; ask again in a moment.", 2, status=429)
            future = self._hands.submit(self._answer, request, bench)
            self._running[request] = future
        future.add_done_callback(lambda _: self._forget(request))
        return future

    def _forget(self, request: DesignRequest) -> None:
        with self._lock:
            self._running.pop(request, None)

    def _answer(self, request: DesignRequest, bench: Bench) -> Design:
        key = (bench.atlas.digest, request.summed)
        sums = self._sums.get(key)
        if sums is None:
            asked = put(request, bench=bench, uploads=self.uploads)
            sums = sums_of(asked, bench=self.benches.holding(asked.terms, bench))
            self._sums.put(key, sums, size=weight_of(sums.put.question, sums.result))
        found = answered(request, sums, bench=bench)
        size = weight_of(sums.put.question, sums.result)
        self._answers.put((bench.atlas.digest, request), found, size=size)
        return found
