"""How do the servers of forecasts behave, well and badly?  One server on a loopback port that speaks all three.

GFS files with ``.idx``, ECMWF files with ``.index``, ICON-EU's bzip2 files; byte ranges as HTTP has them.  What is
there yet is a function of run and step.  Rules make it misbehave: each names paths by a pattern, a behaviour, and how
often.  Files are made on demand (`tests.weather.live.made_grib`).
"""

from __future__ import annotations

import bz2
import contextlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from oberih.weather.live.ecmwf import ECMWF
from oberih.weather.live.gfs import GFS, SPELT
from oberih.weather.live.icon import ICON
from oberih.weather.live.icon import SPELT as ICON_SPELT
from tests.weather.live.made_grib import CODES, Lattice, message
from tests.weather.loopback import Loopback, Rule

LATTICES = {"gfs": Lattice(), "ecmwf": Lattice(west=-20.0, columns=60), "icon": Lattice(spacing=0.5, west=-10.0,
            columns=140, south=30.0, north=68.0, upward=True)}  # fmt: skip

GFS_PATH = re.compile(r"/gfs\.(\d{8})/(\d\d)/atmos/gfs\.t\2z\.pgrb2\.0p25\.f(\d{3})(\.idx)?")
ECMWF_PATH = re.compile(r"/(\d{8})/(\d\d)z/ifs/0p25/(oper|scda|enfo)/\1(?:\2)0000-(\d+)h-\3-(?:fc|ef)\.(grib2|index)")
ICON_PATH = re.compile(
    r"/icon-eu/grib/(\d\d)/(\w+)/icon-eu_europe_regular-lat-lon_(single-level|pressure-level|time-invariant)_"
    r"(\d{8})\1(?:_(\d{3}))?(?:_(\d+))?_([A-Z0-9_]+)\.grib2\.bz2"
)


def _run(day: str, hour: str) -> int:
    return int(datetime.strptime(day + hour, "%Y%m%d%H").replace(tzinfo=UTC).timestamp())


def _gfs_begin(step: int) -> int:
    return (step - 1) // 6 * 6


@lru_cache(maxsize=400)
def gfs_file(run: int, step: int) -> tuple[bytes, str]:
    """A step of the GFS and its index, with fields that nobody asked for between those that are."""
    body, lines, lattice = b"", [], LATTICES["gfs"]
    stamp = f"{datetime.fromtimestamp(run, UTC):%Y%m%d%H}"
    when = "anl" if step == 0 else f"{step} hour fcst"
    entries: list[tuple[str, str, int, int | None, str]] = []
    for level in GFS.levels:
        entries += [(n, f"{level} mb", level, None, when) for n in ("t", "q", "w", "u", "v")]
    for name in ("sp", "orog"):
        entries.append((name, "surface", 0, None, when))
    entries += [("t2m", "2 m above ground", 0, None, when)]
    entries += [(n, "10 m above ground", 0, None, when) for n in ("u10", "v10")]
    if step:
        entries.append(("prate", "surface", 0, None, when))  # of the moment: not what is wanted
        span = f"{_gfs_begin(step)}-{step} hour ave fcst"
        entries += [(n, "surface", 0, _gfs_begin(step), span) for n in ("cprat", "prate", "ishf")]
    entries += [(n, "surface", 0, None, when) for n in ("zust", "blh")]
    for number, (name, level_text, level, begin, text) in enumerate(entries, start=1):
        lines.append(f"{number}:{len(body)}:d={stamp}:{SPELT[name]}:{level_text}:{text}:")
        body += message("gfs", name, level=level, run=run, step=step, begin=begin, lattice=lattice)
    return body, "\n".join(lines) + "\n"


