"""`dottedline explain`: why a decision or finding comes out as it does."""

from __future__ import annotations

import click

from ..language import _, list_of
from ..library import Rulebook
from ..problems import did_you_mean
from ..reasons import names
from . import Command, book_options, complete_from, console, echo_json, format_option


@click.command(cls=Command)
@click.argument("profile")
@click.argument("decision", shell_complete=complete_from(lambda book: names(book.data)))
@format_option("text", "json", "markdown")
@book_options
def explain(profile: str, decision: str, form: str, book: Rulebook) -> None:
    """Why a decision or finding came out as it did for PROFILE.

    Shows the rules that fired and the facts that they used, the rules that
    gave way, those that did not fire and which condition failed, and what
    the source says.
    """
    known = names(book.data)
    if decision not in known:
        hint = did_you_mean(decision, known, _("they are: {names}").format(names=list_of(known, "unit")))
        message = _("there is no decision or finding `{name}`; {hint}").format(name=decision, hint=hint)
        raise click.BadParameter(message, param_hint="DECISION")
    facts = book.read_profile(profile)
    answer = book.consult(facts)
    explanation = book.explain(facts, decision)
    if form == "json":
        echo_json(explanation.to_dict())
        return
    from ..present.explanation import explanation_markdown, print_explanation

    if form == "markdown":
        click.echo(explanation_markdown(book.data, explanation, answer), nl=False)
    else:
        print_explanation(console(), book.data, explanation, answer)
