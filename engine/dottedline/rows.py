"""Rows of a unit's decision table, fired by durable_rules and held against a plain reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from .codes import LIMIT
from .conditions import Condition, FactValue, Test, alternatives, holds, tests
from .language import _
from .lazy import lazy
from .matcher import EngineFault, EngineLimit, Matcher, Term, check_limits
from .problems import Problem
from .resolution import Unit

#: Rows remembered for each unit; beyond that the oldest are forgotten.
_REMEMBERED = 4096


class Rows:
    """The rows of one unit, each filled when it is first met.

    A row's key has a token for each fact or decision that the unit's own
    conditions name: 0 for unknown, else one for each way in which a value
    meets these conditions' tests.

    Args:
        unit: whose conditions are matched.
        values: every value that each of the unit's needs can have, by name.
    """

    def __init__(self, unit: Unit, values: Mapping[str, Sequence[FactValue]]) -> None:
        self.unit = unit
        self._values = values
        self._positions = {name: position for position, name in enumerate(unit.needs)}
        #: A wrapper of its own, so that a forgotten rulebook forgets its rows.
        self._row = lru_cache(_REMEMBERED)(self._fill)

    def fire(self, seen: Mapping[str, FactValue | None]) -> int:
        """The patterns that hold on these values, as bits.

        Raises:
            EngineFault: where durable_rules fails, or differs from a plain reading.
        """
        return self._row(
            tuple(
                0 if (value := seen.get(name)) is None else self._token(position, value)
                for position, name in enumerate(self.unit.needs)
            )
        )

    def problems(self) -> Iterator[Problem]:
        """What durable_rules could not hold: one problem for each rule that is too much for it."""
        for name, condition in self.unit.patterns.items():
            try:
                ways = [
                    {self._positions[t.fact]: frozenset({0}) for t in way} for way in alternatives(condition)
                ]
                check_limits(range(len(self._positions)), ways)
            except (EngineLimit, OverflowError) as error:
                too_many_ways = _("a condition with more than 10,000 ways to be true")
                rule = next((rule for rule in self.unit.rules if name.endswith(f" {rule.id}")), None)
                yield Problem(
                    _("`{id}` is more than the rule engine can hold: {limit}").format(
                        id=rule.id if rule else self.unit.id,
                        limit=too_many_ways if isinstance(error, OverflowError) else error,
                    ),
                    rule.span if rule else self.unit.decision.span,
                    _("split it into several rules, or derive a fact from some of its facts first"),
                    code=LIMIT,
                )

    def _fill(self, tokens: tuple[int, ...]) -> int:
        fired = self._matcher.match(tokens)
        values = {
            name: next(
                (value for token, value in self._classes[position].values() if token == tokens[position]), None
            )
            for name, position in self._positions.items()
        }
        bits = self.unit.bits(fired.__contains__)
        read = self.unit.bits(lambda name: holds(self.unit.patterns[name], values.get))
        if bits != read:
            raise EngineFault(
                f"on `{self.unit.id}` durable_rules fired {sorted(fired)}, "
                f"but {sorted(self.unit.names(read))} hold"
            )
        return bits

    @lazy
    def _matcher(self) -> Matcher:
        patterns = {name: self._terms(condition) for name, condition in self.unit.patterns.items()}
        return Matcher(self.unit.id, patterns)

    def _terms(self, condition: Condition) -> list[Term]:
        """A condition as the matcher wants it: for each way to be true, the tokens that fit."""
        terms: list[Term] = []
        for way in alternatives(condition):
            term: dict[int, frozenset[int]] = {}
            for test in way:
                position = self._positions[test.fact]
                fitting = frozenset(t for t, value in self._classes[position].values() if test.accepts(value))
                term[position] = term.get(position, fitting) & fitting
            if all(term.values()):
                terms.append(term)
        return terms

    @lazy
    def _tests(self) -> list[list[Test]]:
        """For each need: the tests that the unit's own conditions make of it."""
        own: dict[str, dict[Test, None]] = {name: {} for name in self.unit.needs}
        for condition in self.unit.patterns.values():
            for test in tests(condition):
                own[test.fact][test] = None
        return [list(found) for found in own.values()]

    @lazy
    def _classes(self) -> list[dict[tuple[bool, ...], tuple[int, FactValue]]]:
        """For each need: its classes of values, as (token, a value of that class)."""
        return [classes for classes, _tokens in self._by_need]

    @lazy
    def _tokens(self) -> list[dict[FactValue, int]]:
        """For each need: the tokens of the values that are known beforehand."""
        return [tokens for _classes, tokens in self._by_need]

    @lazy
    def _by_need(self) -> list[tuple[dict[tuple[bool, ...], tuple[int, FactValue]], dict[FactValue, int]]]:
        found = []
        for name, position in self._positions.items():
            classes: dict[tuple[bool, ...], tuple[int, FactValue]] = {}
            tokens: dict[FactValue, int] = {}
            for value in self._values[name]:
                token, _example = classes.setdefault(self._class_of(position, value), (len(classes) + 1, value))
                tokens[value] = token
            found.append((classes, tokens))
        return found

    def _token(self, position: int, value: FactValue) -> int:
        known = self._tokens[position].get(value)
        return self._classes[position][self._class_of(position, value)][0] if known is None else known

    def _class_of(self, position: int, value: FactValue) -> tuple[bool, ...]:
        return tuple([test.accepts(value) for test in self._tests[position]])
