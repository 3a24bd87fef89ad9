"""`dottedline rules diff`: what two rulebooks advise otherwise."""

from __future__ import annotations

import contextlib
from typing import Any

import click

from ...language import _
from ...library import Rulebook
from ...loading import DEFAULT
from .. import Command, echo_json, fail, missing_package_reported, print_document
from ..options import check_delimiter, format_option, language_option

#: The exit code where the advice differs, and `--exit-code` asks for one.
DIFFER = 4


@click.command(cls=Command)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--rules",
    "folder",
    default=DEFAULT,
    metavar="FOLDER",
    show_default=True,
    help="The rulebook in a revision that is named without one.",
)
@click.option("--portfolio", metavar="FILE", help="A table or folder of profiles: whose advice changes.")
@click.option("--from", "form_of", metavar="FORMAT", help="The format of the portfolio; else by its ending.")
@click.option(
    "--map", "pairs", multiple=True, metavar="HEADING=FACT", help="The column HEADING holds FACT; repeatable."
)
@click.option("--mapping", metavar="FILE", help="A YAML file that says what columns and values mean.")
@click.option(
    "--name", metavar="COLUMN", help="The column with the companies' names; else the first with text."
)
@click.option("--encoding", metavar="NAME", help="The encoding of texts; else UTF-8.")
@click.option("--delimiter", metavar="CHARACTER", help="What stands between the values of a CSV file.")
@click.option(
    "--most",
    type=click.IntRange(1, 10_000),
    default=5,
    show_default=True,
    metavar="N",
    help="So many cases of each change, or names of companies, are told.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 4 where the advice differs.")
@format_option("text", "markdown", "json")
@language_option
def diff(
    old: str,
    new: str,
    folder: str,
    portfolio: str | None,
    form_of: str | None,
    pairs: tuple[str, ...],
    mapping: str | None,
    name: str | None,
    encoding: str | None,
    delimiter: str | None,
    most: int,
    exit_code: bool,
    form: str,
) -> None:
    """What NEW advises otherwise than OLD, and in which cases.

    OLD and NEW are folders of rulebooks, or revisions of the git repository
    that you are in: HEAD~3, a tag, or REVISION:FOLDER. What is there as a
    folder is taken as one; ./NAME is always a folder.

    All combinations of facts are compared, none is sampled. With --portfolio,
    tells whose advice changes, and why.
    """
    from ...authoring.comparing import compare_books
    from ...authoring.comparing_json import comparison_dict
    from ...authoring.comparing_words import Words
    from ...authoring.revisions import place_of, rulebook_at

    if portfolio is None:
        given = {"--from": form_of, "--map": pairs, "--mapping": mapping, "--name": name}
        given |= {"--encoding": encoding, "--delimiter": delimiter}
        for option, value in given.items():
            if value:
                raise fail(_("{option} goes with --portfolio").format(option=option))
    check_delimiter(delimiter)
    with contextlib.ExitStack() as stack:
        # Both words are looked at before either rulebook is.
        places = [place_of(old, folder), place_of(new, folder)]
        before, after = (stack.enter_context(rulebook_at(place)) for place in places)
        found = compare_books(before, after, most)
        words = Words(found, {"old": old, "new": new})
        if portfolio is None:
            differ = found.differ
            if form == "json":
                echo_json(comparison_dict(words))
            else:
                print_document(words.report(), form)
        else:
            asked = {
                "format": form_of,
                "columns": pairs,
                "mapping": mapping,
                "name": name,
                "encoding": encoding,
                "delimiter": delimiter,
            }
            differ = _of_portfolio(before, after, words, portfolio, asked, most, form)
    if differ and exit_code:
        click.get_current_context().exit(DIFFER)


def _of_portfolio(
    old: Rulebook, new: Rulebook, words: Any, path: str, asked: dict[str, Any], most: int, form: str
) -> bool:
    """Tells whose advice changes; whether anybody's does."""
    with missing_package_reported(_("it comes with `pip install 'dottedline[batch]'`")):
        from ...authoring.moving import Portfolio, moves
        from ...authoring.moving_words import moves_dict, moves_report
    found = moves(old, new, Portfolio(path, **asked), most)
    if form == "json":
        echo_json(moves_dict(words, found))
    else:
        print_document(moves_report(words, found, path), form)
    return bool(found.changed)
