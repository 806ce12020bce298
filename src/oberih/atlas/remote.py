"""How are files put into an object store, and got from it, though it answers badly now and then?

Defines `FarStore`: a folder of files behind an fsspec URL (``s3://bucket/prefix``, ``memory://``,
``file://``).  What an answer may still mend (an error of the server, a dropped connection, a slow
answer) is asked again as `oberih.far.patience` has it; a refusal (no such bucket, no right, no credentials)
is said at once.  Whoever leaves in the midst, by Ctrl-C or for an error, waits for no answer.

Credentials are never taken as an argument nor from the URL: the library reads the usual environment variables and
files, on each machine its own.  What is said of an error has their values taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, StoreError, StoreFull
from oberih.far.deadline import LOOK, Deadline, Stop, Stopped, TooLate, never
from oberih.far.names import opens_a_door, shown
from oberih.far.patience import Again, Patience, PatienceEnded, ask_patiently
from oberih.far.web import retry_after

__all__ = ["PATIENCE", "FarStore", "is_far", "store_at"]

A = TypeVar("A")
T = TypeVar("T")

PATIENCE = Patience(attempts=None, lasts=120.0, first_wait=0.2, longest_wait=10.0, whole=60.0)
"""With one request; ``whole`` is for a chunk."""

LARGE_ANSWER = float(SECONDS_PER_HOUR)
"""How long one answer may take at most for the fields of particles [s]."""

AT_ONCE = 8
"""Requests of one process under way at the same time."""

_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")
_DOOR = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_ACCESS_KEY_ID")
_REFUSALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "NoRegionError",
    "ParamValidationError",
    "ProfileNotFound",
)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_S3 = {
    "use_listings_cache": False,
    "skip_instance_cache": True,
    "max_concurrency": 1,
    "config_kwargs": {
        "connect_timeout": 5,
        "read_timeout": 20,
        "retries": {"mode": "standard", "total_max_attempts": 2},
    },
}
"""Of s3fs: one request a file, soon given up, so that patience is ours to measure."""


def is_far(place: object) -> bool:
    """Whether a place is named by a URL, not by a path.

    Examples
    --------
    >>> is_far("s3://bucket/atlases"), is_far("/data/atlases"), is_far("C:/atlases")
    (True, False, False)
    """
    return re.match(r"[a-z][a-z0-9+.-]+://", str(place)) is not None


@dataclass(frozen=True)
class FarStore:
    """Files by name under a URL.

    Parameters
    ----------
    url : str
    files : fsspec.AbstractFileSystem
    root : str
        What the URL's path is to that file system.
    patience : Patience
        How long one request is repeated.
    stopped : callable
        Whether to give up at once.
    """

    url: str
    files: Any = field(repr=False)
    root: str = field(repr=False)
    patience: Patience = field(default=PATIENCE, repr=False)
    stopped: Stop = field(default=never, repr=False)

    def names(self) -> set[str]:
        """Names of all files there; none if there is no such place yet; an empty one if the place itself is a file.

        Raises
        ------
        InputError, StoreError
            If the store refuses, or fails for longer than patience lasts.
        """
        try:
            found = self._names()
            if found == {""} and self._patiently("info", self.root)["type"] == "directory":
                found = self._names()  # s3fs names the place itself where the first file came while it looked
        except FileNotFoundError:
            return set()
        return found

    def _names(self) -> set[str]:
        return {name[len(self.root) :].lstrip("/") for name in self._patiently("find", self.root)}

    def folders(self) -> list[str]:
        """Names of the folders directly there, in order.

        Raises
        ------
        InputError, StoreError
            As for `names`.
        """
        try:
            found = self._patiently("ls", self.root, detail=True)
        except FileNotFoundError:
            return []
        return sorted(e["name"].rstrip("/").rpartition("/")[2] for e in found if e["type"] == "directory")

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; one that is not there is no matter."""
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._patiently("rm_file", f"{self.root}/{name}")

    def get(self, name: str) -> bytes:
        """Content of a file.

        Raises
        ------
        FileNotFoundError
            If there is none.
        InputError, StoreError
            As for `names`.
        """
        return bytes(self._patiently("cat_file", f"{self.root}/{name}"))

    def put(self, name: str, data: bytes) -> None:
        """Put a file there, in the place of another if need be.

        Raises
        ------
        InputError, StoreError, StoreFull
            As for `names`; if there is no room.
        """
        try:
            self._patiently("pipe_file", f"{self.root}/{name}", data)
        except FileNotFoundError as error:
            raise InputError(
                f"no such place ({error})", field="--store", value=self.url, cure="make the bucket first"
            ) from error

    def upload(self, name: str, file: Path) -> None:
        """Put a file there that is too large to be held in memory.

        Raises
        ------
        InputError, StoreError, StoreFull
            As for `put`.
        """
        self._patiently("put_file", os.fspath(file), f"{self.root}/{name}", answer=LARGE_ANSWER)

    def download(self, name: str, file: Path) -> None:
        """Get a file that is too large to be held in memory.

        Raises
        ------
        FileNotFoundError
            If there is none.
        InputError, StoreError
            As for `names`.
        """
        self._patiently("get_file", f"{self.root}/{name}", os.fspath(file), answer=LARGE_ANSWER)

    def get_all(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Content of several files, some at a time, in their order."""
        yield from self._at_once(lambda store, name: (name, store.get(name)), names)

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Put several files there, some at a time; all are there when it returns."""
        for _ in self._at_once(lambda store, item: store.put(*item), contents.items()):
            pass

    def beside(self, name: str) -> FarStore:
        """The place of that name that stands beside this one."""
        url, root = self.url.rpartition("/")[0], self.root.rpartition("/")[0]
        return replace(self, url=f"{url}/{name}", root=f"{root}/{name}")

    def under(self, name: str) -> FarStore:
        """The place of that name within this one."""
        return replace(self, url=f"{self.url.rstrip('/')}/{name}", root=f"{self.root.rstrip('/')}/{name}")

    def _at_once(self, request: Callable[[FarStore, A], T], wanted: Iterable[A]) -> Iterator[T]:
        """Make requests, some at a time; when one fails, or whoever asks leaves, the others are given up."""
        left = threading.Event()
        own = replace(self, stopped=lambda: self.stopped() or left.is_set())
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            yield from pool.map(lambda item: request(own, item), list(wanted))
        finally:
            left.set()
            pool.shutdown(cancel_futures=True)

    def _patiently(self, verb: str, *words: Any, answer: float | None = None, **options: Any) -> Any:
        """Make a request until it is answered, refused, or patience ends."""
        bound = answer or min(self.patience.whole, max(self.patience.lasts, 1.0))

        def request() -> Any:
            try:
                return self._asked(verb, *words, answer=bound, **options)
            except (FileNotFoundError, Stopped):
                raise
            except TooLate:
                raise Again(f"no answer in {bound:.0f} s") from None
            except Exception as error:  # each library has its own; what is no refusal may be mended by asking again
                self._refuse(error)
                raise Again(said_of(error), wait=_wished(error)) from None

        try:
            return ask_patiently(request, self.patience, name=f"{verb} {words[0]}", stopped=self.stopped)
        except PatienceEnded as ended:
            raise StoreError(
                f"{self.url}: the store {ended}; run again, it resumes"
            ) from None  # what stands behind it may quote a request with its credentials

    def _asked(self, verb: str, *words: Any, answer: float, **options: Any) -> Any:
        """Make a request once; a file system that can be interrupted is, when it does not answer in time."""
        if getattr(self.files, "async_impl", False):
            request = getattr(self.files, f"_{verb}")(*words, **options)
            return _awaited(request, self.files.loop, Deadline.within(answer, stopped=self.stopped))
        return getattr(self.files, verb)(*words, **options)

    def _refuse(self, error: Exception) -> None:
        """Say at once what asking again would not mend."""
        if isinstance(error, PermissionError):
            raise InputError(
                f"the store refuses ({said_of(error)})", field="--store", value=self.url,
                cure="check the credentials in the environment and the right to list, read and write there",
            ) from None  # fmt: skip
        if type(error).__name__ in _REFUSALS:
            raise InputError(
                f"no use can be made of it ({said_of(error)})", field="--store", value=self.url,
                cure="set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a store of your own, AWS_ENDPOINT_URL",
            ) from None  # fmt: skip
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise StoreFull(f"{self.url}: no room to write ({said_of(error)}); free some, run again: it resumes")


def _awaited(request: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop, deadline: Deadline) -> Any:
    """What a request comes to, which runs in the loop of its file system; whoever leaves before ends it."""
    running = asyncio.run_coroutine_threadsafe(request, loop)
    try:
        while True:
            try:
                return running.result(timeout=min(deadline.left(), LOOK))
            except TimeoutError:
                if running.done():  # it came just now, or the lateness is its own
                    return running.result()
    finally:
        running.cancel()


def _wished(error: BaseException) -> float | None:
    """How long the store wishes us to wait, where an answer of it stands behind an error [s]."""
    behind: BaseException | None = error
    while behind is not None:
        answer = getattr(behind, "response", None)
        if isinstance(answer, dict):
            return retry_after(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
        behind = behind.__cause__ or behind.__context__
    return None


def said_of(error: BaseException) -> str:
    """What an error says, in one line without the values of credentials."""
    line = " ".join(str(error).split()) or type(error).__name__
    return shown(line, secrets=(os.environ.get(name, "") for name in _SECRETS))[:300]


def store_at(url: str, *, patience: Patience = PATIENCE) -> FarStore:
    """The store that a URL names; nothing is asked of it yet.

    Raises
    ------
    InputError
        If it is no URL that fsspec knows, the library for it is not installed, or it carries credentials.
    """
    if not is_far(url):
        raise InputError("is no URL", field="--store", value=url, cure="write s3://bucket/prefix or file:///folder")
    if opens_a_door(url):
        raise InputError(
            "carries credentials", field="--store", value=shown(url).partition("?")[0],
            cure="leave them out and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )  # fmt: skip
    files, root = _opened(url.rstrip("/"), tuple(os.environ.get(name) for name in _DOOR))
    return FarStore(url.rstrip("/"), files, root, patience)


@lru_cache(maxsize=8)
def _opened(url: str, door: tuple[str | None, ...]) -> tuple[Any, str]:
    """The file system of a URL, and what the URL's path is to it; another one behind another door."""
    kind = url.partition("://")[0]
    try:
        from fsspec.core import url_to_fs  # the extra ``store``

        options: dict[str, Any] = dict(_S3) if kind in ("s3", "s3a") else {}
        if kind in ("file", "local"):
            options["auto_mkdir"] = True
        files, root = url_to_fs(url, **options)
    except ImportError as error:
        raise InputError("needs the extra 'store'", field="--store", value=url, cure="install oberih[store]") from error
    except ValueError as error:
        raise InputError(
            f"not a store that is known ({said_of(error)})", field="--store", value=url, cure="write s3://bucket/prefix"
        ) from error
    if kind in ("s3", "s3a"):
        files.retries = 1  # of s3fs itself, within each of ours
    return files, str(root).rstrip("/")
