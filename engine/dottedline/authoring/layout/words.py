"""Words and texts as YAML, in the plainest form that reads as the same."""

from __future__ import annotations

import json
import re
import textwrap

import yaml

from ...values import Scalar
from .tree import Word

#: What has a meaning of its own at the beginning of a plain word.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=<")
#: Words and numbers of YAML 1.1 and 1.2 that PyYAML's rules leave out.
_ALSO_TYPED = re.compile(r"[yYnN]|0o[0-7]+|[-+]?[0-9.]+[eE][-+]?[0-9]+|\.(inf|nan)", re.IGNORECASE)


def is_typed(text: str) -> bool:
    """Whether a word means something else than its letters where it is not quoted, to any reader of YAML."""
    if ambiguous(text) or _ALSO_TYPED.fullmatch(text):
        return True
    rules = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    return any(pattern.match(text) for _tag, pattern in rules)


def ambiguous(text: str) -> bool:
    """Whether it makes a difference to this program that a word is quoted."""
    word = Scalar(text)
    return word.is_unknown or word.as_bool() is not None or word.as_number() is not None


def inline(word: Word, *, in_flow: bool) -> str:
    """A word on one line."""
    text = word.text
    if not word.style and (not text or _can_be_plain(text, in_flow, was_plain=True)):
        return text
    if _can_be_plain(text, in_flow, was_plain=False) and not is_typed(text):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """A text in quotes: double ones, but for what would have to be escaped in them."""
    if ('"' in text or "\\" in text) and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    told = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(c) for c in told)


def _escape(character: str) -> str:
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"


def _can_be_plain(text: str, in_flow: bool, *, was_plain: bool) -> bool:
    if not text or text != text.strip() or not text.isprintable():
        return False
    if text.startswith(("---", "...")) or ": " in text or text.endswith(":") or " #" in text:
        return False
    if in_flow and any(c in ",[]{}" for c in text):
        return False
    if text[0] not in _INDICATORS:
        return True
    # `-5` and `-x` are words; so are `=` and `<` where nobody reads them as YAML 1.1 has them.
    return was_plain and (text[0] in "=<" or (text[0] == "-" and text[1:2] not in ("", " ")))


def folded(word: Word, width: int, to: int) -> list[str] | None:
    """The lines of a text that is folded, or None where that would change it.

    Args:
        word: the text.
        width: no line is longer that can be broken.
        to: the width to fold to, where the lines that it has will not do.
    """
    text = word.text
    if (
        " " not in text
        or not text.isprintable()
        or text != " ".join(text.split())
        or (not word.style and ambiguous(text))
    ):
        return None
    lines = [line.strip() for line in word.lines if line.strip()]
    if " ".join(lines) == text and max(map(len, lines), default=0) <= width:
        # Where they fit, people break lines as it makes sense.
        return lines
    return textwrap.wrap(text, to, break_long_words=False, break_on_hyphens=False)


def literal(text: str) -> tuple[str, list[str]] | None:
    """The head and the lines of a text that keeps its line ends, or None where that would change it."""
    lines = text.rstrip("\n").split("\n")
    ends = len(text) - len(text.rstrip("\n"))
    plain = all(line.isprintable() and (not line or line.strip()) for line in lines)
    if not plain or not lines[0] or lines[0][0] == " " or ends > 1:
        return None
    return ("|" if ends else "|-"), lines
