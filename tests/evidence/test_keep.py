"""Nothing half-valid is left looking valid."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oberih.errors import CorruptStore, InputError, StoreFull
from oberih.evidence.check import check_products
from oberih.evidence.keep import RESULT, keep_products, write_atomically
from oberih.evidence.provenance import Provenance

ORIGIN = Provenance(
    "plan", inputs={"site": "0" * 64}, parameters={"percentile": 95.0}, seed=7, software={"oberih": "0"}
)


def keep(folder: Path, **products: bytes) -> None:
    keep_products(folder, {f"{n}.bin": d for n, d in products.items()}, result={"reach": 1.5}, provenance=ORIGIN)


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    keep(tmp_path / "a", map=b"1", table=b"2")
    keep(tmp_path / "b", table=b"2", map=b"1")
    assert (tmp_path / "a" / RESULT).read_bytes() == (tmp_path / "b" / RESULT).read_bytes()


def test_a_kept_bundle_holds(tmp_path: Path) -> None:
    keep(tmp_path, map=b"1", table=b"")
    found = check_products(tmp_path)
    assert set(found["products"]) == {"map.bin", "table.bin"}
    assert found["provenance"]["digest"] == ORIGIN.digest
    assert found["result"] == {"reach": 1.5}


def test_every_choice_changes_the_digest() -> None:
    others = [
        Provenance("assess", ORIGIN.inputs, ORIGIN.parameters, ORIGIN.seed, ORIGIN.software),
        Provenance("plan", {"site": "1" * 64}, ORIGIN.parameters, ORIGIN.seed, ORIGIN.software),
        Provenance("plan", ORIGIN.inputs, {"percentile": 90.0}, ORIGIN.seed, ORIGIN.software),
        Provenance("plan", ORIGIN.inputs, ORIGIN.parameters, 8, ORIGIN.software),
        Provenance("plan", ORIGIN.inputs, ORIGIN.parameters, ORIGIN.seed, {"oberih": "1"}),
    ]
    assert len({p.digest for p in [ORIGIN, *others]}) == 6


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_product_is_named(tmp_path: Path, damage: str) -> None:
    keep(tmp_path, map=b"1")
    product = tmp_path / "map.bin"
    if damage == "changed":
        product.write_bytes(b"2")
    else:
        product.unlink()
    with pytest.raises(CorruptStore, match=r"map\.bin"):
        check_products(tmp_path)


def test_a_cut_or_foreign_result_is_corrupt(tmp_path: Path) -> None:
    keep(tmp_path, map=b"1")
    text = (tmp_path / RESULT).read_bytes()
    for damaged in (text[:-20], b"[]", json.dumps({"schema": "other"}).encode()):
        (tmp_path / RESULT).write_bytes(damaged)
        with pytest.raises(CorruptStore, match=RESULT):
            check_products(tmp_path)


def test_a_folder_without_result_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished result"):
        check_products(tmp_path)


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".", "..", RESULT, "a\\b"])
def test_a_product_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="product"):
        keep_products(tmp_path / "out", {name: b""}, result={}, provenance=ORIGIN)
    assert not (tmp_path / "out").exists()


def test_a_result_that_json_cannot_hold_leaves_the_old_bundle(tmp_path: Path) -> None:
    keep(tmp_path, map=b"1")
    with pytest.raises(InputError, match=r"result\.reach"):
        keep_products(tmp_path, {"map.bin": b"2"}, result={"reach": float("nan")}, provenance=ORIGIN)
    check_products(tmp_path)


def limited_to(size: int) -> tuple[int, int]:
    """Let the system refuse files above a size, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    return before


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table"
    write_atomically(path, b"old")
    before = limited_to(10_000)
    try:
        with pytest.raises(StoreFull, match=r"table: no room") as caught:
            write_atomically(path, b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["table"]


def test_a_disk_that_fills_in_the_middle_leaves_no_valid_bundle(tmp_path: Path) -> None:
    keep(tmp_path, a=b"1", b=b"2")
    before = limited_to(10_000)
    try:
        with pytest.raises(StoreFull):
            keep(tmp_path, a=b"small", b=b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(InputError, match="no finished result"):
        check_products(tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_read_only_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    folder.mkdir()
    folder.chmod(0o555)
    for above in [tmp_path, *tmp_path.parents][:4]:
        above.chmod(above.stat().st_mode | 0o011) if above.stat().st_uid == os.getuid() else None
    child = os.fork()
    if child == 0:  # in a process of its own, that has no more rights than a user
        code = 1
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            write_atomically(folder / "table", b"x")
        except StoreFull as error:
            code = 0 if "no right" in str(error) and "\n" not in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert os.listdir(folder) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(StoreFull, match="choose another folder"):
        write_atomically(tmp_path / "out" / "table", b"x")


def test_a_killed_writer_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "table"
    script = (
        "import sys; from pathlib import Path; from oberih.evidence.keep import write_atomically\n"
        "for i in range(10**6): write_atomically(Path(sys.argv[1]), bytes([i % 256]) * 300_000)"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(path)])
    while not path.exists() and writer.poll() is None:
        time.sleep(0.01)
    time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    content = path.read_bytes()
    assert len(content) == 300_000
    assert len(set(content)) == 1


@pytest.mark.parametrize("kind", ["record", "key", "link", "device", "write-protected"])
def test_what_cannot_be_made_again_is_never_overwritten(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    if kind == "link":
        (tmp_path / "elsewhere").write_bytes(b"mine")
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "device":
        os.mkfifo(path)
    else:
        path.write_bytes(b"SQLite format 3\0..." if kind == "record" else b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        path.chmod(0o444 if kind == "write-protected" else 0o644)
    before = path.lstat()
    with pytest.raises(InputError, match="never overwritten"):
        write_atomically(path, b"new")
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)


def test_of_two_that_keep_into_one_folder_the_products_of_one_stand_there(tmp_path: Path) -> None:
    def again(who: bytes) -> None:
        for _ in range(20):
            keep(tmp_path / "out", a=who, b=who, c=who)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(again, (b"1", b"2")))
    check_products(tmp_path / "out")
    assert len({(tmp_path / "out" / f"{n}.bin").read_bytes() for n in "abc"}) == 1
