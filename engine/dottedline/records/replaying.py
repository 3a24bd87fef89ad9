"""Running records again: which answers differ today, in what, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .. import __version__
from ..language import _
from ..library import Rulebook
from ..problems import InputError
from .lines import told_by
from .reading import Record, Unreadable


class Change(NamedTuple):
    """What is otherwise in one decision, derived fact or finding; None stands for what is not there."""

    #: `decisions`, `derived` or `findings`.
    kind: str
    id: str
    was: Mapping[str, Any] | None
    now: Mapping[str, Any] | None

    @property
    def parts(self) -> list[str]:
        """The parts of the result that differ: `status`, `outcome` and so on."""
        was, now = self.was or {}, self.now or {}
        return [part for part in dict.fromkeys([*was, *now]) if was.get(part) != now.get(part)]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "differs": self.parts, "was": self.was, "now": self.now}


class Same(NamedTuple):
    """A record whose answer is the same."""

    record: Record


class Differs(NamedTuple):
    """A record whose answer is another today."""

    record: Record
    changes: tuple[Change, ...]
    #: Why the company could not be advised at all; else empty.
    refused: str
    #: Since it was given, whether the rulebook has changed, and whether the program has.
    other_rulebook: bool
    other_program: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "line": self.record.line,
            "id": self.record.id,
            "time": self.record.time,
            "rulebook": dict(self.record.rulebook),
            "program": self.record.program,
            "other_rulebook": self.other_rulebook,
            "other_program": self.other_program,
            "refused": self.refused or None,
            "changes": [change.to_dict() for change in self.changes],
        }


class NotRun(NamedTuple):
    """A line that could not be run."""

    line: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"line": self.line, "reason": self.reason}


Replayed = Same | Differs | NotRun


def replay(book: Rulebook, found: Iterable[Record | Unreadable]) -> Iterator[Replayed]:
    """Runs records again.

    Args:
        book: the rulebook of today, with what the project inferred itself.
        found: the records.
    """
    for record in found:
        if isinstance(record, Unreadable):
            yield NotRun(*record)
        elif record.facts is None:
            yield NotRun(record.line, _("only the hash of its facts was kept"))
        elif record.rulebook["id"] != book.id:
            told = _("it is an answer of the rulebook `{id}`; `--rules` names the rulebook to run")
            yield NotRun(record.line, told.format(id=record.rulebook["id"]))
        else:
            yield _again(book if record.inferred else book.without_inferred(), record, record.facts)


def _again(book: Rulebook, record: Record, facts: Mapping[str, object]) -> Same | Differs:
    changes: tuple[Change, ...] = ()
    refused = ""
    try:
        changes = tuple(_changes(record.told, told_by(book.consult(facts, record.topics))))
    except InputError as error:
        refused = "; ".join(problem.message for problem in error.problems)
    except KeyError as error:
        refused = _("there is no decision, finding or topic `{name}`").format(name=error.args[0])
    if not changes and not refused:
        return Same(record)
    other_rulebook = record.rulebook["sha256"] != book.sha256
    return Differs(record, changes, refused, other_rulebook, record.program != __version__)


def _changes(
    was: Mapping[str, Mapping[str, Mapping[str, Any]]], now: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Iterator[Change]:
    for kind in now:
        for id in dict.fromkeys([*was[kind], *now[kind]]):
            change = Change(kind, id, was[kind].get(id), now[kind].get(id))
            if change.was != change.now:
                yield change
