"""What differs where records are run again, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..language import N_, _, counted, list_of
from ..present.explanation import Line
from .replaying import Change, Differs, NotRun

_PARTS = {
    "status": N_("status: {was}, now {now}"),
    "outcome": N_("outcome: {was}, now {now}"),
    "options": N_("options: {was}, now {now}"),
    "modality": N_("modality: {was}, now {now}"),
    "rules": N_("rules: {was}, now {now}"),
    "state": N_("state: {was}, now {now}"),
}


def replayed_lines(one: Differs | NotRun) -> Iterator[Line]:
    """One answer that differs, or one line that was not run: lines of text with indent and style."""
    if isinstance(one, NotRun):
        told = _("line {number} was not run: {reason}").format(number=one.line, reason=one.reason)
        yield 0, told, ""
        return
    record = one.record
    title = _("line {number}, {time}, {id}: the answer differs")
    yield 0, title.format(number=record.line, time=record.time, id=record.id), "bold"
    for told in _since(one):
        yield 2, told, ""
    for change in one.changes:
        yield 2, change_text(change), ""


def _since(one: Differs) -> Iterator[str]:
    if one.refused:
        yield _("today the facts are refused: {reason}").format(reason=one.refused)
    was = one.record.rulebook
    if one.other_rulebook:
        yield _("since then, the rulebook has changed: it was {version} (sha256 {sha256})").format(
            version=was["version"], sha256=was["sha256"][:12]
        )
    if one.other_program:
        yield _("since then, the program has changed: it was {version}").format(version=one.record.program)
    if not one.other_rulebook and not one.other_program:
        yield _("neither the rulebook nor the program has changed since: the record or the program is at fault")


def change_text(change: Change) -> str:
    """What is otherwise in one result."""
    if change.was is None:
        told = _("{id} is new: {now}").format(id=change.id, now=_result(change.now))
    elif change.now is None:
        told = _("{id} is gone; it was {was}").format(id=change.id, was=_result(change.was))
    else:
        parts = [
            _(_PARTS.get(part, "")).format(was=_value(change.was.get(part)), now=_value(change.now.get(part)))
            for part in change.parts
            if part in _PARTS
        ]
        told = _("{id}: {parts}").format(id=change.id, parts="; ".join(parts))
    return told


def _result(result: Mapping[str, Any] | None) -> str:
    return list_of([_value(value) for value in (result or {}).values() if value], "unit")


def _value(value: object) -> str:
    if isinstance(value, list):
        return " + ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def replayed_text(same: int, differing: int, not_run: int) -> str:
    """How many answers are the same, differ, or could not be run."""
    told = [counted("{n} answer is the same", "{n} answers are the same", same)]
    if differing:
        told.append(counted("{n} differs", "{n} differ", differing))
    if not_run:
        told.append(counted("{n} line was not run", "{n} lines were not run", not_run))
    return _("{results}.").format(results=list_of(told, "unit"))
