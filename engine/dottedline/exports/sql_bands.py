"""Facts in SQL: the number of the band that each value is in."""

from __future__ import annotations

from collections.abc import Sequence

from ..conditions import FactValue
from ..variables import Variable
from ..vocabulary import Fact
from .cells import Interval, cell, values_of


def band(variable: Variable) -> str:
    """The number of the band of a fact's value; null where it is none that the fact can have."""
    name = identifier(variable.fact.id)
    whens = [f"WHEN {name} IS NULL THEN 0"]
    bad = _cannot_be(variable.fact, name)
    if bad:
        whens.append(f"WHEN {bad} THEN NULL")
    for token in range(1, len(variable.bands) + 1):
        asked = cell(variable, {token})
        if asked.known:
            # All that it can be: what that is still has to be said.
            condition = _any_value(variable, name)
        elif asked.intervals:
            condition = " OR ".join(_interval(name, interval) for interval in asked.intervals)
        elif asked.holding:
            condition = " OR ".join(
                " AND ".join(
                    [
                        *(_some(name, group) for group in way.includes),
                        *(_holds(name, element, "=") for element in way.excludes),
                    ]
                )
                for way in asked.holding
            )
        else:
            condition = among(name, asked.values)
        whens.append(f"WHEN {condition} THEN {token}")
    return f"CASE {' '.join(whens)} END"


def band_name(fact: Fact) -> str:
    """The column of the number of the band that a fact's value is in."""
    return identifier(f"{fact.id}.band")


def _cannot_be(fact: Fact, name: str) -> str:
    """That a number or a set is none that its fact can have; of choices, no other value has a band."""
    if fact.type == "set":
        left = f"',' || REPLACE(REPLACE({name}, ' ', ''), ',', ',,') || ','"
        for element in fact.values:
            left = f"REPLACE({left}, {literal(f',{element},')}, '')"
        return f"{left} NOT IN ('', ',,')"
    limits = (("<", fact.minimum), (">", fact.maximum))
    ways = [f"{name} {sign} {limit}" for sign, limit in limits if limit is not None]
    return " OR ".join([*ways, f"{name} <> ROUND({name})"] if fact.integer else ways)


def _any_value(variable: Variable, name: str) -> str:
    values = values_of(variable.fact)
    return among(name, values) if values else f"{name} IS NOT NULL"


def among(name: str, values: Sequence[FactValue]) -> str:
    if any(isinstance(value, bool) for value in values):
        return " OR ".join(f"{name} = {literal(value)}" for value in values)
    if len(values) == 1:
        return f"{name} = {literal(values[0])}"
    return f"{name} IN ({', '.join(map(literal, values))})"


def _interval(name: str, interval: Interval) -> str:
    low, low_in, high, high_in = interval
    if low is not None and low == high:
        return f"{name} = {low}"
    parts = [] if low is None else [f"{name} {'>=' if low_in else '>'} {low}"]
    parts += [] if high is None else [f"{name} {'<=' if high_in else '<'} {high}"]
    return " AND ".join(parts)


def _some(name: str, elements: Sequence[str]) -> str:
    """That a set holds at least one of these."""
    return "(" + " OR ".join(_holds(name, element, "<>") for element in elements) + ")"


def _holds(name: str, element: str, sign: str) -> str:
    """That a set, as a text, holds an element (`<>`) or not (`=`); LIKE would take `a` for `A`."""
    padded = f"',' || REPLACE({name}, ' ', '') || ','"
    return f"REPLACE({padded}, {literal(f',{element},')}, '') {sign} {padded}"


def one_of(numbers: Sequence[int]) -> str:
    return f"= {numbers[0]}" if len(numbers) == 1 else f"IN ({', '.join(map(str, numbers))})"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: FactValue) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
