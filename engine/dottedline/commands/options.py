"""The options that commands share: what they add to a command, complete in the shell, and refuse."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..files import write_whole
from ..language import LANGUAGES, _, find, list_of
from ..library import Rulebook, load
from ..loading import DEFAULT
from ..problems import InputError, did_you_mean, listing
from ..reasons import names
from . import fail, reported_errors

if TYPE_CHECKING:
    from ..answer import Answer
    from ..records.recorder import Recorder

F = TypeVar("F", bound=Callable[..., Any])


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


def write_output(output: Path, content: str | bytes, book: Rulebook, *read: str | Path) -> None:
    """Writes a file as a whole, but not over what it was made of: `read`, or a file of the rulebook.

    Raises:
        InputError: where it would be.
        OSError: where it cannot be written; it names the file.
    """
    rules = output.suffix in (".yaml", ".po") and any(
        output.resolve().is_relative_to(folder.resolve()) for folder in book.folders
    )
    if output.exists() and (rules or any(os.path.exists(one) and output.samefile(one) for one in read)):
        told = _("`{file}` would be written over what is read").format(file=output)
        raise fail(told, _("write to another file"))
    write_whole(output, content)


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
