"""How is a day, or a time, written in a query?

As ISO 8601 and in no other way.  Left to itself, pydantic also takes a number for seconds since 1970, so that
``day=0`` would silently be another day than was meant.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator

__all__ = ["IsoDay", "IsoTime"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})")


def _written_as(pattern: re.Pattern[str], example: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and not pattern.fullmatch(value):
            raise ValueError(f"is not written as {example}")
        return value

    return BeforeValidator(check)


IsoDay = Annotated[date, _written_as(_DAY, "2026-03-04")]
"""A day, as 2026-03-04."""

IsoTime = Annotated[AwareDatetime, _written_as(_TIME, "2026-03-04T03:00:00Z")]
"""A time with its zone, as 2026-03-04T03:00:00Z."""
