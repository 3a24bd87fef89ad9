"""FEEL, the expression language of DMN: names, literals, and what a row asks of a fact as a unary test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..vocabulary import Fact
from .cells import Cell, Holding, Interval

#: Words that FEEL reads as something else than a name.
_RESERVED = frozenset(
    {"and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance", "item"}
    | {"not", "null", "of", "or", "partial", "return", "satisfies", "some", "then", "true"}
)


def names(ids: Iterable[str]) -> Mapping[str, str]:
    """For each id a name that FEEL reads as one: the id itself wherever that is one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id in ids:
        name = re.sub(r"\W", "_", id)
        if name in _RESERVED or not (name[:1].isalpha() or name[:1] == "_"):
            name = f"_{name}"
        while name in taken:
            name += "_"
        taken.add(name)
        found[id] = name
    return found


def literal(value: Any) -> str:
    """A value of JSON as FEEL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value)


def unary_tests(asked: Cell) -> str:
    """What a row asks of a fact; null is unknown."""
    if asked.known:
        return "-" if asked.unknown else "not(null)"
    unknown = ["null"] if asked.unknown else []
    if asked.by_others:
        return "not(" + ", ".join([*([] if unknown else ["null"]), *map(literal, asked.others)]) + ")"
    if asked.holding:
        ways = [_holding(way) for way in asked.holding]
        return (
            f"? = null or {' or '.join(ways)}" if unknown else _either([f"? != null and {way}" for way in ways])
        )
    return ", ".join([*unknown, *map(literal, asked.values), *map(_interval, asked.intervals)])


def cannot_be(fact: Fact) -> str:
    """That a fact has a value that it cannot have; empty where an engine sees to that by its type."""
    if fact.type == "choice":
        return f"not({', '.join(map(literal, (None, *fact.values)))})"
    if fact.type == "set":
        return f"? != null and (some e in ? satisfies not(list contains({literal(tuple(fact.values))}, e)))"
    limits = (("<", fact.minimum), (">", fact.maximum))
    return ", ".join(f"{sign} {limit}" for sign, limit in limits if limit is not None)


def _either(ways: list[str]) -> str:
    return ways[0] if len(ways) == 1 else " or ".join(f"({way})" for way in ways)


def _holding(way: Holding) -> str:
    """That a set has some of certain elements, and none of others; in brackets."""
    parts = [_some(group) for group in way.includes]
    if way.excludes:
        parts.append(f"(every e in ? satisfies not(list contains({literal(way.excludes)}, e)))")
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"


def _some(group: tuple[str, ...]) -> str:
    if len(group) == 1:
        return f"list contains(?, {literal(group[0])})"
    return f"(some e in ? satisfies list contains({literal(group)}, e))"


def _interval(interval: Interval) -> str:
    low, low_in, high, high_in = interval
    if low is None or high is None:
        sign, limit, included = (">", low, low_in) if high is None else ("<", high, high_in)
        return f"{sign}{'=' if included else ''} {limit}"
    return str(low) if low == high else f"{'[' if low_in else '('}{low}..{high}{']' if high_in else ')'}"
