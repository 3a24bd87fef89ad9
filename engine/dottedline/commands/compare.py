"""`dottedline compare`: the organisation as it is against as advised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..comparison import compare as compared
from ..library import Rulebook
from . import Command, echo_json, print_document
from .options import book_options, format_option, record, record_options

if TYPE_CHECKING:
    from ..records.recorder import Recorder


@click.command(cls=Command)
@click.argument("profile")
@format_option("text", "json", "markdown")
@record_options
@book_options
def compare(profile: str, form: str, recorder: Recorder | None, book: Rulebook) -> None:
    """PROFILE's organisation of today against what the source says.

    Each function's present place is what is usual, an exception that the
    source knows, or something to check. Then, what would put most right.
    """
    found = compared(book, book.read_profile(profile))
    record(recorder, book, found.answer, "compare")
    if form == "json":
        echo_json(found.to_dict())
        return
    from ..present.comparison import comparison_report

    print_document(comparison_report(book.data, found), form)
