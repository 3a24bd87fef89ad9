"""Keeps the catalogs of translations in step: the program's own, and those beside the shipped rulebooks.

`python docs/translations.py` writes them and lists what wants a translation or a look; with `--check` it
writes nothing, and fails where a catalog is not what it would write, or where anything is listed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

import dottedline
from dottedline import cli
from dottedline.language import LANGUAGES, SOURCE
from dottedline.loading import shipped, texts_of
from dottedline.translating import template_of, updated

PACKAGE = Path(dottedline.__file__).parent
KEYWORDS = {"_": None, "N_": None, "counted": (1, 2)}


def of_program() -> Catalog:
    """What the program says: every message in its code, and the help of every command."""
    template = Catalog()
    found = extract_from_dir(PACKAGE, [("**.py", "python")], {}, keywords=KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda entry: (entry[0], entry[1])):
        template.add(message, locations=[(file, 0)])
    for file, text in helps(cli.main, click.Context(cli.main)):
        template.add(text, locations=[(file, 0)])
    return template


def helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """The help of a command, its options and its commands, each with the module that it is in."""
    module = inspect.unwrap(command.callback or helps).__module__
    file = f"{module.removeprefix('dottedline.').replace('.', '/')}.py"
    if command.help:
        yield file, inspect.cleandoc(command.help)
    for param in command.params:
        if isinstance(param, click.Option) and param.help:
            yield file, param.help
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (inner := command.get_command(context, name)) is not None:
                yield from helps(inner, click.Context(inner))


def templates() -> Mapping[Path, Catalog]:
    """What is to be translated, by the folder that holds its catalogs."""
    found = {PACKAGE: of_program()}
    for book in shipped():
        found |= {folder: template_of(texts) for folder, texts in texts_of(book).items()}
    return found


def main() -> int:
    """Writes, or with `--check` holds against what is there, the catalogs of every language."""
    check = "--check" in sys.argv[1:]
    failed = False
    for folder, template in templates().items():
        for language in LANGUAGES:
            if language == SOURCE:
                continue
            path, content, waiting = updated(folder, language, template)
            stale = not path.is_file() or path.read_text(encoding="utf-8") != content
            failed |= bool(waiting) or (check and stale)
            if stale and check:
                print(f"{path}: is not in step; run python docs/translations.py")
            elif stale:
                path.parent.mkdir(exist_ok=True)
                path.write_text(content, encoding="utf-8")
            for message in waiting:
                print(f"{path}: to translate, or to look over: {message}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
