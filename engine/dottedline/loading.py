"""Finding the folders of a rulebook and of its vocabulary, and reading them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .catalogs import UNTRANSLATED, Catalog, read_catalog
from .codes import MALFORMED, UNREADABLE
from .language import SOURCE, _, current, speaking
from .problems import Problem, Problems, RulebookError, did_you_mean
from .reading import Allowed, Reading, Text
from .rulebook import RulebookData
from .rulebook_reader import read_files, read_rulebook
from .source import parse, read_text
from .values import Scalar, Value, describe, shorten
from .vocabulary_reader import read_vocabulary

#: The rulebook that ships.
DEFAULT = "b2b_marketing"


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
        return read_folders(rules, facts).texts


class Loaded(NamedTuple):
    """A rulebook as its files have it."""

    data: RulebookData
    #: The texts in the folder of the rules, and in that of the facts.
    texts: Mapping[Path, Sequence[Text]]


def read_folders(rules: str | os.PathLike[str], facts: str | os.PathLike[str] | None) -> Loaded:
    """The rulebook and its vocabulary, in the language spoken now.

    Args:
        rules: the name of a shipped rulebook, or the path of a folder.
        facts: the folder of its vocabulary; None for the one that the rulebook names.

    Raises:
        RulebookError: with every problem found, each with its place.
    """
    read = read_as_far_as_can_be(rules, facts)
    if read.problems or read.data is None:
        raise RulebookError(read.problems)
    return Loaded(read.data, read.texts)


@dataclass
class Read:
    """What there is to be had of a rulebook's files, and what is wrong with them."""

    #: None where there is too much wrong to go on.
    data: RulebookData | None = None
    problems: Sequence[Problem] = ()
    #: The decisions that cannot be reasoned about, as something is wrong with them.
    broken: Collection[str] = ()
    allowed: Sequence[Allowed] = ()
    texts: dict[Path, Sequence[Text]] = field(default_factory=dict)
    #: The files of the rules, and of the facts, as they are written.
    rules: Sequence[Value] = ()
    facts: Sequence[Value] = ()


def read_as_far_as_can_be(rules: str | os.PathLike[str], facts: str | os.PathLike[str] | None) -> Read:
    """The same without refusing anything, for those who look for more that is wrong."""
    read = Read()
    problems = Problems(RulebookError, code=MALFORMED)
    try:
        _read(read, rules, facts, problems)
    except RulebookError as error:
        read.problems = error.problems
    else:
        read.problems = problems.in_order()
    return read


def _read(
    read: Read, rules: str | os.PathLike[str], facts: str | os.PathLike[str] | None, problems: Problems
) -> None:
    """Fills in what there is to be had, and raises RulebookError where it is no use to go on."""
    folder = _rules_folder(rules)
    read.rules, digest = _documents(folder)
    reading = Reading(problems, _catalog(folder, problems))
    read.texts[folder] = reading.texts
    book = read_files(read.rules, reading)
    named = book.head.get("vocabulary")
    # The vocabulary comes first: a rulebook that is held against a broken one has errors without end.
    of_vocabulary = Problems(RulebookError, code=MALFORMED)
    vocabulary_folder = Path(facts) if facts is not None else _facts_folder(folder, named, problems)
    read.facts, vocabulary_digest = _documents(vocabulary_folder)
    reading_vocabulary = Reading(of_vocabulary, _catalog(vocabulary_folder, of_vocabulary))
    read.texts[vocabulary_folder] = reading_vocabulary.texts
    vocabulary = read_vocabulary(read.facts, reading_vocabulary)
    of_vocabulary.raise_if_any()
    if isinstance(named, Scalar) and named.text != vocabulary.id:
        problems.add(
            _("the vocabulary there is `{id}`, not `{named}`").format(
                id=vocabulary.id, named=shorten(named.text)
            ),
            named.span,
        )
    sha256 = hashlib.sha256(digest + vocabulary_digest).hexdigest()
    read.data, read.broken = read_rulebook(book, vocabulary, sha256, reading)
    read.allowed = [*reading.allowed, *reading_vocabulary.allowed]


def _catalog(folder: Path, problems: Problems) -> Catalog:
    """The translations beside a rulebook or vocabulary, into the language spoken now."""
    if current() != SOURCE:
        try:
            return read_catalog(folder, current())
        except (OSError, ValueError) as error:
            problems.add(_("a catalog of translations cannot be read: {error}").format(error=error))
    return UNTRANSLATED


def data_folder(kind: str) -> Path:
    """The shipped folder `rules` or `facts`: inside the package, or beside `engine/` in a checkout."""
    packaged = Path(__file__).parent / kind
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / kind


def shipped() -> list[str]:
    """The names of the shipped rulebooks."""
    folder = data_folder("rules")
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.yaml")))


def _rules_folder(rules: str | os.PathLike[str]) -> Path:
    name = os.fspath(rules)
    if isinstance(rules, str) and name in shipped():
        return data_folder("rules") / name
    path = Path(name)
    if not path.is_dir():
        told = _("`{name}` is no rulebook and no folder").format(name=name)
        if path.exists():
            told = _("`{name}` is a file, not the folder of a rulebook").format(name=name)
        help = did_you_mean(name, shipped(), _("the shipped one is `{name}`").format(name=DEFAULT))
        raise RulebookError([Problem(told, help=help)])
    return path


def _facts_folder(rules: Path, vocabulary: Value | None, problems: Problems) -> Path:
    """The folder of the vocabulary that a rulebook names; raises RulebookError where there is none."""
    if vocabulary is None:
        raise problems.as_error()
    if not isinstance(vocabulary, Scalar):
        told = _("`vocabulary` must be a name, not {found}").format(found=describe(vocabulary))
        problems.add(told, vocabulary.span)
        raise problems.as_error()
    name = vocabulary.text
    # Without `resolve` where it will do, so that messages name files as the user knows them.
    for parent in (Path(os.path.normpath(rules / ".." / "..")), rules.resolve().parent.parent):
        if name and (parent / "facts" / name).is_dir():
            return parent / "facts" / name
    shipped_folder = data_folder("facts") / name
    if not (name and shipped_folder.is_dir()):
        known = [path.name for path in data_folder("facts").iterdir()]
        where = _("it is a folder in `facts`, which lies beside the folder `rules`")
        problems.add(
            _("there is no vocabulary `{name}`").format(name=shorten(name)),
            vocabulary.span,
            did_you_mean(name, known, where),
        )
        raise problems.as_error()
    return shipped_folder


def _documents(folder: Path) -> tuple[list[Value], bytes]:
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
    return documents, digest.digest()
