"""How long consulting takes, in one process. Run with `make bench`; nothing is asserted.


"""

from __future__ import annotations

from typing import Any

import pytest
from companies import companies

import dottedline

COMPANIES = 10_000


@pytest.fixture(scope="module")
def book() -> dottedline.Rulebook:
    return dottedline.load()


def test_load(benchmark: Any) -> None:
    """`dottedline.load()`: reading, checking, building."""
    benchmark.pedantic(dottedline.load, rounds=10, warmup_rounds=1)


def test_first_consult(benchmark: Any) -> None:
    """The first answer of a fresh rulebook, as JSON: what would change and the questions included."""
    facts = {"gtm_motion": "self_serve", "freemium_product": True}
    benchmark.pedantic(
        lambda book: book.consult(facts).to_dict(), setup=lambda: ((dottedline.load(),), {}), rounds=10
    )


def test_random_companies(benchmark: Any, book: dottedline.Rulebook) -> None:
    """All of 10,000 companies not seen before; divide by 10,000."""
    asked = companies(book, COMPANIES)

    def consult_all(fresh: dottedline.Rulebook) -> None:
        for facts in asked:
            fresh.consult(facts)

    benchmark.extra_info["companies"] = COMPANIES
    benchmark.pedantic(consult_all, setup=lambda: ((dottedline.load(),), {}), rounds=3)


def test_seen_company(benchmark: Any, book: dottedline.Rulebook) -> None:
    """A company consulted before."""
    facts = companies(book, 1, seed=7)[0]
    book.consult(facts)
    benchmark(book.consult, facts)
