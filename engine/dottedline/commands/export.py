"""`dottedline export`: the rulebook's decision tables for engines that others run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..files import write_whole
from ..language import _
from ..library import Rulebook
from . import Command, book_options, check_topics, fail, output_option, topics_option

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
    tables = tables_of(book, topics, most_rows or MOST_ROWS)
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
        write_whole(output, text)


def _sql(tables: Tables, dialect: str | None, table: str | None, keep: str | None, view: str | None) -> str:
    from ..exports.sql import PROFILES, Query, tables_sql

    kept = ("id",) if keep is None else tuple(name.strip() for name in keep.split(",") if name.strip())
    try:
        return tables_sql(tables, Query(table or PROFILES, tuple(dict.fromkeys(kept)), view), dialect)
    except ModuleNotFoundError as error:
        told = _("`{package}` is not installed").format(package=error.name)
        raise fail(told, _("it comes with `pip install 'dottedline[export]'`")) from None
