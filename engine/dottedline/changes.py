"""What would change an answer, and which unknown facts still matter to it: both exact.

Both are read off a unit's decision diagrams: the smallest changes as shortest
paths (a step that leaves a fact as it is costs nothing), and the facts that
matter as those on which the remaining diagram branches.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from .conditions import FactValue
from .diagram import LEAF, Diagrams, Node, evaluate, inner_nodes, variables_of
from .inference import BROKEN, Network, UnitInference
from .verdicts import Status

#: Analyses remembered for each unit; beyond that the oldest are forgotten.
_REMEMBERED = 4096


class Change(NamedTuple):
    """Facts that, taken together, give a decision another result.

    Its kind tells who could bring it about: `not_said` where all its facts
    are unknown today, `choice` where the company can choose those that are
    known, `circumstance` where one that is known is not the company's to choose.
    """

    #: Each fact with the value that it would have, in the order of the rulebook.
    facts: tuple[tuple[str, FactValue], ...]
    status: Status
    outcome: str | None
    #: The outcomes that the source would then allow, sorted.
    options: tuple[str, ...]
    kind: Literal["not_said", "choice", "circumstance"]


class Analysis:
    """The changes and open facts of one unit, remembered by the tokens that it rests on."""

    def __init__(self, unit: UnitInference) -> None:
        self.unit = unit
        self._positions = unit.positions
        self._width = len(unit.network.variables)
        self._matters = lru_cache(_REMEMBERED)(lambda own: matters(unit, self._spread(own)))
        self._would_change = lru_cache(_REMEMBERED)(lambda own: would_change(unit, self._spread(own)))

    def matters(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """See the function of that name."""
        return self._matters(tuple(tokens[position] for position in self._positions))

    def would_change(self, tokens: Sequence[int]) -> tuple[Change, ...]:
        """See the function of that name."""
        return self._would_change(tuple(tokens[position] for position in self._positions))

    def _spread(self, own: tuple[int, ...]) -> list[int]:
        tokens = [0] * self._width
        for position, token in zip(self._positions, own, strict=True):
            tokens[position] = token
        return tokens


def would_change(unit: UnitInference, tokens: Sequence[int]) -> tuple[Change, ...]:
    """For every other result that can be reached: the fewest facts that reach it, all ties.

    Fewest facts first; among as many, those first that are not known yet.
    """
    network = unit.network
    here = evaluate(unit.answers, tokens)[1]
    paths = _Paths(unit, tokens)
    by_result: dict[Hashable, list[Hashable]] = {}
    for answer in paths.costs(unit.answers):
        result = answer[1]  # type: ignore[index]
        if result is not None and result != here:
            by_result.setdefault(result, []).append(answer)
    changes: list[Change] = []
    for answers in by_result.values():
        least = min(paths.costs(unit.answers)[answer] for answer in answers)
        for answer in answers:
            if paths.costs(unit.answers)[answer] == least:
                changes += [
                    _change(network, steps, answer, tokens) for steps in paths.shortest(unit.answers, answer)
                ]
    positions = {id: variable.position for id, variable in network.variables.items()}

    def order(change: Change) -> tuple[int, int, list[int]]:
        changed = [positions[id] for id, _ in change.facts]
        return len(changed), sum(tokens[position] != 0 for position in changed), changed

    return tuple(sorted(changes, key=order))


def _change(network: Network, steps: Sequence[tuple[int, int]], answer: Any, tokens: Sequence[int]) -> Change:
    """Steps as facts, and the answer they lead to; one value stands for all that no condition tells apart."""
    status, (_, outcome, options) = answer
    variables = list(network.variables.values())
    facts = tuple((variables[p].fact.id, variables[p].bands[token - 1].example) for p, token in steps)
    known = [variables[p].fact for p, _token in steps if tokens[p]]
    kind: Literal["not_said", "choice", "circumstance"] = "not_said"
    if known:
        kind = "choice" if all(fact.lever for fact in known) else "circumstance"
    return Change(facts, status, outcome, tuple(sorted(options)), kind)


class _Paths:
    """Shortest paths through a diagram: to keep a company's token costs nothing, to change it one."""

    def __init__(self, unit: UnitInference, tokens: Sequence[int]) -> None:
        self._tokens = tokens
        # Any fact may change, also one that only a constraint ties to the unit's own.
        self._fills = [variable.fills for variable in unit.network.variables.values()]
        #: For each node: how many changes each leaf below it takes.
        self._costs: dict[Node, dict[Hashable, int]] = {}

    def costs(self, node: Node) -> dict[Hashable, int]:
        """How many changes each leaf below a node takes."""
        memo, tokens, fills = self._costs, self._tokens, self._fills

        def walk(node: Node) -> dict[Hashable, int]:
            variable = node.variable
            if variable == LEAF:
                found: dict[Hashable, int] = {} if node.value is BROKEN else {node.value: 0}
            else:
                children, kept = node.children, tokens[variable]
                child = children[kept]
                found = dict(memo[child] if child in memo else walk(child))
                for token in fills[variable]:
                    if token != kept:
                        child = children[token]
                        for value, cost in (memo[child] if child in memo else walk(child)).items():
                            if cost + 1 < found.get(value, _UNREACHED):
                                found[value] = cost + 1
            memo[node] = found
            return found

        return memo[node] if node in memo else walk(node)

    def shortest(self, node: Node, value: Hashable) -> Iterator[tuple[tuple[int, int], ...]]:
        """Every shortest path to a leaf, as the (variable, token) pairs that it changes; after `costs`."""
        if node.variable == LEAF:
            yield ()
            return
        costs, kept = self._costs, self._tokens[node.variable]
        cost = costs[node][value]
        if costs[node.children[kept]].get(value) == cost:
            yield from self.shortest(node.children[kept], value)
        for token in self._fills[node.variable]:
            if token != kept and costs[node.children[token]].get(value) == cost - 1:
                for steps in self.shortest(node.children[token], value):
                    yield ((node.variable, token), *steps)


