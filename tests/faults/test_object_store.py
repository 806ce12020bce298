"""An atlas in an object store has the bytes of a local one, however badly the store answers and whoever is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from oberih.atlas import remote_build, remote_flow
from oberih.atlas.build import build
from oberih.atlas.remote import PATIENCE, store_at
from oberih.atlas.remote_build import build_there, compute_block_there
from oberih.atlas.remote_read import faults_there, fetch
from oberih.atlas.remote_seals import FarAtlas, seal_name
from oberih.atlas.schedule import Dask, Processes
from oberih.atlas.store import open_atlas, verify
from oberih.errors import CorruptStore, InputError, StoreError
from tests.atlas.small import digests, plan
from tests.atlas.test_particle_atlas import plan as particle_plan
from tests.far.misbehaving import Misbehaving
from tests.faults.cluster import Cluster
from tests.faults.conftest import PLAN
from tests.faults.object_store import (
    BROKEN,
    BUCKET,
    BUSY,
    DROPPED,
    GOOD,
    KEY,
    SECRET,
    SLOW,
    TORN,
    WISHING,
    Front,
    object_store,
)

BAD = tuple(mood for bad in (BROKEN, SLOW, DROPPED, BUSY, TORN) for mood in (GOOD, GOOD, GOOD, GOOD, bad, GOOD))


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Front, str]]:
    """A front in good mood, and the URL of an atlas behind it."""
    with object_store() as (front, environment):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield front, f"s3://{BUCKET}/prefix/atlas.zarr"


@pytest.fixture(params=["s3", "memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an atlas that is not there yet, in each kind of store."""
    if request.param == "s3":
        return str(request.getfixturevalue("s3")[1])
    return {"memory": f"memory://{tmp_path.name}/a.zarr", "file": f"file://{tmp_path}/far/a.zarr"}[request.param]


def bytes_there(url: str) -> dict[str, bytes]:
    store = store_at(url)
    return dict(store.get_all(sorted(store.names())))


