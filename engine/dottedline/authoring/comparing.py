"""Two rulebooks compared: which combinations of facts get other advice, exactly, by decision and by rule.

Both books answer over joint variables, as decision diagrams. Combined, they
are one diagram of differences for each decision and finding: no combination
is left out, and none is looked at one by one. Its differences are told in
cases, the most general first, each with a company that both books were
consulted on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

from ..answer import json_value
from ..conditions import FactValue
from ..diagram import Node, TooLarge, evaluate, leaves, simplest, variables_of
from ..inference import BROKEN, UnitInference
from ..library import Rulebook
from ..matcher import EngineFault
from ..problems import RulebookError
from ..rulebook import Decision, RulebookData
from ..splitting import BUDGET, too_large
from .advice import DIFFERENCES, Change, Difference, advice_of, advice_said, change
from .cases import Case, Seen, cases_of, inside
from .contents import Content, contents
from .joint import SIDES, Joint, Side, holdable

#: So many cases of a change, or of a rule, are found where no more are asked for.
MOST = 5


#: Values that no condition tells apart; none for unknown.
Group = tuple[FactValue, ...]


class Asked(NamedTuple):
    """What a case asks of one fact, or of the result of a decision that others use."""

    name: str
    #: The book whose fact or decision it is, for its labels.
    side: Side
    #: Groups of values that go this way, whether unknown does, and the groups that do not.
    groups: tuple[Group, ...]
    unknown: bool
    others: tuple[Group, ...]
    #: The position of its variable; None for a result.
    position: int | None = None


class Told(NamedTuple):
    """One case: what it asks, all of which has to hold; and a company that is so."""

    asks: tuple[Asked, ...]
    example: Mapping[str, FactValue]

    @property
    def facts(self) -> Mapping[str, Any]:
        """The example as JSON values."""
        return {id: json_value(value) for id, value in self.example.items()}


class ToldCases(NamedTuple):
    """Cases that together, with those left out, are all in which something is so."""

    cases: tuple[Told, ...]
    #: How many more rows a table of what is left out would have.
    left_out: int


class AdviceChange(NamedTuple):
    """One change of advice, with the cases in which it is so."""

    #: More than one where they differ in nothing that their kind is about.
    changes: tuple[Change, ...]
    cases: ToldCases

    @property
    def kind(self) -> Difference:
        return self.changes[0].kind


class UnitChanges(NamedTuple):
    """A decision or finding whose advice differs."""

    id: str
    decision: Decision
    is_finding: bool
    changes: tuple[AdviceChange, ...]
    #: What of its own is written otherwise, and the decisions it uses that come out otherwise.
    altered: tuple[str, ...]
    follows: tuple[str, ...]


class RuleChange(NamedTuple):
    """A rule or alternative that now speaks where it did not, or no longer speaks where it did."""

    id: str
    unit: str
    gains: ToldCases
    loses: ToldCases


#: What people get to see, or are asked for, beside what rules come to.
_SEEN = ("fact", "constraint", "decision", "finding", "responsibility", "statement", "organisation")


class Comparison(NamedTuple):
    """All that differs between two rulebooks."""

    books: Mapping[Side, RulebookData]
    contents: tuple[Content, ...]
    units: tuple[UnitChanges, ...]
    rules: tuple[RuleChange, ...]
    #: How many decisions and findings both books have, and were compared.
    compared: int
    #: The facts of both books, of which cases tell.
    joint: Joint

    @property
    def differ(self) -> bool:
        """Whether companies could get other advice, be asked other things, or be refused by one book alone."""
        return bool(self.units or any(c.kind in _SEEN and not c.is_words for c in self.contents))

    def of_kind(self, kind: Difference) -> int:
        """How many decisions and findings have a change of this kind as their weightiest."""
        return sum(unit.changes[0].kind == kind for unit in self.units)


def compare_books(old: Rulebook, new: Rulebook, most: int = MOST) -> Comparison:
    """What differs between two rulebooks.

    Args:
        old: the one rulebook.
        new: the other.
        most: so many cases of each change are told; how many more there are is counted.

    Raises:
        RulebookError: where a book would reach a limit of the engine together with the other's conditions.
        EngineFault: where consulting on a company of a case says something else than the case.
    """
    found = Differences(old.data, new.data).told(most)
    for unit in found.units:
        for one in unit.changes:
            for case in one.cases.cases:
                _attest({"old": old, "new": new}, unit, one.changes, case)
    return found


def _attest(books: Mapping[Side, Rulebook], unit: UnitChanges, told: Sequence[Change], case: Told) -> None:
    """Has both books consulted on a company, so that nothing is told that no rule fired for."""
    answers = {side: book.consult(readable(book.data, case.example)) for side, book in books.items()}
    if change(*(advice_said(answers[side], unit.id) for side in books)) not in told:
        raise EngineFault(f"consulting on {dict(case.example)} differs from the diagrams on `{unit.id}`")


def readable(book: RulebookData, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """What a book can read of a company's facts; the rest is unknown to it."""
    known = book.vocabulary.facts
    return {id: value for id, value in facts.items() if id in known and holdable(known[id], value)}


