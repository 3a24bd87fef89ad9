"""More companies than a machine holds: the evaluation of batches, by the workers of a Spark cluster.

A worker needs dottedline installed, and nothing else: the files of the
rulebook travel with the work, so that every worker has the very rulebook that
the driver was given, and no path needs to be shared.

The extra `spark` brings what this module needs.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructField, StructType

from . import __version__
from .batch.evaluation import Evaluated, Evaluator
from .batch.in_place import REJECTED, REJECTS, in_rows, rejects_in_rows
from .batch.mapping import Layout, MappedSpellings, Wanted, layout, mapped
from .catalogs import FOLDER
from .language import _, speaking
from .library import Rulebook, load
from .loading import DEFAULT
from .problems import InputError, Problem

#: Spark has no unsigned numbers.
_SIGNED = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64()}


class _Work(NamedTuple):
    """What the workers are sent, beside the companies."""

    #: The files of the rulebook: where each belongs, and what it holds.
    files: tuple[tuple[str, bytes], ...]
    #: Where among them its rules and its facts are.
    rules: str
    facts_in: str | None
    inferred: bool
    language: str
    wanted: Wanted
    #: The headings of the columns that workers get, in their order.
    headings: tuple[str, ...]
    #: From the headings of those that hold facts to the ids of these.
    facts: Mapping[str, str]
    #: The headings of those that go on beside the results.
    keep: tuple[str, ...]


def evaluate(
    df: DataFrame,
    rulebook: str | os.PathLike[str] = DEFAULT,
    *,
    facts: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    inferred: bool = True,
    language: str | None = None,
) -> DataFrame:
    """What a rulebook advises each company of a DataFrame, as columns of a new one.

    It has a row for every row of `df`: the columns of `keep`; the results,
    named and spelled as on one machine; and `rejected`, which is null or a
    list of `column`, `value` and `reason`. A company is rejected when a value
    of it cannot be read or its facts contradict each other; all its results
    are null then.

    Nothing is evaluated before Spark is asked for rows.

    Args:
        df: a row for each company. A column holds the fact whose id, label
            or question is its name; other columns play no part.
        rulebook: the name of a shipped rulebook, or the path of a folder. It
            is read here: workers need not reach it.
        facts: the folder of its vocabulary, as for `dottedline.load`.
        columns: the facts of columns that are named otherwise, by their ids.
        keep: columns of `df` that the new one is to have too.
        inferred: whether what the project inferred itself counts.
        language: the language of reasons, as for `dottedline.load`.

    Raises:
        RulebookError: where the rulebook cannot be loaded.
        InputError: where there is no such column or fact, no column holds a
            fact, two hold the same, or one that is kept is named as a result.
        ValueError: where there is no such language.
    """
    book = load(rulebook, facts=facts, language=language)
    book = book if inferred else book.without_inferred()
    with speaking(book.language):
        told = mapped([f"{heading}={fact}" for heading, fact in (columns or {}).items()], book)
        wanted = Wanted(columns=told, keep=tuple(keep))
        found = layout("df", df.columns, wanted, MappedSpellings(book, wanted))
        return evaluate_as(df, book, wanted, found)


def evaluate_as(df: DataFrame, book: Rulebook, wanted: Wanted, found: Layout) -> DataFrame:
    """As `evaluate`, where it is known what the columns mean.

    Args:
        df: a row for each company.
        book: the rulebook; it gives its reasons in its language.
        wanted: how values are spelled.
        found: what the columns of `df` mean.

    Raises:
        InputError: where a column that is kept is named as a result.
    """
    evaluator = Evaluator(book, found.facts)
    for slow in evaluator.warnings:
        warnings.warn(slow, stacklevel=3)
    results = _plain(evaluator.schema)
    for heading in found.keep:
        if heading in results.names:
            told = _("the column `{name}` that is to be kept is called as one of the results")
            help = _("give it another heading")
            raise InputError([Problem(told.format(name=heading), help=help)])
    headings = tuple(dict.fromkeys([*found.facts, *found.keep]))
    work = _Work(
        _files(book),
        *_places(book),
        book.data.with_inferred,
        book.language,
        wanted,
        headings,
        dict(found.facts),
        found.keep,
    )
    # Under plain names: Spark would take the dot in `current.bdr` for a field of a struct.
    table = df.select([df[quoted(heading)].alias(f"c{n}") for n, heading in enumerate(headings)])
    kept = [StructField(heading, df.schema[heading].dataType) for heading in found.keep]
    schema = StructType([*kept, *from_arrow_schema(results)])
    # As bytes, workers know it again when the next of its tasks comes.
    return table.mapInArrow(partial(_evaluate, __version__, pickle.dumps(work)), schema)


def quoted(name: str) -> str:
    """A column's name as Spark reads it, dots and all."""
    escaped = name.replace("`", "``")
    return f"`{escaped}`"


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema of results in types that Spark has, with the column of rejects."""
    return pa.schema([(field.name, _plain_type(field.type)) for field in schema] + [(REJECTED, REJECTS)])


def _plain_type(type: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(type):
        return type.value_type
    if pa.types.is_list(type):
        return pa.list_(_plain_type(type.value_type))
    return _SIGNED.get(type, type)


def _files(book: Rulebook) -> tuple[tuple[str, bytes], ...]:
    """The files of a rulebook and of those that it extends, each with its place in a folder."""
    folders: dict[str, Path] = {}
    for pair in reversed(book.parts):
        for kind, folder in zip(("rules", "facts"), pair, strict=True):
            if folder is not None:
                folders.setdefault(f"{kind}/{folder.resolve().name}", folder)
    return tuple(
        (f"{place}/{path.relative_to(folder).as_posix()}", path.read_bytes())
        for place, folder in folders.items()
        for path in sorted([*folder.glob("*.yaml"), *(folder / FOLDER).glob("*.po")])
    )


def _places(book: Rulebook) -> tuple[str, str | None]:
    """Where among those files its own rules are, and the nearest facts."""
    rules, facts = book.found_at
    return f"rules/{rules.resolve().name}", f"facts/{facts.resolve().name}" if facts is not None else None


# --- in the Python of a worker ------------------------------------------------------


def _evaluate(version: str, packed: bytes, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The results of the batches of a partition.

    Raises:
        RuntimeError: where this worker has another dottedline than the driver.
    """
    if version != __version__:
        raise RuntimeError(f"dottedline is {version} on the driver and {__version__} on this worker")
    work, evaluator = _prepared(packed)
    schema = _plain(evaluator.schema)
    for batch in batches:
        rows = pa.RecordBatch.from_arrays(batch.columns, names=list(work.headings))
        with speaking(work.language):
            found = evaluator.evaluate(rows)
        kept = [rows.column(heading) for heading in work.keep]
        results = _in_place(found, batch.num_rows, schema)
        yield pa.RecordBatch.from_arrays([*kept, *results], names=[*work.keep, *schema.names])


@lru_cache(maxsize=2)
def _prepared(packed: bytes) -> tuple[_Work, Evaluator]:
    """Some work and its evaluator: made once, and kept while the worker's Python lives."""
    work: _Work = pickle.loads(packed)
    with tempfile.TemporaryDirectory(prefix="dottedline-") as folder:
        for name, content in work.files:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        facts = Path(folder, work.facts_in) if work.facts_in is not None else None
        book = load(Path(folder, work.rules), facts=facts, language=work.language)
        spellings = MappedSpellings(book, work.wanted)
        # Labels in other languages are read when they are first asked for: here, while the files are there.
        spellings.fact_named("")
        book = book if work.inferred else book.without_inferred()
        return work, Evaluator(book, work.facts, spellings)


def _in_place(found: Evaluated, rows: int, schema: pa.Schema) -> list[pa.Array]:
    """The results in the rows of their companies, null in those of rejected ones, and the rejects."""
    results = in_rows(found.results, found.rows, rows)
    rejects = rejects_in_rows(
        [(reject.row, reject.column, reject.value, reject.reason) for reject in found.rejects], rows
    )
    plain = [array.cast(type) for array, type in zip(results.columns, schema.types, strict=False)]
    return [*plain, rejects]
