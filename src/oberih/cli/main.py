"""What happens between the shell and a command?

Finds the command, runs it, and turns whatever goes wrong into one line on stderr and an
exit code: 2 what was given cannot be used, 3 a store cannot be read or written, 4 a live
source did not answer, 5 what --fail-on names was found, 130 interrupted, 1 a fault of Oberih itself.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Sequence

import click

import oberih
from oberih.cli.interrupted import heard
from oberih.cli.lazy import LazyGroup
from oberih.errors import OberihError

__all__ = ["door", "main"]

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells have it."""

_STORE_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal or turn a line around: a stranger's value is quoted without them."""

_COMMANDS = {
    "plan": ("oberih.cli.plan:plan", "How far must the zone reach, how sure are we, who lives there?"),
    "assess": ("oberih.cli.assess:assess", "One event: who must do what, where?"),
    "forecast": ("oberih.cli.forecast:forecast", "Keep the atlas of the coming hours ready."),
    "report": ("oberih.cli.report:report", "Two pages to decide on and annexes to defend them: PDF and HTML."),
    "serve": ("oberih.cli.serve:serve", "See it in a browser: situation, designer, events, regimes, report."),
    "users": ("oberih.cli.users:users", "Who may sign in to a served Oberih, as what?"),
    "disperse": ("oberih.cli.disperse:disperse", "A release in fields of the air: particles, gridded hour by hour."),
    "trace": ("oberih.cli.trace:trace", "Where did the air of a sample come from?  Particles backward."),
    "sites": ("oberih.cli.catalogue:sites", "The sites that are known, or one of them."),
    "scenarios": ("oberih.cli.catalogue:scenarios", "The releases that are known, or one of them."),
    "criteria": ("oberih.cli.catalogue:criteria", "The sets of criteria that are known, or one of them."),
    "weather": ("oberih.cli.weather:weather", "Get, check and show weather."),
    "atlas": ("oberih.cli.atlas:atlas", "Build, describe and verify atlases."),
    "evidence": ("oberih.cli.evidence:evidence", "Keep a record that can be shown again; verify it."),
    "regime": ("oberih.cli.regime:regime", "Do the rules hold, as of a date, by what was known?"),
    "participation": ("oberih.cli.participation:participation", "Who takes part in what, as announced and claimed?"),
    "verify": ("oberih.cli.verify:verify", "Is a kept result still what was written?"),
}


@click.group(cls=LazyGroup, commands_at=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(oberih.__version__, prog_name="oberih")
@click.option("--traceback", is_flag=True, expose_value=False, help="Show where in the program an error arose.")
def door() -> None:
    """Oberih: how far would it reach, how sure are we, who lives there?

    Start with:  oberih plan zaporizhzhia
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; the process's own if not given.

    Returns
    -------
    int
        The exit code.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    wants_traceback = "--traceback" in words
    words = [w for w in words if w != "--traceback"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without † shows ? rather than failing
    try:
        return _run(words)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except BrokenPipeError:
        _close_stdout()
        return 0
    except BaseException as error:  # the one place that turns errors into words
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        if wants_traceback:
            traceback.print_exception(error)
        line, code = _diagnose(error)
        print(f"oberih: {line}", file=sys.stderr)
        return code


def _run(words: list[str]) -> int:
    with heard():
        outcome = door.main(args=words, prog_name="oberih", standalone_mode=False)
    if sys.stdout is not None:
        sys.stdout.flush()
    return outcome if isinstance(outcome, int) else 0


def _close_stdout() -> None:
    """Let the reader's leaving be no error: nothing more is said to it, at exit neither."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _diagnose(error: BaseException) -> tuple[str, int]:
    """Say in one line what went wrong, and with which code to leave."""
    match error:
        case OberihError():
            line, code = f"error: {error}", error.exit_code
        case click.Abort() | KeyboardInterrupt():
            line, code = "interrupted; run the same command again to resume", INTERRUPTED
        case click.ClickException():
            line, code = f"error: {error.format_message()}{_see_help(error)}", 2
        case OSError() if error.errno in _STORE_ERRNOS:
            where = error.filename or "a store"
            line, code = f"error: {where}: {error.strerror}; free some room or choose another folder", 3
        case _:
            what = f"{type(error).__name__}: {error}".removesuffix(": ")
            line, code = f"internal error: {what}; add --traceback to see where, and please report it", 1
    return _UNSEEN.sub("�", " ".join(line.split())), code


def _see_help(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context is not None else ""
