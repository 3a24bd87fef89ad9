"""`dottedline memo`: one document on one company, to hand to a board."""

from __future__ import annotations

import datetime
import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..language import _
from ..library import Rulebook
from ..memos import FORMATS
from ..memos import memo as written
from ..problems import Problem
from . import Command, fail
from .options import book_options, format_named, output_option, record, record_options, write_output

if TYPE_CHECKING:
    from ..records.recorder import Recorder


@click.command(cls=Command)
@click.argument("profile")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="html, markdown or docx; else by the ending of FILE, or markdown.",
)
@click.option("--title", metavar="NAME", default="", help="Whose memo it is, such as the company's name.")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The date that it bears; else today's.",
)
@output_option("Write the memo to FILE.")
@record_options
@book_options
def memo(
    profile: str,
    form: str | None,
    title: str,
    date: datetime.datetime | None,
    output: Path | None,
    recorder: Recorder | None,
    book: Rulebook,
) -> None:
    """A memo for decision makers on the company in PROFILE, in one file.

    In brief; the advice and its reasons, with the org chart; how it is today
    against that; what to look at; and what all of it rests on.
    """
    form = format_named(form, output, FORMATS, "markdown")
    if output is not None and not output.absolute().parent.is_dir():
        # Before the work: to find out afterwards would be late.
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(output))
    if form == "docx" and output is None and sys.stdout.isatty():
        raise fail(_("a memo for Word is no text to show here"), _("name a file for it with -o"))
    known = book.read_profile(profile)
    if recorder is not None:
        record(recorder, book, book.consult(known), "memo")
    document = written(book, known, form, title=title, date=date.date() if date else None, notify=_warn)
    if output is None:
        click.echo(document, nl=False)
    else:
        write_output(output, document, book, profile)


def _warn(problem: Problem) -> None:
    click.echo(problem.render(), err=True)
