"""A rulebook made ready for the checks: what can be reasoned about, and every case that can come up in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import reduce

from ..codes import CONTRADICTION
from ..conditions import Condition, FactValue
from ..diagram import Node, leaves, simplest, variables_of
from ..inference import BROKEN, Network, UnitInference
from ..lazy import lazy
from ..loading import Read
from ..problems import Span
from ..resolution import Unit, conflict, finding
from ..rulebook import Decision, Option, Rule, RulebookData
from ..soundness import Defect, defects
from ..vocabulary import Constraint
from .diagnostics import Diagnostic
from .written import Written


class Examined:
    """A rulebook under examination.

    Args:
        read: what there is to be had of its files.
        data: what there is of them as a rulebook.
    """

    def __init__(self, read: Read, data: RulebookData) -> None:
        self.read = read
        #: Everything that could be read.
        self.data = data
        self.written = Written(read.rules, read.facts)
        readable = _without(data, read.broken)
        network = Network(readable)
        self.defects: dict[str, list[Defect]] = defects(network)
        opaque = [network.units[id] for id in self.defects if id in network.units and not self._is_clear(id)]
        #: What can be reasoned about.
        self.sound = _without(readable, {unit.unit.decision.id for unit in opaque})
        self.network = Network(self.sound) if opaque else network
        #: The decisions and findings that can be looked into.
        self.units = [Cases(unit) for unit in self.network.units.values()]

    def _is_clear(self, id: str) -> bool:
        """Whether all cases of a unit with defects are known all the same; as a fact it has no value then."""
        found = self.defects[id]
        fact = self.data.vocabulary.facts.get(id)
        return fact is None and bool(found) and all(each.problem.code == CONTRADICTION for each in found)

    @lazy
    def without_inferred(self) -> Network | None:
        """The network of what the source itself says; None where nothing is inferred."""
        sourced = self.sound.without_inferred()
        return None if sourced.decisions == self.sound.decisions else Network(sourced)

    @lazy
    def sourced(self) -> list[Cases]:
        """The decisions and findings of what the source itself says; none where nothing is inferred."""
        network = self.without_inferred
        if network is None:
            return []
        unsound = defects(network)
        return [Cases(unit) for id, unit in network.units.items() if id not in unsound]

    @lazy
    def sourced_by_id(self) -> dict[str, Cases]:
        """The same by id."""
        return {cases.unit.id: cases for cases in self.sourced}

    @lazy
    def whole(self) -> bool:
        """Whether nothing is missing: only then can one say that something is used nowhere."""
        return not self.read.broken and not self.read.problems

    def place_of_decision(self, decision: Decision) -> Span | None:
        """The place of a decision's id; that of a rule of it where only the book that is extended has it."""
        rules = (self.written.rule(rule.id) for rule in decision.rules)
        return self.written.decision(decision.id) or next((place for place in rules if place is not None), None)

    def found(
        self,
        code: str,
        message: str,
        places: Sequence[Span | None],
        suggestion: str = "",
        witness: dict[str, FactValue] | None = None,
        owners: Iterable[tuple[object, str]] = (),
    ) -> Diagnostic:
        """A diagnostic, with its witness in words."""
        example = "" if witness is None else self.network.in_words(witness)
        known = tuple(place for place in places if place is not None)
        return Diagnostic(code, message, known, suggestion, witness, example, tuple(owners))  # type: ignore[arg-type]


def _without(data: RulebookData, broken: Iterable[str]) -> RulebookData:
    """The book without some decisions and all that need them."""
    gone = set(broken)
    left = {}
    for id, decision in data.decisions.items():
        if id in gone or not gone.isdisjoint(decision.needs):
            gone.add(id)
        else:
            left[id] = decision
    return dataclasses.replace(data, decisions=left)


