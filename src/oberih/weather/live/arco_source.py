"""Where in ARCO-ERA5's stores does an area stand, hour by hour, and is what comes from there weather?

Defines the noun `ArcoSource`: the stores of a wish, with the places of its area, levels and times in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, SourceUnavailable
from oberih.weather.live.arco_store import Part, Store
from oberih.weather.live.era5_names import (
    GROUND,
    LEVELS,
    MODEL_STORE,
    PRESSURE_STORE,
    PRESSURES,
    SPARED,
    model_levels,
)
from oberih.weather.live.era5_wish import Area, Wish, stamp
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import NotThere

__all__ = ["ArcoSource"]

ATTEMPTS = 3
"""What was damaged on its way is asked for so often."""

Floats = npt.NDArray[np.float32]


class ArcoSource:
    """The stores of a wish, with the places of its area, levels and times in them.

    Parameters
    ----------
    server : Server
    address : str
        Of the bucket.
    wish : Wish

    Raises
    ------
    SourceUnavailable
        If the stores do not answer, hold other hours, or lie in another way.
    InputError
        If the area holds too little of the grid.
    """

    def __init__(self, server: Server, address: str, wish: Wish) -> None:
        address = address.rstrip("/")
        self.wish = wish
        self.ground = Store.open(server, f"{address}/{PRESSURE_STORE}")
        self.above = self.ground if wish.kind == "pressure" else Store.open(server, f"{address}/{MODEL_STORE}")
        for store in {id(s): s for s in (self.ground, self.above)}.values():
            _covered(store, wish.times)
        latitude, longitude = (self.ground.axis(n).astype(float) for n in ("latitude", "longitude"))
        self.rows = _rows(latitude, wish.area)
        self.columns = _columns(longitude, wish.area)
        self.latitude = latitude[self.rows[0] : self.rows[1]]
        self.longitude = _eastward(longitude[list(self.columns)])
        self.levels, self.places = self._levels()
        self.lacks = tuple(
            long for short, (long, _, _) in (*LEVELS.items(), *GROUND.items())
            if short in SPARED and f"{long}/.zarray" not in (self.above if short in LEVELS else self.ground).metadata
        )  # fmt: skip
        self._clocks: dict[int, _Clock] = {}

    def _levels(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Levels that are kept, and where they stand in the store."""
        name, wanted = ("level", PRESSURES) if self.wish.kind == "pressure" else ("hybrid", model_levels())
        known = [round(float(v)) for v in self.above.axis(name)]
        there = tuple(v for v in wanted if v in known)
        if len(there) < len(wanted) // 2:
            raise SourceUnavailable(f"{self.above.url}: lacks most of the levels wanted; the store may have changed")
        return there, tuple(known.index(v) for v in there)

    def parts(self, time: int) -> dict[str, tuple[Store, Part]]:
        """What is to be read for a time, by short name."""
        found: dict[str, tuple[Store, Part]] = {}
        for short, (name, _, _) in LEVELS.items():
            if name not in self.lacks:
                at = self._clock(self.above).place(time)
                found[short] = (self.above, Part(name, at, self.places, self.rows, self.columns))
        for short, (name, _, _) in GROUND.items():
            if name not in self.lacks:
                at = self._clock(self.ground).place(time)
                found[short] = (self.ground, Part(name, at, (), self.rows, self.columns))
        return found

    def _clock(self, store: Store) -> _Clock:
        if id(store) not in self._clocks:
            self._clocks[id(store)] = _Clock(store)
        return self._clocks[id(store)]

    def hour(self, time: int, pool: ThreadPoolExecutor) -> dict[str, Floats]:
        """Read a time, several fields at once, and check each."""
        parts = self.parts(time)
        read = pool.map(lambda item: _read(item[1][0], item[1][1], item[0], time), parts.items())
        return dict(zip(parts, read, strict=True))


