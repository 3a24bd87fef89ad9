"""`dottedline rules new`: a rulebook to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from ...language import _
from .. import Command
from ..options import complete_book, language_option


@click.command(cls=Command)
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder that holds `rules` and `facts`; else the one that you are in.",
)
@click.option(
    "--extends",
    metavar="BOOK",
    shell_complete=complete_book,
    help="Begin one that adds to this rulebook, or says otherwise.",
)
@language_option
def new(name: str, folder: Path, extends: str | None) -> None:
    """Makes a small rulebook that works, to put your own rules in its place.

    It has a vocabulary, two decisions and cases, in rules/NAME and
    facts/NAME. With --extends, it has what BOOK has, and a place for what you
    do otherwise. What is there already is never written over.
    """
    from ...authoring.new_book import make_book

    made = make_book(name, folder, extends)
    for path in made:
        click.echo(_("wrote {path}").format(path=path))
    rules = made[0].parent
    click.echo()
    click.echo(_("Hold it against its cases, and consult it:"))
    click.echo(f"  dottedline rules test {rules}")
    click.echo(f"  dottedline consult --rules {rules}")
