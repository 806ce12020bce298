"""What does each room offer to Python?  Writes one page a room, out of the docstrings.

A hook of MkDocs: it reads the source without importing it, so that the documentation can be
built where the heavy packages are not installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

SOURCE = Path(__file__).resolve().parents[1] / "src" / "oberih"
ROOMS = (
    "web", "case",
    "picture", "zone", "dose", "atlas", "dispersion", "weather", "release", "regimes", "evidence", "nuclide",
    "earth", "far", "language",
)  # fmt: skip
Definition = ast.FunctionDef | ast.ClassDef


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages to the site."""
    files.append(File.generated(config, "api/index.md", content=_index()))
    for room in ROOMS:
        files.append(File.generated(config, f"api/{room}.md", content=room_page(room)))
    return files


def room_page(room: str) -> str:
    """Write the page of one room, in Markdown."""
    modules = [f for f in sorted((SOURCE / room).rglob("*.py")) if "kernels" not in f.parts and f.stem != "__init__"]
    parts = [f"# {room}: {_first_line(SOURCE / room / '__init__.py')}"]
    for file in modules:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        dotted = ".".join(("oberih", *file.relative_to(SOURCE).with_suffix("").parts))
        parts += [f"## `{dotted}`", _prose(ast.get_docstring(tree) or "")]
        parts += [text for node in _public(tree) for text in _definition(node)]
    return "\n\n".join(parts) + "\n"


def _index() -> str:
    rows = [f"- [`{room}`]({room}.md): {_first_line(SOURCE / room / '__init__.py')}" for room in ROOMS]
    intro = (
        "Each room answers one question. Imports run down this list only; start with `case`, which tells whole stories."
    )
    return "\n".join(["# Python API", "", intro, "", *rows, ""])


def _first_line(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()[0]


def _public(tree: ast.Module) -> Iterator[Definition]:
    return (n for n in tree.body if isinstance(n, Definition) and not n.name.startswith("_"))


def _definition(node: Definition) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        yield f"### class `{node.name}`"
    else:
        result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield f"### `{node.name}`"
        yield f"```python\n{node.name}({ast.unparse(node.args)}){result}\n```"
    yield _prose(ast.get_docstring(node) or "")


def _prose(docstring: str) -> str:
    """Turn numpydoc into Markdown: sections become bold words, their text stays as it was laid out."""
    pieces = re.split(r"^(\w[\w ]*)\n-{3,}\n", docstring, flags=re.MULTILINE)
    written = [_links(pieces[0])]
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        language = "pycon" if name == "Examples" else "text"
        text = _links(body) if name in {"Notes", "See Also"} else f"```{language}\n{body.strip()}\n```"
        written += [f"**{name}**", text]
    return "\n\n".join(written)


def _links(text: str) -> str:
    """Keep what docstrings mark as code, and literal blocks, as code."""
    text = re.sub(r"``(.+?)``", r"`\1`", text)
    return (
        re.sub(r"::\n\n((?:    .*\n?|\n)+)", lambda m: ":\n\n" + m[1], text).replace("<", "&lt;").replace("](", "]\\(")
    )