_UNREACHED = 1 << 30


def matters(unit: UnitInference, tokens: Sequence[int]) -> tuple[str, ...]:
    """The unknown facts whose answer can still change the unit's result, in the order of the rulebook.

    A fact matters when two completions that differ only in it differ in
    result. A derived fact matters, while it is not given and completions differ
    in it, when giving it one value or another, or not giving it, can differ.
    """
    remaining = Remaining(unit.completions, unit.can_break)
    left = remaining.restrict(unit.results, tokens)
    found = remaining.support(left)
    for variable, source in unit.derived:
        position = variable.position
        if tokens[position] or source.is_certain(tokens):
            continue
        given = [left]
        for token in variable.fills:
            supposed = list(tokens)
            supposed[position] = token
            given.append(remaining.restrict(unit.results, supposed))
        if any(remaining.differ(a, b) for n, a in enumerate(given) for b in given[n + 1 :]):
            found.add(position)
    names = list(unit.network.variables)
    return tuple(names[position] for position in sorted(found))


class Remaining:
    """What is left of a diagram once a company's facts are put in.

    Args:
        fills: for each variable, the tokens that may take the place of unknown; none where it stays unknown.
        can_break: whether a leaf can be BROKEN.
    """

    def __init__(self, fills: Sequence[Sequence[int]], can_break: bool) -> None:
        self._fills = fills
        self._can_break = can_break
        # Nodes of its own: the network's are made once, these for each company.
        self._local = Diagrams()
        self._differ: dict[tuple[int, int], bool] = {}

    def restrict(self, diagram: Node, tokens: Sequence[int]) -> Node:
        """The diagram over the facts that completions fill; its branches are their values only."""
        fills, local = self._fills, self._local
        memo: dict[int, Node] = {}

        def walk(node: Node) -> Node:
            variable = node.variable
            if variable == LEAF:
                return node
            found = memo.get(id(node))
            if found is None:
                token = tokens[variable]
                if token or not fills[variable]:
                    found = walk(node.children[token])
                else:
                    children = node.children
                    found = local.node(variable, [walk(children[fill]) for fill in fills[variable]])
                memo[id(node)] = found
            return found

        return walk(diagram)

    def support(self, diagram: Node) -> set[int]:
        """The variables in which two completions can differ and give different results."""
        if not self._can_break:
            # Every node asks for something that makes a difference.
            return variables_of(diagram)
        found: set[int] = set()
        for node in inner_nodes(diagram):
            if node.variable not in found:
                pairs = itertools.combinations(node.children, 2)
                if any(self.differ(a, b) for a, b in pairs):
                    found.add(node.variable)
        return found

    def differ(self, a: Node, b: Node) -> bool:
        """Whether some completion that is possible on both sides gives different results."""
        if a is b or not self._can_break:
            # Without constraints, nodes that are not the same differ for some completion.
            return a is not b
        if a.variable == LEAF and b.variable == LEAF:
            return BROKEN not in (a.value, b.value) and bool(a.value != b.value)
        key = (id(a), id(b))
        found = self._differ.get(key)
        if found is None:
            variable = min(a.variable, b.variable)
            left = a.children if a.variable == variable else [a] * len(b.children)
            right = b.children if b.variable == variable else [b] * len(a.children)
            found = self._differ[key] = any(self.differ(x, y) for x, y in zip(left, right, strict=True))
        return found
