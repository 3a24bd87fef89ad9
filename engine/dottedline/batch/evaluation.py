"""Batches of companies through the tables of a rulebook, to columns of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..inference import BROKEN, Given, UnitInference
from ..language import _
from ..lazy import lazy
from ..library import Rulebook
from ..problems import listing
from ..resolution import finding
from .cache import Cache
from .columns import Reject
from .questions import Questions
from .reader import Reader
from .spellings import Spellings
from .tables import Companies, Table

#: The parts of a decision's result, each a column.
PARTS = ("status", "outcome", "modality", "rules")

_TEXT = pa.dictionary(pa.int16(), pa.string())
_SMALL = pa.dictionary(pa.int8(), pa.string())


class Evaluated(NamedTuple):
    """The results of the companies that could be read, and what was wrong with the others."""

    results: pa.RecordBatch
    #: The rows, from 0, that have a result.
    rows: npt.NDArray[np.int64]
    rejects: tuple[Reject, ...]


class Evaluator:
    """Evaluates tables of companies; what `Rulebook.consult` says of each, in columns.

    Args:
        book: the rulebook.
        columns: for each column of the table that holds a fact, the fact's id.
        spellings: what values mean; those of the rulebook where it is None.
        cache: what was found out before; the user's cache directory where it is None.
    """

    def __init__(
        self,
        book: Rulebook,
        columns: Mapping[str, str],
        spellings: Spellings | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.book = book
        self._cache = cache or Cache(book)
        self._network = book.network
        self._sizes = [len(variable.bands) + 1 for variable in self._network.variables.values()]
        self._reader = Reader(book, columns, spellings)
        self._decisions = [
            _Decision(unit, self._sizes) for unit in self._network.units.values() if not unit.unit.is_finding
        ]
        self._findings = [
            _Finding(unit, self._sizes) for unit in self._network.units.values() if unit.unit.is_finding
        ]
        self.schema = self._schema()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes it slower than it could be, for the user."""
        ids = list(self._network.variables)
        units: list[_Decision | _Finding] = [*self._decisions, *self._findings]
        told = _(
            "`{name}` is too large for a table, and is worked out for each different company; "
            "it rests on {number} facts: {facts}"
        )
        return tuple(
            told.format(
                name=unit.id,
                number=len(unit.table.variables),
                facts=listing([ids[position] for position in unit.table.variables], len(ids)),
            )
            for unit in units
            if unit.table.walked
        )

    @lazy
    def _questions(self) -> Questions:
        return Questions(self.book, self._sizes, self._cache)

    def keep(self) -> None:
        """Keeps what was found out, for the next run."""
        self._cache.keep()

    def _schema(self) -> pa.Schema:
        fields = [
            pa.field(f"{decision.id}.{part}", _SMALL if part in ("status", "modality") else _TEXT)
            for decision in self._decisions
            for part in PARTS
        ]
        fields += [
            pa.field("findings", pa.list_(_TEXT)),
            pa.field("findings_missing", pa.list_(_TEXT)),
            pa.field("questions", pa.list_(_TEXT)),
            pa.field("questions_decide", pa.list_(pa.uint8())),
            pa.field("open_questions", pa.int16()),
        ]
        name = {"rulebook": self.book.id, "version": self.book.version, "sha256": self.book.sha256}
        return pa.schema(fields, {f"dottedline.{key}": value for key, value in name.items()})

    def evaluate(self, batch: pa.RecordBatch) -> Evaluated:
        """The results of a batch."""
        read = self._reader.read(batch)
        results = pa.RecordBatch.from_arrays(self._results(read.companies, read.given), schema=self.schema)
        return Evaluated(results, read.rows, read.rejects)

    def _results(self, companies: Companies, given: Mapping[str, npt.NDArray[np.int16]]) -> list[pa.Array]:
        arrays: list[pa.Array] = []
        for decision in self._decisions:
            arrays += decision.columns(companies, given.get(decision.id))
        states = np.zeros((companies.rows, len(self._findings)), np.uint8)
        for n, column in enumerate(self._findings):
            states[:, n] = column.states(companies)
        names = pa.array([finding.id for finding in self._findings], pa.string())
        asked = self._questions.ask(companies)
        facts = pa.DictionaryArray.from_arrays(
            _array(asked.facts, pa.int16()), pa.array(list(self._network.variables), pa.string())
        )
        return [
            *arrays,
            _listed(states > 0, names),
            _listed(states == 2, names),
            _lists(asked.counts, facts),
            _lists(asked.counts, _array(asked.decides, pa.uint8())),
            _array(asked.counts, pa.int16()),
        ]


