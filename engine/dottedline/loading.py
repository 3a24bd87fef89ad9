"""Reading a rulebook from its folders: of its rules and its facts, and of the books that it extends."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .catalogs import UNTRANSLATED, Catalog, joined, read_catalog
from .codes import MALFORMED, UNREADABLE
from .language import SOURCE, _, current, speaking
from .problems import Problem, Problems, RulebookError
from .reading import Allowed, Reading, Text
from .rulebook import RulebookData
from .rulebook_reader import Files, read_files, read_rulebook
from .shelf import DEFAULT as DEFAULT
from .shelf import data_folder as data_folder
from .shelf import extended_folder, facts_folder, rules_folder
from .shelf import shipped as shipped
from .source import parse, read_text
from .values import Entries, Scalar, Value, shorten
from .vocabulary_reader import read_vocabulary


def texts_of(
    rules: str | os.PathLike[str] = DEFAULT, *, facts: str | os.PathLike[str] | None = None
) -> Mapping[Path, Sequence[Text]]:
    """The texts that people read, as they are written, by the folder of the rulebook and of the vocabulary.

    Args:
        rules: as for `read_folders`.
        facts: as for `read_folders`.

    Raises:
        RulebookError: with every problem found, each with its place.
    """
    with speaking(SOURCE):
        loaded = read_folders(rules, facts)
    return {folder: loaded.texts[folder] for folder in loaded.folders[-1] if folder is not None}


class Loaded(NamedTuple):
    """A rulebook as its files have it."""

    data: RulebookData
    #: The folders of the rules and of the facts of each book, in the order of `RulebookData.books`;
    #: None where a book has no facts of its own.
    folders: Sequence[tuple[Path, Path | None]]
    #: The texts in each folder.
    texts: Mapping[Path, Sequence[Text]]


def read_folders(rules: str | os.PathLike[str], facts: str | os.PathLike[str] | None) -> Loaded:
    """The rulebook and its vocabulary, in the language spoken now.

    Args:
        rules: the name of a shipped or installed rulebook, or the path of a folder.
        facts: the folder of its vocabulary; None for the one that the rulebook names.

    Raises:
        RulebookError: with every problem found, each with its place.
    """
    read = read_as_far_as_can_be(rules, facts)
    if read.problems or read.data is None:
        raise RulebookError(read.problems)
    return Loaded(read.data, read.folders, read.texts)


@dataclass
class Read:
    """What there is to be had of a rulebook's files, and what is wrong with them."""

    #: None where there is too much wrong to go on.
    data: RulebookData | None = None
    problems: Sequence[Problem] = ()
    #: The decisions that cannot be reasoned about, as something is wrong with them.
    broken: Collection[str] = ()
    allowed: Sequence[Allowed] = ()
    #: As of `Loaded`.
    folders: Sequence[tuple[Path, Path | None]] = ()
    texts: dict[Path, Sequence[Text]] = field(default_factory=dict)
    #: The files of the rules, and of the facts, as they are written: its own, not of what it extends.
    rules: Sequence[Value] = ()
    facts: Sequence[Value] = ()


def read_as_far_as_can_be(rules: str | os.PathLike[str], facts: str | os.PathLike[str] | None) -> Read:
    """The same without refusing what is wrong in the files, for those who look for more of it.

    Raises:
        RulebookError: where there is no such rulebook.
    """
    read = Read()
    folder = rules_folder(rules)
    problems = Problems(RulebookError, code=MALFORMED)
    try:
        _read(read, folder, facts, problems)
    except RulebookError as error:
        read.problems = error.problems
    else:
        read.problems = problems.in_order()
    return read


@dataclass(slots=True)
class _Folder:
    """The files of one folder, as values."""

    path: Path
    documents: list[Value]
    #: Of all that is written in them.
    digest: bytes
    #: The names of the files, as messages have them.
    names: list[str]


@dataclass(slots=True)
class _Book:
    """One of the books that a rulebook is made of."""

    rules: _Folder
    files: Files
    facts: _Folder | None = None


def _read(read: Read, folder: Path, facts: str | os.PathLike[str] | None, problems: Problems) -> None:
    """Fills in what there is to be had, and raises RulebookError where it is no use to go on."""
    books = _books(folder, problems)
    read.rules = books[-1].rules.documents
    for book in reversed(books):
        named = book.files.head.get("vocabulary")
        if named is not None:
            given = Path(facts) if facts is not None else facts_folder(book.rules.path, named, problems)
            book.facts, facts = _documents(given), None
            _is_the_named(book.facts, named, problems)
    if all(book.facts is None for book in books):
        raise problems.as_error()
    read.facts = books[-1].facts.documents if books[-1].facts else ()
    # The vocabulary comes first: a rulebook that is held against a broken one has errors without end.
    of_vocabulary = Problems(RulebookError, code=MALFORMED)
    vocabularies = [book.facts for book in books if book.facts is not None]
    reading_vocabulary = _reading(books, vocabularies, of_vocabulary)
    reading = _reading(books, [book.rules for book in books], problems)
    vocabulary = read_vocabulary([folder.documents for folder in vocabularies], reading_vocabulary)
    of_vocabulary.raise_if_any()
    read.folders = [(book.rules.path, book.facts.path if book.facts else None) for book in books]
    read.data, read.broken = read_rulebook([book.files for book in books], vocabulary, _digest(books), reading)
    read.allowed = [*reading.allowed, *reading_vocabulary.allowed]
    read.texts |= _by_folder(read.folders, (*reading.texts, *reading_vocabulary.texts))