class Cases:
    """Every case that a decision or finding can meet: which of its patterns can hold together, and for whom."""

    def __init__(self, inference: UnitInference) -> None:
        self.inference = inference
        self.network = inference.network
        self.unit: Unit = inference.unit

    @property
    def owner(self) -> tuple[str, str]:
        return ("decision", self.unit.decision.id)

    @lazy
    def table(self) -> Node:
        """Tokens -> the patterns that hold, as bits; BROKEN where no profile may be so."""
        network, known = self.network, self.inference.known
        names = list(network.variables)
        plays = {*self.inference.facts, *(names[position] for position in variables_of(known))}
        return network.diagrams.combine(_where, known, possible(network, [], plays))

    @lazy
    def all(self) -> list[int]:
        """The sets of patterns that hold together in some profile."""
        return sorted(bits for bits in leaves(self.table) if bits is not BROKEN)

    @lazy
    def complete(self) -> Node:
        """The table over the profiles that leave no base fact open."""
        network = self.network
        base = {network.variables[id].position for id in self.inference.facts if not network.is_derived(id)}
        diagrams = network.diagrams
        memo: dict[int, Node] = {}
        broken = diagrams.leaf(BROKEN)

        def walk(node: Node) -> Node:
            if not node.children:
                return node
            found = memo.get(id(node))
            if found is None:
                children = [walk(child) for child in node.children]
                if node.variable in base:
                    children[0] = broken
                found = memo[id(node)] = diagrams.node(node.variable, children)
            return found

        return walk(self.table)

    def simplest(self, fits: Callable[[int], bool], table: Node | None = None) -> dict[str, FactValue] | None:
        """The fewest facts of a profile whose patterns fit; None where there is no such profile."""
        tokens = simplest(
            table or self.table,
            lambda bits: bits is not BROKEN and fits(bits),
            len(self.network.variables),
        )
        return None if tokens is None else self.network.facts_at(tokens)

    # -- rules ----------------------------------------------------------------------

    def applies(self, bits: int) -> bool:
        """Whether there is something to decide."""
        return not bits & self.unit.flags.get("not_applicable", 0)

    def holds(self, rule: Rule, bits: int) -> bool:
        """Whether a rule holds where these patterns do."""
        flags = self.unit.flags
        unless = bits & flags.get(f"unless {rule.id}", 0)
        return self.applies(bits) and bool(bits & flags[f"when {rule.id}"]) and not unless

    def allows(self, option: Option, bits: int) -> bool:
        """Whether an alternative is allowed where these patterns hold."""
        return self.applies(bits) and bool(bits & self.unit.flags[f"when {option.rule}"])

    @lazy
    def dead(self) -> list[Rule]:
        """The rules that hold in no case."""
        return [rule for rule in self.unit.rules if not any(self.holds(rule, bits) for bits in self.all)]

    @lazy
    def giving_way(self) -> list[Rule]:
        """The rules that hold in some case, and are overridden in each."""
        standing = {rule.id for bits in self.all if self.applies(bits) for rule in self.unit.standing(bits)[0]}
        return [rule for rule in self.unit.rules if rule.id not in standing and rule not in self.dead]

    @lazy
    def idle(self) -> set[str]:
        """The ids of rules and alternatives that are never of any account."""
        alternatives = self.unit.decision.alternatives
        never = [o.rule for o in alternatives if not any(self.allows(o, bits) for bits in self.all)]
        return {*never, *(rule.id for rule in (*self.dead, *self.giving_way))}

    def told(self, bits: int) -> Hashable:
        """What people are told where these patterns hold, as far as two rules could tell the same."""
        unit = self.unit
        if unit.is_finding:
            shown = finding(unit, bits)
            return shown and shown.key
        pair = conflict(unit, bits)
        if pair is not None:
            return (pair[0].id, pair[1].id)
        result = self.inference.resolved(bits)
        items = {item for rule in (*result.rules, *result.remarks) for item in rule.guidance}
        items.update(item for option in result.options for item in option.guidance)
        return (
            result.kind,
            result.outcome,
            frozenset((option.outcome, option.modality) for option in result.options),
            result.modality,
            frozenset(rule.remark for rule in result.remarks),
            frozenset(items),
        )

    @lazy
    def redundant(self) -> list[tuple[Rule, list[str]]]:
        """The rules that can be left out one after the other, the last first, with those that say the same."""
        found: list[tuple[Rule, list[str]]] = []
        left_out = 0
        for rule in reversed(self.unit.rules):
            flag = self.unit.flags[f"when {rule.id}"]
            if rule.id not in self.idle and all(
                self.told(bits & ~left_out) == self.told(bits & ~left_out & ~flag) for bits in self.all
            ):
                left_out |= flag
                found.append((rule, self._saying_the_same(rule, left_out)))
        return found[::-1]

    def _saying_the_same(self, rule: Rule, left_out: int) -> list[str]:
        """The rules that stand in the place of one that is left out: one for all cases, if there is one."""
        standing = [
            {other.id for other in self.unit.standing(bits & ~left_out)[0] if other.concludes == rule.concludes}
            for bits in self.all
            if self.holds(rule, bits) and rule in self.unit.standing(bits)[0]
        ]
        in_all = set.intersection(*standing) if standing else set()
        named = in_all or set().union(*standing)
        in_order = [other.id for other in self.unit.rules if other.id in named]
        return in_order[:1] if in_all else in_order


def possible(
    network: Network,
    conditions: Iterable[Node],
    facts: Iterable[str] = (),
    only: Iterable[Constraint] | None = None,
) -> Node:
    """Tokens -> whether all of some conditions hold, for somebody whom no constraint forbids.

    A constraint is of account as far as it rests on facts that play a part: others can be left open.

    Args:
        network: the network of the conditions.
        conditions: their diagrams.
        facts: other facts that play a part.
        only: the constraints; all where there are none.
    """
    made = network.diagrams
    result = reduce(lambda a, b: made.combine(_and, a, b), conditions, made.leaf(True))
    within = variables_of(result) | {network.variables[id].position for id in facts if id in network.variables}
    for constraint in network.constraints if only is None else only:
        broken = network.holds(constraint.when)
        for position in variables_of(broken) - within:
            broken = made.fix(broken, position, 0)
        result = made.combine(_unless, result, broken)
    return result


def can_hold(
    network: Network, conditions: Iterable[Condition], only: Iterable[Constraint] | None = None
) -> bool:
    """Whether some profile that the constraints allow makes all of these conditions true."""
    return True in leaves(possible(network, [network.holds(each) for each in conditions], (), only))


def _unless(holds: bool, broken: bool) -> bool:
    return holds and not broken


def _and(a: bool, b: bool) -> bool:
    return a and b


def _where(bits: object, allowed: bool) -> object:
    return bits if allowed else BROKEN
