"""`dottedline rules list`: the rulebooks that have a name."""

from __future__ import annotations

import sys

import click

from ...language import _, list_of
from ...library import Rulebook, load
from ...problems import RulebookError
from ...shelf import Shelved, shelved
from .. import BAD_INPUT, Command, console, echo_json
from ..options import format_option, language_option


@click.command("list", cls=Command)
@format_option("text", "json")
@language_option
def list(form: str) -> None:
    """The rulebooks that ship, and those that installed packages bring.

    Each can be given to --rules by its name, loaded from Python, and
    extended by another. The exit code is 1 where one is broken.
    """
    books = shelved()
    loaded = {book: _loaded(book) for book in books}
    if form == "json":
        echo_json([_as_dict(book, loaded[book]) for book in books])
    else:
        _show(loaded)
    if any(isinstance(found, str) for found in loaded.values()):
        sys.exit(BAD_INPUT)


def _loaded(book: Shelved) -> Rulebook | str:
    """The rulebook, or what is wrong with it."""
    if book.folder is None:
        return book.problem.render() if book.problem else ""
    try:
        return load(book.folder)
    except RulebookError as error:
        return str(error)


def _as_dict(book: Shelved, found: Rulebook | str) -> dict[str, object]:
    folder = str(book.folder) if book.folder else None
    told: dict[str, object] = {"name": book.name, "package": book.distribution or None, "folder": folder}
    if isinstance(found, str):
        return {**told, **dict.fromkeys(("title", "version", "sha256", "extends")), "problem": found}
    extends = [id for id in found.data.books if id != found.id]
    known = {"title": found.title, "version": found.version, "sha256": found.sha256, "extends": extends}
    return {**told, **known, "problem": None}


def _show(loaded: dict[Shelved, Rulebook | str]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for book, found in loaded.items():
        came = _("from `{package}`").format(package=book.distribution) if book.distribution else _("shipped")
        if isinstance(found, str):
            out.print(Text.assemble((book.name, "bold red"), (f"  {came}", "dim")))
            out.print(Padding(Text(found), (0, 0, 0, 2), expand=False))
            continue
        extended = [id for id in found.data.books if id != found.id]
        details = [found.version, came]
        if extended:
            details.append(_("extends {others}").format(others=list_of(extended)))
        out.print(Text.assemble((book.name, "bold cyan"), (f"  {list_of(details, 'unit')}", "dim")))
        out.print(Padding(Text(found.title), (0, 0, 0, 2), expand=False))
