"""`dottedline schema`: the JSON Schemas of what goes in, and of what comes out."""

from __future__ import annotations

import click

from .. import schemas
from ..language import N_, _
from ..library import load
from ..loading import DEFAULT
from ..problems import did_you_mean
from . import Command, language_option

#: What is made for each rulebook, with its title.
_OF_A_BOOK = {
    "profile": N_("A company's profile, for a rulebook"),
    "case": N_("Cases of a rulebook"),
}


@click.command(cls=Command)
@click.argument("name", default="answer", shell_complete=lambda *_: [*schemas.names(), *_OF_A_BOOK])
@click.option("--list", "listed", is_flag=True, help="Show which there are.")
@click.option(
    "--rules",
    metavar="BOOK",
    help="For `profile` and `case`: a shipped rulebook, or the folder of another.  [default: b2b_marketing]",
)
@language_option
def schema(name: str, listed: bool, rules: str | None) -> None:
    """The JSON Schema of what a command reads or prints.

    NAME is `answer`, for what `consult --format json` prints, or another of
    those that --list shows. Editors complete and check files by them:
    docs/editors.md.
    """
    titles = {each: schemas.load(each)["title"] for each in schemas.names()} if listed else {}
    titles |= {each: _(title) for each, title in _OF_A_BOOK.items()}
    if listed:
        width = max(map(len, titles))
        for each in sorted(titles):
            click.echo(f"{each:{width}}  {titles[each]}")
        return
    known = sorted({*schemas.names(), *_OF_A_BOOK})
    if name not in known:
        hint = did_you_mean(name, known, _("`dottedline schema --list` shows them all"))
        message = _("there is no schema `{name}`; {hint}").format(name=name, hint=hint)
        raise click.BadParameter(message, param_hint="NAME")
    if name in _OF_A_BOOK:
        from ..schemas.profiles import case_schema, profile_schema

        book = load(rules or DEFAULT)
        make = profile_schema if name == "profile" else case_schema
        made = make(book.vocabulary, book.id)
    elif rules is not None:
        raise click.UsageError(
            _("--rules goes with `profile` and `case`: the others are the same for all rulebooks")
        )
    else:
        made = schemas.load(name)
    click.echo(schemas.text(made), nl=False)
