"""What does the air do, asked over the network?  Open-Meteo, archive and forecast.

Asks year by year, keeps every answer in a cache folder under the hash of its query, and
reads what it keeps with `oberih.weather.read.open_meteo`.  An answer is kept only after it
was received whole and read without complaint, by writing beside and renaming: an interrupted
download leaves nothing that looks valid.  A busy or failing server is asked again, ever more
slowly, as it asks for (Retry-After); then one clear line says what was the matter.

The clock, the waiting and the network are arguments; how long an answer may take and how much
it may hold is bounded (`oberih.far`).  A kept archive answer stays valid; a kept forecast for an hour.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import numpy as np

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, SourceUnavailable, StoreError, StoreFull
from oberih.far.patience import Again, Patience, PatienceEnded, ask_patiently
from oberih.far.web import RETRIED, Web, plain, retry_after
from oberih.weather.read.document import Document, read_document
from oberih.weather.read.open_meteo import HOURLY, read_open_meteo
from oberih.weather.series import Weather

if TYPE_CHECKING:
    import httpx

__all__ = ["ARCHIVE_URL", "FORECAST_URL", "fetch_open_meteo"]

ARCHIVE_URL = "https://archive-api.open-meteo.com"
"""Reanalysis since 1940; path /v1/archive."""

FORECAST_URL = "https://api.open-meteo.com"
"""Forecast of up to 16 days with up to 92 days before; path /v1/forecast."""

PATHS = {"archive": (ARCHIVE_URL, "/v1/archive", "reanalysis"), "forecast": (FORECAST_URL, "/v1/forecast", "forecast")}

PASSING_VALID = float(SECONDS_PER_HOUR)
"""A kept forecast, or an archive answer that still lacked its last hours, is asked anew after this [s]."""

MOST = 64 * 1024**2
"""A year of hours is a hundredth of it [bytes]."""

Kind = Literal["archive", "forecast"]
Progress = Callable[[int, int, str], None]


def fetch_open_meteo(
    latitude: float,
    longitude: float,
    *,
    start_date: date | str,
    end_date: date | str,
    cache_dir: Path | str,
    kind: Kind = "archive",
    base_url: str | None = None,
    transport: httpx.BaseTransport | None = None,
    patience: Patience | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.time,
) -> Weather:
    """Fetch hourly weather at a place, from the cache where it is kept.

    Parameters
    ----------
    latitude, longitude : float
        [degrees north, east]
    start_date, end_date : date or ISO string
        First and last day, both included, UTC.
    cache_dir : path
        Made if it is missing.
    kind : {"archive", "forecast"}
        Gives label ``reanalysis`` or ``forecast``.
    base_url : str, optional
        Another server of the same protocol, instead of both public ones.
    transport : httpx.BaseTransport, optional
        Another way to the network.
    patience : Patience, optional
        Attempts and waits.
    progress : callable, optional
        Called as ``progress(done, of, what)`` before the first and after each part.
    clock : callable
        The time, by which what is kept grows old [s since 1970 UTC].

    Returns
    -------
    Weather
        Hourly; ``attrs["inputs"]`` names every kept file with its hash.

    Raises
    ------
    InputError
        If the place or the dates are impossible.
    SourceUnavailable
        If the service did not answer, or not with weather.
    StoreFull
        If the cache folder cannot be written.
    """
    if kind not in PATHS:
        raise InputError("is not a kind of source", field="kind", value=kind, cure="use archive or forecast")
    patience = patience or Patience()
    first, last = _day(start_date, "start_date"), _day(end_date, "end_date")
    if last < first:
        raise InputError("lies before start_date", field="end_date", value=last.isoformat())
    _on_earth(latitude, longitude)
    queries = [_query(kind, latitude, longitude, a, b, base_url) for a, b in _years(first, last)]
    folder = _folder(cache_dir)
    parts = []
    for done, query in enumerate(queries):
        if progress is not None:
            progress(done, len(queries), query.what)
        parts.append(_part(query, folder, patience=patience, transport=transport, clock=clock))
    if progress is not None:
        progress(len(queries), len(queries), "done")
    return _joined(parts)


@dataclass(frozen=True)
class _Query:
    url: str
    label: str
    what: str
    latitude: float
    longitude: float

    @property
    def file_name(self) -> str:
        return f"open-meteo-{hashlib.sha256(self.url.encode()).hexdigest()[:24]}.json"


def _day(value: date | str, name: str) -> date:
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError("is not a day", field=name, value=value, cure="write it as 2019-01-31") from error


def _on_earth(latitude: float, longitude: float) -> None:
    for name, value, limit in (("latitude", latitude, 90.0), ("longitude", longitude, 180.0)):
        if not abs(value) <= limit:
            raise InputError("is not on the Earth", field=name, value=value, cure="give degrees north, east")


def _years(first: date, last: date) -> list[tuple[date, date]]:
    """The period cut at New Year."""
    cuts = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return list(zip([first, *cuts], [*(cut - timedelta(days=1) for cut in cuts), last], strict=True))


def _query(kind: Kind, latitude: float, longitude: float, first: date, last: date, base_url: str | None) -> _Query:
    server, path, label = PATHS[kind]
    asked = {
        "latitude": f"{latitude:.5f}", "longitude": f"{longitude:.5f}",
        "start_date": first.isoformat(), "end_date": last.isoformat(),
        "hourly": ",".join(spellings[0] for spellings, _, _ in HOURLY.values()),
        "wind_speed_unit": "ms", "timeformat": "unixtime", "timezone": "GMT",
    }  # fmt: skip
    url = f"{(base_url or server).rstrip('/')}{path}?{urlencode(asked, safe=',')}"
    return _Query(url, label, f"{kind} {first.isoformat()} to {last.isoformat()}", latitude, longitude)


def _folder(cache_dir: Path | str) -> Path:
    folder = Path(cache_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFull(f"{folder}: cannot be made ({error.strerror}); give another cache folder") from error
    return folder


def _part(
    query: _Query, folder: Path, *, patience: Patience, transport: httpx.BaseTransport | None,
    clock: Callable[[], float],
) -> Weather:  # fmt: skip
    kept = _kept(query, folder, clock)
    if kept is not None:
        return kept
    envelope = _asked(query, patience=patience, transport=transport, clock=clock)
    _keep(folder / query.file_name, envelope)
    fresh = _kept(query, folder, clock)
    if fresh is None:
        raise StoreError(f"{folder / query.file_name}: was written but cannot be read back; check the disk")
    return fresh


def _kept(query: _Query, folder: Path, clock: Callable[[], float]) -> Weather | None:
    """The kept answer, or None if there is none, it is too old, or it is not what was written."""
    path = folder / query.file_name
    if not path.exists():
        return None
    try:
        document = read_document(path)
        envelope = json.loads(document.text())
        if envelope["query"] != query.url or envelope["sha256"] != _digest(envelope["answer"]):
            return None
        age = clock() - float(envelope["fetched"])
        weather = read_open_meteo(document, latitude=query.latitude, longitude=query.longitude)
        passing = query.label == "forecast" or "rows_without_wind_left_out" in weather.attrs
        return None if passing and not -60.0 <= age <= PASSING_VALID else weather
    except (InputError, ValueError, KeyError, TypeError):
        return None


def _digest(answer: Any) -> str:
    return hashlib.sha256(json.dumps(answer, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _keep(path: Path, envelope: bytes) -> None:
    """Write beside and rename, so that the name never stands for half a file."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(envelope)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreFull(
            f"{path.parent}: cannot be written ({error.strerror}); make room or give another folder"
        ) from error


