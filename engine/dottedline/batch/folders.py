"""Many tables, file by file into a folder, which remembers what it was made of."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..files import STANDARD, write_whole
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem, Problems
from .formats import PROFILES, Format, format_named, stem_of
from .running import File, Manner, Run

#: Beside the outputs: what each was made of, for `--resume`.
MANIFEST = ".dottedline.json"


def evaluate_each(run: Run, files: Sequence[File], folder: str, to: str | None, resume: bool) -> None:
    """Evaluates tables, each into a file of the same name in a folder.

    Args:
        run: evaluates them.
        files: the tables.
        folder: the folder; it is made if need be.
        to: the format of the outputs; else that of each input, and Parquet for profiles.
        resume: leaves out tables whose output is there and was made of the same.

    Raises:
        InputError: where two tables would go into one file.
    """
    made = [(file, _output(file, Path(folder), to)) for file in files]
    _check_apart(made)
    Path(folder).mkdir(parents=True, exist_ok=True)
    manifest = _Manifest(Path(folder) / MANIFEST, run)
    for file, output in made:
        if resume and manifest.holds(file, output):
            run.counts.skipped += 1
            continue
        input, rejected = _state(Path(file.path)), run.counts.rejected
        manifest.forget(output)
        run.evaluate([file], output)
        # What had rejects is done again, so that they are told again.
        if run.counts.rejected == rejected:
            manifest.remember(input, output)


def check_apart(inputs: Sequence[File], output: File, rejects: File | None) -> None:
    """Refuses to write over what is read, or over what is written.

    Raises:
        InputError: where that would be.
    """
    written = [file.path for file in (output, rejects) if file is not None and file.path != STANDARD]
    problems = Problems()
    for path in written:
        if any(_same(path, file.path) for file in inputs):
            told = _("`{file}` would be written over what is read").format(file=path)
            problems.add(told, help=_("write to another file"))
    if len({os.path.realpath(path) for path in written}) < len(written):
        told = _("`{file}` is to hold both the results and the rejects").format(file=output.path)
        problems.add(told, help=_("write them to different files"))
    problems.raise_if_any()


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other) and Path(path).is_file()


def _output(file: File, folder: Path, to: str | None) -> File:
    if file.path == STANDARD:
        told = _("standard input has no name that its output in `{folder}` could have").format(folder=folder)
        raise InputError([Problem(told, help=_("name the output: `-o FILE`"))])
    format = format_named(to) if to is not None else file.format
    if format.kind == PROFILES:
        format = Format("parquet")
    stem = stem_of(os.path.abspath(file.path))
    return File(str(folder / f"{stem}{format.ending}"), format)


def _check_apart(made: Sequence[tuple[File, File]]) -> None:
    problems = Problems()
    first: dict[str, str] = {}
    for file, output in made:
        other = first.setdefault(output.path, file.path)
        if other != file.path:
            told = _("`{one}` and `{other}` would both go into `{output}`").format(
                one=other, other=file.path, output=output.path
            )
            problems.add(told, help=_("write them to different folders"))
        if any(_same(output.path, input.path) for input, _output in made):
            told = _("`{file}` would be written over what is read").format(file=output.path)
            problems.add(told, help=_("write to another folder"))
    problems.raise_if_any()


class _Manifest:
    """What the files of a folder were made of.

    A file that cannot be read as one counts as empty: then all is done again.
    """

    def __init__(self, path: Path, run: Run) -> None:
        self._path = path
        self._manner = _digest(run.book, run.manner)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self._made: dict[str, Any] = found if isinstance(found, dict) else {}

    def holds(self, input: File, output: File) -> bool:
        """Whether an output is there and was made of what there is now, in the same way."""
        said = self._made.get(Path(output.path).name)
        return said is not None and said == self._entry(_state(Path(input.path)), output)

    def forget(self, output: File) -> None:
        if self._made.pop(Path(output.path).name, None) is not None:
            self._write()

    def remember(self, input: object, output: File) -> None:
        self._made[Path(output.path).name] = self._entry(input, output)
        self._write()

    def _entry(self, input: object, output: File) -> dict[str, object]:
        return {"input": input, "output": _state(Path(output.path)), "manner": self._manner}

    def _write(self) -> None:
        write_whole(self._path, json.dumps(self._made, indent=1, ensure_ascii=False) + "\n")


def _state(path: Path) -> list[object] | None:
    """What tells a file from what it was before: where it is, its size, when it was changed; None for none."""
    try:
        there = path.stat()
    except OSError:
        return None
    if path.is_dir():
        inside = sorted(path.iterdir())
        digest = hashlib.sha256(json.dumps([_state(one) for one in inside]).encode()).hexdigest()
        return [str(path.absolute()), digest]
    return [str(path.absolute()), there.st_size, there.st_mtime_ns]


def _digest(book: Rulebook, manner: Manner) -> str:
    """Stands for all that makes a difference to what comes out."""
    given = (
        version("dottedline"),
        book.sha256,
        book.data.with_inferred,
        dataclasses.asdict(manner.wanted),
        manner.numbered,
        manner.encoding,
        manner.delimiter,
    )
    return hashlib.sha256(json.dumps(given, default=sorted).encode()).hexdigest()
