"""`dottedline whatif`: the same company with some facts otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..library import Rulebook
from ..whatif import read_suppositions, what_if
from . import Command, echo_json, print_document
from .options import book_options, format_option, record, record_options

if TYPE_CHECKING:
    from ..records.recorder import Recorder


@click.command(cls=Command)
@click.argument("profile")
@click.argument("suppositions", nargs=-1, required=True, metavar="FACT=VALUE...")
@format_option("text", "json", "markdown")
@record_options
@book_options
def whatif(
    profile: str, suppositions: tuple[str, ...], form: str, recorder: Recorder | None, book: Rulebook
) -> None:
    """What moves, and what stays, if some facts of PROFILE were otherwise.

    A VALUE is what you would answer when asked: yes, no, the id or the label
    of a choice, a number, several choices with commas; unknown takes a fact back.

    `dottedline facts` lists the FACTs.
    """
    supposed = read_suppositions(suppositions, book.vocabulary)
    found = what_if(book, book.read_profile(profile), supposed)
    record(recorder, book, found.after, "whatif")
    if form == "json":
        echo_json(found.to_dict())
        return
    from ..present.whatif import whatif_report

    print_document(whatif_report(book.data, found), form)
