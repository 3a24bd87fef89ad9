"""One small alteration of a condition at a time: what a slip of the hand could make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from ...conditions import AllOf, AnyOf, Bounds, Condition, FactValue, Test, known_false
from ...inference import Network
from ...variables import MAX_SET_ELEMENTS
from ..words import family_of

#: A bound, and the one that tells the same number otherwise.
_OTHER_BOUND = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
#: Which way to move a bound so that the two alterations of it are one wider and one narrower.
_MOVE = {"at_least": -1, "above": 1, "at_most": 1, "below": -1}


class Altered(NamedTuple):
    """A condition of which one part is altered."""

    how: Literal["left_out", "turned", "changed", "joined"]
    #: The part, before and after.
    part: Condition
    becomes: Condition | None
    #: The fact or the family that it tests; empty where it is a group.
    name: str
    #: Which part it is of those on the same facts, in reading order.
    number: int
    #: The whole condition after it; None where nothing is left.
    whole: Condition | None


class Alterations:
    """The alterations of conditions of one rulebook."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def of(self, condition: Condition) -> Iterator[Altered]:
        """Every alteration of a condition, in reading order."""
        seen: dict[str, int] = {}
        yield from self._of(condition, seen)

    def parts(self, condition: Condition) -> list[Condition]:
        """Its smallest parts, in reading order: tests of a fact, or of a whole family."""
        if isinstance(condition, Test) or self.family(condition):
            return [condition]
        return [part for each in condition.parts for part in self.parts(each)]

    def family(self, condition: Condition) -> str | None:
        """The family of which a condition tests every fact alike, as `family.*` is read."""
        return family_of(self._network.book, condition) if isinstance(condition, AnyOf) else None

    def name(self, part: Condition) -> str:
        """The fact, or the family, that a smallest part tests."""
        family = self.family(part)
        if family:
            return f"{family}.*"
        assert isinstance(part, Test)
        return part.fact

    def _of(self, condition: Condition, seen: dict[str, int]) -> Iterator[Altered]:
        if isinstance(condition, Test) or self.family(condition):
            name = self.name(condition)
            number = seen[name] = seen.get(name, -1) + 1
            yield Altered("left_out", condition, None, name, number, None)
            turned = known_false(condition)
            yield Altered("turned", condition, turned, name, number, turned)
            for changed in self._changed(condition):
                yield Altered("changed", condition, changed, name, number, changed)
            return
        for n, part in enumerate(condition.parts):
            for altered in self._of(part, seen):
                yield altered._replace(whole=_with(condition, n, altered.whole))
        if len(condition.parts) > 1:
            joined = AnyOf(condition.parts) if isinstance(condition, AllOf) else AllOf(condition.parts)
            yield Altered("joined", condition, joined, "", 0, joined)

    def _changed(self, part: Condition) -> Iterator[Condition]:
        if not isinstance(part, Test):
            assert isinstance(part, AnyOf)
            alike = part.parts[0]
            assert isinstance(alike, Test)
            for test in self._changed(alike):
                assert isinstance(test, Test)
                yield AnyOf(
                    tuple(replace(test, fact=each.fact) for each in part.parts if isinstance(each, Test))
                )
        elif part.bounds is not None:
            yield from (replace(part, bounds=bounds) for bounds in _other_bounds(part.bounds))
        else:
            yield from (replace(part, values=values) for values in self._other_values(part))

    def _other_values(self, test: Test) -> Iterator[frozenset[FactValue]]:
        """One value less, one for another, one more."""
        known = self._values(test)
        if set(known) == {True, False}:
            return  # the other answer is the test turned around
        named = [value for value in known if value in test.values]
        others = [value for value in known if value not in test.values]
        if len(test.values) > 1:
            for value in sorted(test.values, key=str):
                yield test.values - {value}
        if others:
            # The next one in the vocabulary: the first that comes after those that are named.
            last = known.index(named[-1]) if named else -1
            another = next((value for value in others if known.index(value) > last), others[0])
            if len(test.values) == 1:
                yield frozenset({another})
            yield test.values | {another}

    def _values(self, test: Test) -> Sequence[FactValue]:
        """What could be named in the place of what is, in the order of the vocabulary."""
        book = self._network.book
        fact = book.vocabulary.facts.get(test.fact)
        if fact is None:
            return list(book.decisions[test.fact].outcomes)
        if fact.type == "yes_no":
            return [True, False]
        if fact.type == "number":
            return [value + 1 for value in sorted(test.values, key=str) if isinstance(value, (int, float))]
        if fact.type == "set":
            # Each element that is named splits the fact's values in two, and there is a limit to that.
            named = self._network.variables[fact.id].named
            room = max(0, MAX_SET_ELEMENTS - len(named))
            unnamed = [value for value in fact.values if value not in named][:room]
            return [value for value in fact.values if value in named or value in unnamed]
        return list(fact.values)


def _with(group: AllOf | AnyOf, number: int, part: Condition | None) -> Condition | None:
    """A group in which one part is another, or is left out; None where no part is left."""
    kept = [] if part is None else [part]
    parts = (*group.parts[:number], *kept, *group.parts[number + 1 :])
    if not parts:
        return None
    return AllOf(parts) if isinstance(group, AllOf) else AnyOf(parts)


def _other_bounds(bounds: Bounds) -> Iterator[Bounds]:
    """Bounds of which one is a little wider, a little narrower, or, where there are two, left out."""
    given: Mapping[str, float] = {
        name: limit for name in _OTHER_BOUND if (limit := getattr(bounds, name)) is not None
    }
    for name, limit in given.items():
        others = {key: value for key, value in given.items() if key != name}
        if _OTHER_BOUND[name] not in others:
            yield Bounds(**others, **{_OTHER_BOUND[name]: limit})
        yield Bounds(**others, **{name: limit + _MOVE[name]})
        if others:
            yield Bounds(**others)
