"""Results beside what is kept of the rows, and rejects beside the rows that they are about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..language import _
from ..problems import InputError, Problem
from .columns import Reject
from .evaluation import Evaluated
from .pieces import Piece, Rejected, records

#: The column of the numbers of rows.
NUMBER = "row"


def with_kept(evaluated: Evaluated, rows: pa.RecordBatch, keep: Sequence[str]) -> pa.RecordBatch:
    """The results, after the columns that are kept.

    Raises:
        InputError: where a column that is kept is called as one of the results.
    """
    results = evaluated.results
    taken = [name for name in keep if name in results.schema.names]
    if taken:
        told = _("the column `{name}` that is to be kept is called as one of the results").format(name=taken[0])
        raise InputError([Problem(told, help=_("give it another heading"))])
    which = pa.array(evaluated.rows)
    columns = [_plain(rows.column(name)).take(which) for name in keep]
    fields = [pa.field(name, column.type) for name, column in zip(keep, columns, strict=True)]
    schema = pa.schema([*fields, *results.schema], results.schema.metadata)
    return pa.RecordBatch.from_arrays([*columns, *results.columns], schema=schema)


def with_numbers(table: pa.RecordBatch, numbers: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """A table of results, after a column with the number of each row in its input.

    Raises:
        InputError: where another column is called as that.
    """
    if NUMBER in table.schema.names:
        told = _("the column `{name}` that is to be kept is called as that of the rows' numbers")
        raise InputError([Problem(told.format(name=NUMBER), help=_("give it another heading"))])
    schema = pa.schema([pa.field(NUMBER, pa.int64()), *table.schema], table.schema.metadata)
    return pa.RecordBatch.from_arrays([pa.array(numbers), *table.columns], schema=schema)


def _plain(column: pa.Array) -> pa.Array:
    """A column whose type does not change from one batch to the next."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()  # each batch may have words of its own
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def rejects_of(name: str, piece: Piece, rejects: Sequence[Reject]) -> list[Rejected]:
    """What could not be read of a piece, in the order of the rows.

    Args:
        name: what the table is called.
        piece: the rows.
        rejects: what was wrong with them, by their rows in the piece.
    """
    which = sorted({reject.row for reject in rejects})
    whole = dict(zip(which, records(piece.rows, which), strict=True))
    found = [
        Rejected(
            name, int(piece.numbers[reject.row]), reject.column, reject.value, reject.reason, whole[reject.row]
        )
        for reject in rejects
    ]
    return sorted([*piece.rejects, *found], key=lambda reject: reject.row)


def problem_of(reject: Rejected) -> Problem:
    """A row that could not be read, as an error."""
    told = _("row {row} of `{file}` cannot be read").format(row=reject.row, file=reject.file)
    if reject.column:
        told = _("row {row} of `{file}`: `{column}` cannot be `{value}`").format(
            row=reject.row, file=reject.file, column=reject.column, value=reject.value
        )
    return Problem(told, help=reject.reason)
