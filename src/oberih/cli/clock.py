"""What time is it?  The one place where the clock is read; rules take it as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime

__all__ = ["now", "today"]


def now() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date, in UTC."""
    return now().date()
