"""Where the boxes of an org chart go: groups side by side, what is in a group below it, as in a list.

Layout engines put all that reports to a box side by side, which makes a chart
of forty boxes a ribbon; this is the way in which org charts are drawn by hand.
Lengths are in points, from the top left.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category

from rich.cells import cell_len

from ..chart import Box, Chart
from . import chart_words

WIDTH = 158
NAME_SIZE, NOTE_SIZE, TITLE_SIZE = 11, 9, 16
#: How high a line of text is, by the size of its font.
LINE = {NAME_SIZE: 14, NOTE_SIZE: 11, TITLE_SIZE: 20}
MARGIN = 8

_INDENT = 22
_BUS = 10
_GAP = 10
_COLUMN_GAP = 22
_LEVEL_GAP = 30

Point = tuple[float, float]


class Placed(NamedTuple):
    """A box with its lines of text and its place."""

    box: Box
    name: tuple[str, ...]
    notes: tuple[str, ...]
    x: float
    y: float
    height: float


class Layout(NamedTuple):
    """The places of all boxes, and the way of the line from each one's manager."""

    boxes: tuple[Placed, ...]
    lines: tuple[tuple[str, str, tuple[Point, ...]], ...]
    width: float
    height: float


def layout(chart: Chart) -> Layout:
    """The boxes of a chart in their places."""
    return _Placing(chart).layout()


class _Placing:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.placed: dict[str, Placed] = {}
        self.lines: list[tuple[str, str, tuple[Point, ...]]] = []

    def layout(self) -> Layout:
        width, height = self._place(self.chart.top, 0, 0)
        return Layout(tuple(self.placed[box.id] for box in self.chart.boxes), tuple(self.lines), width, height)

    def _place(self, box: Box, x: float, y: float) -> Point:
        """Places a box and all below it from a point on; returns the width and height that they take."""
        if box.part in ("company", "department"):
            return self._side_by_side(box, x, y)
        return self._list(box, x, y)

    def _list(self, box: Box, x: float, y: float) -> Point:
        """A box, and below it what reports to it, one below the other."""
        placed = self._put(box, x, y)
        width, below = self._below(box, x, y + placed.height + _GAP, self.chart.reports(box.id))
        return max(width, WIDTH), below - y

    def _below(
        self, manager: Box, x: float, y: float, boxes: tuple[Box, ...], way: tuple[Point, ...] = ()
    ) -> Point:
        """Boxes one below the other, on a line down their left; returns their width, and where they end."""
        width = 0.0
        for box in boxes:
            taken, height = self._place(box, x + _INDENT, y)
            width = max(width, taken + _INDENT)
            middle = y + self.placed[box.id].height / 2
            start = way or ((x + _BUS, self._bottom(manager)),)
            self.lines.append((manager.id, box.id, (*start, (x + _BUS, middle), (x + _INDENT, middle))))
            y += height + _GAP
        return width, y - _GAP

    def _side_by_side(self, box: Box, x: float, y: float) -> Point:
        """A box in the middle, and below it what reports to it, side by side.

        Single functions among them share a column.
        """
        placed = self._put(box, x, y)
        top = y + placed.height + _LEVEL_GAP
        reports = self.chart.reports(box.id)
        single = tuple(report for report in reports if report.part in ("function", "contractor"))
        if len(single) == len(reports):
            width, below = self._below(box, x, y + placed.height + _GAP, reports)
            return max(width, WIDTH), max(below - y, placed.height)
        right, bottom, centres = x, top, []
        for report in reports:
            if report not in single:
                width, height = self._place(report, right, top)
                centres.append(self.placed[report.id].x + WIDTH / 2)
                right, bottom = right + width + _COLUMN_GAP, max(bottom, top + height)
            if report is [other for other in reports if other.part != "undecided"][-1] and single:
                # Before what is undecided, which stays outermost.
                column, right = right, right + WIDTH + _INDENT + _COLUMN_GAP
                centres.append(column + _BUS)
        centre = (min(centres) + max(centres)) / 2
        self.placed[box.id] = placed._replace(x=max(x, centre - WIDTH / 2))
        centre = self.placed[box.id].x + WIDTH / 2
        middle = y + placed.height + _LEVEL_GAP / 2
        start = ((centre, y + placed.height), (centre, middle))
        for report in reports:
            if report not in single:
                to = self.placed[report.id].x + WIDTH / 2
                self.lines.append((box.id, report.id, (*start, (to, middle), (to, top))))
        if single:
            _width, below = self._below(box, column, top, single, (*start, (column + _BUS, middle)))
            bottom = max(bottom, below)
        return max(right - _COLUMN_GAP, x + WIDTH) - x, bottom - y

    def _put(self, box: Box, x: float, y: float) -> Placed:
        room = WIDTH - 2 * MARGIN
        name = tuple(wrapped(box.label, room, NAME_SIZE, bold=True))
        told = [*chart_words.notes(box, self.chart), *chart_words.lines_asked(box, self.chart)]
        notes = tuple(line for note in told for line in wrapped(note, room, NOTE_SIZE))
        height = MARGIN + LINE[NAME_SIZE] * len(name) + LINE[NOTE_SIZE] * len(notes) + MARGIN
        self.placed[box.id] = Placed(box, name, notes, x, y, height)
        return self.placed[box.id]

    def _bottom(self, box: Box) -> float:
        return self.placed[box.id].y + self.placed[box.id].height


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is at most, in the common sans serif fonts: whoever reads it may have another."""
    return sum(_em(c) for c in text) * size * (1.06 if bold else 1)


def _em(character: str) -> float:
    """The width of a character in terms of the font's size."""
    if cell_len(character) != 1:
        return cell_len(character) / 2
    if character in "mwMW@%—…":
        return 0.98
    if character.isupper():
        return 0.74
    return 0.36 if character in " ijltfrI.,:;'|!()[]/-" else 0.61


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> Iterator[str]:
    """A text in lines that are no wider than this: broken between words, or within one that is too wide."""
    line = ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size, bold=bold) > width:
            yield line.rstrip()
            line = ""
            piece = piece.lstrip()
        while text_width(piece.rstrip(), size, bold=bold) > width:
            fits = next(
                n for n in range(len(piece), 0, -1) if n == 1 or text_width(piece[:n], size, bold=bold) <= width
            )
            yield piece[:fits]
            piece = piece[fits:]
        line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """A text in the pieces that stay together: words and single wide characters, with the marks that follow."""
    piece = ""
    for before, character in pairwise(f" {text}"):
        # What ends a phrase begins no line, and what opens one ends none.
        closes = category(character) in ("Pe", "Pf", "Po", "Zs")
        opens = category(before) in ("Ps", "Pi")
        if (
            piece
            and not closes
            and not opens
            and (before == " " or 2 in (cell_len(before), cell_len(character)))
        ):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