class _Clock:
    """Where a time stands on a store's axis, checked against what the axis says there."""

    def __init__(self, store: Store) -> None:
        self.store = store
        unit = store.unit("time")
        if not unit.startswith("hours since "):
            raise SourceUnavailable(
                f"{store.url}: counts time in {unit or 'an unknown unit'}; the store may have changed"
            )
        try:
            zero = datetime.fromisoformat(unit.removeprefix("hours since ").strip().split(".")[0])
        except ValueError as error:
            raise SourceUnavailable(f"{store.url}: counts time from {unit!r}, which cannot be read") from error
        self.zero = round(zero.replace(tzinfo=UTC).timestamp())
        self.each = store.layout("time").chunks[0]
        self._chunks: dict[int, Any] = {}

    def _chunk(self, k: int) -> Any:
        if k not in self._chunks:
            self._chunks[k] = self.store.axis("time", chunk=k)
        return self._chunks[k]

    def place(self, time: int) -> int:
        """Index of a time.

        Raises
        ------
        SourceUnavailable
            If the axis has another time there.
        """
        hour = (time - self.zero) // SECONDS_PER_HOUR
        index = hour - int(self._chunk(0)[0])
        size = self.store.layout("time").shape[0]
        if not 0 <= index < size or int(self._chunk(index // self.each)[index % self.each]) != hour:
            raise SourceUnavailable(f"{self.store.url}: {stamp(time)} is not on its axis of time")
        return index


def _covered(store: Store, times: Sequence[int]) -> None:
    """Refuse hours of which the store says that it does not hold them: its axis goes on, filled with nothing."""
    told = store.attributes
    first = told.get("valid_time_start")
    last = max((str(told[k]) for k in ("valid_time_stop", "valid_time_stop_era5t") if told.get(k)), default=None)
    try:
        begin = None if first is None else _midnight(str(first))
        end = None if last is None else _midnight(last) + 23 * SECONDS_PER_HOUR
    except ValueError as error:
        raise SourceUnavailable(f"{store.url}: what it says of its hours cannot be read") from error
    if (begin is not None and times[0] < begin) or (end is not None and times[-1] > end):
        raise SourceUnavailable(
            f"{store.url}: holds {first} to {last}, not {stamp(times[0])} to {stamp(times[-1])}; "
            "ERA5 comes about a week late"
        )


def _midnight(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def _read(store: Store, part: Part, short: str, time: int) -> Floats:
    """Read a part and refuse what is no weather; what was damaged on its way is asked for again."""
    _, unit, most = (LEVELS | GROUND)[short]
    last: SourceUnavailable | None = None
    for _ in range(ATTEMPTS):
        try:
            values = store.read(part)
        except NotThere as error:
            raise SourceUnavailable(f"{store.url}: has no {part.name} for {stamp(time)}") from error
        except SourceUnavailable as error:
            last = error
            continue
        if np.isnan(values).any():
            raise SourceUnavailable(f"{store.url}: {part.name} holds nothing for {stamp(time)} (not filled yet?)")
        if not (np.abs(values) <= most).all():
            last = SourceUnavailable(f"{store.url}: {part.name} at {stamp(time)} holds what no air has [{unit}]")
            continue
        return values
    assert last is not None
    raise last


def _rows(latitude: Any, area: Area) -> tuple[int, int]:
    inside = np.flatnonzero((latitude >= area[1] - 1e-6) & (latitude <= area[3] + 1e-6))
    if len(inside) < 2:
        raise InputError("holds fewer than two rows of the grid", field="area", value=area, cure="widen it")
    return int(inside[0]), int(inside[-1]) + 1


def _columns(longitude: Any, area: Area) -> tuple[int, ...]:
    wide = (area[2] - area[0]) % 360.0 or 360.0
    east = (longitude - area[0] + 1e-6) % 360.0
    inside = np.flatnonzero(east <= wide + 2e-6)
    if len(inside) < 2:
        raise InputError(
            "holds fewer than two columns of the grid", field="area", value=area, cure="give a larger area"
        )
    return tuple(int(i) for i in inside[np.argsort(east[inside])])


def _eastward(longitude: Any) -> Any:
    """Longitudes that rise without a jump, from -180° on."""
    first = longitude[0] - 360.0 if longitude[0] >= 180.0 else longitude[0]
    return first + (longitude - longitude[0]) % 360.0
