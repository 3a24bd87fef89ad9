"""`dottedline matrix`: who owns what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..library import Rulebook
from ..ownership import Ownership
from . import WIDEST, Command, console, json_text
from .options import book_options, format_named, output_option, record, record_options, write_output

if TYPE_CHECKING:
    from ..records.recorder import Recorder

#: The formats, with the endings of files that are in them.
_FORMATS = {
    "text": (".txt",),
    "markdown": (".md", ".markdown"),
    "csv": (".csv",),
    "json": (".json",),
}


@click.command(cls=Command)
@click.argument("profile")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMATS)),
    help="What to print; else by the ending of FILE, or text.",
)
@output_option("Write to FILE instead, whole or not at all.")
@record_options
@book_options
def matrix(
    profile: str, form: str | None, output: Path | None, recorder: Recorder | None, book: Rulebook
) -> None:
    """Who owns what: each responsibility beside its owners of today.

    PROFILE is a YAML or JSON file of facts, or - for standard input. Shows
    what has no owner or several, and what the source lists with another
    team; then each contractor, with who manages the budget and the workflow.
    """
    form = format_named(form, output, _FORMATS, "text")
    known = book.read_profile(profile)
    if recorder is not None:
        record(recorder, book, book.consult(known), "matrix")
    owned = book.ownership(known)
    if output is None and form == "text":
        from ..present.matrix import matrix as in_words
        from ..present.matrix import print_matrix

        print_matrix(console(), in_words(book.data, owned))
    elif output is None:
        click.echo(_document(book, owned, form), nl=False)
    else:
        write_output(output, _document(book, owned, form, in_file=True), book, profile)


def _document(book: Rulebook, owned: Ownership, form: str, *, in_file: bool = False) -> str:
    """The matrix as the text of a file."""
    if form == "json":
        return json_text(owned.to_dict())
    from ..present import matrix as present

    if form == "csv":
        text = present.matrix_csv(book.data, owned)
        # Only so does Excel read a file as UTF-8; other programs are spared it where they can be.
        return text if text.isascii() or not in_file else f"\ufeff{text}"
    told = present.matrix(book.data, owned)
    if form == "markdown":
        return present.matrix_markdown(told)
    from ..present.terminal import printed

    return printed(lambda console: present.print_matrix(console, told), WIDEST)
