"""From tables of companies to tables of results, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import NamedTuple

import pyarrow as pa

from ..files import Finishing, unfinished
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem
from .counting import Counts
from .evaluation import Evaluated
from .formats import PROFILES, Format
from .kept import problem_of, rejects_of, with_kept, with_numbers
from .mapping import Layout, Wanted, layout
from .pieces import BATCH, Piece, Rejected
from .profiles import FILE
from .sinks import Sink
from .sources import Reading, name_of, opened
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
    #: The results begin with the number of each row.
    numbered: bool = False
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

    def warned(self, message: str) -> None:
        """Something is slower than it could be."""

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
        self._rejects: Sink | None = None

    def __enter__(self) -> Run:
        if self.manner.rejects is not None:
            finishing = self._stack.enter_context(Finishing())
            self._rejects = _sink(finishing, self.manner.rejects, REJECTS, REJECTS.names)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def evaluate(self, inputs: Sequence[File], output: File) -> None:
        """Evaluates tables of the same shape, one after another, into one.

        Args:
            inputs: the tables.
            output: the table of results; it is there when this returns, or as it was when this fails.
        """
        with Finishing() as finishing:
            out: Sink | None = None
            for done in self._evaluated(inputs):
                self._tell(done)
                table = with_kept(done.evaluated, done.piece.rows, done.found.keep)
                if self.manner.numbered:
                    table = with_numbers(table, done.piece.numbers.take(done.evaluated.rows))
                if out is None:
                    out = _sink(finishing, output, table.schema, done.found.keep, held=self.manner.strict)
                out.write(table)
                self.counts.add(done.evaluated.results)
                self._listener.advanced(len(done.piece.numbers))

    def _evaluated(self, inputs: Iterable[File]) -> Iterator[Done]:
        pieces = self._pieces(inputs)
        for (name, piece, found), evaluated in self._evaluating.results(pieces, _task):
            yield Done(piece, found, evaluated, tuple(rejects_of(name, piece, evaluated.rejects)))

    def _pieces(self, inputs: Iterable[File]) -> Iterator[tuple[str, Piece, Layout]]:
        first: tuple[str, Layout] | None = None
        how = Reading(self.manner.encoding, self.manner.delimiter, self.manner.batch_size)
        for file in inputs:
            name = name_of(file.path)
            with opened(file.path, file.format, how, self.book) as source:
                self._listener.started(name, source.count)
                wanted = self.manner.wanted
                if file.format.kind == PROFILES:
                    wanted = replace(wanted, keep=(FILE, *wanted.keep))
                found = layout(name, source.names, wanted, self._evaluating.spellings)
                self._listener.understood(name, found)
                if first is None:
                    for message in self._evaluating.warnings(found.facts):
                        self._listener.warned(message)
                first = first or (name, found)
                _check_same_shape(first, (name, found), file.format.kind == "ndjson")
                # A row that is rejected is kept whole.
                columns = [*dict.fromkeys((*found.facts, *found.keep))] if self._rejects is None else None
                known = set(source.names)
                for piece in source.pieces(columns):
                    if not known.issuperset(piece.rows.schema.names):
                        # Later lines of NDJSON may have more columns.
                        known.update(piece.rows.schema.names)
                        more = layout(name, piece.rows.schema.names, wanted, self._evaluating.spellings)
                        found = more._replace(keep=found.keep)
                        self._listener.understood(name, found)
                    yield name, piece, found

    def _tell(self, done: Done) -> None:
        """Tells what was rejected, or ends with it."""
        if done.rejects and self.manner.strict:
            raise InputError([problem_of(done.rejects[0])])
        self.counts.rejected += len({(reject.file, reject.row) for reject in done.rejects})
        for reject in done.rejects:
            self._listener.rejected(reject)
        if self._rejects is not None and done.rejects:
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*done.rejects, strict=True), REJECTS, strict=True)
            ]
            self._rejects.write(pa.RecordBatch.from_arrays(columns, schema=REJECTS))


def _sink(
    finishing: Finishing, file: File, schema: pa.Schema, guarded: Iterable[str], *, held: bool = False
) -> Sink:
    """A table in the making, in a file in the making."""
    making = unfinished(file.path, whole=held)
    finishing.add(making)
    sink = Sink(making.file, file.format, schema, frozenset(guarded), file.path)
    finishing.add(sink)
    return sink


def _task(item: tuple[str, Piece, Layout]) -> Task:
    _name, piece, found = item
    return Task(piece.rows, found.facts)


def _check_same_shape(first: tuple[str, Layout], then: tuple[str, Layout], may_lack: bool) -> None:
    """Refuses a table with other columns than the first, unless it may leave out what it does not know."""
    for one, other in ((first, then), (then, first)):
        wanted, has = one[1], (*other[1].facts, *other[1].keep)
        for heading in (*(() if may_lack else wanted.facts), *wanted.keep):
            if heading not in has:
                told = _("`{file}` has no column `{heading}`, which `{other}` has").format(
                    file=other[0], heading=heading, other=one[0]
                )
                help = _("tables of different shapes go into a folder: `-o FOLDER/`")
                raise InputError([Problem(told, help=help)])
