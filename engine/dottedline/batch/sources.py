"""Tables to read, piece by piece, from whatever format they are in."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from ..files import STANDARD
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem, reason_of
from .formats import COMPRESSIONS, PROFILES, Format
from .parquet import Parquet
from .pieces import Piece, empty, in_batches, without_views
from .profiles import Profiles
from .texts import Lines, Separated, Text


class Source(Protocol):
    """A table that is read once, from the first row to the last."""

    #: The headings of its columns; later pieces of NDJSON may have more.
    names: list[str]
    #: How many rows it has, where that is known.
    count: int | None

    def pieces(self, columns: Sequence[str] | None) -> Iterator[Piece]:
        """Its rows; there is at least one piece, if need be without rows.

        Args:
            columns: the columns that are needed; all where it is None. Others may come with them.
        """
        ...


class Reading(NamedTuple):
    """How files are read."""

    #: The encoding of texts; None for UTF-8, or what a byte order mark says.
    encoding: str | None
    delimiter: str | None
    #: The rows of a piece.
    size: int


@contextlib.contextmanager
def opened(path: str, format: Format, how: Reading, book: Rulebook) -> Iterator[Source]:
    """A table in a file, a folder of profiles, or standard input for `-`.

    Raises:
        InputError: where it cannot be read, also later, while it is.
    """
    name = name_of(path)
    with contextlib.ExitStack() as stack:
        with _told(name):
            source = _source(path, name, format, how, book, stack)
        yield _Named(source, name)


def name_of(path: str) -> str:
    """What a file is called in messages."""
    return _("standard input") if path == STANDARD else path


def _source(
    path: str, name: str, format: Format, how: Reading, book: Rulebook, stack: contextlib.ExitStack
) -> Source:
    if format.kind == PROFILES:
        return Profiles(path, book, how.size)
    file = stack.enter_context(_bytes_of(path, format))
    if format.kind in ("csv", "tsv"):
        delimiter = how.delimiter or ("," if format.kind == "csv" else "\t")
        return Separated(Text(file, name, how.encoding), name, delimiter, how.size)
    if format.kind == "ndjson":
        return Lines(Text(file, name, how.encoding), name, book.vocabulary.families, how.size)
    file = stack.enter_context(_seekable(file))
    if format.kind == "parquet":
        table = Parquet(file, how.size)
        return Columnar(table.schema, table.batches, how.size, table.count)
    # An Arrow file or stream: which of the two, it says itself.
    magic = file.read(6)
    file.seek(0)
    if magic != b"ARROW1":
        stream = pa.ipc.open_stream(file)
        return Columnar(stream.schema, lambda _columns: stream, how.size)
    reader = pa.ipc.open_file(file)
    numbers = range(reader.num_record_batches)
    return Columnar(reader.schema, lambda _columns: map(reader.get_batch, numbers), how.size)


class _Named:
    """A source whose errors name the file."""

    def __init__(self, source: Source, name: str) -> None:
        self.names = source.names
        self.count = source.count
        self._source = source
        self._name = name

    def pieces(self, columns: Sequence[str] | None) -> Iterator[Piece]:
        with _told(self._name):
            yield from self._source.pieces(columns)


class Columnar:
    """A table that is already in columns.

    Args:
        schema: its columns.
        batches: its rows, in batches of any size, with the columns that are asked for, or all.
        size: the rows of a piece.
        count: how many rows it has, where that is known.
    """

    def __init__(
        self,
        schema: pa.Schema,
        batches: Callable[[Sequence[str] | None], Iterable[pa.RecordBatch]],
        size: int,
        count: int | None = None,
    ) -> None:
        self.names: list[str] = schema.names
        self.count = count
        self._schema = schema
        self._batches = batches
        self._size = size

    def pieces(self, columns: Sequence[str] | None) -> Iterator[Piece]:
        done = 0
        for rows in in_batches(map(without_views, self._batches(columns)), self._size):
            yield Piece(rows, np.arange(done + 1, done + rows.num_rows + 1))
            done += rows.num_rows
        if not done:
            yield Piece(without_views(empty(self._schema)), np.zeros(0, np.int64))


@contextlib.contextmanager
def _bytes_of(path: str, format: Format) -> Iterator[IO[bytes]]:
    """What is in a file, unpacked."""
    with contextlib.ExitStack() as stack:
        file = _standard_input() if path == STANDARD else stack.enter_context(Path(path).open("rb"))
        if format.packed:
            packed = pa.PythonFile(file, mode="r")
            file = stack.enter_context(pa.CompressedInputStream(packed, COMPRESSIONS[format.packed]))
        yield file


def _standard_input() -> IO[bytes]:
    try:
        # Not `sys.stdin`: whoever waits for it holds a lock, and then the program could not end on Ctrl-C.
        return os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    except OSError:
        return sys.stdin.buffer


@contextlib.contextmanager
def _seekable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The same file, or where one cannot go back in it, a copy of it on the disk."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.seek(0)
        yield copy


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Tells what goes wrong while a file is read, as what is wrong with the file."""
    try:
        yield
    except FileNotFoundError:
        raise InputError([Problem(_("there is no file `{file}`").format(file=name))]) from None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _not_whole(name, error) from None
    except OSError as error:
        if error.errno is None:  # pyarrow's word for a file that ends too early
            raise _not_whole(name, error) from None
        told = _("`{file}` cannot be read: {reason}").format(file=name, reason=reason_of(error))
        raise InputError([Problem(told)]) from None


def _not_whole(name: str, error: Exception) -> InputError:
    told = _("`{file}` is not whole, or not in the format that it is read in").format(file=name)
    help = _("the reader says: {said}").format(said=f"`{error}`")
    return InputError([Problem(told, help=help)])
