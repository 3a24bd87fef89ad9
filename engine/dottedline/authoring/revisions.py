"""Rulebooks as they are in folders, or as they were in a revision of a git repository."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ..language import _
from ..library import Rulebook, load
from ..problems import InputError, Problem, RulebookError, SourceText, Span
from ..shelf import names

#: What git is asked takes a moment; what takes this long never ends.
_SECONDS = 60

#: What of a folder makes a rulebook.
_ENDINGS = (".yaml", ".po")


class Place(NamedTuple):
    """Where a rulebook is: a folder or the name of one, or a folder in a revision."""

    word: str
    revision: str | None
    folder: str


def place_of(word: str, book: str) -> Place:
    """What a word on the command line means.

    `REVISION:FOLDER` is a folder in a revision, as git writes it. The name of a
    rulebook that is shipped or installed, and what is there as a folder, is that; a word that begins
    with `.`, `/` or `~` cannot be anything else. Any other word is a revision,
    and the folder in it is that of `book`.

    Args:
        word: the word.
        book: the folder of the rulebook in a revision that is named without one,
            or a rulebook's name, which is in `rules/` there.

    Raises:
        InputError: where it could be a folder as well as a revision.
    """
    if word in names() or word.startswith((".", "/", "~")) or os.path.isabs(word):
        return Place(word, None, os.path.expanduser(word))
    revision, colon, folder = word.partition(":")
    if colon:
        return Place(word, revision or "HEAD", folder)
    if not Path(word).is_dir():
        return Place(word, word, f"rules/{book}" if book in names() else book)
    if _is_revision(word):
        told = _("`{word}` is a folder and a revision of git too").format(word=word)
        help = _("write `./{word}` for the folder, or `{word}:FOLDER` for one in the revision").format(
            word=word
        )
        raise InputError([Problem(told, help=help)])
    return Place(word, None, word)


@contextlib.contextmanager
def rulebook_at(place: Place) -> Iterator[Rulebook]:
    """The rulebook there; it can be read again for the time of the `with` block.

    Raises:
        InputError: where there is none, or git cannot tell.
        RulebookError: with every problem found in it, each with its place.
    """
    if place.revision is None:
        yield load(place.folder)
        return
    with tempfile.TemporaryDirectory(prefix="dottedline-") as temporary:
        root = Path(temporary).resolve()
        inside = _taken_out(place.revision, place.folder, root)
        try:
            book = load(root / inside)
        except RulebookError as error:
            raise _as_named(error, str(root), place.revision) from None
        yield book


def _taken_out(revision: str, folder: str, root: Path) -> str:
    """Writes a rulebook of a revision, and what lies beside it, below a folder; returns where it is in it."""
    top, here = _git("rev-parse", "--show-toplevel", "--show-prefix", asked=revision).split("\n")[:2]
    commit = _git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", unknown=revision
    )
    inside = _normal(here, folder, top)
    # The vocabulary is in `facts`, beside the folder of rulebooks.
    around = PurePosixPath(inside).parent
    wanted = [inside, str(around.parent / "facts"), str(around)] if str(around) != "." else [inside, "facts"]
    found: list[tuple[str, str]] = []
    for line in _git("ls-tree", "-r", "-z", "--full-tree", commit.strip(), "--", *wanted).split("\0"):
        about, tab, path = line.partition("\t")
        mode, _type, hash = about.split(" ") if tab else ("", "", "")
        if mode.startswith("100") and path.endswith(_ENDINGS):
            found.append((hash, path))
    if not any(PurePosixPath(path).parent == PurePosixPath(inside) for _hash, path in found):
        told = _("there is no rulebook `{folder}` in the revision `{revision}`").format(
            folder=inside, revision=revision
        )
        raise InputError([Problem(told, help=_("write `REVISION:FOLDER`, or name the folder with --rules"))])
    for (_hash, path), content in zip(found, _contents([hash for hash, _path in found]), strict=True):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return inside


def _normal(here: str, folder: str, top: str) -> str:
    """A folder as git has it: from the top of the repository, unless it begins with a dot.

    Raises:
        InputError: where it is outside of the repository.
    """
    if os.path.isabs(folder):
        folder = os.path.relpath(os.path.realpath(folder), top)
    elif folder.startswith("."):
        folder = f"{here}{folder}"
    inside = os.path.normpath(folder).replace(os.sep, "/")
    if inside.split("/")[0] == "..":
        told = _("`{folder}` is outside of the git repository `{repository}`").format(
            folder=folder, repository=top
        )
        raise InputError([Problem(told, help=_("name a folder in it, from its top"))])
    return inside


def _contents(hashes: list[str]) -> Iterator[bytes]:
    """The contents of files, by the hashes that git gives them."""
    out = _run(["cat-file", "--batch"], "".join(f"{hash}\n" for hash in hashes).encode()).stdout
    at = 0
    for _hash in hashes:
        end = out.index(b"\n", at)
        size = int(out[at:end].split(b" ")[2])
        yield out[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _is_revision(word: str) -> bool:
    try:
        return (
            _run(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}"]).returncode == 0
        )
    except InputError:
        return False


def _git(*words: str, asked: str = "", unknown: str = "") -> str:
    """What git says.

    Args:
        words: what it is asked.
        asked: the revision because of which it is.
        unknown: the revision that there is not, where it fails.

    Raises:
        InputError: where it fails.
    """
    done = _run(list(words))
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogateescape")
    error = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
    if "not a git repository" in error:
        told = _("`{word}` is no folder and no rulebook, and `{folder}` is in no git repository").format(
            word=asked, folder=Path.cwd()
        )
        help = _("name two folders, or go to where the rulebook is kept")
        raise InputError([Problem(told, help=help)])
    if unknown:
        told = _("`{word}` is no folder, no rulebook and no revision of git").format(word=unknown)
        raise InputError(
            [Problem(told, help=_("`git log` lists revisions; a tag or a branch will do as well"))]
        )
    raise InputError([Problem(_("git fails: {error}").format(error=error))])


def _run(words: list[str], given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", "--no-replace-objects", *words],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        missing = _("`git` is not installed, and a revision is asked for")
        raise InputError([Problem(missing, help=_("name two folders"))]) from None
    except subprocess.TimeoutExpired:
        raise InputError([Problem(_("git does not answer"))]) from None


def _as_named(error: RulebookError, root: str, revision: str) -> RulebookError:
    """The same with files named as they are in the revision."""

    def named(text: str) -> str:
        return text.replace(f"{root}{os.sep}", f"{revision}:").replace(root, f"{revision}:")

    def placed(span: Span) -> Span:
        return span._replace(source=SourceText(named(span.source.name), span.source.text))

    return RulebookError(
        dataclasses.replace(
            problem,
            message=named(problem.message),
            help=named(problem.help) if problem.help else None,
            span=placed(problem.span) if problem.span else None,
            also=tuple(map(placed, problem.also)),
        )
        for problem in error.problems
    )
