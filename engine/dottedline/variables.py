"""Facts as variables with few values: what no rule tells apart is one band.

Every fact that a rulebook's conditions name becomes a variable. Its values
are grouped into *bands* by the tests that any condition makes of it, so that
a number becomes a handful of intervals and a set of six elements, tested only
for being empty, two bands. Token 0 is unknown; token n is the n-th band.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .conditions import FactValue, Test
from .vocabulary import Fact

#: Sets are split by every subset of the elements that conditions name, and no more than these.
MAX_SET_ELEMENTS = 12


class Band(NamedTuple):
    """Values that no condition of the rulebook tells apart.

    `values` lists all of them for a yes/no fact or a choice, and one that
    stands for all (the smallest) for a number or a set.
    """

    values: tuple[FactValue, ...]
    #: False where its values count only when a profile states them.
    fillable: bool

    @property
    def example(self) -> FactValue:
        return self.values[0]


class Variable:
    """One fact, banded by the tests that are made of it."""

    def __init__(self, position: int, fact: Fact, tests: Iterable[Test]) -> None:
        self.position = position
        self.fact = fact
        #: The tests that conditions make of it, each once.
        self.tests = tuple(dict.fromkeys(tests))
        groups: dict[tuple[object, ...], list[FactValue]] = {}
        for value, fillable in values_of(fact, self.tests):
            groups.setdefault((fillable, *self._verdicts(value)), []).append(value)
        if fact.type in ("set", "number"):
            groups = _one_each(groups)
        self.bands = tuple(Band(tuple(values), bool(key[0])) for key, values in groups.items())
        self._tokens: dict[object, int] = {key[1:]: n for n, key in enumerate(groups, 1)}
        if fact.type in ("choice", "yes_no"):
            # A stated-only value may test the same as another: find these by value.
            self._tokens = {value: n for n, band in enumerate(self.bands, 1) for value in band.values}
        #: Tokens that a completion may put in the place of unknown.
        self.fills = tuple(n for n, band in enumerate(self.bands, 1) if band.fillable)

    @property
    def named(self) -> frozenset[FactValue]:
        """The values, or the elements of sets, that conditions name."""
        return frozenset().union(*(test.values for test in self.tests))

    def token(self, value: FactValue | None) -> int:
        """The token of a value of this fact; 0 for None."""
        if value is None:
            return 0
        if self.fact.type in ("choice", "yes_no"):
            return self._tokens[value]
        return self._tokens[self._verdicts(value)]

    def example(self, token: int) -> FactValue | None:
        """A value that has this token; None for 0."""
        return self.bands[token - 1].example if token else None

    def _verdicts(self, value: FactValue) -> tuple[bool, ...]:
        return tuple(test.accepts(value) for test in self.tests)


def values_of(fact: Fact, tests: tuple[Test, ...]) -> Iterator[tuple[FactValue, bool]]:
    """Values of a fact that between them meet its tests in every possible way, and whether each is fillable."""
    if fact.type == "yes_no":
        yield from ((True, True), (False, True))
    elif fact.type == "choice":
        yield from ((choice.id, not choice.only_if_stated) for choice in fact.values.values())
    elif fact.type == "set":
        named = set().union(*(test.values for test in tests))
        elements = [id for id in fact.values if id in named]
        elements += [id for id in fact.values if id not in named][:1]
        for count in range(len(elements) + 1):
            for chosen in itertools.combinations(elements, count):
                yield frozenset(chosen), not any(fact.values[id].only_if_stated for id in chosen)
    else:
        yield from ((number, True) for number in _points(fact, tests))


def _points(fact: Fact, tests: tuple[Test, ...]) -> list[float]:
    """Numbers on, between and beyond all thresholds, within the fact's range, nearest to zero first."""
    thresholds = sorted({t for test in tests if test.bounds for t in test.bounds.thresholds()})
    thresholds = sorted(
        {*thresholds, *(v for test in tests for v in test.values if isinstance(v, (int, float)))}
    )
    if not thresholds:
        return [fact.minimum or 0]
    step = 1.0
    points: set[float] = {thresholds[0] - step, thresholds[-1] + step}
    for low, high in itertools.pairwise(thresholds):
        points.add((low + high) / 2)
    points.update(thresholds)
    if fact.integer:
        around = {math.floor(point) + delta for point in points for delta in (-1, 0, 1, 2)}
        points = {float(point) for point in around}
    low_limit = -math.inf if fact.minimum is None else fact.minimum
    high_limit = math.inf if fact.maximum is None else fact.maximum
    points.update(limit for limit in (low_limit, high_limit) if math.isfinite(limit))
    if low_limit < thresholds[0]:
        points.add(max(low_limit, thresholds[0] - step))
    if high_limit > thresholds[-1]:
        points.add(min(high_limit, thresholds[-1] + step))
    inside = [point for point in points if low_limit <= point <= high_limit]
    whole = [int(point) if point == int(point) else point for point in inside]
    return sorted(whole, key=lambda point: (abs(point), point))


def _one_each(
    groups: Mapping[tuple[object, ...], list[FactValue]],
) -> dict[tuple[object, ...], list[FactValue]]:
    """For sets and numbers: one band for each way to meet the tests, fillable where any value is."""
    merged: dict[tuple[object, ...], tuple[bool, FactValue]] = {}
    for (fillable, *verdicts), values in groups.items():
        key = tuple(verdicts)
        if key not in merged or (fillable and not merged[key][0]):
            merged[key] = (bool(fillable), values[0])
    return {(fillable, *key): [value] for key, (fillable, value) in merged.items()}
