"""The network of a rulebook in which one decision is another."""

from __future__ import annotations

from dataclasses import replace

from ...conditions import Condition, tests
from ...diagram import Node
from ...inference import Network, UnitInference, units_of
from ...rulebook import Decision, RulebookData


class AlteredNetwork(Network):
    """A network in which one decision is another; all that does not need it is that of the whole one.

    Its diagrams are made where those of the whole one are, over the same
    variables: two that say the same are the same node.

    Args:
        whole: the network of the rulebook; its bands tell apart what the other decision does.
        decision: the decision as it is to be.
    """

    def __init__(self, whole: Network, decision: Decision) -> None:
        self.whole = whole
        self.book = replace(whole.book, decisions={**whole.book.decisions, decision.id: decision})
        self.diagrams = whole.diagrams
        self.variables = whole.variables
        self.oversized = whole.oversized
        self.conditions = {}
        self.constraints = whole.constraints
        #: The decision, and those that need it, however far.
        self.affected = _needing(whole.book, decision.id)
        #: Its units and theirs: those that there are, and those of the whole network that are gone.
        self.affected_units = {
            unit.id: None
            for id in self.affected
            for book in (whole.book, self.book)
            for unit in units_of(book.decisions[id])
        }
        self.units = {id: unit for id, unit in whole.units.items() if id not in self.affected_units}
        for id in self.affected:
            for unit in units_of(self.book.decisions[id]):
                self.units[unit.id] = UnitInference(self, unit)

    def holds(self, condition: Condition) -> Node:
        if any(test.fact in self.affected for test in tests(condition)):
            return super().holds(condition)
        return self.whole.holds(condition)


def _needing(book: RulebookData, id: str) -> list[str]:
    """A decision, and those that need it, in the order of the book."""
    found = {id}
    for decision in book.decisions.values():
        if found.intersection(decision.needs):
            found.add(decision.id)
    return [each for each in book.decisions if each in found]
