"""Parquet files, read in batches: in the same memory however many rows they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

#: The bytes of a column that are read at once, where pyarrow would else read all that a row group has of it.
_BUFFER = 1 << 18


class Parquet:
    """A Parquet file whose texts are read as they lie in it: each different one once, lists of them too.

    Args:
        file: it is read once, from its first row to the last.
        size: at most so many rows are in a batch.

    Raises:
        pa.ArrowInvalid: where it is no whole Parquet file.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._size = size
        self._metadata = pq.read_metadata(file)
        columns = self._metadata.schema
        described = [columns.column(n) for n in range(len(columns))]
        texts = [column.path for column in described if column.logical_type.type == "STRING"]
        self._coded = self._opened(texts)
        self.schema: pa.Schema = self._coded.schema_arrow
        self.count: int = self._metadata.num_rows

    def _opened(self, texts: Sequence[str]) -> pq.ParquetFile:
        self._file.seek(0)
        return pq.ParquetFile(
            self._file, metadata=self._metadata, read_dictionary=texts, buffer_size=_BUFFER, pre_buffer=False
        )

    def batches(self, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        """The rows, with the columns that are asked for, or all."""
        for groups in self._together():
            done = 0
            try:
                for batch in self._coded.iter_batches(self._size, row_groups=groups, columns=columns):
                    yield batch
                    done += batch.num_rows
            except pa.ArrowNotImplementedError:
                # Lists in a batch have texts of more than one dictionary, as from several row groups.
                plain = self._opened([]).iter_batches(self._size, row_groups=groups, columns=columns)
                for batch in _without(done, plain):
                    yield batch.cast(pa.schema([self.schema.field(name) for name in batch.schema.names]))

    def _together(self) -> Iterator[list[int]]:
        """The numbers of row groups that are read together: small ones fill a batch.

        pyarrow holds on to what it has read of the groups that it was asked for together.
        """
        groups: list[int] = []
        rows = 0
        for number in range(self._metadata.num_row_groups):
            groups.append(number)
            rows += self._metadata.row_group(number).num_rows
            if rows >= self._size:
                yield groups
                groups, rows = [], 0
        if groups:
            yield groups


def _without(rows: int, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches without so many of their first rows."""
    for batch in batches:
        if batch.num_rows > rows:
            yield batch.slice(rows)
        rows = max(0, rows - batch.num_rows)
