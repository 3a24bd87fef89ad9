"""Conditions and combinations of facts in words, for those who write rules and those who read them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

from ..conditions import AnyOf, Condition, FactValue, Test, known_false
from ..language import _, list_of, number_of
from ..reasons import subject_label, value_label, wanted
from ..rulebook import RulebookData
from ..vocabulary import Fact
from ..words import quoted


def condition_text(book: RulebookData, condition: Condition) -> str:
    """A condition in words, as part of a sentence; empty where it always holds."""
    return _text(book, condition, nested=False)


def _text(book: RulebookData, condition: Condition, *, nested: bool) -> str:
    if isinstance(condition, Test):
        asked = quoted(subject_label(book, condition.fact))
        return _("{fact} {wanted}").format(fact=asked, wanted=wanted(book, condition))
    if isinstance(condition, AnyOf) and (family := family_of(book, condition)):
        first = condition.parts[0]
        assert isinstance(first, Test)
        told = _("at least one of `{facts}` {wanted}")
        return told.format(facts=f"{family}.*", wanted=wanted(book, first))
    parts = [_text(book, part, nested=True) for part in condition.parts]
    joined = list_of(parts, "or") if isinstance(condition, AnyOf) else list_of(parts, "clauses")
    return f"({joined})" if nested and len(parts) > 1 else joined


def family_of(book: RulebookData, condition: AnyOf) -> str | None:
    """The family of facts, if it asks the same of each of them."""
    tests = [part for part in condition.parts if isinstance(part, Test)]
    if len(tests) != len(condition.parts) or len(tests) < 2:
        return None
    facts = book.vocabulary.facts
    family = facts[tests[0].fact].family if tests[0].fact in facts else None
    members = {id for id, fact in facts.items() if fact.family == family}
    asked = {(test.operator, test.values, test.bounds, test.negated) for test in tests}
    return family if family and len(asked) == 1 and {test.fact for test in tests} == members else None


# --- combinations of facts --------------------------------------------------------------


def values_text(
    book: RulebookData, fact: Fact, groups: Sequence[Sequence[FactValue]], tests: Sequence[Test]
) -> str:
    """That a fact's value is in one of some groups, in words: `is Sales-led or Hybrid`, `is at least 5`.

    Args:
        book: for labels.
        fact: whose values they are.
        groups: values that no condition tells apart; for a number or a set, some of each group.
        tests: what conditions ask of the fact.
    """
    if fact.type == "number":
        return _numbers(fact, [value for group in groups for value in group], tests)
    if fact.type == "set":
        return _sets(book, fact, groups, tests)
    values = [value for group in groups for value in group]
    order = list(fact.values) if fact.type == "choice" else [True, False]
    labels = [value_label(book, fact.id, value) for value in order if value in values]
    labels += [value_label(book, fact.id, value) for value in values if value not in order]
    return _("is {values}").format(values=list_of(labels, "or"))


def _sets(book: RulebookData, fact: Fact, groups: Sequence[Sequence[FactValue]], tests: Sequence[Test]) -> str:
    """By one test that holds of all of them and of nothing else, or else group by group."""
    ways = [way for test in tests for way in (test, _opposite(test))]
    told = []
    for group in groups:
        met = [way for way in ways if way.accepts(group[0])]
        texts = list(dict.fromkeys(wanted(book, way) for way in _fewest(met)))
        told.append(list_of(texts, "clauses"))
    if len(groups) > 1:
        values = {value for group in groups for value in group}
        for way in ways:
            if all(way.accepts(value) for value in values) and len(told) == _groups_met(way, tests):
                return wanted(book, way)
    return list_of([f"({text})" if len(told) > 1 else text for text in told], "or")


def _groups_met(way: Test, tests: Sequence[Test]) -> int:
    """How many groups of sets a test is true of, as far as tests tell sets apart."""
    named = sorted(set().union(*(test.values for test in tests)), key=str)
    sets = [
        frozenset(map(str, chosen))
        for count in range(len(named) + 1)
        for chosen in itertools.combinations(named, count)
    ]
    return len({tuple(test.accepts(value) for test in tests) for value in sets if way.accepts(value)})


def _fewest(tests: Sequence[Test]) -> Sequence[Test]:
    """Without tests that follow from another: what excludes a and b excludes a."""
    return [
        test
        for test in tests
        if not any(
            test.operator == other.operator
            and test != other
            and (test.values < other.values if test.operator == "excludes" else other.values < test.values)
            for other in tests
        )
    ]


def _opposite(test: Test) -> Test:
    opposite = known_false(test)
    assert isinstance(opposite, Test)
    return opposite


def _numbers(fact: Fact, values: Collection[FactValue], tests: Sequence[Test]) -> str:
    """Numbers as intervals between the thresholds of the tests."""
    from ..variables import values_of

    inside = {float(value) for value in values if isinstance(value, (int, float))}
    points = sorted(
        float(value) for value, _fillable in values_of(fact, tuple(tests)) if isinstance(value, (int, float))
    )
    thresholds = {t for test in tests if test.bounds for t in test.bounds.thresholds()}
    thresholds |= {float(v) for test in tests for v in test.values if isinstance(v, (int, float))}
    runs: list[list[int]] = []
    for n, point in enumerate(points):
        if point in inside:
            if runs and runs[-1][-1] == n - 1:
                runs[-1].append(n)
            else:
                runs.append([n])
    return _("is {values}").format(
        values=list_of([_interval(fact, points, run[0], run[-1], thresholds) for run in runs], "or")
    )


def _interval(fact: Fact, points: Sequence[float], first: int, last: int, thresholds: Collection[float]) -> str:
    """The numbers from one point to another, as far as they go before the next threshold."""
    low, high = points[first], points[last]
    bounds = []
    if first == last and (
        low in thresholds or (fact.integer and (first or fact.minimum == low) and last < len(points) - 1)
    ):
        return _amount(fact, low)
    if first > 0:
        exact = fact.integer or low in thresholds
        word = _("at least {limit}") if exact else _("above {limit}")
        bounds.append(word.format(limit=_amount(fact, low if exact else points[first - 1])))
    if last < len(points) - 1:
        exact = fact.integer or high in thresholds
        word = _("at most {limit}") if exact else _("below {limit}")
        bounds.append(word.format(limit=_amount(fact, high if exact else points[last + 1])))
    return list_of(bounds) if bounds else _("any number")


def _amount(fact: Fact, number: float) -> str:
    return number_of(int(number) if number == int(number) else number)
