"""Texts that do harm where a page takes them for markup, and a helper that puts them wherever a text is kept.

For browser tests: `store_hostile` a record, a site, accounts and tokens; open every page; `DONE` must be false.  Each
text would set it if anything of it ran.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import record_all
from oberih.evidence.record import Record, read_record
from oberih.web.access.accounts import account_named
from oberih.web.access.by import By
from oberih.web.access.minding import add_account
from oberih.web.access.owning import make_token
from oberih.web.access.porter import Porter

DONE = "window.oberihWasHarmed === true"
"""JavaScript that tells whether one of the texts ran."""

_RUN = "window.oberihWasHarmed=true"

HOSTILE: tuple[str, ...] = (
    f"<script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"\"><svg onload={_RUN}>",
    f"' onmouseover='{_RUN}' x='",
    f"javascript:{_RUN}",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"<a href=\"javascript:{_RUN}\" autofocus onfocus={_RUN}>x</a>",
    f"<iframe srcdoc='<script>parent.{_RUN.removeprefix('window.')}</script>'></iframe>",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    "<style>*{display:none}</style>",
    f"<math><mtext></mtext><img src=x onerror={_RUN}></math>",
    "\u202e<b>turned round</b>\u202c",
    "=cmd|' /C calc'!A0",
)  # fmt: skip


ADDRESSES = (
    f"javascript:{_RUN}", f"data:text/html,<script>{_RUN}</script>", 'https://example.org/?q="><b>', "file:///etc/passwd",
)  # fmt: skip
"""Of sources; a page may make a link of the third alone."""


def hostile_records(*, now: datetime) -> Iterator[Record]:
    """Records with such a text in every field that holds one."""
    for number, text in enumerate(HOSTILE):
        fields = {
            "id": f"hostile-{number}", "kind": "event", "text": f"hostile {number}: {text}",
            "happened": {"from": "2022-03-04", "note": text},
            "place": {"name": text, "latitude": 47.5, "longitude": 34.6},
            "source": {"who": text, "url": ADDRESSES[number % len(ADDRESSES)], "channel": "press"},
            "claims": [{"by": text, "says": text}], "tags": [text], "data": {text: text, "deep": [{"x": text}]},
        }  # fmt: skip
        yield read_record(fields, now=now)


def store_hostile(keeping: Keeping, *, now: datetime) -> int:
    """Put hostile records into a record; return how many."""
    return len(record_all(keeping, list(hostile_records(now=now)), now=now).records)


def hostile_site(folder: Path, text: str = HOSTILE[1]) -> Path:
    """A site file, named by its path, whose names are hostile."""
    source = files("oberih.earth") / "data" / "sites" / "zaporizhzhia.toml"
    path = folder / "hostile.toml"
    with source.open("rb") as there, path.open("wb") as here:
        shutil.copyfileobj(there, here)
    lines = path.read_text(encoding="utf-8").splitlines()
    named = {"name": False, "name_uk": False}
    for at, line in enumerate(lines):
        key = line.split("=")[0].strip()
        if key in named and not named[key]:
            lines[at], named[key] = f"{key} = {json.dumps(text)}", True
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def hostile_accounts(porter: Porter, password: str) -> list[str]:
    """Accounts whose descriptions and tokens are named so; their own names cannot be.  Returns the names."""
    names = []
    for number, text in enumerate(HOSTILE):
        if any(ord(c) in range(0x2028, 0x2070) for c in text):
            continue  # what is not seen is refused
        name = f"hostile-{number}"
        one, _ = add_account(porter, By(), name=name, role="analyst", about=text[:100], password=password)
        with porter.file.reading() as connection:
            owner = account_named(connection, one.name)
        make_token(porter, owner, label=text[:100], scopes=["read"], days=1)
        names.append(one.name)
    return names
