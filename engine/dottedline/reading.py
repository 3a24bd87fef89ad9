"""Typed access to values read from YAML: each wrong shape is reported where it stands.

A reader asks for what it wants and goes on with a stand-in where it is
missing, so that one pass over a file reports everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .catalogs import UNTRANSLATED, Catalog
from .problems import Problems, Span, did_you_mean, listing
from .values import Entries, Items, Scalar, Value, describe, shorten


@dataclass(slots=True)
class Record:
    """The entries of a mapping by key, with the place of the mapping."""

    entries: Mapping[str, Value]
    span: Span | None
    what: str

    def get(self, key: str) -> Value | None:
        return self.entries.get(key)


@dataclass(slots=True)
class Text:
    """A text that people read, and where it stands."""

    text: str
    span: Span | None


@dataclass(slots=True)
class Reading:
    """Reads values of the shapes that rulebooks and vocabularies are made of.

    Args:
        problems: where what is wrong goes.
        catalog: the translations of the texts that people read.
        texts: every text that people read is noted here, for those who translate.
    """

    problems: Problems
    catalog: Catalog = UNTRANSLATED
    texts: list[Text] = field(default_factory=list)

    def record(
        self,
        value: Value | None,
        what: str,
        required: Iterable[str] = (),
        optional: Iterable[str] = (),
        span: Span | None = None,
    ) -> Record:
        """A mapping with known keys; unknown and missing ones are reported.

        `what` it is, as in "a rule", becomes "the rule `x`" where it has an id.
        """
        required, optional = list(required), list(optional)
        if value is None:
            return Record({}, span, what)
        if not isinstance(value, Entries):
            self.problems.add(
                f"{what} must be a mapping, not {describe(value)}",
                value.span,
                f"with {listing(required or optional)}",
            )
            return Record({}, value.span, what)
        entries: dict[str, Value] = {}
        known = [*required, *optional]
        ids = [item.text for key, item in value if key.text == "id" and isinstance(item, Scalar)]
        if "id" in required and ids:
            what = f"the {what.removeprefix('a ').removeprefix('an ')} `{shorten(ids[0])}`"
        for key, item in value:
            if key.text not in known:
                self.problems.add(
                    f"{what} has no key `{shorten(key.text)}`",
                    key.span,
                    did_you_mean(key.text, known, f"the keys are {listing(known, 20)}"),
                )
            else:
                entries[key.text] = item
        for key_name in required:
            if key_name not in entries:
                self.problems.add(f"{what} lacks `{key_name}`", value.span or span)
        return Record(entries, value.span, what)

    def named(self, value: Value | None, what: str) -> list[tuple[Scalar, Value]]:
        """A mapping whose keys are free names."""
        if value is None:
            return []
        if not isinstance(value, Entries):
            self.problems.add(f"{what} must be a mapping from names, not {describe(value)}", value.span)
            return []
        return list(value.entries)

    def items(self, value: Value | None, what: str) -> tuple[Value, ...]:
        if value is None:
            return ()
        if not isinstance(value, Items):
            self.problems.add(f"{what} must be a list, not {describe(value)}", value.span)
            return ()
        return value.items

    def text(self, record: Record, key: str) -> str:
        """A text that people read, in their language; empty where there is none."""
        text = self.plain(record, key)
        return self.translated(text, record.entries[key].span) if text else ""

    def translated(self, text: str, span: Span | None) -> str:
        """A text that people read, in their language."""
        self.texts.append(Text(text, span))
        return self.catalog.text(text)

    def synonyms(self, record: Record) -> tuple[str, ...]:
        """Other words for a thing: translated as one list, and those of the original beside."""
        words = [word.text for word in self.names(record, "synonyms")]
        if not words:
            return ()
        told = self.translated(", ".join(words), record.entries["synonyms"].span)
        return tuple(dict.fromkeys([*(word.strip() for word in re.split("[,、,]", told)), *words]))

    def plain(self, record: Record, key: str, default: str = "") -> str:
        """A text that the program reads, such as an id."""
        value = record.get(key)
        if value is None:
            return default
        if not isinstance(value, Scalar) or not value.text.strip():
            found = describe(value) if not isinstance(value, Scalar) else "nothing"
            self.problems.add(f"`{key}` of {record.what} must be a text, not {found}", value.span)
            return default
        return " ".join(value.text.split())

    def name(self, record: Record, key: str) -> str:
        """An identifier: letters, digits, `_`, `-`."""
        text = self.plain(record, key)
        value = record.get(key)
        if text and isinstance(value, Scalar):
            self.word(value)
        return text

    def word(self, name: Scalar) -> None:
        """Reports what is no identifier."""
        if not name.text.replace("-", "").replace("_", "").isalnum():
            self.problems.add(
                f"`{shorten(name.text)}` is not a name", name.span, "use letters, digits, `_` and `-`"
            )

    def once(self, id: str, seen: dict[str, Span | None], what: str, span: Span | None) -> None:
        """Reports an id that was seen before, and remembers it."""
        if id and id in seen:
            first = seen[id]
            self.problems.add(f"`{shorten(id)}` names two {what}", span, also=[first] if first else [])
        seen.setdefault(id, span)

    def flag(self, record: Record, key: str) -> bool:
        value = record.get(key)
        if value is None:
            return False
        answer = value.as_bool() if isinstance(value, Scalar) else None
        if answer is None:
            self.problems.add(
                f"`{key}` of {record.what} must be true or false, not {describe(value)}", value.span
            )
        return bool(answer)

    def number(self, record: Record, key: str) -> int | float | None:
        value = record.get(key)
        if value is None:
            return None
        number = value.as_number() if isinstance(value, Scalar) else None
        if number is None:
            self.problems.add(f"`{key}` of {record.what} must be a number, not {describe(value)}", value.span)
        return number

    def one_of(self, record: Record, key: str, choices: Iterable[str], default: str) -> str:
        value = record.get(key)
        if value is None:
            return default
        return self.choice(value, choices, f"`{key}` of {record.what}") or default

    def choice(self, value: Value, choices: Iterable[str], what: str) -> str | None:
        choices = list(choices)
        if isinstance(value, Scalar) and value.text in choices:
            return value.text
        text = value.text if isinstance(value, Scalar) else ""
        self.problems.add(
            f"{what} cannot be {describe(value)}",
            value.span,
            did_you_mean(text, choices, f"it is one of {listing(choices, 20)}"),
        )
        return None

    def names(self, record: Record, key: str) -> list[Scalar]:
        """A list of words; a single word counts as a list of one."""
        value = record.get(key)
        if value is None:
            return []
        if isinstance(value, Scalar):
            return [value]
        words = []
        for item in self.items(value, f"`{key}` of {record.what}"):
            if isinstance(item, Scalar):
                words.append(item)
            else:
                self.problems.add(f"`{key}` of {record.what} holds words, not {describe(item)}", item.span)
        return words

    def guidance(self, record: Record, known: Iterable[int] | None = None) -> tuple[int, ...]:
        """Numbers of guidance items, held against those that exist."""
        numbers: list[int] = []
        exists = None if known is None else set(known)
        for word in self.names(record, "guidance"):
            number = word.as_number()
            if not isinstance(number, int):
                self.problems.add(f"`{shorten(word.text)}` is not the number of a guidance item", word.span)
            elif exists is not None and number not in exists:
                self.problems.add(f"there is no guidance item {number}", word.span)
            else:
                numbers.append(number)
        return tuple(numbers)
