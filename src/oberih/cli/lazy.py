"""How does the door stay light while the rooms behind it are heavy?

A group of commands that knows their names and one-line helps, and imports a command's file
only when it is called.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["LazyGroup", "WordsGroup", "nearest"]


def nearest(word: str, known: list[str]) -> str:
    """Say which known words come close, as ``; did you mean plan?``, or which there are.

    Examples
    --------
    >>> nearest("paln", ["plan", "sites"])
    '; did you mean plan?'
    >>> nearest("qqq", ["plan", "sites"])
    '; known: plan, sites'
    """
    close = difflib.get_close_matches(word, known, n=2, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known: {', '.join(known)}"


class WordsGroup(click.Group):
    """A group that names the nearest command where one is unknown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command."""
        word, known = args[0], self.list_commands(ctx)
        if not word.startswith("-") and word not in known:
            raise click.UsageError(f"no such command {word!r}{nearest(word, known)}", ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(WordsGroup):
    """A group whose commands are imported when called.

    Parameters
    ----------
    commands_at : mapping of str to (str, str)
        By name: ``module:attribute``, and the one-line help.
    """

    def __init__(self, *args: Any, commands_at: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands_at = dict(commands_at)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order given."""
        return list(self.commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, None if there is none."""
        if cmd_name not in self.commands_at:
            return None
        module, attribute = self.commands_at[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their helps, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.commands_at.items()])
