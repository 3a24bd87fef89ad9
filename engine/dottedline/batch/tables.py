"""Decision diagrams as tables to gather from: one look-up for a whole column of companies.

A diagram is cut into blocks of neighbouring variables. In a block, the state
that a company has come to and its tokens make an index into a table of the
states that follow; after the last block the state is the leaf. A diagram over
few variables is one table; one over many, whose table would never fit, is a
few small ones. A diagram with more parts than the states of a table can
number is walked instead, once for each different company: slower, and the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..diagram import LEAF, Node, evaluate, inner_nodes, leaves, variables_of

Tokens = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint16]

#: A block's table has at most so many cells: it stays in the processor's cache, and its index in 16 bits.
CELLS = 1 << 16


class Block(NamedTuple):
    """Neighbouring variables, and the table that their tokens lead through."""

    #: The variables, each with its number of tokens.
    variables: tuple[tuple[int, int], ...]
    #: From state, then tokens, in mixed radix, to the next state.
    table: Codes
    #: The same for blocks that do the same, in whatever diagram.
    key: bytes

    @classmethod
    def of(cls, variables: tuple[tuple[int, int], ...], table: Codes) -> Block:
        """The block of these variables and this table."""
        return cls(variables, table, repr(variables).encode() + table.tobytes())


class Companies:
    """The tokens of many companies, and what was looked up for them so far.

    Args:
        tokens: for each variable, a token for each company; None where it is unknown to all.
        rows: how many companies.
    """

    def __init__(self, tokens: Sequence[Tokens | None], rows: int) -> None:
        self.tokens = tokens
        self.rows = rows
        #: By the blocks passed: diagrams that begin alike share what they look up.
        self._passed: dict[tuple[bytes, ...], Codes] = {}

    def look_up(self, table: Table) -> Codes | npt.NDArray[np.int64]:
        """For each company: the position of its leaf in `table.leaves`."""
        if table.walked is not None:
            return self._walk(table, table.walked)
        path: tuple[bytes, ...] = ()
        state: Codes | None = None
        for block in table.blocks:
            path = (*path, block.key)
            found = self._passed.get(path)
            if found is None:
                found = self._passed[path] = self._pass(block, state)
            state = found
        return np.zeros(self.rows, np.uint16) if state is None else state

    def _pass(self, block: Block, state: Codes | None) -> Codes:
        index = np.zeros(self.rows, np.uint16) if state is None else state.copy()
        for variable, size in block.variables:
            index *= np.uint16(size)
            column = self.tokens[variable]
            if column is not None:
                index += column
        return block.table.take(index)

    def _walk(self, table: Table, diagram: Node) -> npt.NDArray[np.int64]:
        """As `look_up`, by walking the diagram."""
        tokens = np.zeros((self.rows, len(table.variables)), np.uint8)
        for n, variable in enumerate(table.variables):
            column = self.tokens[variable]
            if column is not None:
                tokens[:, n] = column
        different, which = np.unique(tokens, axis=0, return_inverse=True)
        place = {(type(value), value): n for n, value in enumerate(table.leaves)}
        found = []
        for row in different.tolist():
            value = evaluate(diagram, dict(zip(table.variables, row, strict=True)))
            found.append(place[type(value), value])
        return np.array(found, np.int64).take(which.reshape(-1))


class Table:
    """A diagram, ready to be looked up for many companies at once.

    Args:
        diagram: the diagram.
        sizes: the number of tokens of every variable.
        cells: at most so many cells in a block's table.
    """

    def __init__(self, diagram: Node, sizes: Sequence[int], cells: int = CELLS) -> None:
        self.variables = tuple(sorted(variables_of(diagram)))
        #: The values of the leaves; what a look-up gives is a position in it.
        self.leaves: list[Any] = []
        blocks = self._blocks(diagram, sizes, cells)
        self.blocks = tuple(blocks or ())
        #: The diagram, where it has more parts than a table can number.
        self.walked = diagram if blocks is None else None
        if self.walked is not None:
            self.leaves = list(leaves(diagram))

    @classmethod
    def of(cls, leaves: Sequence[Any], blocks: Sequence[Block]) -> Table:
        """The table of these leaves and blocks, as one was made before."""
        table = cls.__new__(cls)
        table.leaves = list(leaves)
        table.blocks = tuple(blocks)
        table.walked = None
        table.variables = tuple(variable for block in blocks for variable, _size in block.variables)
        return table

    def _blocks(self, diagram: Node, sizes: Sequence[int], cells: int) -> list[Block] | None:
        """The blocks of a diagram; None where 16 bits cannot number its parts."""
        nodes = [*inner_nodes(diagram)]
        values = list(leaves(diagram))
        if len(nodes) + len(values) > CELLS:
            return None
        number = {id(node): n for n, node in enumerate(nodes)}
        place = {(type(value), value): len(nodes) + n for n, value in enumerate(values)}

        def number_of(node: Node) -> int:
            return place[type(node.value), node.value] if node.variable == LEAF else number[id(node)]

        states = np.array([number_of(diagram)], np.int32)
        blocks: list[Block] = []
        rest = list(self.variables)
        while rest:
            chosen: list[tuple[int, int]] = []
            # One row for each state that companies can be in here; it grows by a variable at a time.
            table = states.reshape(-1, 1)
            while rest and (not chosen or table.size * sizes[rest[0]] <= cells):
                variable = rest.pop(0)
                size = sizes[variable]
                if table.size * size > CELLS:
                    return None
                step = np.repeat(np.arange(len(nodes) + len(values), dtype=np.int32)[:, None], size, axis=1)
                for node in nodes:
                    if node.variable == variable:
                        step[number[id(node)]] = [number_of(child) for child in node.children]
                table = step[table].reshape(len(states), -1)
                chosen.append((variable, size))
            states, codes = _numbered(table.reshape(-1))
            variables = tuple(chosen)
            blocks.append(Block.of(variables, codes))
        self.leaves = [values[state - len(nodes)] for state in states.tolist()]
        return blocks


def _numbered(table: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], Codes]:
    """The states that a table leads to in the order in which they are met, and the table in their numbers."""
    states, first, codes = np.unique(table, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return states[order], rank[codes.reshape(-1)].astype(np.uint16)
