"""What would change an answer, and which unknown facts still matter to it: both exact.

Both are read off a unit's decision diagrams: the smallest changes as shortest
paths (a step that leaves a fact as it is costs nothing), and the facts that
matter as those on which the remaining diagram branches.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .conditions import FactValue
from .diagram import LEAF, Diagrams, Node, evaluate
from .inference import BROKEN, Network, Status, UnitInference

#: Analyses remembered for each unit; beyond that the oldest are forgotten.
_REMEMBERED = 4096


@dataclass(frozen=True)
class Change:
    """Facts that, taken together, give a decision another result."""

    #: Each fact with the value that it would have, in the order of the rulebook.
    facts: tuple[tuple[str, FactValue], ...]
    status: Status
    outcome: str | None
    #: The outcomes that the source would then allow, sorted.
    options: tuple[str, ...]


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

    Fewest facts first; among as many, in the order of the rulebook.
    """
    network = unit.network
    here = evaluate(unit.answers, tokens)[1]
    reached = _cheapest(unit, tokens)
    by_result: dict[Hashable, list[tuple[Hashable, _Paths]]] = {}
    for answer, paths in reached.items():
        result = answer[1]
        if result is not None and result != here:
            by_result.setdefault(result, []).append((answer, paths))
    changes: list[Change] = []
    for candidates in by_result.values():
        least = min(paths.cost for _, paths in candidates)
        for (status, (_, outcome, options)), paths in candidates:  # type: ignore[misc]
            if paths.cost == least:
                changes += [
                    Change(_facts(network, steps), status, outcome, tuple(sorted(options)))
                    for steps in paths.steps
                ]
    order = {id: n for n, id in enumerate(network.variables)}
    return tuple(
        sorted(changes, key=lambda change: (len(change.facts), [order[id] for id, _ in change.facts]))
    )


@dataclass(frozen=True, slots=True)
class _Paths:
    """Ways to a leaf that all change as many variables: each a tuple of (variable, token)."""

    cost: int
    steps: tuple[tuple[tuple[int, int], ...], ...]


def _cheapest(unit: UnitInference, tokens: Sequence[int]) -> dict[Hashable, _Paths]:
    memo: dict[int, dict[Hashable, _Paths]] = {}
    variables = list(unit.network.variables.values())
    own = {unit.network.variables[id].position for id in unit.facts}

    def walk(node: Node) -> dict[Hashable, _Paths]:
        if node.variable == LEAF:
            return {} if node.value is BROKEN else {node.value: _Paths(0, ((),))}
        found = memo.get(id(node))
        if found is not None:
            return found
        here = node.variable
        best = dict(walk(node.children[tokens[here]]))
        for token in variables[here].fills if here in own else ():
            if token == tokens[here]:
                continue
            for value, paths in walk(node.children[token]).items():
                cost = paths.cost + 1
                known = best.get(value)
                if known is None or cost <= known.cost:
                    steps = tuple(((here, token), *step) for step in paths.steps)
                    if known is not None and known.cost == cost:
                        steps = (*known.steps, *steps)
                    best[value] = _Paths(cost, steps)
        memo[id(node)] = best
        return best

    return walk(unit.answers)


def _facts(network: Network, steps: Sequence[tuple[int, int]]) -> tuple[tuple[str, FactValue], ...]:
    """Steps as facts with values; one value stands for all that no condition tells apart."""
    variables = list(network.variables.values())
    return tuple((variables[p].fact.id, variables[p].bands[token - 1].example) for p, token in steps)


def matters(unit: UnitInference, tokens: Sequence[int]) -> tuple[str, ...]:
    """The unknown facts whose answer can still change the unit's result, in the order of the rulebook.

    A fact matters when two completions that differ only in it differ in
    result. A derived fact matters, while it is not given and its value not
    settled, when giving it one value or another, or not giving it, can differ.
    """
    network = unit.network
    names = list(network.variables)
    local = Diagrams()
    remaining = _Remaining(unit, tokens, local)
    found = {names[position] for position in remaining.support(remaining.restrict(unit.results))}
    for id in unit.facts:
        variable = network.variables[id]
        if not network.is_derived(id) or tokens[variable.position]:
            continue
        source = network.units[id]
        if evaluate(source.answers, tokens)[0] not in ("provisional", "undetermined", "open"):
            continue
        given = [remaining.restrict(unit.results)]
        for token in variable.fills:
            supposed = list(tokens)
            supposed[variable.position] = token
            given.append(_Remaining(unit, supposed, local).restrict(unit.results))
        if any(remaining.differ(a, b) for n, a in enumerate(given) for b in given[n + 1 :]):
            found.add(id)
    return tuple(id for id in names if id in found)


class _Remaining:
    """What is left of a diagram once a company's facts are put in."""

    def __init__(self, unit: UnitInference, tokens: Sequence[int], local: Diagrams) -> None:
        self.unit = unit
        self.tokens = tokens
        # Nodes of its own: the network's are made once, these for each company.
        self.local = local
        self._memo: dict[int, Node] = {}
        self._differ: dict[tuple[int, int], bool] = {}

    def restrict(self, node: Node) -> Node:
        """The diagram over the facts that completions fill; its branches are their values only."""
        if node.variable == LEAF:
            return node
        found = self._memo.get(id(node))
        if found is None:
            token = self.tokens[node.variable]
            fills = self.unit.fills(node.variable)
            if token or not fills:
                found = self.restrict(node.children[token])
            else:
                children = [self.restrict(node.children[fill]) for fill in fills]
                found = self.local.node(node.variable, children)
            self._memo[id(node)] = found
        return found

    def support(self, diagram: Node) -> set[int]:
        """The variables in which two completions can differ and give different results."""
        found: set[int] = set()
        seen: set[int] = set()
        stack = [diagram]
        while stack:
            node = stack.pop()
            if id(node) in seen or node.variable == LEAF:
                continue
            seen.add(id(node))
            if node.variable not in found:
                first, *others = node.children
                pairs = [(first, other) for other in others]
                pairs += [(a, b) for n, a in enumerate(others) for b in others[n + 1 :]]
                if any(self.differ(a, b) for a, b in pairs):
                    found.add(node.variable)
            stack.extend(node.children)
        return found

    def differ(self, a: Node, b: Node) -> bool:
        """Whether some completion that is possible on both sides gives different results."""
        if a is b:
            return False
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
