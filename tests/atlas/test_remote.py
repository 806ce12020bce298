"""What a store says is read with care: a torn seal is none, no name leads outside, hours count as they are sealed."""

from __future__ import annotations

import asyncio
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.atlas.coverage import Coverage
from oberih.atlas.layout import FORMAT
from oberih.atlas.remote import _awaited, said_of, store_at
from oberih.atlas.remote_read import fetch
from oberih.atlas.remote_seals import FarAtlas, safe_names, said_in
from oberih.errors import CorruptStore, InputError
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_bytes, sha256_of_value
from oberih.far.deadline import Deadline

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)
SEALS = st.dictionaries(NAMES, st.text("0123456789abcdef", min_size=64, max_size=64), min_size=1)


@given(SEALS, st.data())
def test_a_seal_torn_anywhere_is_no_seal(said: dict[str, str], data: st.DataObject) -> None:
    whole = canonical_json(said) + b"\n"
    assert said_in(whole) == said
    cut = data.draw(st.integers(0, len(whole) - 2))  # without its last brace
    assert said_in(whole[:cut]) == {}


@given(st.binary())
def test_no_bytes_at_all_are_mistaken_for_a_seal_of_something_else(content: bytes) -> None:
    said = said_in(content)
    assert said == {} or said == json.loads(content)


def test_a_seal_nested_for_ever_is_no_seal() -> None:
    assert said_in(b'{"a":' * 200_000) == {}


@given(st.lists(st.text("ab./\\:", min_size=1, max_size=12), max_size=4))
def test_a_name_that_is_let_through_stays_inside(names: list[str]) -> None:
    inside = Path("/atlas")
    try:
        kept = safe_names(names)
    except CorruptStore:
        return
    for name in kept:
        assert os.path.normpath(inside / name).startswith("/atlas/")
        assert os.path.normpath(inside / name) == str(inside / name)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a//b", "a/./b", "c:\\x", "a\\..\\b", "", "a/..", "a\0b", "\x1b[2J", "a" * 256]
)
def test_names_that_lead_outside_are_refused(name: str) -> None:
    with pytest.raises(CorruptStore, match="outside the atlas"):
        safe_names(["tic/c/0/0/0", name])


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 9), st.data())
def test_hours_are_counted_where_every_height_is_sealed(
    releases: int, heights: int, block_hours: int, data: st.DataObject
) -> None:
    pairs = [(b, h) for b in range(-(-releases // block_hours)) for h in range(heights)]
    sealed = frozenset(data.draw(st.sets(st.sampled_from(pairs))))
    part = Coverage(sealed, releases, heights, block_hours)
    hours = [n for n in range(releases) if all((n // block_hours, h) in sealed for h in range(heights))]
    spans = part.spans()
    assert [n for span in spans for n in span] == hours
    assert all(a.stop < b.start for a, b in pairwise(spans))
    assert part.hours() == len(hours)
    assert part.complete == (len(hours) == releases)
    for height in range(heights):
        assert part.hours(height) == sum((n // block_hours, height) in sealed for n in range(releases))


def test_what_is_said_of_an_error_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush+hush")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-a-session")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODY")
    line = "GET /b?X-Amz-Signature=abc123&X-Amz-Credential=AKIASOMEBODY%2F by hush+hush,\n token-of-a-session"
    said = said_of(OSError(line))
    assert "\n" not in said
    for secret in ("abc123", "AKIASOMEBODY", "hush", "token-of-a-session"):
        assert secret not in said
    assert said_of(TimeoutError()) == "TimeoutError"
    for line in (
        "PUT http://host/?k=hush%2Bhush", "x-amz-security-token: hush,",
        "http://host/b?apikey=hush&hour=3",
        "Signature = hush",
    ):  # fmt: skip
        assert "hush" not in said_of(OSError(line)) and "…" in said_of(OSError(line))
    for line in (
        "no route to http://somebody:hush@127.0.0.1:9000/b",
        "no route to http://some@body:hush@127.0.0.1:9000/b",
    ):
        assert said_of(OSError(line)) == "no route to http://127.0.0.1:9000/b"


@pytest.mark.parametrize("query", ["X-Amz-Signature=hush", "a=b&sig_token=hush", "AccessKeyId=hush", "password=hush"])
def test_a_url_that_opens_the_door_by_itself_is_refused_and_not_repeated(query: str) -> None:
    with pytest.raises(InputError, match="carries credentials") as error:
        store_at(f"https://host/bucket?{query}")
    assert "hush" not in str(error.value)


@given(st.text(max_size=30))
def test_whatever_is_no_url_is_refused_in_one_line(text: str) -> None:
    try:
        store_at(text)
    except InputError as error:
        assert "\n" not in str(error).replace(repr(text), "")


@pytest.mark.parametrize("attributes", ["[1]", '"x"', "null", "5"])
def test_metadata_without_sense_is_no_atlas(attributes: str, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "zarr.json").write_text(f'{{"attributes": {attributes}}}')
    far = FarAtlas(store_at(f"file://{tmp_path}"), "0" * 64, {}, frozenset(), {})
    with pytest.raises(InputError, match="not an atlas of format"):
        _ = far.facts


def atlas_there(folder: Path, sealed: dict[str, str]) -> str:
    """What looks like an atlas with one sealed block."""
    facts = {"x": 1}
    group = {"zarr_format": 3, "node_type": "group", "attributes": {"format": FORMAT, "facts": facts}}
    plain = json.dumps(group).encode()
    layout = {"plan": sha256_of_value(facts), "sha256": {"zarr.json": sha256_of_bytes(plain)}}
    (folder / "seals").mkdir(parents=True)
    (folder / "zarr.json").write_bytes(plain)
    (folder / "seals" / "layout.json").write_text(json.dumps(layout))
    if sealed:
        (folder / "seals" / "00000-00.json").write_text(json.dumps(sealed))
    return f"file://{folder}"


@pytest.mark.parametrize("name", ["zarr.json", "seals/layout.json", "tic/c/1/0/0", "tic/c/0/1/0", "tic/zarr.json"])
def test_a_seal_speaks_of_its_own_block_only(name: str, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    url = atlas_there(tmp_path / "there", {name: "0" * 64})
    file = tmp_path / "there" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    with pytest.raises(CorruptStore, match="not the seal of its block"):
        fetch(url, tmp_path / "here")
    assert not (tmp_path / "here" / "seals" / "00000-00.json").exists()


def test_an_atlas_that_does_not_say_its_digest_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(CorruptStore, match="another digest"):
        fetch(atlas_there(tmp_path / "there", {}), tmp_path / "here")


class JustNow:
    """An answer that comes in the moment in which we look away."""

    def __init__(self, answer: object) -> None:
        self.answer, self.looks = answer, 0

    def result(self, timeout: float | None = None) -> object:
        self.looks += 1
        if self.looks == 1 or isinstance(self.answer, TimeoutError):
            raise TimeoutError("of its own" if self.looks > 1 else "")
        return self.answer

    def done(self) -> bool:
        return True

    def cancel(self) -> None:
        """Too late."""


def test_an_answer_that_came_just_now_is_taken_and_its_own_lateness_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (b"chunk", TimeoutError()):
        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", lambda request, loop, answer=answer: JustNow(answer))
        if isinstance(answer, bytes):
            assert _awaited(None, None, Deadline()) == answer  # type: ignore[arg-type]
        else:
            with pytest.raises(TimeoutError, match="of its own"):
                _awaited(None, None, Deadline())  # type: ignore[arg-type]
