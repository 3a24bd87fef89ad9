"""What is wrong with an input, where, and what would be right.

Every reader collects `Problem`s and raises them together, so that a person
corrects a file once. The rendered form follows the Cedar style guide: lower
case, the user's own text in backticks, the line underlined, help below.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text that was read: its name as the user knows it, and its content."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """The line with this number (1-based), or an empty string past the end."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


@dataclass(slots=True)
class Span:
    """A stretch of one line of a text: `line` and `column` count from 1."""

    source: SourceText
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input."""

    message: str
    span: Span | None = None
    help: str | None = None
    level: Literal["error", "warning"] = "error"

    def render(self) -> str:
        """The problem as several lines of text: message, place, the underlined line, help."""
        parts = [f"{self.level}: {self.message}"]
        if self.span is not None:
            parts.append(_excerpt(self.span))
        if self.help:
            parts.append(f"  help: {self.help}")
        return "\n".join(parts)


class InputError(ValueError):
    """Input that cannot be used. `problems` holds everything that was found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(problem.render() for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.problems,))


class ProfileError(InputError):
    """A profile that does not fit the vocabulary."""


class RulebookError(InputError):
    """A rulebook or vocabulary that is not well formed."""


@dataclass(slots=True)
class Problems:
    """Collects problems while a file is read; `found` stays in reading order."""

    found: list[Problem] = field(default_factory=list)

    def add(self, message: str, span: Span | None = None, help: str | None = None) -> None:
        self.found.append(Problem(message, span, help))

    def raise_if_any(self, error: type[InputError]) -> None:
        if self.found:
            raise error(self.found)


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The known name that a misspelt word most likely meant, or None."""
    known = list(names)
    by_lower = {name.lower().replace("-", "_").replace(" ", "_"): name for name in known}
    wanted = word.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(wanted, by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str | None = None) -> str | None:
    """Help for an unknown name: the nearest known one, else `otherwise`."""
    match = nearest(word, names)
    return f"did you mean `{match}`?" if match else otherwise


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Names in backticks, separated by commas; a long list is cut and counted."""
    known = list(names)
    shown = ", ".join(f"`{name}`" for name in known[:limit])
    return shown if len(known) <= limit else f"{shown} and {len(known) - limit} more"


_WIDTH = 100


def _excerpt(span: Span) -> str:
    """`  --> file:line:column`, the line, and carets below the text meant.

    A long line is cut to a window around the span; tabs and other control
    characters become one space, so that the carets stay below their text.
    """
    line = "".join(c if c.isprintable() else " " for c in span.source.line(span.line))
    start = span.column - 1
    first = max(0, start - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[first : first + _WIDTH]
    indent = start - first
    carets = max(1, min(span.length, len(shown) - indent))
    number = str(span.line)
    gutter = " " * len(number)
    return "\n".join(
        [
            f" {gutter}--> {span}",
            f" {gutter} |",
            f" {number} | {shown}",
            f" {gutter} | {_pad(shown[:indent], indent)}{'^' * carets}",
        ]
    )


def _pad(text: str, width: int) -> str:
    """Spaces as wide on a terminal as `text`: wide (East Asian) characters take two."""
    from unicodedata import east_asian_width

    return " " * (width + sum(east_asian_width(c) in "WF" for c in text))
