"""Every module of validation/ and benchmarks/ that can be run is asked and answers in one way (`validation.door`)."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUARD = "__name__ == '__main__'"
APART = {
    "validation.record_writer": "is killed on the way by those that judge; says ids, no figures",
    "validation.rivals.parcels_job": "is run by a Python that has Parcels and nothing of ours",
}
"""Run by other modules only."""

JUDGES = (
    "etex", "hukkoo", "new_start", "particles", "pillars", "prairie_grass", "reciprocity", "registry", "rivals",
    "tamper", "volumes",
)  # fmt: skip
"""Take a folder of cases in the layout of the shared data; others than ours are put to them."""


def trees() -> dict[str, ast.Module]:
    files = [p for shelf in ("validation", "benchmarks") for p in sorted((ROOT / shelf).rglob("*.py"))]
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in files]
    return dict(zip(names, (ast.parse(p.read_text(encoding="utf-8")) for p in files), strict=True))


TREES = trees()
RUNNABLE = [
    name
    for name, tree in TREES.items()
    if isinstance(tree.body[-1], ast.If) and ast.unparse(tree.body[-1].test) == GUARD
]
RULED = [name for name in RUNNABLE if name not in APART]


def spoken(name: str) -> str:
    """As it is written after ``python -m``."""
    return name.removesuffix(".__main__")


def asked(name: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    main = importlib.import_module(name).main
    capsys.readouterr()
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def test_the_shelves_are_seen() -> None:
    assert len(RULED) >= 28 and set(APART) <= set(RUNNABLE)
    assert {f"validation.{name}" for name in JUDGES} <= {spoken(name) for name in RULED}


def test_what_has_a_main_can_be_run() -> None:
    with_main = {n for n, t in TREES.items() if any(getattr(part, "name", "") == "main" for part in t.body)}
    assert with_main == set(RUNNABLE)


@pytest.mark.parametrize("name", RULED)
def test_it_is_begun_asked_and_ended_in_one_way(name: str) -> None:
    tree = TREES[name]
    assert ast.unparse(tree.body[-1]).endswith("raise SystemExit(main(sys.argv[1:]))")
    main = next(part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == "main")
    assert ast.unparse(main.args).startswith("arguments: Sequence[str]") and ast.unparse(main.returns or main) == "int"
    assert [ast.unparse(d) for d in main.decorator_list] == ["answering"]
    told = (ast.get_docstring(tree) or "").lower()
    assert f"python -m {spoken(name)}" in told and "json" in told


@pytest.mark.parametrize("name", RULED)
def test_the_last_thing_it_prints_is_its_figures(name: str) -> None:
    calls = [c for c in ast.walk(TREES[name]) if isinstance(c, ast.Call) and ast.unparse(c.func) == "print"]
    to_stdout = [c for c in calls if not any(k.arg == "file" for k in c.keywords)]
    last = max(to_stdout, key=lambda c: c.lineno)
    assert ast.unparse(last).startswith("print(json.dumps("), f"line {last.lineno}"


@pytest.mark.parametrize("name", RULED)
def test_help_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(name, ["--help"], capsys)
    assert code == 0 and err == "" and f"python -m {spoken(name)}" in out.splitlines()[0]


@pytest.mark.parametrize("name", RULED)
def test_a_word_that_it_does_not_know_is_refused_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(name, ["--no-such-word"], capsys)
    assert code == 2 and out == ""
    assert len(err.splitlines()) == 1 and "command line" in err


@pytest.mark.parametrize("name", JUDGES)
@pytest.mark.parametrize("what", ["absent", "empty", "a file"])
def test_a_folder_that_holds_no_case_is_refused_in_one_line(
    name: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    if what == "empty":
        place.mkdir()
    elif what == "a file":
        place.write_text("no case", encoding="utf-8")
    module = next(n for n in RULED if spoken(n) == f"validation.{name}")
    code, out, err = asked(module, [str(place)], capsys)
    assert code == 2 and out == ""
    assert len(err.splitlines()) == 1 and "place" in err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("validation.etex", "--particles 0"), ("validation.particles", "--blocks none"),
        ("validation.api_fuzz", "--examples -1"), ("validation.record_endurance", "--kills 0.5"),
        ("validation.pillars", "--as-of soon"), ("validation.rivals.beside", "a b --cell 0"),
        ("validation.event_timing", f"{Path(__file__)} 50.0"), ("benchmarks.findings", "none"),
        ("benchmarks.flow", "--hours 0"), ("benchmarks.serve", "--minutes nan"), ("benchmarks.live", "1 2 absent"),
        ("benchmarks.particles", "--particles 1e6"), ("benchmarks.volumes", "--size big"),
    ],
)  # fmt: skip
def test_a_word_of_the_wrong_kind_is_refused_in_one_line(
    name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = asked(name, words.split(), capsys)
    assert code == 2 and out == "" and len(err.splitlines()) == 1


@pytest.mark.parametrize("name", ["validation.rivals.beside", "benchmarks.findings"])
def test_run_as_a_module_the_last_line_is_json_or_there_is_one_line_of_what_is_wrong(name: str) -> None:
    words = ["absent", "absent"] if name.startswith("validation") else ["100"]
    done = subprocess.run([sys.executable, "-m", name, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if name.startswith("validation"):
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    else:
        assert done.returncode in (0, 1) and done.stderr == ""  # how fast it is here is no matter of this test
        assert json.loads(done.stdout.splitlines()[-1])["findings"] >= 100
