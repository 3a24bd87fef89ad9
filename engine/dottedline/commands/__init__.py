"""What every command shares: its options, how it fails, and the language that it speaks."""

from __future__ import annotations

import copy
import functools
import importlib
import inspect
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..language import LANGUAGES, _, find, list_of
from ..library import Rulebook, load
from ..loading import DEFAULT
from ..matcher import EngineFault, EngineUnavailable
from ..problems import InputError, Problem, did_you_mean, listing, reason_of
from ..reasons import names

if TYPE_CHECKING:
    from ..answer import Answer
    from ..records.recorder import Recorder

BAD_INPUT = 1
FAULT = 70
INTERRUPTED = 130

#: Lines longer than this are hard to read.
WIDEST = 100

F = TypeVar("F", bound=Callable[..., Any])


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


# --- options ------------------------------------------------------------------------


def _language(context: click.Context, _param: click.Parameter, tag: str | None) -> None:
    """Refuses a language that there is not; `cli` has seen to it that the others are spoken."""
    if tag is not None and find(tag) is None:
        known = listing(list(LANGUAGES))
        problem = fail(
            _("there is no language `{language}`").format(language=tag),
            did_you_mean(tag, LANGUAGES, _("there are {known}").format(known=known)),
        )
        with reported_errors():
            raise problem


def language_option(command: F) -> F:
    """Adds `--lang`."""
    return click.option(
        "--lang",
        metavar="LANGUAGE",
        expose_value=False,
        is_eager=True,
        callback=_language,
        help="en, id or zh_Hant; else that of the environment.",
    )(command)


def complete_book(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Completes a rulebook in the shell: from the names of those that there are, and from folders."""
    from click.shell_completion import CompletionItem

    from ..shelf import names

    found = [CompletionItem(name) for name in names() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="dir")]


def _complete_topics(context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Completes the last of several topics, with commas between them."""
    book = _book_of(context)
    before, comma, begun = incomplete.rpartition(",")
    known = [*names(book.data), *book.data.topics] if book is not None else []
    return [f"{before}{comma}{name}" for name in known if name.startswith(begun)]


def rules_options(command: F) -> F:
    """Adds `--rules`, `--no-inferred` and `--lang`; the command gets the first two as they are given."""
    for option in (
        language_option,
        click.option("--no-inferred", is_flag=True, help="Leave out what this project inferred itself."),
        click.option(
            "--rules",
            default=DEFAULT,
            metavar="BOOK",
            help="A shipped or installed rulebook, or the folder of one.",
            show_default=True,
            shell_complete=complete_book,
        ),
    ):
        command = option(command)
    return command


def book_options(command: F) -> F:
    """Adds `--rules`, `--no-inferred` and `--lang`; the command gets the rulebook as `book`."""

    @rules_options
    @functools.wraps(command)
    def with_book(*args: Any, rules: str, no_inferred: bool, **kwargs: Any) -> Any:
        book = load(rules)
        return command(*args, book=book.without_inferred() if no_inferred else book, **kwargs)

    return with_book  # type: ignore[return-value]


def format_option(*forms: str) -> Callable[[F], F]:
    """Adds `--format`, as `form`; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="What to print."
    )


def output_option(help: str) -> Callable[[F], F]:
    """Adds `-o FILE`, as `output`: a path, or None for standard output."""
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help=help
    )


def format_named(
    form: str | None, output: Path | None, formats: Mapping[str, Sequence[str]], default: str
) -> str:
    """The format asked for, else that of the file's ending, else the default.

    Args:
        form: what `--format` names.
        output: the file that `-o` names.
        formats: each format with the endings of files that are in it.
        default: the format where neither is given.

    Raises:
        InputError: where there is no such format, or none goes with the file's name.
    """
    if form is not None:
        if form not in formats:
            known = _("the formats are {names}").format(names=listing(formats))
            raise fail(_("there is no format `{name}`").format(name=form), did_you_mean(form, formats, known))
        return form
    if output is None:
        return default
    endings = {ending: name for name, all in formats.items() for ending in all}
    found = endings.get(output.suffix.lower())
    if found is None:
        raise fail(
            _("no format goes with the name `{name}`").format(name=output.name),
            _("end it in {endings}, or name one with --format").format(endings=listing(endings, 20)),
        )
    return found


def check_delimiter(delimiter: str | None) -> None:
    """Refuses what cannot stand between the values of a table."""
    if delimiter is not None and len(delimiter.encode()) != 1:
        raise fail(_("`{delimiter}` is not one character").format(delimiter=delimiter))


def topics_option(command: F) -> F:
    """Adds `--topics`, as a tuple of ids; `check_topics` holds them against the rulebook."""
    return click.option(
        "--topics",
        metavar="NAME,...",
        default="",
        shell_complete=_complete_topics,
        callback=lambda _context, _param, text: tuple(name.strip() for name in text.split(",") if name.strip()),
        help="Only these decisions, findings or topics, by their ids.",
    )(command)


def record_options(command: F) -> F:
    """Adds `--record FILE` and `--record-hash`; the command gets a `Recorder` or None as `recorder`."""

    @click.option(
        "--record",
        "record_file",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help="Append the answer to FILE, for `dottedline replay`.",
    )
    @click.option("--record-hash", is_flag=True, help="Of the facts, record only their hash.")
    @functools.wraps(command)
    def with_recorder(*args: Any, record_file: str | None, record_hash: bool, **kwargs: Any) -> Any:
        if record_file is None:
            if record_hash:
                raise click.UsageError(_("--record-hash goes with --record"))
            return command(*args, recorder=None, **kwargs)
        from ..records.recorder import Recorder

        return command(*args, recorder=Recorder(record_file, hashed=record_hash), **kwargs)

    return with_recorder  # type: ignore[return-value]


def record(
    recorder: Recorder | None, book: Rulebook, answer: Answer, operation: str, topics: Sequence[str] = ()
) -> None:
    """Records an answer, before it is given: what cannot be recorded is not given."""
    if recorder is not None:
        from ..records.lines import Line

        recorder.append(Line(book, answer, operation, topics, hashed=recorder.hashed).now()[1])


def check_topics(book: Rulebook, topics: tuple[str, ...]) -> None:
    """Refuses topics that the rulebook does not have."""
    known = [*names(book.data), *book.data.topics]
    for topic in topics:
        if topic not in known:
            hint = did_you_mean(topic, known, _("they are: {names}").format(names=list_of(known, "unit")))
            message = _("there is no decision, finding or topic `{name}`; {hint}").format(name=topic, hint=hint)
            raise click.BadParameter(message, param_hint="--topics")


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


def complete_from(names: Callable[[Rulebook], list[str]]) -> Callable[..., list[str]]:
    """Completes an argument in the shell from the names in the rulebook that `--rules` names."""

    def complete(context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        book = _book_of(context)
        return [name for name in names(book) if name.startswith(incomplete)] if book is not None else []

    return complete


def _book_of(context: click.Context) -> Rulebook | None:
    """The rulebook that a command line is about; None where there is none to be had."""
    try:
        return load(context.params.get("rules") or DEFAULT)
    except (InputError, OSError):
        return None
