"""`dottedline evaluate`: tables of companies to tables of advice."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..language import _
from ..library import Rulebook
from . import Command, console, fail, missing_package_reported
from .options import book_options, check_delimiter

if TYPE_CHECKING:
    from ..batch.counting import Counts
    from ..batch.mapping import Wanted
    from ..batch.running import Listener

#: The exit code where all is done, and some rows were rejected.
REJECTS = 3


@click.command(cls=Command)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", required=True, metavar="OUTPUT", help="The table of results, a folder, or -.")
@click.option("--from", "given", metavar="FORMAT", help="The format of INPUT; else by its ending.")
@click.option("--to", "wanted", metavar="FORMAT", help="The format of OUTPUT; else by its ending.")
@click.option(
    "--map", "pairs", multiple=True, metavar="HEADING=FACT", help="The column HEADING holds FACT; repeatable."
)
@click.option("--mapping", metavar="FILE", help="A YAML file that says what columns and values mean.")
@click.option("--keep", multiple=True, metavar="NAME,...|all", help="Columns of INPUT that go into OUTPUT too.")
@click.option(
    "--number-rows", "numbered", is_flag=True, help="Begin OUTPUT with the column `row`, the number in INPUT."
)
@click.option("--rejects", metavar="FILE", help="Write rows that cannot be read to FILE, with why.")
@click.option("--strict", is_flag=True, help="Stop at the first row that cannot be read, without OUTPUT.")
@click.option("--encoding", metavar="NAME", help="The encoding of texts; else UTF-8.")
@click.option("--delimiter", metavar="CHARACTER", help="What stands between the values of a CSV file.")
@click.option(
    "--resume", is_flag=True, help="With a folder as OUTPUT, leave out files that are done and still hold."
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="How many processes; else as many as processors."
)
@click.option(
    "--batch-size", type=click.IntRange(1, 1_000_000), metavar="ROWS", help="Rows that are evaluated together."
)
@click.option("--spark", "master", metavar="MASTER", help="Evaluate on the Spark cluster at MASTER.")
@click.option("--quiet", is_flag=True, help="Say nothing but what is wrong.")
@book_options
def evaluate(
    inputs: tuple[str, ...],
    output: str,
    given: str | None,
    wanted: str | None,
    pairs: tuple[str, ...],
    mapping: str | None,
    keep: tuple[str, ...],
    numbered: bool,
    rejects: str | None,
    strict: bool,
    encoding: str | None,
    delimiter: str | None,
    resume: bool,
    jobs: int | None,
    batch_size: int | None,
    master: str | None,
    quiet: bool,
    book: Rulebook,
) -> None:
    """Advice for tables of companies.

    INPUT is a table with a row for each company and a column for each fact:
    Parquet, CSV, TSV, NDJSON or Arrow, also compressed, a folder of profiles,
    or - for standard input. Several go one after another into OUTPUT, or file
    by file where OUTPUT is a folder or ends with /.

    Rows that cannot be read are left out, told, and written to the file that
    --rejects names; then the exit code is 3.

    With --spark, INPUT is what Spark reads: Parquet, CSV, TSV or NDJSON, folders
    and globs of them. OUTPUT is a new folder of Parquet, with rejected rows in
    their place and why in the column `rejected`.
    """
    with missing_package_reported(_("it comes with `pip install 'dottedline[batch]'`")):
        from ..batch.folders import check_apart, evaluate_each
        from ..batch.formats import format_of
        from ..batch.pieces import BATCH
        from ..batch.running import File, Manner, Run
        from ..present.evaluation import Telling, print_counts
    check_delimiter(delimiter)
    told_on = console(stderr=True)
    if master is not None:
        _refuse_with_spark(
            {
                "--number-rows": numbered,
                "--rejects": rejects,
                "--strict": strict,
                "--resume": resume,
                "--jobs": jobs,
            }
        )
        read = (inputs, given, encoding, delimiter, batch_size or BATCH)
        with Telling(told_on, False, quiet) as telling:
            meant = _wanted(book, pairs, mapping, keep)
            counts = _on_spark(master, read, (output, wanted), book, meant, telling, quiet)
        print_counts(told_on, book.data, counts, output, quiet)
        if counts.rejected:
            click.get_current_context().exit(REJECTS)
        return
    files = [File(path, format_of(path, given, "--from")) for path in inputs]
    manner = Manner(
        _wanted(book, pairs, mapping, keep),
        strict,
        numbered,
        File(rejects, format_of(rejects, None, "--rejects")) if rejects is not None else None,
        encoding,
        delimiter,
        jobs or os.cpu_count() or 1,
        batch_size or BATCH,
    )
    with Telling(told_on, rejects is None, quiet) as telling, Run(book, manner, telling) as run:
        if _is_folder(output):
            evaluate_each(run, files, output, wanted, resume)
        else:
            if resume:
                raise fail(_("--resume is for a folder of outputs"), _("write `-o FOLDER/`"))
            out = File(output, format_of(output, wanted, "--to"))
            check_apart(files, out, manner.rejects)
            run.evaluate(files, out)
    print_counts(told_on, book.data, run.counts, rejects, quiet)
    if run.counts.rejected:
        click.get_current_context().exit(REJECTS)


def _refuse_with_spark(given: Mapping[str, object]) -> None:
    """Refuses options that a cluster has no use for."""
    for option, value in given.items():
        if value:
            help = _("rejected rows are in the output, with why in the column `rejected`")
            raise fail(
                _("{option} does not go with --spark").format(option=option),
                help if option in ("--rejects", "--strict") else None,
            )


def _on_spark(
    master: str,
    read: tuple[Any, ...],
    output: tuple[str, str | None],
    book: Rulebook,
    wanted: Wanted,
    listener: Listener,
    quiet: bool,
) -> Counts:
    with missing_package_reported(_("it comes with `pip install 'dottedline[spark]'`")):
        from ..spark_files import Files, evaluate_files
    folder, format = output
    if folder == "-" or format not in (None, "parquet"):
        raise fail(_("with --spark, the output is a folder of Parquet"))
    return evaluate_files(master, Files(*read), folder, book, wanted, listener, quiet=quiet)


def _wanted(book: Rulebook, pairs: tuple[str, ...], mapping: str | None, keep: tuple[str, ...]) -> Wanted:
    from ..batch.mapping import Wanted, mapped, read_mapping

    wanted = read_mapping(mapping, book) if mapping is not None else Wanted()
    names = [name.strip() for names in keep for name in names.split(",")]
    return wanted.with_also(mapped(pairs, book), [name for name in names if name])


def _is_folder(output: str) -> bool:
    return output.endswith("/") or Path(output).is_dir()