def _asked(
    query: _Query, *, patience: Patience, transport: httpx.BaseTransport | None, clock: Callable[[], float]
) -> bytes:
    with Web(at_once=1, timeout=patience.timeout, connect=patience.timeout, transport=transport) as web:
        try:
            return ask_patiently(
                lambda: _envelope(query, _answer(web, query, patience.whole), clock), patience, name=query.url
            )
        except PatienceEnded as ended:
            raise SourceUnavailable(
                f"Open-Meteo {ended}, asked for {query.what}; try again later or give a weather file"
            ) from ended


def _answer(web: Web, query: _Query, whole: float) -> bytes:
    asked = {"Accept-Encoding": "gzip"}
    with web.answer(query.url, headers=asked, whole=whole, field="base_url") as response:
        if response.status_code in RETRIED:
            raise Again(f"HTTP {response.status_code}", wait=retry_after(response.headers))
        content = b"".join(plain(response, most=MOST))
    if response.status_code != 200:
        raise SourceUnavailable(f"Open-Meteo refused {query.what}: HTTP {response.status_code}, {_reason(content)}")
    return content


def _reason(content: bytes) -> str:
    try:
        return str(json.loads(content)["reason"])[:200]
    except (ValueError, KeyError, TypeError):
        return "no reason given"


def _envelope(query: _Query, content: bytes, clock: Callable[[], float]) -> bytes:
    """The answer with its query and hash, after it was read without complaint."""
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise Again("an answer that is not whole JSON") from error
    if isinstance(answer, dict) and answer.get("error"):
        raise SourceUnavailable(f"Open-Meteo refused {query.what}: {_reason(content)}")
    fetched = datetime.fromtimestamp(clock(), tz=UTC)
    envelope = {
        "oberih_cache": 1, "query": query.url, "label": query.label, "fetched": fetched.timestamp(),
        "sha256": _digest(answer), "answer": answer,
    }  # fmt: skip
    data = json.dumps(envelope, separators=(",", ":")).encode()
    try:
        read_open_meteo(Document("answer", "", data), latitude=query.latitude, longitude=query.longitude)
    except InputError as error:
        raise Again(f"an answer that is not weather ({error.message})") from error
    return data


def _joined(parts: list[Weather]) -> Weather:
    """Year after year as one series, naming all inputs."""
    first = parts[0]
    if len(parts) == 1:
        return first
    names = [name for name, value in vars(first).items() if isinstance(value, np.ndarray)]
    values: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    inputs = [reference for part in parts for reference in part.attrs["inputs"]]
    queries = [part.attrs.get("query") for part in parts]
    return replace(first, **values, attrs={**first.attrs, "inputs": inputs, "query": queries})
