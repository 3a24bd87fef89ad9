"""YAML as it is written: each entry with its place, its style and the comments around it.

For texts that were read strictly before: without anchors, tags and further documents.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Comment:
    """A comment, from its `#` to the end of the line. Lines and columns count from 0."""

    text: str
    index: int
    line: int
    column: int
    #: Whether nothing else stands on its line, and whether the line above is blank.
    alone: bool
    after_blank: bool


@dataclass(slots=True)
class Word:
    """A scalar: its text, and how it is written: `""` for plain, or one of `'"|>`."""

    text: str
    style: str = ""
    #: Of a folded text: the lines that it is folded in.
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """A list or a mapping, in flow style or as a block."""

    is_list: bool
    flow: bool
    #: Where it begins and ends.
    index: int
    end: int
    column: int
    entries: list[Entry] = field(default_factory=list)
    #: Comments after its last entry.
    tail: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """An item of a list, or a key with its value."""

    key: Word | None
    value: Word | Group
    index: int
    line: int
    #: The last line that a comment beside it can stand on.
    last: int
    #: Whether the line above it is blank.
    after_blank: bool
    #: The groups around it, the outermost first.
    around: tuple[Group, ...]
    above: list[Comment] = field(default_factory=list)
    beside: Comment | None = None

    @property
    def group(self) -> Group:
        return self.around[-1]


@dataclass(slots=True)
class Document:
    """A whole file."""

    root: Group | Word
    #: Comments before everything, and, where nothing is in it, after that.
    head: list[Comment] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)


def read(text: str) -> Document:
    """A text with its comments.

    Raises:
        yaml.YAMLError: where it is not readable.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = text.split("\n")
        #: Where each line begins.
        self._begins = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._parser: Any = _LOADER(text)
        #: All entries in the order in which they stand; an item before the first key in it.
        self._entries: list[Entry] = []
        #: Where scalars stand: nothing in them is a comment.
        self._covered: list[tuple[int, int]] = []
        self._comments: list[Comment] = []
        self._start = 0

    def read(self) -> Document:
        event = self._parser.get_event()
        while not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            event = self._parser.get_event()
        start: Any = event.start_mark
        self._start = start.index
        root, _last = self._node(event, ())
        self._find_comments()
        self._indexes = [entry.index for entry in self._entries]
        document = Document(root)
        for comment in self._comments:
            self._attach(comment, document)
        return document

    # -- nodes ----------------------------------------------------------------------

    def _node(self, event: Any, around: tuple[Group, ...]) -> tuple[Word | Group, int]:
        """A value, and the last line that a comment beside it can stand on."""
        start, end = event.start_mark, event.end_mark
        if isinstance(event, yaml.ScalarEvent):
            self._covered.append((start.index, end.index))
            block = event.style in ("|", ">")
            if block:
                self._comment_in_header(start)
            lines: tuple[str, ...] = ()
            if event.style == ">":
                lines = tuple(self._text[start.index : end.index].rstrip("\n ").split("\n")[1:])
            return Word(event.value, event.style or "", lines), start.line if block else end.line
        is_list = isinstance(event, yaml.SequenceStartEvent)
        group = Group(is_list, bool(event.flow_style), start.index, start.index, start.column)
        inner = (*around, group)
        while not isinstance(inside := self._parser.get_event(), yaml.CollectionEndEvent):
            self._add(inside, inner)
        closing: Any = inside.end_mark
        group.end = closing.index
        return group, closing.line if group.flow else start.line

    def _add(self, first: Any, around: tuple[Group, ...]) -> None:
        group = around[-1]
        mark = first.start_mark
        entry = Entry(None, Word(""), mark.index, mark.line, mark.line, self._blank(mark.line - 1), around)
        group.entries.append(entry)
        self._entries.append(entry)
        if group.is_list:
            entry.value, entry.last = self._node(first, around)
        else:
            key, _line = self._node(first, around)
            assert isinstance(key, Word)
            entry.key = key
            value = self._parser.get_event()
            entry.value, last = self._node(value, around)
            # What begins on a later line has comments of its own.
            entry.last = last if value.start_mark.line == first.end_mark.line else first.end_mark.line
        if isinstance(entry.value, Group) and not entry.value.flow:
            entry.last = entry.line

    def _blank(self, line: int) -> bool:
        return 0 <= line < len(self._lines) and not self._lines[line].strip()

    # -- comments -------------------------------------------------------------------

    def _comment_in_header(self, start: Any) -> None:
        """A comment after the `>-` of a text."""
        line = self._lines[start.line]
        at = line.find(" #", start.column)
        if at >= 0:
            self._note(start.index - start.column + at + 1)

    def _find_comments(self) -> None:
        at = 0
        for start, end in [*sorted(self._covered), (len(self._text), len(self._text))]:
            while 0 <= (found := self._text.find("#", at, start)) < start:
                self._note(found)
                at = self._text.find("\n", found)
                at = len(self._text) if at < 0 else at
            at = max(at, end)
        self._comments.sort(key=lambda comment: comment.index)

    def _note(self, index: int) -> None:
        line = bisect.bisect_right(self._begins, index) - 1
        begin = self._begins[line]
        end = begin + len(self._lines[line])
        alone = not self._text[begin:index].strip()
        text = self._text[index:end].rstrip()
        self._comments.append(Comment(text, index, line, index - begin, alone, alone and self._blank(line - 1)))

    def _attach(self, comment: Comment, document: Document) -> None:
        place = bisect.bisect_left(self._indexes, comment.index)
        after = self._entries[place] if place < len(self._entries) else None
        root = document.root
        if place == 0 or isinstance(root, Word):
            alone = isinstance(root, Word) or not root.entries
            (document.tail if alone and comment.index > self._start else document.head).append(comment)
            return
        beside = self._beside(comment, place) if not comment.alone else None
        if beside is not None:
            beside.beside = comment
            return
        group = self._group_of(comment, self._entries[place - 1], after)
        if group is not None:
            group.tail.append(comment)
        elif after is not None:
            after.above.append(comment)

    def _beside(self, comment: Comment, place: int) -> Entry | None:
        """The entry that a comment stands beside: the last on its line, but none in a list that has ended."""
        for number in range(place - 1, -1, -1):
            entry = self._entries[number]
            ended = any(group.flow and group.end <= comment.index for group in entry.around)
            if not ended:
                fits = entry.line <= comment.line <= entry.last and entry.beside is None
                return entry if fits else None
        return None

    def _group_of(self, comment: Comment, last: Entry, after: Entry | None) -> Group | None:
        """The group at the end of which a comment stands; None where it is above the next entry."""
        groups = last.around if not isinstance(last.value, Group) else (*last.around, last.value)
        open_flow = [group for group in groups if group.flow and group.index < comment.index < group.end]
        if open_flow:
            inside = after is not None and any(group is open_flow[-1] for group in after.around)
            return None if inside else open_flow[-1]
        if after is not None and any(group is last.group for group in after.around[:-1]):
            # Between a key and what belongs to it.
            return None
        left = [group for group in last.around if not group.flow and group.column <= comment.column]
        own = left[-1] if left else last.around[0]
        if after is None or not any(group is own for group in after.around):
            return own
        return None


def comments_of(document: Document) -> Iterator[Comment]:
    """All comments."""
    yield from document.head
    if isinstance(document.root, Group):
        yield from _comments_in(document.root)
    yield from document.tail


def _comments_in(group: Group) -> Iterator[Comment]:
    for entry in group.entries:
        yield from entry.above
        if entry.beside is not None:
            yield entry.beside
        if isinstance(entry.value, Group):
            yield from _comments_in(entry.value)
    yield from group.tail
