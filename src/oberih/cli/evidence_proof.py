"""``oberih evidence export``, ``verify``, ``checkpoint``, ``witness``, ``timestamp``, ``key``: can anyone check it?"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from oberih.cli.clock import now
from oberih.cli.lazy import WordsGroup
from oberih.cli.record_options import keeping_of

__all__ = ["add_to"]

_FILE = click.Path(dir_okay=False, path_type=Path)
Decorator = Callable[[Any], Any]


def add_to(evidence: click.Group, stored: Decorator, as_json_option: Decorator) -> None:
    """Give the group these commands.

    Parameters
    ----------
    evidence : click.Group
    stored, as_json_option : decorator
        The options that name a store, and the one that asks for JSON.
    """
    for command in (export, verify, checkpoint, witness, timestamp):
        evidence.add_command(as_json_option(stored(command)))
    for command in (key_list, key_new, key_add, key_revoke):
        key.add_command(as_json_option(stored(command)))
    evidence.add_command(key)


@click.command()
@click.argument("out", type=_FILE)
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this record, with its proof; may be repeated.")
@click.option("--search", "words", default=None, metavar="WORDS", help="Only records that hold these words.")
@click.option("--attachments", is_flag=True, help="Include the files; their hashes are always in it.")
def export(out: Path, ids: tuple[str, ...], words: str | None, attachments: bool, as_json: bool, **given: Any) -> None:
    """Write the record as one file OUT that verifies anywhere, without this program's server or the network."""
    from oberih.case.prove import proving  # here, so that help and mistakes answer at once
    from oberih.cli.show import show_json

    keeping = keeping_of(given)
    chosen = [*ids, *(proving.found_ids(keeping, words) if words else ())] if ids or words else None
    manifest = proving.export(keeping, out, ids=chosen, attachments=attachments)
    if as_json:
        show_json({"written": str(out), **manifest})
        return
    what = "the whole record" if manifest["complete"] else f"{manifest['records']} records with their proofs"
    click.echo(f"written  {out}: {what}, log of {manifest['size']}, first key {manifest['first_key']}")


