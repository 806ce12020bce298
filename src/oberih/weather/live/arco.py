"""What did the air do, out of ERA5?  From the public copy that Google keeps (ARCO-ERA5), over HTTP, without an account.

Asks for the blocks that hold an area, hour by hour, and keeps each hour as a netCDF file that
`oberih.weather.read.volume.volume_of` reads.  What is kept is not asked for again; an hour is there whole or not at all
and bears the digest of its values.  What it will cost in bytes is told before it is fetched, from the heads of the
first hour's chunks.

Not run against the real store from here, which has no network: its layout is that of its documentation and of public
code that reads it; a loopback server in that layout stands for it in tests.

Source: Carver & Merose (2023), ARCO-ERA5; Hersbach et al. (2020), Q. J. R. Meteorol. Soc. 146, 1999 (ERA5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from oberih.errors import SourceUnavailable, StoreFull
from oberih.far.patience import Patience
from oberih.weather.live.arco_source import ArcoSource
from oberih.weather.live.era5_file import is_kept, path_of, write_hour
from oberih.weather.live.era5_names import ARCO
from oberih.weather.live.era5_wish import Wish, stamp, wish_around
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import NotThere

if TYPE_CHECKING:
    import httpx

__all__ = ["Cost", "cost_of", "fetch_area", "fetch_era5"]

AT_ONCE = 6
"""Fields asked for at a time."""

Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Cost:
    """What a wish costs.

    Parameters
    ----------
    hours : int
        Still to be fetched.
    sent, requests : int
        Bytes and requests for all of them, by the first.
    whole : int
        Bytes unpacked of the whole chunks, as a reader that takes chunks whole would hold in memory.
    """

    hours: int
    sent: int
    requests: int
    whole: int

    def __str__(self) -> str:
        return (
            f"{self.hours} times of ERA5: about {_size(self.sent)} in {self.requests:,} requests "
            f"(whole chunks of the globe would be {_size(self.whole)} unpacked)"
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.2g} GB" if count >= 1e9 else f"{count / 1e6:.2g} MB"


def fetch_era5(
    latitude: float, longitude: float, start: int, hours: int, cache: Path, server: str | None = None,
    told: Told | None = None, *, patience: Patience | None = None, transport: httpx.BaseTransport | None = None,
) -> tuple[Path, ...]:  # fmt: skip
    """Fetch the air around a place, 1,100 km wide each way, or take it from the cache.

    Parameters
    ----------
    latitude, longitude : float
        [degrees]
    start : int
        Seconds since 1970, UTC.
    hours : int
    cache : Path
    server : str, optional
        Another server with the same folders.
    told : callable, optional
        Called as ``told(done, of, what)``; first with what it will cost.

    Returns
    -------
    tuple of Path
        One file a time, in turn.

    Raises
    ------
    SourceUnavailable
        If the store does not answer or does not hold these hours.
    StoreFull
        If the cache cannot be written.
    """
    wish = wish_around(latitude, longitude, start=start, hours=hours)
    folder = cache / "era5" / "-".join([wish.kind, *(f"{v:g}" for v in wish.area)])
    return fetch_area(wish, folder, server=server, told=told, patience=patience, transport=transport)


def cost_of(
    wish: Wish, folder: Path, *, server: str | None = None, patience: Patience | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Cost:  # fmt: skip
    """Say what a wish costs beyond what is kept, by the heads of the first hour's chunks.

    Raises
    ------
    SourceUnavailable
    """
    lacking = [t for t in wish.times if not is_kept(folder, t, wish)]
    if not lacking:
        return Cost(0, 0, 0, 0)
    with Server.open(patience=patience or Patience(), at_once=AT_ONCE, transport=transport) as connection:
        return _cost(ArcoSource(connection, server or ARCO, wish), lacking)


def fetch_area(
    wish: Wish, folder: Path, *, server: str | None = None, told: Told | None = None,
    patience: Patience | None = None, transport: httpx.BaseTransport | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Path, ...]:  # fmt: skip
    """Fetch what is wished for into a folder, one file a time; what is there already stays.

    Raises
    ------
    SourceUnavailable
        If the store does not answer or does not hold these hours; what is fetched stays.
    StoreFull
        If the folder cannot be written.
    """
    paths = tuple(path_of(folder, t, wish) for t in wish.times)
    lacking = [t for t in wish.times if not is_kept(folder, t, wish)]
    if not lacking:
        return paths
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFull(f"{folder}: cannot be made ({error.strerror}); give another folder") from error
    patience = patience or Patience()
    with (
        Server.open(patience=patience, at_once=AT_ONCE, transport=transport, stopped=stopped) as connection,
        connection.threads(AT_ONCE) as pool,
    ):
        source = ArcoSource(connection, server or ARCO, wish)
        if told:
            told(0, len(lacking), str(_cost(source, lacking)))
        for done, time in enumerate(lacking, 1):
            fields = source.hour(time, pool)
            write_hour(path_of(folder, time, wish), time, wish, source, fields)
            if told:
                told(done, len(lacking), f"{stamp(time)}, {_size(connection.received)} received")
    return paths


def _cost(source: ArcoSource, lacking: Sequence[int]) -> Cost:
    sent = requests = whole = 0
    for store, part in source.parts(lacking[0]).values():
        try:
            a, b = store.cost(part)
        except NotThere as error:
            raise SourceUnavailable(f"{store.url}: has no {part.name} for {stamp(lacking[0])}") from error
        found = store.layout(part.name)
        chunks = len({level // found.chunks[1] for level in part.levels}) if part.levels else 1
        sent, requests, whole = sent + a, requests + b, whole + chunks * found.bytes_a_chunk
    n = len(lacking)
    return Cost(n, n * sent, n * requests, n * whole)
