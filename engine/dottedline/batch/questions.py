"""What is still worth asking of each company, in the order in which to ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..lazy import lazy
from ..library import Rulebook
from ..mattering import mattering
from .cache import Cache
from .tables import Companies, Table

#: Tables that are looked up for few companies each are better made fast than few.
_CELLS = 1 << 12


class Asked(NamedTuple):
    """The questions of many companies, those of each after one another."""

    #: How many questions each company has.
    counts: npt.NDArray[np.int16]
    #: The facts asked for, as positions in `Questions.facts`.
    facts: npt.NDArray[np.int16]
    #: How many decisions and findings each answer can still change.
    decides: npt.NDArray[np.uint8]


class Questions:
    """The questions of a rulebook, ready to be asked of many companies at once.

    Args:
        book: the rulebook.
        sizes: the number of tokens of every variable.
        cache: what was made before.
    """

    def __init__(self, book: Rulebook, sizes: Sequence[int], cache: Cache) -> None:
        network = book.network
        vocabulary = book.vocabulary
        sections = {id: n for n, id in enumerate(vocabulary.sections)}
        #: The facts that can be asked for, by variable.
        self.facts = list(network.variables)
        order = {id: n for n, id in enumerate(vocabulary.facts)}
        self._rank = np.array([order[id] for id in self.facts], np.int64)
        self._section = np.array([sections[vocabulary.facts[id].section] for id in self.facts], np.int64)
        #: The variables that are not derived from others.
        self._base = [n for n, id in enumerate(self.facts) if not vocabulary.facts[id].derived]
        self._book, self._sizes, self._cache = book, sizes, cache

    @lazy
    def _tables(self) -> list[tuple[int, npt.NDArray[np.bool_], Table]]:
        """For each unit and fact: whether it matters. Made when a company is met that does not know all."""
        found = self._cache.tables(self._make)
        return [
            (int(key.rpartition(".")[2]), np.array(table.leaves, bool), table) for key, table in found.items()
        ]

    def _make(self) -> dict[str, Table]:
        """For each unit and fact, by the names of both: the table of whether it matters."""
        units = self._book.network.units.items()
        return {
            f"{id}.{position}": Table(node, self._sizes, _CELLS)
            for id, unit in units
            # What is derived is asked for the sake of what it decides.
            if unit.unit.decision.kind != "fact"
            for position, node in mattering(unit).items()
        }

    def ask(self, companies: Companies) -> Asked:
        """The questions that can still change something."""
        decides = np.zeros((len(self.facts), companies.rows), np.uint8)
        if all(column is not None and column.all() for column in map(companies.tokens.__getitem__, self._base)):
            # Who knows all that others are derived from has nothing left to say.
            return Asked(np.zeros(companies.rows, np.int16), np.zeros(0, np.int16), np.zeros(0, np.uint8))
        for position, matters, table in self._tables:
            column = companies.tokens[position]
            unknown = None if column is None else column == 0
            if unknown is not None and not unknown.any():
                continue
            found = matters.take(companies.look_up(table))
            decides[position] += found if unknown is None else found & unknown
        return self._in_order(np.ascontiguousarray(decides.T))

    def _in_order(self, decides: npt.NDArray[np.uint8]) -> Asked:
        """Section by section, in each the most decisive first, else as the vocabulary has them."""
        asked = decides > 0
        counts = asked.sum(axis=1, dtype=np.int16)
        keys = (self._section << 40) - (decides.astype(np.int64) << 20) + self._rank
        # What is not asked goes to the end of its row.
        keys[~asked] = np.iinfo(np.int64).max
        order = np.argsort(keys, axis=1, kind="stable")[:, : int(counts.max(initial=0))]
        first = np.arange(order.shape[1]) < counts[:, None]
        facts = order[first]
        rows = np.repeat(np.arange(len(counts)), counts)
        return Asked(counts, facts.astype(np.int16), decides[rows, facts])
