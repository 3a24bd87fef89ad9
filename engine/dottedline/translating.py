"""Keeps the catalogs of translations in step with the texts that they translate.

A text that changed keeps its old translation, marked `fuzzy` for somebody to
look over; one that is gone is dropped; a new one waits untranslated.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from .catalogs import FOLDER
from .reading import Text


def template_of(texts: Iterable[Text]) -> Catalog:
    """The texts of a rulebook or vocabulary, each with the files that it stands in."""
    template = Catalog()
    for text in texts:
        file = Path(text.span.source.name).name if text.span else ""
        template.add(text.text, locations=[(file, 0)])
    return template


def updated(folder: Path, language: str, template: Catalog) -> tuple[Path, str, Sequence[str]]:
    """A folder's catalog of a language in step with a template.

    Returns:
        Its path, its new content, and the messages that want a translation or a look.
    """
    path = folder / FOLDER / f"{language}.po"
    catalog = Catalog(locale=language)
    if path.is_file():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template)
    catalog.obsolete.clear()
    # What the file is about is seen from its name; dates in it would only make it differ.
    catalog.header_comment = ""
    content = io.BytesIO()
    write_po(content, catalog, width=100, omit_header=True, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
    header += f'"Plural-Forms: {Catalog(locale=language).plural_forms}\\n"\n'
    header += '"Content-Type: text/plain; charset=utf-8\\n"\n'
    return path, f"{header}\n{content.getvalue().decode()}".rstrip() + "\n", _waiting(catalog)


def _waiting(catalog: Catalog) -> list[str]:
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and (message.fuzzy or not message.string or not all(message.string))
    ]
