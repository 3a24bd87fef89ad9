"""`dottedline explain`: why a decision or finding comes out as it does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..answer import Answer
from ..language import _, list_of
from ..library import Rulebook
from ..problems import did_you_mean
from ..reasons import names
from ..why_not import outcome_named, why_not
from . import Command, console, echo_json, fail
from .options import book_options, complete_from, format_option, record, record_options

if TYPE_CHECKING:
    from ..records.recorder import Recorder


@click.command(cls=Command)
@click.argument("profile")
@click.argument("decision", shell_complete=complete_from(lambda book: names(book.data)))
@format_option("text", "json", "markdown")
@click.option(
    "--why-not",
    "wanted",
    metavar="OUTCOME",
    help="Why it is not this, and what would have to change.",
    shell_complete=complete_from(lambda book: [id for d in book.data.decisions.values() for id in d.outcomes]),
)
@record_options
@book_options
def explain(
    profile: str, decision: str, form: str, wanted: str | None, recorder: Recorder | None, book: Rulebook
) -> None:
    """Why a decision or finding came out as it did for PROFILE.

    Shows the rules that fired and the facts that they used, the rules that
    gave way, those that did not fire and which condition failed, and what
    the source says. With --why-not, what keeps an outcome from being advised.
    """
    known = names(book.data)
    if decision not in known:
        hint = did_you_mean(decision, known, _("they are: {names}").format(names=list_of(known, "unit")))
        message = _("there is no decision or finding `{name}`; {hint}").format(name=decision, hint=hint)
        raise click.BadParameter(message, param_hint="DECISION")
    facts = book.read_profile(profile)
    answer = book.consult(facts)
    record(recorder, book, answer, "explain" if wanted is None else "why_not")
    if wanted is not None:
        _why_not(book, answer, decision, wanted, form)
        return
    explanation = book.explain(facts, decision)
    if form == "json":
        echo_json(explanation.to_dict())
        return
    from ..present.explanation import explanation_lines

    _print(explanation_lines(book.data, explanation, answer), form)


def _why_not(book: Rulebook, answer: Answer, name: str, wanted: str, form: str) -> None:
    decision = book.data.decisions.get(name)
    if decision is None or not decision.outcomes:
        raise click.UsageError(_("--why-not asks about a decision; `{name}` is a finding").format(name=name))
    outcome = outcome_named(decision, wanted)
    if outcome is None:
        known = list_of([f"`{id}`" for id in decision.outcomes], "or")
        raise fail(
            _("`{decision}` has no outcome `{name}`").format(decision=name, name=wanted),
            _("it has {outcomes}").format(outcomes=known),
        )
    asked = why_not(book.data, answer, name, outcome)
    if form == "json":
        echo_json(asked.to_dict())
        return
    from ..present.explanation import why_not_lines

    _print(why_not_lines(book.data, asked, answer), form)


def _print(lines: Iterable[tuple[int, str, str]], form: str) -> None:
    from ..present.explanation import lines_markdown, print_lines

    if form == "markdown":
        click.echo(lines_markdown(lines), nl=False)
    else:
        print_lines(console(), lines)
