"""What a program asks: a JSON object whose values know where they stand, and what is wrong with it as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from ..language import _
from ..lazy import lazy
from ..problems import InputError, Problem, Problems, SourceText, Span
from ..source import MAX_DEPTH, decode, parse
from ..values import Entries, Items, Value


class Request:
    """A request, as its bytes were sent or as an object of Python's; it is read when it is first looked at.

    Args:
        data: JSON, as it was sent.
        shown: whether who asks knows these bytes, so that lines and columns in them mean something to them.
    """

    def __init__(self, data: bytes, *, shown: bool = True) -> None:
        self._data = data
        self._shown = shown

    @classmethod
    def of(cls, asked: Mapping[str, object]) -> Request:
        """A request given as an object of what JSON has: texts, numbers, booleans, None, lists, mappings.

        Raises:
            InputError: where it holds anything else.
        """
        try:
            text = json.dumps(asked)
        except (TypeError, ValueError, RecursionError) as error:
            told = _("the request cannot be written as JSON: {reason}").format(reason=error)
            raise InputError([Problem(told)]) from None
        return cls(text.encode(), shown=False)

    @property
    def unreadable(self) -> bool:
        """Whether it is no JSON at all."""
        return self._read[0] is None

    def value(self, problems: Problems) -> Value:
        """What it says; adds what is wrong with how that is written, such as names that are given twice.

        Raises:
            InputError: where it is not JSON at all.
        """
        value, found = self._read
        for problem in found:
            problems.append(problem)
        if value is None:
            raise problems.as_error()
        return value

    @lazy
    def _text(self) -> SourceText | None:
        return decode(self._data, _("request"), Problems())

    @lazy
    def _read(self) -> tuple[Value | None, Sequence[Problem]]:
        """What it says, as far as it could be read, and what is wrong with how it is written."""
        problems = Problems()
        try:
            if self._text is None:
                decode(self._data, _("request"), problems)
                return None, problems.found
            _check_json(self._text, problems)
            return parse(self._text, problems), problems.found
        except InputError as error:
            return None, error.problems

    @lazy
    def _pointers(self) -> Mapping[tuple[int, int], str]:
        """From the places of its keys and values to JSON pointers."""
        found: dict[tuple[int, int], str] = {}
        for pointer, span in _places(self._read[0], ""):
            found.setdefault((span.line, span.column), pointer)
        return found

    def told(self, error: InputError) -> list[dict[str, Any]]:
        """What is wrong, as JSON values: for each problem `message`, `help`, `level`, `where` and `also`.

        A place has the JSON pointer (RFC 6901) of the value that is meant, its
        text, and `line`, `column` (both from 1) and `length` where the request
        was sent as a text; in another file than the request, the `file`.
        """
        return [self._told(problem) for problem in error.problems]

    def _told(self, problem: Problem) -> dict[str, Any]:
        return {
            "message": problem.message,
            "help": problem.help,
            "level": problem.level,
            "where": None if problem.span is None else self._where(problem.span),
            "also": [self._where(span) for span in problem.also],
        }

    def _where(self, span: Span) -> dict[str, Any]:
        start = span.column - 1
        text = span.source.line(span.line)[start : start + span.length]
        place = {"line": span.line, "column": span.column, "length": span.length}
        if self._text is not None and span.source is not self._text:
            return {"file": span.source.name, "text": text, **place}
        pointer = self._pointers.get((span.line, span.column))
        return {"pointer": pointer, "text": text, **(place if self._shown else {})}


def problems_as_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems that are about no request, in the form of `Request.told`."""
    return Request(b"").told(InputError(problems))


def _check_json(text: SourceText, problems: Problems) -> None:
    """Refuses what is YAML but not JSON: programs on the way may read it otherwise."""
    try:
        # Numbers are read later, where it is known what they have to be.
        json.loads(text.text, parse_int=len, parse_float=len, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        told = _("not readable as JSON: {said}").format(said=error.msg[:1].lower() + error.msg[1:])
        problems.add(told, text.span_at(error.pos))
    except _NoNumber as error:
        problems.add(_("`{word}` is no number in JSON").format(word=error))
    except RecursionError:
        problems.add(_("nested deeper than {number} levels").format(number=MAX_DEPTH))
    problems.raise_if_any()


class _NoNumber(Exception):
    """A word that some programs write for a number."""


def _no_number(word: str) -> NoReturn:
    raise _NoNumber(word)


def _places(value: Value | None, pointer: str) -> Iterator[tuple[str, Span]]:
    """Each value and key with its pointer; a key has that of its value."""
    if value is None:
        return
    if value.span is not None:
        yield pointer, value.span
    if isinstance(value, Items):
        for number, item in enumerate(value.items):
            yield from _places(item, f"{pointer}/{number}")
    elif isinstance(value, Entries):
        for key, item in value:
            inner = f"{pointer}/{key.text.replace('~', '~0').replace('/', '~1')}"
            if key.span is not None:
                yield inner, key.span
            yield from _places(item, inner)
