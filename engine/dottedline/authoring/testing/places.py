"""Where the parts of rules stand in the files of a rulebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...problems import Problems, Span
from ...source import parse, read_text
from ...values import Entries, Items, Scalar, Value


class Places:
    """The places of rules, alternatives and decisions, and of their keys.

    Args:
        folder: that of the rules.
    """

    def __init__(self, folder: Path) -> None:
        self._entries: dict[str, Entries] = {}
        problems = Problems()
        for path in sorted(folder.glob("*.yaml")):
            text = read_text(path, problems)
            document = parse(text, problems) if text else None
            if document is not None:
                for decision in _decisions(document):
                    self._note(decision)

    def of(self, about: str, key: str = "", part: str = "", number: int = 0) -> Span | None:
        """The place of a rule, alternative or decision, or of a part of it.

        Args:
            about: its id.
            key: one of its keys.
            part: a fact, or `family.*`, in the condition under that key.
            number: which one of those on the same fact.
        """
        entries = self._entries.get(about)
        if entries is None:
            return None
        found = next(((name, value) for name, value in entries if name.text == key), None)
        if found is None:
            return next((value.span for name, value in entries if name.text == "id"), entries.span)
        keys = [name for name in _keys(found[1]) if name.text == part]
        return keys[min(number, len(keys) - 1)].span if keys else found[0].span

    def _note(self, decision: Entries) -> None:
        for entries in (decision, *_listed(decision, "rules"), *_listed(decision, "alternatives")):
            for name, value in entries:
                if name.text == "id" and isinstance(value, Scalar):
                    self._entries.setdefault(value.text, entries)


def _decisions(document: Value) -> Iterator[Entries]:
    if isinstance(document, Entries):
        yield from _listed(document, "decisions")


def _listed(entries: Entries, key: str) -> Iterator[Entries]:
    """The mappings in the list under a key."""
    for name, value in entries:
        if name.text == key and isinstance(value, Items):
            yield from (item for item in value.items if isinstance(item, Entries))


def _keys(value: Value) -> Iterator[Scalar]:
    """The keys of a condition, in reading order."""
    if isinstance(value, Entries):
        for name, item in value:
            yield name
            yield from _keys(item)
    elif isinstance(value, Items):
        for item in value.items:
            yield from _keys(item)