@lru_cache(maxsize=200)
def nomads_answer(run: int, step: int, query: str) -> bytes:
    """What the filter gives: every field named at every level named that the step has, cut to the area."""
    asked = dict(parse_qsl(query, keep_blank_values=True))
    whole = LATTICES["gfs"]
    north, south, west, east = (float(asked[k]) for k in ("toplat", "bottomlat", "leftlon", "rightlon"))
    rows = [v for v in whole.south + whole.spacing * np.arange(whole.rows) if south <= v <= north]
    columns = [v for v in whole.west + whole.spacing * np.arange(whole.columns) if west <= v % 360.0 <= east]
    lattice = Lattice(rows[-1], rows[0], columns[0], len(columns), whole.spacing)
    _, index = gfs_file(run, step)
    body = b""
    for line in index.splitlines():
        _, _, _, name, level, when, _ = line.split(":")
        spelling = level.replace(" ", "_")
        if f"var_{name}" not in asked or f"lev_{spelling}" not in asked:
            continue
        pressure = int(level.split()[0]) if level.endswith(" mb") else 0
        own = next(
            n for n, s in SPELT.items() if s == name and {100: pressure > 0, 1: level == "surface",
            103: "above" in level}[CODES[n][1]]
        )  # fmt: skip
        begin = int(when.split("-")[0]) if "ave" in when else None
        body += message("gfs", own, level=pressure, run=run, step=step, begin=begin, lattice=lattice)
    return body


@lru_cache(maxsize=200)
def ecmwf_file(run: int, step: int, stream: str) -> tuple[bytes, str]:
    """A step of ECMWF's open data and its index."""
    body, lines, lattice = b"", [], LATTICES["ecmwf"]
    at = datetime.fromtimestamp(run, UTC)
    members = (1, 2) if stream == "enfo" else (None,)
    facts = {"domain": "g", "date": f"{at:%Y%m%d}", "time": f"{at:%H}00", "expver": "0001", "class": "od",
             "type": "pf" if stream == "enfo" else "fc", "stream": stream, "step": str(step)}  # fmt: skip
    for member in members:
        entries = [(n, n, "pl", level, None) for level in ECMWF.levels for n in ("u", "v", "t", "q", "w")]
        entries += [(n, p, "sfc", 0, None) for n, p in (("sp", "sp"), ("u10", "10u"), ("v10", "10v"), ("t2m", "2t"))]
        if step:
            entries += [(n, p, "sfc", 0, 0) for n, p in (("tp", "tp"), ("iews", "ewss"), ("inss", "nsss"))]
        elif member is None:
            entries.append(("zs", "z", "sfc", 0, None))
        for name, param, kind, level, begin in entries:
            data = message("ecmwf", name, level=level, run=run, step=step, begin=begin, lattice=lattice, member=member)
            line = facts | {"levtype": kind} | ({"levelist": str(level)} if level else {})
            line |= {"number": str(member)} if member else {}
            lines.append(json.dumps(line | {"param": param, "_offset": len(body), "_length": len(data)}))
            body += data
    return body, "\n".join(lines) + "\n"


@lru_cache(maxsize=4000)
def icon_file(run: int, step: int, level: int, param: str) -> bytes:
    """A message of ICON-EU, packed."""
    name = next(n for n, p in ICON_SPELT.items() if p == param)
    name = {"prate": "tot_prec", "orog": "hsurf"}.get(name, name)
    begin = 0 if name == "tot_prec" else None
    return bz2.compress(
        message("icon", name, level=level, run=run, step=step, begin=begin, lattice=LATTICES["icon"]), 1
    )


