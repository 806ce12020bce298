"""What of a run is kept, and how is it whole or not there at all?

A run that is being fetched stands in a folder ``NAME.begun``, one piece a step, each written beside and renamed, with
the digest of the messages it was made from; what is there is not fetched again.  Once every step is there, the pieces
become one netCDF file and the folder loses its ``.begun``: a run under its own name is complete.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import StoreError, StoreFull
from oberih.far.deadline import LOOK, Stop, Stopped, never, slept
from oberih.weather.live.message import Area

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["BEGUN", "KeptRun", "Piece", "kept_run", "kept_runs", "prune", "run_name", "stamp_of", "write_beside"]

BEGUN = ".begun"
FORMAT = "oberih/run/1"

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class KeptRun:
    """A run of a forecast, fetched and checked.

    Parameters
    ----------
    source, title : str
        Its short name, and whose it is.
    run : int
        Its time, seconds since 1970, UTC.
    start, end : int
        First and last time of its fields, seconds since 1970.
    paths : tuple of Path
        Files that `oberih.weather.read.volume.volume_of` reads.
    area : (west, south, east, north)
        [degrees]
    lacks : tuple of str
        What is not there, in words.
    messages, received : int
        Messages that were checked and kept, and bytes that were received for them.
    digest : str
        SHA-256 over the digests of all messages, in order.
    """

    source: str
    title: str
    run: int
    start: int
    end: int
    paths: tuple[Path, ...]
    area: Area
    lacks: tuple[str, ...]
    messages: int
    received: int
    digest: str


@dataclass(frozen=True)
class Piece:
    """What one step says of the area.

    Parameters
    ----------
    fields : dict of float32 array, shape (y, x) or (levels, y, x)
    spans : dict of (int, int)
        Begin and end of what each mean and sum speaks of, seconds since the run.
    x, y : float array
        [degrees]
    digests : tuple of str
        SHA-256 of each message.
    received : int
        [bytes]
    lacks : tuple of str
        Fields that were wished for and are not there.
    """

    fields: dict[str, Singles]
    spans: dict[str, tuple[int, int]]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    digests: tuple[str, ...]
    received: int
    lacks: tuple[str, ...] = ()


def stamp_of(run: int) -> str:
    """A run's time as YYYYMMDDHH."""
    return datetime.fromtimestamp(run, UTC).strftime("%Y%m%d%H")


def run_name(source: str, area: Area, thinned: int, run: int, reach: int) -> str:
    """Name of the folder of a run: source, area, time, last step."""
    place = hashlib.sha256(json.dumps([list(area), thinned]).encode()).hexdigest()[:8]
    return f"{source}-{place}-{stamp_of(run)}-{reach:03d}h"


