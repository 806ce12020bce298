"""What does a release add up to over an atlas?

The room's arithmetic with labels: response tables in, dose fields or exceedances out.  A
table says what one unit of an atlas means for a quantity; where it comes from (dose) is not
this room's concern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels import superpose as kernel
from oberih.atlas.kernels.rises import rises
from oberih.atlas.layout import BLOCK_HOURS
from oberih.atlas.packed import Packed, pack
from oberih.atlas.store import Atlas
from oberih.errors import OutOfRange

BOUND_MARGIN = 1.0001
"""Over what a ring can reach, for the rounding of sums in single precision [1]."""

BLOCKS_AT_ONCE = 6
"""Read together when a whole atlas does not stay in memory; blocks of a week, or as many smaller ones."""

_Share = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Counts, reach and watched doses of some starts."""


@dataclass(frozen=True)
class Source:
    """What superposition needs to know of a release.

    Parameters
    ----------
    tables : float32 array, shape (release hours, ages, 12, 8)
        Dose per unit of tic, gamma and deposit (four forms each) for up to eight quantities.
    height, heat : float array, shape (release hours,)
        Of the opening [m], sensible heat [W].
    exit_velocity, exit_diameter : float
        [m/s], [m]
    """

    tables: npt.NDArray[np.float32]
    height: npt.NDArray[np.float64]
    heat: npt.NDArray[np.float64]
    exit_velocity: float = 0.0
    exit_diameter: float = 0.0

    @property
    def hours(self) -> int:
        """Length of the release [h]."""
        return len(self.height)

    @cached_property
    def active(self) -> tuple[int, ...]:
        """Terms that the tables have."""
        return tuple(int(t) for t in np.flatnonzero(self.tables.any(axis=(0, 1, 3))))

    def of_terms(self, terms: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """The tables of these terms, shape (release hours, ages, terms, 8); padding is zero.

        Raises
        ------
        OutOfRange
            If the source has a term that is not among them.
        """
        if not set(self.active) <= set(terms):
            raise OutOfRange(f"the release has terms {self.active}", field="packed.active", value=terms)
        out = np.zeros((*self.tables.shape[:2], len(terms), kernel.LANES), dtype=np.float32)
        for i, term in enumerate(terms):
            if term >= 0:
                out[:, :, i] = self.tables[:, :, term]
        return out


@dataclass(frozen=True)
class Asked:
    """A release and the levels asked of it.

    Parameters
    ----------
    source : Source
    lanes : int array, shape (criteria,)
        Quantity (column of the tables) of each criterion.
    levels : float array, shape (criteria,)
        [Sv]
    stride : int
        Take every so-manieth start; a release of a day need not begin at every hour to be known.
    hours : int array, shape (n,), optional
        Release hours of the starts to take, rising, in place of ``stride``.
    watched : int array, shape (watched,)
        Cells whose dose is wanted start by start.
    lanes_watched : int array, shape (quantities,)
        Of which quantities.
    """

    source: Source
    lanes: npt.NDArray[np.int64]
    levels: npt.NDArray[np.float64]
    stride: int = 1
    hours: npt.NDArray[np.int64] | None = None
    watched: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    lanes_watched: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def starts(self, begin: int, end: int) -> npt.NDArray[np.int64]:
        """Release hours of the starts to take from ``begin`` to before ``end``."""
        if self.hours is None:
            return np.arange(-(-begin // self.stride) * self.stride, end, self.stride)
        return self.hours[np.searchsorted(self.hours, begin) : np.searchsorted(self.hours, end)]


@dataclass(frozen=True)
class Exceeded:
    """Where levels were exceeded, over many starts.

    Parameters
    ----------
    starts : int64 array, shape (n,)
        Beginning of each release, seconds since 1970.
    counts : int32 array, shape (criteria, cells)
    reach : float32 array, shape (criteria, n, sectors)
        [m]
    doses : float32 array, shape (quantities, n, watched)
        At the watched cells [Sv or Gy].
    """

    starts: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]
    reach: npt.NDArray[np.float32]
    doses: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0, 0), dtype=np.float32))


