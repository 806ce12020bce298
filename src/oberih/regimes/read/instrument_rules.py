"""What is wrong with a registry of instruments?"""

from __future__ import annotations

from oberih.regimes.read.mistake import Sheet

__all__ = ["check_registry"]


def check_registry(sheet: Sheet) -> None:
    """Note every mistake between the fields of a registry."""