@click.command()
@click.argument("what", required=False, metavar="[BUNDLE|STORE]")
@click.option(
    "--against", multiple=True, type=_FILE, metavar="CHECKPOINT", help="A checkpoint kept elsewhere; may be repeated."
)
@click.option("--trust", default=None, metavar="KEYID", help="The key that must have begun the record.")
@click.option("--roots", multiple=True, type=_FILE, metavar="PEM", help="Certificates of timestamp authorities.")
@click.option("--quiet", is_flag=True, help="No progress; yes or no, and the faults.")
def verify(
    what: str | None, against: tuple[Path, ...], trust: str | None, roots: tuple[Path, ...], quiet: bool,
    as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Is it what was written?  Yes or no; on no, which record and why.

    Looks at a BUNDLE, or at the live record.  No network is used.  The exit code is 0 for yes, 3 for no.
    """
    from oberih.case.prove import proving  # as above
    from oberih.cli.progress import watched
    from oberih.cli.show import show_json

    seen = sys.stderr.isatty() and not (quiet or as_json)  # elsewhere the answer is all that is wanted
    with watched(quiet=not seen) as progress:
        report = proving.verify(keeping_of(given), what, against=against, trusted=trust, roots=roots, progress=progress)
    if as_json:
        show_json({"holds": report.holds, **asdict(report)})
    else:
        _say(report, quiet=quiet)
    if not report.holds:
        raise SystemExit(3)


def _say(report: Any, *, quiet: bool) -> None:
    """Plainly."""
    click.echo(f"{'YES' if report.holds else 'NO'}  {report.name}")
    for fault in report.faults[:50]:
        click.echo(f"  {fault}")
    if len(report.faults) > 50:
        click.echo(f"  … and {len(report.faults) - 50} more (--json shows all)")
    if quiet:
        return
    click.echo(f"  {report.kind}: {report.records} records, written {report.first_recorded} to {report.last_recorded}")
    click.echo(f"  {report.checkpoints} checkpoints; the last covers {report.size} records, root {report.root}")
    for name, keyid, added, revoked in report.keys:
        end = "" if revoked is None else f", revoked by record {revoked}"
        click.echo(f"  key {keyid}  {name}, from record {added}{end}")
    click.echo(f"  attachments: {report.attachments} looked at, {report.absent_attachments} known by hash alone")
    for line in (*report.witnesses, *report.timestamps):
        click.echo(f"  seen: {line}")
    for note in report.notes:
        click.echo(f"  note: {note}")


@click.command()
@click.argument("out", required=False, type=_FILE)
def checkpoint(out: Path | None, as_json: bool, **given: Any) -> None:
    """Give the last checkpoint (a signed note), to keep elsewhere or to be countersigned."""
    from oberih.case.prove import proving  # as above
    from oberih.cli.show import show_json

    text = proving.checkpoint(keeping_of(given), out)
    if as_json:
        show_json({"checkpoint": text})
    else:
        click.echo(f"written  {out}" if out else text, nl=out is not None)


@click.command()
@click.argument("file", required=False, type=_FILE, metavar="[CHECKPOINT]")
@click.option("--witness-key", type=_FILE, default=None, help="The witness's own private key; made if it is not there.")
@click.option("--name", default=None, metavar="NAME", help="Of the witness, as inspector.example.org.")
@click.option("--line", default=None, help="A line that a witness sent back, to be kept; with --vkey.")
@click.option("--vkey", "verifier", default=None, help="That witness's verifier key, got another way.")
def witness(
    file: Path | None, witness_key: Path | None, name: str | None, line: str | None, verifier: str | None,
    as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Countersign a checkpoint with another key (C2SP cosignature/v1).

    Without CHECKPOINT: verify the record here and countersign its last one.  With CHECKPOINT, a file that
    came from elsewhere: print the line to send back.  With --line and --vkey: keep what came back.
    """
    from dataclasses import replace

    from oberih.case.prove import witnessing  # as above
    from oberih.cli.show import show_json, show_sheet

    keeping = keeping_of(given)
    if line is not None or verifier is not None:
        if line is None or verifier is None:
            raise click.UsageError("--line and --vkey go together")
        show_sheet(witnessing.take_line(keeping, line=line, verifier=verifier), as_json=as_json)
        return
    if name is None or witness_key is None:
        raise click.UsageError("a witness needs --name and --witness-key")
    own = replace(keeping, key=witness_key, name=name)
    if file is None:
        show_sheet(witnessing.witness(keeping, name=name, witness_key=own, now=now()), as_json=as_json)
        return
    answer = witnessing.cosign_file(file, name=name, witness_key=own, now=now())
    if as_json:
        show_json({"line": answer})
    else:
        click.echo(answer, nl=False)


@click.command()
@click.option("--authority", default=None, envvar="OBERIH_TIMESTAMP_AUTHORITY", show_envvar=True, metavar="URL")
@click.option("--reply", type=_FILE, default=None, help="An authority's reply brought by hand.")
@click.option("--request", "request_out", type=_FILE, default=None, help="Write the request, to be carried by hand.")
@click.option("--roots", multiple=True, type=_FILE, metavar="PEM", help="Certificates that are trusted.")
@click.option("--timeout", type=click.FloatRange(0.1, 600.0), default=30.0, show_default=True, metavar="SECONDS")
def timestamp(
    authority: str | None, reply: Path | None, request_out: Path | None, roots: tuple[Path, ...], timeout: float,
    as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Have an authority say when the last checkpoint was there (RFC 3161)."""
    from oberih.case.prove import witnessing  # as above
    from oberih.cli.show import show_sheet

    by_hand = reply is not None or request_out is not None
    sheet = witnessing.stamp(
        keeping_of(given), authority=None if by_hand else authority, reply=reply, request_out=request_out, roots=roots,
        nonce=secrets.randbits(63), wait=timeout,
    )  # fmt: skip
    show_sheet(sheet, as_json=as_json)


@click.group(cls=WordsGroup)
def key() -> None:
    """Make, list, add and revoke keys; the record itself keeps their history."""


@click.command("list")
def key_list(as_json: bool, **given: Any) -> None:
    """List the keys that the record knows."""
    from oberih.case.prove import record_keys  # as above
    from oberih.cli.show import show_sheet

    show_sheet(record_keys.keys(keeping_of(given)), as_json=as_json)


@click.command("new")
def key_new(as_json: bool, **given: Any) -> None:
    """Make a key file (encrypted where OBERIH_KEY_PASSPHRASE is set)."""
    from oberih.case.prove import record_keys  # as above
    from oberih.cli.show import show_sheet

    show_sheet(record_keys.new_key(keeping_of(given)), as_json=as_json)


@click.command("add")
@click.argument("public")
@click.option("--name", required=True, metavar="ROLE", help="Of its holder: a role or organisation.")
def key_add(public: str, name: str, as_json: bool, **given: Any) -> None:
    """Let another key sign: PUBLIC as 'key new' shows it."""
    from oberih.case.prove import record_keys  # as above
    from oberih.cli.show import show_json

    written = record_keys.add_key(keeping_of(given), public, name=name, now=now())
    show_json(asdict(written)) if as_json else click.echo(
        f"recorded  {written.records[0][1] if written.records else '–'}"
    )


@click.command("revoke")
@click.argument("keyid", metavar="KEY")
@click.option("--reason", required=True)
def key_revoke(keyid: str, reason: str, as_json: bool, **given: Any) -> None:
    """Let KEY (its id or the beginning of it) sign no longer."""
    from oberih.case.prove import record_keys  # as above
    from oberih.cli.show import show_json

    written = record_keys.revoke_key(keeping_of(given), keyid, reason=reason, now=now())
    show_json(asdict(written)) if as_json else click.echo(f"recorded  {written.records[0][1]}")
