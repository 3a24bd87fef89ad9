"""Where in its files each part of a rulebook stands, for carets: the values as they were read, by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..problems import Span
from ..values import Entries, Items, Scalar, Value


class Written:
    """The parts of a rulebook and its vocabulary as they are written.

    Args:
        rules: the files of the rulebook.
        facts: the files of the vocabulary.
    """

    def __init__(self, rules: Sequence[Value], facts: Sequence[Value]) -> None:
        self.decisions = dict(_by(rules, "decisions", "id"))
        #: Rules and alternatives, whose ids are unique in the book.
        self.rules: dict[str, Entries] = {}
        for decision in self.decisions.values():
            for key in ("rules", "alternatives"):
                self.rules.update(_by_id(value_of(decision, key), "id"))
        self.items = dict(_by(rules, "guidance", "item"))
        self.topics = dict(_by(rules, "topics", "id"))
        self.sections = dict(_by(facts, "sections", "id"))
        self.constraints = dict(_by(facts, "constraints", "id"))
        #: The names of facts (or of families) and of lists, where they are defined.
        self.facts = dict(_names(facts, "facts"))
        self.lists = dict(_names(facts, "lists"))

    def rule(self, id: str) -> Span | None:
        """The place of a rule's id."""
        return place_of(self.rules.get(id), "id")

    def decision(self, id: str) -> Span | None:
        """The place of a decision's id."""
        return place_of(self.decisions.get(id), "id")

    def fact(self, id: str) -> Span | None:
        """The place of the name of a fact, or of its family."""
        key = self.facts.get(id) or self.facts.get(id.partition(".")[0])
        return key[0].span if key else None


def value_of(entries: Value | None, key: str) -> Value | None:
    """What a mapping has under a key."""
    if not isinstance(entries, Entries):
        return None
    return next((value for name, value in entries if name.text == key), None)


def place_of(entries: Value | None, key: str) -> Span | None:
    """The place of the single word under a key; else that of the mapping."""
    value = value_of(entries, key)
    return value.span if isinstance(value, Scalar) else entries.span if entries is not None else None


def key_place(entries: Value | None, key: str) -> Span | None:
    """The place of a key itself; that of the mapping where it has none of that name."""
    if isinstance(entries, Entries):
        for name, _value in entries:
            if name.text == key:
                return name.span
    return entries.span if entries is not None else None


def word_place(entries: Value | None, key: str, word: str) -> Span | None:
    """The place of a word in the list under a key; that of the key where the word is not there."""
    value = value_of(entries, key)
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, Scalar) and item.text == word:
            return item.span
    return key_place(entries, key)


def _by(files: Iterable[Value], key: str, id: str) -> Iterator[tuple[str, Entries]]:
    for file in files:
        yield from _by_id(value_of(file, key), id)


def _by_id(value: Value | None, id: str) -> Iterator[tuple[str, Entries]]:
    for item in value.items if isinstance(value, Items) else ():
        word = value_of(item, id)
        if isinstance(item, Entries) and isinstance(word, Scalar):
            yield word.text, item


def _names(files: Iterable[Value], key: str) -> Iterator[tuple[str, tuple[Scalar, Value]]]:
    for file in files:
        value = value_of(file, key)
        for name, item in value if isinstance(value, Entries) else ():
            yield name.text, (name, item)
