"""`dottedline consult`: advice for one company."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..answer import Answer
from ..language import _
from ..library import Rulebook
from ..profile import Profile
from . import Command, console, echo_json, print_document
from .options import book_options, check_topics, format_option, record, record_options, topics_option

if TYPE_CHECKING:
    from ..records.recorder import Recorder
    from ..respondents import Respondent


@click.command(cls=Command)
@click.argument("profiles", nargs=-1, metavar="[PROFILE]...")
@format_option("text", "json", "markdown")
@click.option("--brief", is_flag=True, help="One line for each piece of advice.")
@click.option("--charters", is_flag=True, help="Add what each team is for, and what it answers for.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the answers of the interview in FILE, and go on from there if it exists.",
)
@click.option("--together", is_flag=True, help="The PROFILEs are what several people say of one company.")
@topics_option
@record_options
@book_options
def consult(
    profiles: tuple[str, ...],
    form: str,
    brief: bool,
    charters: bool,
    save: Path | None,
    together: bool,
    topics: tuple[str, ...],
    recorder: Recorder | None,
    book: Rulebook,
) -> None:
    """Advice for one company.

    PROFILE is a YAML or JSON file of facts, or - for standard input. Without
    it, you are asked. `dottedline facts` lists what can be known.

    With --together, several PROFILEs are several people's answers on one
    company: shows where they disagree, what hangs on it, and the advice on
    what they agree on.
    """
    if profiles and save is not None:
        raise click.UsageError(_("--save keeps the answers of an interview: leave out PROFILE, or --save"))
    if brief and form != "text":
        raise click.UsageError(_("--brief goes with --format text"))
    check_topics(book, topics)
    if together:
        _print_together(book, _read_all(book, profiles), topics, recorder, form, brief, charters)
        return
    if len(profiles) > 1:
        raise click.UsageError(
            _("one PROFILE at a time: add --together where several people answered for one company")
        )
    known = book.read_profile(profiles[0]) if profiles else _ask(book, save, topics, form)
    answer = book.consult(known, topics)
    record(recorder, book, answer, "consult", topics)
    _print_answer(book, answer, form, brief, charters)


def _read_all(book: Rulebook, paths: tuple[str, ...]) -> list[Respondent]:
    """What each of several people says; what is wrong with any of their files is told at once."""
    from ..problems import Problem, ProfileError
    from ..respondents import Respondent, names_of

    if not paths:
        raise click.UsageError(_("--together needs the PROFILEs of those who answered"))
    if paths.count("-") > 1:
        raise click.UsageError(_("standard input can be read only once"))
    respondents, problems = [], list[Problem]()
    for name, path in zip(names_of(paths), paths, strict=True):
        try:
            respondents.append(
                Respondent(_("standard input") if path == "-" else name, book.read_profile(path))
            )
        except ProfileError as error:
            problems += error.problems
    if problems:
        raise ProfileError(problems)
    return respondents


def _print_together(
    book: Rulebook,
    respondents: list[Respondent],
    topics: tuple[str, ...],
    recorder: Recorder | None,
    form: str,
    brief: bool,
    charters: bool,
) -> None:
    from ..present.respondents import together_report
    from ..respondents import together

    found = together(book, respondents, topics)
    record(recorder, book, found.answer, "consult", topics)
    if form == "json":
        echo_json(found.to_dict())
        return
    print_document(together_report(book.data, found), form)
    click.echo()
    _print_answer(book, found.answer, form, brief, charters)


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
    if not brief:
        print_document(told, form)
        return
    from ..present.terminal import print_brief

    print_brief(console(), told)
