"""Decision diagrams: decision tables over many facts, stored without repetition.

A diagram maps tuples of tokens (one for each variable, 0 for unknown) to
values. It is a directed graph: an inner node asks for one variable's token, a
leaf holds a value. Equal parts are stored once, and variables are asked in
one order, so that a function has one diagram and equality is identity. What
a table of 3^20 rows could not show, a diagram of a few hundred nodes does:
exactly which results are possible, which facts still matter, what the
smallest change is.

The idea is that of ordered decision diagrams (Bryant 1986, multi-valued in
Srinivasan et al. 1990).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class Node:
    """A node of a diagram. `variable` is a position, or `LEAF`; compare nodes with `is`."""

    __slots__ = ("children", "value", "variable")

    def __init__(self, variable: int, children: tuple[Node, ...], value: Any) -> None:
        self.variable = variable
        self.children = children
        self.value = value

    def __repr__(self) -> str:
        return f"Leaf({self.value!r})" if self.variable == LEAF else f"Node({self.variable})"


#: The variable of a leaf: it comes after every other.
LEAF = 1 << 30


class TooLarge(Exception):
    """A diagram with more nodes than it may have: to go on would take for ever."""


class Diagrams:
    """Makes nodes, each kind once."""

    def __init__(self) -> None:
        self._leaves: dict[Hashable, Node] = {}
        self._nodes: dict[tuple[int, tuple[int, ...]], Node] = {}
        #: How many branches all nodes have together, and how many they may have.
        self._branches = 0
        self._most: float = math.inf

    @contextmanager
    def within(self, budget: int) -> Iterator[None]:
        """Makes no more than so many new branches in a `with` block, those of blocks inside it apart.

        Raises:
            TooLarge: where more would be made.
        """
        begun, most = self._branches, self._most
        self._most = begun + budget
        try:
            yield
        finally:
            self._most = most + self._branches - begun

    def leaf(self, value: Hashable) -> Node:
        key = (type(value), value)
        node = self._leaves.get(key)
        if node is None:
            node = self._leaves[key] = Node(LEAF, (), value)
        return node

    def node(self, variable: int, children: Sequence[Node]) -> Node:
        """The node that asks for `variable`, or the child where all are the same.

        Every child asks only for variables that come later.
        """
        first = children[0]
        for child in children:
            if child is not first:
                break
        else:
            return first
        key = (variable, tuple(map(id, children)))
        node = self._nodes.get(key)
        if node is None:
            self._branches += len(children)
            if self._branches > self._most:
                raise TooLarge
            node = self._nodes[key] = Node(variable, tuple(children), None)
        return node

    def map(self, function: Callable[[Any], Hashable], diagram: Node) -> Node:
        """The diagram of `function` over the values of another."""
        memo: dict[int, Node] = {}

        def walk(node: Node) -> Node:
            found = memo.get(id(node))
            if found is None:
                if node.variable == LEAF:
                    found = self.leaf(function(node.value))
                else:
                    found = self.node(node.variable, [walk(child) for child in node.children])
                memo[id(node)] = found
            return found

        return walk(diagram)

    def combine(self, function: Callable[[Any, Any], Hashable], left: Node, right: Node) -> Node:
        """The diagram of `function` over the values of two."""
        memo: dict[tuple[int, int], Node] = {}

        def walk(a: Node, b: Node) -> Node:
            key = (id(a), id(b))
            found = memo.get(key)
            if found is None:
                if a.variable < b.variable:
                    found = self.node(a.variable, [walk(child, b) for child in a.children])
                elif b.variable < a.variable:
                    found = self.node(b.variable, [walk(a, child) for child in b.children])
                elif a.variable == LEAF:
                    found = self.leaf(function(a.value, b.value))
                else:
                    pairs = zip(a.children, b.children, strict=True)
                    found = self.node(a.variable, [walk(x, y) for x, y in pairs])
                memo[key] = found
            return found

        return walk(left, right)

    def fix(self, diagram: Node, variable: int, token: int) -> Node:
        """The diagram in which a variable has one token."""
        memo: dict[int, Node] = {}

        def walk(node: Node) -> Node:
            if node.variable > variable:
                return node
            found = memo.get(id(node))
            if found is None:
                if node.variable == variable:
                    found = node.children[token]
                else:
                    found = self.node(node.variable, [walk(child) for child in node.children])
                memo[id(node)] = found
            return found

        return walk(diagram)

    def unknown_as(
        self, diagram: Node, union: Callable[[Any, Any], Hashable], fills: Callable[[int], Sequence[int]]
    ) -> Node:
        """The diagram in which an unknown variable stands for all tokens that may fill it.

        Where `fills(variable)` names tokens, the branch for unknown becomes the
        union of theirs; where it names none, unknown stays as it is.
        """
        memo: dict[int, Node] = {}

        def walk(node: Node) -> Node:
            if node.variable == LEAF:
                return node
            found = memo.get(id(node))
            if found is None:
                children = [walk(child) for child in node.children]
                tokens = fills(node.variable)
                if tokens:
                    unknown = children[tokens[0]]
                    for token in tokens[1:]:
                        unknown = self.combine(union, unknown, children[token])
                    children[0] = unknown
                found = memo[id(node)] = self.node(node.variable, children)
            return found

        return walk(diagram)


def evaluate(diagram: Node, tokens: Sequence[int] | Mapping[int, int]) -> Any:
    """The value at `tokens`, by the positions of variables."""
    while diagram.variable != LEAF:
        diagram = diagram.children[tokens[diagram.variable]]
    return diagram.value


def leaves(diagram: Node) -> Iterator[Any]:
    """Every value of a diagram, once."""
    seen: set[int] = set()
    stack = [diagram]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.variable == LEAF:
            yield node.value
        stack.extend(reversed(node.children))


def inner_nodes(diagram: Node) -> Iterator[Node]:
    """Every inner node of a diagram, once."""
    seen: set[int] = set()
    stack = [diagram]
    while stack:
        node = stack.pop()
        if id(node) not in seen and node.variable != LEAF:
            seen.add(id(node))
            yield node
            stack.extend(node.children)


def variables_of(diagram: Node) -> set[int]:
    """The variables on which a diagram depends."""
    return {node.variable for node in inner_nodes(diagram)}


def simplest(diagram: Node, fits: Callable[[Any], bool], width: int) -> list[int] | None:
    """Tokens at which `fits` is true of the value, with as few of them known as can be."""
    costs: dict[int, float] = {}

    def cost(node: Node) -> float:
        found = costs.get(id(node))
        if found is None:
            if node.variable == LEAF:
                found = 0 if fits(node.value) else math.inf
            else:
                found = min(cost(child) + (token > 0) for token, child in enumerate(node.children))
            costs[id(node)] = found
        return found

    if cost(diagram) == math.inf:
        return None
    tokens = [0] * width
    while diagram.variable != LEAF:
        steps = [cost(child) + (token > 0) for token, child in enumerate(diagram.children)]
        token = tokens[diagram.variable] = steps.index(min(steps))
        diagram = diagram.children[token]
    return tokens


def witness(diagram: Node, value: object, width: int) -> list[int] | None:
    """Tokens at which a diagram has this value, unknown where it does not matter."""
    dead: set[int] = set()

    def walk(node: Node, tokens: list[int]) -> list[int] | None:
        if node.variable == LEAF:
            return tokens if node.value == value else None
        if id(node) in dead:
            return None
        for token, child in enumerate(node.children):
            tokens[node.variable] = token
            found = walk(child, tokens)
            if found is not None:
                return found
        tokens[node.variable] = 0
        dead.add(id(node))
        return None

    return walk(diagram, [0] * width)
