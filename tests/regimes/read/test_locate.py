"""Every value of a TOML file is found on its line."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.regimes.read.locate import Path, lines_of, locate
from oberih.regimes.read.regime_file import shipped_regimes

keys = st.sampled_from(["a", "b-1", "c_2", '"d e"', "'f.g'", '"h\\"i"', "07"])
noise = st.sampled_from([
    "", "# a = [", '# """', "  ", 't{n} = """\na = 1\n[[x]]\n\\"""\n"""', "u{n} = '''\n[y]\nz = 2'''",
    'v{n} = "[q] # no"',
])  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    """TOML whose every whole number is the line on which it stands; strings and comments that look like tables."""
    lines: list[str] = []

    def put(text: str) -> None:
        lines.extend(text.split("\n"))

    def here() -> int:
        return len(lines) + 1

    def value() -> str:
        kind = draw(st.integers(0, 3))
        if kind == 0:
            return f"{here()}"
        if kind == 1:
            return f"[{here()}, [{here()}], '#', {here()}]"
        if kind == 2:
            return f'{{x = {here()}, y.z = {here()}, s = "}}" }}'
        return f"[ # many\n  {here() + 1},\n\n  {{k = {here() + 3}}},\n]"

    for table in range(draw(st.integers(0, 4))):
        name = draw(keys)
        header = draw(st.sampled_from(["[t{n}.{k}]", "[[list]]", "[[list.{k}]]", "[ s{n} . {k} ]", "[[ list ]] # [x]"]))
        if table == 0 and header == "[[list.{k}]]":
            put("[[list]]")
        put(header.format(n=table, k=name))
        put(draw(noise).format(n=table))
        for key in draw(st.lists(keys, unique=True, max_size=3)):
            put(f"k{table}.{key} = {value()} # end")
            put(draw(st.sampled_from(["", "# b = 1", "   "])))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, int]]:
    if isinstance(value, dict):
        return [leaf for k, v in value.items() for leaf in leaves(v, (*path, k))]
    if isinstance(value, list):
        return [leaf for i, v in enumerate(value) for leaf in leaves(v, (*path, i))]
    return [(path, value)] if isinstance(value, int) else []


@settings(deadline=None)
@given(documents())
def test_every_number_is_found_on_its_line(text: str) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a header that the random names give twice
    lines = lines_of(text)
    for path, line in leaves(table):
        assert path in lines
        assert locate(lines, path) == line, (path, text)


def test_what_is_missing_is_found_at_the_table_that_lacks_it() -> None:
    lines = lines_of("a = 1\n\n[[span]]\nfrom = 1\n[[span]]\nto = 2\n")
    assert [locate(lines, p) for p in (("span", 1, "source"), ("span", 0, "to"), ("nothing",))] == [5, 3, 1]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_what_is_no_toml_ends_without_an_error(text: str) -> None:
    assert lines_of(text)[()] == 1


@settings(deadline=None)
@given(st.text(alphabet="[]{}\"'=.,#\n\\ab1 ", max_size=300))
def test_what_looks_like_toml_ends_without_an_error(text: str) -> None:
    assert lines_of(text)[()] == 1


@pytest.mark.parametrize("name", sorted(shipped_regimes()))
def test_every_leaf_of_a_shipped_regime_has_its_own_line(name: str) -> None:
    text = shipped_regimes()[name].read_text(encoding="utf-8")
    lines, whole = lines_of(text), text.splitlines()

    def check(value: Any, path: Path) -> None:
        if isinstance(value, dict):
            for k, v in value.items():
                check(v, (*path, k))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for i, v in enumerate(value):
                check(v, (*path, i))
        else:
            assert path in lines
            assert str(path[-1]) in whole[lines[path] - 1]

    check(tomllib.loads(text), ())
