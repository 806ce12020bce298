"""What did a user hand in, and may it be used?

Keeps weather, mappings of plain tables and source terms that come in from outside, each under the digest of its
content.  Nothing is kept that its own reader has not read first; what is kept appears whole or not at all; the whole
is bounded, and the oldest goes first.  Defines the noun `Upload`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import Site
from oberih.errors import InputError, StoreError, UnknownName, WeatherRefused
from oberih.evidence.digest import sha256_of_bytes
from oberih.evidence.keep import store_error
from oberih.release import Scenario, list_scenarios, load_scenario
from oberih.weather.quality import check_weather
from oberih.weather.read.apart import read_weather_apart
from oberih.weather.read.csv_mapped import DIMENSION, load_mapping
from oberih.weather.series import Weather

__all__ = ["KINDS", "MARK", "MOST_BYTES", "Upload", "Uploads", "scenario_named"]

KINDS = ("weather", "mapping", "source-term")
"""What may be handed in."""

MOST_BYTES = {"weather": 64 * 1024**2, "mapping": 64 * 1024, "source-term": 1024**2}
"""Of one file, by kind."""

ROOM = 1024**3
"""Of all that is kept [bytes]; the oldest goes when it is full."""

MARK = "upload:"
"""Begins the name of what was handed in, where a scenario or a weather is named."""

_ID = 16
_ODDITIES = 12


@dataclass(frozen=True)
class Upload:
    """What was handed in.

    Parameters
    ----------
    id : str
        Sixteen hexadecimal digits: the beginning of the digest of kind, mapping and content.
    kind : str
        Of `KINDS`.
    name : str
        What its owner called it.
    recognised : str
        Which format it was found to be.
    size : int
        [bytes]
    sha256 : str
        Of the content.
    start, end : int or None
        Of weather: first and last time, seconds since 1970.
    hours : int or None
        Of a source term: its length.
    facts : tuple of str
        What its reader says of it.
    oddities : tuple of str
        What a person should look at.
    mapping : str or None
        Of weather: which mapping it was read with.
    """

    id: str
    kind: str
    name: str
    recognised: str
    size: int
    sha256: str
    start: int | None = None
    end: int | None = None
    hours: int | None = None
    facts: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()
    mapping: str | None = None


class Uploads:
    """The store of what was handed in.

    Parameters
    ----------
    cache : Path
        Folder of the cache; the store is ``uploads`` in it.
    room : int
        Of all that is kept [bytes].
    """

    def __init__(self, cache: Path, *, room: int = ROOM) -> None:
        self.folder, self.room = cache / "uploads", room

    def take(self, kind: str, data: bytes, *, site: Site, name: str = "", mapping: str | None = None) -> Upload:
        """Read what was handed in and, if it can be used, keep it.

        Parameters
        ----------
        kind : str
            Of `KINDS`.
        data : bytes
        site : Site
            Where weather is wanted.
        name : str
            What its owner calls it, for messages.
        mapping : str, optional
            Id of a mapping handed in before, for a plain table of weather.

        Raises
        ------
        UnknownName
            For a kind or a mapping that is not known.
        InputError, WeatherRefused
            If it is too large or cannot be used; says where and why.
        StoreError, StoreFull
            If it cannot be kept.
        """
        if kind not in KINDS:
            raise UnknownName("kind of upload", kind, known=KINDS)
        shown = _tidy(name) or kind
        if not data or len(data) > MOST_BYTES[kind]:
            raise InputError("is empty or too large", file=shown, value=f"{len(data)} bytes",
                             cure=f"give 1 to {MOST_BYTES[kind]} bytes")  # fmt: skip
        if mapping is not None:
            self.get(mapping, kind="mapping")
        digest = sha256_of_bytes(f"{kind}\0{mapping or ''}\0".encode() + data)
        upload = Upload(digest[:_ID], kind, shown, "", len(data), sha256_of_bytes(data), mapping=mapping)
        file = "content" + {"mapping": ".toml", "weather": "", "source-term": _suffix(data)}[kind]
        if (self.folder / upload.id / file).is_file():
            return self._touched(upload.id)
        return self._keep(upload, data, file, lambda path: self._read(upload, path, site))

    def get(self, id: str, *, kind: str | None = None) -> Upload:
        """Give what is known of an upload.

        Raises
        ------
        UnknownName
            If there is none of that id and kind.
        """
        try:
            if len(id) != _ID or not set(id) <= set("0123456789abcdef"):
                raise ValueError
            told: dict[str, Any] = json.loads((self.folder / id / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise _unknown(id) from None
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}
        upload = Upload(**fields)
        if kind is not None and upload.kind != kind:
            raise _unknown(id)
        return upload

    def path(self, id: str, *, kind: str) -> Path:
        """Give the file of an upload.

        Raises
        ------
        UnknownName
            If there is none of that id and kind.
        """
        self.get(id, kind=kind)
        found = next(iter((self.folder / id).glob("content*")), None)
        if found is None:
            raise _unknown(id)
        return found

    def weather(self, id: str, site: Site) -> Weather:
        """Read weather that was handed in, as strangers' bytes are read: in a process of its own.

        Raises
        ------
        UnknownName
            If there is none of that id.
        InputError
            If it can no longer be read.
        """
        upload = self.get(id, kind="weather")
        mapping = None if upload.mapping is None else self.path(upload.mapping, kind="mapping")
        found, _ = read_weather_apart(
            self.path(id, kind="weather"), latitude=site.latitude, longitude=site.longitude, mapping=mapping,
            name=upload.name,
        )  # fmt: skip
        return _named(found, upload)

    def scenario(self, id: str) -> Scenario:
        """Read a source term that was handed in.

        Raises
        ------
        UnknownName
            If there is none of that id.
        InputError
            If it can no longer be read.
        """
        upload = self.get(id, kind="source-term")
        found = load_scenario(self.path(id, kind="source-term"))
        title = {language: upload.name for language in ("en", "uk")} if found.name == "content" else found.title
        return replace(found, name=MARK + id, title=title)

    def _read(self, upload: Upload, path: Path, site: Site) -> Upload:
        try:
            match upload.kind:
                case "weather":
                    return self._read_weather(upload, path, site)
                case "mapping":
                    return _read_mapping(upload, path)
                case _:
                    return _read_source_term(upload, path)
        except InputError as error:
            kind = WeatherRefused if isinstance(error, WeatherRefused) else InputError
            raise kind(
                error.message, file=upload.name, field=error.field, value=error.value, cure=error.cure
            ) from error
        except (ValueError, RecursionError, OverflowError, MemoryError) as error:
            raise InputError(
                "cannot be read", file=upload.name, cure="is it damaged, or nested without end?"
            ) from error

    def _read_weather(self, upload: Upload, path: Path, site: Site) -> Upload:
        mapping = None if upload.mapping is None else self.path(upload.mapping, kind="mapping")
        raw, recognised = read_weather_apart(
            path, latitude=site.latitude, longitude=site.longitude, mapping=mapping, name=upload.name
        )
        _, report = check_weather(_named(raw, upload))
        found = [*report.gaps, *report.jumps, *report.stuck]
        odd = tuple(str(o) for o in sorted(found, key=lambda o: (o.kind, -o.value))[:_ODDITIES])
        unknown = [f"{n.replace('_', ' ')} {100 * share:.0f} %" for n, share in report.unknown.items() if share > 0.0]
        facts = (
            f"{report.label} weather from {report.source}",
            f"{report.rows} rows, every {report.usual_step / SECONDS_PER_HOUR:g} h",
            f"{stamp(report.start)} to {stamp(report.end)}", f"unknown: {', '.join(unknown) or 'nothing'}",
        )  # fmt: skip
        return replace(upload, recognised=recognised, start=report.start, end=report.end, facts=facts, oddities=odd)

    def _touched(self, id: str) -> Upload:
        try:
            os.utime(self.folder / id)
        except OSError as error:
            raise store_error(self.folder, error) from error
        return self.get(id)

    def _keep(self, upload: Upload, data: bytes, file: str, read: Callable[[Path], Upload]) -> Upload:
        """Write it beside its place, read it there, then move the whole."""
        beside: str | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(data))
            beside = tempfile.mkdtemp(prefix=".coming-", dir=self.folder)
            (Path(beside) / file).write_bytes(data)
            upload = read(Path(beside) / file)
            about = json.dumps(asdict(upload), ensure_ascii=False, sort_keys=True)
            (Path(beside) / "about.json").write_text(about, encoding="utf-8")
            try:
                os.rename(beside, self.folder / upload.id)
            except OSError:
                if not (self.folder / upload.id / file).is_file():  # else somebody handed in the same at once
                    raise
        except OSError as error:
            raise store_error(self.folder, error) from error
        finally:
            if beside is not None:
                shutil.rmtree(beside, ignore_errors=True)
        return upload

    def _make_room(self, coming: int) -> None:
        """Remove the oldest until what comes has room."""
        kept: list[tuple[float, Path]] = []
        sizes: dict[Path, int] = {}
        for folder in self.folder.iterdir():
            with contextlib.suppress(OSError):  # somebody else makes room too
                if folder.is_dir() and not folder.name.startswith("."):
                    sizes[folder] = sum(p.stat().st_size for p in folder.iterdir())
                    kept.append((folder.stat().st_mtime, folder))
        total = sum(sizes.values())
        for _, folder in sorted(kept):
            if total + coming <= self.room:
                return
            shutil.rmtree(folder, ignore_errors=True)
            total -= sizes[folder]
        if total + coming > self.room:
            raise StoreError(f"{self.folder}: has no room for {coming} bytes")


def scenario_named(name: str, uploads: Uploads) -> Scenario:
    """Read the scenario of a name that comes in over the network: one that ships, or one handed in; never a path.

    Raises
    ------
    UnknownName
        If there is none.
    InputError
        If what was handed in can no longer be read.
    """
    if name.startswith(MARK):
        return uploads.scenario(name.removeprefix(MARK))
    if name not in list_scenarios():
        raise UnknownName("scenario", name, known=list_scenarios())
    return load_scenario(name)


def _unknown(id: str) -> UnknownName:
    error = UnknownName("upload", id[:40], known=())
    error.args = (f"upload = {id[:40]!r}: no such upload; it may have made room for newer ones: hand it in again",)
    return error


def _tidy(name: str) -> str:
    """A file's name as it may be shown: its last part, printable, not long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:80]


