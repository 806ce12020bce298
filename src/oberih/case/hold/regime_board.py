"""How do the regimes stand, for somebody who looks at a board again and again?

`Board` keeps what was judged, as long as the record does not grow: the same question costs nothing twice, and two
who ask at once wait for one answer.  Only regimes that ship are judged here, never a file that a stranger names.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import Asked, judge_regime
from oberih.case.hold.regime_timeline import History, history
from oberih.case.progress import Silent
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import opened, without_place
from oberih.errors import InputError, UnknownName
from oberih.evidence.database import is_url
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import list_regimes

__all__ = ["EARLIEST", "MOST_DAYS", "Board", "refuse_day"]

EARLIEST = date(1895, 1, 1)
"""Nothing that is judged is older."""

MOST_DAYS = 4000
"""Days judged for one history."""

_KEPT = 64

Answer = TypeVar("Answer")


def refuse_day(day: date | None, *, today: date, name: str) -> None:
    """Refuse a day of which nothing can be known.

    Raises
    ------
    InputError
        If it lies in the future, or before `EARLIEST`.
    """
    if day is not None and day > today:
        cure = f"give a day up to {today}"
        raise InputError("lies in the future: nothing is known of it", field=name, value=day.isoformat(), cure=cure)
    if day is not None and day < EARLIEST:
        raise InputError("lies before 1895", field=name, value=day.isoformat(), cure="correct the year")


@dataclass
class Board:
    """Judgements and histories over one record, kept while it stays as it is.

    Parameters
    ----------
    keeping : Keeping
    """

    keeping: Keeping
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def names(self) -> tuple[str, ...]:
        """Return the ids of the regimes that ship."""
        return tuple(r.id for r in list_regimes())

    def judgement(self, name: str, *, as_of: date, known_by: date | None = None) -> Judgement:
        """Judge a regime on a day.

        Raises
        ------
        UnknownName
            If no such regime ships.
        InputError, StoreError
            If the record cannot be used.
        """
        self._refuse_stranger(name)
        return self._once(
            ("day", name, as_of, known_by), lambda record: judge_regime(Asked(name, as_of, known_by, record))
        )

    def history(
        self, name: str, *, start: date | None, end: date, known_by: date | None = None, rolling: bool = False
    ) -> History:
        """Find every change of a regime's findings between two days.

        Raises
        ------
        UnknownName
            If no such regime ships.
        InputError, StoreError
            If more than `MOST_DAYS` would have to be judged, or the record cannot be used.
        """
        self._refuse_stranger(name)

        def made(record: str | None) -> History:
            asked = Asked(name, end, known_by, record)
            return history(asked, start=start, progress=Silent(), rolling=rolling, most=MOST_DAYS)

        return self._once(("time", name, start, end, known_by, rolling), made)

    def recorded(self, judgement: Judgement) -> frozenset[str]:
        """Return the ids of observations that stand in the own record, not in tables that ship."""
        shipped = {o.id for o in shipped_observations()}
        return frozenset(o.id for o in judgement.observations if o.id not in shipped)

    def _refuse_stranger(self, name: str) -> None:
        if name not in self.names():
            raise UnknownName("regime", name, known=self.names())

    def _once(self, question: Hashable, answer: Callable[[str | None], Answer]) -> Answer:
        with self._lock, without_place(self.keeping):
            record, state = self._record()
            key = (question, state)
            if key not in self._kept:
                self._kept[key] = answer(record)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            found: Answer = self._kept[key]
            return found

    def _record(self) -> tuple[str | None, Hashable]:
        """The own record where there is one, and a mark of its state: what was judged by another is judged again."""
        if not self.keeping.exists:
            return None, None
        with opened(self.keeping) as log:
            size = log.size
        changed = 0 if is_url(self.keeping.store) else Path(self.keeping.store).stat().st_mtime_ns
        return self.keeping.store, (size, changed)
