"""Two rulebooks over the same variables, so that what they advise can be compared by diagram.

A company is described by the facts of either vocabulary. Each book reads what
its own vocabulary can hold; the rest is unknown to it: a fact that only the
other has, a value that it does not have, a number out of its range.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ..conditions import Bounds, FactValue, Test
from ..diagram import LEAF, Diagrams, Node, variables_of
from ..frozen import FrozenDict
from ..inference import BROKEN, Network, tests_of
from ..problems import RulebookError
from ..rulebook import RulebookData
from ..variables import values_of
from ..vocabulary import Fact

Side = Literal["old", "new"]

SIDES: tuple[Side, ...] = ("old", "new")


class JointVariable(NamedTuple):
    """A fact of two books; token 0 is unknown, token n stands for the n-th group of values."""

    position: int
    #: The fact with the values of both books; texts are those of the new one, if it has it.
    fact: Fact
    #: Which books have it.
    sides: tuple[Side, ...]
    #: For each token from 1 on, values that have it: all of a yes/no fact or a choice, else some of each kind.
    values: tuple[tuple[FactValue, ...], ...]
    #: For each book: what each token is to it, 0 where it cannot hold it.
    tokens: Mapping[Side, tuple[int, ...]]
    #: Every test that either book makes of it, and those for what only one of them can hold.
    tests: tuple[Test, ...]

    @property
    def size(self) -> int:
        return len(self.values) + 1


class Joint:
    """Two rulebooks made ready for inference over variables that tell apart what either does.

    Raises:
        RulebookError: where a book would reach a limit of the engine.
    """

    def __init__(self, old: RulebookData, new: RulebookData) -> None:
        books: dict[Side, RulebookData] = {"old": old, "new": new}
        asked = _asked(old, new)
        self.diagrams = Diagrams()
        self.networks = {
            side: Network(book, {id: tests for (id, sides), tests in asked.items() if side in sides})
            for side, book in books.items()
        }
        # Each book alone was sound; what both name together can be too much.
        oversized = [problem for network in self.networks.values() for problem in network.oversized.values()]
        if oversized:
            raise RulebookError(oversized)
        self.variables = [
            self._variable(n, id, sides, tuple(tests)) for n, ((id, sides), tests) in enumerate(asked.items())
        ]
        #: For each book: the joint variable of each of its own, by position.
        self._own = {
            side: [variable for variable in self.variables if side in variable.sides] for side in self.networks
        }

    def carried(self, side: Side, diagram: Node) -> Node:
        """A diagram of one book over the joint variables."""
        own, memo = self._own[side], dict[int, Node]()

        def walk(node: Node) -> Node:
            found = memo.get(id(node))
            if found is None:
                if node.variable == LEAF:
                    found = self.diagrams.leaf(node.value)
                else:
                    variable = own[node.variable]
                    children = [walk(child) for child in node.children]
                    tokens = variable.tokens[side]
                    found = self.diagrams.node(variable.position, [children[token] for token in tokens])
                memo[id(node)] = found
            return found

        return walk(diagram)

    def possible(self, diagram: Node) -> Node:
        """The diagram with BROKEN for companies that one of the books refuses for its constraints.

        What the diagram does not ask for can always be unknown, which breaks no constraint.
        """
        asked = variables_of(diagram)
        for side, network in self.networks.items():
            for constraint in network.book.vocabulary.constraints:
                if constraint.level == "error":
                    broken = self._within(asked, self.carried(side, network.holds(constraint.when)))
                    diagram = self.diagrams.combine(_breaking, diagram, broken)
        for twice in self._twice():
            if asked.issuperset(twice):
                diagram = self.diagrams.combine(_breaking, diagram, self._both_known(*twice))
        return diagram

    def _twice(self) -> Iterator[tuple[int, int]]:
        """The two variables of each fact that is of another type in the other book."""
        for one, other in itertools.pairwise(self.variables):
            if one.fact.id == other.fact.id:
                yield one.position, other.position

    def _both_known(self, one: int, other: int) -> Node:
        """Whether both of two variables are known: no company says two things of one fact."""
        no, yes = self.diagrams.leaf(False), self.diagrams.leaf(True)
        inner = self.diagrams.node(other, [no, *[yes] * (self.variables[other].size - 1)])
        return self.diagrams.node(one, [no, *[inner] * (self.variables[one].size - 1)])

    def _within(self, asked: Collection[int], diagram: Node) -> Node:
        """A diagram where only these variables are known."""
        if diagram.variable == LEAF:
            return diagram
        if diagram.variable not in asked:
            return self._within(asked, diagram.children[0])
        children = [self._within(asked, child) for child in diagram.children]
        return self.diagrams.node(diagram.variable, children)

    def tokens(self, facts: Mapping[str, FactValue]) -> list[int]:
        """The joint tokens of a company's facts."""
        found = []
        for variable in self.variables:
            value = facts.get(variable.fact.id)
            key = [
                0 if value is None else self._token(side, variable.fact.id, value) for side in variable.sides
            ]
            groups = zip(*(variable.tokens[side] for side in variable.sides), strict=True)
            found.append(next(n for n, group in enumerate(groups) if list(group) == key))
        return found

    def _token(self, side: Side, id: str, value: FactValue) -> int:
        """What a value is to a book: 0 where its vocabulary cannot hold it."""
        network = self.networks[side]
        holds = holdable(network.book.vocabulary.facts[id], value)
        return network.variables[id].token(value) if holds else 0

    def _variable(
        self, position: int, id: str, sides: tuple[Side, ...], tests: tuple[Test, ...]
    ) -> JointVariable:
        facts = {side: self.networks[side].book.vocabulary.facts[id] for side in sides}
        merged = _merged(facts)
        groups: dict[tuple[int, ...], list[FactValue]] = {}
        tests = (*tests, *_limits(facts))
        for value, _fillable in values_of(merged, tests):
            key = tuple(self._token(side, id, value) for side in sides)
            groups.setdefault(key, []).append(value)
        tokens = {side: (0, *(key[n] for key in groups)) for n, side in enumerate(sides)}
        return JointVariable(
            position, merged, sides, tuple(map(tuple, groups.values())), FrozenDict(tokens), tests
        )