class _Decision:
    """A decision's table, with its result at each leaf."""

    def __init__(self, unit: UnitInference, sizes: Sequence[int]) -> None:
        self.id = unit.unit.id
        self.table = Table(unit.whole, sizes)
        self._fired = Fired(unit, self.table)
        results = [_result(unit, leaf) for leaf in self.table.leaves]
        #: For each part: the code of each leaf's word, -1 for none, the words, and the type of the column.
        self._parts: dict[str, tuple[npt.NDArray[np.int16], pa.Array, pa.DictionaryType]] = {}
        for n, part in enumerate(PARTS):
            words = list(dict.fromkeys(word for result in results if (word := result[n]) is not None))
            if part == "outcome":
                words = list(unit.unit.decision.outcomes)
            codes = [words.index(word) if (word := result[n]) is not None else -1 for result in results]
            type = _SMALL if part in ("status", "modality") else _TEXT
            self._parts[part] = (np.array(codes, np.int16), pa.array(words, pa.string()), type)

    def columns(self, companies: Companies, given: npt.NDArray[np.int16] | None) -> list[pa.Array]:
        """The result of each company: status, outcome, modality, rules.

        Args:
            companies: who is looked up.
            given: for a derived fact, the outcome that each company gives outright, -1 for none.
        """
        leaves = companies.look_up(self.table)
        self._fired.attest(leaves)
        arrays = []
        for part, (codes, words, type) in self._parts.items():
            found = codes.take(leaves)
            if part == "outcome" and given is not None:
                # A token may stand for several values; what is given is told as it is.
                found = np.where(given >= 0, given, found)
            arrays.append(_coded(found, words, type))
        return arrays


class _Finding:
    """A finding's table, with its state at each leaf: 0 not shown, 1 to check, 2 missing."""

    def __init__(self, unit: UnitInference, sizes: Sequence[int]) -> None:
        self.id = unit.unit.id
        self.table = Table(unit.known, sizes)
        self._fired = Fired(unit, self.table)
        states = [_state(unit, leaf) for leaf in self.table.leaves]
        self._states = np.array(states, np.uint8)

    def states(self, companies: Companies) -> npt.NDArray[np.uint8]:
        """How it shows for each company."""
        leaves = companies.look_up(self.table)
        self._fired.attest(leaves)
        return self._states.take(leaves)


class Fired:
    """Which leaves of a unit durable_rules has fired."""

    def __init__(self, unit: UnitInference, table: Table) -> None:
        self._unit = unit
        self._leaves = table.leaves
        self._fired = np.zeros(len(table.leaves), np.bool_)

    def attest(self, found: npt.NDArray[Any]) -> None:
        """Has durable_rules fire what was found, once for each leaf."""
        known = self._fired.take(found)
        if known.all():
            return
        for n in np.unique(found[~known]).tolist():
            self._unit.attest(self._leaves[n])
            self._fired[n] = True


def _state(unit: UnitInference, bits: object) -> int:
    if bits is BROKEN:
        return 0
    shown = finding(unit.unit, bits)  # type: ignore[arg-type]
    return 0 if shown is None else 2 if shown.state == "missing" else 1


def _result(unit: UnitInference, leaf: Any) -> tuple[str | None, str | None, str | None, str | None]:
    """A leaf as status, outcome, modality and rules."""
    if leaf is BROKEN:
        return None, None, None, None
    if isinstance(leaf, Given):
        return "settled", leaf.outcome, None, None
    verdict = unit.verdict_of(leaf)
    rules = " ".join(rule.id for rule in verdict.rules)
    return verdict.status, verdict.outcome, verdict.modality, rules or None


def _coded(codes: npt.NDArray[np.int16], words: pa.Array, type: pa.DictionaryType) -> pa.Array:
    """Words by their codes; -1 is none."""
    missing = codes < 0
    valid = np.packbits(~missing, bitorder="little") if missing.any() else None
    narrow = codes.astype(np.int8 if type.index_type == pa.int8() else np.int16, copy=False)
    return pa.DictionaryArray.from_arrays(_array(narrow, type.index_type, valid), words, safe=False)


def _array(values: npt.NDArray[Any], type: pa.DataType, valid: npt.NDArray[np.uint8] | None = None) -> pa.Array:
    """Numbers as they lie in memory; `valid` has a bit for each."""
    validity = None if valid is None else pa.py_buffer(valid)
    return pa.Array.from_buffers(type, len(values), [validity, pa.py_buffer(np.ascontiguousarray(values))])


def _listed(chosen: npt.NDArray[np.bool_], names: pa.Array) -> pa.Array:
    """For each row, the names chosen in it."""
    rows, columns = chosen.shape
    which = np.tile(np.arange(columns, dtype=np.int16), rows).compress(chosen.reshape(-1))
    codes = _array(which, pa.int16())
    return _lists(chosen.sum(axis=1, dtype=np.int32), pa.DictionaryArray.from_arrays(codes, names, safe=False))


def _lists(counts: npt.NDArray[Any], values: pa.Array) -> pa.Array:
    """Lists of so many values each."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(_array(offsets, pa.int32()), values)
