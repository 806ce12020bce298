"""What the documentation shows is what happens."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import oberih
from oberih.cli.main import door

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
WORDS_OF_START = {"test", "slow", "check", "validate", "endure", "bench", "browse", "docs", "setup"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    """Fenced blocks of a page in these languages, in order."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(language, text) for language, text in found if language in languages]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_on_a_page_runs_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": page.stem}
    for language, text in blocks(page, "python", "toml", "csv"):
        head = re.match(r"# file: (\S+)\n", text)
        if language == "python":
            exec(compile(text, str(page), "exec"), names)
        elif head:
            Path(head[1]).write_text(text[head.end() :], encoding="utf-8")


COMMANDS = sorted(
    {
        line.split("#")[0].strip().removeprefix("./start ").strip()
        for page in PAGES
        for _, text in blocks(page, "sh")
        for line in text.splitlines()
        if line.startswith("./start ")
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_on_a_page_is_one(line: str) -> None:
    words = shlex.split(line)
    if words[0] in WORDS_OF_START:
        assert f"    {words[0]})" in (ROOT / "start").read_text(encoding="utf-8")
        return
    command: click.Command | None = door
    context = click.Context(door)
    while isinstance(command, click.Group):
        name, command, words = command.resolve_command(context, words)
        assert command is not None
        if not isinstance(command, click.Group):
            command.make_context(name, list(words), parent=context)  # parses, and runs nothing


def modules() -> list[str]:
    return [m.name for m in pkgutil.walk_packages(oberih.__path__, "oberih.") if m.name != "oberih.__main__"]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_the_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=quiet, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "api" / "zone" / "index.html").exists()


def test_every_room_has_a_page_of_its_own() -> None:
    hook = {}
    source = (ROOT / "docs" / "_api_pages.py").read_text(encoding="utf-8")
    exec(source[source.index("ROOMS = ") :].split("\nDefinition", 1)[0], hook)
    rooms = {f.parent.name for f in (ROOT / "src" / "oberih").glob("*/__init__.py")}
    assert set(hook["ROOMS"]) == rooms - {"cli"}
