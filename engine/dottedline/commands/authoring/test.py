"""`dottedline rules test`: holds a rulebook against its cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...language import _
from ...library import load
from ...problems import did_you_mean, listing
from .. import BAD_INPUT, Command, console, echo_json, fail
from ..options import format_option, language_option, write_output
from . import book_argument

if TYPE_CHECKING:
    from ...authoring.testing.coverage import Kind


def _thresholds(_context: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[Kind, float]:
    """`--fail-under`: a percentage for each kind that is named; of rules where none is."""
    from ...authoring.testing.coverage import KINDS

    found: dict[Kind, float] = {}
    for text in given:
        name, sign, number = text.rpartition("=")
        kind = next((kind for kind in KINDS if kind == (name if sign else "rules")), None)
        if kind is None:
            hint = did_you_mean(name, KINDS, _("they are {names}").format(names=listing(KINDS)))
            raise click.BadParameter(_("there is no coverage by `{name}`; {hint}").format(name=name, hint=hint))
        if not number.replace(".", "", 1).isdecimal() or float(number) > 100:
            raise click.BadParameter(_("`{text}` is no percentage").format(text=number))
        found[kind] = float(number)
    return found


@click.command(cls=Command)
@book_argument
@click.option("--case", "only", multiple=True, metavar="NAME", help="Only this case; repeatable.")
@format_option("text", "json")
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write the results to FILE, as JUnit has them.",
)
@click.option("--rows", is_flag=True, help="List every table row that no case meets, with facts that do.")
@click.option(
    "--fail-under",
    "thresholds",
    multiple=True,
    metavar="[KIND=]PERCENT",
    callback=_thresholds,
    help="Fail where less is covered: of rules, or with items= or rows= of these; repeatable.",
)
@language_option
def test(
    book: str,
    facts: Path | None,
    only: tuple[str, ...],
    form: str,
    junit: Path | None,
    rows: bool,
    thresholds: dict[Kind, float],
) -> None:
    """Holds a rulebook against the cases beside its rules.

    BOOK is a shipped rulebook, or the folder of another. Its cases are in the
    folder `cases` there: companies, and what the rulebook must say of them.
    Tells what differs, and what of the rulebook no case reaches.

    The exit code is 1 where a case fails, or less is covered than asked for.
    """
    from ...authoring.testing import words
    from ...authoring.testing.junit import junit as as_junit
    from ...authoring.testing.reader import no_cases, read_cases
    from ...authoring.testing.running import run
    from ...present.explanation import print_lines

    if only and thresholds:
        raise click.UsageError(_("--fail-under counts what all cases reach together: leave out --case"))
    rulebook = load(book, facts=facts)
    cases = read_cases(rulebook)
    if not cases:
        raise no_cases(rulebook)
    known = dict.fromkeys(name for case in cases for name in (case.id, case.name))
    for name in only:
        if name not in known:
            raise fail(_("there is no case `{name}`").format(name=name), did_you_mean(name, known))
    wanted = [case for case in cases if not only or case.id in only or case.name in only]
    done = run(rulebook, wanted)
    if junit is not None:
        write_output(junit, as_junit(done, rulebook.id), rulebook)
    if form == "json":
        echo_json(done.to_dict())
    else:
        screen = console()
        for result in done.failed:
            print_lines(screen, [*words.failure_lines(rulebook, result), (0, "", "")])
        print_lines(screen, words.summary_lines(done))
        if not only:
            print_lines(screen, words.coverage_lines(rulebook, done.coverage, rows=rows))
    short = [kind for kind, percent in thresholds.items() if done.coverage.measure(kind).percent < percent]
    for kind in short:
        told = words.too_little(kind, done.coverage.measure(kind).percent, thresholds[kind])
        click.echo(_("error: {message}").format(message=told), err=True)
    if done.failed or short:
        sys.exit(BAD_INPUT)
