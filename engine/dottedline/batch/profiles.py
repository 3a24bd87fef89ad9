"""A folder of profiles as a table: one company in each file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem, ProfileError
from ..profile import Profile
from .pieces import Piece, Rejected
from .texts import array_of

#: The column with the name of a company's file.
FILE = "file"

_ENDINGS = (".yaml", ".yml", ".json")


class Profiles:
    """The YAML and JSON files of a folder, in the order of their names.

    Args:
        folder: the folder.
        book: what the profiles are for.
        size: the rows of a piece.

    Raises:
        InputError: where the folder holds no profile.
    """

    def __init__(self, folder: str, book: Rulebook, size: int) -> None:
        self._paths = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in _ENDINGS)
        if not self._paths:
            told = _("there is no profile in `{folder}`").format(folder=folder)
            help = _("their names end in `.yaml`, `.yml` or `.json`")
            raise InputError([Problem(told, help=help)])
        self._book = book
        self._size = size
        self._facts = [fact.id for fact in book.vocabulary.facts.values() if fact.type != "note"]
        self.count: int | None = len(self._paths)
        self.names = [FILE, *self._facts]

    def pieces(self, _columns: Sequence[str] | None) -> Iterator[Piece]:
        for start in range(0, len(self._paths), self._size):
            paths = self._paths[start : start + self._size]
            profiles: list[Profile] = []
            numbers: list[int] = []
            rejects: list[Rejected] = []
            for number, path in enumerate(paths, start + 1):
                try:
                    profiles.append(self._book.read_profile(path))
                except ProfileError as error:
                    rejects += [_rejected(path, number, problem) for problem in error.problems]
                else:
                    numbers.append(number)
            columns = [pa.array([self._paths[number - 1].name for number in numbers], pa.string())]
            columns += [array_of([_value(profile, id) for profile in profiles]) for id in self._facts]
            rows = pa.RecordBatch.from_arrays(columns, names=self.names)
            yield Piece(rows, np.array(numbers, np.int64), tuple(rejects))


def _value(profile: Profile, id: str) -> object:
    value = profile.facts.get(id, profile.records.get(id))
    if isinstance(value, frozenset):
        return sorted(value)
    return [dict(record) for record in value] if isinstance(value, tuple) else value


def _rejected(path: Path, number: int, problem: Problem) -> Rejected:
    span = problem.span
    value = span.source.line(span.line)[span.column - 1 :][: span.length] if span else ""
    reason = f"{span.line}:{span.column}: {problem.message}" if span else problem.message
    if problem.help:
        reason = f"{reason}; {problem.help}"
    record = json.dumps(span.source.text if span else "", ensure_ascii=False)
    return Rejected(str(path), number, "", value, reason, record)
