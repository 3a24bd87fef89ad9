"""What a portfolio is told with: sentences, bars, tables of shares, marks; and shares in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..language import _, number_of

#: Among so few companies people want to know how many, beside so few also what share.
_COUNTED = 100
_FEW = 20


class Points(NamedTuple):
    """A list of texts."""

    texts: tuple[str, ...]


class Series(NamedTuple):
    """What the parts of bars with one tone are."""

    label: str
    #: How it is drawn, so that it can be told from the others without colours too.
    tone: str


class Bar(NamedTuple):
    """A labelled bar in parts, one for each series."""

    label: str
    values: tuple[int, ...]
    #: A word or two on it, such as how firmly the source says so.
    tag: str = ""
    #: The number that it goes by elsewhere.
    number: str = ""


class Bars(NamedTuple):
    """Bars below each other; `whole` is the width of them all."""

    header: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    whole: int


class Cell(NamedTuple):
    """A share, as a text and as a number from 0 to 1; None where there is nothing to share."""

    text: str
    share: float | None


class Heat(NamedTuple):
    """A table of shares, darker where they are greater."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


class Marks(NamedTuple):
    """Companies, in groups, and what is missing or to check at each; the columns go by their numbers."""

    header: str
    #: What the number of marks is called.
    sum: str
    #: Each column's number and what it stands for.
    columns: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
    series: tuple[Series, ...]


class Columns(NamedTuple):
    """How many companies have so many of something, by that number."""

    label: str
    #: What the columns count.
    counted: str
    counts: Mapping[int, int]
    #: What it shows, for who does not see it.
    told: str


class Rows(NamedTuple):
    """A table of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


#: A text is a paragraph.
Block = str | Points | Bars | Heat | Marks | Columns | Rows


class Section(NamedTuple):
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """All that is told of a portfolio, in the order in which it is read."""

    title: str
    subtitle: str
    #: What one has to know, first.
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    footer: str


def share_text(part: float, whole: float) -> str:
    """A share as a percentage; only what is none is 0%, and only what is all is 100%."""
    share = part / whole if whole else 0
    if 0 < share < 0.005:
        return _("<{number}%").format(number=number_of(1))
    if 0.995 <= share < 1:
        return _(">{number}%").format(number=number_of(99))
    return _("{number}%").format(number=number_of(round(100 * share)))


def cell(part: int, whole: int, companies: int) -> Cell:
    """A part of a whole; as a number where there are few companies, else as a share."""
    if not whole:
        return Cell("", None)
    of = _("{part} of {whole}").format(part=number_of(part), whole=number_of(whole))
    return Cell(of if companies <= _COUNTED else share_text(part, whole), part / whole)


def of_all(number: int, companies: int) -> str:
    """So many of all companies, with their share where there are many."""
    told = _("{number} of {total} companies").format(number=number_of(number), total=number_of(companies))
    if companies <= _FEW:
        return told
    return _("{what} ({share})").format(what=told, share=share_text(number, companies))