def _suffix(data: bytes) -> str:
    """Whether a source term is a scenario (TOML) or a table (CSV): a table has its header in the first line."""
    lines = (line.strip() for line in data.decode("utf-8", "replace").splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return ".csv" if "," in first and "=" not in first else ".toml"


def _named(weather: Weather, upload: Upload) -> Weather:
    inputs = [{"name": upload.name, "sha256": upload.sha256}]
    source = upload.name if weather.source.startswith("content") else weather.source
    return replace(weather, source=source, attrs={**weather.attrs, "inputs": inputs})


def _read_mapping(upload: Upload, path: Path) -> Upload:
    rules = load_mapping(path) or {}
    columns, time = rules.get("columns"), rules.get("time")
    if not isinstance(columns, dict) or not isinstance(time, dict):
        raise InputError("needs the tables [time] and [columns.…]", field="mapping", cure="see the page on weather")
    for name in columns:
        if name not in DIMENSION:
            raise InputError("is no weather field", field="columns", value=name, cure=f"known: {', '.join(DIMENSION)}")
    return replace(upload, recognised="mapping (TOML)", facts=(f"maps {', '.join(columns)}",))


def _read_source_term(upload: Upload, path: Path) -> Upload:
    if path.suffix == ".toml":
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if "table" in told:  # it would name a file of this machine
            raise InputError("names a file beside it", field="table", value=told["table"],
                             cure="hand in the table itself, or write its totals here")  # fmt: skip
    scenario = load_scenario(path)
    kind = "scenario (TOML)" if path.suffix == ".toml" else "table of a release (CSV)"
    nuclides = sorted({row.nuclide for row in scenario.rows})
    said = ", ".join(nuclides[:12]) + (" …" if len(nuclides) > 12 else "")
    facts = (f"{scenario.hours} h of release", f"needs: {scenario.needs}", *((f"nuclides: {said}",) if said else ()))
    return replace(upload, recognised=kind, hours=scenario.hours, facts=facts, oddities=scenario.unverified[:6])
