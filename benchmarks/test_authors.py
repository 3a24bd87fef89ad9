"""How long it takes to compare rulebooks, and to describe one. Run with `make bench`; nothing is asserted."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import dottedline
from dottedline.authoring.comparing import compare_books
from dottedline.authoring.reference.content import reference


@pytest.fixture(scope="module")
def book() -> dottedline.Rulebook:
    return dottedline.load()


def altered(book: dottedline.Rulebook, number: int) -> dottedline.Rulebook:
    """The rulebook without the exceptions of the first rules that have one."""
    left = number
    decisions = {}
    for id, decision in book.data.decisions.items():
        rules = []
        for rule in decision.rules:
            take = left > 0 and rule.unless is not None
            left -= take
            rules.append(rule._replace(unless=None, presumes="") if take else rule)
        decisions[id] = dataclasses.replace(decision, rules=tuple(rules))
    data = dataclasses.replace(book.data, decisions=decisions)
    return dottedline.Rulebook(data, book.parts)


@pytest.mark.parametrize("number", [0, 1, 5])
def test_rules_diff(benchmark: Any, book: dottedline.Rulebook, number: int) -> None:
    """The shipped rulebook against a copy with so many exceptions less, with the cases that are told."""
    other = altered(book, number)
    benchmark.pedantic(compare_books, (book, other), rounds=5, warmup_rounds=1)


def test_rules_docs(benchmark: Any) -> None:
    """The reference as data, examples found and consulted on, of a fresh rulebook."""
    benchmark.pedantic(reference, setup=lambda: ((dottedline.load(),), {}), rounds=5)
