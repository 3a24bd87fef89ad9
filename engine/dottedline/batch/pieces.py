"""What flows from files to results: pieces of tables with numbered rows, and rows that were rejected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

#: So many rows are evaluated at once: enough for whole columns to pay, few enough to have many at hand.
BATCH = 16_384


class Rejected(NamedTuple):
    """Why a row has no result; a row with several wrong values has several."""

    #: The file, as it was named.
    file: str
    #: The row in its file, from 1, not counting a header.
    row: int
    #: The heading of the column; empty where it is about the whole row.
    column: str
    value: str
    reason: str
    #: The whole row as JSON: an object by heading, or a text where it could not be read as a row.
    record: str


class Piece(NamedTuple):
    """Some rows of a table."""

    rows: pa.RecordBatch
    #: The number of each row in its file, from 1.
    numbers: npt.NDArray[np.int64]
    #: Rows up to the last of these that could not be read at all.
    rejects: tuple[Rejected, ...] = ()


def in_batches(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of one size; the last may be smaller."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        # A slice takes no room: nothing is copied until slices are joined.
        while rows + batch.num_rows >= size:
            first = batch.slice(0, size - rows)
            yield joined([*waiting, first])
            waiting, rows = [], 0
            batch = batch.slice(first.num_rows)
        if batch.num_rows:
            waiting.append(batch)
            rows += batch.num_rows
    if waiting:
        yield joined(waiting)


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of one schema as one."""
    if len(batches) == 1:
        return batches[0]
    return one_batch(pa.Table.from_batches(batches))


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else empty(table.schema)


def empty(schema: pa.Schema) -> pa.RecordBatch:
    """A batch without rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)


def without_views(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same with ordinary texts for texts that are views: pyarrow can do little with these."""
    types = [_without_views(field.type) for field in batch.schema]
    if types == batch.schema.types:
        return batch
    columns = [column.cast(type) for column, type in zip(batch.columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _without_views(type: pa.DataType) -> pa.DataType:
    if type == pa.string_view():
        return pa.string()
    if pa.types.is_dictionary(type):
        return pa.dictionary(type.index_type, _without_views(type.value_type), type.ordered)
    if pa.types.is_large_list(type):
        return pa.large_list(_without_views(type.value_type))
    if pa.types.is_list(type):
        return pa.list_(_without_views(type.value_type))
    if pa.types.is_struct(type):
        return pa.struct([(field.name, _without_views(field.type)) for field in type])
    return type


def distinct_names(names: Sequence[str]) -> list[str]:
    """Names of columns so that each occurs once: the second `a` becomes `a (2)`."""
    met: dict[str, int] = {}
    distinct = []
    for name in names:
        met[name] = met.get(name, 0) + 1
        distinct.append(name if met[name] == 1 else f"{name} ({met[name]})")
    return distinct


def records(rows: pa.RecordBatch, which: Sequence[int]) -> list[str]:
    """Some rows as JSON objects."""
    if not which:
        return []
    names = distinct_names(rows.schema.names)
    taken = rows.take(pa.array(which, pa.int64()))
    columns = [column.to_pylist() for column in taken.columns]
    return [
        json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, default=str)
        for values in zip(*columns, strict=True)
    ]
