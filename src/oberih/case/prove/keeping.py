"""Where is the record kept, and who signs?

Defines the noun `Keeping`: the log, its attachments and the key, as a person names them on a
command line or in the environment.  On the first record a log and a key are made.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oberih.errors import InputError
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.database import BUSY_SECONDS, is_url
from oberih.evidence.keys import Signer, load_signer, new_key_file, read_signer
from oberih.evidence.log import Log
from oberih.evidence.report import one_line

__all__ = ["DEFAULT_KEY_NAME", "DEFAULT_STORE", "Keeping", "own_record"]

DEFAULT_STORE = ".oberih/evidence/record.sqlite"
"""Relative to the working folder."""

DEFAULT_KEY_NAME = "custodian"
"""Of a key whose holder gave no name: a role, not a person."""


def own_record(named: str | None) -> str | None:
    """Which record counts as the reader's own: the one named, else that of the working folder where there is one.

    Parameters
    ----------
    named : str or None
        A store, or ``none`` for no record at all.
    """
    if named == "none":
        return None
    return named or (DEFAULT_STORE if Path(DEFAULT_STORE).is_file() else None)


@dataclass(frozen=True)
class Keeping:
    """Which log, which files, which key.

    Parameters
    ----------
    store : str
        Path of a SQLite file, or a PostgreSQL URL.
    files : Path or None
        Folder of attachments, and of the last checkpoint of a database by URL; beside a SQLite file if not given.
    key : Path or None
        File of the private key; ``oberih/key.pem`` in the user's configuration folder if not given.
    name : str
        Of the key's holder: a role or organisation.
    environment : mapping
        ``OBERIH_KEY`` (PKCS#8 text), ``OBERIH_KEY_PASSPHRASE``, ``OBERIH_KEY_PASSPHRASE_FILE``.
    busy : float
        How long to wait for another writer [s].
    """

    store: str = DEFAULT_STORE
    files: Path | None = None
    key: Path | None = None
    name: str = DEFAULT_KEY_NAME
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    busy: float = BUSY_SECONDS

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 200 or one_line(self.name) != self.name:
            cure = "one line of at most 200 characters: a role or organisation"
            raise InputError("cannot stand in the record", field="holder", value=self.name, cure=cure)

    def log(self, *, create: bool = False) -> Log:
        """Open the log.

        Raises
        ------
        InputError, StoreError
            As `Log`.
        """
        beside = self.files / "record.head" if self.files is not None and is_url(self.store) else None
        return Log(self.store, create=create, busy=self.busy, head=beside)

    @property
    def exists(self) -> bool:
        """Whether a log may be there; of a database by URL nobody knows before asking."""
        return is_url(self.store) or Path(self.store).is_file()

    @property
    def attachments(self) -> AttachmentStore:
        """The files.

        Raises
        ------
        InputError
            If the log is a database and no folder is named.
        """
        if self.files is None and is_url(self.store):
            cure = "name a folder with --files or OBERIH_EVIDENCE_FILES"
            raise InputError("a database holds no files", field="--files", cure=cure)
        return AttachmentStore(self.files or Path(self.store).parent / "attachments")

    @property
    def key_file(self) -> Path:
        """Where the private key lies: named, in ``OBERIH_KEY_FILE``, or in the configuration folder."""
        if self.key is not None:
            return self.key
        if self.environment.get("OBERIH_KEY_FILE"):
            return Path(self.environment["OBERIH_KEY_FILE"])
        configured = self.environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(configured) / "oberih" / "key.pem"

    def signer(self, *, create: bool = False) -> tuple[Signer, bool]:
        """Return the key, and whether it was made just now.

        Raises
        ------
        InputError
            If there is none and ``create`` is False, or it cannot be read.
        StoreError
            If a new one cannot be kept.
        """
        passphrase = self.passphrase()
        if self.key is None and self.environment.get("OBERIH_KEY"):
            text = self.environment["OBERIH_KEY"].encode()
            return read_signer(text, name=self.name, passphrase=passphrase, file="OBERIH_KEY"), False
        path = self.key_file
        if path.is_file():
            return load_signer(path, name=self.name, passphrase=passphrase), False
        if not create:
            cure = "name it with --key or OBERIH_KEY_FILE, or make one: oberih evidence key new"
            raise InputError("is not there", file=path, field="key", cure=cure)
        return new_key_file(path, name=self.name, passphrase=passphrase), True

    def passphrase(self) -> bytes | None:
        """Return what the key file is encrypted with; None where nothing is given.

        Raises
        ------
        InputError
            If the file that should hold it cannot be read.
        """
        given, file = self.environment.get("OBERIH_KEY_PASSPHRASE"), self.environment.get("OBERIH_KEY_PASSPHRASE_FILE")
        if given:
            return given.encode()
        if not file:
            return None
        try:
            return Path(file).read_bytes().rstrip(b"\r\n")
        except OSError as error:
            raise InputError(
                f"cannot be read ({error.strerror})", file=file, field="OBERIH_KEY_PASSPHRASE_FILE"
            ) from error
