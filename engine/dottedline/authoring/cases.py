"""A diagram told in few cases: the combinations of facts in which something is so, the most general first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..diagram import LEAF, Diagrams, Node, leaves
from ..inference import BROKEN

#: Tokens by position: what is not named makes no difference.
Case = Mapping[int, frozenset[int]]

_NEVER = 1 << 30

#: What is seen is told in the place of its sources where no more combinations than this are to be looked at.
_COMBINATIONS = 256


class Cases(NamedTuple):
    """Cases that overlap at most; together with those left out, they are all."""

    cases: tuple[Case, ...]
    #: How many more rows a table of what is left out would have.
    left_out: int


class Seen(NamedTuple):
    """What decisions see of something that is derived: as good as a variable, when people are told of it.

    Args:
        position: its own, which is negative: it is told before what is asked.
        values: for each of its values, tokens -> whether it is so.
        sources: the variables that it rests on, and that nothing else is asked of.
    """

    position: int
    values: tuple[Node, ...]
    sources: frozenset[int]


def cases_of(
    diagrams: Diagrams,
    diagram: Node,
    wanted: Callable[[Any], bool],
    sizes: Mapping[int, int],
    most: int,
    seen: Sequence[Seen] = (),
) -> Cases:
    """The cases in which a diagram has a wanted value.

    Args:
        diagrams: where the diagram was made.
        diagram: its value is BROKEN where no company is so.
        wanted: whether a value is wanted; never asked of BROKEN.
        sizes: the number of tokens of each variable.
        most: so many cases at most.
        seen: what may be told in the place of what it is derived from, where that makes no difference.
    """
    allowed = diagrams.map(lambda value: value is BROKEN or wanted(value), diagram)
    left = diagrams.map(lambda value: value is not BROKEN and wanted(value), diagram)
    found: list[Case] = []
    if seen and math.prod(len(each.values) for each in seen) <= _COMBINATIONS:
        own = {**sizes, **{each.position: len(each.values) for each in seen}}
        every = _projected(diagrams, allowed, seen, all_of=True)
        some = diagrams.combine(_and, every, _projected(diagrams, left, seen, all_of=False))
        for case in _greedy(diagrams, every, some, own, most):
            found.append(case)
            left = diagrams.combine(_without, left, _in_base(diagrams, case, sizes, seen))
    for case in _greedy(diagrams, allowed, left, sizes, most - len(found)):
        found.append(case)
        left = diagrams.combine(_without, left, _diagram(diagrams, case, sizes))
    return Cases(tuple(found), count_true(left))


def _greedy(
    diagrams: Diagrams, allowed: Node, left: Node, sizes: Mapping[int, int], most: int
) -> Iterator[Case]:
    """Cases that are allowed, each the most general there is of what is left, until nothing is."""
    for _number in range(most):
        if not any(leaves(left)):
            return
        case = _widened(allowed, _shortest(left), sizes)
        yield case
        left = diagrams.combine(_without, left, _diagram(diagrams, case, sizes))


def _projected(diagrams: Diagrams, diagram: Node, seen: Sequence[Seen], *, all_of: bool) -> Node:
    """A diagram over what is seen: true where it is so for all companies that are seen so, or for some."""
    sources = frozenset[int]().union(*(each.sources for each in seen))

    def fixed(rest: Sequence[Seen], node: Node) -> Node:
        if not rest:
            return _quantified(diagrams, node, sources, _and if all_of else _or)
        first, *others = rest
        join = _implied if all_of else _and
        children = [fixed(others, diagrams.combine(join, value, node)) for value in first.values]
        return diagrams.node(first.position, children)

    return fixed(sorted(seen, key=lambda each: each.position), diagram)


def _quantified(
    diagrams: Diagrams, diagram: Node, variables: frozenset[int], join: Callable[[Any, Any], bool]
) -> Node:
    """A diagram without some variables: over all their tokens, or over any of them."""
    memo: dict[int, Node] = {}

    def walk(node: Node) -> Node:
        if node.variable == LEAF:
            return node
        found = memo.get(id(node))
        if found is None:
            children = [walk(child) for child in node.children]
            if node.variable in variables:
                found = children[0]
                for child in children[1:]:
                    found = diagrams.combine(join, found, child)
            else:
                found = diagrams.node(node.variable, children)
            memo[id(node)] = found
        return found

    return walk(diagram)


def _in_base(diagrams: Diagrams, case: Case, sizes: Mapping[int, int], seen: Sequence[Seen]) -> Node:
    """The diagram, over base facts, that is true of a case in which some are only seen."""
    base = {variable: tokens for variable, tokens in case.items() if variable >= 0}
    node = _diagram(diagrams, base, sizes)
    for each in seen:
        if each.position in case:
            so = diagrams.leaf(False)
            for token in case[each.position]:
                so = diagrams.combine(_or, so, each.values[token])
            node = diagrams.combine(_and, node, so)
    return node


def _and(a: Any, b: Any) -> bool:
    return bool(a and b)


def _or(a: Any, b: Any) -> bool:
    return bool(a or b)


def _implied(a: Any, b: Any) -> bool:
    return bool(not a or b)


def _without(a: Any, b: Any) -> bool:
    return bool(a and not b)


def count_true(diagram: Node) -> int:
    """How many rows of a diagram's table are true."""
    memo: dict[int, int] = {}

    def walk(node: Node) -> int:
        if node.variable == LEAF:
            return int(bool(node.value))
        found = memo.get(id(node))
        if found is None:
            found = memo[id(node)] = sum(map(walk, {id(child): child for child in node.children}.values()))
        return found

    return walk(diagram)


