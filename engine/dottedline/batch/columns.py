"""Columns of a table as tokens: every different value is read once, however many companies have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..conditions import FactValue
from ..language import _
from ..lazy import lazy
from ..variables import Variable
from ..vocabulary import Fact
from .spellings import Misspelled, Spellings
from .tables import Tokens

#: A set of up to so many choices is held as the bits of a number.
_BITS = 63

#: The tokens of all sets of so many choices are kept in a table.
_FEW = 16


class Reject(NamedTuple):
    """A value that could not be read, or facts that contradict each other."""

    #: The row in its batch, from 0.
    row: int
    column: str
    value: str
    reason: str


class Read(NamedTuple):
    """A column as read."""

    #: The token of each company; None where no rule asks for the fact, or no company has it.
    tokens: Tokens | None
    rejects: tuple[Reject, ...]
    #: For a derived fact: the outcome that is given outright, by its position, -1 where none is.
    given: npt.NDArray[np.int16] | None = None


class _Met(NamedTuple):
    """What a value means: its token, and for a derived fact the position of the outcome that it gives."""

    token: int
    given: int = -1


class Column:
    """Reads the values of one fact, and remembers what they mean.

    Args:
        fact: whose values it holds.
        name: what it is called in the table.
        variable: the fact as a variable; None where no rule asks for it.
        spellings: what values mean.
    """

    def __init__(self, fact: Fact, name: str, variable: Variable | None, spellings: Spellings) -> None:
        self.fact = fact
        self.name = name
        self._variable = variable
        self._spellings = spellings
        #: For each value met: what it means, or what is wrong with it.
        self._met: dict[object, _Met | str] = {}
        #: The tokens of sets by their bits, -1 for those not met.
        self._known_sets: npt.NDArray[np.int16] | None = None

    def read(self, array: pa.Array) -> Read:
        """The tokens of an array of values, with the values that could not be read."""
        if pa.types.is_null(array.type):
            return Read(None, ())
        if self.fact.type == "set" and _is_list(array.type) and len(self.fact.values) <= _BITS:
            return self._read_lists(array)
        codes, values = _yes_and_no(array) if pa.types.is_boolean(array.type) else _distinct(array)
        meant = [self._meaning(value) for value in values] or [_Met(0)]
        wrong = {n: met for n, met in enumerate(meant) if isinstance(met, str)}
        known = [_Met(0) if isinstance(met, str) else met for met in meant]
        return Read(
            np.array([met.token for met in known], np.uint8).take(codes) if self._variable else None,
            tuple(self._rejects(codes, values, wrong)) if wrong else (),
            np.array([met.given for met in known], np.int16).take(codes) if self.fact.derived else None,
        )

    def _meaning(self, value: object) -> _Met | str:
        """What a value means, or what is wrong with it."""
        key = (type(value), repr(value)) if isinstance(value, (list, dict)) else (type(value), value)
        found = self._met.get(key)
        if found is None:
            try:
                meant = self._spellings.value(self.fact, value)
                found = _Met(self._token(meant), self._outcome(meant))  # type: ignore[arg-type]
            except Misspelled as error:
                found = str(error)
            self._met[key] = found
        return found

    def _token(self, value: FactValue | None) -> int:
        return self._variable.token(value) if self._variable is not None else 0

    def _outcome(self, value: FactValue | None) -> int:
        """Which outcome of the decision that derives the fact a value is: yes comes before no."""
        if not self.fact.derived or value is None:
            return -1
        return int(value is False) if isinstance(value, bool) else list(self.fact.values).index(str(value))

    def _rejects(
        self, codes: npt.NDArray[Any], values: Sequence[object], wrong: Mapping[int, str]
    ) -> Iterator[Reject]:
        for row in np.flatnonzero(np.isin(codes, list(wrong))).tolist():
            code = int(codes[row])
            yield Reject(row, self.name, _shown(values[code]), wrong[code])

    def _read_lists(self, array: pa.Array) -> Read:
        """A column of lists: elements are read once, and each list becomes the bits of a number."""
        codes, values = _distinct(array.flatten())
        bits, wrong = self._bits(values)
        rejects: list[Reject] = []
        lengths = np.asarray(pc.list_value_length(array).fill_null(0))
        if wrong and np.isin(codes, list(wrong)).any():
            rows = np.repeat(np.arange(len(array)), lengths)
            for n in np.flatnonzero(np.isin(codes, list(wrong))).tolist():
                code = int(codes[n])
                rejects.append(Reject(int(rows[n]), self.name, _shown(values[code]), wrong[code]))
        if self._variable is None:
            return Read(None, tuple(rejects))
        masks = np.zeros(len(array), np.int64)
        filled = lengths > 0
        starts = np.cumsum(lengths) - lengths
        if len(codes):
            masks[filled] = np.bitwise_or.reduceat(bits.take(codes), starts[filled])
        tokens = self._set_tokens(masks)
        if array.null_count:
            tokens[np.asarray(pc.is_null(array))] = 0
        return Read(tokens, tuple(rejects))

    def _bits(self, values: Sequence[object]) -> tuple[npt.NDArray[np.int64], dict[int, str]]:
        """For each element its bit, and what is wrong with those that are none."""
        order = {id: n for n, id in enumerate(self.fact.values)}
        bits = np.zeros(max(len(values), 1), np.int64)
        wrong: dict[int, str] = {}
        for n, value in enumerate(values):
            try:
                if value is None:
                    raise Misspelled(_("a list cannot hold what is not known"))
                bits[n] = 1 << order[self._spellings.choice(self.fact, value)]
            except Misspelled as error:
                wrong[n] = str(error)
        return bits, wrong

    def _set_tokens(self, masks: npt.NDArray[np.int64]) -> Tokens:
        """The tokens of sets; each different one is looked at once."""
        if len(self.fact.values) > _FEW:
            found, inverse = np.unique(masks, return_inverse=True)
            return np.array([self._set_token(mask) for mask in found.tolist()], np.uint8).take(inverse)
        masks = masks & self._told_apart
        if self._known_sets is None:
            self._known_sets = np.full(1 << len(self.fact.values), -1, np.int16)
        tokens = self._known_sets.take(masks)
        if (tokens < 0).any():
            for mask in np.unique(masks[tokens < 0]).tolist():
                self._known_sets[mask] = self._set_token(mask)
            tokens = self._known_sets.take(masks)
        return tokens.astype(np.uint8)

    @lazy
    def _told_apart(self) -> np.int64:
        """The bits of the choices that conditions name: what else is in a set makes no difference."""
        named = self._variable.named if self._variable is not None else frozenset[str]()
        return np.int64(sum(1 << n for n, id in enumerate(self.fact.values) if id in named))

    def _set_token(self, mask: int) -> int:
        return self._token(frozenset(id for n, id in enumerate(self.fact.values) if mask >> n & 1))


def _yes_and_no(array: pa.Array) -> tuple[npt.NDArray[Any], list[object]]:
    """The same as `_distinct` for yes and no, as they lie in memory: a bit for each."""
    codes = _bits_of(array.buffers()[1], array)
    if array.null_count:
        codes[_bits_of(array.buffers()[0], array) == 0] = 2
    return codes, [False, True, None]


def _bits_of(buffer: pa.Buffer, array: pa.Array) -> npt.NDArray[np.uint8]:
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little", count=array.offset + len(array))
    return bits[array.offset :]


def _distinct(array: pa.Array) -> tuple[npt.NDArray[Any], list[object]]:
    """The different values of an array, and for each row the position of its own."""
    if not (pa.types.is_dictionary(array.type) or _is_list(array.type) or pa.types.is_struct(array.type)):
        array = array.dictionary_encode(null_encoding="encode")
    if not pa.types.is_dictionary(array.type):
        values = array.to_pylist()
        numbers: dict[str, int] = {}
        codes = np.array([numbers.setdefault(repr(value), len(numbers)) for value in values], np.int64)
        first = dict(zip(codes.tolist()[::-1], values[::-1], strict=True))
        return codes, [first[n] for n in range(len(numbers))]
    values = array.dictionary.to_pylist()
    indices = array.indices
    if indices.null_count:
        # What is missing gets a place of its own, after all values.
        indices = indices.cast(pa.int32()).fill_null(len(values))
        values = [*values, None]
    return np.asarray(indices), values


def _is_list(type: pa.DataType) -> bool:
    return bool(pa.types.is_list(type) or pa.types.is_large_list(type) or pa.types.is_fixed_size_list(type))


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:199]}\u2026"
