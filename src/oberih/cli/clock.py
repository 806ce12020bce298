"""What time is it?  The one place where the clock is read; rules take it as an argument."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

__all__ = ["now", "spent", "today"]


def now() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date, in UTC."""
    return now().date()


def spent() -> float:
    """Return the processor time of this process and of its children that have ended [s]."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