def test_in_any_store_stands_what_a_local_build_writes_and_a_copy_of_it_is_the_same(
    url: str, whole: Path, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    told: list[tuple[int, int]] = []
    far = build_there(url, PLAN, told=lambda done, total: told.append((done, total)))
    assert told == [(n, 4) for n in range(5)]
    assert bytes_there(url) == {name: (whole / name).read_bytes() for name in undisturbed}
    assert faults_there(far) == []
    assert verify(fetch(url, tmp_path / "copy.zarr")) == []
    assert digests(tmp_path / "copy.zarr") == undisturbed
    told.clear()
    build_there(url, PLAN, told=lambda done, total: told.append((done, total)))
    assert told == [(4, 4)]


@pytest.mark.slow
def test_workers_without_a_shared_disk_one_of_them_killed_and_a_store_in_bad_mood_change_no_byte(
    s3: tuple[Front, str], tmp_path: Path, undisturbed: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    front, url = s3
    front.set_moods(BAD)
    cluster = Cluster(tmp_path / "dask")
    try:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            cluster.add_worker(environment={"TMPDIR": str(tmp_path / name)})
        said: list[str] = []
        dask = Dask(cluster.wait(2), endurance=60.0, said=said.append)
        build_there(url, PLAN, scheduler=dask, told=lambda d, _: cluster.kill(cluster.workers[0]) if d == 1 else None)
        assert fetch(url, tmp_path / "copy.zarr").missing() == []
    finally:
        cluster.end()
    assert digests(tmp_path / "copy.zarr") == undisturbed
    assert min(front.met.get(mood, 0) for mood in set(BAD)) >= 5
    written = "".join(f.read_text(errors="replace") for f in (tmp_path / "dask").glob("*.log"))
    everything = [*said, written, *capfd.readouterr(), *map(repr, bytes_there(url).values())]
    assert not any(secret in text for text in everything for secret in (SECRET, KEY))
    assert not list((tmp_path / "two").glob("oberih-scratch-*/atlas.zarr/tic/c/*/*/*"))  # a block sent is forgotten


@pytest.mark.parametrize("moment", ["chunk", "seal"])
def test_a_build_broken_off_in_the_midst_of_a_block_resumes_from_the_seals(
    moment: str, s3: tuple[Front, str], tmp_path: Path, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = s3
    put = type(store_at(url)).put

    def broken_off(self: object, name: str, data: bytes) -> None:
        if name == {"chunk": "tic/c/0/1/0", "seal": seal_name(0, 1)}[moment]:
            raise KeyboardInterrupt
        put(self, name, data)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store_at(url)), "put", broken_off)
    with pytest.raises(KeyboardInterrupt):
        build_there(url, PLAN)
    monkeypatch.setattr(type(store_at(url)), "put", put)
    assert FarAtlas.at(store_at(url)).whole == {(0, 0)}
    partial = fetch(url, tmp_path / "copy.zarr")
    assert partial.missing() == [(0, 1), (1, 0), (1, 1)]
    told: list[int] = []
    build_there(url, PLAN, told=lambda done, total: told.append(done))
    assert told == [1, 2, 3, 4]
    fetch(url, tmp_path / "copy.zarr")  # the copy goes on, too
    assert digests(tmp_path / "copy.zarr") == undisturbed


@pytest.mark.slow
def test_a_store_that_stays_broken_is_one_clear_line_when_patience_ends(s3: tuple[Front, str]) -> None:
    front, url = s3
    front.set_moods((BROKEN,))
    store = store_at(url, patience=replace(PATIENCE, lasts=3.0))
    for attempt in (store.names, lambda: store.get("x"), lambda: store.put("x", b"y")):
        with pytest.raises(
            StoreError, match=r"the store does not answer: .* attempts? in \d s; run again, it resumes"
        ) as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert front.met[BROKEN] >= 6


def test_a_store_that_takes_requests_and_never_answers_is_not_waited_for_for_ever(
    s3: tuple[Front, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        store = store_at(s3[1], patience=replace(PATIENCE, lasts=2.0))
        for attempt in (lambda: store.put("x", b"y"), lambda: store.get("x"), store.names):
            with pytest.raises(StoreError, match=r"the store does not answer: .* in \d s"):
                attempt()


@pytest.mark.parametrize("behaviour", ["drip_head", "endless_hints", "endless_head", "drip_body", "not_http", "loop"])
def test_a_store_that_misbehaves_is_one_clear_line_in_time(
    behaviour: str, s3: tuple[Front, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Misbehaving(behaviour) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        store = store_at(s3[1], patience=replace(PATIENCE, lasts=1.0))
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"the store does not answer: .* in \d s; run again, it resumes") as caught:
            store.get("x")
        assert time.monotonic() - began < 20.0
    assert "\n" not in str(caught.value)


def test_a_store_is_asked_again_no_sooner_than_it_wishes(s3: tuple[Front, str]) -> None:
    front, url = s3
    waits: list[float] = []
    front.set_moods((WISHING, WISHING, WISHING, WISHING, GOOD))  # two of each of our requests: the library's own
    store = store_at(url, patience=replace(PATIENCE, sleep=lambda s, stopped: waits.append(s)))
    store.put("x", b"y")
    assert waits and all(7.0 <= s <= 7.0 * (1.0 + PATIENCE.spread) for s in waits)


def test_whoever_leaves_in_the_midst_waits_for_no_answer(
    s3: tuple[Front, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Misbehaving("hang") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        store = store_at(s3[1])

        struck: list[float] = []

        def interrupt() -> None:
            while len(server.asked) < 3:
                time.sleep(0.05)
            struck.append(time.monotonic())
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            list(store.get_all([f"chunk {n}" for n in range(20)]))
        assert time.monotonic() - struck[0] < 45.0  # else a minute for each answer, again and again
        assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPoolExecutor")]


def test_a_bucket_that_is_not_there_and_missing_credentials_are_said_at_once(
    s3: tuple[Front, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"s3://nowhere/a.zarr.*no such place.*make the bucket first"):
        build_there("s3://nowhere/a.zarr", PLAN)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InputError, match=r"credentials.*AWS_ACCESS_KEY_ID.*AWS_ENDPOINT_URL"):
        build_there(f"s3://{BUCKET}/other.zarr", PLAN)


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("s3://key:hush@bucket/a.zarr", r"s3://bucket/a\.zarr'?: carries credentials"),
        ("gopher://bucket/a.zarr", "not a store that is known"),
        ("just/a/folder", "is no URL"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_clear_line(url: str, line: str) -> None:
    with pytest.raises(InputError, match=line) as caught:
        store_at(url)
    assert "hush" not in str(caught.value)


def test_a_memory_of_this_process_is_no_place_for_the_work_of_others() -> None:
    with pytest.raises(InputError, match="each process has a memory of its own"):
        build_there("memory://here/a.zarr", PLAN, scheduler=Processes(2))


@pytest.fixture
def far(tmp_path: Path, whole: Path) -> FarAtlas:
    """A whole atlas in a store, to spoil."""
    shutil.copytree(whole, tmp_path / "far" / "atlas.zarr")  # what stands there after a build, see above
    return FarAtlas.at(store_at(f"file://{tmp_path}/far/atlas.zarr"))


SPOILT: dict[str, Callable[[Path], object]] = {
    "a flipped bit": lambda p: (p / "tic/c/1/0/0").write_bytes(b"x" + (p / "tic/c/1/0/0").read_bytes()[1:]),
    "a lost chunk": lambda p: (p / "tic/c/1/0/0").unlink(),
    "a torn seal": lambda p: (p / "seals/00001-00.json").write_bytes(b'{"tic/c/1/'),
    "an empty seal": lambda p: (p / "seals/00001-00.json").write_bytes(b""),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_is_spoilt_in_a_store_is_never_copied_and_is_made_anew(
    spoil: str, far: FarAtlas, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    there, copy = tmp_path / "far" / "atlas.zarr", tmp_path / "copy.zarr"
    SPOILT[spoil](there)
    try:
        assert (1, 0) in fetch(far.store.url, copy).missing()
    except CorruptStore as error:
        assert "tic/c/1/0/0: not what was written" in str(error)
        assert not (copy / "seals" / "00001-00.json").exists()
    now = FarAtlas.at(far.store)
    assert now.unseal(faults_there(now)) == int(spoil in ("a flipped bit", "a lost chunk"))
    build_there(far.store.url, PLAN)
    assert verify(fetch(far.store.url, copy)) == []
    assert digests(copy) == digests(there) == undisturbed


@pytest.mark.parametrize("name", ["zarr.json", "air/c/0/0", "seals/layout.json", "seals/zarr.json"])
def test_a_layout_spoilt_in_a_store_is_mended_by_the_next_build(
    name: str, far: FarAtlas, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    there = tmp_path / "far" / "atlas.zarr"
    (there / name).write_bytes(b"{")
    with pytest.raises((CorruptStore, InputError)):
        fetch(far.store.url, tmp_path / "copy.zarr")
    assert not (tmp_path / "copy.zarr").exists()
    build_there(far.store.url, PLAN)
    assert digests(there) == undisturbed


def test_a_seal_that_names_a_file_outside_writes_nothing_there(far: FarAtlas, tmp_path: Path) -> None:
    seal = tmp_path / "far" / "atlas.zarr" / "seals" / "00001-00.json"
    (tmp_path / "far" / "atlas.zarr" / "x").write_bytes(b"y")
    seal.write_bytes(json.dumps({"../../evil": "0" * 64}).encode())
    with pytest.raises(CorruptStore, match=r"outside the atlas"):
        atlas = FarAtlas.at(far.store)
        object.__setattr__(atlas, "names", atlas.names | {"../../evil"})
        from oberih.atlas.remote_read import _copy

        _copy(far.store, atlas.seals[1, 0], tmp_path / "copy")
    assert not (tmp_path / "evil").exists()


def test_another_atlas_or_something_else_in_the_place_is_refused_and_left_alone(far: FarAtlas, tmp_path: Path) -> None:
    before = bytes_there(far.store.url)
    with pytest.raises(InputError, match="another atlas stands there"):
        build_there(far.store.url, plan(releases=201))
    with pytest.raises(StoreError, match="finds another atlas there"):
        compute_block_there(far.store.url, "0" * 64, 9, 0)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    with pytest.raises(InputError, match="something else stands there"):
        build_there(f"file://{tmp_path}/letters", PLAN)
    assert bytes_there(far.store.url) == before
    assert [f.name for f in (tmp_path / "letters").iterdir()] == ["dear.txt"]
    build(tmp_path / "other.zarr", plan(releases=3))
    with pytest.raises(InputError, match="something else stands there"):
        fetch(far.store.url, tmp_path / "other.zarr")
    assert open_atlas(tmp_path / "other.zarr").releases == 3


def test_two_builds_at_once_into_one_store_make_one_atlas(
    s3: tuple[Front, str], tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    _, url = s3
    errors: list[BaseException] = []

    def run() -> None:
        try:
            build_there(url, PLAN)
        except BaseException as error:
            errors.append(error)

    builds = [threading.Thread(target=run) for _ in range(2)]
    for one in builds:
        one.start()
    for one in builds:
        one.join()
    assert errors == []
    fetch(url, tmp_path / "copy.zarr")
    assert digests(tmp_path / "copy.zarr") == undisturbed


def test_an_atlas_of_particles_takes_its_fields_along_and_keeps_one_copy_a_machine(
    s3: tuple[Front, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = s3
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    particles = particle_plan(tmp_path, block_hours=4)
    build(tmp_path / "local.zarr", particles)
    assert particles.flow is not None
    kept = Path(particles.flow.folder)
    remote_build._lay_out_there(store_at(url), particles)
    remote_flow.put_flow(store_at(url), particles.flow.digest, kept)
    kept.rename(tmp_path / "away")  # whoever computes has but the store
    for block, height in particles.tasks:
        compute_block_there(url, particles.digest, block, height)
    far = build_there(url, particles)  # nothing left to do
    assert faults_there(far) == []
    assert verify(fetch(url, tmp_path / "copy.zarr")) == []
    assert digests(tmp_path / "copy.zarr") == digests(tmp_path / "local.zarr")
    assert len(list((tmp_path / "scratch").glob("oberih-flows-*/flow-*/wind.npy"))) == 1
