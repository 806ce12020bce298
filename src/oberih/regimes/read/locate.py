"""On which line of a TOML file does this value stand?

Python's own reader says where a file is no TOML, but forgets the lines of what it read.  `lines_of`
walks once over headers and keys, past comments, strings of every kind and brackets over many lines, and notes the
line of every path;
`locate` gives the line of a path, or of the nearest thing above it.  It trusts that the file was read
without an error before.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

__all__ = ["Path", "lines_of", "locate"]

Path = tuple[str | int, ...]

_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_KEY = re.compile(r'(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')')
_BLANK = re.compile(r"[ \t\r\n]+|#[^\n]*")


def lines_of(text: str) -> dict[Path, int]:
    r"""Return the line (from 1) of every path that a header or a key opens; the whole file is ``()``.

    Examples
    --------
    >>> lines_of('[[span]]\nfrom = 2011-02-05\n[[span]]\nto = 2026-02-05\n')[("span", 1, "to")]
    4
    """
    return _Walk(text).lines


def locate(lines: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """Return the line of a path, else of the nearest thing above it.

    Examples
    --------
    >>> locate({(): 1, ("span", 0): 3}, ("span", 0, "source"))
    3
    """
    for length in range(len(path), -1, -1):
        if tuple(path[:length]) in lines:
            return lines[tuple(path[:length])]
    return 1


class _Walk:
    """One pass over the text; ``at`` is the position."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line, self.counted = text, 0, 1, 0
        self.lines: dict[Path, int] = {(): 1}
        self.tables: dict[Path, int] = {}
        self.here: Path = ()
        self._blank()
        while self.at < len(text):
            if text[self.at] == "[":
                self._header()
            else:
                self._pair(self.here)
            self._blank()

    def _now(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def _blank(self) -> None:
        while match := _BLANK.match(self.text, self.at):
            self.at = match.end()

    def _spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self._now())

    def _dotted(self) -> list[str]:
        """A key, which may have several names."""
        names: list[str] = []
        while match := _KEY.match(self.text, self.at):
            self.at = match.end()
            names.append(_name(match.group()))
            self._spaces()
            if self.at >= len(self.text) or self.text[self.at] != ".":
                break
            self.at += 1
            self._spaces()
        return names

    def _header(self) -> None:
        many = self.text.startswith("[[", self.at)
        line_at = self.at
        self.at += 2 if many else 1
        self._spaces()
        names = self._dotted()
        self.at = self.text.find("\n", self.at)
        end = len(self.text) if self.at < 0 else self.at
        self.at = line_at
        path: Path = ()
        for i, name in enumerate(names):
            path = (*path, name)
            self._note(path)
            if many and i == len(names) - 1:
                self.tables[path] = self.tables.get(path, -1) + 1
            if path in self.tables:
                path = (*path, self.tables[path])
                self._note(path)
        self.here, self.at = path, end

    def _pair(self, above: Path) -> None:
        start = self.at
        names = self._dotted()
        if not names:  # no TOML: go on by one, so that this ends
            self.at += 1
            return
        end, self.at = self.at, start
        path = above
        for name in names:
            path = (*path, name)
            self._note(path)
        self.at = end
        self._spaces()
        self.at += 1  # the sign =
        self._spaces()
        self._value(path)

    def _value(self, path: Path) -> None:
        if self.at >= len(self.text):
            return
        if match := _STRING.match(self.text, self.at):
            self.at = match.end()
        elif self.text[self.at] == "[":
            self._array(path)
        elif self.text[self.at] == "{":
            self._inline(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        self._blank()
        i = 0
        while self.at < len(self.text) and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                before = self.at
                self._note((*path, i))
                self._value((*path, i))
                self.at += self.at == before
                i += 1
            self._blank()
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        self._blank()
        while self.at < len(self.text) and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self._pair(path)
            self._blank()
        self.at += 1


def _name(written: str) -> str:
    """A key without its quotes."""
    if written[0] == "'":
        return written[1:-1]
    if written[0] == '"':
        try:
            return next(iter(tomllib.loads(f"{written} = 0")))
        except tomllib.TOMLDecodeError:
            return written[1:-1]
    return written
