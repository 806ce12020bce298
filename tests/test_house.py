"""The laws of the house: what a newcomer may rely on in every room."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "oberih"
FILES = sorted(SOURCE.rglob("*.py"))
SHELVES = ("src", "tests", "validation", "conformance", "benchmarks", "fuzz")
ALL_FILES = [f for shelf in SHELVES for f in sorted((ROOT / shelf).rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public_definitions(tree: ast.Module) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Functions and classes of a module, and the methods of its classes, that carry no underscore."""
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield node.name, node
        for inner in node.body if isinstance(node, ast.ClassDef) else []:
            if isinstance(inner, Function) and not inner.name.startswith("_"):
                yield f"{node.name}.{inner.name}", inner


def length(node: Function) -> int:
    """Lines of a function without its docstring."""
    doc = ast.get_docstring(node, clean=False)
    return (node.end_lineno or node.lineno) - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    lengths = {name_of(f): len(f.read_text(encoding="utf-8").splitlines()) for f in ALL_FILES}
    assert {f: n for f, n in lengths.items() if n > 500} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = {f"{name_of(f)}:{d.name}": length(d) for f in FILES for d in functions(tree_of(f)) if length(d) > 60}
    assert long == {}


def test_every_name_says_what_it_holds() -> None:
    nothing = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core"}
    said = {name_of(f) for f in ALL_FILES if nothing & {*f.relative_to(ROOT).with_suffix("").parts}}
    assert said == set()


def test_every_module_says_what_it_is_for() -> None:
    assert [name_of(f) for f in FILES if not ast.get_docstring(tree_of(f))] == []


def test_every_room_asks_a_question() -> None:
    rooms = [f for f in SOURCE.glob("*/__init__.py")]
    assert len(rooms) >= 10
    first_lines = {name_of(f): (ast.get_docstring(tree_of(f)) or "").splitlines()[0] for f in rooms}
    assert {f: line for f, line in first_lines.items() if not line.endswith("?")} == {}


def test_everything_public_is_documented() -> None:
    silent = [
        f"{name_of(f)}:{name}" for f in FILES for name, d in public_definitions(tree_of(f)) if not ast.get_docstring(d)
    ]
    assert silent == []


def test_clock_and_shared_randomness_stay_out_of_the_rules() -> None:
    forbidden = re.compile(
        r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(|"
        r"np\.random\.(seed|rand|randn|random|normal|uniform|choice|randint|shuffle|permutation)\(|^import random\b",
        re.MULTILINE,
    )
    read_here = {SOURCE / "cli" / "clock.py"}  # the one place; rules take the time as an argument
    rules = [f for f in FILES if f not in read_here]
    found = {name_of(f): m.group() for f in rules if (m := forbidden.search(f.read_text(encoding="utf-8")))}
    assert found == {}


def test_imports_run_down_and_in_no_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


HEAVY = ("numpy", "matplotlib", "zarr", "numba", "pyproj", "scipy", "xarray", "shapely", "rich.table", "httpx")


def test_the_door_opens_without_the_heavy_rooms() -> None:
    script = f"import sys, oberih.cli.main; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def fastest(script: str, *, times: int = 5) -> float:
    """Shortest of several runs [s]: what the machine can do when nothing else disturbs it."""

    def run() -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        return time.perf_counter() - begin

    return min(run() for _ in range(times))


def test_the_door_opens_nearly_as_fast_as_python_itself() -> None:
    # A ratio, not seconds, so that a busy machine does not fail it: 7 as measured, and the 0.4 s of the
    # requirement are above 25 starts of a bare interpreter (15 ms).
    assert fastest("import oberih.cli.main") < 20 * fastest("pass")


def test_the_bootstrap_script_is_posix_shell() -> None:
    subprocess.run(["sh", "-n", ROOT / "start"], check=True)


def test_pins_name_no_place_to_download_from() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(pins) > 50
    assert [line for line in pins if not re.fullmatch(r"[a-z0-9._-]+==[^ ]+( ; .+)?", line) or "://" in line] == []
