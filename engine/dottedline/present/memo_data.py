"""What a decision memo is made of: chapters of paragraphs, lists, tables, entries and org charts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from ..answer import Answer, Question
from ..chart import Chart
from ..comparison import Comparison
from ..library import Rulebook
from ..rulebook import RulebookData
from .report import Section


class Paragraph(NamedTuple):
    """A text; a quiet one explains the others."""

    text: str
    quiet: bool = False


class Points(NamedTuple):
    """A list: each point a label, which may be empty, and a text."""

    title: str
    rows: tuple[tuple[str, str], ...]


class Table(NamedTuple):
    """Rows below a header; the first cell of a row names it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """An org chart, drawn or as a tree of text."""

    chart: Chart


Block = Paragraph | Points | Table | Picture | Section


class Chapter(NamedTuple):
    """Blocks that belong together."""

    title: str
    blocks: tuple[Block, ...]


class Memo(NamedTuple):
    """All that is told, in the order in which it is read."""

    language: str
    #: What kind of document it is, whose it is or what about, and what about where that is not said yet.
    kind: str
    title: str
    subtitle: str
    date: datetime.date
    #: When, after which source, on how much knowledge.
    origin: tuple[str, ...]
    #: What it is and what it is not.
    about: str
    chapters: tuple[Chapter, ...]

    def charts(self) -> Iterator[Chart]:
        """The org charts in it."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Picture):
                    yield block.chart


class Company(NamedTuple):
    """Whom a memo is about: all that it is written from."""

    book: Rulebook
    answer: Answer
    #: How today compares with the advice; None where nothing is known of today.
    compared: Comparison | None

    @property
    def data(self) -> RulebookData:
        """The rulebook as written."""
        return self.book.data

    @property
    def asked(self) -> list[Question]:
        """The questions that would still change something."""
        return [question for question in self.answer.questions if question.decides]
