"""`dottedline rules docs`: the reference of a rulebook, made of its rules."""

from __future__ import annotations

from pathlib import Path

import click

from ...language import _, counted
from ...library import Rulebook
from ...problems import Problem, listing
from .. import BAD_INPUT, Command, fail
from ..options import book_options


@click.command(cls=Command)
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where FOLDER is not up to date.")
@book_options
def docs(folder: Path, check: bool, book: Rulebook) -> None:
    """Writes the reference of a rulebook into FOLDER.

    Pages of Markdown, and index.html, one page that needs nothing beside it:
    each decision with its rules, when they hold, why, how firmly, and an
    example; what each decision needs, as a drawing; the facts; the source,
    item by item. With --check, tells which files the rules would change.
    """
    from ...authoring.reference.files import stale, write
    from ...present.chart_image import CannotDraw

    if check:
        found = stale(book, folder)
        told = {
            _("missing: {files}"): found.missing,
            _("not up to date: {files}"): found.changed,
            _("not of this rulebook: {files}"): found.left_over,
        }
        for words, names in told.items():
            if names:
                click.echo(words.format(files=listing([str(folder / name) for name in names], 20)))
        if found.all:
            help = _("run `{command}`").format(command=f"dottedline rules docs {folder}")
            if found.left_over:
                help = _("run `{command}`, and remove what is not of this rulebook").format(
                    command=f"dottedline rules docs {folder}"
                )
            click.echo(Problem(_("the reference is not what the rules say"), help=help).render(), err=True)
            click.get_current_context().exit(BAD_INPUT)
        return
    try:
        names = write(book, folder)
    except CannotDraw as error:
        raise fail(str(error), error.help) from None
    number = counted("{n} file", "{n} files", len(names))
    click.echo(_("{files} written to {folder}").format(files=number, folder=folder), err=True)