def height_weights(atlas: Atlas, source: Source) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Which release heights stand for the plume, hour by hour of the air.

    Returns
    -------
    kind : int array, shape (release hours,)
    weights : float32 array, shape (kinds, hours of the air, heights)
        Sum to 1.

    Notes
    -----
    Effective height = opening + plume rise in that hour's air; between two heights of the
    atlas the shares are linear, outside its range the nearest height stands.
    """
    openings = list(zip(source.height.tolist(), source.heat.tolist(), strict=True))
    kinds = sorted(set(openings))
    heights = np.asarray(atlas.heights)
    weights = np.zeros((len(kinds), atlas.releases, len(heights)), dtype=np.float32)
    for k, (height, heat) in enumerate(kinds):
        effective = height + _rise(atlas, source, height, heat)
        upper = np.clip(np.searchsorted(heights, effective), 1, max(len(heights) - 1, 1))
        if len(heights) == 1:
            weights[k, :, 0] = 1.0
            continue
        lower = upper - 1
        share = np.clip((effective - heights[lower]) / (heights[upper] - heights[lower]), 0.0, 1.0)
        rows = np.arange(atlas.releases)
        weights[k, rows, lower] = 1.0 - share
        weights[k, rows, upper] = share
    return np.array([kinds.index(o) for o in openings], dtype=np.int64), weights


def _rise(atlas: Atlas, source: Source, height: float, heat: float) -> npt.NDArray[np.float64]:
    """Plume rise in the air of every release hour [m]."""
    if heat <= 0.0 and source.exit_velocity <= 0.0:
        return np.zeros(atlas.releases)
    facts = atlas.facts["air"]
    return np.asarray(
        rises(
            atlas.air[: atlas.releases], facts["wind_height"], facts["roughness_length"], heat, source.exit_velocity,
            source.exit_diameter, height,
        )
    )  # fmt: skip


def dose_field(atlas: Atlas, source: Source, *, start: int, packed: Packed | None = None) -> npt.NDArray[np.float32]:
    """Dose in every cell from a release that begins at release hour ``start``.

    Parameters
    ----------
    atlas : Atlas
    source : Source
    start : int
        Index of the release hour.
    packed : Packed, optional
        All of the atlas, if it is in memory.

    Returns
    -------
    float32 array, shape (8, rings, sectors)
        In the tables' unit [Sv].

    Raises
    ------
    OutOfRange
        If the release outlasts the atlas.
    """
    if start < 0 or start + source.hours > atlas.releases:
        raise OutOfRange(
            f"a release of {source.hours} h from hour {start} outlasts the atlas's {atlas.releases} release hours",
            field="start", cure="give more hours of weather",
        )  # fmt: skip
    kind, weights = height_weights(atlas, source)
    if packed is None:
        blocks = range(start // atlas.block_hours, (start + source.hours - 1) // atlas.block_hours + 1)
        packed = pack(atlas, blocks=blocks, terms=source.active)
    _refuse_part(atlas, packed, weights, start, start + source.hours)
    field = np.zeros((atlas.grid.cells, kernel.LANES), dtype=np.float32)
    kernel.add_release(
        field, start - packed.first, packed.offsets, packed.offsets[:, 1:], packed.cells, packed.terms, packed.ages,
        source.of_terms(packed.active), kind, _own_weights(atlas, packed, weights),
    )  # fmt: skip
    return np.ascontiguousarray(field.T.reshape(kernel.LANES, atlas.grid.rings, atlas.grid.sectors))


def exceedances(
    atlas: Atlas,
    sources: list[Asked],
    *,
    packed: Packed | None = None,
    threads: int = 2,
    told: Callable[[int, int], None] | None = None,
) -> list[Exceeded]:
    """Over the starts of an atlas, where was each level exceeded, for several releases at once.

    Parameters
    ----------
    atlas : Atlas
    sources : list of Asked
    packed : Packed, optional
        All of the atlas, if it is in memory; else it is read block by block, once for all.
    threads : int
    told : callable, optional
        Told the starts done and their total.

    Raises
    ------
    OutOfRange
        If a release outlasts a block, or the atlas.

    Notes
    -----
    A start of a release counts only if the release ends within the atlas.
    """
    longest = max(asked.source.hours for asked in sources)
    if longest > BLOCK_HOURS:
        raise OutOfRange(f"longer than {BLOCK_HOURS} h", field="release", value=f"{longest} h")
    starts = atlas.releases - min(asked.source.hours for asked in sources) + 1
    for asked in sources:
        if not len(asked.starts(0, max(0, atlas.releases - asked.source.hours + 1))) and atlas.releases >= longest:
            raise OutOfRange("leave no start", field="months, hours", cure="ask for more of the year")
    if atlas.releases < longest:
        raise OutOfRange(
            f"longer than the atlas's {atlas.releases} release hours", field="release", value=f"{longest} h",
            cure="give more weather",
        )  # fmt: skip
    plans = [(asked, *height_weights(atlas, asked.source)) for asked in sources]
    if packed is not None:
        for *_, weights in plans:
            _refuse_part(atlas, packed, weights, 0, atlas.releases)
    gathered: list[list[_Share]] = [[] for _ in sources]
    needed = sorted({atlas.heights[h] for *_, w in plans for h in np.flatnonzero(w.any(axis=(0, 1)))})
    terms = sorted({t for asked in sources for t in asked.source.active})
    with ThreadPoolExecutor(threads) as pool:
        for part, begin, end in _parts(atlas, packed, needed, terms, starts, longest):
            for (asked, kind, weights), found in zip(plans, gathered, strict=True):
                own = _own_weights(atlas, part, weights)
                found += _run(
                    pool, threads, part, asked, kind, own, begin, min(end, atlas.releases - asked.source.hours + 1)
                )
            if told:
                told(end, starts)
    return [
        Exceeded(
            atlas.times[asked.starts(0, atlas.releases - asked.source.hours + 1)],
            np.sum([c for c, _, _ in found], axis=0, dtype=np.int32),
            np.concatenate([r for _, r, _ in found], axis=1),
            np.concatenate([d for _, _, d in found], axis=1),
        )
        for (asked, _, _), found in zip(plans, gathered, strict=True)
    ]


def _parts(
    atlas: Atlas, packed: Packed | None, heights: list[float], terms: list[int], starts: int, longest: int
) -> Iterator[tuple[Packed, int, int]]:
    """The atlas in parts, each with the starts that are its own; a part reads on as far as a release may last."""
    if packed is not None:
        yield packed, 0, starts
        return
    together, more = -(-BLOCKS_AT_ONCE * BLOCK_HOURS // atlas.block_hours), -(-longest // atlas.block_hours)
    for first in range(0, atlas.blocks, together):
        begin, end = first * atlas.block_hours, min((first + together) * atlas.block_hours, starts)
        if begin < end:
            span = range(first, min(first + together + more, atlas.blocks))
            yield pack(atlas, heights=heights, blocks=span, terms=terms), begin, end


def _own_weights(atlas: Atlas, part: Packed, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Height weights of the hours and heights that a part holds."""
    columns = [atlas.heights.index(h) for h in part.heights]
    return np.ascontiguousarray(weights[:, part.first : part.first + part.hours][:, :, columns])


