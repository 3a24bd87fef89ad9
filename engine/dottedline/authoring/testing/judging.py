"""Judging mutants: caught by a case, refused, proved to make no difference, or surviving.

Two networks over the same variables are compared by their diagrams. Where
they say the same of every company, known or unknown as it may be, no case
could ever tell them apart; where they do not, there is a company for which
they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from ...conditions import FactValue, Test, tests
from ...diagram import Node, evaluate, leaves, simplest
from ...inference import BROKEN, Network
from ...library import Rulebook
from ...problems import RulebookError
from ...resolution import conflict, conflict_problem
from ...rulebook import Decision, RulebookData
from .altered import AlteredNetwork
from .cases import Case, Expected, misses
from .mutants import Mutant
from .said import DecisionSaid, FindingSaid, said_by

Fate = Literal["caught", "refused", "equivalent", "survives"]


class Difference(NamedTuple):
    """A company of which the rulebook and its mutant say different things."""

    #: The decision or finding.
    about: str
    facts: Mapping[str, FactValue]
    #: False where they differ without what the project inferred itself.
    with_inferred: bool
    before: DecisionSaid | FindingSaid | None
    after: DecisionSaid | FindingSaid | None


class Judged(NamedTuple):
    """What became of a mutant."""

    fate: Fate
    #: The case that catches it; why it is refused.
    by: str = ""
    #: Where it survives.
    difference: Difference | None = None


class Judge:
    """Judges the mutants of one decision.

    Args:
        book: the rulebook, with what the project inferred.
        cases: cases that it passes.
        mutants: the mutants, all of one decision.
    """

    def __init__(self, book: Rulebook, cases: Iterable[Case], mutants: Sequence[Mutant]) -> None:
        data, cases = book.data, tuple(cases)
        banding = _banding(book.network, mutants)
        unit_of = _unit_of(data)
        self._sides = [_Side(data, banding, unit_of, cases, with_inferred=True)]
        inferred = [rule.inferred for _decision, rule in data.rules()]
        inferred += [option.inferred for each in data.decisions.values() for option in each.alternatives]
        if any(inferred):
            self._sides.append(_Side(data.without_inferred(), banding, unit_of, cases, with_inferred=False))

    def judge(self, mutant: Mutant) -> Judged:
        """What becomes of a mutant."""
        try:
            altered = [side.altered(mutant.decision) for side in self._sides]
            for side, network in zip(self._sides, altered, strict=True):
                if (told := _conflict(network)) is not None:
                    return Judged("refused", told)
                if (case := side.catching(network)) is not None:
                    return Judged("caught", case.name)
            for side, network in zip(self._sides, altered, strict=True):
                if (difference := side.difference(network)) is not None:
                    return Judged("survives", difference=difference)
        except RulebookError as error:  # too large to be consulted
            return Judged("refused", error.problems[0].message)
        return Judged("equivalent")


class _Side:
    """The rulebook with, or without, what the project inferred: what it says, and what cases expect."""

    def __init__(
        self,
        data: RulebookData,
        banding: Mapping[str, Iterable[Test]],
        unit_of: Mapping[str, str],
        cases: Iterable[Case],
        *,
        with_inferred: bool,
    ) -> None:
        self.with_inferred = with_inferred
        self.network = Network(data, banding)
        self._said: dict[str, Node] = {}
        #: For each unit: the cases that expect something of it, with their tokens and what they expect.
        self._expecting: dict[str, list[tuple[Case, tuple[int, ...], list[Expected]]]] = {}
        for case in cases:
            if case.with_inferred != with_inferred:
                continue
            tokens = self.network.tokens(case.profile.facts)
            by_unit: dict[str, list[Expected]] = {}
            for expected in case.expected:
                unit = unit_of[expected.about] if expected.what == "fires" else expected.about
                by_unit.setdefault(unit, []).append(expected)
            for unit, expecting in by_unit.items():
                self._expecting.setdefault(unit, []).append((case, tokens, expecting))

    def altered(self, decision: Decision) -> AlteredNetwork:
        """The network in which a decision is another."""
        if not self.with_inferred:
            book = replace(self.network.book, decisions={decision.id: decision})
            decision = book.without_inferred().decisions[decision.id]
        return AlteredNetwork(self.network, decision)

    def said(self, unit: str) -> Node:
        """What the rulebook itself says of a decision or finding."""
        found = self._said.get(unit)
        if found is None:
            here = self.network.units.get(unit)
            found = self.network.diagrams.leaf(None) if here is None else said_by(here)
            self._said[unit] = found
        return found

    def catching(self, network: AlteredNetwork) -> Case | None:
        """The first case that a mutant does not pass."""
        for unit, said in self._differing(network):
            for case, tokens, expecting in self._expecting.get(unit, ()):
                if self.network.is_derived(unit) and unit in case.profile.facts:
                    continue  # a fact given outright is not inferred
                if misses(expecting, {unit: evaluate(said, tokens)}):
                    return case
        return None

    def difference(self, network: AlteredNetwork) -> Difference | None:
        """The simplest company of which a mutant says something else."""
        diagrams = self.network.diagrams
        for unit, said in self._differing(network):
            differ = diagrams.combine(
                lambda a, b: a is not BROKEN and b is not BROKEN and a != b, self.said(unit), said
            )
            for constraint in self.network.book.vocabulary.constraints:
                if constraint.level == "error" and True in leaves(differ):
                    broken = self.network.holds(constraint.when)
                    differ = diagrams.combine(lambda a, b: a and not b, differ, broken)
            tokens = simplest(differ, bool, len(self.network.variables))
            if tokens is not None:
                return Difference(
                    about=unit,
                    facts=self.network.facts_at(tokens),
                    with_inferred=self.with_inferred,
                    before=evaluate(self.said(unit), tokens),
                    after=evaluate(said, tokens),
                )
        return None

    def _differing(self, network: AlteredNetwork) -> Iterator[tuple[str, Node]]:
        """The units of which a mutant may say something else, with what it says."""
        for unit in network.affected_units:
            here = network.units.get(unit)
            said = self.network.diagrams.leaf(None) if here is None else said_by(here)
            if said is not self.said(unit):
                yield unit, said


def _unit_of(data: RulebookData) -> dict[str, str]:
    """The decision or finding of each rule and alternative."""
    found: dict[str, str] = {}
    for decision in data.decisions.values():
        for rule in decision.rules:
            found[rule.id] = rule.finding or decision.id
        found.update((option.rule, decision.id) for option in decision.alternatives)
    return found


def _banding(network: Network, mutants: Iterable[Mutant]) -> dict[str, list[Test]]:
    """Each fact of the rulebook's network, in its order, with the tests that mutants make of it."""
    banding: dict[str, list[Test]] = {id: [] for id in network.variables}
    for mutant in mutants:
        for condition in mutant.decision.conditions():
            for test in tests(condition):
                if test.fact in banding:
                    banding[test.fact].append(test)
    return banding


def _conflict(network: AlteredNetwork) -> str | None:
    """Why a mutant could not be loaded: two of its rules conflict."""
    for id in network.affected_units:
        unit = network.units.get(id)
        if unit is None or unit.unit.is_finding:
            continue
        for bits in leaves(unit.known):
            pair = None if bits is BROKEN else conflict(unit.unit, bits)
            if pair is not None:
                return conflict_problem(unit.unit, *pair).message
    return None
