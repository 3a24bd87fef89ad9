"""Strict reading of YAML into values that know where they stand.

Only what profiles and rulebooks need: scalars, sequences and mappings of one
document, read from the parser's events, so that no input can nest, expand or
construct its way into trouble.
"""

from __future__ import annotations

import bisect
import codecs
import os
import re
import stat
import sys
from pathlib import Path
from typing import IO, Any, Literal

import yaml

from .language import N_, _
from .problems import Problem, Problems, SourceText, Span, reason_of
from .values import Entries, Items, Scalar, Value, shorten

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# --- from files -----------------------------------------------------------------


def read_text(source: str | os.PathLike[str] | IO[bytes], problems: Problems) -> SourceText | None:
    """The text of a file, or of standard input for `-`; None where it cannot be had."""
    name = _name_of(source)
    try:
        data = _read_bytes(source)
    except FileNotFoundError:
        problems.add(_("there is no file `{file}`").format(file=name))
        return None
    except IsADirectoryError:
        problems.add(_("`{file}` is a folder, not a file").format(file=name), help=_("name a file in it"))
        return None
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        problems.add(_("`{file}` cannot be read: {reason}").format(file=name, reason=reason))
        return None
    if len(data) > MAX_BYTES:
        problems.add(
            _("`{file}` is larger than 1 MiB").format(file=name), help=_("a file of this kind is a few KiB")
        )
        return None
    return decode(data, name, problems)


def decode(data: bytes, name: str, problems: Problems) -> SourceText | None:
    """`data` as text: UTF-8, a byte order mark is allowed and dropped."""
    if data.startswith(_OTHER_ENCODINGS):
        problems.add(_("`{file}` is UTF-16 or UTF-32 text").format(file=name), help=_(_SAVE_AS_UTF8))
    elif b"\0" in data:
        problems.add(
            _("`{file}` is a binary file, not text").format(file=name), help=_("a YAML or JSON text is wanted")
        )
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            return SourceText(name, data.decode())
        except UnicodeDecodeError as error:
            readable = SourceText(name, data.decode(errors="replace"))
            span = readable.span_at(len(data[: error.start].decode()))
            byte = f"0x{data[error.start]:02X}"
            problems.add(_("the byte {byte} is not UTF-8").format(byte=byte), span, _(_SAVE_AS_UTF8))
    return None


_SAVE_AS_UTF8 = N_("save the file as UTF-8")
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def _name_of(source: object) -> str:
    if source == "-":
        return _("standard input")
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source) if not isinstance(source, Path) else str(source)
    return str(getattr(source, "name", _("input")))


def _read_bytes(source: str | os.PathLike[str] | IO[bytes]) -> bytes:
    if source == "-":
        if sys.stdin is None:
            raise ValueError(_("it is closed"))
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if isinstance(source, (str, os.PathLike)):
        mode = os.stat(source).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise ValueError(_("it is a device, not a file"))
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    return source.read(MAX_BYTES + 1)


# --- from YAML text ---------------------------------------------------------------