def _books(folder: Path, problems: Problems) -> list[_Book]:
    """The book in a folder, after those that it extends.

    Raises:
        RulebookError: where one cannot be read, or they extend each other in a circle.
    """
    books: list[_Book] = []
    while True:
        rules = _documents(folder)
        book = _Book(rules, read_files(rules.documents, Reading(problems)))
        books.insert(0, book)
        extends = book.files.head.get("extends")
        if extends is None:
            return books
        folder = extended_folder(folder, extends, problems)
        again = [known for known in books if folder.resolve() == known.rules.path.resolve()]
        if again:
            circle = [f"`{known.files.id}`" for known in (*reversed(books), *again)]
            told = _("the rulebooks extend each other in a circle: {circle}")
            problems.add(told.format(circle=" -> ".join(circle)), extends.span)
            raise problems.as_error()


def _reading(books: Sequence[_Book], folders: Sequence[_Folder], problems: Problems) -> Reading:
    """Reads what lies in folders, and knows of every file which book it is of."""
    of_files = {
        name: book.files.id
        for book in books
        for folder in (book.rules, book.facts)
        if folder is not None
        for name in folder.names
    }
    catalogs = [_catalog(folder.path, problems) for folder in folders]
    return Reading(problems, joined(catalogs), books=of_files, first=books[0].files.id)


def _by_folder(
    folders: Sequence[tuple[Path, Path | None]], texts: Sequence[Text]
) -> Mapping[Path, Sequence[Text]]:
    """Texts by the folder of the file that each stands in."""
    found: dict[Path, list[Text]] = {path: [] for pair in folders for path in pair if path is not None}
    of_file: dict[str, list[Text]] = {}
    for text in texts:
        if text.span is not None:
            name = text.span.source.name
            if name not in of_file:
                of_file[name] = found[Path(name).parent]
            of_file[name].append(text)
    return found


def _is_the_named(vocabulary: _Folder, named: Value, problems: Problems) -> None:
    """Reports a folder whose vocabulary has another name than the one that the rulebook wants."""
    heads = (
        {key.text: item for key, item in document}.get("vocabulary")
        for document in vocabulary.documents
        if isinstance(document, Entries)
    )
    ids = [item for head in heads if isinstance(head, Entries) for key, item in head if key.text == "id"]
    if not isinstance(named, Scalar) or not ids or not isinstance(ids[0], Scalar):
        return
    if ids[0].text != named.text:
        problems.add(
            _("the vocabulary there is `{id}`, not `{named}`").format(
                id=shorten(ids[0].text), named=shorten(named.text)
            ),
            named.span,
        )


def _digest(books: Sequence[_Book]) -> str:
    """The hash of all files: of a book with its vocabulary, and of those that it extends."""
    digest = b""
    for book in books:
        facts = book.facts.digest if book.facts else b""
        digest = hashlib.sha256(book.rules.digest + facts + digest).digest()
    return digest.hex()


def _catalog(folder: Path, problems: Problems) -> Catalog:
    """The translations beside a rulebook or vocabulary, into the language spoken now."""
    if current() != SOURCE:
        try:
            return read_catalog(folder, current())
        except (OSError, ValueError) as error:
            problems.add(_("a catalog of translations cannot be read: {error}").format(error=error))
    return UNTRANSLATED


def _documents(folder: Path) -> _Folder:
    """The YAML files of a folder as values, in the order of their names, and a digest of them all.

    Raises:
        RulebookError: where a file cannot be read: what it holds would be missed everywhere.
    """
    problems = Problems(RulebookError, code=UNREADABLE)
    paths = sorted(path for path in folder.glob("*.yaml")) if folder.is_dir() else []
    if not paths:
        problems.add(
            _("there is no YAML file in `{folder}`").format(folder=folder),
            help=_("their names end in `.yaml`"),
        )
    documents: list[Value] = []
    digest = hashlib.sha256()
    for path in paths:
        text = read_text(path, problems)
        if text is None:
            continue
        digest.update(f"{path.name}\0{len(text.text)}\0{text.text}".encode())
        value = parse(text, problems, "rulebook file")
        if value is not None:
            documents.append(value)
    problems.raise_if_any()
    return _Folder(folder, documents, digest.digest(), [str(path) for path in paths])
