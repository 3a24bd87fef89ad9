"""Conditions as data: what a rule asks of facts, read one by one in Python.

A condition is built of literals (one test of one fact) with `all` and `any`.
No literal is true of an unknown fact, so a condition only gains truth as more
becomes known. The matcher compiles the same objects; the reading here is what
explanations use and what every match is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

#: A fact's value: yes or no, a choice or a decision's result, a number, a set of choices.
FactValue = bool | str | int | float | frozenset[str]

Operator = OneOf["is", "is_not", "within", "includes", "excludes"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """An interval of numbers; None leaves a side open."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def contains(self, number: float) -> bool:
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )

    def thresholds(self) -> list[float]:
        sides = (self.at_least, self.at_most, self.above, self.below)
        return [side for side in sides if side is not None]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one fact (a literal, in the words of logic).

    `negated` turns a test of bounds around; the other operators have a
    counterpart of their own.
    """

    fact: str
    operator: Operator
    values: frozenset[FactValue] = frozenset()
    bounds: Bounds | None = None
    negated: bool = False

    def accepts(self, value: FactValue) -> bool:
        """Whether a known value passes."""
        if self.operator == "within":
            assert self.bounds is not None
            if isinstance(value, (frozenset, str)):
                return False
            return self.bounds.contains(value) != self.negated
        if self.operator in ("is", "is_not"):
            return _among(value, self.values) == (self.operator == "is")
        return isinstance(value, frozenset) and bool(value & self.values) == (self.operator == "includes")


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is; without parts, always."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is; without parts, never."""

    parts: tuple[Condition, ...] = ()


Condition = Test | AllOf | AnyOf

ALWAYS = AllOf()

#: Gives a fact's value, or None where it is unknown.
Lookup = Callable[[str], FactValue | None]


def _among(value: FactValue, values: frozenset[FactValue]) -> bool:
    """Membership that tells True from 1."""
    if isinstance(value, str):
        return value in values
    is_bool = isinstance(value, bool)
    return any(value == other and isinstance(other, bool) == is_bool for other in values)


def truth(condition: Condition, lookup: Lookup) -> bool | None:
    """True, False, or None where it rests on something unknown."""
    if isinstance(condition, Test):
        value = lookup(condition.fact)
        return None if value is None else condition.accepts(value)
    verdicts = [truth(part, lookup) for part in condition.parts]
    decisive = isinstance(condition, AnyOf)
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive


def holds(condition: Condition, lookup: Lookup) -> bool:
    """Whether `truth` is True: the same, as soon as it is certain."""
    if isinstance(condition, Test):
        value = lookup(condition.fact)
        return value is not None and condition.accepts(value)
    if isinstance(condition, AllOf):
        return all(holds(part, lookup) for part in condition.parts)
    return any(holds(part, lookup) for part in condition.parts)


def tests(condition: Condition) -> Iterator[Test]:
    """Every test in a condition, in reading order."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from tests(part)


def required(condition: Condition) -> frozenset[str]:
    """The facts without which a condition cannot be true."""
    if isinstance(condition, Test):
        return frozenset({condition.fact})
    parts = [required(part) for part in condition.parts]
    if not parts:
        return frozenset()
    return frozenset.union(*parts) if isinstance(condition, AllOf) else frozenset.intersection(*parts)


def known_false(condition: Condition) -> Condition:
    """The condition that is true exactly where `condition` is known to be false."""
    if isinstance(condition, AllOf):
        return AnyOf(tuple(known_false(part) for part in condition.parts))
    if isinstance(condition, AnyOf):
        return AllOf(tuple(known_false(part) for part in condition.parts))
    opposite: dict[Operator, Operator] = {
        "is": "is_not",
        "is_not": "is",
        "includes": "excludes",
        "excludes": "includes",
        "within": "within",
    }
    return Test(
        condition.fact,
        opposite[condition.operator],
        condition.values,
        condition.bounds,
        condition.negated != (condition.operator == "within"),
    )


def alternatives(condition: Condition) -> list[tuple[Test, ...]]:
    """The condition in disjunctive normal form: one tuple of tests for each way to be true."""
    if isinstance(condition, Test):
        return [(condition,)]
    ways = [alternatives(part) for part in condition.parts]
    if isinstance(condition, AnyOf):
        return [way for part in ways for way in part]
    product: list[tuple[Test, ...]] = [()]
    for part in ways:
        product = [(*left, *right) for left in product for right in part]
        if len(product) > 10_000:
            raise OverflowError("a condition with more than 10,000 ways to be true")
    return product