class _Refused(Exception):
    """Reading cannot go on past this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


#: What a text can be; it says how messages speak of it.
Kind = Literal["file", "profile", "rulebook file"]


def parse(source: SourceText, problems: Problems, what: Kind = "file") -> Value | None:
    """The one document of a YAML (or JSON) text, or None where there is none to be had.

    Duplicate keys are reported and the first is kept; a syntax error, an
    alias, a tag or a second document ends the reading.
    """
    try:
        return _Builder(source, problems, what).build()
    except _Refused as refused:
        problems.append(refused.problem)
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(source, error))
    except yaml.YAMLError:
        problems.append(_character_problem(source))
    return None


class _Builder:
    """Builds one document from the parser's events, without recursion."""

    def __init__(self, source: SourceText, problems: Problems, what: Kind) -> None:
        self.source = source
        self.problems = problems
        self.what = what
        #: Where the text that is parsed is shorter than the source: see `without_pairs`.
        self.pairs: list[int] = []

    def build(self) -> Value | None:
        document: Value | None = None
        documents = 0
        # One frame for each open collection: its start span and its children so far.
        stack: list[tuple[type, Span, list[Value]]] = []
        parser = _LOADER(without_pairs(self.source.text, self.pairs))
        kind = None
        while kind is not yaml.StreamEndEvent:
            event = parser.get_event()
            kind = type(event)
            value: Value
            if kind is yaml.ScalarEvent:
                self._refuse_decoration(event)
                value = Scalar(event.value, not event.style, self._span(event))
            elif kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
                self._refuse_decoration(event)
                stack.append((kind, self._span(event), []))
                if len(stack) > MAX_DEPTH:
                    too_deep = _("nested deeper than {number} levels").format(number=MAX_DEPTH)
                    raise _Refused(Problem(too_deep, self._span(event)))
                continue
            elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
                opened, span, children = stack.pop()
                is_list = opened is yaml.SequenceStartEvent
                value = Items(tuple(children), span) if is_list else self._mapping(span, children)
            elif kind is yaml.AliasEvent:
                raise _Refused(
                    Problem(_("aliases are not allowed"), self._span(event), _("write the value out"))
                )
            else:
                if kind is yaml.DocumentStartEvent:
                    documents += 1
                    if documents > 1:
                        raise _Refused(self._second_document(event))
                continue
            if stack:
                stack[-1][2].append(value)
            else:
                document = value
        if document is None or (isinstance(document, Scalar) and document.plain and not document.text):
            nothing_known = _("write `{{}}` for a profile of which nothing is known").format()
            self.problems.add(
                _("`{file}` is empty").format(file=self.source.name),
                help=nothing_known if self.what == "profile" else None,
            )
            return None
        return document

    def _second_document(self, event: Any) -> Problem:
        return Problem(_("a second document begins here"), self._span(event), _(_ONE_DOCUMENT[self.what]))

    def _mapping(self, span: Span, children: list[Value]) -> Entries:
        entries: list[tuple[Scalar, Value]] = []
        seen: dict[str, Scalar] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.problems.add(_("a key must be a single word"), key.span)
            elif key.text == "<<" and key.plain:
                self.problems.add(_("merge keys are not allowed"), key.span, _("write the entries out"))
            elif key.text in seen:
                first = seen[key.text].span
                told = _("`{name}` is given twice").format(name=shorten(key.text))
                self.problems.add(told, key.span, first_given(first))
            else:
                seen[key.text] = key
                entries.append((key, value))
        return Entries(tuple(entries), span)

    def _refuse_decoration(self, event: Any) -> None:
        if event.anchor:
            raise _Refused(
                Problem(
                    _("anchors are not allowed"),
                    self._span(event),
                    _("write the value out where it is wanted"),
                )
            )
        if event.tag:
            tag = shorten(event.tag.replace("tag:yaml.org,2002:", "!!"))
            told = _("the tag `{tag}` is not allowed").format(tag=tag)
            raise _Refused(Problem(told, self._span(event), _("remove it")))

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line, column = start.line, self._column(start)
        length = max(1, self._column(end) - column) if line == end.line else 1
        return Span(self.source, line + 1, column + 1, length)

    def _column(self, mark: Any) -> int:
        if not self.pairs:
            return int(mark.column)
        line_start = mark.index - mark.column
        before = bisect.bisect_left(self.pairs, mark.index) - bisect.bisect_left(self.pairs, line_start)
        return int(mark.column) + 2 * before


