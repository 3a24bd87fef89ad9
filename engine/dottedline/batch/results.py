"""Tables of results, as `dottedline evaluate` writes them: checked once, then read in batches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem, did_you_mean, listing, reason_of
from .formats import COMPRESSIONS, ENDINGS
from .tallies import Made

Numbers = npt.NDArray[np.int64]

#: How pyarrow calls the formats of tables that can be read piece by piece, and more than once.
_FORMATS: Mapping[str, str] = {
    "parquet": "parquet",
    "csv": "csv",
    "tsv": "tsv",
    "ndjson": "json",
    "arrow": "ipc",
}

#: The columns of a decision that are needed, and those that every table has.
PARTS = ("status", "outcome")
FINDINGS = ("findings", "findings_missing")
QUESTIONS = ("questions", "questions_decide")

#: The other columns that are not the user's. A row in which `rejected` is not null has no result.
_OTHER_PARTS = ("modality", "rules")
_REJECTED = "rejected"
_OTHERS = ("open_questions", _REJECTED)

#: Companies that are read together.
_TOGETHER = 1 << 16

#: What stands around the ids of a list that is written as text.
_BETWEEN = re.compile(r"[\s;,|\[\]'\"\u3001]+")


class Results:
    """A table of results on disk.

    Args:
        path: the file, or a folder of such files.
        book: the rulebook that it was made with.

    Raises:
        InputError: where it cannot be read, was made with another rulebook
            or is no table of results.
    """

    def __init__(self, path: Path, book: Rulebook) -> None:
        self.path = path
        self._form = _format_of(path)
        try:
            self._schema = self._dataset().schema
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from None
        named = {key: (self._schema.metadata or {}).get(f"dottedline.{key}".encode()) for key in Made._fields}
        self.made = Made(**{key: value.decode() if value else None for key, value in named.items()})
        self._check(book)
        self.decisions = [
            decision.id
            for decision in book.data.decisions.values()
            if all(f"{decision.id}.{part}" in self._schema.names for part in PARTS)
        ]
        self.has_questions = all(name in self._schema.names for name in QUESTIONS)
        own = {f"{id}.{part}" for id in book.data.decisions for part in (*PARTS, *_OTHER_PARTS)}
        #: The columns that the user kept.
        self.kept = [name for name in self._schema.names if name not in {*own, *FINDINGS, *QUESTIONS, *_OTHERS}]

    def _check(self, book: Rulebook) -> None:
        """Refuses what is no table of results of the rulebook."""
        if self.made.rulebook not in (None, book.id):
            told = _("`{path}` was made with the rulebook `{other}`, not `{id}`").format(
                path=self.path, other=self.made.rulebook, id=book.id
            )
            raise InputError([Problem(told, help=_("name that rulebook with `--rules`"))])
        single = [d.id for d in book.data.decisions.values() if d.hit_policy == "single"]
        needed = [*(f"{id}.{part}" for id in single for part in PARTS), *FINDINGS]
        names = set(self._schema.names)
        # A table of an older rulebook may lack a decision; one without any, or half of one, is something else.
        lacks = [name for name in needed if name not in names]
        halves = [
            f"{id}.{part}"
            for id in single
            for part in PARTS
            if f"{id}.{part}" in lacks and not all(f"{id}.{other}" in lacks for other in PARTS)
        ]
        if not all(name in names for name in FINDINGS) or len(lacks) == len(needed) - len(FINDINGS) or halves:
            told = _("`{path}` is no table of results: it lacks {columns}").format(
                path=self.path, columns=listing(halves or [n for n in lacks if n in FINDINGS] or lacks, 6)
            )
            raise InputError(
                [Problem(told, help=_("make one with `dottedline evaluate COMPANIES -o results.parquet`"))]
            )

    def column_named(self, name: str) -> str:
        """A column that was kept.

        Raises:
            InputError: where there is none of that name.
        """
        if name not in self.kept:
            told = _("`{path}` has no column `{name}` beside its results").format(path=self.path, name=name)
            known = (
                _("it has {names}").format(names=listing(self.kept))
                if self.kept
                else _("it has none; `dottedline evaluate --keep` keeps some")
            )
            raise InputError([Problem(told, help=did_you_mean(name, self.kept, known))])
        return name

    def first_text(self, without: Collection[str]) -> str | None:
        """The first kept column that holds text and is not one of `without`."""
        for name in self.kept:
            type = self._schema.field(name).type
            type = type.value_type if pa.types.is_dictionary(type) else type
            if (pa.types.is_string(type) or pa.types.is_large_string(type)) and name not in without:
                return str(name)
        return None

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows in order, some at a time, with the columns asked for."""
        wanted = list(dict.fromkeys(columns))
        try:
            table = self._dataset(self._types(wanted))
            for batch in table.to_batches(
                columns=wanted,
                filter=ds.field(_REJECTED).is_null() if _REJECTED in self._schema.names else None,
                batch_size=_TOGETHER,
                batch_readahead=2,
            ):
                if batch.num_rows:
                    yield batch
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.path, error) from None

    def _dataset(self, schema: pa.Schema | None = None) -> ds.Dataset:
        form: str | ds.FileFormat = self._form
        if self._form in ("csv", "tsv"):
            delimiter = "," if self._form == "csv" else "\t"
            form = ds.CsvFileFormat(pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True))
        return ds.dataset(str(self.path), format=form, schema=schema)

    def _types(self, wanted: Sequence[str]) -> pa.Schema:
        """What columns hold. Where a file does not say, it is not guessed from the rows that come first."""
        if self._form in ("parquet", "ipc"):
            return self._schema
        types = dict.fromkeys(wanted, pa.string())
        if self._form == "json":
            lists = {"questions_decide": pa.list_(pa.int32())}
            lists |= dict.fromkeys((*FINDINGS, "questions"), pa.list_(pa.string()))
            kept = {name: self._schema.field(name).type for name in self.kept}
            kept = {name: type for name, type in kept.items() if not pa.types.is_null(type)}
            types |= {name: type for name, type in {**kept, **lists}.items() if name in types}
        return pa.schema(list(types.items()))


