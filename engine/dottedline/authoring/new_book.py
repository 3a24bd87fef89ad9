"""A rulebook to begin with: small, and working, with a vocabulary and cases."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import tempfile
from pathlib import Path

from ..language import _
from ..problems import InputError, Problem
from ..shelf import names
from ..values import shorten

_TEMPLATES = Path(__file__).parent / "new"

#: Where each of the files goes, below the folder that holds all rulebooks.
_FILES = {
    "rulebook.yaml": "rules/{name}/rulebook.yaml",
    "cases.yaml": "rules/{name}/cases/cases.yaml",
    "vocabulary.yaml": "facts/{name}/vocabulary.yaml",
}

#: Such a name can be the id of a rulebook, a folder on any system, and an entry point.
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")


def make_book(name: str, folder: Path) -> list[Path]:
    """Makes a rulebook of a name; what is there already is left as it is.

    Args:
        name: its name.
        folder: the folder that is to hold `rules/<name>` and `facts/<name>`; made where it is missing.

    Returns:
        The files that it is made of.

    Raises:
        InputError: where the name cannot be one, or is taken.
        OSError: where the files cannot be written; then none of them is.
    """
    _refuse_bad_name(name)
    targets = [folder / kind / name for kind in ("rules", "facts")]
    for target in targets:
        if os.path.lexists(target):
            told = _("there is a `{path}` already").format(path=target)
            raise InputError([Problem(told, help=_("choose another name, or another folder with --in"))])
    folder.mkdir(parents=True, exist_ok=True)
    # Made beside, and put in place when all is there.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-", ignore_cleanup_errors=True) as making:
        for template, place in _FILES.items():
            path = Path(making, place.format(name=name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled(_TEMPLATES / template, name), encoding="utf-8")
        _put_in_place(Path(making), targets)
    return [folder / place.format(name=name) for place in _FILES.values()]


def _refuse_bad_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        told = _("`{name}` cannot be the name of a rulebook").format(name=shorten(name))
        help = _("it begins with a small letter, and goes on with small letters, digits and `_`: 64 at most")
        raise InputError([Problem(told, help=help)])
    if name in names():
        told = _("`{name}` is the name of another rulebook, which would be found in its place")
        raise InputError([Problem(told.format(name=name), help=_("choose another name"))])


def _filled(template: Path, name: str) -> str:
    text = template.read_text(encoding="utf-8")
    return text.replace("NAME", name).replace("DATE", datetime.date.today().isoformat())


def _put_in_place(making: Path, targets: list[Path]) -> None:
    """Moves the two folders to where they belong, or leaves neither there."""
    done: list[Path] = []
    try:
        for target in targets:
            target.parent.mkdir(exist_ok=True)
            # `rename` would take the place of an empty folder that somebody has made in the meantime.
            target.mkdir()
            done.append(target)
            for path in sorted((making / target.parent.name / target.name).iterdir()):
                path.rename(target / path.name)
    except BaseException:
        for target in done:
            shutil.rmtree(target, ignore_errors=True)
        raise
