"""A rulebook as decision tables: what every export is made of.

For each decision and each finding there is a table over facts alone. Its rows
are the ways through the decision diagram that consultations walk, so that a
row says what `consult` says, of unknown facts too, and exactly one row fits a
company. Every row was fired by durable_rules before it is said.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Literal, NamedTuple

from ..conditions import FactValue
from ..diagram import Node, variables_of
from ..inference import BROKEN, Network, UnitInference, as_outcome
from ..language import _
from ..lazy import LOCK
from ..library import Rulebook
from ..paths import count, rows
from ..problems import InputError, Problem, listing
from ..results import DecisionResult, Result, given_outright, result_of
from ..rulebook import Decision, RulebookData
from ..vocabulary import Constraint, Fact
from .cells import Cell, cell, one_of, values_of

Kind = Literal["decision", "derived", "finding", "contradiction"]

#: Tables with more rows are refused, unless more are asked for.
MOST_ROWS = 5000


#: What a row gives: None where a finding does not show; of constraints, whether it is broken.
Gives = Result | bool


class Line(NamedTuple):
    """A row: what it asks of each fact (of those that are left out, nothing), and what it gives."""

    when: Mapping[str, Cell]
    gives: Gives


class Table(NamedTuple):
    """One decision, one finding, or one constraint, as a table."""

    id: str
    kind: Kind
    #: The facts that rows ask for, in the order of the vocabulary.
    inputs: tuple[Fact, ...]
    #: The same as a diagram over tokens, but for a derived fact that is given outright; BROKEN where facts
    #: contradict each other.
    diagram: Node
    lines: tuple[Line, ...]
    #: The decision that it is, or that the finding belongs to; None for a constraint.
    decision: Decision | None = None
    constraint: Constraint | None = None

    @property
    def can_be_given(self) -> bool:
        """Whether it is a derived fact that can be given outright."""
        return self.kind == "derived" and any(fact.id == self.id for fact in self.inputs)


class Tables(NamedTuple):
    """The tables of a rulebook, and the rulebook that they are made from."""

    book: RulebookData
    network: Network
    tables: tuple[Table, ...]
    #: The facts that any of them asks for, in the order of the vocabulary.
    facts: tuple[Fact, ...]

    def of(self, *kinds: Kind) -> list[Table]:
        """The tables of these kinds."""
        return [table for table in self.tables if table.kind in kinds]


def tables_of(
    book: Rulebook, topics: Collection[str] = (), facts: Collection[str] = (), most_rows: int = MOST_ROWS
) -> Tables:
    """The tables of a rulebook.

    Args:
        book: the rulebook.
        topics: the ids of the decisions, findings and topics that they are to
            be about; about all where there are none.
        facts: the ids of the facts that can be known; all others are taken for
            unknown. Any can be known where there are none.
        most_rows: no table may have more.

    Raises:
        InputError: naming every table that has more, and the facts that make it so.
        KeyError: where the rulebook has no such topic.
        EngineFault: where durable_rules does not fire what a row says.
    """
    wanted = book.data.about(topics) if topics else None
    network = book.network
    cut = _Cut(network, frozenset(facts) or frozenset(network.variables))
    parts: list[tuple[Kind, str, Node, UnitInference | Constraint]] = []
    for id, unit in network.units.items():
        if wanted is None or id in wanted:
            parts.append((_kind(unit), id, cut.of(_diagram(network, unit)), unit))
    asked = set().union(*(variables_of(diagram) for _kind_, _id, diagram, _unit in parts))
    for constraint in book.vocabulary.constraints:
        if constraint.level == "error":
            diagram = cut.of(network.holds(constraint.when))
            # A contradiction among facts of which no table asks says nothing of what tables give.
            if variables_of(diagram) & asked:
                parts.append(("contradiction", constraint.id, diagram, constraint))
    _check_size(network, [(id, diagram) for _kind_, id, diagram, _unit in parts], most_rows)
    tables = tuple(_table(network, cut, *part) for part in parts)
    named = {fact.id for table in tables for fact in table.inputs}
    inputs = tuple(fact for id, fact in book.vocabulary.facts.items() if id in named)
    return Tables(book.data, network, tables, inputs)


class _Cut:
    """Diagrams in which only certain facts can be known."""

    def __init__(self, network: Network, known: frozenset[str]) -> None:
        self.known = known
        self._diagrams = network.diagrams
        self._unknown = {variable.position for id, variable in network.variables.items() if id not in known}

    def of(self, diagram: Node) -> Node:
        with LOCK:
            for position in sorted(variables_of(diagram) & self._unknown):
                diagram = self._diagrams.fix(diagram, position, 0)
        return diagram


def _kind(unit: UnitInference) -> Kind:
    if unit.unit.is_finding:
        return "finding"
    return "derived" if unit.network.is_derived(unit.unit.id) else "decision"


def _diagram(network: Network, unit: UnitInference) -> Node:
    """Tokens -> what the unit gives; BROKEN where that cannot be."""
    source = unit.known if unit.unit.is_finding else unit.verdicts

    def gives(leaf: Hashable) -> Hashable:
        unit.attest(leaf)
        return BROKEN if leaf is BROKEN else result_of(unit, leaf)

    with LOCK:
        return network.diagrams.map(gives, source)


def _table(
    network: Network, cut: _Cut, kind: Kind, id: str, diagram: Node, about: UnitInference | Constraint
) -> Table:
    variables = list(network.variables.values())
    asked = {variables[position].fact.id for position in variables_of(diagram)}
    # A derived fact that is given outright is what it is given as; else it is worked out.
    derived = network.book.vocabulary.facts[id] if kind == "derived" and id in cut.known else None
    lines = [
        Line(
            {
                **({} if derived is None else {derived.id: Cell(unknown=True)}),
                **{variables[n].fact.id: cell(variables[n], tokens) for n, tokens in row.asks.items()},
            },
            row.value,
        )
        for row in rows(diagram)
        if row.value is not BROKEN
    ]
    if derived is not None:
        asked.add(derived.id)
        lines += [Line({derived.id: one_of(derived, [value])}, given(value)) for value in values_of(derived)]
    return Table(
        id,
        kind,
        tuple(fact for id, fact in network.book.vocabulary.facts.items() if id in asked),
        diagram,
        tuple(lines),
        about.unit.decision if isinstance(about, UnitInference) else None,
        None if isinstance(about, UnitInference) else about,
    )


def given(value: FactValue) -> DecisionResult:
    """What the table of a derived fact gives where the fact is given outright."""
    return given_outright(as_outcome(value))


def _check_size(network: Network, diagrams: Sequence[tuple[str, Node]], most_rows: int) -> None:
    """Refuses tables with too many rows."""
    problems = []
    for id, diagram in diagrams:
        size = count(diagram)
        if size > most_rows:
            told = _("the table of `{id}` would have {number} rows; {most} is the most").format(
                id=id, number=f"{size:,}", most=f"{most_rows:,}"
            )
            help = _(
                "these facts make it so: {facts}; `--most-rows` allows more, `--topics` takes other tables"
            )
            problems.append(Problem(told, help=help.format(facts=listing(_swelling(network, diagram), 6))))
    if problems:
        raise InputError(problems)


def _swelling(network: Network, diagram: Node) -> list[str]:
    """The facts of a table, those first without which it would be smallest."""
    names = list(network.variables)
    with LOCK:
        without = {
            position: count(network.diagrams.fix(diagram, position, 0)) for position in variables_of(diagram)
        }
    return [names[position] for position in sorted(without, key=lambda position: (without[position], position))]
