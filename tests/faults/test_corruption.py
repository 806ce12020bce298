"""What is not what was written is found, named, refused, and can be made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oberih.atlas.build import build
from oberih.atlas.layout import COLUMNS
from oberih.atlas.packed import pack
from oberih.atlas.store import create, open_atlas, unseal, verify
from oberih.atlas.superpose import dose_field
from oberih.case.progress import Silent
from oberih.case.reach.atlas_store import verify as verify_case
from oberih.errors import CorruptStore, InputError
from oberih.evidence.canonical import canonical_json
from tests.atlas.small import digests, plan, source
from tests.faults.conftest import PLAN

ARRAYS_OF_BLOCKS = ("cell", "offset", "balance", *COLUMNS)
LAYOUT = ("time", "height", "ring", "sector", "air")


def flip(file: Path, place: int) -> None:
    """Change one bit."""
    content = bytearray(file.read_bytes())
    content[place % len(content)] ^= 1 << (place % 8)
    file.write_bytes(bytes(content))


def files_of(path: Path) -> list[str]:
    return [name for name in digests(path) if not name.startswith("seals/")]


def chunk(name: str) -> str:
    return f"{name}/c/1/0/0/0" if name == "balance" else f"{name}/c/1/0/0"


def test_one_flipped_bit_in_any_file_is_found_and_named(copy: Path, undisturbed: dict[str, str]) -> None:
    atlas = open_atlas(copy)
    assert verify(atlas) == []
    rng = np.random.default_rng(2026)
    names = files_of(copy)
    assert len(names) > 80
    for name in names:
        whole = (copy / name).read_bytes()
        flip(copy / name, int(rng.integers(1 << 30)))
        assert verify(atlas) == [f"{name}: not what was written"]
        (copy / name).write_bytes(whole)
    assert verify(atlas) == []
    assert digests(copy) == undisturbed


def test_one_lost_file_of_any_kind_is_found_and_named(copy: Path) -> None:
    atlas = open_atlas(copy)
    for name in files_of(copy):
        (copy / name).rename(copy / "away")
        assert f"{name}: missing" in verify(atlas)
        (copy / "away").rename(copy / name)


@pytest.mark.parametrize("name", ["tic/c/1/0/1", "wet/c/0/1/0.partial", "balance/c/0/0/1/0", "offset/c/1/1/7"])
def test_an_added_chunk_is_found_and_goes_when_its_block_is_made_anew(
    copy: Path, undisturbed: dict[str, str], name: str
) -> None:
    (copy / name).parent.mkdir(exist_ok=True, parents=True)
    (copy / name).write_bytes(b"stowaway")
    atlas = open_atlas(copy)
    faults = verify(atlas)
    assert faults == [f"{name}: appeared after it was sealed"]
    assert unseal(atlas, faults) == 1
    build(copy, PLAN)
    assert digests(copy) == undisturbed


@pytest.mark.parametrize("seal", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", None])
def test_a_torn_seal_is_found_and_its_block_made_anew(
    copy: Path, undisturbed: dict[str, str], seal: bytes | None
) -> None:
    file = copy / "seals" / "00001-00.json"
    file.write_bytes(file.read_bytes()[:100] if seal is None else seal)
    atlas = open_atlas(copy)
    faults = verify(atlas)
    assert len(faults) == 1
    assert faults[0].startswith("seals/00001-00.json: unreadable seal")
    assert unseal(atlas, faults) == 1
    build(copy, PLAN)
    assert digests(copy) == undisturbed


def test_a_seal_of_no_block_is_found(copy: Path) -> None:
    (copy / "seals" / "1-stray.json").write_text("{}")
    faults = verify(open_atlas(copy))
    assert faults == ["seals/1-stray.json: no block has such a seal"]
    assert unseal(open_atlas(copy), faults) == 1
    assert verify(open_atlas(copy)) == []


@pytest.mark.parametrize("name", ARRAYS_OF_BLOCKS)
@pytest.mark.parametrize("spoil", ["flip", "lose", "cut", "empty", "swap"])
def test_reading_a_spoilt_chunk_is_refused_by_name(copy: Path, name: str, spoil: str) -> None:
    file = copy / chunk(name)
    {
        "flip": lambda: flip(file, 12345),
        "lose": file.unlink,
        "cut": lambda: file.write_bytes(file.read_bytes()[:-5]),
        "empty": lambda: file.write_bytes(b""),
        "swap": lambda: file.write_bytes(b"another file altogether, and long enough to be a chunk"),
    }[spoil]()
    atlas = open_atlas(copy)
    with pytest.raises(CorruptStore, match=f"{copy}/{name}.*verify.*build again"):
        _ = atlas.balance if name == "balance" else pack(atlas)
    if name != "balance":
        with pytest.raises(CorruptStore):
            dose_field(atlas, source(height=10.0), start=180)


def test_a_spoilt_block_does_not_keep_others_from_being_read(copy: Path, whole: Path) -> None:
    flip(copy / chunk("tic"), 500)
    there, here = (dose_field(open_atlas(path), source(), start=10) for path in (whole, copy))
    np.testing.assert_array_equal(there, here)


@pytest.mark.parametrize("name", ["zarr.json", "tic/zarr.json", "seals/zarr.json", *(f"{n}/zarr.json" for n in LAYOUT)])
def test_changed_metadata_are_refused_and_mended_by_the_next_build(
    copy: Path, undisturbed: dict[str, str], name: str
) -> None:
    text = (copy / name).read_text()
    (copy / name).write_text(text.replace("}", " }", 1))
    refused_then_mended(copy, name, undisturbed)


@pytest.mark.parametrize("array", LAYOUT)
@pytest.mark.parametrize("spoil", ["flip", "lose"])
def test_spoilt_coordinates_and_air_are_refused_and_mended_by_the_next_build(
    copy: Path, undisturbed: dict[str, str], array: str, spoil: str
) -> None:
    file = sorted((copy / array / "c").rglob("*"))[-1]
    _ = file.unlink() if spoil == "lose" else flip(file, 9)
    refused_then_mended(copy, file.relative_to(copy).as_posix(), undisturbed)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"zarr_format": 3, "node_type": "group"}'])
def test_a_spoilt_or_lost_root_is_refused_and_mended_by_the_next_build(
    copy: Path, undisturbed: dict[str, str], content: str | None
) -> None:
    root = copy / "zarr.json"
    _ = root.unlink() if content is None else root.write_text(content)
    with pytest.raises((CorruptStore, InputError)):
        open_atlas(copy)
    build(copy, PLAN)
    assert digests(copy) == undisturbed


def refused_then_mended(path: Path, name: str, undisturbed: dict[str, str]) -> None:
    before = open_atlas_or_error(path)
    assert isinstance(before, CorruptStore)
    assert f"{path}/{name}: " in str(before)
    assert "\n" not in str(before)
    with pytest.raises(InputError, match="another atlas"):
        create(path, plan(releases=201))
    build(path, PLAN)
    assert digests(path) == undisturbed
    assert not path.with_name(path.name + ".begun").exists()


def open_atlas_or_error(path: Path) -> object:
    try:
        return open_atlas(path)
    except CorruptStore as error:
        return error


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"plan": 3, "sha256": {}}'])
def test_a_layout_whose_seal_is_torn_is_refused_and_says_what_to_do(copy: Path, content: str) -> None:
    (copy / "seals" / "layout.json").write_text(content)
    for attempt in (lambda: open_atlas(copy), lambda: create(copy, PLAN)):
        with pytest.raises(CorruptStore, match=r"layout\.json: .*remove"):
            attempt()


def test_a_forged_seal_of_the_layout_names_another_atlas(copy: Path) -> None:
    (copy / "seals" / "layout.json").write_bytes(canonical_json({"plan": "0" * 64, "sha256": {}}))
    with pytest.raises(CorruptStore, match="digest"):
        open_atlas(copy)
    with pytest.raises(InputError, match="another atlas"):
        create(copy, PLAN)


SPOILT: dict[str, Callable[[Path], object]] = {
    "flipped": lambda path: flip(path / "gamma/c/0/1/0", 777),
    "lost": lambda path: (path / "age/c/0/1/0").unlink(),
    "block lost": lambda path: [shutil.rmtree(path / name / "c/0/1") for name in ARRAYS_OF_BLOCKS],
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_verify_unseals_the_next_build_makes_anew_to_the_same_bytes(
    copy: Path, undisturbed: dict[str, str], spoil: str
) -> None:
    SPOILT[spoil](copy)
    with pytest.raises(CorruptStore, match=r"1 blocks unsealed: build again") as caught:
        verify_case(copy, progress=Silent())
    assert caught.value.exit_code == 3
    assert not (copy / "seals" / "00000-01.json").exists()
    build(copy, PLAN)
    assert digests(copy) == undisturbed
    assert verify_case(copy, progress=Silent())