def _refuse_part(atlas: Atlas, packed: Packed, weights: npt.NDArray[np.float32], begin: int, end: int) -> None:
    """Refuse what was packed if it lacks hours or heights that the release needs."""
    if packed.first > begin or packed.first + packed.hours < end:
        raise OutOfRange(
            f"holds release hours {packed.first} to {packed.first + packed.hours}, not {begin} to {end}", field="packed"
        )
    needed = {atlas.heights[h] for h in np.flatnonzero(weights.any(axis=(0, 1)))}
    if lacking := sorted(needed - set(packed.heights)):
        raise OutOfRange("lacks heights [m]", field="packed", value=lacking)


def _rings_within(part: Packed, asked: Asked, tables: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Rings beyond which each level cannot be reached, whatever the hour, shape (criteria,)."""
    bound = part.largest @ tables.max(axis=1).sum(axis=0) * BOUND_MARGIN
    possible = bound[:, asked.lanes] >= asked.levels
    return np.where(possible.any(axis=0), part.grid.rings - np.argmax(possible[::-1], axis=0), 0)


def _run(
    pool: ThreadPoolExecutor,
    threads: int,
    part: Packed,
    asked: Asked,
    kind: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
    begin: int,
    end: int,
) -> list[_Share]:
    """What the starts ``begin`` to ``end`` of one part give, in order, shared among threads."""
    grid = part.grid
    tables = asked.source.of_terms(part.active)
    used = _rings_within(part, asked, tables)
    watched = int(asked.watched.max(initial=-1)) // grid.sectors + 1
    rings = min(max(int(used.max(initial=0)) + 1, watched), grid.rings)  # one more, to interpolate to
    ends = kernel.ends_before(part.offsets, part.cells, rings * grid.sectors)
    shares = [s for s in np.array_split(asked.starts(begin, end), threads) if len(s)]

    def work(own: npt.NDArray[np.int64]) -> _Share:
        counts = np.zeros((len(asked.levels), grid.cells), dtype=np.int32)
        reach = np.zeros((len(asked.levels), len(own), grid.sectors), dtype=np.float32)
        doses = np.zeros((len(asked.lanes_watched), len(own), len(asked.watched)), dtype=np.float32)
        kernel.exceedances(
            own - part.first, part.offsets, ends, part.cells, part.terms, part.ages, tables, kind, weights, asked.lanes,
            asked.levels, used, grid.radii, grid.ratio, asked.watched, asked.lanes_watched, counts, reach, doses,
        )  # fmt: skip
        return counts, reach, doses

    return list(pool.map(work, shares))
