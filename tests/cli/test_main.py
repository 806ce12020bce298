"""Whatever happens, the terminal hears one line and the shell a code that says which kind."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable

import click
import pytest

import oberih
from oberih.cli.lazy import LazyGroup
from oberih.cli.main import INTERRUPTED, door, main
from oberih.errors import (
    CorruptStore,
    InputError,
    OberihError,
    OutOfRange,
    SourceUnavailable,
    StoreFull,
    WeatherRefused,
)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], int]:
    """Run a command that fails with a given error."""

    def run(error: BaseException, *words: str) -> int:
        @click.command()
        def fail() -> None:
            raise error

        monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: fail)
        return main(["plan", *words])

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            InputError("must not be negative", file="leak.toml", field="activity", value=-1.0),
            2,
            "leak.toml: activity = -1.0",
        ),
        (WeatherRefused("too short", file="x.csv"), 2, "x.csv: too short"),
        (OutOfRange("beyond its range", field="distance", value=1e9), 2, "distance"),
        (StoreFull("disk: no room"), 3, "disk: no room"),
        (CorruptStore("chunk 3: not what was written"), 3, "chunk 3"),
        (SourceUnavailable("did not answer"), 4, "did not answer"),
        (OberihError("two\nlines"), 1, "two lines"),
        (OSError(errno.ENOSPC, "No space left on device", "atlas"), 3, "atlas: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "atlas"), 3, "atlas: Permission denied"),
        (KeyboardInterrupt(), INTERRUPTED, "run the same command again to resume"),
        (ZeroDivisionError("float division\nby zero"), 1, "ZeroDivisionError: float division by zero; add --traceback"),
        (OSError("odd"), 1, "internal error: OSError: odd"),
        (MemoryError(), 1, "MemoryError; add"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_is_one_line_and_its_own_code(
    failing: Callable[..., int], capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    assert failing(error) == code
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line]
    assert (out, len(lines)) == ("", 1)
    assert lines[0].startswith("oberih: ")
    assert said in lines[0]


def test_a_traceback_is_shown_when_asked_for(failing: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(ZeroDivisionError("x"), "--traceback") == 1
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert err.rstrip().splitlines()[-1].startswith("oberih: internal error")


def test_a_closed_pipe_is_no_error() -> None:
    script = "import sys; from oberih.cli.main import main; sys.exit(main(['sites']))"
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    assert run.stderr.read() == ""
    assert run.wait(timeout=60) == 0


def test_a_terminal_that_lacks_the_letters_is_no_error() -> None:
    script = "import sys; from oberih.cli.main import main; sys.exit(main(['sites', 'zaporizhzhia']))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, env={"PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"oberih, version {oberih.__version__}\n"


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = [path] if path or group is door else []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = every_command(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
        found += below
    return found


@pytest.mark.parametrize("words", every_command(door), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"Usage: {' '.join(['oberih', *words])}")
    assert err == ""


@pytest.mark.parametrize("words", [[], ["atlas"], ["weather"]], ids=["door", "atlas", "weather"])
def test_a_group_alone_lists_its_commands(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    group = door.get_command(click.Context(door), words[0]) if words else door
    assert isinstance(group, click.Group)
    assert [w for w in group.list_commands(click.Context(group)) if f"  {w}  " not in err] == []
