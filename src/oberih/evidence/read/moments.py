"""Which ISO 8601 text is a date as others write it?

A format is a pattern of ``%d %m %Y %B %b %H %M %S`` and of what stands between them; month names are English,
whatever the machine's language is.  ``iso`` passes text on as it is, of any precision; ``unix`` is seconds since 1970.
Nothing is guessed: a format with hours needs a zone, and no format is tried that was not declared.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from oberih.errors import InputError

__all__ = ["check_format", "moment_from"]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_CODES = {
    "%d": r"(?P<d>\d{1,2})", "%m": r"(?P<m>\d{1,2})", "%Y": r"(?P<Y>\d{4})", "%H": r"(?P<H>\d{2})",
    "%M": r"(?P<M>\d{2})", "%S": r"(?P<S>\d{2})",
    "%B": f"(?P<B>{'|'.join(_MONTHS)})", "%b": f"(?P<b>{'|'.join(m[:3] for m in _MONTHS)})",
}  # fmt: skip

_ZONE = re.compile(r"Z|[+-]\d{2}:\d{2}")
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T.+)?)?)?")


def check_format(pattern: str, zone: str | None) -> str | None:
    """Say what is wrong with a format, None if nothing is.

    Examples
    --------
    >>> check_format("%d %B %Y", None)
    >>> check_format("%Y-%m-%d %H%M", None)
    'has hours and needs a zone, as "Z" or "+02:00"'
    """
    if zone is not None and not _ZONE.fullmatch(zone):
        return f'has a zone {zone!r} that is not "Z" or of the form "+02:00"'
    if pattern in {"iso", "unix"}:
        return None
    codes = re.findall(r"%.?", pattern)
    unknown = [c for c in codes if c not in _CODES]
    if unknown:
        return f"has a code {unknown[0]} that is not one of {' '.join(_CODES)}"
    if len(set(codes)) < len(codes) or {"%B", "%b"} <= set(codes):
        return "has a code twice"
    if "%Y" not in codes:
        return "has no year (%Y)"
    if "%H" in codes and zone is None:
        return 'has hours and needs a zone, as "Z" or "+02:00"'
    has_month = bool({"%m", "%B", "%b"} & set(codes))
    parts = [has_month, "%d" in codes, "%H" in codes, "%M" in codes, "%S" in codes]
    if parts != sorted(parts, reverse=True) or parts[2] != parts[3]:
        return "leaves out a part between others"
    return None


def moment_from(text: str, formats: tuple[str, ...], *, zone: str | None, cut: str | None = None) -> str:
    """Write a date as ISO 8601 text of the precision that it has.

    Parameters
    ----------
    text : str
    formats : tuple of str
        Tried in order.
    zone : str, optional
        Of times; ``Z`` or ``+02:00``.
    cut : str, optional
        ``year``, ``month`` or ``day``: no more than that is known.

    Raises
    ------
    InputError
        If no format fits; the day itself is checked where the record is made.

    Examples
    --------
    >>> moment_from("04 March 2022", ("%d %B %Y",), zone=None)
    '2022-03-04'
    >>> moment_from("2022-03-04 0031", ("%Y-%m-%d %H%M",), zone="Z")
    '2022-03-04T00:31Z'
    >>> moment_from("04 March 2022", ("%d %B %Y",), zone=None, cut="month")
    '2022-03'
    """
    for pattern in formats:
        found = _one(text, pattern, zone)
        if found is not None:
            return found if cut is None else found[: {"year": 4, "month": 7, "day": 10}[cut]]
    raise InputError(f"is not a date of the form {' or '.join(formats)}", value=text, cure="correct it, or the mapping")


def _one(text: str, pattern: str, zone: str | None) -> str | None:
    if pattern == "iso":
        return text if _ISO.fullmatch(text) and text.isascii() else None
    if pattern == "unix":
        return _unix(text)
    match = _compiled(pattern).fullmatch(text)
    if match is None or not text.isascii():
        return None
    part = match.groupdict()
    month = part.get("m") or next((i for i, m in enumerate(_MONTHS, 1) if part.get("B") == m), None)
    month = month or next((i for i, m in enumerate(_MONTHS, 1) if part.get("b") == m[:3]), None)
    out = part["Y"] + (f"-{int(month):02d}" if month else "") + (f"-{int(part['d']):02d}" if "d" in part else "")
    if "H" in part:
        out += f"T{part['H']}:{part['M']}" + (f":{part['S']}" if "S" in part else "") + str(zone)
    return out


def _unix(text: str) -> str | None:
    if not re.fullmatch(r"\d{1,10}", text) or not text.isascii():
        return None
    return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    out = "".join(_CODES.get(piece, re.escape(piece)) for piece in re.split(r"(%.)", pattern))
    return re.compile(out)
