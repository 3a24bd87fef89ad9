"""Typed access to values read from YAML: each wrong shape is reported where it stands.

A reader asks for what it wants and goes on with a stand-in where it is
missing, so that one pass over a file reports everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .catalogs import UNTRANSLATED, Catalog
from .codes import ALLOWABLE, TWICE, UNDEFINED
from .language import _
from .problems import Problems, Span, did_you_mean, listing
from .shapes import ALLOWED, Shape
from .values import Entries, Items, Scalar, Value, describe, shorten

#: What names a guidance item: its number; `book:number` where its book extends another.
ItemId = int | str


@dataclass(slots=True)
class Record:
    """The entries of a mapping by key, with the place of the mapping."""

    entries: Mapping[str, Value]
    span: Span | None
    #: What it is, in words: "the rule `x`".
    what: str

    def get(self, key: str) -> Value | None:
        return self.entries.get(key)

    def part(self, key: str) -> str:
        """One of its entries in words: "`when` of the rule `x`"."""
        return part_of(self.what, key)


def part_of(what: str, key: str) -> str:
    """One entry of something in words."""
    return _("`{key}` of {what}").format(key=key, what=what)


def lacks(what: str, key: str) -> str:
    """The message that something has no entry of a name."""
    return _("{what} lacks `{key}`").format(what=what, key=key)


@dataclass(slots=True)
class Text:
    """A text that people read, and where it stands."""

    text: str
    span: Span | None


#: What a suppression can stand with; alternatives count as rules, `book` is the whole.
Owner = Literal["rule", "decision", "fact", "item", "constraint", "book"]


@dataclass(frozen=True, slots=True)
class Allowed:
    """That something may be as a check finds it, and why: `allow` in the rule language."""

    code: str
    because: str
    owner: Owner
    #: The id of the owner; empty for the book.
    id: str
    span: Span | None


@dataclass(slots=True)
class Reading:
    """Reads values of the shapes that rulebooks and vocabularies are made of.

    Args:
        problems: where what is wrong goes.
        catalog: the translations of the texts that people read.
        texts: every text that people read is noted here, for those who translate.
        books: the id of the book that each file belongs to, by the file's name.
        first: the id of the book that rests on no other; its items go by their mere numbers.
        book: the id of the book that all other files belong to.
    """

    problems: Problems
    catalog: Catalog = UNTRANSLATED
    texts: list[Text] = field(default_factory=list)
    #: What authors allow; nothing but the checks looks at it.
    allowed: list[Allowed] = field(default_factory=list)
    books: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    book: str = ""

    def record(
        self,
        value: Value | None,
        what: str,
        required: Iterable[str] = (),
        optional: Iterable[str] = (),
        span: Span | None = None,
        named: str = "",
    ) -> Record:
        """A mapping with known keys; unknown and missing ones are reported.

        Args:
            value: the mapping, or None where there is none.
            what: what it is, in words: "a rule".
            required: keys that it must have.
            optional: keys that it may have.
            span: the place to report where `value` has none.
            named: what it is where it has an id, to be translated: "the rule `{id}`".
        """
        required, optional = list(required), list(optional)
        if value is None:
            return Record({}, span, what)
        if not isinstance(value, Entries):
            self.problems.add(
                _("{what} must be a mapping, not {found}").format(what=what, found=describe(value)),
                value.span,
                _("with {names}").format(names=listing(required or optional)),
            )
            return Record({}, value.span, what)
        entries: dict[str, Value] = {}
        known = [*required, *optional]
        ids = [item.text for key, item in value if key.text == "id" and isinstance(item, Scalar)]
        if named and ids:
            what = _(named).format(id=shorten(ids[0]))
        for key, item in value:
            if key.text not in known:
                self.problems.add(
                    _("{what} has no key `{key}`").format(what=what, key=shorten(key.text)),
                    key.span,
                    did_you_mean(key.text, known, _("the keys are {names}").format(names=listing(known, 20))),
                )
            else:
                entries[key.text] = item
        for key_name in required:
            if key_name not in entries:
                self.problems.add(lacks(what, key_name), value.span or span)
        return Record(entries, value.span, what)

    def shaped(self, value: Value | None, shape: Shape, what: str = "", span: Span | None = None) -> Record:
        """A mapping of a shape; unknown and missing keys are reported.

        Args:
            value: the mapping, or None where there is none.
            shape: the keys that it has.
            what: what it is, in words, where there is more to say than the shape's name.
            span: the place to report where `value` has none.
        """
        named = "" if what else shape.named
        record = self.record(value, what or shape.called, shape.required, shape.optional, span, named)
        for key, other in shape.needed_without.items():
            if record.entries and key not in record.entries and other not in record.entries:
                self.problems.add(lacks(record.what, key), record.span)
        return record

    def named(self, value: Value | None, what: str) -> list[tuple[Scalar, Value]]:
        """A mapping whose keys are free names."""
        if value is None:
            return []
        if not isinstance(value, Entries):
            self.problems.add(
                _("{what} must be a mapping from names, not {found}").format(what=what, found=describe(value)),
                value.span,
            )
            return []
        return list(value.entries)

    def items(self, value: Value | None, what: str) -> tuple[Value, ...]:
        if value is None:
            return ()
        if not isinstance(value, Items):
            self.problems.add(
                _("{what} must be a list, not {found}").format(what=what, found=describe(value)), value.span
            )
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
        return tuple(dict.fromkeys([*(word.strip() for word in re.split("[,\uff0c\u3001]", told)), *words]))

    def plain(self, record: Record, key: str, default: str = "") -> str:
        """A text that the program reads, such as an id."""
        value = record.get(key)
        if value is None:
            return default
        if not isinstance(value, Scalar) or not value.text.strip():
            found = describe(value) if not isinstance(value, Scalar) else _("nothing")
            self.problems.add(
                _("{what} must be a text, not {found}").format(what=record.part(key), found=found), value.span
            )
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
                _("`{word}` is not a name").format(word=shorten(name.text)),
                name.span,
                _("use letters, digits, `_` and `-`"),
            )

    def value(self, name: Scalar, reserved: Collection[str], told: str) -> None:
        """Reports, as `told`, a value whose name means something else, or is several values to a table."""
        text = name.text
        several = text != text.strip() or not text.isprintable() or "," in text or ";" in text
        if several or not text or text in reserved:
            help = (
                _("no `,`, no `;` and no space around it: tables hold several values in one cell")
                if several
                else None
            )
            self.problems.add(_(told).format(name=shorten(text)), name.span, help)

    def once(
        self, id: str, seen: dict[str, Span | None], twice: str, span: Span | None, what: str = ""
    ) -> None:
        """Remembers an id, and reports one that was seen before.

        Args:
            id: the id; an empty one is none.
            seen: the places of those seen.
            twice: what there is to say, to be translated: "`{id}` names two rules of {what}".
            span: its place.
            what: what it belongs to, in words.
        """
        if id and id in seen:
            first = seen[id]
            told = _(twice).format(id=shorten(id), what=what)
            self.problems.add(told, span, also=[first] if first else [], code=TWICE)
        seen.setdefault(id, span)

    def allow(self, record: Record, owner: Owner, id: str = "") -> None:
        """Notes what a record allows; whoever allows something says why."""
        for value in self.items(record.get("allow"), record.part("allow")):
            entry = self.shaped(value, ALLOWED)
            code = self.plain(entry, "code")
            because = self.plain(entry, "because")
            span = entry.entries["code"].span if "code" in entry.entries else entry.span
            if code in ALLOWABLE:
                self.allowed.append(Allowed(code, because, owner, id, span))
            elif code:
                known = _("those that can be allowed are {names}").format(names=listing(ALLOWABLE, 20))
                told = _("`{code}` is no code of something that can be allowed").format(code=shorten(code))
                self.problems.add(told, span, known, code=UNDEFINED)

    def flag(self, record: Record, key: str) -> bool:
        value = record.get(key)
        if value is None:
            return False
        answer = value.as_bool() if isinstance(value, Scalar) else None
        if answer is None:
            self.problems.add(
                _("{what} must be true or false, not {found}").format(
                    what=record.part(key), found=describe(value)
                ),
                value.span,
            )
        return bool(answer)

    def number(self, record: Record, key: str) -> int | float | None:
        value = record.get(key)
        if value is None:
            return None
        number = value.as_number() if isinstance(value, Scalar) else None
        if number is None:
            self.problems.add(
                _("{what} must be a number, not {found}").format(what=record.part(key), found=describe(value)),
                value.span,
            )
        return number

    def one_of(self, record: Record, key: str, choices: Iterable[str], default: str) -> str:
        value = record.get(key)
        if value is None:
            return default
        return self.choice(value, choices, record.part(key)) or default

    def choice(self, value: Value, choices: Iterable[str], what: str, code: str = "") -> str | None:
        choices = list(choices)
        if isinstance(value, Scalar) and value.text in choices:
            return value.text
        text = value.text if isinstance(value, Scalar) else ""
        self.problems.add(
            _("{what} cannot be {found}").format(what=what, found=describe(value)),
            value.span,
            did_you_mean(text, choices, _("it is one of {names}").format(names=listing(choices, 20))),
            code=code,
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
        for item in self.items(value, record.part(key)):
            if isinstance(item, Scalar):
                words.append(item)
            else:
                self.problems.add(
                    _("{what} holds words, not {found}").format(what=record.part(key), found=describe(item)),
                    item.span,
                )
        return words

    def book_of(self, span: Span | None) -> str:
        """The id of the book that a place is in."""
        own = self.book or self.first
        return self.books.get(span.source.name, own) if span is not None else own

    def item_of(self, number: int, book: str) -> ItemId:
        """What names an item of a book in all that rests on it."""
        return number if book == self.first else f"{book}:{number}"

    def guidance(self, record: Record, known: Iterable[ItemId] | None = None) -> tuple[ItemId, ...]:
        """Guidance items, held against those that exist: numbers of the book's own, `book:number` of others."""
        items: list[ItemId] = []
        exists = None if known is None else set(known)
        for word in self.names(record, "guidance"):
            book, _sign, digits = word.text.rpartition(":")
            # With the name of a book it is no number to YAML, whether it stands in quotes or not.
            number = Scalar(digits, word.plain or bool(book)).as_number()
            if not isinstance(number, int):
                self.problems.add(
                    _("`{word}` is not the number of a guidance item").format(word=shorten(word.text)),
                    word.span,
                )
                continue
            item = self.item_of(number, book or self.book_of(word.span))
            if exists is not None and item not in exists:
                self.problems.add(
                    _("there is no guidance item {number}").format(
                        number=item if isinstance(item, int) else f"`{item}`"
                    ),
                    word.span,
                    self._item_elsewhere(number, exists),
                    code=UNDEFINED,
                )
            else:
                items.append(item)
        return tuple(items)

    def _item_elsewhere(self, number: int, exists: Collection[ItemId]) -> str | None:
        """Help where another book has an item of this number."""
        names = [f"{book}:{number}" for book in dict.fromkeys(self.books.values())]
        found = [name for name in names if name in exists]
        if number in exists:
            found.insert(0, f"{self.first}:{number}")
        return _("did you mean `{name}`?").format(name=found[0]) if found else None
