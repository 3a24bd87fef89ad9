"""A condition as it is written, with one part after the other left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...problems import Span
from ...values import Entries, Items, Scalar, Value


class Thinner(NamedTuple):
    """A condition with a part left out."""

    rest: Value
    #: What is left out, as it is written, and where.
    part: str
    place: Span | None


def thinner(value: Value, *, may_be_empty: bool = False) -> Iterator[Thinner]:
    """Every way to leave out one part of a written condition, whole tests before their values.

    Args:
        value: the condition.
        may_be_empty: whether its last test can be left out too.
    """
    if isinstance(value, Entries):
        entries = value.entries
        for n, (key, item) in enumerate(entries):
            if len(entries) > 1 or may_be_empty:
                fewer = Entries(entries[:n] + entries[n + 1 :], value.span)
                yield Thinner(fewer, f"{key.text}: {_as_written(item)}", key.span)
        for n, (key, item) in enumerate(entries):
            for inner in thinner(item):
                yield inner._replace(
                    rest=Entries((*entries[:n], (key, inner.rest), *entries[n + 1 :]), value.span)
                )
    elif isinstance(value, Items):
        items = value.items
        for n, item in enumerate(items):
            if len(items) > 1:
                yield Thinner(Items(items[:n] + items[n + 1 :], value.span), _as_written(item), item.span)
        for n, item in enumerate(items):
            for inner in thinner(item):
                yield inner._replace(rest=Items((*items[:n], inner.rest, *items[n + 1 :]), value.span))


def _as_written(value: Value) -> str:
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Items):
        return f"[{', '.join(map(_as_written, value.items))}]"
    return "{" + ", ".join(f"{key.text}: {_as_written(item)}" for key, item in value) + "}"
