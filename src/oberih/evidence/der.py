"""What do these bytes of ASN.1 hold?

The distinguished encoding (DER, ITU-T X.690), as far as time stamps need it: `Fields` walks through the
fields of a value, each of which is an `Element`; the writers below make the few that a request has.
Certificates and keys are not read here: `cryptography` does that.

Invariants: lengths are definite and written in their shortest form; nothing is read beyond the value it
belongs to; whatever is wrong is a ``ValueError`` that says what was expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Element", "Fields", "integer", "moment", "number", "object_id", "octets", "oid", "only", "sequence"]

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, GENERALIZED_TIME, SEQUENCE, SET = 0x0C, 0x18, 0x30, 0x31

_MOMENT = re.compile(rb"(\d{14})(?:\.(\d{0,8}[1-9]))?Z")


@dataclass(frozen=True, slots=True)
class Element:
    """A value as it stands.

    Parameters
    ----------
    tag : int
        First byte: class, form and number.
    body : bytes
        What it holds.
    whole : bytes
        With tag and length.
    """

    tag: int
    body: bytes
    whole: bytes


class Fields:
    """The fields of a value, taken one after another.

    Parameters
    ----------
    data : bytes
        The body of a sequence or set, or a whole file.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> bool:
        """Whether there are more."""
        return self._at < len(self._data)

    def peek(self) -> int | None:
        """Tag of the next field, None at the end."""
        return self._data[self._at] if self.left else None

    def next(self) -> Element:
        """Take the next field, whatever it is.

        Raises
        ------
        ValueError
            If there is none, or not whole.
        """
        data, begin = self._data, self._at
        head = data[begin : begin + 2]
        if len(head) < 2 or head[0] & 0x1F == 0x1F:
            raise ValueError("the data ends too early")
        length, body = head[1], begin + 2
        if length >= 0x80:
            count = length & 0x7F
            digits = data[body : body + count]
            if not 1 <= count <= 4 or len(digits) < count or digits[0] == 0:
                raise ValueError("a length is not as DER writes it")
            length, body = int.from_bytes(digits, "big"), body + count
            if length < 0x80:
                raise ValueError("a length is not as DER writes it")
        if body + length > len(data):
            raise ValueError("the data ends too early")
        self._at = body + length
        return Element(head[0], data[body : self._at], data[begin : self._at])

    def take(self, tag: int, what: str) -> Element:
        """Take the next field, which must have this tag.

        Raises
        ------
        ValueError
            If it has another, or there is none.
        """
        if self.peek() != tag:
            raise ValueError(f"{what} is not where it belongs")
        return self.next()

    def maybe(self, tag: int) -> Element | None:
        """Take the next field if it has this tag."""
        return self.next() if self.peek() == tag else None

    def all(self) -> list[Element]:
        """Take all that are left."""
        found = []
        while self.left:
            found.append(self.next())
        return found

    def end(self, what: str) -> None:
        """Make sure that nothing is left.

        Raises
        ------
        ValueError
            If something is.
        """
        if self.left:
            raise ValueError(f"{what} holds more than it may")


def only(data: bytes, tag: int, what: str) -> Element:
    """Read bytes that hold one value with this tag, and nothing else."""
    fields = Fields(data)
    found = fields.take(tag, what)
    fields.end(what)
    return found


def number(element: Element) -> int:
    """Read an integer."""
    body = element.body
    if not 1 <= len(body) <= 64 or (len(body) > 1 and body[0] in (0, 0xFF) and body[0] >> 7 == body[1] >> 7):
        raise ValueError("a number is not as DER writes it")
    return int.from_bytes(body, "big", signed=True)


def oid(element: Element) -> str:
    """Read an object identifier in dotted form.

    Examples
    --------
    >>> oid(only(object_id("1.2.840.113549"), 0x06, "it"))
    '1.2.840.113549'
    """
    body = element.body
    if not 1 <= len(body) <= 64 or body[-1] & 0x80:
        raise ValueError("an object identifier is not whole")
    arcs, value = [], 0
    for byte in body:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def moment(element: Element) -> datetime:
    """Read a time (UTC, RFC 3161 § 2.4.2: seconds, and a fraction without zeros behind it)."""
    match = _MOMENT.fullmatch(element.body)
    if match is None:
        raise ValueError("a time is not as DER writes it")
    whole = datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return whole + timedelta(microseconds=int((match[2] or b"").ljust(6, b"0")[:6]))


# writing


def sequence(*parts: bytes) -> bytes:
    """Write a sequence of values that are written already."""
    return _written(SEQUENCE, b"".join(parts))


def integer(value: int) -> bytes:
    """Write an integer, not negative.

    Examples
    --------
    >>> integer(128).hex()
    '02020080'
    """
    return _written(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(data: bytes) -> bytes:
    """Write an octet string."""
    return _written(OCTET_STRING, data)


def object_id(dotted: str) -> bytes:
    """Write an object identifier."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        body += bytes(reversed(digits))
    return _written(OID, body)


def _written(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body
