"""A rulebook that extends another: what the two write, as if it stood in one book.

All is done on values as they were read, before anything is made of them. So
whatever holds for one book holds across books, and every value still knows
the file, and with it the book, that it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from .codes import TWICE, UNDEFINED
from .language import N_, _
from .problems import did_you_mean
from .reading import Reading, Record
from .rulebook_shapes import DROPS
from .values import Entries, Items, Scalar, Value, shorten

#: The lists of a book, and for those whose entries another book can add to, what in an entry is joined.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "guidance": (),
    "topics": (),
    "decisions": ("outcomes", "rules", "alternatives", "weighs", "allow"),
    "teams": ("responsibilities", "sub_teams"),
    "statements": (),
    "left_out": (),
    "silences": (),
}
#: What in an organisation is joined.
_OF_ORGANISATION = ("groups", "within", "outside", "functions", "scattered")
#: What makes a decision another one.
_FIXED = ("kind", "hit_policy")
#: The lists of a decision whose entries can be dropped and replaced; they share their ids.
_RULES = ("rules", "alternatives")
#: What can be dropped, and what is said where there is none of the name.
_DROPS = {
    "decisions": N_("there is no decision `{name}` in a book that this one extends"),
    "rules": N_("there is no rule `{name}` in a book that this one extends"),
    "statements": N_("there is no statement `{name}` in a book that this one extends"),
    "silences": N_("there is no silence `{name}` in a book that this one extends"),
}


class Contents:
    """What the files of a rulebook, and of the books that it extends, hold together.

    Args:
        books: the files of each book, in an order in which each follows the one that it extends.
        reading: where what is wrong goes.
    """

    def __init__(self, books: Iterable[Iterable[Record]], reading: Reading) -> None:
        self.reading = reading
        self.problems = reading.problems
        self.lists: dict[str, list[Value]] = {key: [] for key in _LISTS}
        self.organisation: Value | None = None
        for files in books:
            self._add(list(files))

    def _add(self, files: list[Record]) -> None:
        """Adds a book: first drops what it drops, then joins what it has."""
        reading = self.reading
        for file in files:
            record = reading.shaped(file.get("drops"), DROPS)
            for key in _DROPS:
                names = reading.names(record, key)
                if names:
                    self._drop(key, names)
        for key, parts in _LISTS.items():
            there = {_id(value): n for n, value in enumerate(self.lists[key]) if parts}
            for file in files:
                for value in reading.items(file.get(key), f"`{key}`"):
                    place = there.get(_id(value)) if isinstance(value, Entries) else None
                    base = self.lists[key][place] if place is not None else None
                    if isinstance(base, Entries) and isinstance(value, Entries) and place is not None:
                        self.lists[key][place] = self._join(base, value, parts)
                    else:
                        self._replaces_nothing(value)
                        self.lists[key].append(value)
        given = [found for file in files if (found := file.get("organisation")) is not None]
        for extra in given[1:]:
            self.problems.add(_("`{name}` is given twice").format(name="organisation"), extra.span, code=TWICE)
        if given:
            self.organisation = self._joined(self.organisation, given[0])

    # -- joining --------------------------------------------------------------------

    def _joined(self, base: Value | None, own: Value) -> Value:
        """An organisation, with what another book says of it."""
        if isinstance(base, Entries) and isinstance(own, Entries):
            return self._join(base, own, _OF_ORGANISATION)
        return own

    def _join(self, base: Entries, own: Entries, parts: tuple[str, ...]) -> Entries:
        """A mapping with what another book adds to it, or says otherwise."""
        entries = {key.text: (key, value) for key, value in base}
        for key, value in own:
            _key, there = entries.get(key.text, (key, None))
            if key.text == "id" and there is not None:
                continue
            if key.text in _FIXED and there is not None:
                self.problems.add(
                    _("`{key}` is that of the book that this one extends").format(key=key.text),
                    key.span,
                    _("leave it out"),
                )
            elif key.text in parts and there is not None:
                entries[key.text] = (key, self._join_part(entries, key.text, there, value))
            else:
                if key.text in _RULES:
                    self._replaces_nothing(value)
                entries[key.text] = (key, value)
        return Entries(tuple(entries.values()), own.span)

    def _join_part(
        self, entries: dict[str, tuple[Scalar, Value]], key: str, there: Value, value: Value
    ) -> Value:
        """A list or mapping of both; one of another shape is left as it is, for its reader to report."""
        if isinstance(there, Entries) and isinstance(value, Entries):
            self._no_other(there, value)
            return Entries((*there.entries, *value.entries), value.span)
        left, right = _as_items(there), _as_items(value)
        if left is None or right is None:
            return value
        if key not in _RULES:
            return Items((*left.items, *right.items), right.span)
        return self._with_rules(entries, left, right)

    def _no_other(self, there: Entries, value: Entries) -> None:
        """Reports names in a mapping that are there already."""
        known = {key.text: key.span for key, _item in there}
        for key, _item in value:
            if key.text in known:
                first = known[key.text]
                told = _("`{name}` is there already, in the book that this one extends")
                self.problems.add(
                    told.format(name=shorten(key.text)),
                    key.span,
                    also=[first] if first is not None else [],
                    code=TWICE,
                )

    def _with_rules(self, entries: dict[str, tuple[Scalar, Value]], base: Items, own: Items) -> Items:
        """Rules of both; one that replaces another stands in its place, for those that override it too."""
        rules = list(base.items)
        for rule in own.items:
            replaced = _entry(rule, "replaces")
            if not isinstance(replaced, Scalar):
                rules.append(rule)
                continue
            place = next((n for n, known in enumerate(base.items) if _id(known) == replaced.text), None)
            if place is None:
                self._nothing_to_replace(replaced, [_id(known) for known in base.items])
                continue
            rules[place] = rule
            if _id(rule) != replaced.text:
                renamed = {replaced.text: Scalar(_id(rule), span=replaced.span)}
                rules = [_with_overrides(known, renamed) for known in rules]
        return Items(tuple(rules), own.span)

    def _replaces_nothing(self, value: Value) -> None:
        """Reports rules that replace others where another book has none."""
        lists = [_entry(value, key) for key in _RULES] if isinstance(value, Entries) else [value]
        for items in lists:
            for rule in items.items if isinstance(items, Items) else ():
                replaced = _entry(rule, "replaces")
                if isinstance(replaced, Scalar):
                    self._nothing_to_replace(replaced, [])

    def _nothing_to_replace(self, word: Scalar, known: list[str]) -> None:
        told = _("there is no rule `{name}` in a book that this one extends")
        here = _("a rule replaces one of the same decision")
        self.problems.add(told.format(name=shorten(word.text)), word.span, did_you_mean(word.text, known, here))

    # -- dropping -------------------------------------------------------------------

    def _drop(self, key: str, names: list[Scalar]) -> None:
        """Drops what the books before have under these names."""
        dropped = {word.text for word in names}
        known: list[str] = []
        if key == "rules":
            for place, decision in enumerate(self.lists["decisions"]):
                known += [_id(rule) for rule in _rules_of(decision)]
                if isinstance(decision, Entries):
                    self.lists["decisions"][place] = _without_rules(decision, dropped)
        else:
            known = [_id(value) for value in self.lists[key]]
            self.lists[key] = [value for value in self.lists[key] if _id(value) not in dropped]
        if key == "decisions":
            self.lists["silences"] = list(_still_about(self.lists["silences"], dropped))
        for word in names:
            if word.text not in known:
                told = _(_DROPS[key]).format(name=shorten(word.text))
                self.problems.add(told, word.span, did_you_mean(word.text, known), code=UNDEFINED)


# --- looking into values ------------------------------------------------------------


def _entry(value: Value | None, key: str) -> Value | None:
    if isinstance(value, Entries):
        return next((item for name, item in value if name.text == key), None)
    return None


def _id(value: Value) -> str:
    id = _entry(value, "id")
    return id.text if isinstance(id, Scalar) else ""


def _as_items(value: Value) -> Items | None:
    """A list; a single word counts as a list of one."""
    if isinstance(value, Scalar):
        return Items((value,), value.span)
    return value if isinstance(value, Items) else None


def _rules_of(decision: Value) -> Iterator[Value]:
    for key in _RULES:
        items = _entry(decision, key)
        yield from items.items if isinstance(items, Items) else ()


def _with(value: Entries, key: str, change: Callable[[Value], Value]) -> Entries:
    """A mapping with one of its entries changed, where it has it."""
    entries = tuple((name, change(item) if name.text == key else item) for name, item in value)
    return replace(value, entries=entries)


def _with_overrides(rule: Value, renamed: Mapping[str, Scalar | None]) -> Value:
    """A rule in which what it overrides goes by other names; None is no name, and dropped."""

    def changed(value: Value) -> Value:
        items = _as_items(value)
        if items is None:
            return value
        names = (renamed.get(word.text, word) if isinstance(word, Scalar) else word for word in items.items)
        return Items(tuple(name for name in names if name is not None), items.span)

    return _with(rule, "overrides", changed) if isinstance(rule, Entries) else rule


def _without_rules(decision: Entries, dropped: set[str]) -> Entries:
    """A decision without some of its rules and alternatives, and without any mention of them."""

    def kept(value: Value) -> Value:
        if not isinstance(value, Items):
            return value
        rules = (rule for rule in value.items if _id(rule) not in dropped)
        return Items(tuple(_with_overrides(rule, nothing) for rule in rules), value.span)

    nothing: dict[str, Scalar | None] = dict.fromkeys(dropped)

    for key in _RULES:
        decision = _with(decision, key, kept)
    return decision


def _still_about(silences: list[Value], dropped: set[str]) -> Iterator[Value]:
    """Silences without the decisions that are dropped; one that was about nothing else goes with them."""
    for silence in silences:
        about = _entry(silence, "about")
        items = _as_items(about) if about is not None else None
        if items is None or not isinstance(silence, Entries):
            yield silence
            continue
        left = tuple(word for word in items.items if not (isinstance(word, Scalar) and word.text in dropped))
        if left or not items.items:
            whole = Items(left, items.span)
            yield _with(silence, "about", lambda _about, whole=whole: whole)  # type: ignore[misc]