class Words:
    """Texts as numbers, in the order in which they are met.

    Args:
        known: texts that have the first numbers.
    """

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.words = list(known)
        self._numbers = {word: n for n, word in enumerate(known)}

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int:
        """The number of a text."""
        if word not in self._numbers:
            self._numbers[word] = len(self.words)
            self.words.append(word)
        return self._numbers[word]

    def read(self, array: pa.Array) -> Numbers:
        """The number of each text of an array; -1 where it has none."""
        if not pa.types.is_dictionary(array.type):
            array = array.cast(pa.string()).dictionary_encode()
        values = array.dictionary.to_pylist()
        numbers = [-1 if value in (None, "") else self.number(str(value)) for value in values]
        codes = np.asarray(array.indices.cast(pa.int64()).fill_null(len(values)))
        return np.array([*numbers, -1], np.int64).take(codes)


class Listed(NamedTuple):
    """Lists as pairs: the row, and the number of what it has."""

    rows: Numbers
    items: Numbers
    #: How many each row has.
    counts: Numbers


def read_list(array: pa.Array, words: Words | None) -> Listed:
    """An array of lists: of texts, numbered by `words`, or of numbers."""
    array = _as_lists(array)
    counts = np.asarray(pc.list_value_length(array).fill_null(0)).astype(np.int64)
    flat = array.flatten()
    items = words.read(flat) if words is not None else np.asarray(flat.cast(pa.int64()).fill_null(0))
    return Listed(np.repeat(np.arange(len(array)), counts), items, counts)


def tallied(codes: Numbers) -> dict[int, int]:
    """How often each number occurs; they are small, and -1 at the least."""
    counts = np.bincount(codes + 1)
    found = np.flatnonzero(counts)
    return dict(zip((found - 1).tolist(), counts[found].tolist(), strict=True))


def pairs(first: Numbers, second: Numbers) -> dict[tuple[int, int], int]:
    """How often each pair occurs whose second part is known."""
    known = second >= 0
    width = int(second.max(initial=0)) + 1
    coded = tallied((first[known] + 1) * width + second[known])
    return {(code // width - 1, code % width): count for code, count in coded.items()}


def _as_lists(array: pa.Array) -> pa.Array:
    """An array of texts, in which lists are written, as lists."""
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return array
    coded = array.dictionary_encode()
    lists: list[Any] = [
        [part for part in _BETWEEN.split(text) if part] for text in coded.dictionary.to_pylist()
    ]
    return pa.array([*lists, []], pa.list_(pa.string())).take(coded.indices.fill_null(len(lists)))


def _format_of(path: Path) -> str:
    """pyarrow's word for the format of a file, or of the files in a folder."""
    files = [path]
    if path.is_dir():
        # As pyarrow has it: other files are no part of the table.
        files = sorted(file for file in path.iterdir() if not file.name.startswith((".", "_")))
    forms = {_form_named(file.name.lower()) for file in files}
    form = forms.pop() if len(forms) == 1 else None
    if form is None:
        told = _("no format goes with the name `{name}`").format(name=path.name)
        endings = [ending for kind in _FORMATS for ending in ENDINGS[kind]]
        known = _("a table of results ends in {endings}").format(endings=listing(endings))
        if path.is_dir():
            told = _("`{folder}` is no folder of tables in one format").format(folder=path)
        raise InputError([Problem(told, help=known)])
    return form


def _form_named(name: str) -> str | None:
    packed = next((ending for ending in COMPRESSIONS if name.endswith(ending)), "")
    for kind, form in _FORMATS.items():
        if name.removesuffix(packed).endswith(ENDINGS[kind]):
            # What is in columns is compressed within: pyarrow does not unpack it.
            return None if packed and form in ("parquet", "ipc") else form
    return None


def _unreadable(path: Path, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError):
        reason = _("no such file or directory")
    elif isinstance(error, pa.ArrowException):
        reason = str(error).splitlines()[0]
    else:
        reason = reason_of(error)
    told = _("`{path}` cannot be read: {reason}").format(path=path, reason=reason)
    help = _("make it with `dottedline evaluate COMPANIES -o results.parquet`")
    return InputError([Problem(told, help=help)])
