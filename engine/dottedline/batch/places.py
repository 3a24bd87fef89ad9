"""Where functions sit today, held against their outcomes: what a table of results can tell of it."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from ..library import Rulebook
from ..rulebook import Decision
from ..vocabulary import Fact
from .results import Results, Words, pairs
from .spellings import Misspelled, Spellings
from .tallies import PlaceTally


class Places:
    """Counts where functions sit, for those of which the table kept the present place.

    What is advised is the outcome alone: a table of results does not say what
    the source allows beside it.
    """

    def __init__(self, book: Rulebook, table: Results) -> None:
        organisation = book.data.organisation
        family = organisation.place if organisation is not None else None
        self._functions: list[tuple[Decision, Fact]] = [
            (book.data.decisions[id], book.vocabulary.facts[f"{family}.{id}"])
            for id in table.decisions
            if f"{family}.{id}" in table.kept and f"{family}.{id}" in book.vocabulary.facts
        ]
        # Work that is given out, a role to be filled, a function that is not there: none is a place.
        self._no_places = (
            {organisation.contractor, organisation.open_role, organisation.absent} if organisation else set()
        )
        self._words = {fact.id: Words() for _decision, fact in self._functions}
        self._outcomes = {decision.id: Words() for decision, _fact in self._functions}
        self._met: dict[str, Counter[tuple[int, int]]] = {id: Counter() for id in self._words}
        self._spellings = Spellings(book) if self._functions else None

    @property
    def columns(self) -> list[str]:
        """The columns that it reads."""
        return [
            column
            for decision, fact in self._functions
            for column in (fact.id, f"{decision.id}.status", f"{decision.id}.outcome")
        ]

    def count(self, batch: pa.RecordBatch) -> None:
        """Counts the companies of a batch."""
        for decision, fact in self._functions:
            places = self._words[fact.id].read(batch.column(fact.id))
            outcomes = self._outcomes[decision.id].read(batch.column(f"{decision.id}.outcome"))
            self._met[fact.id].update(pairs(places, outcomes))

    def tallies(self) -> tuple[PlaceTally, ...]:
        """What was counted; the function that is most often elsewhere first."""
        found = [self._tally(decision, fact) for decision, fact in self._functions]
        return tuple(sorted(found, key=lambda tally: -tally.elsewhere))

    def _tally(self, decision: Decision, fact: Fact) -> PlaceTally:
        counts = Counter[str]()
        for (place, outcome), count in self._met[fact.id].items():
            if place >= 0:
                word = self._words[fact.id].words[place]
                counts[self._kind(decision, fact, word, self._outcomes[decision.id].words[outcome])] += count
        return PlaceTally(decision.id, counts["as_advised"], counts["named"], counts["not_named"])

    def _kind(self, decision: Decision, fact: Fact, word: str, outcome: str) -> str:
        assert self._spellings is not None
        try:
            place = self._spellings.value(fact, word)
        except Misspelled:
            return ""
        if place is None or place in self._no_places or outcome not in decision.outcomes:
            return ""
        if place in decision.outcomes[outcome].places:
            return "as_advised"
        named = {place for each in decision.outcomes.values() for place in each.places}
        return "named" if place in named else "not_named"
