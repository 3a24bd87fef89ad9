"""Catalogs of translations: gettext's PO files, of the program and beside each rulebook."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from .frozen import FrozenDict
from .lazy import LOCK

#: The folder of catalogs, in the package and in a rulebook: one file for each language, `id.po`.
FOLDER = "translations"


class Catalog(NamedTuple):
    """Messages of one language by the English text; a message that counts has a form for each plural."""

    messages: Mapping[str, str | tuple[str, ...]] = FrozenDict()
    #: Which of a message's forms goes with a number.
    plural: Callable[[int], int] = gettext.c2py("n != 1")

    def text(self, message: str) -> str:
        """The translation of a message, or itself where there is none."""
        found = self.messages.get(message, message)
        return found if isinstance(found, str) else found[0]

    def counted(self, singular: str, plural: str, number: int) -> str:
        """The translation of a message that counts, in the form that goes with the number."""
        found = self.messages.get(singular)
        if isinstance(found, tuple):
            return found[self.plural(number)]
        return singular if number == 1 else plural


#: Says everything in English, in which it is written.
UNTRANSLATED = Catalog()


def joined(catalogs: Iterable[Catalog]) -> Catalog:
    """Catalogs of one language as one; of two translations of a message the later counts."""
    found = [catalog for catalog in catalogs if catalog is not UNTRANSLATED]
    if len(found) < 2:
        return found[0] if found else UNTRANSLATED
    messages = {message: said for catalog in found for message, said in catalog.messages.items()}
    return Catalog(FrozenDict(messages), found[-1].plural)


def read_catalog(folder: Path, language: str) -> Catalog:
    """The catalog of a language in a folder; an empty one where there is none.

    Entries that nobody has looked over yet (`fuzzy`) do not count.

    Raises:
        ValueError: where the file is no catalog; the message names the file.
        OSError: where it cannot be read.
    """
    path = folder / FOLDER / f"{language}.po"
    if not path.is_file():
        return UNTRANSLATED
    # Only who reads another language waits for this import.
    with LOCK:
        from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            found = read_po(file, locale=language, abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        raise ValueError(f"{path}: {error}") from None
    messages = {}
    for message in found:
        id = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string if isinstance(message.string, str) else tuple(message.string or ())
        if id and said and all(said) and not message.fuzzy:
            messages[id] = said
    return Catalog(FrozenDict(messages), gettext.c2py(found.plural_expr))
