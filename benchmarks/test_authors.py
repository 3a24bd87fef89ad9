"""How long it takes to compare rulebooks, and to describe one. Run with `make bench`; nothing is asserted."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from companies import companies

import dottedline
from dottedline.authoring.comparing import compare_books
from dottedline.authoring.moving import Portfolio, moves
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


def test_rules_diff_portfolio(benchmark: Any, book: dottedline.Rulebook, tmp_path: Path) -> None:
    """Whose advice changes, of 10,000 random companies in a Parquet file, with both rulebooks' tables."""
    facts = [fact.id for fact in book.vocabulary.facts.values() if fact.type not in ("records", "note")]
    rows = [{id: company.get(id) for id in facts} for company in companies(book, 10_000)]
    known = [id for id in facts if any(row[id] is not None for row in rows)]
    path = tmp_path / "companies.parquet"
    pyarrow.parquet.write_table(pyarrow.table({id: [row[id] for row in rows] for id in known}), path)
    other = altered(book, 5)
    benchmark.pedantic(moves, (book, other, Portfolio(str(path)), 5), rounds=5, warmup_rounds=1)
