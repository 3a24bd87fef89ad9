"""Running text in a terminal, broken where the language breaks it.

rich breaks lines at spaces. Chinese has none: a line may end after any
character, but may not begin with a full stop or a closing bracket, nor end
with an opening one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

#: What cannot begin a line, and what cannot end one.
_CLOSING = (
    "\u3001\u3002\uff0c\uff0e\uff1a\uff1b\uff01\uff1f\uff09\uff3d\uff5d"
    "\u300d\u300f\u3011\u300b\u3009\u201d\u2019\u2026\u00b7\uff05"
)
_OPENING = "\uff08\uff3b\uff5b\u300c\u300e\u3010\u300a\u3008\u201c\u2018"


class Prose:
    """A text that is broken into lines when it is printed."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not any(_is_wide(character) for character in self.text.plain):
            yield self.text
            return
        for line in self.text.divide(list(_breaks(self.text.plain, options.max_width))):
            line.rstrip()
            yield line


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where the lines of a text end, so that none is wider than `width`."""
    used = 0
    for start, piece in _pieces(text):
        length = cell_len(piece.rstrip())
        if used and used + length > width:
            yield start
            used = 0
        used += cell_len(piece)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The shortest parts of a text that stay on one line, each with its start."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or _may_break(text[place - 1], text[place]):
            yield start, text[start:place]
            start = place


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in _CLOSING or before in _OPENING:
        return False
    return before.isspace() or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
