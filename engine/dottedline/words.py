"""Small matters of wording that every presentation shares."""

from __future__ import annotations

from collections.abc import Sequence

from .language import _, list_of

#: What ends a sentence, also in full width.
_SENTENCE_ENDS = (".", "!", "?", ":", "\u2026", "\u3002", "\uff01", "\uff1f", "\uff1a")


def capital(text: str) -> str:
    """`text` with a capital letter at the start."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """`text` with a small letter at the start, where it does not start with an acronym."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def sentence(text: str) -> str:
    """`text` with a capital at the start and a full stop at the end."""
    text = capital(text.strip())
    return text if text.endswith(_SENTENCE_ENDS) else _("{text}.").format(text=text)


def join_sentences(*sentences: str) -> str:
    """Sentences after one another: with a space between them, where the language has one."""
    joined, *others = sentences or ("",)
    for following in others:
        joined = _("{first} {second}").format(first=joined, second=following)
    return joined


def quoted(text: str) -> str:
    """`text` in the quotation marks of the language."""
    return _("“{text}”").format(text=text)


def after(sources: Sequence[str]) -> str:
    """Whose advice it is, in a word or two, where it is not the first book's: see `RulebookData.added_by`."""
    return _("after {sources}").format(sources=list_of([quoted(title) for title in sources]))


def with_source(text: str, sources: Sequence[str]) -> str:
    """A phrase with whose it is, where it is not the first book's."""
    return _("{text}, {after}").format(text=text, after=after(sources)) if sources else text
