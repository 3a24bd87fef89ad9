"""`dottedline facts`: what can be known about a company."""

from __future__ import annotations

import click

from ..language import _
from ..library import Rulebook
from ..problems import did_you_mean
from . import Command, console, echo_json
from .options import book_options, complete_from, format_option


@click.command(cls=Command)
@click.argument(
    "names",
    nargs=-1,
    metavar="[FACT]...",
    shell_complete=complete_from(lambda book: list(book.vocabulary.facts)),
)
@format_option("text", "json", "yaml")
@book_options
def facts(names: tuple[str, ...], form: str, book: Rulebook) -> None:
    """What can be known about a company.

    With FACTs, only these (or the families of that name). `--format yaml`
    prints a profile to fill in, with nothing known in it.
    """
    from ..present import vocabulary as shown

    vocabulary = book.vocabulary
    wanted = [f for f in vocabulary.facts.values() if not names or f.id in names or f.family in names]
    known = [*vocabulary.facts, *vocabulary.families]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, _("`dottedline facts` lists them all"))
            message = _("there is no fact `{name}`; {hint}").format(name=name, hint=hint)
            raise click.BadParameter(message, param_hint="FACT")
    if form == "json":
        echo_json(shown.facts_json(wanted))
    elif form == "yaml":
        click.echo(shown.blank_profile(vocabulary, wanted), nl=False)
    else:
        shown.print_facts(console(), vocabulary, wanted)
