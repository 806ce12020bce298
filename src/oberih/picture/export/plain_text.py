"""How is a stranger's text kept from doing anything?

The name of a site or of a scenario comes from a file that anybody may have written.  XML has no room for most
control characters, a spreadsheet runs what begins like a formula, and a file name may not lead elsewhere.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["cell_text", "file_stem", "xml_text"]

_NOT_XML = re.compile("[^\\t\\n\\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (its section 2.2, production Char)."""

_CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
"""Controls, line breaks, and the marks that turn the direction of a text around."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, the full-width forms too."""


def xml_text(text: str) -> str:
    r"""Give a text that XML 1.0 can hold, in one line; what it cannot hold becomes a space.

    Examples
    --------
    >>> xml_text("a\x00b <c>")
    'a b <c>'
    """
    return _NOT_XML.sub(" ", _CONTROLS.sub(" ", text)).strip()


def cell_text(text: str) -> str:
    r"""Give a text that a spreadsheet shows and does not run.

    Examples
    --------
    >>> cell_text("=cmd|'/C calc'!A0"), cell_text("Energodar"), cell_text(" \t-1+1")
    ("'=cmd|'/C calc'!A0", 'Energodar', "'-1+1")
    """
    line = xml_text(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def file_stem(*parts: str) -> str:
    """Give a file's name without its ending, in letters that any system and any header can hold.

    Examples
    --------
    >>> file_stem("zaporizhzhia", "../../etc/passwd", "95")
    'zaporizhzhia-etc-passwd-95'
    """
    ascii_only = unicodedata.normalize("NFKD", "-".join(parts)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()[:120] or "zone"
