"""What is wrong with an input, where, and what would be right.

Every reader collects `Problem`s and raises them together, so that a person
corrects a file once. The rendered form follows the Cedar style guide: lower
case, the user's own text in backticks, the line underlined, help below.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from .language import N_, _, list_of
from .lazy import lazy

#: Reading ends at so many problems: nobody reads more, and to look for the nearest name takes time.
MOST = 100

#: What ends a line in YAML.
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class SourceText:
    """A text that was read: its name as the user knows it, and its content."""

    name: str
    text: str

    @lazy
    def lines(self) -> tuple[str, ...]:
        return tuple(_LINE_END.split(self.text))

    def line(self, number: int) -> str:
        """The line with this number (1-based), or an empty string past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def span_at(self, offset: int) -> Span:
        """The place of one character of the text."""
        before = _LINE_END.split(self.text[:offset])
        return Span(self, len(before), len(before[-1]) + 1)


class Span(NamedTuple):
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
    #: Other places that it is about, shown below the first.
    also: tuple[Span, ...] = ()
    #: For what is wrong with a rulebook: one of `codes`.
    code: str = ""

    def render(self) -> str:
        """The problem as several lines of text: message, places, the underlined lines, help."""
        parts = [_(_LEVELS[self.level]).format(message=self.message)]
        parts += [excerpt(span) for span in (self.span, *self.also) if span is not None]
        if self.help:
            parts.append("  " + _("help: {help}").format(help=self.help))
        return "\n".join(parts)


_LEVELS = {"error": N_("error: {message}"), "warning": N_("warning: {message}")}


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
    """Collects what is wrong with an input while it is read.

    Args:
        error: raised by `raise_if_any`, and by `add` when there are too many.
        code: the code of what is added without one.
    """

    error: type[InputError] = InputError
    found: list[Problem] = field(default_factory=list)
    code: str = ""

    def add(
        self,
        message: str,
        span: Span | None = None,
        help: str | None = None,
        also: Iterable[Span] = (),
        code: str = "",
    ) -> None:
        self.append(Problem(message, span, help, also=tuple(also), code=code))

    def append(self, problem: Problem) -> None:
        if not problem.code and self.code:
            problem = replace(problem, code=self.code)
        self.found.append(problem)
        if len(self.found) == MOST:
            raise self.as_error()

    def raise_if_any(self) -> None:
        if self.found:
            raise self.as_error()

    def as_error(self) -> InputError:
        """All that was found, in the order of the text."""
        return self.error(self.in_order())

    def in_order(self) -> list[Problem]:
        """By place, each once: a family of facts can bring the same problem for each of its members."""
        once: dict[tuple[str, str], Problem] = {}
        for problem in self.found:
            once.setdefault((problem.message, str(problem.span)), problem)
        in_order = sorted(once.values(), key=_place)
        if len(self.found) >= MOST:
            in_order.append(
                Problem(
                    _("reading ended after {number} problems; there may be more").format(number=MOST),
                    code=self.code,
                )
            )
        return in_order


def _place(problem: Problem) -> tuple[str, int, int]:
    span = problem.span
    return ("", 0, 0) if span is None else (span.source.name, span.line, span.column)


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The known name that a misspelt word most likely meant, or None."""
    known = list(names)
    by_lower = {name.lower().replace("-", "_").replace(" ", "_"): name for name in known}
    wanted = word.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(wanted, by_lower, n=1, cutoff=0.6)
    if not close and len(wanted) > 2:
        begun = [name for name in by_lower if name.startswith(wanted)]
        close = begun if len(begun) == 1 else []
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str | None = None) -> str | None:
    """Help for an unknown name: the nearest known one, else `otherwise`."""
    match = nearest(word, names)
    return _("did you mean `{name}`?").format(name=match) if match else otherwise


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Names in backticks, separated by commas; a long list is cut and counted."""
    known = list(names)
    shown = list_of([f"`{name}`" for name in known[:limit]], "unit")
    if len(known) <= limit:
        return shown
    return _("{names} and {number} more").format(names=shown, number=len(known) - limit)


def reason_of(error: Exception) -> str:
    """Why a file cannot be read or written, as the system has it."""
    reason = getattr(error, "strerror", None) or str(error)
    return _(reason.lower())


#: What systems say most often; what else they say stays as they say it.
_REASONS = (
    N_("permission denied"),
    N_("no such file or directory"),
    N_("not a directory"),
    N_("is a directory"),
    N_("file exists"),
    N_("file name too long"),
    N_("too many levels of symbolic links"),
    N_("no space left on device"),
    N_("disk quota exceeded"),
    N_("read-only file system"),
    N_("input/output error"),
)


_WIDTH = 100


def excerpt(span: Span) -> str:
    """`  --> file:line:column`, the line, and carets below the text meant.

    A long line is cut to a window around the span; tabs and other control
    characters become one space, so that the carets stay below their text.
    """
    line = span.source.line(span.line)
    start = span.column - 1
    first = max(0, start - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = "".join(c if c.isprintable() else " " for c in line[first : first + _WIDTH])
    indent = start - first
    before, meant = shown[:indent].ljust(indent), shown[indent : indent + span.length]
    number = str(span.line)
    gutter = " " * len(number)
    lines = [
        f" {gutter}--> {span}",
        f" {gutter} |",
        f" {number} | {shown}",
        f" {gutter} | {' ' * _columns(before)}{'^' * max(1, _columns(meant))}",
    ]
    return "\n".join(line.rstrip() for line in lines)


def _columns(text: str) -> int:
    """How wide `text` is on a terminal: East Asian characters take two columns, combining ones none."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
