"""Where rulebooks are: shipped with this package, installed as packages of their own, or in any folder.

A package of rulebooks has entry points of the group `dottedline.rulebooks`,
each from the name of a rulebook to the package that holds it: a folder with
`rules/<name>` and `facts/<vocabulary>`. It is found without being imported.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

from .codes import UNDEFINED
from .language import _, list_of
from .problems import Problem, Problems, RulebookError, did_you_mean, listing
from .values import Scalar, Value, describe, shorten

#: The rulebook that ships.
DEFAULT = "b2b_marketing"

#: The group of entry points by which packages bring rulebooks.
GROUP = "dottedline.rulebooks"


class Installed(NamedTuple):
    """A rulebook that a package brings: by which distribution, and what its entry point says."""

    name: str
    distribution: str
    value: str


def data_folder(kind: str) -> Path:
    """The shipped folder `rules` or `facts`: inside the package, or beside `engine/` in a checkout."""
    packaged = Path(__file__).parent / kind
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / kind


def shipped() -> list[str]:
    """The names of the shipped rulebooks."""
    folder = data_folder("rules")
    return sorted(path.name for path in folder.iterdir() if _holds_yaml(path))


def installed() -> list[Installed]:
    """The rulebooks that installed packages bring, by name."""
    # Only who asks for a rulebook that does not ship waits for this import, and for the look at all packages.
    from importlib.metadata import entry_points

    found = {
        Installed(entry.name, entry.dist.name if entry.dist else "", entry.value)
        for entry in entry_points(group=GROUP)
    }
    return sorted(found)


def names() -> list[str]:
    """The names by which rulebooks can be loaded from anywhere."""
    return [*shipped(), *(book.name for book in installed() if book.name not in shipped())]


class Shelved(NamedTuple):
    """A rulebook that can be loaded by its name, or the reason why it cannot."""

    name: str
    #: The distribution that brings it; empty where it ships with this package.
    distribution: str
    #: The folder of its rules; None where it is not to be had.
    folder: Path | None
    problem: Problem | None = None


def shelved() -> list[Shelved]:
    """All rulebooks by name, with those that are broken or never found."""
    ships = shipped()
    found = [Shelved(name, "", data_folder("rules") / name) for name in ships]
    for book in installed():
        try:
            if book.name in ships:
                told = _("`{name}` of `{package}` is never found: a shipped rulebook has that name")
                raise RulebookError([Problem(told.format(name=book.name, package=book.distribution))])
            found.append(Shelved(book.name, book.distribution, _by_name(book.name)))
        except RulebookError as error:
            found.append(Shelved(book.name, book.distribution, None, error.problems[0]))
    return found


def rules_folder(rules: str | os.PathLike[str]) -> Path:
    """The folder of the rules of a rulebook, by its name or its path.

    A name means the shipped rulebook, else an installed one, else a folder.

    Raises:
        RulebookError: where there is none, or an installed one is not where it should be.
    """
    name = os.fspath(rules)
    if isinstance(rules, str) and (found := _by_name(name)) is not None:
        return found
    path = Path(name)
    if not path.is_dir():
        told = _("`{name}` is no rulebook and no folder").format(name=name)
        if path.exists():
            told = _("`{name}` is a file, not the folder of a rulebook").format(name=name)
        raise RulebookError([Problem(told, help=_known(name))])
    return path


def extended_folder(folder: Path, extends: Value, problems: Problems) -> Path:
    """The folder of the rulebook that the one in `folder` extends: beside it, else found by its name.

    Raises:
        RulebookError: where there is none, with what was found wrong before.
    """
    if not isinstance(extends, Scalar):
        told = _("`extends` must be the name of a rulebook, not {found}").format(found=describe(extends))
        problems.add(told, extends.span)
        raise problems.as_error()
    name = extends.text
    for beside in (Path(os.path.normpath(folder / "..")) / name, folder.resolve().parent / name):
        if _is_name(name) and _holds_yaml(beside) and beside.resolve() != folder.resolve():
            return beside
    found = _by_name(name)
    if found is None:
        told = _("there is no rulebook `{name}` to extend").format(name=shorten(name))
        problems.add(told, extends.span, _known(name), code=UNDEFINED)
        raise problems.as_error()
    return found


def facts_folder(rules: Path, vocabulary: Value, problems: Problems) -> Path:
    """The folder of the vocabulary that the rulebook in the folder `rules` names.

    Raises:
        RulebookError: where there is none, with what was found wrong before.
    """
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


def _by_name(name: str) -> Path | None:
    """The folder of a shipped or installed rulebook; None where there is none of the name."""
    if name in shipped():
        return data_folder("rules") / name
    if not _is_name(name):
        return None
    books = [book for book in installed() if book.name == name]
    if len(books) > 1:
        told = _("more than one package brings a rulebook `{name}`: {packages}").format(
            name=name, packages=list_of([f"`{book.distribution}`" for book in books])
        )
        raise RulebookError([Problem(told, help=_("uninstall all but one, or name the folder of one"))])
    return _folder_of(books[0]) if books else None


def _folder_of(book: Installed) -> Path:
    """Where an installed rulebook lies; its package is not imported."""
    package, *inside = book.value.split(".")
    locations: list[str] = []
    if all(part.isidentifier() for part in (package, *inside)):
        try:
            spec = importlib.util.find_spec(package)
        except (ImportError, ValueError):
            spec = None
        locations = list(spec.submodule_search_locations or ()) if spec is not None else []
    for location in locations:
        folder = Path(location, *inside, "rules", book.name)
        if folder.is_dir():
            return folder
    told = _("the installed rulebook `{name}` is broken: `{value}` is no package with a folder `rules/{name}`")
    help = _("it comes from `{package}`, by an entry point of the group `{group}`")
    raise RulebookError(
        [
            Problem(
                told.format(name=book.name, value=book.value),
                help=help.format(package=book.distribution, group=GROUP),
            )
        ]
    )


def _known(name: str) -> str | None:
    """Help for a rulebook that there is not."""
    known = names()
    told = _("the shipped one is `{name}`").format(name=DEFAULT)
    if len(known) > 1:
        told = _("there are {names}").format(names=listing(known))
    return did_you_mean(name, known, told)


def _is_name(name: str) -> bool:
    return bool(name) and name.replace("-", "").replace("_", "").isalnum()


def _holds_yaml(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*.yaml"))
