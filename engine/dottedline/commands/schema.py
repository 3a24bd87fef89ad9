"""`dottedline schema`: the JSON Schemas of what goes in, and of what comes out."""

from __future__ import annotations

import click

from .. import schemas
from ..language import _
from ..problems import did_you_mean
from . import Command, language_option


@click.command(cls=Command)
@click.argument("name", default="answer", shell_complete=lambda *_: schemas.names())
@click.option("--list", "listed", is_flag=True, help="Show which there are.")
@language_option
def schema(name: str, listed: bool) -> None:
    """The JSON Schema of what a command reads or prints.

    NAME is `answer`, for what `consult --format json` prints, or another of
    those that --list shows.
    """
    known = schemas.names()
    if listed:
        for each in known:
            click.echo(f"{each}  {schemas.load(each)['title']}")
        return
    if name not in known:
        hint = did_you_mean(name, known, _("`dottedline schema --list` shows them all"))
        message = _("there is no schema `{name}`; {hint}").format(name=name, hint=hint)
        raise click.BadParameter(message, param_hint="NAME")
    click.echo(schemas.text(schemas.load(name)), nl=False)
