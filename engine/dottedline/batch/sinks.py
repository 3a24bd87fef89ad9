"""Tables to write, batch by batch, in whatever format."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from ..language import _
from ..problems import InputError, Problem
from .cells import json_texts, texts
from .formats import COMPRESSIONS, Format
from .pieces import in_batches

#: The rows of a row group of Parquet, and of a batch of Arrow.
GROUP = 65_536


class Writer(Protocol):
    """Writes batches of one schema into a file."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class Sink:
    """A table in the making.

    Args:
        file: where it goes.
        format: its format.
        schema: its columns.
        guarded: the columns whose texts come from others: a spreadsheet must not take them for formulas.
        name: what the file is called in messages.
        group: the rows that are written together: the same however they came.

    Raises:
        InputError: where the format cannot hold what is written, now or later.
        OSError: where there is no room; it names the file.
    """

    def __init__(
        self,
        file: IO[bytes],
        format: Format,
        schema: pa.Schema,
        guarded: frozenset[str],
        name: str,
        group: int = GROUP,
    ) -> None:
        self.schema = schema
        self._name = name
        self._format = format
        self._into = _Into(file)
        self._file: pa.NativeFile = pa.PythonFile(self._into, mode="w")
        if format.packed:
            self._file = pa.CompressedOutputStream(self._file, COMPRESSIONS[format.packed])
        with self._told():
            self._writer = _writer(self._file, format.kind, schema, guarded)
        self._group = group
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Adds rows.

        Raises:
            InputError: where a column is of another type than in the first batch.
        """
        self._waiting.append(self._fitting(batch))
        self._rows += batch.num_rows
        if self._rows >= self._group:
            groups = [*in_batches(self._waiting, self._group)]
            rest = [groups.pop()] if groups[-1].num_rows < self._group else []
            self._waiting, self._rows = rest, sum(batch.num_rows for batch in rest)
            self._write(groups)

    def finish(self) -> None:
        """Writes what is still to be written."""
        self._write(in_batches(self._waiting, self._group))
        with self._told():
            self._writer.close()
            if self._format.packed:
                self._file.close()

    def abandon(self) -> None:
        """Writes nothing more, not even what pyarrow writes when it lets go of a file."""
        self._into.ended = True

    def _write(self, groups: Iterable[pa.RecordBatch]) -> None:
        with self._told():
            for group in groups:
                self._writer.write(group)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except pa.ArrowException as error:
            told = _("`{file}` cannot hold these columns: the format {format} does not allow it").format(
                file=self._name, format=f"`{self._format.kind}`"
            )
            help = _("the writer says: {said}").format(said=f"`{error}`")
            raise InputError([Problem(told, help=help)]) from None
        except OSError as error:
            if error.errno is None or error.filename is not None:
                raise
            raise OSError(error.errno, error.strerror, self._name) from None

    def _fitting(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.equals(self.schema):
            return batch
        columns = []
        for field, column in zip(self.schema, batch.columns, strict=True):
            try:
                columns.append(column if column.type == field.type else column.cast(field.type))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                told = _("the column `{name}` is of one kind in some rows and of another in others").format(
                    name=field.name
                )
                help = _("first {first}, then {then}; leave it out of what is kept").format(
                    first=f"`{field.type}`", then=f"`{column.type}`"
                )
                raise InputError([Problem(told, help=help)]) from None
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def _writer(file: pa.NativeFile, kind: str, schema: pa.Schema, guarded: frozenset[str]) -> Writer:
    if kind == "parquet":
        return _Parquet(file, schema)
    if kind == "arrow":
        return pa.ipc.new_file(file, schema)  # type: ignore[no-any-return]
    if kind == "arrows":
        return pa.ipc.new_stream(file, schema)  # type: ignore[no-any-return]
    if kind == "ndjson":
        return _Ndjson(file, schema)
    return _Separated(file, schema, "," if kind == "csv" else "\t", guarded)


class _Into:
    """A file that pyarrow writes to, and does not close: only then is it known whether it counts."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.ended = False

    def write(self, data: bytes) -> int:
        return len(data) if self.ended else self._file.write(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Parquet:
    def __init__(self, file: pa.NativeFile, schema: pa.Schema) -> None:
        # Written in few large steps, and with statistics only where somebody would look for them.
        looked_for = [name for name in schema.names if not pa.types.is_list(schema.field(name).type)]
        self._writer = pa.parquet.ParquetWriter(
            file, schema, compression="zstd", write_batch_size=1 << 17, write_statistics=looked_for
        )

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


class _Separated:
    """CSV or TSV: lists are joined with `; `."""

    def __init__(self, file: pa.NativeFile, schema: pa.Schema, delimiter: str, guarded: frozenset[str]) -> None:
        self._guarded = [field.name in guarded for field in schema]
        # Headings come from the table that was read, as what is kept does.
        names = pa.array(schema.names, pa.string())
        self._names = texts(names, guarded=True).to_pylist()
        options = pa.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        self._writer = pa.csv.CSVWriter(
            file, pa.schema([(name, pa.string()) for name in self._names]), write_options=options
        )

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [texts(column, guarded) for column, guarded in zip(batch.columns, self._guarded, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, names=self._names))

    def close(self) -> None:
        self._writer.close()


class _Ndjson:
    """A JSON object on each line."""

    def __init__(self, file: pa.NativeFile, schema: pa.Schema) -> None:
        self._file = file
        names = [json.dumps(name, ensure_ascii=False) for name in schema.names]
        self._before = [f"{',' if n else '{'}{name}:" for n, name in enumerate(names)]

    def write(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        parts: list[object] = []
        for before, column in zip(self._before, batch.columns, strict=True):
            parts += [before, json_texts(column)]
        # Texts of more than 2 GiB do not fit; a group has far less.
        lines = pc.binary_join_element_wise(*parts, "}\n", "")
        self._file.write(b"".join(line.as_buffer() for line in lines))

    def close(self) -> None:
        pass
