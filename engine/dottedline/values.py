"""Values that know where they stand: what YAML text and Python objects are both read into.

No word is turned into a boolean or a number here: the place where a scalar
stands decides what it may be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .language import _
from .problems import Span

UNKNOWN_WORDS = frozenset({"", "~", "null", "unknown"})
TRUE_WORDS = frozenset({"true", "yes"})
FALSE_WORDS = frozenset({"false", "no"})

_NUMBER_CHARACTERS = frozenset("+-.0123456789")
#: The longest float has about 340 characters when it is written out.
_MAX_DIGITS = 400
_TOO_LARGE = 10 ** (_MAX_DIGITS - 1)


@dataclass(slots=True)
class Scalar:
    """A word, number or text. `plain` is false where it was quoted: then it is text only."""

    text: str
    plain: bool = True
    span: Span | None = None

    @property
    def is_unknown(self) -> bool:
        return self.text.lower() in UNKNOWN_WORDS and (self.plain or self.text.lower() == "unknown")

    def as_bool(self) -> bool | None:
        """True or False where the word says so, else None."""
        word = self.text.lower() if self.plain else ""
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None

    def as_number(self) -> int | float | None:
        """The number written here, or None: no exponents, no `nan`, no `inf`, no `1_000`."""
        digits = self.plain and len(self.text) <= _MAX_DIGITS and set(self.text) <= _NUMBER_CHARACTERS
        if not digits:
            return None
        try:
            return int(self.text)
        except ValueError:
            pass
        try:
            number = float(self.text)
        except ValueError:
            return None
        return number if math.isfinite(number) else None


@dataclass(slots=True)
class Items:
    """A sequence of values."""

    items: tuple[Value, ...]
    span: Span | None = None


@dataclass(slots=True)
class Entries:
    """A mapping: its keys in order, each once."""

    entries: tuple[tuple[Scalar, Value], ...]
    span: Span | None = None

    def __iter__(self) -> Iterator[tuple[Scalar, Value]]:
        return iter(self.entries)


Value = Scalar | Items | Entries


def describe(value: Value) -> str:
    """What kind of value this is, in a person's words."""
    if isinstance(value, Items):
        return _("a list")
    if isinstance(value, Entries):
        return _("a mapping")
    if value.plain and not value.text:
        return _("nothing")
    text = shorten(value.text)
    return f"`{text}`" if value.plain else _("the text `{text}`").format(text=text)


def shorten(text: str, limit: int = 60) -> str:
    """`text` on one line, cut where it is long, without control characters."""
    line = "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


# --- from Python objects ----------------------------------------------------------


def from_python(value: object) -> Value:
    """A Python object as a value without a position.

    Raises:
        TypeError: for an object that has no counterpart in YAML.
    """
    convert = _CONVERSIONS.get(type(value))
    if convert is None:
        convert = next((convert for kind, convert in _ABSTRACT if isinstance(value, kind)), None)
        if convert is None or isinstance(value, (bytes, bytearray, memoryview)):
            raise TypeError(_("a value of type {type}").format(type=type(value).__name__))
    return convert(value)


def _from_int(value: int) -> Scalar:
    if abs(value) < _TOO_LARGE:
        return Scalar(str(int(value)))
    return Scalar(_("a number of more than {number} digits").format(number=_MAX_DIGITS))


def _from_float(value: float) -> Scalar:
    """All digits, without an exponent; `nan` and `inf` stay words, which no number accepts."""
    if not math.isfinite(value):
        return Scalar(str(float(value)))
    return _from_int(int(value)) if value == int(value) else Scalar(f"{Decimal(repr(float(value))):f}")


def _from_mapping(value: Mapping[object, object]) -> Entries:
    entries = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(_("a key of type {type}").format(type=type(key).__name__))
        entries.append((Scalar(key, False), from_python(item)))
    return Entries(tuple(entries))


def _from_sequence(value: Iterable[object]) -> Items:
    return Items(tuple([from_python(item) for item in value]))


_CONVERSIONS: dict[type, Callable[[Any], Value]] = {
    type(None): lambda none: Scalar("null"),
    bool: lambda value: Scalar("true" if value else "false"),
    int: _from_int,
    float: _from_float,
    str: lambda value: Scalar(value, False),
    dict: _from_mapping,
    list: _from_sequence,
    tuple: _from_sequence,
    set: lambda value: _from_sequence(sorted(value, key=str)),
    frozenset: lambda value: _from_sequence(sorted(value, key=str)),
}

#: The same for other types that are like these; bytes are no sequence of anything.
_ABSTRACT: list[tuple[type | tuple[type, ...], Callable[[Any], Value]]] = [
    (str, _CONVERSIONS[str]),
    (int, _from_int),
    (float, _from_float),
    (Mapping, _from_mapping),
    (Set, _CONVERSIONS[set]),
    (Sequence, _from_sequence),
]
