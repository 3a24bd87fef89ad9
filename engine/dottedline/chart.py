"""The org chart as data: boxes, who each reports to, and the dotted lines between them.

The solid lines are a tree: one box at the top, every other box with one
manager. `charting` makes it, `present` draws it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from .language import SOURCE
from .rulebook import Modality
from .showing import html_of
from .verdicts import Status

Which = Literal["advised", "present"]

#: What a box stands for: `undecided` gathers the functions that have no place on this chart.
Part = Literal["company", "department", "group", "within", "outside", "function", "contractor", "undecided"]

#: Who does the work of a function today.
Staffing = Literal["team", "contractor", "open_role"]

COMPANY = "company"
UNDECIDED = "undecided"


class Box(NamedTuple):
    """One box, in the words of the rulebook."""

    id: str
    part: Part
    label: str
    #: The box that it reports to; None for the one at the top.
    manager: str | None
    #: The function that it is: a group may be one too.
    function: str | None = None
    #: Where it is in words, where that is no box: "a department of its own".
    where: str = ""
    staffing: Staffing = "team"
    #: How sure and how firm the advice is; None where the box is not one of advice.
    status: Status | None = None
    modality: Modality | None = None
    #: What the source allows besides, or among what it does not choose.
    choices: tuple[str, ...] = ()
    #: What would have to be known.
    depends_on: tuple[str, ...] = ()
    inferred: bool = False
    #: Whose advice it is, where it is not that of the rulebook that the others extend.
    sources: tuple[str, ...] = ()
    #: Of a contractor: what is known, as (label, text).
    details: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            **self._asdict(),
            "choices": list(self.choices),
            "depends_on": list(self.depends_on),
            "sources": list(self.sources),
            "details": dict(self.details),
        }


class DottedLine(NamedTuple):
    """A line beside the reporting lines: from the box of a function to another box."""

    source: str
    target: str
    #: That there is such a line today.
    today: bool
    #: How firmly the source asks for it; None where it does not.
    asked: Modality | None = None
    inferred: bool = False
    #: Who asks for it, where it is not the rulebook that the others extend.
    sources: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {**self._asdict(), "sources": list(self.sources)}


class Chart(NamedTuple):
    """An org chart: as advised, or as the company is today."""

    which: Which
    #: A manager stands before those who report to it, and these stand together.
    boxes: tuple[Box, ...]
    lines: tuple[DottedLine, ...]
    #: The functions whose place today is not known.
    unknown: tuple[str, ...] = ()
    #: Dotted lines of today to places that are not on the chart: the labels of both.
    lines_elsewhere: tuple[tuple[str, str], ...] = ()
    #: What the source asks of dotted lines that have no place on the chart, as sentences.
    asked_elsewhere: tuple[str, ...] = ()
    #: The language of its words.
    language: str = SOURCE

    @property
    def top(self) -> Box:
        return self.boxes[0]

    def reports(self, id: str) -> tuple[Box, ...]:
        """The boxes that report to a box."""
        return tuple(box for box in self.boxes if box.manager == id)

    def dotted(self, id: str) -> tuple[DottedLine, ...]:
        """The dotted lines that lead away from a box."""
        return tuple(line for line in self.lines if line.source == id)

    def to_dict(self) -> dict[str, Any]:
        """The chart as JSON values."""
        return {
            "which": self.which,
            "boxes": [box.to_dict() for box in self.boxes],
            "lines": [line.to_dict() for line in self.lines],
            "unknown": list(self.unknown),
            "lines_elsewhere": [list(pair) for pair in self.lines_elsewhere],
            "asked_elsewhere": list(self.asked_elsewhere),
        }

    def _repr_html_(self) -> str:
        return html_of(self)
