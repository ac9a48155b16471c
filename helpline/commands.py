"""How commands are found and how they fail: by name when asked for, with one line and no traceback."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from helpline import logs
from helpline.data.files import BadData
from helpline.flow.book import WrongBook
from helpline.processes import CannotRun
from helpline.service.centre_import import BadTable
from helpline.settings import BadSettings, Settings
from helpline.store.database import BadDatabase, Unavailable
from helpline.store.sealing import BadKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULTS = (BadData, BadDatabase, BadKeys, BadTable, CannotRun, OSError, Unavailable, WrongBook)


def load(name: str) -> Any:
    """What `module:attribute` names. Commands use it for what the library may not import, or is slow to.

    Raises:
        click.ClickException: it is not part of this installation.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise click.ClickException(f"not part of this installation: {error}") from None


def settings() -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: with every fault; the group prints them.
    """
    return Settings.load(os.environ)


class Commands(click.Group):
    """A group with commands that are loaded by name, and errors of one line each."""

    def __init__(self, *args: Any, elsewhere: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._elsewhere = elsewhere
        """Name of the command -> where it is, and its line of help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self._elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._elsewhere:
            command: click.Command = load(self._elsewhere[cmd_name][0])
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every command without loading any."""
        del ctx
        rows = [(name, line) for name, (_, line) in self._elsewhere.items()]
        rows += [(name, command.get_short_help_str(70)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # click knows what to do when nobody reads on
        except BadSettings as error:
            fail(*error.lines)
        except FAULTS as error:
            fail(str(error) or type(error).__name__)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if (
                logs.configured()
            ):  # a process that serves: its last line goes where all its lines go
                raise
            # Not its message, which may repeat what is written about somebody.
            fail(f"unexpected {type(error).__name__} at {logs.places(error.__traceback__)}")


def fail(*lines: str) -> None:
    """Print the reasons and end with status 1."""
    for line in lines:
        click.echo(f"helpline: {line}", err=True)
    sys.exit(1)
