"""Batches of rows as companies: the tokens of those that can be read, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..language import _
from ..library import Rulebook
from ..profile import profile_from
from ..words import uncapital
from .columns import Column, Reject
from .spellings import Misspelled, Spellings
from .tables import Companies, Table, Tokens


class ReadRows(NamedTuple):
    """The companies of a batch."""

    companies: Companies
    #: The rows, from 0, that they are.
    rows: npt.NDArray[np.int64]
    #: For each derived fact with a column: the outcome that each company gives outright, -1 for none.
    given: Mapping[str, npt.NDArray[np.int16]]
    rejects: tuple[Reject, ...]


class Reader:
    """Reads tables of companies for a rulebook.

    Args:
        book: the rulebook.
        columns: for each column of the table that holds a fact, the fact's id.
        spellings: what values mean; those of the rulebook where it is None.
    """

    def __init__(self, book: Rulebook, columns: Mapping[str, str], spellings: Spellings | None = None) -> None:
        self.book = book
        self._network = book.network
        #: The number of tokens of every variable.
        self.sizes = [len(variable.bands) + 1 for variable in self._network.variables.values()]
        self._spellings = spellings or Spellings(book)
        facts = book.vocabulary.facts
        self._columns = {
            name: Column(facts[id], name, self._network.variables.get(id), self._spellings)
            for name, id in columns.items()
            if facts[id].type not in ("records", "note")
        }
        #: Lists of records answer other facts: the rows that have one are read one by one.
        self._records = {name: facts[id] for name, id in columns.items() if facts[id].type == "records"}
        self._constraints = [
            (constraint, Table(self._network.holds(constraint.when), self.sizes))
            for constraint in book.vocabulary.constraints
            if constraint.level == "error"
        ]

    def read(self, batch: pa.RecordBatch) -> ReadRows:
        """The companies of a batch."""
        tokens: list[Tokens | None] = [None] * len(self.sizes)
        given: dict[str, npt.NDArray[np.int16]] = {}
        rejects: list[Reject] = []
        for name, column in self._columns.items():
            read = column.read(batch.column(name))
            rejects += read.rejects
            if read.given is not None:
                given[column.fact.id] = read.given
            variable = self._network.variables.get(column.fact.id)
            if variable is not None:
                tokens[variable.position] = read.tokens
        rejects += self._read_records(batch, tokens)
        rejected = {reject.row for reject in rejects}
        companies = Companies(tokens, batch.num_rows)
        for constraint, table in self._constraints:
            broken = companies.look_up(table)
            where = [n for n, holds in enumerate(table.leaves) if holds]
            for row in np.flatnonzero(np.isin(broken, where)).tolist() if where else ():
                if row not in rejected:
                    told = _("the facts contradict each other: {what}").format(what=uncapital(constraint.says))
                    rejects.append(Reject(row, "", "", told))
        rejected = {reject.row for reject in rejects}
        rows = np.arange(batch.num_rows)
        if rejected:
            rows = np.setdiff1d(rows, list(rejected))
            kept = [tokens_of.take(rows) if tokens_of is not None else None for tokens_of in tokens]
            companies = Companies(kept, len(rows))
            given = {id: outcomes.take(rows) for id, outcomes in given.items()}
        return ReadRows(companies, rows, given, tuple(sorted(rejects)))

    def _read_records(self, batch: pa.RecordBatch, tokens: list[Tokens | None]) -> Iterable[Reject]:
        """Puts in what lists of records answer; such rows are read as a profile is."""
        for name, fact in self._records.items():
            answered = [
                f
                for f in self.book.vocabulary.facts.values()
                if f.answered_by and f.answered_by.records == fact.id
            ]
            for row, given in enumerate(batch.column(name).to_pylist()):
                try:
                    records = self._spellings.value(fact, given)
                except Misspelled as error:
                    yield Reject(row, name, str(given), str(error))
                    continue
                if records is None:
                    continue
                said = profile_from({fact.id: list(map(dict, records))}, self.book.vocabulary).facts  # type: ignore[arg-type]
                for other in answered:
                    variable = self._network.variables.get(other.id)
                    if variable is None or other.id not in said:
                        continue
                    column = tokens[variable.position]
                    if column is None:
                        column = np.zeros(batch.num_rows, np.uint8)
                    elif not column.flags.writeable:
                        column = column.copy()
                    tokens[variable.position] = column
                    if not column[row]:
                        column[row] = variable.token(said[other.id])