def _breaking(value: Any, broken: Any) -> Any:
    return BROKEN if broken else value


def _asked(old: RulebookData, new: RulebookData) -> dict[tuple[str, tuple[Side, ...]], dict[Test, None]]:
    """The facts that either book's conditions name, by the books that have them, with the tests of both.

    In the order of the new book; what only the old one asks comes after what it follows there.
    """
    of_old, of_new = tests_of(old), tests_of(new)
    derived = {
        id
        for book in (old, new)
        for id in book.decisions
        if (fact := book.vocabulary.facts.get(id)) is not None and fact.derived
    }
    order = list(of_new)
    previous = -1
    for id in of_old:
        if id not in of_new:
            order.insert(previous + 1, id)
        previous = order.index(id)
    order.sort(key=lambda id: id not in derived)
    found: dict[tuple[str, tuple[Side, ...]], dict[Test, None]] = {}
    for id in order:
        tests = {**of_old.get(id, {}), **of_new.get(id, {})}
        here, there = old.vocabulary.facts.get(id), new.vocabulary.facts.get(id)
        if here is not None and there is not None and _same_kind(here, there):
            found[id, ("old", "new")] = tests
            continue
        # Not the same fact, though it is called the same.
        if here is not None and id in of_old:
            found[id, ("old",)] = of_old[id]
        if there is not None and id in of_new:
            found[id, ("new",)] = of_new[id]
    return found


def _same_kind(a: Fact, b: Fact) -> bool:
    return (a.type, a.integer) == (b.type, b.integer)


def _merged(facts: Mapping[Side, Fact]) -> Fact:
    """A fact with the values that any of the books has."""
    *_older, last = facts.values()
    values = {id: choice for fact in facts.values() for id, choice in fact.values.items()}
    lows = [fact.minimum for fact in facts.values()]
    highs = [fact.maximum for fact in facts.values()]
    return last._replace(
        values=FrozenDict(values),
        minimum=None if None in lows else min(lows),  # type: ignore[type-var]
        maximum=None if None in highs else max(highs),  # type: ignore[type-var]
    )


def _limits(facts: Mapping[Side, Fact]) -> Iterable[Test]:
    """Tests for what each book can hold, where they differ."""
    one, other = (*facts.values(), *facts.values())[:2]
    for fact in facts.values():
        if fact.type == "number" and (one.minimum, one.maximum) != (other.minimum, other.maximum):
            yield Test(fact.id, "within", bounds=Bounds(at_least=fact.minimum, at_most=fact.maximum))
        if fact.type == "set":
            others = other if fact is one else one
            if foreign := frozenset(others.values.keys() - fact.values.keys()):
                yield Test(fact.id, "includes", foreign)


def holdable(fact: Fact, value: FactValue) -> bool:
    """Whether a fact can have a value, as its vocabulary has it."""
    if fact.type == "choice":
        return value in fact.values
    if fact.type == "set":
        return isinstance(value, frozenset) and value <= fact.values.keys()
    if fact.type == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        low = -math.inf if fact.minimum is None else fact.minimum
        return low <= value <= (math.inf if fact.maximum is None else fact.maximum)
    return fact.type == "yes_no" and isinstance(value, bool)
