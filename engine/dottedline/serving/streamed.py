"""Evaluating a table that comes and goes as a stream; imported only where pyarrow is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import IO, Any

import pyarrow as pa

from ..batch.formats import Format
from ..batch.in_place import with_rejects
from ..batch.mapping import Layout, Wanted, layout, mapped
from ..batch.pieces import Rejected
from ..batch.sinks import Sink
from ..batch.sources import Columnar, Source
from ..batch.texts import Lines
from ..batch.workers import Evaluating, Task
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem

#: The rows that are evaluated together: few, so that answers come soon.
ROWS = 2048

#: A table has no more columns.
_COLUMNS = 2000


def evaluate_table(
    book: Rulebook,
    body: Any,
    lines_in: bool,
    out: Any,
    lines_out: bool,
    keep: Sequence[str],
    columns: Sequence[str],
    understood: Callable[[], None],
) -> tuple[int, int]:
    """Evaluates a table as it comes.

    Args:
        book: the rulebook.
        body: the file that it comes from.
        lines_in: whether it is NDJSON; else a stream of Arrow.
        out: the file that the results go to.
        lines_out: whether they are NDJSON; else a stream of Arrow.
        keep: the columns that go into the results.
        columns: what columns hold, each as `HEADING=FACT`.
        understood: is called when it is known what the columns mean.

    Returns:
        How many rows have a result, and how many were rejected.

    Raises:
        InputError: where it cannot be used.
    """
    name = _("request")
    names = [one.strip() for text in keep for one in text.split(",")]
    pairs = mapped(columns, book)
    wanted = Wanted(columns=pairs, keep=tuple(one for one in names if one))
    evaluating = _evaluating(book, tuple(pairs.items()))
    sink: Sink | None = None
    done = rejected = 0
    try:
        source: Source = _Lines(body, name, book.vocabulary.families, ROWS) if lines_in else _arrow(body)
        found = layout(name, source.names, wanted, evaluating.spellings)
        pieces = _laid_out(source, found, name, wanted, evaluating)
        for (piece, found), evaluated in evaluating.results(
            pieces, lambda one: Task(one[0].rows, one[1].facts)
        ):
            table = with_rejects(piece, evaluated, found.keep)
            if sink is None:
                sink = Sink(
                    out, Format("ndjson" if lines_out else "arrows"), table.schema, frozenset(), name, ROWS
                )
                understood()
            sink.write(table)
            done += evaluated.results.num_rows
            rejected += table.num_rows - evaluated.results.num_rows
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # no room for the results, for example
        told = _("the body is not whole, or not in the format that it says it is in")
        raise InputError([Problem(told, help=_("the reader says: {said}").format(said=f"`{error}`"))]) from None
    assert sink is not None
    sink.finish()
    return done, rejected


@lru_cache(8)
def _evaluating(book: Rulebook, columns: tuple[tuple[str, str], ...]) -> Evaluating:
    """What evaluates tables with these columns mapped: it is made once, and kept for the next table."""
    return Evaluating(book, Wanted(columns=dict(columns)), 1)


def _laid_out(source: Source, found: Layout, name: str, wanted: Wanted, evaluating: Evaluating) -> Any:
    known = set(source.names)
    for piece in source.pieces(None):
        if not known.issuperset(piece.rows.schema.names):
            # Later lines may have more columns.
            known.update(piece.rows.schema.names)
            found = layout(name, piece.rows.schema.names, wanted, evaluating.spellings)._replace(
                keep=found.keep
            )
        yield piece, found


def _arrow(body: IO[bytes]) -> Source:
    stream = pa.ipc.open_stream(pa.PythonFile(body, mode="r"))
    return Columnar(stream.schema, lambda _columns: map(_sound, stream), ROWS)


def _sound(rows: pa.RecordBatch) -> pa.RecordBatch:
    """A batch that was held against what it says of itself: pyarrow takes that on trust, and would crash."""
    rows.validate(full=True)
    return rows


class _Lines(Lines):
    """NDJSON with no more headings than a table can have columns."""

    def _row(self, number: int, line: str, rejects: list[Rejected]) -> dict[str, object] | None:
        row = super()._row(number, line, rejects)
        if row is not None and len(self._headings.keys() | row.keys()) > _COLUMNS:
            told = _("there are more than {most} columns").format(most=_COLUMNS)
            raise InputError([Problem(told, help=_("the names of facts are the keys of each line"))])
        return row