#: An escape in a quoted text: a surrogate pair, or any other.
_ESCAPE = re.compile(r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\.")


def without_pairs(text: str, places: list[int]) -> str:
    """A text with each surrogate pair of JSON as one escape of YAML, two characters shorter.

    Args:
        text: the text.
        places: where it became shorter goes here.
    """
    if "\\u" not in text:
        return text

    def escape(match: re.Match[str]) -> str:
        pair = match["pair"]
        if not pair:
            return match[0]
        places.append(match.start() - 2 * len(places))
        high, low = int(pair[2:6], 16), int(pair[8:], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

    return _ESCAPE.sub(escape, text)


_ONE_DOCUMENT = {
    "file": N_("a file holds one document: remove the `---` and what belongs to another file"),
    "profile": N_("a profile holds one document: remove the `---` and what belongs to another file"),
    "rulebook file": N_(
        "a rulebook file holds one document: remove the `---` and what belongs to another file"
    ),
}

#: What the parser says, and what people can do about it.
_SYNTAX = {
    N_("mapping values are not allowed in this context"): N_(
        "put a space after a colon, and quotes around a text that has one"
    ),
    N_("mapping values are not allowed here"): N_(
        "put a space after a colon, and quotes around a text that has one"
    ),
    N_("could not find expected ':'"): N_("write `name: value`, with a space after the colon"),
    N_("found character that cannot start any token"): N_("quote a text that begins with `@`, `` ` `` or `%`"),
    N_("did not find expected ',' or ']'"): N_("a list goes on with `,` or ends with `]`"),
    N_("did not find expected ',' or '}'"): N_("a mapping goes on with `,` or ends with `}`"),
    N_("did not find expected key"): N_("begin the names of one mapping in one column"),
    N_("did not find expected '-' indicator"): N_(
        "begin the entries of one list in one column, each with `- `"
    ),
    N_("found unexpected end of stream"): N_("close the quotes"),
    N_("found invalid Unicode character escape code"): N_(r"half of a pair like `\ud83d\ude00` stands alone"),
    N_("found unknown escape character"): N_(r"write `\\` for a backslash, or use single quotes"),
}
#: What it says beside, where there is no more to say.
_SAID = (
    N_("block sequence entries are not allowed in this context"),
    N_("mapping keys are not allowed in this context"),
    N_("did not find expected <document start>"),
    N_("did not find expected alphabetic or numeric character"),
    N_("did not find expected node content"),
    N_("found incompatible YAML document"),
    N_("found undefined tag handle"),
    N_("found unexpected document indicator"),
    N_("found unexpected ':'"),
)


def _syntax_problem(source: SourceText, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    span = Span(source, mark.line + 1, mark.column + 1) if mark else None
    said = error.problem or N_("syntax error")
    told = _("not readable as YAML: {said}").format(said=_(said))
    return Problem(told, span, _syntax_help(said, span))


def _syntax_help(said: str, span: Span | None) -> str | None:
    line = span.source.line(span.line) if span else ""
    if "\t" in line and "cannot start any token" in said:
        return _("indent with spaces, not tabs")
    if (help := unseen(line)) is not None:
        return help
    return next((_(help) for start, help in _SYNTAX.items() if said.startswith(start)), None)


def unseen(text: str) -> str | None:
    """Help where a text holds a character that looks like a space or like nothing, as on web pages."""
    found = next((c for c in text if not c.isprintable() and c not in "\t\n\r"), None)
    if found is None:
        return None
    return _("{character} is no ordinary space: type the line anew").format(character=_code_point(found))


def first_given(place: Span | None) -> str | None:
    """Help for a name that is given twice."""
    return _("it is first given in line {line}").format(line=place.line) if place else None


#: What YAML does not allow in a text.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _character_problem(source: SourceText) -> Problem:
    """A character that YAML forbids; what the parser tells of its place is of no use."""
    found = _FORBIDDEN.search(source.text)
    if found is None:
        return Problem(_("`{file}` is not readable as YAML").format(file=source.name))
    told = _("the character {character} is not allowed").format(character=_code_point(found[0]))
    return Problem(told, source.span_at(found.start()), _("remove it"))


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
