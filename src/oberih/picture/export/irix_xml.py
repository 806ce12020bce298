"""How is an element of IRIX written?

Names of the schema's namespaces, times and numbers in the forms that its types allow.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from oberih.picture.export.plain_text import xml_text

__all__ = ["element", "length", "moment", "percentages", "say", "short", "tag"]

_ROOT = "http://www.iaea.org/2012/IRIX/Format"
_NAMESPACES = {
    "irix": _ROOT,
    "base": f"{_ROOT}/Base",
    "id": f"{_ROOT}/Identification",
    "release": f"{_ROOT}/ReleaseInformation",
    "meteo": f"{_ROOT}/Meteorology",
    "resp": f"{_ROOT}/ResponseActions",
    "loc": f"{_ROOT}/Locations",
    "annex": f"{_ROOT}/Annexes",
}
for _prefix, _address in _NAMESPACES.items():
    ET.register_namespace(_prefix, _address)

_SHORT = 255
"""Letters of a short string (`ShortStringType`)."""


def tag(prefix: str, name: str) -> str:
    """Give the qualified name of an element.

    Examples
    --------
    >>> tag("loc", "Name")
    '{http://www.iaea.org/2012/IRIX/Format/Locations}Name'
    """
    return f"{{{_NAMESPACES[prefix]}}}{name}"


def element(parent: ET.Element, prefix: str, name: str, **attributes: str) -> ET.Element:
    """Add an element."""
    return ET.SubElement(parent, tag(prefix, name), attributes)


def say(parent: ET.Element, prefix: str, name: str, text: str, **attributes: str) -> ET.Element:
    """Add an element that holds a text."""
    added = element(parent, prefix, name, **attributes)
    added.text = xml_text(text)
    return added


def short(text: str) -> str:
    """Give a text as a short string, cut where it is too long.

    Examples
    --------
    >>> short("a  b"), len(short("c" * 300))
    ('a b', 255)
    """
    token = " ".join(xml_text(text).split())
    return token if len(token) <= _SHORT else f"{token[: _SHORT - 1]}…"


def moment(time: int) -> str:
    """Say a time [seconds since 1970] as `DateTimeType` wants it.

    Examples
    --------
    >>> moment(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def length(parent: ET.Element, prefix: str, name: str, metres: float) -> None:
    """Add a length [m]."""
    say(parent, prefix, name, f"{metres:.1f}", Unit="m")


def percentages(*shares: float) -> tuple[str, ...]:
    """Say shares [1] in per cent to two decimals, so that what is said adds up to 100.

    Examples
    --------
    >>> percentages(1 / 3, 1 / 3, 1 / 3)
    ('33.34', '33.33', '33.33')
    """
    hundredths = [round(10_000 * share) for share in shares]
    hundredths[hundredths.index(max(hundredths))] += 10_000 - sum(hundredths)
    return tuple(f"{value / 100:.2f}" for value in hundredths)
