"""Tables in memory, and streams of them, to tables of results: `Rulebook.evaluate`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal

import pyarrow as pa

from ..language import _, speaking
from ..library import Rulebook
from ..problems import Problems, ProfileError
from .evaluation import Evaluator
from .kept import problem_of, rejects_of, with_kept
from .mapping import Layout, MappedSpellings, Wanted, check_facts, layout
from .pieces import Rejected
from .sources import Columnar

#: What becomes of rows that cannot be read: an error, an entry of a list, or a call.
Rejects = Literal["raise"] | list[Rejected] | Callable[[Rejected], object]

#: What a table in memory is called in messages.
_NAME = "table"

#: The rows that are evaluated together.
_BATCH = 65_536


def evaluate(
    book: Rulebook, source: Any, columns: Mapping[str, str], keep: Sequence[str], rejects: Rejects
) -> Any:
    """As `Rulebook.evaluate`."""
    if not isinstance(source, pa.RecordBatchReader) and not hasattr(source, "__arrow_c_stream__"):
        raise TypeError(
            _("a table is wanted, or a stream of Arrow, not {type}").format(type=type(source).__name__)
        )
    is_reader = isinstance(source, pa.RecordBatchReader)
    rows = source if is_reader else pa.RecordBatchReader.from_stream(source)
    with speaking(book.language):
        check_facts(columns.values(), book)
        wanted = Wanted(columns=columns, keep=tuple(keep))
        spellings = MappedSpellings(book, wanted)
        found = layout(_NAME, rows.schema.names, wanted, spellings)
        for heading, fact in found.close.items():
            told = _("`{heading}` holds no fact: is it `{fact}`?").format(heading=heading, fact=fact)
            warnings.warn(told, stacklevel=3)
        evaluator = Evaluator(book, found.facts, spellings)
        for told in evaluator.warnings:
            warnings.warn(told, stacklevel=3)
        made = _results(evaluator, rows, found, rejects)
        first = next(made)
    results = pa.RecordBatchReader.from_batches(first.schema, chain([first], made))
    return results if is_reader else results.read_all()


def _results(
    evaluator: Evaluator, rows: pa.RecordBatchReader, found: Layout, rejects: Rejects
) -> Iterator[pa.RecordBatch]:
    for piece in Columnar(rows.schema, lambda _columns: rows, _BATCH).pieces(None):
        with speaking(evaluator.book.language):
            evaluated = evaluator.evaluate(piece.rows.select(list(found.facts)))
            _report(rejects_of(_NAME, piece, evaluated.rejects), rejects)
            table = with_kept(evaluated, piece.rows, found.keep)
        yield table
    evaluator.keep()


def _report(found: Sequence[Rejected], rejects: Rejects) -> None:
    if rejects == "raise":
        problems = Problems(ProfileError)
        for reject in found:
            problems.append(problem_of(reject))
        problems.raise_if_any()
    elif isinstance(rejects, list):
        rejects.extend(found)
    else:
        for reject in found:
            rejects(reject)
