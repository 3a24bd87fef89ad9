"""`dottedline export`: the rulebook's decision tables for engines that others run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..language import _
from ..library import Rulebook
from ..problems import Problems, did_you_mean
from . import Command, fail, missing_package_reported
from .options import book_options, check_topics, output_option, topics_option, write_output

if TYPE_CHECKING:
    from ..exports.tables import Tables

FORMS = ("json", "jdm", "dmn", "sql")


@click.command(cls=Command)
@click.option(
    "--to", "form", type=click.Choice(FORMS), required=True, help="Plain tables, or those of an engine."
)
@click.option(
    "--dialect",
    metavar="NAME",
    help="For sql: mysql, snowflake and so on; else what DuckDB, SQLite and PostgreSQL take.",
)
@click.option("--table", metavar="NAME", help="For sql: the table of profiles; else profiles.")
@click.option("--keep", metavar="NAME,...", help="For sql: its columns that go into the result; else id.")
@click.option("--view", metavar="NAME", help="For sql: make a view of this name.")
@topics_option
@click.option("--facts", metavar="NAME,...", help="Only these can be known; all else is taken for unknown.")
@click.option(
    "--most-rows", type=click.IntRange(1), metavar="N", help="Refuse tables with more than N rows; else 5,000."
)
@output_option("Write to FILE.")
@book_options
def export(
    form: str,
    dialect: str | None,
    table: str | None,
    keep: str | None,
    view: str | None,
    topics: tuple[str, ...],
    facts: str | None,
    most_rows: int | None,
    output: Path | None,
    book: Rulebook,
) -> None:
    """The rulebook as decision tables, for engines that others run.

    They give the status, the outcome, the options and the rules that consult
    gives, of what is not known too; docs/exports.md says what they leave out.
    """
    from ..exports.tables import MOST_ROWS, tables_of

    for option, given in {"--dialect": dialect, "--table": table, "--keep": keep, "--view": view}.items():
        if given is not None and form != "sql":
            raise fail(_("{option} is for `--to sql`").format(option=option))
    check_topics(book, topics)
    tables = tables_of(book, topics, _facts(book, facts), most_rows or MOST_ROWS)
    if form == "json":
        from ..exports.tabular import tables_json

        text = tables_json(tables)
    elif form == "jdm":
        from ..exports.jdm import tables_jdm

        text = tables_jdm(tables)
    elif form == "dmn":
        from ..exports.dmn import tables_dmn

        text = tables_dmn(tables)
    else:
        text = _sql(tables, dialect, table, keep, view)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text, book)


def _facts(book: Rulebook, given: str | None) -> list[str]:
    """The facts that are named, those of a family where that is."""
    if given is None:
        return []
    known = {id: fact for id, fact in book.vocabulary.facts.items() if fact.type not in ("records", "note")}
    found: list[str] = []
    problems = Problems()
    for name in _names(given):
        named = [id for id, fact in known.items() if name in (id, fact.family)]
        if not named:
            told = _("there is no fact `{name}` that a table can ask for").format(name=name)
            names = [*known, *book.vocabulary.families]
            problems.add(told, help=did_you_mean(name, names, _("`dottedline facts` lists them")))
        found += named
    if not found and not problems.found:
        problems.add(_("`--facts` names no fact"))
    problems.raise_if_any()
    return found


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _sql(tables: Tables, dialect: str | None, table: str | None, keep: str | None, view: str | None) -> str:
    from ..exports.sql import PROFILES, Query, tables_sql

    kept = ("id",) if keep is None else tuple(_names(keep))
    with missing_package_reported(_("it comes with `pip install 'dottedline[export]'`")):
        return tables_sql(tables, Query(table or PROFILES, kept, view), dialect)
