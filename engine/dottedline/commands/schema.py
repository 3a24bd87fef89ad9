"""`dottedline schema`: the JSON Schemas of what goes in, and of what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import schemas
from ..files import write_whole
from ..language import N_, _
from ..library import load
from ..loading import DEFAULT
from ..problems import did_you_mean
from . import Command
from .options import language_option

#: What is only made for a rulebook, with its title.
_OF_A_BOOK = {
    "case": N_("Cases of a rulebook"),
    "profile": N_("A company's profile, for a rulebook"),
}
#: What is made for a rulebook where one is named; else it is the same for all.
_ALSO_OF_A_BOOK = ("rulebook", "extension")
#: What people write, and editors check.
_WRITTEN = ("rulebook", "extension", "vocabulary", "case", "profile", "mapping")


@click.command(cls=Command)
@click.argument("name", required=False, shell_complete=lambda *_args: [*schemas.names(), *_OF_A_BOOK])
@click.option("--list", "listed", is_flag=True, help="Show which there are.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write those of all files that people write into DIR, for editors.",
)
@click.option(
    "--rules",
    metavar="BOOK",
    help="The rulebook whose facts `case`, `profile`, `rulebook` and `extension` know; or its folder.",
)
@language_option
def schema(name: str | None, listed: bool, into: Path | None, rules: str | None) -> None:
    """The JSON Schema of what a command reads or prints.

    NAME is `answer`, for what `consult --format json` prints, or another of
    those that --list shows. Editors complete and check files by them:
    docs/editors.md.
    """
    if (name is not None) + listed + (into is not None) > 1:
        raise click.UsageError(_("give one of NAME, --list and --into"))
    if listed:
        _list()
    elif into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for each in _WRITTEN:
            path = into / f"{each}.schema.json"
            write_whole(path, schemas.text(_schema(each, rules)))
            click.echo(_("wrote {path}").format(path=path))
    else:
        name = name or "answer"
        known = sorted({*schemas.names(), *_OF_A_BOOK})
        if name not in known:
            hint = did_you_mean(name, known, _("`dottedline schema --list` shows them all"))
            message = _("there is no schema `{name}`; {hint}").format(name=name, hint=hint)
            raise click.BadParameter(message, param_hint="NAME")
        if rules is not None and name not in (*_OF_A_BOOK, *_ALSO_OF_A_BOOK):
            raise click.UsageError(
                _("--rules makes no difference here: `{name}` is the same for all").format(name=name)
            )
        click.echo(schemas.text(_schema(name, rules)), nl=False)


def _list() -> None:
    titles = {each: schemas.load(each)["title"] for each in schemas.names()}
    titles |= {each: _(title) for each, title in _OF_A_BOOK.items()}
    width = max(map(len, titles))
    for each in sorted(titles):
        click.echo(f"{each:{width}}  {titles[each]}")


def _schema(name: str, rules: str | None) -> dict[str, Any]:
    if name in _ALSO_OF_A_BOOK and rules is not None:
        from ..schemas.books import rulebook_schema

        return rulebook_schema(load(rules).data, name)
    if name not in _OF_A_BOOK:
        return schemas.load(name)
    from ..schemas.profiles import case_schema, profile_schema

    book = load(rules or DEFAULT)
    make = profile_schema if name == "profile" else case_schema
    return make(book.vocabulary, book.id)
