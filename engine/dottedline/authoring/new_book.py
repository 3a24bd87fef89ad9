"""A rulebook to begin with: small, and working, with a vocabulary and cases."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..language import _
from ..library import Rulebook, load
from ..problems import InputError, Problem, did_you_mean
from ..shelf import names
from ..values import shorten

_TEMPLATES = Path(__file__).parent / "new"

#: Where each of the files goes, below the folder that holds all rulebooks.
_FILES = {
    "rulebook.yaml": "rules/{name}/rulebook.yaml",
    "cases.yaml": "rules/{name}/cases/cases.yaml",
    "vocabulary.yaml": "facts/{name}/vocabulary.yaml",
}
#: The same of one that extends another, whose vocabulary it has.
_OF_EXTENSION = {
    "extension.yaml": "rules/{name}/rulebook.yaml",
    "extension_cases.yaml": "rules/{name}/cases/cases.yaml",
}

#: Such a name can be the id of a rulebook, a folder on any system, and an entry point.
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")

#: A text that YAML takes for one without quotes.
_PLAIN = re.compile(r"[A-Z][\w ,.'()/-]*")


def make_book(name: str, folder: Path, extends: str | None = None) -> list[Path]:
    """Makes a rulebook of a name; what is there already is left as it is.

    Args:
        name: its name.
        folder: the folder that is to hold `rules/<name>` and `facts/<name>`; made where it is missing.
        extends: the name of the rulebook that it is to extend, if any: one in `folder`, a shipped or an
            installed one.

    Returns:
        The files that it is made of.

    Raises:
        InputError: where the name cannot be one, or is taken, or there is no such rulebook to extend.
        OSError: where the files cannot be written; then none of them is.
    """
    _refuse_bad_name(name)
    files = _FILES if extends is None else _OF_EXTENSION
    words = {"NAME": name, "DATE": datetime.date.today().isoformat()}
    if extends is not None:
        words |= _of_extended(_extended(extends, folder))
    kinds = dict.fromkeys(place.partition("/")[0] for place in files.values())
    targets = [folder / kind / name for kind in kinds]
    for target in targets:
        if os.path.lexists(target):
            told = _("there is a `{path}` already").format(path=target)
            raise InputError([Problem(told, help=_("choose another name, or another folder with --in"))])
    folder.mkdir(parents=True, exist_ok=True)
    # Made beside, and put in place when all is there.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-", ignore_cleanup_errors=True) as making:
        for template, place in files.items():
            path = Path(making, place.format(name=name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled(_TEMPLATES / template, words), encoding="utf-8")
        _put_in_place(Path(making), targets)
    return [folder / place.format(name=name) for place in files.values()]


def _refuse_bad_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        told = _("`{name}` cannot be the name of a rulebook").format(name=shorten(name))
        help = _("it begins with a small letter, and goes on with small letters, digits and `_`: 64 at most")
        raise InputError([Problem(told, help=help)])
    if name in names():
        told = _("`{name}` is the name of another rulebook, which would be found in its place")
        raise InputError([Problem(told.format(name=name), help=_("choose another name"))])


def _extended(name: str, folder: Path) -> Rulebook:
    beside = folder / "rules" / name
    if beside.is_dir():
        return load(beside)
    if name not in names():
        told = _("there is no rulebook `{name}` to extend").format(name=shorten(name))
        raise InputError([Problem(told, help=did_you_mean(name, names()))])
    return load(name)


def _of_extended(book: Rulebook) -> dict[str, str]:
    """What of an extended rulebook stands in the template: a decision with one of its rules, for an example."""
    answer = book.consult({})
    decisions = book.data.decisions.values()
    decision = next((d for d in decisions if d.id in answer.decisions), next(iter(decisions)))
    expected = f"{decision.id}: {{status: {answer.decisions[decision.id].status}}}" if decision.outcomes else ""
    for finding in decision.findings:
        shown = [found.state for found in answer.findings if found.id == finding]
        expected = f"{finding}: {shown[0] if shown else 'absent'}"
    return {
        "BASE": book.id,
        "TITLE": title if _PLAIN.fullmatch(title := book.title) else json.dumps(title, ensure_ascii=False),
        "DECISION": decision.id,
        "RULE": decision.rules[0].id if decision.rules else "",
        "OUTCOME": next(iter(decision.outcomes), ""),
        "EXPECTED": expected,
    }


def _filled(template: Path, words: Mapping[str, str]) -> str:
    text = template.read_text(encoding="utf-8")
    return re.sub("|".join(words), lambda match: words[match[0]], text)


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
