"""The commands for people who write rules."""

from __future__ import annotations

from pathlib import Path

import click

from ...loading import DEFAULT
from .. import Group
from ..options import F, complete_book, language_option

#: Each command and the module of `commands` that it is in.
COMMANDS: dict[str, str] = {
    "new": "authoring.new",
    "list": "authoring.list",
    "check": "authoring.check",
    "explain-code": "authoring.check",
    "test": "authoring.test",
    "mutate": "authoring.mutate",
    "docs": "authoring.docs",
    "diff": "authoring.diff",
    "fmt": "authoring.fmt",
}


def book_argument(command: F) -> F:
    """Adds the argument BOOK, and `--facts`; the command gets `book`, a name or a folder, and `facts`."""
    argument = click.argument("book", metavar="[BOOK]", default=DEFAULT, shell_complete=complete_book)
    option = click.option(
        "--facts",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="The vocabulary, where it is not in `facts` beside the rules.",
    )
    return argument(option(command))


@click.group(cls=Group, modules=COMMANDS)
@language_option
def rules() -> None:
    """For those who write rules: check, test, describe and compare a rulebook."""
