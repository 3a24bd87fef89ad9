"""`dottedline portfolio`: many companies at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..language import _
from ..library import Rulebook
from ..problems import Problem
from . import WIDEST, Command, console, json_text, missing_package_reported
from .options import book_options, format_named, output_option, write_output

if TYPE_CHECKING:
    from ..batch.tallies import Portfolio

#: The formats, with the endings of files that are in them.
_FORMATS = {
    "text": (".txt",),
    "html": (".html", ".htm"),
    "markdown": (".md", ".markdown"),
    "json": (".json",),
}


@click.command(cls=Command)
@click.argument("results", metavar="OUTPUT", type=click.Path(path_type=Path))
@click.option("--by", metavar="FACT", help="Make cohorts by this fact, decision or column of OUTPUT.")
@click.option(
    "--name", metavar="COLUMN", help="The column with the companies' names; else the first with text."
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="text, html, markdown or json; else by the ending of FILE, or text.",
)
@output_option("Write to FILE instead, whole or not at all.")
@book_options
def portfolio(
    results: Path, by: str | None, name: str | None, form: str | None, output: Path | None, book: Rulebook
) -> None:
    """Many companies at once: what they have in common, and what to ask.

    OUTPUT is what `dottedline evaluate` writes. Shows which results are
    settled, what is most often to check or missing, and at whom, how groups
    of companies differ, who stands out, and which answer would change most.
    """
    form = format_named(form, output, _FORMATS, "text")
    found = _counted(book, results, by, name)
    if form == "text" and output is None:
        from ..present.portfolio_text import print_portfolio
        from ..present.portfolio_words import document

        print_portfolio(console(), document(book.data, found))
        return
    text = _document(book, found, form)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text, book, results)


def _counted(book: Rulebook, path: Path, by: str | None, name: str | None) -> Portfolio:
    with missing_package_reported(_("it comes with `pip install 'dottedline[batch]'`")):
        from ..batch.portfolio import portfolio as portfolio_of
        from ..batch.results import Results
    table = Results(path, book)
    if table.made.sha256 not in (None, book.sha256):
        told = _("`{path}` was made with another version of the rulebook, {version}").format(
            path=path, version=table.made.version
        )
        help = _("make it anew, or take texts and titles for those of version {version}").format(
            version=book.version
        )
        click.echo(Problem(told, help=help, level="warning").render(), err=True)
    return portfolio_of(book, table, by=by, name=name)


def _document(book: Rulebook, found: Portfolio, form: str) -> str:
    """The portfolio as the text of a file."""
    if form == "json":
        return json_text(found.to_dict())
    from ..present.portfolio_words import document

    told = document(book.data, found)
    if form == "html":
        from ..present.portfolio_html import portfolio_html

        return portfolio_html(told, book.language)
    from ..present import portfolio_text

    if form == "markdown":
        return portfolio_text.portfolio_markdown(told)
    from ..present.terminal import printed

    return printed(lambda console: portfolio_text.print_portfolio(console, told), WIDEST)
