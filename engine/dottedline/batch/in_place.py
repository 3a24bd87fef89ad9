"""Results in the rows of their companies: rejected rows have none, and beside them stands why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .evaluation import Evaluated
from .kept import with_kept
from .pieces import Piece

#: The column that says what was wrong with a company; null where nothing was.
REJECTED = "rejected"

REJECTS = pa.list_(pa.struct([(name, pa.string()) for name in ("column", "value", "reason")]))


def in_rows(results: pa.RecordBatch, rows: npt.NDArray[np.int64], count: int) -> pa.RecordBatch:
    """Results in the rows that they belong to, of so many; null in the others."""
    if len(rows) == count:
        return results
    places = np.full(count, -1)
    places[rows] = np.arange(len(rows))
    return results.take(pa.array(places, mask=places < 0))


def rejects_in_rows(rejects: Iterable[tuple[int, str, str, str]], count: int) -> pa.Array:
    """What was wrong with each of so many rows, from the row, the column, the value and the reason."""
    told: list[list[dict[str, str]] | None] = [None] * count
    for row, column, value, reason in rejects:
        of_row = told[row] = told[row] or []
        of_row.append({"column": column, "value": value, "reason": reason})
    return pa.array(told, REJECTS)


def with_rejects(piece: Piece, evaluated: Evaluated, keep: Sequence[str]) -> pa.RecordBatch:
    """The results of a piece, a row for each of its rows, those included that could not be read at all.

    Raises:
        InputError: where a column that is kept is called as one of the results.
    """
    numbers = np.union1d(piece.numbers, [reject.row for reject in piece.rejects]).astype(np.int64)
    places = np.searchsorted(numbers, piece.numbers)
    table = in_rows(with_kept(evaluated, piece.rows, keep), places[evaluated.rows], len(numbers))
    for name in keep:
        # What is kept of a row is kept also where the row was rejected.
        column = in_rows(piece.rows.select([name]), places, len(numbers)).column(0)
        at = table.schema.get_field_index(name)
        kept = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        table = table.set_column(at, name, kept.cast(table.schema.field(at).type))
    rejects = [
        (int(np.searchsorted(numbers, one.row)), one.column, one.value, one.reason) for one in piece.rejects
    ]
    rejects += [(int(places[one.row]), one.column, one.value, one.reason) for one in evaluated.rejects]
    return table.append_column(REJECTED, rejects_in_rows(rejects, len(numbers)))
