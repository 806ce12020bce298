"""How does Open-Meteo behave, well and badly?  A server on a loopback port.

Speaks the documented protocol (paths, query, unix time, units, error answers) and makes up
smooth weather from the query alone.  A script of behaviours, one a request, makes it
misbehave; after the script it behaves.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.weather.loopback import Loopback

UNITS = {
    "temperature_2m": "°C", "surface_pressure": "hPa", "cloud_cover": "%", "precipitation": "mm",
    "shortwave_radiation": "W/m²", "wind_speed_10m": "m/s", "wind_direction_10m": "°", "boundary_layer_height": "m",
}  # fmt: skip


def made_up(name: str, hour: int) -> float:
    """Smooth, possible values."""
    day = math.sin(2 * math.pi * hour / 24)
    return {
        "temperature_2m": 10 + 8 * day, "surface_pressure": 1000 + 5 * day, "cloud_cover": 50 + 50 * day,
        "precipitation": max(0.0, day), "shortwave_radiation": max(0.0, 600 * day), "wind_speed_10m": 4 + 2 * day,
        "wind_direction_10m": (7.0 * hour) % 360, "boundary_layer_height": 700 + 500 * day,
    }[name]  # fmt: skip


def answer(query: dict[str, str]) -> dict[str, Any]:
    """A documented answer to a query."""
    first = datetime.fromisoformat(query["start_date"]).replace(tzinfo=UTC)
    last = datetime.fromisoformat(query["end_date"]).replace(tzinfo=UTC) + timedelta(hours=23)
    start, end = int(first.timestamp()), int(last.timestamp())
    times = list(range(start, end + 1, 3600))
    names = query["hourly"].split(",")
    return {
        "latitude": round(float(query["latitude"]), 1), "longitude": round(float(query["longitude"]), 1),
        "generationtime_ms": 0.5, "utc_offset_seconds": 0, "timezone": "GMT", "timezone_abbreviation": "GMT",
        "elevation": 44.0,
        "hourly_units": {"time": "unixtime", **{name: UNITS[name] for name in names}},
        "hourly": {"time": times, **{name: [made_up(name, t // 3600) for t in times] for name in names}},
    }  # fmt: skip


class OpenMeteoSimulator(Loopback):
    """A server with a script, used as ``with OpenMeteoSimulator(["busy", "well"]) as server``.

    Behaviours: well, busy, busy_for_long, busy_until_date, failing, truncated, half_json, not_json,
    wrong_json, windless, short_column, refused, error_in_200, slow, hang_up.
    """

    def __init__(self, script: list[str] | None = None) -> None:
        self.script = list(script or [])
        self.requests: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.listen(self._handler())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                simulator.requests.append(query)
                simulator.paths.append(parts.path)
                behaviour = simulator.script.pop(0) if simulator.script else "well"
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client gave up, as it may
                    getattr(self, f"be_{behaviour}")(query)

            def log_message(self, *_: object) -> None:
                """Silence."""

            def give(self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body) if length is None else length))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def whole(self, query: dict[str, str]) -> bytes:
                return json.dumps(answer(query)).encode()

            def be_well(self, query: dict[str, str]) -> None:
                self.give(self.whole(query))

            def be_busy(self, query: dict[str, str]) -> None:
                self.give(b'{"error":true,"reason":"Minutely API request limit exceeded."}', 429, Retry_After="7")

            def be_busy_for_long(self, query: dict[str, str]) -> None:
                self.give(b'{"error":true,"reason":"Daily API request limit exceeded."}', 429, Retry_After="7200")

            def be_busy_until_date(self, query: dict[str, str]) -> None:
                later = datetime.now(tz=UTC) + timedelta(seconds=30)
                self.give(b"{}", 503, Retry_After=later.strftime("%a, %d %b %Y %H:%M:%S GMT"))

            def be_failing(self, query: dict[str, str]) -> None:
                self.give(b"Internal Server Error", 500)

            def be_truncated(self, query: dict[str, str]) -> None:
                body = self.whole(query)
                self.give(body[: len(body) // 2], length=len(body))
                self.close_connection = True

            def be_half_json(self, query: dict[str, str]) -> None:
                body = self.whole(query)
                self.give(body[: len(body) // 2])

            def be_not_json(self, query: dict[str, str]) -> None:
                self.give(b"<html>Bad gateway</html>")

            def be_wrong_json(self, query: dict[str, str]) -> None:
                self.give(b'{"weather": "fine"}')

            def be_windless(self, query: dict[str, str]) -> None:
                body = answer(query)
                body["hourly"]["wind_speed_10m"] = [None] * len(body["hourly"]["time"])
                self.give(json.dumps(body).encode())

            def be_short_column(self, query: dict[str, str]) -> None:
                body = answer(query)
                body["hourly"]["temperature_2m"].pop()
                self.give(json.dumps(body).encode())

            def be_late(self, query: dict[str, str]) -> None:
                body = answer(query)
                for name in UNITS:
                    body["hourly"][name][-5:] = [None] * 5
                self.give(json.dumps(body).encode())

            def be_refused(self, query: dict[str, str]) -> None:
                self.give(b'{"error":true,"reason":"Parameter start_date is out of allowed range"}', 400)

            def be_error_in_200(self, query: dict[str, str]) -> None:
                self.give(b'{"error":true,"reason":"Data for this location is unavailable"}')

            def be_slow(self, query: dict[str, str]) -> None:
                time.sleep(1.0)
                self.give(self.whole(query))

            def be_hang_up(self, query: dict[str, str]) -> None:
                self.close_connection = True

        return Handler
