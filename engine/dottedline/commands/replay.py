"""`dottedline replay`: recorded answers once more."""

from __future__ import annotations

import click

from ..library import Rulebook
from . import Command, console, echo_json
from .options import book_options, format_option

#: The exit codes where all is run and the same but for lines that could not be run; and where answers differ.
NOT_RUN, DIFFER = 3, 4


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False))
@format_option("text", "json")
@book_options
def replay(file: str, form: str, book: Rulebook) -> None:
    """Gives the answers in FILE once more, and says which differ today.

    FILE is what --record wrote. For each answer that differs: in what, which
    rules gave it then and which now, and whether the rulebook or the program
    has changed since.

    The exit code is 0 where all answers are the same, 3 where some lines
    could not be run, and 4 where answers differ.
    """
    from ..present.explanation import print_lines
    from ..records.reading import records
    from ..records.replaying import Differs, NotRun, Same, replay
    from ..records.words import replayed_lines, replayed_text

    shown = console()
    same = 0
    differing: list[Differs] = []
    not_run: list[NotRun] = []
    for one in replay(book, records(file)):
        if isinstance(one, Same):
            same += 1
            continue
        (differing if isinstance(one, Differs) else not_run).append(one)  # type: ignore[arg-type]
        if form == "text":
            print_lines(shown, replayed_lines(one))
    if form == "json":
        echo_json(
            {
                "rulebook": {"id": book.id, "version": book.version, "sha256": book.sha256},
                "same": same,
                "differ": [one.to_dict() for one in differing],
                "not_run": [one.to_dict() for one in not_run],
            }
        )
    else:
        click.echo(replayed_text(same, len(differing), len(not_run)))
    if differing or not_run:
        click.get_current_context().exit(DIFFER if differing else NOT_RUN)
