"""Reading records: each line alone, so that what happened to one does not matter to the others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

from ..language import N_, _
from .lines import FORM

#: No line is longer, in bytes; what is, is no record.
LONGEST = 4 * 1024 * 1024


class Record(NamedTuple):
    """A line that was read."""

    line: int
    id: str
    time: str
    #: `id`, `version` and `sha256` of the rulebook that gave the answer.
    rulebook: Mapping[str, str]
    program: str
    inferred: bool
    topics: tuple[str, ...]
    #: None where only their hash was kept.
    facts: Mapping[str, object] | None
    #: As `lines.told_by` gives it.
    told: Mapping[str, Mapping[str, Mapping[str, Any]]]


class Unreadable(NamedTuple):
    """A line that is no record."""

    line: int
    reason: str


def records(path: str | os.PathLike[str]) -> Iterator[Record | Unreadable]:
    """What is in a file of records, line by line.

    Raises:
        OSError: where it cannot be read.
    """
    with open(path, "rb") as file:
        for number, line in _lines(file):
            if line.strip():
                yield _read(number, line)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        yield number, line
        while not line.endswith(b"\n") and line:
            # The rest of a line that is too long.
            line = file.readline(LONGEST)


def _read(number: int, line: bytes) -> Record | Unreadable:
    try:
        kept = json.loads(line)
    except (ValueError, RecursionError):
        if not line.endswith(b"\n") and len(line) < LONGEST:
            return Unreadable(number, _("it is torn: the program that wrote it was ended, or is writing it"))
        return Unreadable(number, _("it is torn, or no record"))
    if not isinstance(kept, dict) or "record" not in kept:
        return Unreadable(number, _("it is no record"))
    if kept["record"] != FORM:
        return Unreadable(number, _("it is of a later form than this program reads"))
    for key, kind in _KINDS.items():
        if not isinstance(kept.get(key), kind):
            return Unreadable(number, _(_LACKS).format(key=key))
    facts = kept.get("facts")
    if not isinstance(facts, dict) and "facts_sha256" not in kept:
        return Unreadable(number, _(_LACKS).format(key="facts"))
    told = {kind: kept[kind] for kind in ("decisions", "derived", "findings")}
    if not all(isinstance(result, dict) for results in told.values() for result in results.values()):
        return Unreadable(number, _("it is no record"))
    topics = tuple(str(topic) for topic in kept["topics"])
    book = {key: str(kept["rulebook"].get(key)) for key in ("id", "version", "sha256")}
    return Record(
        number, kept["id"], kept["time"], book, kept["program"], kept["inferred"], topics, facts, told
    )


_LACKS = N_("it lacks `{key}`")

_KINDS: Mapping[str, type] = {
    "id": str,
    "time": str,
    "rulebook": dict,
    "program": str,
    "inferred": bool,
    "topics": list,
    "decisions": dict,
    "derived": dict,
    "findings": dict,
}
