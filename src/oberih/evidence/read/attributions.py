"""Who says what about it, as far as the words allow?

Takes attributions as people write them (``Russia: two drone strikes; Ukraine: arson``, ``Ukraine claims strike``,
``Russian shelling per Energoatom``) apart into claims, each by somebody.  Where the words name nobody who says so, it
is whoever reported it.  No claim becomes a fact, and none is put into the mouth of somebody the words do not
name: ``each side accuses the other`` is by "each side".
"""

from __future__ import annotations

import re

__all__ = ["claims_in"]

_VERBS = "accuses?|alleges?|blames?|claims?|confirm(?:s|ed)|deny|denie[sd]|said|says|states"
_SAYS = re.compile(rf"(?P<by>[^:;]{{1,120}}?) (?P<says>(?:{_VERBS})\b.*)", re.DOTALL)
_PER = re.compile(r"(?P<says>.+) (?:per (?=[A-ZА-ЯІЇЄҐ])|according to )(?P<by>[^:;]{1,120})", re.DOTALL)
_COLON = re.compile(r"(?P<by>[^:;]{1,120}?)\s*:(?!//)\s*(?P<says>\S.*)", re.DOTALL)


def claims_in(text: str, *, reported_by: str) -> tuple[dict[str, str], ...]:
    """Take attributions apart.

    Parameters
    ----------
    text : str
        Attributions, joined by semicolons.
    reported_by : str
        By whom a claim is that names nobody.

    Returns
    -------
    tuple of dict
        ``by`` and ``says``; their words are those of the text, in its order.

    Examples
    --------
    >>> [c["by"] for c in claims_in("Russia: two drone strikes; Ukraine: arson", reported_by="IAEA")]
    ['Russia', 'Ukraine']
    >>> claims_in("Russian shelling per Energoatom", reported_by="a newspaper")
    ({'by': 'Energoatom', 'says': 'Russian shelling'},)
    >>> claims_in("not named", reported_by="IAEA")
    ({'by': 'IAEA', 'says': 'not named'},)
    """
    parts = [part.strip() for part in text.split(";")]
    return tuple(_claim(part, reported_by) for part in parts if part)


def _claim(part: str, reported_by: str) -> dict[str, str]:
    for form in (_COLON, _PER, _SAYS):
        match = form.fullmatch(part)
        if match and match["by"].strip():
            return {"by": match["by"].strip(), "says": match["says"].strip()}
    return {"by": reported_by, "says": part}
