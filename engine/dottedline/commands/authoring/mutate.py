"""`dottedline rules mutate`: whether the cases of a rulebook would notice a slip."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...language import _
from ...library import load
from ...problems import did_you_mean
from .. import BAD_INPUT, Command, console, echo_json, fail
from ..options import format_option, language_option
from . import book_argument


@click.command(cls=Command)
@book_argument
@click.option("--decision", "only", multiple=True, metavar="NAME", help="Alter only this decision; repeatable.")
@click.option(
    "--all", "everything", is_flag=True, help="List every mutant, also those that are caught or refused."
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, metavar="N", help="How many processes.", show_default=True
)
@format_option("text", "json")
@language_option
def mutate(
    book: str, facts: Path | None, only: tuple[str, ...], everything: bool, jobs: int, form: str
) -> None:
    """Alters a rulebook, one thing at a time, and tells what no case notices.

    BOOK is a shipped rulebook, or the folder of another. Each rule,
    alternative, condition, override, modality, outcome and open choice is
    dropped or altered in turn. A mutant is caught where a case fails. One
    that would give every company the same result, modality and rules is
    proved to make no difference, and listed apart. For each that survives,
    there is a company for which it differs, as a case to be held against the
    source.

    The exit code is 1 where a mutant survives, or a case fails without any.
    """
    from ...authoring.testing import mutant_words, words
    from ...authoring.testing.mutating import mutate as judged
    from ...authoring.testing.reader import no_cases, read_cases
    from ...authoring.testing.running import run
    from ...present.explanation import print_lines

    rulebook = load(book, facts=facts)
    decisions = rulebook.data.decisions
    for name in only:
        if name not in decisions:
            raise fail(_("there is no decision `{name}`").format(name=name), did_you_mean(name, decisions))
    cases = read_cases(rulebook)
    if not cases:
        raise no_cases(rulebook)
    failed = run(rulebook, cases).failed
    if failed:
        for result in failed:
            print_lines(console(stderr=True), [*words.failure_lines(rulebook, result), (0, "", "")])
        raise fail(_("cases fail, so they can catch nothing"), _("`dottedline rules test` tells what differs"))
    mutation = judged(rulebook, cases, only, jobs)
    if form == "json":
        echo_json(mutant_words.as_json(rulebook, mutation))
    else:
        print_lines(console(), mutant_words.mutation_lines(rulebook, mutation, everything=everything))
    if mutation.of("survives"):
        sys.exit(BAD_INPUT)