def write_beside(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it there.

    Raises
    ------
    StoreFull
        If it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StoreFull(f"{path.parent}: cannot be written ({error.strerror}); make room") from error


def keep_piece(folder: Path, name: str, piece: Piece) -> None:
    """Keep a step of a run that is being fetched."""
    facts = {"spans": piece.spans, "digests": piece.digests, "received": piece.received, "lacks": piece.lacks}
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    arrays: dict[str, Any] = {f"field_{k}": v for k, v in piece.fields.items()}
    np.savez(buffer, x=piece.x, y=piece.y, facts=text, **arrays)
    write_beside(folder / f"{name}.npz", buffer.getvalue())


def piece_of(folder: Path, name: str) -> Piece | None:
    """A step that was kept, or None if there is none or it cannot be read."""
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as held:
            facts = json.loads(bytes(held["facts"]))
            fields = {k.removeprefix("field_"): held[k] for k in held.files if k.startswith("field_")}
            spans = {k: (int(v[0]), int(v[1])) for k, v in facts["spans"].items()}
            return Piece(fields, spans, held["x"], held["y"], tuple(facts["digests"]), int(facts["received"]),
                         tuple(facts["lacks"]))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def publish(begun: Path, run: KeptRun, write: Callable[[Path], None]) -> KeptRun:
    """Make the one file of a run, describe it, and let it be seen.

    Parameters
    ----------
    begun : Path
        Folder of the pieces.
    run : KeptRun
        Without its paths.
    write : callable
        Writes the netCDF file at a path.
    """
    target = begun.with_name(begun.name.removesuffix(BEGUN))
    beside = begun / ".run.nc.partial"
    try:
        beside.unlink(missing_ok=True)
        write(beside)
        with open(beside, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        os.replace(beside, begun / "run.nc")
        facts = {
            "format": FORMAT, "source": run.source, "title": run.title, "run": run.run, "start": run.start,
            "end": run.end, "area": list(run.area), "lacks": list(run.lacks), "messages": run.messages,
            "received": run.received, "digest": run.digest, "sha256": digest,
        }  # fmt: skip
        write_beside(begun / "run.json", json.dumps(facts, indent=1, ensure_ascii=False).encode())
        for piece in begun.glob("*.npz"):
            piece.unlink()
        if target.exists():  # it did not verify, or we would not have come here
            shutil.rmtree(target)
        os.replace(begun, target)
    except OSError as error:
        raise StoreFull(f"{begun}: cannot be written ({error.strerror}); make room") from error
    found = kept_run(target)
    if found is None:
        raise StoreError(f"{target}: was written but cannot be read back; check the disk")
    return found


def kept_run(folder: Path) -> KeptRun | None:
    """The complete run in a folder, or None if there is none or its file is not what was written."""
    try:
        facts = json.loads((folder / "run.json").read_bytes())
        if facts["format"] != FORMAT or folder.name.endswith(BEGUN):
            return None
        path = folder / "run.nc"
        with open(path, "rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != facts["sha256"]:
                return None
        west, south, east, north = (float(v) for v in facts["area"])
        return KeptRun(
            facts["source"], facts["title"], int(facts["run"]), int(facts["start"]), int(facts["end"]), (path,),
            (west, south, east, north), tuple(facts["lacks"]), int(facts["messages"]), int(facts["received"]),
            facts["digest"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_runs(folder: Path, prefix: str) -> list[KeptRun]:
    """Complete runs whose name begins so, newest first, the farthest-reaching of each first."""
    found = [kept_run(p) for p in folder.glob(f"{prefix}*") if p.is_dir() and not p.name.endswith(BEGUN)]
    return sorted((r for r in found if r is not None), key=lambda r: (-r.run, -r.end))


def prune(folder: Path, prefix: str, *, keep: int, newest: int) -> None:
    """Let go of all but the last runs, and of what was begun of runs older than the newest that is complete.

    Parameters
    ----------
    folder : Path
        Of all runs.
    prefix : str
        Of the runs of one source and area.
    keep : int
        Complete runs to keep.
    newest : int
        Time of the newest complete run.
    """
    complete = sorted(
        (p for p in folder.glob(f"{prefix}*") if p.is_dir() and not p.name.endswith(BEGUN)),
        key=lambda p: p.name, reverse=True,
    )  # fmt: skip
    old = [p for p in folder.glob(f"{prefix}*{BEGUN}") if p.name.removeprefix(prefix)[:10] <= stamp_of(newest)]
    for path in [*complete[keep:], *old]:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def one_at_a_time(
    folder: Path, name: str, *, waiting: Callable[[], None] = lambda: None, stopped: Stop = never
) -> Iterator[None]:  # fmt: skip
    """Wait until nobody else fetches of this source, and keep others out meanwhile; a killed process holds nothing.

    Parameters
    ----------
    folder : Path
        Of all runs.
    name : str
        Of the source.
    waiting : callable
        Told if there is somebody to wait for.
    stopped : callable
        Whether to give up at once.

    Raises
    ------
    StoreFull
        If the folder cannot be written.
    Stopped
        If ``stopped`` said so while it waited.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreFull(f"{folder}: cannot be written ({error.strerror}); give another --cache") from error
    try:
        if fcntl is not None and not _locked(handle):
            waiting()
            while not _locked(handle):
                if stopped():
                    raise Stopped
                slept(LOOK, stopped)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the lock is ours now."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without locks: each file is renamed into its place whole, whoever writes it
    return True
