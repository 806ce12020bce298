"""Which words name a store and a record on the command line?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from oberih.errors import InputError

__all__ = ["FIELD_OPTIONS", "STORE_OPTIONS", "fields_of", "keeping_of", "read_fields"]

_LONGEST_INPUT = 16 * 2**20

STORE_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--store", default=None, envvar="OBERIH_EVIDENCE", show_envvar=True, metavar="PATH|URL",
        help="The record: a SQLite file or postgresql://…  [default: .oberih/evidence/record.sqlite]"),
    click.option("--files", type=click.Path(file_okay=False, path_type=Path), default=None,
        envvar="OBERIH_EVIDENCE_FILES", show_envvar=True, help="Folder of attachments.  [default: beside the record]"),
    click.option("--key", type=click.Path(dir_okay=False, path_type=Path), default=None, envvar="OBERIH_KEY_FILE",
        show_envvar=True, help="The private key (PKCS#8); or its text in OBERIH_KEY, the passphrase in"
        " OBERIH_KEY_PASSPHRASE.  [default: oberih/key.pem in your configuration folder]"),
    click.option("--holder", default="custodian", show_default=True, metavar="ROLE",
        help="Whose key it is: a role or organisation, not a person."),
    click.option("--wait", type=click.FloatRange(0.0, 3600.0), default=60.0, show_default=True, metavar="SECONDS",
        help="How long to wait while another program writes."),
)  # fmt: skip

FIELD_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--text", default=None, help="What is said, in words."),
    click.option("--kind", default=None, help="event, observation, measurement, statement, claim, document …"),
    click.option("--id", "record_id", default=None, metavar="ID", help="[default: made from the content]"),
    click.option("--when", default=None, metavar="DATE",
        help="When it was: 2022, 2022-03, 2022-03-04, 2022-03-04T13:31Z."),
    click.option("--until", default=None, metavar="DATE", help="Until when."),
    click.option("--known-on", default=None, metavar="DATE", help="When it became known."),
    click.option("--place", default=None, metavar="NAME"),
    click.option("--latitude", type=float, default=None, metavar="DEGREES"),
    click.option("--longitude", type=float, default=None, metavar="DEGREES"),
    click.option("--uncertainty", type=float, default=None, metavar="METRES", help="Of the position."),
    click.option("--who", default=None, help="Who says so."),
    click.option("--url", default=None, help="Where to read it."),
    click.option("--channel", default=None, help="declared, inspected, measured, press, satellite …"),
    click.option("--reliability", default=None, metavar="A-F", help="Of the source (Admiralty scale)."),
    click.option("--credibility", type=int, default=None, metavar="1-6", help="Of the content (Admiralty scale)."),
    click.option("--claim", "claims", multiple=True, metavar="'WHO: WHAT'", help="An attribution; may be repeated."),
    click.option("--tag", "tags", multiple=True, metavar="WORD", help="May be repeated."),
    click.option("--data", multiple=True, metavar="NAME=VALUE", help="Anything further; VALUE is JSON or text."),
    click.option("--rests-on", multiple=True, metavar="ID", help="May be repeated."),
    click.option("--attach", "files_to_attach", multiple=True, metavar="FILE",
        type=click.Path(path_type=Path), help="A file to keep with it; may be repeated."),
)  # fmt: skip


def keeping_of(given: dict[str, Any]) -> Any:
    """Take the store's options out of a command's words."""
    from oberih.case.prove.keeping import DEFAULT_STORE, Keeping

    return Keeping(
        store=given.pop("store") or DEFAULT_STORE, files=given.pop("files"), key=given.pop("key"),
        name=given.pop("holder"), busy=given.pop("wait"),
    )  # fmt: skip


def fields_of(given: dict[str, Any]) -> dict[str, Any]:
    """Make record fields of the options that were given."""
    fields: dict[str, Any] = {
        "id": given["record_id"], "kind": given["kind"], "text": given["text"], "known_on": given["known_on"],
        "happened": _said({"from": given["when"], "to": given["until"]}),
        "place": _said({"name": given["place"], "latitude": given["latitude"], "longitude": given["longitude"],
                        "uncertainty_m": given["uncertainty"]}),
        "source": _said({"who": given["who"], "url": given["url"], "channel": given["channel"]}),
        "reliability": given["reliability"], "credibility": given["credibility"],
        "claims": [_claim(c) for c in given["claims"]], "tags": list(given["tags"]),
        "data": dict(_named(d) for d in given["data"]), "rests_on": list(given["rests_on"]),
    }  # fmt: skip
    return {k: v for k, v in fields.items() if v not in (None, {}, [])}


def read_fields(source: str, stdin: Any) -> dict[str, Any]:
    """Read a record from a JSON file, or from standard input (``-``): JSON, or plain text that becomes ``text``.

    Raises
    ------
    InputError
        If it cannot be read, is too large, not UTF-8 or no JSON object.
    """
    data = stdin.read(_LONGEST_INPUT + 1) if source == "-" else _file(Path(source))
    name = "standard input" if source == "-" else source
    if len(data) > _LONGEST_INPUT:
        raise InputError(f"is larger than {_LONGEST_INPUT} bytes", file=name, cure="attach it as a file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 (byte {error.start})", file=name, cure="save it as UTF-8") from error
    if source == "-" and not text.lstrip().startswith("{"):
        return {"text": text.strip()}
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InputError("is nested too deeply", file=name) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"is not JSON ({error.msg})", file=f"{name}, line {error.lineno}", cure="correct it"
        ) from error
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", file=name, cure="correct it") from error
    if not isinstance(found, dict):
        raise InputError("is not one record (a JSON object)", file=name, cure="several: oberih evidence import")
    return found


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_INPUT + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number that JSON knows")


def _said(part: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in part.items() if v is not None}


def _claim(text: str) -> dict[str, str]:
    by, colon, says = text.partition(":")
    if not colon or not by.strip() or not says.strip():
        raise InputError("is not of the form WHO: WHAT", field="--claim", value=text)
    return {"by": by.strip(), "says": says.strip()}


def _named(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise InputError("is not of the form NAME=VALUE", field="--data", value=text)
    try:
        return name.strip(), json.loads(value, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InputError("is nested too deeply", field="--data", value=name.strip()) from error
    except ValueError:
        return name.strip(), value
