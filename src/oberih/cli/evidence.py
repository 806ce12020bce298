"""``oberih evidence``: keep a record that can be shown again."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import click

from oberih.cli import evidence_proof
from oberih.cli.clock import now
from oberih.cli.lazy import WordsGroup
from oberih.cli.options import with_options
from oberih.cli.record_options import FIELD_OPTIONS, STORE_OPTIONS, fields_of, keeping_of, read_fields

__all__ = ["evidence"]


_JSON = click.option("--json", "as_json", is_flag=True, help="The answer as JSON on stdout.")


@click.group(cls=WordsGroup)
def evidence() -> None:
    """Keep a record that can be shown again: signed, append-only, verifiable by anyone.

    Begin with:  oberih evidence add --kind event --when 2026-11-25 --text "…" --who "…"
    """


@evidence.command()
@click.argument("file", required=False, metavar="[FILE|-]")
@with_options(FIELD_OPTIONS)
@with_options(STORE_OPTIONS)
@_JSON
def add(file: str | None, as_json: bool, **given: Any) -> None:
    """Record one statement, from a JSON FILE, standard input (-) or the options; options win.

    Plain text on standard input becomes what is said.
    """
    from oberih.case.prove.recording import record_one  # here, so that help and mistakes answer at once

    keeping = keeping_of(given)
    fields = read_fields(file, _typed()) if file else {}
    fields |= fields_of(given)
    fields.setdefault("kind", "statement")
    origin = {None: None, "-": "standard input"}.get(file, file)
    _show_written(
        record_one(keeping, fields, files=given["files_to_attach"], now=now(), origin=origin), as_json=as_json
    )


@evidence.command("import")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--mapping", required=True, metavar="NAME|FILE", help="How to read it: a name (see 'mappings'), or a TOML file."
)
@click.option("--dry-run", is_flag=True, help="Read and check everything, list what is wrong, store nothing.")
@with_options(STORE_OPTIONS)
@click.option("--quiet", is_flag=True, help="No progress.")
@_JSON
def import_(file: str, mapping: str, dry_run: bool, quiet: bool, as_json: bool, **given: Any) -> None:
    """Record every row of FILE (CSV, JSON lines, GeoJSON points), read by a declared mapping: all rows or none."""
    from oberih.case.prove.importing import read_all  # as above
    from oberih.case.prove.recording import record_all
    from oberih.cli.progress import watched
    from oberih.errors import InputError

    keeping, moment = keeping_of(given), now()
    source = _typed() if file == "-" else Path(file)
    try:
        records = read_all(source, mapping, now=moment)
    except InputError as error:
        if dry_run:
            for line in getattr(error, "problems", ())[1:]:
                click.echo(line, err=True)
        raise
    if dry_run:
        _show_dry(file, len(records), as_json=as_json)
        return
    with watched(quiet=quiet or as_json) as progress:
        written = record_all(keeping, records, now=moment, progress=progress)
    _show_written(written, as_json=as_json, each=False)


@evidence.command()
@_JSON
def mappings(as_json: bool) -> None:
    """List the mappings that ship."""
    from oberih.case.prove.importing import all_mappings  # as above
    from oberih.cli.show import show_sheet

    show_sheet(all_mappings(), as_json=as_json)


@evidence.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True)
@click.option("--kind", default=None)
@with_options(STORE_OPTIONS)
@_JSON
def list_(limit: int, kind: str | None, as_json: bool, **given: Any) -> None:
    """List the last records written."""
    from oberih.case.prove.record_sheets import newest  # as above

    _show_found(newest(keeping_of(given), limit=limit, kind=kind), as_json=as_json)


@evidence.command()
@click.argument("name", metavar="ID|NUMBER")
@with_options(STORE_OPTIONS)
@_JSON
def show(name: str, as_json: bool, **given: Any) -> None:
    """Show one record in full."""
    from oberih.case.prove.record_sheets import one_record  # as above

    _show_found(one_record(keeping_of(given), name), as_json=as_json)


@evidence.command()
@click.argument("words", nargs=-1)
@click.option("--kind", default=None)
@click.option("--source", default=None, help="Part of who says so, or of its address.")
@click.option("--since", default=None, metavar="DATE", help="It was on or after.")
@click.option("--until", default=None, metavar="DATE", help="It was on or before.")
@click.option("--near", "near_to", default=None, metavar="LAT,LON,KM")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True)
@with_options(STORE_OPTIONS)
@_JSON
def search(
    words: tuple[str, ...], kind: str | None, source: str | None, since: str | None, until: str | None,
    near_to: str | None, limit: int, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Find records that hold all WORDS, of a kind, source, time and place."""
    from oberih.case.prove import record_sheets  # as above

    asked: record_sheets.Search = {
        "text": " ".join(words), "kind": kind, "source": source, "since": since, "until": until,
    }  # fmt: skip
    box = record_sheets.near(near_to) if near_to else None
    _show_found(record_sheets.search(keeping_of(given), asked, box=box, limit=limit), as_json=as_json)


