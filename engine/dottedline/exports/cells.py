"""What a row of a decision table asks of one fact, as a person would write it.

Inside, a fact is a token of a small domain. Outside there are only values: a
row asks for some of them, for an interval, for what a set holds or lacks, or
that the fact is not known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..conditions import FactValue
from ..variables import Variable
from ..vocabulary import Fact

#: So many values are listed, even where those that do not fit are fewer.
_FEW = 4


class Interval(NamedTuple):
    """Numbers from `low` to `high`, themselves among them where `*_in` says so; None leaves a side open."""

    low: float | None
    low_in: bool
    high: float | None
    high_in: bool


class Holding(NamedTuple):
    """Sets that hold at least one element of each of `includes`, and none of `excludes`."""

    includes: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]


class Cell(NamedTuple):
    """What a row asks of a fact: the values of one of the four kinds below, and whether unknown fits too."""

    #: That it is not known fits.
    unknown: bool
    #: Any value fits.
    known: bool = False
    #: For yes or no and choices: these fit, and these do not.
    values: tuple[FactValue, ...] = ()
    others: tuple[FactValue, ...] = ()
    #: For numbers: those in one of these.
    intervals: tuple[Interval, ...] = ()
    #: For sets: those that are as one of these says.
    holding: tuple[Holding, ...] = ()

    @property
    def by_others(self) -> bool:
        """Whether it is shorter to say which values do not fit."""
        return len(self.others) < len(self.values) > _FEW


def cell(variable: Variable, tokens: Collection[int]) -> Cell:
    """What having one of these tokens asks of a fact."""
    unknown = 0 in tokens
    bands = {token for token in tokens if token}
    if not bands:
        return Cell(unknown)
    if len(bands) == len(variable.bands):
        return Cell(unknown, known=True)
    if variable.fact.type == "number":
        return Cell(unknown, intervals=tuple(_intervals(variable, bands)))
    if variable.fact.type == "set":
        return Cell(unknown, holding=tuple(_holding(variable, bands)))
    return one_of(variable.fact, [v for v in values_of(variable.fact) if variable.token(v) in bands], unknown)


def one_of(fact: Fact, values: Collection[FactValue], unknown: bool = False) -> Cell:
    """That a yes/no fact or a choice is one of these values."""
    others = tuple(value for value in values_of(fact) if value not in values)
    return Cell(unknown, values=tuple(values), others=others) if others else Cell(unknown, known=True)


def values_of(fact: Fact) -> Sequence[FactValue]:
    """Every value of a yes/no fact or a choice."""
    return (True, False) if fact.type == "yes_no" else tuple(fact.values)


# --- numbers ------------------------------------------------------------------------


def _intervals(variable: Variable, bands: set[int]) -> Iterator[Interval]:
    """The numbers of these bands: as few intervals as there can be."""
    begun: Interval | None = None
    beyond = False
    for piece in _pieces(variable):
        number = _number_in(piece, variable.fact)
        if number is None:
            # No such number can be: it may lie inside an interval, which is then easier to read.
            beyond = begun is not None
        elif variable.token(number) in bands:
            begun = piece if begun is None else Interval(begun.low, begun.low_in, piece.high, piece.high_in)
        elif begun is not None:
            yield begun
            begun = None
    if begun is not None:
        yield Interval(begun.low, begun.low_in, None, False) if beyond else begun


def _pieces(variable: Variable) -> Iterator[Interval]:
    """All numbers in order, in pieces that no condition cuts: each threshold, and what lies between."""
    thresholds = sorted(
        {t for test in variable.tests if test.bounds for t in test.bounds.thresholds()}
        | {value for value in variable.named if not isinstance(value, (str, frozenset))}
    )
    low: float | None = None
    for threshold in thresholds:
        yield Interval(low, False, threshold, False)
        yield Interval(threshold, True, threshold, True)
        low = threshold
    yield Interval(low, False, None, False)


def _number_in(piece: Interval, fact: Fact) -> float | None:
    """A number of this piece that the fact can be; None where there is none."""
    low, low_in = (-math.inf, False) if piece.low is None else (piece.low, piece.low_in)
    high, high_in = (math.inf, False) if piece.high is None else (piece.high, piece.high_in)
    if fact.minimum is not None and fact.minimum > low:
        low, low_in = fact.minimum, True
    if fact.maximum is not None and fact.maximum < high:
        high, high_in = fact.maximum, True
    if fact.integer and low != -math.inf:
        low, low_in = math.floor(low) + (0 if low_in and low == math.floor(low) else 1), True
    if fact.integer and high != math.inf:
        high, high_in = math.ceil(high) - (0 if high_in and high == math.ceil(high) else 1), True
    if low > high or (low == high and not (low_in and high_in)):
        return None
    if low_in:
        return low
    if high_in:
        return high
    if low == -math.inf:
        return 0.0 if high == math.inf else high - 1
    return low + 1 if high == math.inf else (low + high) / 2


# --- sets ---------------------------------------------------------------------------


def _holding(variable: Variable, bands: set[int]) -> Iterator[Holding]:
    """What tells the sets of these bands from all others, in few words.

    A band is told by which of the groups of elements that conditions name it
    has something of; what the others differ in anyway is left out.
    """
    groups = list(dict.fromkeys(tuple(sorted(map(str, test.values))) for test in variable.tests))
    has = {
        token: tuple(bool(band.example & set(group)) for group in groups)  # type: ignore[operator]
        for token, band in enumerate(variable.bands, 1)
    }
    wanted = [has[token] for token in sorted(bands)]
    others = [signs for token, signs in has.items() if token not in bands]
    ways: list[dict[int, bool]] = []
    for signs in wanted:
        told = dict(enumerate(signs))
        for n in range(len(groups)):
            fewer = {m: sign for m, sign in told.items() if m != n}
            if not any(_fits(fewer, other) for other in others):
                told = fewer
        if told not in ways:
            ways.append(told)
    for told in list(ways):
        rest = [way for way in ways if way != told]
        if all(any(_fits(way, signs) for way in rest) for signs in wanted):
            ways = rest
    for told in ways:
        yield Holding(
            tuple(groups[n] for n, sign in told.items() if sign),
            tuple(sorted({element for n, sign in told.items() if not sign for element in groups[n]})),
        )


def _fits(told: Mapping[int, bool], signs: Sequence[bool]) -> bool:
    return all(signs[n] == sign for n, sign in told.items())
