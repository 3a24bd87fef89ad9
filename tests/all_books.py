"""The books that hold whatever should hold for any: the shipped one; one on quite another subject, with numbers,
sets, decisions in a chain and no organisation; and one that extends the shipped one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import dottedline
import oracle

ROOT = Path(__file__).parents[1]
SHIPPED, TYRES, PRACTICE = "b2b_marketing", "bicycle_tyres", "house_practice"

#: The folder that holds `rules` and `facts` of each, and the book that it extends.
PLACES: dict[str, tuple[Path, str | None]] = {
    SHIPPED: (ROOT, None),
    TYRES: (ROOT / "tests" / "books" / TYRES, None),
    PRACTICE: (ROOT / "tests" / "books" / PRACTICE, SHIPPED),
}
NAMES = list(PLACES)


def rules_of(name: str) -> Path:
    return PLACES[name][0] / "rules" / name


def folders(name: str, kind: str) -> list[Path]:
    """The folders of a book, after those of the book that it extends."""
    place, extended = PLACES[name]
    return [*(folders(extended, kind) if extended else []), place / kind / name]


@cache
def engine(name: str) -> dottedline.Rulebook:
    return dottedline.load(rules_of(name))


@cache
def plain(name: str) -> SimpleNamespace:
    """The book as the oracle reads it."""
    return oracle.load(folders(name, "rules"), folders(name, "facts"))