@dataclass
class ForecastServer(Loopback):
    """A server with rules, used as ``with ForecastServer() as server``.

    Behaviours: missing, busy, failing, dropped, truncated, garbled, wrong_run, wrong_step, ignores_range, slow, hole
    (a tenth of the index is gone), torn_index (its last line is cut), short_range.
    """

    there: Callable[[int, int], bool] = lambda run, step: True
    rules: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked: list[str] = []
        self.sent = 0
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self.listen(self._handler())

    def count(self, pattern: str) -> int:
        """Requests whose path fits."""
        return sum(1 for path in self.asked if re.search(pattern, path))

    def behaviour(self, path: str) -> str:
        with self._lock:
            for rule in self.rules:
                if rule.times and re.search(rule.pattern, path):
                    rule.times -= 1
                    return rule.behaviour
        return "well"

    def body(self, path: str, *, shift: int = 0, later: int = 0) -> bytes | None:
        """What stands at a path; of a run ``shift`` cycles before, or a later step, where it lies."""
        path, _, query = path.partition("?")
        if path == "/cgi-bin/filter_gfs_0p25.pl":
            asked = dict(parse_qsl(query))
            run, step = _run(asked["dir"][5:13], asked["dir"][14:16]), int(asked["file"][-3:])
            return nomads_answer(run - shift * 21600, step + later, query) if self.there(run, step) else None
        path = path.removeprefix("/pub/data/nccf/com/gfs/prod")
        if match := GFS_PATH.fullmatch(path):
            run, step = _run(match[1], match[2]), int(match[3])
            data, index = gfs_file(run - shift * 21600, step + later)
            return (index.encode() if match[4] else data) if self.there(run, step) else None
        if match := ECMWF_PATH.fullmatch(path):
            run, step = _run(match[1], match[2]), int(match[4])
            if not self.there(run, step) or ((match[2] in ("06", "18")) != (match[3] == "scda") and match[3] != "enfo"):
                return None
            data, index = ecmwf_file(run - shift * 21600, step + later, match[3])
            return index.encode() if match[5] == "index" else data
        if match := ICON_PATH.fullmatch(path):
            run, step = _run(match[4], match[1]), int(match[5] or 0)
            level = int(match[6] or 0)
            wanted = level in ICON.levels if match[3] == "pressure-level" else level == 0
            if not self.there(run, step) or not wanted or match[7].lower() != match[2]:
                return None
            return icon_file(run - shift * 21600, step + later, level, match[2])
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                with simulator._lock:
                    simulator.asked.append(path)
                    simulator._now += 1
                    simulator.most_at_once = max(simulator.most_at_once, simulator._now)
                try:
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        self.behave(path, simulator.behaviour(path))
                finally:
                    with simulator._lock:
                        simulator._now -= 1

            def log_message(self, *_: object) -> None:
                """Silence."""

            def give(self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                for name, text in headers.items():
                    self.send_header(name.replace("_", "-"), text)
                self.end_headers()
                self.wfile.write(body)
                simulator.sent += len(body)

            def behave(self, path: str, how: str) -> None:
                if how == "missing":
                    return self.give(b"<html>Not found</html>", 404)
                if how == "busy":
                    return self.give(b"Slow Down", 503, Retry_After="0")
                if how == "failing":
                    return self.give(b"Internal Server Error", 500)
                shift, later = int(how == "wrong_run"), 3 * int(how == "wrong_step")
                body = simulator.body(path, shift=shift, later=later)
                if body is None:
                    return self.give(b"<html>Not found</html>", 404)
                if how == "hole":
                    kept = [line for i, line in enumerate(body.decode().splitlines()) if i % 10 != 3]
                    body = ("\n".join(kept) + "\n").encode()
                if how == "torn_index":
                    body = body[: -len(body.splitlines()[-1]) // 2 - 1]
                if how == "slow":
                    time.sleep(0.4)
                return self.part(body, how)

            def part(self, body: bytes, how: str) -> None:
                match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                first, end, status, headers = 0, len(body), 200, {}
                if match and how != "ignores_range":
                    first = int(match[1])
                    end = min(int(match[2]) + 1, len(body)) if match[2] else len(body)
                    status, headers = 206, {"Content_Range": f"bytes {first}-{end - 1}/{len(body)}"}
                    if first >= len(body):
                        return self.give(b"", 416)
                piece = body[first:end]
                if how == "garbled" and len(piece) > 40:
                    piece = piece[:17] + bytes(20) + piece[37:]
                if how == "short_range" and len(piece) > 40:
                    piece = piece[: len(piece) // 2]  # and says that this is all
                if how == "truncated" and len(piece) > 40:
                    piece = piece[: len(piece) // 2] + bytes(len(piece) - len(piece) // 2)
                if how == "dropped":
                    self.give(piece[: len(piece) // 2], status, length=len(piece), **headers)
                    self.close_connection = True
                    return None
                return self.give(piece, status, **headers)

        return Handler
