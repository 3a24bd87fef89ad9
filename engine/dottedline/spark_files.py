"""Files evaluated on a Spark cluster: read by its workers, and written by them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Iterator
from typing import NamedTuple

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException, PythonException
from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql.types import StructType

from .batch.counting import Counts
from .batch.formats import ENDINGS, PROFILES, Format, format_named, format_of
from .batch.in_place import REJECTED
from .batch.mapping import MappedSpellings, Wanted, layout
from .batch.pieces import BATCH
from .batch.running import Listener
from .language import _
from .library import Rulebook
from .problems import InputError, Problem, listing
from .spark import evaluate_as, quoted

#: The formats that Spark reads.
FORMATS = ("parquet", "csv", "tsv", "ndjson")


class Files(NamedTuple):
    """Which files are read, and how."""

    #: Paths, globs and addresses, as Spark takes them.
    inputs: tuple[str, ...]
    #: The name of their format; None for what their endings say.
    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    #: The rows that are evaluated together.
    batch_size: int = BATCH


def evaluate_files(
    master: str,
    files: Files,
    output: str,
    book: Rulebook,
    wanted: Wanted,
    listener: Listener,
    *,
    quiet: bool = False,
) -> Counts:
    """Evaluates files into a folder of Parquet files.

    Args:
        master: the address of the cluster, `local[*]` for this machine.
        files: what is read; every worker has to reach it.
        output: the folder that the workers write; there must be none yet.
        book: the rulebook.
        wanted: what columns and values mean.
        listener: is told what the columns mean.
        quiet: whether Spark shows no progress.

    Returns:
        How many companies there were, and how many rows were rejected.

    Raises:
        InputError: where the files cannot be used, or Spark fails.
    """
    if master.startswith("local"):
        # Else Spark starts whichever `python3` is on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    _format(files)  # what cannot be read is told before a cluster is troubled
    with reported(), _session(master, files.batch_size, quiet) as spark:
        companies = companies_in(spark, files, book)
        name = ", ".join(files.inputs)
        found = layout(name, companies.columns, wanted, MappedSpellings(book, wanted))
        listener.understood(name, found)
        evaluate_as(companies, book, wanted, found).write.parquet(output)
        done = spark.read.parquet(output)
        counts = Counts()
        counts.rejected = done.where(f"{REJECTED} is not null").count()
        counts.companies = done.count() - counts.rejected
        return counts


@contextlib.contextmanager
def _session(master: str, batch_size: int, quiet: bool) -> Iterator[SparkSession]:
    spark = (
        SparkSession.builder.master(master)
        .appName("dottedline evaluate")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch_size))
        .config("spark.ui.showConsoleProgress", str(not quiet).lower())
        .getOrCreate()
    )
    try:
        yield spark
    finally:
        spark.stop()


def _format(files: Files) -> Format:
    """The one format that all files are in."""
    formats = {_format_of(path, files.format) for path in files.inputs}
    if len(formats) > 1:
        kinds = listing(sorted(format.kind for format in formats))
        told = _("with --spark, all files are in one format, not in {formats}").format(formats=kinds)
        raise InputError([Problem(told)])
    (format,) = formats
    if format.kind not in FORMATS:
        told = _("with --spark, files cannot be read as `{format}`").format(format=format.kind)
        raise InputError([Problem(told, help=_("the formats are {names}").format(names=listing(FORMATS)))])
    return format


def _format_of(path: str, asked: str | None) -> Format:
    if asked is not None:
        return Format(format_named(asked).kind)
    # What Spark wrote is a folder, and called as a file.
    ending = next((kind for kind in FORMATS if path.rstrip("/").lower().endswith(ENDINGS[kind])), None)
    found = Format(ending) if ending else Format(format_of(path, None, "--from").kind)
    if found.kind == PROFILES:
        told = _("the format of the files in `{folder}` is not known").format(folder=path)
        raise InputError(
            [Problem(told, help=_("name it with `--from`: {names}").format(names=listing(FORMATS)))]
        )
    return found


def companies_in(spark: SparkSession, files: Files, book: Rulebook) -> DataFrame:
    """The companies in files; a family of facts may be nested, as `current: {bdr: ...}`.

    A line that is no row ends the job that comes to it: a worker cannot tell its number.

    Args:
        spark: reads them.
        files: what is read.
        book: the rulebook.

    Raises:
        InputError: where the files are in no format that Spark reads.
    """
    format = _format(files)
    paths = list(files.inputs)
    if format.kind == "parquet":
        df = spark.read.parquet(*paths)
    elif format.kind == "ndjson":
        df = _reader(spark, files).json(paths)
    else:
        # As RFC 4180 has it: quotation marks are doubled, and line breaks may stand between them.
        quoting = {"quote": '"', "escape": '"', "multiLine": True}
        spark.conf.set("spark.sql.csv.parser.columnPruning.enabled", "false")  # looks at all of each line
        reader = _reader(spark, files).options(header=True, enforceSchema=False, **quoting)
        df = reader.csv(paths, sep=files.delimiter or ("\t" if format.kind == "tsv" else ","))
    families = book.vocabulary.families
    return df.select([column for name in df.columns for column in _columns(df, name, families)])


def _reader(spark: SparkSession, files: Files) -> DataFrameReader:
    return spark.read.option("mode", "FAILFAST").option("encoding", files.encoding or "UTF-8")


def _columns(df: DataFrame, name: str, families: Collection[str]) -> Iterator[object]:
    type = df.schema[name].dataType
    if name in families and isinstance(type, StructType):
        for part in type.names:
            yield df[quoted(name)][part].alias(f"{name}.{part}")
    else:
        yield df[quoted(name)]


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Turns what Spark raises in a `with` block into an InputError."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise InputError([Problem(_("Spark fails: {said}").format(said=_said(error)))]) from None


def _said(error: Exception) -> str:
    """The line of an error, many pages long, that says what it is about."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    if isinstance(error, PythonException):
        return lines[-1]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return causes[-1].removeprefix("Caused by: ") if causes else lines[0]
