"""From tables of companies to tables of results, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem
from .counting import Counts
from .evaluation import Evaluated
from .formats import Format
from .mapping import Layout, Wanted, layout
from .pieces import BATCH, Piece, Rejected, records
from .sinks import Sink
from .sources import Reading, Source, name_of, opened
from .unfinished import Finishing, unfinished
from .workers import Evaluating, Task

#: The columns of a table of rejects.
REJECTS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("record", pa.string()),
    ]
)


class File(NamedTuple):
    """A file, or standard input or output for `-`, and its format."""

    path: str
    format: Format


@dataclass(frozen=True)
class Manner:
    """How tables are evaluated."""

    wanted: Wanted = Wanted()  # noqa: RUF009
    #: The first row that cannot be read ends it all.
    strict: bool = False
    #: Where rows that cannot be read are written, with why.
    rejects: File | None = None
    encoding: str | None = None
    delimiter: str | None = None
    #: How many processes.
    jobs: int = 1
    #: The rows that are evaluated together.
    batch_size: int = BATCH


class Listener:
    """Is told how it goes; does nothing with it."""

    def started(self, path: str, rows: int | None) -> None:
        """A file is begun; `rows` is how many it has, where that is known."""

    def understood(self, path: str, found: Layout) -> None:
        """It is known what the columns of a file mean; once for each file."""

    def advanced(self, rows: int) -> None:
        """So many more rows are done."""

    def rejected(self, reject: Rejected) -> None:
        """A row could not be read."""


class Done(NamedTuple):
    """A piece with its results."""

    piece: Piece
    found: Layout
    evaluated: Evaluated
    rejects: tuple[Rejected, ...]


class Run:
    """Evaluates tables for the time of a `with` block; at its end the table of rejects is whole.

    Args:
        book: the rulebook.
        manner: how.
        listener: is told how it goes.

    Raises:
        InputError: where an input cannot be used.
        OSError: where something cannot be written.
        ChildProcessError: where a worker process died.
    """

    def __init__(self, book: Rulebook, manner: Manner, listener: Listener | None = None) -> None:
        self.counts = Counts()
        self.book = book
        self.manner = manner
        self._listener = listener or Listener()
        self._stack = contextlib.ExitStack()
        self._evaluating = self._stack.enter_context(Evaluating(book, manner.wanted, manner.jobs))
        self._rejects: _Output | None = None

    def __enter__(self) -> Run:
        if self.manner.rejects is not None:
            finishing = self._stack.enter_context(Finishing())
            self._rejects = _Output(finishing, self.manner.rejects, REJECTS, frozenset(REJECTS.names))
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if self._rejects is not None and error[0] is None:
                self._rejects.sink.close()
        except BaseException as failed:
            self._stack.__exit__(type(failed), failed, failed.__traceback__)
            raise
        self._stack.__exit__(*error)  # type: ignore[arg-type]

    def evaluate(self, inputs: Sequence[File], output: File) -> None:
        """Evaluates tables of the same shape, one after another, into one.

        Args:
            inputs: the tables.
            output: the table of results; it is there when this returns, or as it was when this fails.
        """
        with Finishing() as finishing:
            out: _Output | None = None
            for done in self._evaluated(inputs):
                self._tell(done)
                table = _with_kept(done)
                if out is None:
                    guarded = frozenset(done.found.keep)
                    out = _Output(finishing, output, table.schema, guarded, held=self.manner.strict)
                out.sink.write(table)
                self.counts.add(done.evaluated.results)
                self._listener.advanced(len(done.piece.numbers))
            assert out is not None, "every source has a piece"
            out.sink.close()

    def _evaluated(self, inputs: Iterable[File]) -> Iterator[Done]:
        pieces = self._pieces(inputs)
        for (name, piece, found), evaluated in self._evaluating.results(pieces, _task):
            yield Done(piece, found, evaluated, tuple(_all_rejects(name, piece, evaluated)))

    def _pieces(self, inputs: Iterable[File]) -> Iterator[tuple[str, Piece, Layout]]:
        first: tuple[str, Layout] | None = None
        how = Reading(self.manner.encoding, self.manner.delimiter, self.manner.batch_size)
        for file in inputs:
            name = name_of(file.path)
            with opened(file.path, file.format, how, self.book) as source:
                self._listener.started(name, source.count)
                found = self._layout(name, source)
                if first is None:
                    first = name, found
                _check_same_shape(first, (name, found))
                names = source.names
                for piece in source:
                    if piece.rows.schema.names != names:
                        # Later lines of NDJSON may have more columns.
                        names = piece.rows.schema.names
                        found = layout(name, names, self.manner.wanted, self._evaluating.spellings)
                        found = found._replace(keep=first[1].keep)
                    yield name, piece, found

    def _layout(self, name: str, source: Source) -> Layout:
        found = layout(name, source.names, self.manner.wanted, self._evaluating.spellings)
        self._listener.understood(name, found)
        return found

    def _tell(self, done: Done) -> None:
        """Tells what was rejected, or ends with it."""
        if done.rejects and self.manner.strict:
            raise InputError([_problem(done.rejects[0])])
        self.counts.rejected += len({(reject.file, reject.row) for reject in done.rejects})
        for reject in done.rejects:
            self._listener.rejected(reject)
        if self._rejects is not None and done.rejects:
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*done.rejects, strict=True), REJECTS, strict=True)
            ]
            self._rejects.sink.write(pa.RecordBatch.from_arrays(columns, schema=REJECTS))


class _Output:
    """A table in the making, in a file in the making."""

    def __init__(
        self,
        finishing: Finishing,
        file: File,
        schema: pa.Schema,
        guarded: frozenset[str],
        *,
        held: bool = False,
    ) -> None:
        making = finishing.add(unfinished(file.path, whole=held))
        self.sink = Sink(making.file, file.format, schema, guarded)


def _task(item: tuple[str, Piece, Layout]) -> Task:
    _name, piece, found = item
    return Task(piece.rows, found.facts)


def _with_kept(done: Done) -> pa.RecordBatch:
    """The results, after the columns that are kept."""
    rows, results = done.piece.rows, done.evaluated.results
    taken = [name for name in done.found.keep if name in results.schema.names]
    if taken:
        told = _("the column `{name}` that is to be kept is called as one of the results").format(name=taken[0])
        raise InputError([Problem(told, help=_("give it another heading"))])
    which = pa.array(done.evaluated.rows)
    columns = [_plain(rows.column(name)).take(which) for name in done.found.keep]
    fields = [pa.field(name, column.type) for name, column in zip(done.found.keep, columns, strict=True)]
    schema = pa.schema([*fields, *results.schema], results.schema.metadata)
    return pa.RecordBatch.from_arrays([*columns, *results.columns], schema=schema)


def _plain(column: pa.Array) -> pa.Array:
    """A column whose type does not change from one batch to the next."""
    if pa.types.is_dictionary(column.type):
        # Each batch may have words of its own.
        return column.dictionary_decode()
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def _all_rejects(name: str, piece: Piece, evaluated: Evaluated) -> Iterator[Rejected]:
    """What could not be read, in the order of the rows."""
    which = sorted({reject.row for reject in evaluated.rejects})
    whole = dict(zip(which, records(piece.rows, which), strict=True))
    found = [
        Rejected(
            name, int(piece.numbers[reject.row]), reject.column, reject.value, reject.reason, whole[reject.row]
        )
        for reject in evaluated.rejects
    ]
    return iter(sorted([*piece.rejects, *found], key=lambda reject: reject.row))


def _check_same_shape(first: tuple[str, Layout], then: tuple[str, Layout]) -> None:
    for one, other in ((first, then), (then, first)):
        for heading in (*one[1].facts, *one[1].keep):
            if heading not in (*other[1].facts, *other[1].keep):
                told = _("`{file}` has no column `{heading}`, which `{other}` has").format(
                    file=other[0], heading=heading, other=one[0]
                )
                help = _("tables of different shapes go into a folder: `-o FOLDER/`")
                raise InputError([Problem(told, help=help)])


def _problem(reject: Rejected) -> Problem:
    """A row that could not be read, as the error that ends all."""
    told = _("row {row} of `{file}` cannot be read").format(row=reject.row, file=reject.file)
    if reject.column:
        told = _("row {row} of `{file}`: `{column}` cannot be `{value}`").format(
            row=reject.row, file=reject.file, column=reject.column, value=reject.value
        )
    return Problem(told, help=reject.reason)
