"""The ways through a decision diagram, as the rows of a decision table.

A diagram is a table without repetition; a table is what people and other
engines read. Every way from the root to a leaf is a row, and rows exclude
each other: exactly one fits a company.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .diagram import LEAF, Node


class Row(NamedTuple):
    """Tokens that lead to a value.

    `asks` maps the position of each variable that is asked on the way to the
    tokens that go this way, 0 for unknown; what is not asked makes no difference.
    """

    asks: Mapping[int, frozenset[int]]
    value: Any


def rows(diagram: Node) -> Iterator[Row]:
    """The rows of a diagram's table, in the order of its variables; see `count` before taking all of them."""

    def walk(node: Node, asks: dict[int, frozenset[int]]) -> Iterator[Row]:
        if node.variable == LEAF:
            yield Row(asks, node.value)
            return
        for child, tokens in branches(node).items():
            yield from walk(child, {**asks, node.variable: frozenset(tokens)})

    return walk(diagram, {})


def count(diagram: Node) -> int:
    """How many rows a diagram's table has: worked out without making them."""
    memo: dict[Node, int] = {}

    def walk(node: Node) -> int:
        found = memo.get(node)
        if found is None:
            found = 1 if node.variable == LEAF else sum(map(walk, branches(node)))
            memo[node] = found
        return found

    return walk(diagram)


def branches(node: Node) -> dict[Node, list[int]]:
    """Each different child with the tokens that lead to it."""
    found: dict[Node, list[int]] = {}
    for token, child in enumerate(node.children):
        found.setdefault(child, []).append(token)
    return found
