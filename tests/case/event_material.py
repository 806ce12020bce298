"""An event room with made-up weather: an evening whose wind turns, four days by the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from oberih.case.reach.response_weather import EventRoom
from oberih.earth.site import load_site
from tests.web.browser.material import MAPPING, hourly

START = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
AT = int(START.timestamp())


def room(folder: Path, *, hours: int = 120) -> EventRoom:
    """A room whose forecast begins twelve hours before `START`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "forecast.csv").write_text(hourly(START - timedelta(hours=12), hours), encoding="utf-8")
    (folder / "mast.toml").write_text(MAPPING.replace('"observed"', '"forecast"'), encoding="utf-8")
    return EventRoom(
        load_site("zaporizhzhia"), forecast=folder / "forecast.csv", mapping=folder / "mast.toml",
        cache=folder / "cache",
    )  # fmt: skip
