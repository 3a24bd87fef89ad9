"""Tables written as text: CSV, TSV and NDJSON."""

from __future__ import annotations

import codecs
import io
import json
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ..language import _
from ..problems import InputError, Problem
from .pieces import Piece, Rejected, empty, in_batches

#: What is read of a file at once, in bytes; no row can be longer.
BLOCK = 4 * 1024 * 1024

#: How files begin that say in what encoding they are.
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


class Text(io.RawIOBase):
    """The bytes of a text as UTF-8, whatever its encoding; checked while they are read.

    Args:
        file: the text.
        name: what the file is called in messages.
        encoding: its encoding; None for UTF-8, or what a byte order mark says.

    Raises:
        InputError: where there is no such encoding, or, while reading, where
            the text is not in it, with the line.
    """

    def __init__(self, file: IO[bytes], name: str, encoding: str | None) -> None:
        self._file = file
        self._name = name
        self._asked = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = encoding or "utf-8"
        self._lines = 0
        self._ready = bytearray()
        #: How many quotation marks there were.
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # The reader takes what it gets at once for a block, and a row must not be longer than that.
        while len(self._ready) < len(buffer) and (data := self._next(len(buffer))):
            self._ready += data
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        del self._ready[:size]
        return size

    def unread(self, data: bytes) -> None:
        """Gives back what was read, to be read again."""
        self._ready[:0] = data

    def _next(self, size: int) -> bytes:
        while data := self._file.read(size):
            if text := self._decoded(data):
                self._lines += text.count("\n")
                self.quotes += text.count('"')
                return text.encode()
        self._decoded(b"", final=True)
        return b""

    def _decoded(self, data: bytes, final: bool = False) -> str:
        if self._decoder is None:
            self._decoder = self._new_decoder(data)
        try:
            return self._decoder.decode(data, final)
        except UnicodeError as error:
            before = ""
            if isinstance(error, UnicodeDecodeError):  # UTF-16 without a mark, for one, says less
                before = error.object[: error.start].decode(error.encoding, errors="ignore")
            told = _("line {number} of `{file}` is not in the encoding {encoding}").format(
                number=self._lines + before.count("\n") + 1, file=self._name, encoding=f"`{self._encoding}`"
            )
            help = _("name the encoding that it is in, such as `--encoding windows-1252`")
            raise InputError([Problem(told, help=help)]) from None

    def _new_decoder(self, start: bytes) -> codecs.IncrementalDecoder:
        if self._asked is None:
            self._encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
        try:
            "a".encode(self._encoding)  # to Python, compression is an encoding too, but not here
            return codecs.getincrementaldecoder(self._encoding)()
        except (LookupError, UnicodeError, ValueError):
            told = _("there is no encoding `{name}`").format(name=self._encoding)
            raise InputError([Problem(told, help=_("it may be `utf-8`, `windows-1252` or `utf-16`"))]) from None


