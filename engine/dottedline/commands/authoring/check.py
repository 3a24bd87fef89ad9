"""`dottedline rules check` and `dottedline rules explain-code`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...language import _
from ...problems import did_you_mean, listing
from .. import BAD_INPUT, Command, console, echo_json, fail
from ..options import format_option, language_option
from . import book_argument


@click.command(cls=Command)
@book_argument
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@format_option("text", "json", "sarif", "github")
@language_option
def check(book: str, facts: Path | None, strict: bool, form: str) -> None:
    """Looks for what is wrong with a rulebook.

    BOOK is a shipped rulebook, or the folder of another. Every combination of
    facts is gone through: contradictions, gaps, rules and outcomes that never
    come up, conditions, rules and overrides that change nothing, facts that
    nothing uses, guidance that nothing carries, texts that are not translated.

    The exit code is 1 where there are errors (with --strict: or warnings).
    """
    from ...authoring.checking import check as checked
    from ...authoring.report_github import report_github
    from ...authoring.report_json import report_json
    from ...authoring.report_sarif import report_sarif
    from ...authoring.report_text import report_text

    report = checked(book, facts)
    if form == "json":
        echo_json(report_json(report))
    elif form == "sarif":
        echo_json(report_sarif(report))
    else:
        click.echo(report_github(report) if form == "github" else report_text(report), nl=False)
    if report.count("error") or (strict and report.diagnostics):
        sys.exit(BAD_INPUT)


def _codes(_context: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """The codes that a word may become, for shells."""
    from ...authoring.checks import CHECKS

    return [code for code in CHECKS if code.startswith(begun.upper())]


@click.command(cls=Command)
@click.argument("code", metavar="[CODE]", default="", shell_complete=_codes)
@language_option
def explain_code(code: str) -> None:
    """Says what the CODE of a check means, with a wrong and a right example.

    Without CODE it lists them all.
    """
    from ...authoring.checks import CHECKS
    from ...authoring.checks_page import explanation, overview

    if not code:
        click.echo(overview(), nl=False)
        return
    known = CHECKS.get(code.upper())
    if known is None:
        codes = _("the codes are {names}").format(names=listing(CHECKS, len(CHECKS)))
        raise fail(_("there is no code `{code}`").format(code=code), did_you_mean(code.upper(), CHECKS, codes))
    for block in explanation(known).split("\n\n"):
        # Examples stay as they are, also where they are wider than the terminal.
        console().print(f"{block}\n", markup=False, soft_wrap=block.startswith(" "))
