"""What every command shares: how it helps and fails in the language that it speaks, and what it prints."""

from __future__ import annotations

import copy
import importlib
import inspect
import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from ..language import _
from ..matcher import EngineFault, EngineUnavailable
from ..problems import InputError, Problem, reason_of

BAD_INPUT = 1
FAULT = 70
INTERRUPTED = 130

#: Lines longer than this are hard to read.
WIDEST = 100


class Command(click.Command):
    """A command that helps in the language spoken, and fails with a message, never a traceback."""

    def invoke(self, context: click.Context) -> Any:
        with reported_errors():
            return super().invoke(context)

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        _translated(self, super().format_help_text, context, formatter)

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        params = self.params
        self.params = [_with_translated_help(param) for param in params]
        try:
            super().format_options(context, formatter)
        finally:
            self.params = params

    def get_short_help_str(self, limit: int = 45) -> str:
        return _short_help(self)


class Group(Command, click.Group):
    """Commands that are imported when they are asked for.

    Args:
        modules: each command's name, in the order in which they are shown,
            and the module of this package that it is in, under its name
            there (with `_` for `-`).
    """

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self._modules = modules or {}

    def list_commands(self, context: click.Context) -> list[str]:
        return [*self._modules, *self.commands]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._modules:
            return super().get_command(context, name)
        module = importlib.import_module(f".{self._modules[name]}", __package__)
        command = getattr(module, name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


def _short_help(command: click.Command) -> str:
    """The first sentence of a command's help: it names the command in a list of them."""
    text = _(inspect.cleandoc(command.help or ""))
    return text.partition("\n\n")[0].replace("\n", " ")


def _translated(
    command: click.Command,
    write: Callable[[click.Context, click.HelpFormatter], None],
    context: click.Context,
    formatter: click.HelpFormatter,
) -> None:
    help = command.help
    command.help = _(inspect.cleandoc(help or ""))
    try:
        write(context, formatter)
    finally:
        command.help = help


def _with_translated_help(param: click.Parameter) -> click.Parameter:
    if isinstance(param, click.Option) and param.help:
        translated = copy.copy(param)
        translated.help = _(param.help)
        return translated
    return param


class reported_errors:
    """Turns what can go wrong in a `with` block into a message and an exit code."""

    def __enter__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # Quotation marks and labels are no reason to fail on a terminal that lacks them.
                stream.reconfigure(errors="replace")

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        if isinstance(error, InputError):
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)
        if isinstance(error, EngineUnavailable):
            click.echo(_("error: {message}").format(message=error), err=True)
            sys.exit(BAD_INPUT)
        if isinstance(error, EngineFault):
            click.echo(
                _("internal error: {error}\nNo advice is given. Please report this.").format(error=error),
                err=True,
            )
            sys.exit(FAULT)
        if isinstance(error, BrokenPipeError):
            # The reader has gone, as with `| head`: nothing is wrong.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        if isinstance(error, OSError):
            told = reason_of(error)
            if error.filename:
                told = f"`{error.filename}`: {told}"
            click.echo(_("error: {message}").format(message=told), err=True)
            sys.exit(BAD_INPUT)


def fail(message: str, help: str | None = None) -> InputError:
    """Bad input as an error to raise: what is wrong, and what would be right."""
    return InputError([Problem(message, help=help)])


class missing_package_reported:
    """Says what to install where a `with` block imports a package that is not there.

    Args:
        help: with what it comes.
    """

    def __init__(self, help: str) -> None:
        self._help = help

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ModuleNotFoundError):
            raise fail(_("`{package}` is not installed").format(package=error.name), self._help) from None


# --- output -------------------------------------------------------------------------


def json_text(value: object) -> str:
    """JSON for programs that people also read."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def echo_json(value: object) -> None:
    """Prints JSON."""
    click.echo(json_text(value), nl=False)


def console(*, stderr: bool = False) -> Any:
    """A rich console as wide as the terminal, but not wider than one can read."""
    from ..present.terminal import Terminal

    console = Terminal(stderr=stderr, highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def print_document(report: Any, form: str) -> None:
    """Prints a report as text or as Markdown."""
    if form == "markdown":
        from ..present.markdown import report_markdown

        click.echo(report_markdown(report), nl=False)
    else:
        from ..present.terminal import print_report

        print_report(console(), report)
