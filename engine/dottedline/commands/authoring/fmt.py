"""`dottedline rules fmt`: lays out the files of rulebooks and profiles in one way."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ...files import write_whole
from ...language import _, counted
from ...problems import Problems, SourceText
from ...source import read_text
from .. import BAD_INPUT, Command, fail
from ..options import language_option

#: The folders of a repository of rules.
_FOLDERS = ("rules", "facts")
_ENDINGS = (".yaml", ".yml")


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not laid out so.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit 1 where it would.")
@language_option
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> None:
    """Lays out files of rulebooks, vocabularies, cases and profiles in one way.

    PATHs are files, or folders of which every YAML file is meant; without
    any, the folders rules and facts here. With - it reads standard input and
    prints the result. Comments and all that is said stay as they are.
    """
    if "-" in paths and len(paths) > 1:
        raise click.UsageError(_("standard input is laid out alone: leave out `-`, or the other paths"))
    from ...authoring.layout.files import laid_out

    problems = Problems()
    found: list[tuple[SourceText, str]] = []
    for path in _files(paths or _here()):
        source = read_text(path, problems)
        text = laid_out(source, problems) if source is not None else None
        if source is not None and text is not None:
            found.append((source, text))
    # Nothing is written where something is wrong: what is told is told of files as they are.
    problems.raise_if_any()
    if paths == ("-",) and not check and not diff:
        click.echo(found[0][1], nl=False)
        return
    changed = [(source, text) for source, text in found if source.text != text]
    if not check and not diff:
        for source, text in changed:
            write_whole(Path(source.name), text)
            click.echo(_("laid out {file}").format(file=source.name))
    for source, text in changed if diff else []:
        click.echo("".join(_difference(source, text)), nl=False)
    for source, _text in changed if check and not diff else []:
        click.echo(_("would lay out {file}").format(file=source.name))
    _sum_up(len(changed), len(found), written=not check and not diff)
    if changed and (check or diff):
        sys.exit(BAD_INPUT)


def _sum_up(changed: int, all: int, *, written: bool) -> None:
    if not changed:
        told = counted("{n} file is laid out", "{n} files are laid out", all)
    elif written:
        told = counted("{n} file was laid out anew", "{n} files were laid out anew", changed)
    else:
        told = counted("{n} file would be laid out anew", "{n} files would be laid out anew", changed)
    click.echo(told, err=True)


def _here() -> tuple[str, ...]:
    """The folders of rules and facts here."""
    there = tuple(name for name in _FOLDERS if Path(name).is_dir())
    if not there:
        raise fail(_("there is no folder `rules` or `facts` here"), _("name the files to lay out"))
    return there


def _files(paths: tuple[str, ...]) -> Iterator[str]:
    """The files that are meant, each once."""
    seen: set[str] = set()
    for name in paths:
        path = Path(name)
        inside = (
            sorted(each for ending in _ENDINGS for each in path.rglob(f"*{ending}")) if path.is_dir() else []
        )
        if path.is_dir() and not inside:
            raise fail(
                _("there is no YAML file in `{folder}`").format(folder=name), _("their names end in `.yaml`")
            )
        if not path.is_dir() and path.suffix not in ("", *_ENDINGS):
            raise fail(_("`{file}` is no YAML file").format(file=name), _("its name would end in `.yaml`"))
        for each in map(str, inside or [path]):
            if each not in seen:
                seen.add(each)
                yield each


def _difference(source: SourceText, text: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        source.text.splitlines(keepends=True),
        text.splitlines(keepends=True),
        source.name,
        _("{file}, laid out").format(file=source.name),
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n"
