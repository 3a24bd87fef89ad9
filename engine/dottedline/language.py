"""The language in which the program speaks: chosen once, then known wherever a text is made.

A context variable holds it, so that threads and tasks of one process can
speak different languages. English is what the program is written in; the
other languages come from the catalogs in `translations/`.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Literal

from .catalogs import UNTRANSLATED, Catalog, read_catalog
from .lazy import LOCK

#: The languages by their tag, each with its own name for itself.
LANGUAGES: Mapping[str, str] = {"en": "English", "id": "Bahasa Indonesia", "zh_Hant": "繁體中文"}

#: The language that everything is written in.
SOURCE = "en"

#: Other tags that mean one of the languages; `in` was Indonesian until 1989.
_ALSO = {"in": "id", "zh": "zh_Hant", "zh_tw": "zh_Hant", "zh_hk": "zh_Hant", "zh_mo": "zh_Hant"}

#: Whose dates, numbers and lists go with a language.
_LOCALES = {"en": "en_GB", "id": "id_ID", "zh_Hant": "zh_Hant_TW"}

_current: ContextVar[str] = ContextVar("dottedline_language", default=SOURCE)


@lru_cache(maxsize=256)
def find(tag: str) -> str | None:
    """The language that a tag means (`id`, `id_ID.UTF-8`, `zh-TW`), or None where there is none."""
    words = tag.partition(".")[0].partition("@")[0].replace("-", "_").lower().split("_")
    if words[0] == "zh" and ("hans" in words or ("hant" not in words and {"cn", "sg"} & set(words))):
        return None  # simplified Chinese is a language of its own
    known = {language.lower(): language for language in LANGUAGES} | _ALSO
    return known.get("_".join(words[:2])) or known.get(words[0])


def of_environment() -> str:
    """The language of the environment's locale, English where it names none that there is."""
    locale = next((tag for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (tag := os.environ.get(name))), "C")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return SOURCE
    # As gettext has it: LANGUAGE lists what one would rather read.
    preferred = [*os.environ.get("LANGUAGE", "").split(":"), locale]
    return next((language for tag in preferred if (language := find(tag))), SOURCE)


def current() -> str:
    """The language spoken now."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speaks a language for the time of a `with` block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """A message in the language spoken now."""
    language = _current.get()
    return message if language == SOURCE else _catalog(language).text(message)


def counted(singular: str, plural: str, number: int, **words: str) -> str:
    """A message that counts, with its number and other words: `counted("{n} rule", "{n} rules", 2)`."""
    language = _current.get()
    catalog = UNTRANSLATED if language == SOURCE else _catalog(language)
    return catalog.counted(singular, plural, number).format(n=number_of(number), **words)


def N_(message: str) -> str:
    """Marks a message that is translated later, where it is shown."""
    return message


def list_of(words: Sequence[str], kind: Literal["and", "or", "unit", "clauses"] = "and") -> str:
    """Words as a list: `a, b and c`, `a, b or c`, or merely `a, b, c` for a `unit` list.

    `clauses` are joined as whole statements are, which some languages tell from words.
    """
    if len(words) < 2 or kind == "unit":
        return _(", ").join(words)
    if _current.get() == SOURCE:
        # As Babel has it, without the time that loading it takes.
        return f"{', '.join(words[:-1])} {'or' if kind == 'or' else 'and'} {words[-1]}"
    if kind == "clauses":
        joined = words[0]
        for clause in words[1:]:
            joined = _("{clause} and {another}").format(clause=joined, another=clause)
        return joined
    with LOCK:
        from babel.lists import format_list

        return format_list(words, style="or" if kind == "or" else "standard", locale=_LOCALES[_current.get()])


def number_of(number: float) -> str:
    """A number as it is written in the language: `1,000` or `1.000`."""
    if _current.get() == SOURCE:
        return f"{number:,}"
    with LOCK:
        from babel.numbers import format_decimal

        return format_decimal(number, locale=_LOCALES[_current.get()])


def date_of(date: datetime.date) -> str:
    """A date as it is written in the language: `12 October 2023`."""
    if _current.get() == SOURCE:
        return f"{date.day} {date:%B %Y}"
    with LOCK:
        from babel.dates import format_date

        return format_date(date, format="long", locale=_LOCALES[_current.get()])


@lru_cache
def _catalog(language: str) -> Catalog:
    return read_catalog(Path(__file__).parent, language)
