"""A mapping says what a column means, and is refused where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.evidence.read.mapping import known_mappings, load_mapping, read_mapping

HEAD = 'schema = "oberih/mapping/1"\nid = "x"\ntitle = "x"\n'
KIND = '[[field]]\nto = "kind"\nvalue = "event"\n'
TEXT = '[[field]]\nto = "text"\ncolumn = "what"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", known_mappings())
def test_every_mapping_that_ships_is_one_and_has_its_own_name(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.id == name
    assert mapping.source


def test_the_mappings_that_were_promised_ship() -> None:
    assert {"acled", "firms", "chronology", "record"} <= set(known_mappings())


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean firms"):
        load_mapping("firm")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "schema: is missing"),
        (HEAD + TEXT, "fills no kind"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "latitude"\ncolumn = "lat"\n', "is no field of a record"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\n', "exactly one of column, template, value, columns"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\ncolumn = "a"\ncolum = "b"\n', "field 3"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\ntemplate = "{a"\n', "brackets"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\ntemplate = "[{a}"\n', "brackets"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "claims"\ncolumn = "a"\n', "needs by"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\ncolumn = "a"\nsplit = ";"\n', "nothing to split"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "happened.from"\ncolumn = "a"\ndate = ["%H"]\n', "no year"),
        (HEAD + KIND + TEXT + '[[field]]\nto = "id"\ncolumn = "a"\nwhen = {column = "b"}\n', "equals or holds"),
        (HEAD + 'delimiter = ";;"\n' + KIND + TEXT, "delimiter"),
        (HEAD + "keep = nothing", "is not TOML"),
        (HEAD + "direct = true\n" + KIND, "takes rows as records"),
    ],
)
def test_a_mapping_that_is_none_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as refused:
        load_mapping(path)
    line = str(refused.value)
    assert said in line and str(path) in line and "\n" not in line
    assert refused.value.exit_code == 2


def test_a_folder_or_a_file_in_another_encoding_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_mapping(tmp_path / "nowhere.toml")
    folder = tmp_path / "x.toml"
    folder.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(folder)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(HEAD.encode() + b"# \xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        load_mapping(latin)


WORDS = st.sampled_from(
    [
        "to",
        "column",
        "template",
        "value",
        "columns",
        "combine",
        "date",
        "zone",
        "translate",
        "bands",
        "when",
        "by",
        "id",
    ]
)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.sampled_from(["text", "kind", "{a}", "[", "%Y", "iso", "data.x", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(WORDS, VALUES, max_size=4), max_size=3), st.dictionaries(WORDS, VALUES, max_size=2))
def test_a_mapping_of_any_shape_is_one_or_refused(rules: list[dict[str, Any]], more: dict[str, Any]) -> None:
    table = {"schema": "oberih/mapping/1", "id": "x", "title": "x", "field": rules, **more}
    try:
        mapping = read_mapping(table, file="mine.toml")
    except InputError as error:
        assert "mine.toml" in str(error) and "\n" not in str(error)
    else:
        assert {"kind", "text"} <= {rule.to for rule in mapping.field}
