"""Decisions in SQL: the walk of a decision's diagram to the number of what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..diagram import LEAF, Node, variables_of
from ..inference import BROKEN
from ..paths import branches
from ..vocabulary import Fact
from .cells import values_of
from .sql_bands import among, band_name, identifier, literal, one_of
from .tables import Gives, Table, given

#: So many questions are asked one inside the other, and no more: SQLite's parser has a hundred levels.
_AT_ONCE = 8

#: The columns of the constraints that are broken, and of the facts with values that they cannot have: ids, with
#: spaces between.
CONTRADICTIONS, IMPOSSIBLE = '"contradictions"', '"impossible"'


def given_number(table: Table) -> str:
    """The number of what the table of a derived fact gives where that is given outright."""
    number = numbered(table)
    whens = [
        f"WHEN {among(identifier(table.id), (value,))} THEN {number[given(value)]}"
        for value in values_of(next(fact for fact in table.inputs if fact.id == table.id))
    ]
    return f"CASE {' '.join(whens)} END"


def numbered(table: Table) -> dict[Gives, int]:
    """What a table gives, each with its number."""
    return {gives: n for n, gives in enumerate(dict.fromkeys(line.gives for line in table.lines), 1)}


def row_of(table: Table) -> str:
    """The column of the number of what a table gives."""
    return f"{table.id}.row" if table.kind != "finding" else f"{table.id}.finding"


class Walk:
    """The walk of a decision's diagram, in steps: each leads to the number of a result, or of where to go on.

    Args:
        table: the decision.
        facts: the columns that hold the bands of facts, by the positions of their variables.
    """

    def __init__(self, table: Table, facts: Mapping[int, str]) -> None:
        self._table = table
        self._facts = facts
        self._name = identifier(row_of(table))
        self._numbers = numbered(table)
        variables = sorted(variables_of(table.diagram))
        #: The variables that each step asks for.
        self.steps = [variables[n : n + _AT_ONCE] for n in range(0, len(variables), _AT_ONCE)] or [[]]
        self._columns = list(self._walked())

    def asked_after(self, step: int) -> set[int]:
        """The variables that later steps ask for."""
        return {position for later in self.steps[step + 1 :] for position in later}

    def column(self, step: int) -> str:
        """What a step makes of what the one before has come to."""
        return f"{self._columns[step]} AS {self._name}" if step < len(self._columns) else self._name

    def _walked(self) -> Iterator[str]:
        entries = {self._table.diagram: 0}
        for n, variables in enumerate(self.steps):
            ends = _Ends(self._numbers, variables[-1] if variables else -1)
            trees = {where: _case(entry, self._facts, ends, 3) or "NULL" for entry, where in entries.items()}
            if n == 0:
                yield self._first(trees[0])
            else:
                inside = "\n      "
                whens = "".join(
                    f"{inside}WHEN {self._name} = {where} THEN {tree}" for where, tree in trees.items()
                )
                yield f"CASE{whens}{inside}ELSE {self._name}\n    END"
            entries = ends.entries

    def _first(self, text: str) -> str:
        if self._table.can_be_given:
            given = identifier(f"{self._table.id}.given")
            band = identifier(f"{self._table.id}.band")
            text = f"CASE WHEN {band} = 0 THEN {text} ELSE {given} END"
        return f"CASE WHEN {CONTRADICTIONS} = '' AND {IMPOSSIBLE} = '' THEN {text} END"


class _Ends:
    """Where a step ends: at a result, or at a node for a later step, each by its number.

    Args:
        numbers: those of the results.
        last: the last variable that the step asks for.
    """

    def __init__(self, numbers: Mapping[Gives, int], last: int) -> None:
        self._numbers = numbers
        self._last = last
        #: The nodes from which the next step goes on, with their numbers.
        self.entries: dict[Node, int] = {}

    def __call__(self, node: Node) -> str | None:
        if node.variable == LEAF:
            return None if node.value is BROKEN else str(self._numbers[node.value])
        if node.variable <= self._last:
            return ""
        return str(self.entries.setdefault(node, len(self._numbers) + 1 + len(self.entries)))


def _case(node: Node, facts: Mapping[int, str], ends: Callable[[Node], str | None], depth: int) -> str | None:
    """What follows from the facts from a node on; `ends` says what an end is, and nothing of what is none."""
    end = ends(node)
    if end != "":
        return end
    inside = "  " * depth
    whens = []
    for child, tokens in branches(node).items():
        text = _case(child, facts, ends, depth + 1)
        if text is not None:
            whens.append(f"\n{inside}WHEN {facts[node.variable]} {one_of(tokens)} THEN {text}")
    return f"CASE{''.join(whens)}\n{inside[2:]}END" if whens else None


def broken(tables: Sequence[Table], facts: Mapping[int, str]) -> str:
    """The constraints that are broken."""
    told = []
    for table in tables:

        def says(node: Node, said: str = literal(f"{table.id} ")) -> str | None:
            return "" if node.variable != LEAF else said if node.value else None

        told.append(f"COALESCE({_case(table.diagram, facts, says, 4) or 'NULL'}, '')")
    return _joined(told)


def impossible(facts: Sequence[Fact]) -> str:
    """The facts with values that they cannot have."""
    return _joined(
        f"CASE WHEN {band_name(fact)} IS NULL THEN {literal(f'{fact.id} ')} ELSE '' END" for fact in facts
    )


def _joined(texts: Iterable[str]) -> str:
    together = "\n      || ".join(texts)
    return f"TRIM({together})" if together else "''"