class Differences:
    """The diagrams of differences between two rulebooks.

    Raises:
        RulebookError: as `compare_books`.
    """

    def __init__(self, old: RulebookData, new: RulebookData) -> None:
        self.books: Mapping[Side, RulebookData] = {"old": old, "new": new}
        self.joint = Joint(old, new)
        self.contents = contents(old, new)
        there = self.joint.networks["old"].units
        #: Each decision and finding of both books: tokens -> a Change, BROKEN, or None where nothing differs.
        self.units: dict[str, Node] = {
            id: self._difference(id)
            for id, unit in self.joint.networks["new"].units.items()
            if id in there and unit.unit.is_finding == there[id].unit.is_finding
        }
        self._sizes = {variable.position: variable.size for variable in self.joint.variables}
        self._results: dict[str, dict[Group, Node] | None] = {}

    def _difference(self, id: str) -> Node:
        diagrams, unit = self.joint.diagrams, self._unit("new", id)
        try:
            with diagrams.within(BUDGET):
                old, new = (self.joint.carried(side, advice_of(self._unit(side, id))) for side in SIDES)
                if old is new:
                    return diagrams.leaf(None)
                return self.joint.possible(diagrams.combine(change, old, new))
        except TooLarge:
            problem = too_large(unit.unit, unit.facts, unit.network.variables)
            raise RulebookError([problem]) from None

    def _unit(self, side: Side, id: str) -> UnitInference:
        return self.joint.networks[side].units[id]

    def changes_at(self, facts: Mapping[str, FactValue]) -> dict[str, Change]:
        """What differs for one company that both books take, by decision and finding."""
        tokens = self.joint.tokens(facts)
        found = {id: evaluate(diagram, tokens) for id, diagram in self.units.items()}
        return {id: value for id, value in found.items() if isinstance(value, Change)}

    # -- what is told ---------------------------------------------------------------------

    def told(self, most: int = MOST) -> Comparison:
        """All that differs, in words' reach."""
        differing = {id: diagram for id, diagram in self.units.items() if _changes_in(diagram)}
        units = [self._told_unit(id, diagram, differing, most) for id, diagram in differing.items()]
        rules = [rule for id, diagram in differing.items() for rule in self._told_rules(id, diagram, most)]
        units.sort(key=lambda unit: DIFFERENCES.index(unit.changes[0].kind))
        return Comparison(self.books, self.contents, tuple(units), tuple(rules), len(self.units), self.joint)

    def _told_unit(self, id: str, diagram: Node, differing: Mapping[str, Node], most: int) -> UnitChanges:
        unit = self._unit("new", id).unit
        needs = [name for side in SIDES for name in self._unit(side, id).unit.needs]
        altered = [
            content.id
            for content in self.contents
            if not content.is_words
            and (content.decision == unit.decision.id or content.id == unit.decision.id)
            and (not unit.is_finding or self._is_of(content, id))
        ]
        changes = [
            AdviceChange(alike, self._cases(id, diagram, alike.__contains__, most))
            for alike in _alike(_changes_in(diagram))
        ]
        changes.sort(key=lambda one: DIFFERENCES.index(one.kind))
        follows = dict.fromkeys(name for name in needs if name in differing and name != id)
        return UnitChanges(id, unit.decision, unit.is_finding, tuple(changes), tuple(altered), tuple(follows))

    def _is_of(self, content: Content, finding: str) -> bool:
        """Whether something that is written otherwise belongs to a finding."""
        units = [self._unit(side, finding).unit for side in SIDES]
        return content.id == finding or any(content.id == rule.id for unit in units for rule in unit.rules)

    def _told_rules(self, id: str, diagram: Node, most: int) -> Iterable[RuleChange]:
        changes = _changes_in(diagram)
        moving = dict.fromkeys(
            rule
            for one in changes
            for rule in (*one.old.standing, *one.new.standing)
            if (rule in one.old.standing) != (rule in one.new.standing)
        )
        for rule in moving:
            gains = self._cases(id, diagram, _gains(rule, "old", "new"), most)
            loses = self._cases(id, diagram, _gains(rule, "new", "old"), most)
            yield RuleChange(rule, id, gains, loses)

    def _cases(self, id: str, diagram: Node, is_so: Callable[[Any], bool], most: int) -> ToldCases:
        def wanted(value: Any) -> bool:
            return value is not None and is_so(value)

        diagrams = self.joint.diagrams
        seen = self._seen(id)
        views = [each for each, _names in seen]
        try:
            with diagrams.within(BUDGET):
                found = cases_of(diagrams, diagram, wanted, self._sizes, most, views)
        except TooLarge:
            # Told in base facts, it takes more cases, but less to find them.
            views = []
            found = cases_of(diagrams, diagram, wanted, self._sizes, most)
        told = []
        for case in found.cases:
            here = diagrams.map(
                lambda value: value is not BROKEN and wanted(value),
                inside(diagrams, diagram, case, self._sizes, views),
            )
            told.append(Told(tuple(self._asked(case, dict(seen))), self._example(here)))
        return ToldCases(tuple(told), found.left_out)

    def _asked(self, case: Case, seen: Mapping[Seen, tuple[str, tuple[Group, ...]]]) -> Iterable[Asked]:
        names = {each.position: told for each, told in seen.items()}
        groups: list[Group]
        for position, tokens in case.items():
            if position < 0:
                name, values = names[position]
                groups = list(values)
                side: Side = "new"
            else:
                variable = self.joint.variables[position]
                name, side = variable.fact.id, variable.sides[-1]
                groups = [(), *variable.values]
            yield Asked(
                name,
                side,
                tuple(group for n, group in enumerate(groups) if n in tokens and group),
                any(not group for n, group in enumerate(groups) if n in tokens),
                tuple(group for n, group in enumerate(groups) if n not in tokens and group),
                position if position >= 0 else None,
            )

    def _example(self, here: Node) -> Mapping[str, FactValue]:
        """Facts of a company in a case: no more than it takes."""
        tokens = simplest(here, bool, len(self.joint.variables))
        assert tokens is not None
        return {
            variable.fact.id: variable.values[tokens[variable.position] - 1][0]
            for variable in self.joint.variables
            if tokens[variable.position]
        }

    # -- results that decisions see ---------------------------------------------------------

    def _seen(self, id: str) -> list[tuple[Seen, tuple[str, tuple[Group, ...]]]]:
        """The results that a unit uses and that are the same in both books, each with its name and values."""
        results: dict[str, dict[Group, Node]] = {}
        asked_itself: set[str] = set()
        waiting, met = [id], {id}
        while waiting:
            units = [self._unit(side, waiting[0]).unit for side in SIDES]
            del waiting[0]
            for name in dict.fromkeys(name for unit in units for name in unit.needs):
                result = self._result(name)
                if result is not None:
                    results[name] = result
                elif name in self.units:
                    # It comes out otherwise: what it rests on is told in its place.
                    waiting += [] if name in met else [name]
                    met.add(name)
                if result is None:
                    asked_itself.add(name)
        positions = {v.position for v in self.joint.variables if v.fact.id in asked_itself}
        seen = []
        for n, (name, values) in enumerate(results.items()):
            sources = frozenset().union(*map(variables_of, values.values())) - positions
            view = Seen(n - len(results), tuple(values.values()), sources)
            seen.append((view, (name, tuple(values))))
        return seen

    def _result(self, name: str) -> dict[Group, Node] | None:
        """For each value of a decision's result, where it is so; None for a fact, or where the books differ."""
        if name not in self._results:
            self._results[name] = self._make_result(name)
        return self._results[name]

    def _make_result(self, name: str) -> dict[Group, Node] | None:
        if any(name not in network.book.decisions for network in self.joint.networks.values()):
            return None
        diagrams = self.joint.diagrams
        old, new = (
            self.joint.carried(side, network.units[name].value) for side, network in self.joint.networks.items()
        )
        if old is not new:
            return None
        groups = dict.fromkeys(self._alike(name, value) for value in leaves(new))
        return {group: diagrams.map(partial(_among, group), new) for group in sorted(groups, key=str)}

    def _alike(self, name: str, value: FactValue | None) -> Group:
        """The values of a derived fact that no condition tells from this one; none for unknown."""
        if value is None:
            return ()
        groups = (group for v in self.joint.variables if v.fact.id == name for group in v.values)
        return next((group for group in groups if _among(group, value)), (value,))


def _among(group: Group, value: FactValue | None) -> bool:
    """Whether a value is in a group, where True is not 1; unknown is in the group of none."""
    return not group if value is None else any(value == v and type(value) is type(v) for v in group)


def _changes_in(diagram: Node) -> list[Change]:
    return [value for value in leaves(diagram) if isinstance(value, Change)]


def _alike(changes: Sequence[Change]) -> Iterable[tuple[Change, ...]]:
    """Changes in groups that are told as one."""
    groups: dict[object, list[Change]] = {}
    for one in changes:
        groups.setdefault(one.alike, []).append(one)
    return map(tuple, groups.values())


def _gains(rule: str, before: Literal["old", "new"], after: Literal["old", "new"]) -> Callable[[Change], bool]:
    return lambda one: rule in getattr(one, after).standing and rule not in getattr(one, before).standing
