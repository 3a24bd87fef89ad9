"""durable_rules asked directly, company by company: the whole rulebook, no tables of what was found before.

The engine's `Matcher` stands before durable_rules as elsewhere; nothing here checks what it fires.
Decisions that rest on others come after them; all that can be matched together is one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answers import Answer, Result, Shape

import dottedline
from dottedline.conditions import Condition, FactValue, Test, alternatives, tests
from dottedline.inference import UnitInference, as_fact
from dottedline.matcher import Matcher, Term
from dottedline.resolution import finding, resolve

#: For each test of a fact that conditions make, what it says of a value.
_Seen = tuple[bool, ...]


class Direct:
    """A rulebook in durable_rules."""

    def __init__(self, book: dottedline.Rulebook) -> None:
        self._book = book
        self._levels: list[_Level] = []
        rest = list(book.network.units.values())
        while rest:
            waiting = {unit.unit.id for unit in rest if not unit.unit.is_finding}
            ready = [unit for unit in rest if not waiting.intersection(unit.unit.needs)]
            self._levels.append(_Level(ready))
            rest = [unit for unit in rest if unit not in ready]

    def evaluate(self, companies: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Result], list[Any]]]:
        """The results of each company: its decisions, and the findings that show with their states."""
        return [self._evaluate(company) for company in companies]

    def _evaluate(self, company: Mapping[str, Any]) -> tuple[dict[str, Result], list[Any]]:
        known = dict(company)
        decisions: dict[str, Result] = {}
        findings = []
        for level in self._levels:
            holds = level.match(known)
            for unit in level.units:
                bits = unit.unit.bits(holds[unit.unit.id].__contains__)
                if unit.unit.is_finding:
                    shown = finding(unit.unit, bits)
                    if shown is not None:
                        findings.append((unit.unit.id, shown.state))
                    continue
                found = resolve(unit.unit, bits)
                status = {"outcome": "settled", "nothing": "silent"}.get(found.kind, found.kind)
                rules = " ".join(rule.id for rule in found.rules) or None
                decisions[unit.unit.id] = status, found.outcome, found.modality, rules
                value = as_fact(self._book.data, unit.unit.id, found.outcome)
                known[unit.unit.id] = value if value is not None else status
        return decisions, findings

    def answers(self, given: Sequence[tuple[dict[str, Result], list[Any]]], shape: Shape) -> list[Answer]:
        """The same as answers."""
        return [
            Answer(
                tuple(decisions[id] for id in shape.decisions),
                tuple(sorted(findings, key=lambda shown: shape.findings.index(shown[0]))),
            )
            for decisions, findings in given
        ]


class _Level:
    """Decisions and findings that can be matched together."""

    def __init__(self, units: Sequence[UnitInference]) -> None:
        self.units = units
        asked: dict[str, dict[Test, None]] = {}
        patterns = {
            (unit.unit.id, name): condition for unit in units for name, condition in unit.unit.patterns.items()
        }
        for condition in patterns.values():
            for test in tests(condition):
                asked.setdefault(test.fact, {})[test] = None
        self._tests = {fact: list(of_fact) for fact, of_fact in asked.items()}
        self._positions = {fact: n for n, fact in enumerate(asked)}
        self._classes = {fact: self._tokens(units[0].network, fact) for fact in asked}
        self._names = {f"{unit} {name}": (unit, name) for unit, name in patterns}
        self._matcher = Matcher(
            "direct", {f"{unit} {name}": self._terms(condition) for (unit, name), condition in patterns.items()}
        )

    def match(self, known: Mapping[str, FactValue]) -> dict[str, set[str]]:
        """For each unit, the conditions that hold."""
        tokens = [self._classes[fact][self._seen(fact, known[fact])] for fact in self._positions]
        holds: dict[str, set[str]] = {unit.unit.id: set() for unit in self.units}
        for found in self._matcher.match(tokens):
            unit, name = self._names[found]
            holds[unit].add(name)
        return holds

    def _seen(self, fact: str, value: FactValue) -> _Seen:
        return tuple([test.accepts(value) for test in self._tests[fact]])

    def _tokens(self, network: Any, fact: str) -> dict[_Seen, int]:
        """A token for each way in which a value of the fact can meet its tests."""
        values: list[FactValue] = []
        if fact in network.variables:
            values += [value for band in network.variables[fact].bands for value in band.values]
        if fact in network.book.decisions:
            values += [as_fact(network.book, fact, id) for id in network.book.decisions[fact].outcomes]
            values += ["open", "silent", "not_applicable"]
        return {seen: n for n, seen in enumerate(dict.fromkeys(self._seen(fact, value) for value in values), 1)}

    def _terms(self, condition: Condition) -> list[Term]:
        terms: list[Term] = []
        for way in alternatives(condition):
            term: dict[int, frozenset[int]] = {}
            for test in way:
                which = self._tests[test.fact].index(test)
                fitting = frozenset(token for seen, token in self._classes[test.fact].items() if seen[which])
                position = self._positions[test.fact]
                term[position] = term.get(position, fitting) & fitting
            if all(term.values()):
                terms.append(term)
        return terms