@evidence.command()
@click.argument("name", metavar="ID|NUMBER")
@click.argument("files_named", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--text", default="", help="What they are.")
@with_options(STORE_OPTIONS)
@_JSON
def attach(name: str, files_named: tuple[Path, ...], text: str, as_json: bool, **given: Any) -> None:
    """Bring files to a record: copied into the store by their SHA-256, and recorded."""
    from oberih.case.prove.recording import attach as bring  # as above

    _show_written(bring(keeping_of(given), name, files_named, text=text, now=now()), as_json=as_json)


@evidence.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_options(STORE_OPTIONS)
@_JSON
def keep(folder: Path, as_json: bool, **given: Any) -> None:
    """Put the result in FOLDER (of plan or assess) into the record: its result.json is signed with it."""
    from oberih.case.prove.kept_results import keep_result  # as above

    _show_written(keep_result(keeping_of(given), folder, now=now()), as_json=as_json)


@evidence.command()
@click.argument("name", metavar="ID|NUMBER")
@click.argument("file", required=False, metavar="[FILE|-]")
@with_options(FIELD_OPTIONS)
@with_options(STORE_OPTIONS)
@_JSON
def correct(name: str, file: str | None, as_json: bool, **given: Any) -> None:
    """Put a record right: a new one that names the old, which stays as it was."""
    from oberih.case.prove.recording import correct as put_right  # as above

    keeping = keeping_of(given)
    changes = read_fields(file, _typed()) if file else {}
    changes |= fields_of(given)
    _show_written(put_right(keeping, name, changes, files=given["files_to_attach"], now=now()), as_json=as_json)


evidence_proof.add_to(evidence, with_options(STORE_OPTIONS), _JSON)


def _typed() -> Any:
    """Standard input as bytes; nothing where it is closed."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer


def _show_dry(file: str, records: int, *, as_json: bool) -> None:
    from oberih.cli.show import show_json

    if as_json:
        show_json({"file": file, "records": records, "stored": 0})
    else:
        click.echo(f"{file}: {records} records, all sound; nothing was stored")


def _show_written(written: Any, *, as_json: bool, each: bool = True) -> None:
    from oberih.cli.show import show_json

    for note in written.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        show_json({
            "store": written.store, "size": written.size, "known": list(written.known),
            "records": [{"number": n, "id": i} for n, i in written.records],
        })  # fmt: skip
        return
    if each:
        for number, identifier in written.records:
            click.echo(f"recorded  {identifier}  as number {number}")
        for identifier in written.known:
            click.echo(f"known     {identifier}  was there already; nothing changed")
    else:
        click.echo(f"{len(written.records)} recorded, {len(written.known)} were there already; {written.size} in all")


def _show_found(found: Any, *, as_json: bool) -> None:
    from oberih.cli.show import show_json, show_sheet

    if as_json:
        show_json(found.data)
    else:
        show_sheet(found.sheet)