def _shortest(diagram: Node) -> dict[int, frozenset[int]]:
    """The way to True that asks for the fewest variables."""
    memo: dict[int, int] = {}

    def length(node: Node) -> int:
        if node.variable == LEAF:
            return 0 if node.value else _NEVER
        found = memo.get(id(node))
        if found is None:
            found = memo[id(node)] = 1 + min(map(length, node.children))
        return found

    asks: dict[int, frozenset[int]] = {}
    while diagram.variable != LEAF:
        best = min(map(length, diagram.children))
        groups: dict[int, list[int]] = {}
        for token, child in enumerate(diagram.children):
            if length(child) == best:
                groups.setdefault(id(child), []).append(token)
        tokens = max(groups.values(), key=len)
        asks[diagram.variable] = frozenset(tokens)
        diagram = diagram.children[tokens[0]]
    return asks


def _widened(allowed: Node, case: dict[int, frozenset[int]], sizes: Mapping[int, int]) -> Case:
    """The case with as few variables, and as many tokens of each, as are allowed."""
    for variable in sorted(case, reverse=True):
        without = {v: tokens for v, tokens in case.items() if v != variable}
        if _always(allowed, without):
            case = without
    for variable in sorted(case):
        for token in [*range(1, sizes[variable]), 0]:
            wider = {**case, variable: case[variable] | {token}}
            if token not in case[variable] and _always(allowed, wider):
                case = wider
    return dict(sorted(case.items()))


def _always(diagram: Node, case: Case) -> bool:
    """Whether a diagram is true of everything in a case."""
    seen: set[int] = set()
    stack = [diagram]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.variable == LEAF:
            if not node.value:
                return False
        elif node.variable in case:
            stack.extend(node.children[token] for token in case[node.variable])
        else:
            stack.extend(node.children)
    return True


def _diagram(diagrams: Diagrams, case: Case, sizes: Mapping[int, int]) -> Node:
    """The diagram that is true of a case alone."""
    node, no = diagrams.leaf(True), diagrams.leaf(False)
    for variable in sorted(case, reverse=True):
        children = [node if token in case[variable] else no for token in range(sizes[variable])]
        node = diagrams.node(variable, children)
    return node


def inside(
    diagrams: Diagrams, diagram: Node, case: Case, sizes: Mapping[int, int], seen: Sequence[Seen]
) -> Node:
    """The diagram with None for all that is not in a case."""
    so = _in_base(diagrams, case, sizes, seen)
    return diagrams.combine(lambda value, here: value if here else None, diagram, so)
