"""Writes a tree anew: keys in the order of their shapes, two spaces to a level, in flow what fits there."""

from __future__ import annotations

from collections.abc import Iterable

from ...shapes import Either, Key, Kind, Plain, Shape, inside, of_several
from .tree import Comment, Document, Entry, Group, Word
from .words import folded, inline, literal, quoted

#: No line is longer that can be broken.
WIDTH = 120

#: What is too long for one line is folded to less, so that no line is left with a word or two.
_FOLDED = 108


def written(document: Document, shape: Shape | None) -> str:
    """The text of a document.

    Args:
        document: as it was read; it is used up.
        shape: what its root is; None where its keys keep their order.
    """
    writer = _Writer()
    writer.write(document, shape)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, document: Document, shape: Shape | None) -> None:
        root = document.root
        self._comments(document.head, 0)
        if isinstance(root, Word) or not root.entries:
            self.lines.append(inline(root, in_flow=False) if isinstance(root, Word) else _empty(root))
            self._comments(document.tail, 0)
            return
        root.flow = False
        first = root.entries[0]
        _settle(root, shape)
        if document.head and first is not root.entries[0]:
            # What stood under the head of the file stands elsewhere now.
            now = root.entries[0]
            (now.above[0] if now.above else now).after_blank = True
        self._group(root, 0, Key(shape or Plain.GIVEN, apart=shape is not None))

    # -- groups -----------------------------------------------------------------------

    def _group(self, group: Group, indent: int, key: Key, first: str = "") -> None:
        """The entries of a block, each on a line of its own, the first perhaps after the dash of an item."""
        kind = of_several(key.holds, group.is_list, _names(group))
        was_long = False
        for number, entry in enumerate(group.entries):
            under = _under(entry, kind)
            if number == 0 and first:
                self._entry(entry, indent, under, first)
                continue
            begin = len(self.lines)
            self._comments(entry.above, indent, first_blank=False)
            if entry.above and entry.after_blank:
                self._blank()
            start = len(self.lines)
            self._entry(entry, indent, under, " " * indent)
            long = len(self.lines) - start > 1
            wanted = entry.above[0].after_blank if entry.above else entry.after_blank
            apart = key.apart and (long or was_long) and number > 0
            if (wanted or apart) and begin and self.lines[begin - 1]:
                self.lines.insert(begin, "")
            was_long = long
        self._comments(group.tail, indent)

    def _entry(self, entry: Entry, indent: int, key: Key, head: str) -> None:
        """One entry after `head`, its indentation or the dash of an item."""
        lead = head + ("-" if entry.key is None else inline(entry.key, in_flow=False) + ":")
        value = entry.value
        if isinstance(value, Word):
            self._word(entry, lead, value, indent)
            return
        text = flow(value) if value.flow or not value.entries else None
        fits = text is not None and len(lead) + 1 + len(text) <= WIDTH
        if text is not None and (fits or not value.entries or (entry.key is None and entry.beside is not None)):
            self._line(f"{lead} {text}", entry.beside)
            self._comments(value.tail, indent + 2)
            return
        value.flow = False
        if entry.key is None:
            self._group(value, indent + 2, key, f"{lead} ")
            return
        self._line(lead, entry.beside)
        self._group(value, indent + 2, key)

    def _word(self, entry: Entry, lead: str, word: Word, indent: int) -> None:
        inner = " " * (indent + 2)
        block = literal(word.text) if "\n" in word.text else None
        if block is not None:
            self._line(f"{lead} {block[0]}", entry.beside)
            self.lines += [inner + line if line else "" for line in block[1]]
            return
        text = inline(word, in_flow=False)
        if "\n" in word.text:
            text = quoted(word.text)
        room = _FOLDED if len(word.lines) > 1 else WIDTH
        long = len(lead) + 1 + len(text) > room or (word.style == ">" and text[0] in "\"'")
        lines = folded(word, WIDTH - len(inner), _FOLDED - len(inner)) if long else None
        if lines is not None:
            self._line(f"{lead} >-", entry.beside)
            self.lines += [inner + line for line in lines]
            return
        self._line(f"{lead} {text}" if text else lead, entry.beside)

    # -- lines ------------------------------------------------------------------------

    def _line(self, text: str, comment: Comment | None) -> None:
        if comment is not None:
            # Where it was, so that comments below one another stay so.
            gap = comment.column - len(text)
            text += " " * (gap if gap > 0 else 2) + comment.text
        self.lines.append(text)

    def _comments(self, comments: Iterable[Comment], indent: int, *, first_blank: bool = True) -> None:
        for number, comment in enumerate(comments):
            if comment.after_blank and (number or first_blank):
                self._blank()
            self.lines.append(" " * indent + comment.text)

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _empty(group: Group) -> str:
    return "[]" if group.is_list else "{}"


def flow(group: Group) -> str | None:
    """A group on one line, or None where it holds a comment or what cannot be there."""
    parts = []
    for entry in group.entries:
        value = entry.value
        text = flow(value) if isinstance(value, Group) else inline(value, in_flow=True)
        if not text or entry.above or entry.beside is not None or "\n" in text:
            return None
        parts.append(text if entry.key is None else f"{inline(entry.key, in_flow=True)}: {text}")
    if group.tail and group.entries:
        return None
    told = ", ".join(parts)
    return f"[{told}]" if group.is_list else f"{{{told}}}"


# --- before writing -------------------------------------------------------------------


def _settle(group: Group, kind: Kind | None) -> None:
    """Brings the keys of mappings into order, and puts plain lists on one line."""
    fitting = of_several(kind, group.is_list, _names(group))
    if isinstance(fitting, Shape):
        order = {name: n for n, name in enumerate(fitting.keys)}
        group.entries.sort(key=lambda entry: order.get(entry.key.text if entry.key else "", len(order)))
    for entry in group.entries:
        value = entry.value
        if not isinstance(value, Group):
            continue
        of = _under(entry, fitting).holds
        _settle(value, of)
        if _is_words(of) and value.is_list and all(isinstance(e.value, Word) for e in value.entries):
            value.flow = True
        if entry.key is None and value.entries and (not value.flow or flow(value) is None):
            # Nothing stands between the dash and what comes first.
            entry.above += [entry.beside] if entry.beside is not None else []
            entry.above += value.entries[0].above
            entry.beside, value.entries[0].above = None, []


def _is_words(kind: Kind | None) -> bool:
    if isinstance(kind, Either):
        return any(map(_is_words, kind.kinds))
    return kind in (Plain.WORDS, Plain.GUIDANCE)


def _names(group: Group) -> set[str]:
    return {entry.key.text for entry in group.entries if entry.key}


def _under(entry: Entry, kind: Kind | None) -> Key:
    """What the value of an entry is, in a group of a kind."""
    return inside(kind, entry.key.text if entry.key else None)
