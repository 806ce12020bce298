"""A table of samples is read, or refused in one line, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.case.reach.trace_samples import MOST_BYTES, read_samples
from oberih.errors import InputError

HEAD = "name,latitude,longitude,from,to,value\n"
LINE = "a,50,30,2026-01-01T00:00Z,2026-01-02T00:00Z,1e-6\n"


def test_a_plain_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeff" + HEAD + LINE + LINE.replace("\n", "\r\n"), encoding="utf-8")
    assert [s.value for s in read_samples(tmp_path / "t.csv")] == [1e-6, 1e-6]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "a" * 200_000 + LINE, "is no table"), (HEAD + "\x1b[2J" + LINE, "cannot be shown"),
        (HEAD + LINE * (MOST_BYTES // len(LINE) + 1), "larger than"), (HEAD + LINE * 501, "holds 501 samples"),
        (HEAD, "holds 0 samples"), (HEAD + LINE.replace("1e-6", "nan"), "not a finite number"),
    ],
)  # fmt: skip
def test_a_table_without_sense_or_end_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as error:
        read_samples(tmp_path / "t.csv")
    assert len(str(error.value).splitlines()) == 1


@given(st.text(max_size=60), st.binary(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_table_is_read_or_refused(tmp_path: Path, text: str, junk: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(HEAD.encode() + text.encode(errors="replace") + junk + b"\n" + LINE.encode())
    try:
        read_samples(tmp_path / "t.csv")
    except InputError as error:
        assert error.message