class Separated:
    """A CSV or TSV file; every value is a text.

    Args:
        text: its text.
        name: what the file is called.
        delimiter: what stands between values.
        size: the rows of a piece.

    Raises:
        InputError: where it has no header.
    """

    #: How many rows it has; that is not known before they are read.
    count: int | None = None

    def __init__(self, text: Text, name: str, delimiter: str, size: int) -> None:
        self._text = text
        self._name = name
        self._size = size
        #: Rows with too many or too few values, in their order; the reader is ahead of what it gives.
        self._wrong: deque[Rejected] = deque()
        # Said by a thread of the reader, which knows of no language.
        self._told = _("number of values: {found}; of columns: {expected}")
        #: The number of the last row that was given.
        self._done = 0
        self._reader = self._open(delimiter)
        self.names: list[str] = self._reader.schema.names

    def _open(self, delimiter: str) -> pa.csv.CSVStreamingReader:
        parse = pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
        start = self._text.read(BLOCK)
        self._text.unread(start)
        try:
            parse.invalid_row_handler = lambda row: "skip"
            names = pa.csv.open_csv(pa.BufferReader(start), _read_options(), parse).schema.names
            parse.invalid_row_handler = self._skip
            # Texts are what values are spelled in: "NA" and "1.0" stay what they are.
            texts = pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            )
            return pa.csv.open_csv(self._text, _read_options(), parse, texts)
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from None

    def _skip(self, row: pa.csv.InvalidRow) -> str:
        reason = self._told.format(found=row.actual_columns, expected=row.expected_columns)
        number = row.number - 1  # the header is a row to the reader
        record = json.dumps(row.text, ensure_ascii=False)
        self._wrong.append(Rejected(self._name, number, "", "", reason, record))
        return "skip"

    def pieces(self, _columns: Sequence[str] | None) -> Iterator[Piece]:
        rows: pa.RecordBatch | None = None
        try:
            for rows in in_batches(self._reader, self._size):
                yield self._piece(rows)
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from None
        self._check_quotes(rows)
        if rows is None or self._wrong:
            yield Piece(empty(self._reader.schema), np.zeros(0, np.int64), tuple(self._wrong))

    def _piece(self, rows: pa.RecordBatch) -> Piece:
        """Rows with their numbers: those of the rows that were skipped are left out."""
        start = self._done + 1
        self._done += rows.num_rows
        rejects: list[Rejected] = []
        while self._wrong and self._wrong[0].row <= self._done + 1:
            self._done += 1
            rejects.append(self._wrong.popleft())
        numbers = np.arange(start, self._done + 1)
        skipped = [reject.row for reject in rejects]
        return Piece(rows, numbers[~np.isin(numbers, skipped)], tuple(rejects))

    def _check_quotes(self, last: pa.RecordBatch | None) -> None:
        """A quotation mark that is never closed makes all that follows one value, and nobody would know."""
        if self._text.quotes % 2 == 0:
            return
        texts = [json.loads(reject.record) for reject in self._wrong]
        if last is not None:
            texts += [column[-1].as_py() for column in last.columns]
        if any("\n" in text for text in texts):
            told = _("`{file}` has a quotation mark that is never closed").format(file=self._name)
            help = _("it is in row {number} or after it, without the header").format(number=self._done)
            raise InputError([Problem(told, help=help)])

    def _unreadable(self, error: pa.ArrowInvalid) -> InputError:
        told = _("`{file}` cannot be read as a table").format(file=self._name)
        help = _("the reader says: {said}").format(said=f"`{error}`")
        if "Empty CSV" in str(error):
            told = _("`{file}` is empty").format(file=self._name)
            help = _("its first line names the columns")
        elif "straddling" in str(error):
            told = _("`{file}` has a row of more than {size} MiB").format(
                file=self._name, size=BLOCK // 1024 // 1024
            )
            help = _("a quotation mark may be open that is never closed")
        return InputError([Problem(told, help=help)])


def _read_options() -> pa.csv.ReadOptions:
    # One thread: else the reader does not say which row is wrong.
    return pa.csv.ReadOptions(use_threads=False, block_size=BLOCK)


class Lines:
    """An NDJSON file: a JSON object on each line, from headings to values.

    A row's number is that of its line. Later lines may have headings that
    the first ones lack.

    Args:
        text: its text.
        name: what the file is called.
        families: the names of families of facts; as in a profile, one may hold an object.
        size: the rows of a piece.
    """

    count: int | None = None

    def __init__(self, text: Text, name: str, families: Collection[str], size: int) -> None:
        self._name = name
        self._families = families
        self._lines = enumerate(io.TextIOWrapper(io.BufferedReader(text, BLOCK), encoding="utf-8"), 1)
        self._size = size
        #: The headings met so far.
        self._headings: dict[str, None] = {}
        self._first = self._read()
        self.names = list(self._headings)

    def pieces(self, _columns: Sequence[str] | None) -> Iterator[Piece]:
        yield self._first
        while len((piece := self._read()).numbers) or piece.rejects:
            yield piece

    def _read(self) -> Piece:
        rows: list[dict[str, object]] = []
        numbers: list[int] = []
        rejects: list[Rejected] = []
        for number, line in self._lines:
            if not line.strip():
                continue
            row = self._row(number, line, rejects)
            if row is not None:
                rows.append(row)
                numbers.append(number)
                self._headings.update(dict.fromkeys(row))
            if len(rows) + len(rejects) == self._size:
                break
        arrays = [array_of([row.get(heading) for row in rows]) for heading in self._headings]
        batch = pa.RecordBatch.from_arrays(arrays, names=list(self._headings))
        return Piece(batch, np.array(numbers, np.int64), tuple(rejects))

    def _row(self, number: int, line: str, rejects: list[Rejected]) -> dict[str, object] | None:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            reason = _("it is not JSON")
        else:
            if isinstance(row, dict):
                return dict(self._unfolded(row))
            reason = _("it is no JSON object")
        record = json.dumps(line.rstrip("\n"), ensure_ascii=False)
        rejects.append(Rejected(self._name, number, "", "", reason, record))
        return None

    def _unfolded(self, row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for heading, value in row.items():
            if heading in self._families and isinstance(value, dict):
                yield from ((f"{heading}.{key}", one) for key, one in value.items())
            else:
                yield heading, value


def array_of(values: list[object]) -> pa.Array:
    """Python values as an array; as texts where they are of several kinds."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_as_text(value) for value in values], pa.string())


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value) or "[]"
    return json.dumps(value, ensure_ascii=False)
