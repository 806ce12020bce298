"""What a duty room has at hand: a month of weather, a forecast, readings, a record.

Everything is made here, small and the same each time, so that a real server has real files to serve.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

OBERIH = Path(sys.executable).with_name("oberih")

MAPPING = """\
label = "observed"
source = "a made-up mast, for tests"
latitude = 47.51
longitude = 34.59
wind_height = 10.0

[time]
column = "time"
format = "iso"
zone = "UTC"

[columns.wind_speed]
column = "speed"
unit = "m/s"

[columns.wind_direction]
column = "direction"
unit = "deg"

[columns.temperature]
column = "temperature"
unit = "degC"

[columns.cloud_cover]
column = "cloud"
unit = "fraction"

[columns.precipitation]
column = "rain"
unit = "mm/h"
"""


def hourly(first: datetime, hours: int) -> str:
    """A table of weather that turns through every direction, with calms of the night and some rain."""
    lines = ["time,speed,direction,temperature,cloud,rain"]
    for h in range(hours):
        at = first + timedelta(hours=h)
        speed = 3.0 + 2.0 * math.sin(2 * math.pi * (at.hour - 9) / 24) + 1.5 * math.sin(h / 31)
        direction = (230 + 3.1 * h + 40 * math.sin(h / 17)) % 360
        temperature = 9 + 6 * math.sin(2 * math.pi * (at.hour - 9) / 24)
        rain = 0.8 if h % 47 in (3, 4, 5) else 0.0
        lines.append(
            f"{at:%Y-%m-%dT%H:%MZ},{max(speed, 0.6):.2f},{direction:.0f},{temperature:.1f},"
            f"{0.3 + 0.3 * math.sin(h / 11):.2f},{rain}"
        )
    return "\n".join(lines) + "\n"


def readings(now: datetime) -> str:
    """Three stations, one of them high, one of them old."""
    rows = ["station,latitude,longitude,time,value,unit"]
    for name, latitude, longitude, minutes, value in (
        ("Enerhodar 1", 47.4989, 34.6573, 10, 98), ("Nikopol 2", 47.5712, 34.3964, 20, 410),
        ("Vodiane 1", 47.4803, 34.4960, 60 * 30, 87),
    ):  # fmt: skip
        rows.append(
            f"{name},{latitude},{longitude},{now - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ},{value},nSv/h"
        )
    return "\n".join(rows) + "\n"


def run(*words: str, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """One command as a person types it, with a home of its own."""
    return subprocess.run(
        [OBERIH, *words], cwd=home, env=environment(home), capture_output=True, text=True, check=check, timeout=300
    )


def environment(home: Path) -> dict[str, str]:
    """Of a process: its keys and settings lie in ``home``."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OBERIH")}
    return kept | {"XDG_CONFIG_HOME": str(home / "config"), "PYTHONUNBUFFERED": "1"}


def furnish(home: Path, now: datetime) -> None:
    """Lay weather, forecast, readings and a record into a folder."""
    (home / "mast.toml").write_text(MAPPING, encoding="utf-8")
    (home / "month.csv").write_text(hourly(datetime(2025, 4, 1), 24 * 31), encoding="utf-8")
    hour = now.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    (home / "forecast.csv").write_text(hourly(hour - timedelta(hours=6), 6 + 96), encoding="utf-8")
    (home / "readings.csv").write_text(readings(now), encoding="utf-8")
    for words in (
        ("--kind", "event", "--text", "Shelling near the switchyard reported", "--when", f"{now:%Y-%m-%dT%H:%MZ}",
         "--place", "switchyard", "--latitude", "47.505", "--longitude", "34.59", "--who", "a monitoring mission",
         "--channel", "inspected", "--reliability", "B", "--credibility", "2",
         "--claim", "one side: the other side fired"),
        ("--kind", "event", "--text", "Off-site power line lost", "--when", "2025-09-23", "--who", "the operator",
         "--channel", "declared"),
    ):  # fmt: skip
        run("evidence", "add", *words, home=home)
