"""`dottedline consult`: advice for one company."""

from __future__ import annotations

from pathlib import Path

import click

from ..answer import Answer
from ..language import _
from ..library import Rulebook
from ..profile import Profile
from . import Command, book_options, check_topics, console, echo_json, format_option, topics_option


@click.command(cls=Command)
@click.argument("profile", required=False)
@format_option("text", "json", "markdown")
@click.option("--brief", is_flag=True, help="One line for each piece of advice.")
@click.option("--charters", is_flag=True, help="Add what each team is for, and what it answers for.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the answers of the interview in FILE, and go on from there if it exists.",
)
@topics_option
@book_options
def consult(
    profile: str | None,
    form: str,
    brief: bool,
    charters: bool,
    save: Path | None,
    topics: tuple[str, ...],
    book: Rulebook,
) -> None:
    """Advice for one company.

    PROFILE is a YAML or JSON file of facts, or - for standard input. Without
    it, you are asked. `dottedline facts` lists what can be known.
    """
    if profile is not None and save is not None:
        raise click.UsageError(_("--save keeps the answers of an interview: leave out PROFILE, or --save"))
    if brief and form != "text":
        raise click.UsageError(_("--brief goes with --format text"))
    check_topics(book, topics)
    known = book.read_profile(profile) if profile is not None else _ask(book, save, topics, form)
    _print_answer(book, book.consult(known, topics), form, brief, charters)


def _ask(book: Rulebook, save: Path | None, topics: tuple[str, ...], form: str) -> Profile:
    """The profile that an interview gives. Questions go to stderr where stdout carries a document."""
    from ..interview_terminal import hold_interview
    from ..profile import profile_from

    interview = hold_interview(book, save, topics, to_stderr=form != "text")
    return profile_from(interview.facts(), book.vocabulary)


def _print_answer(book: Rulebook, answer: Answer, form: str, brief: bool, charters: bool) -> None:
    if form == "json":
        echo_json(answer.to_dict())
        return
    from ..present.report import report

    told = report(book.data, answer, charters=charters)
    if form == "markdown":
        from ..present.markdown import report_markdown

        click.echo(report_markdown(told), nl=False)
        return
    from ..present import terminal

    (terminal.print_brief if brief else terminal.print_report)(console(), told)
