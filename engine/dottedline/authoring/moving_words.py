"""Whose advice changes, as a report for people and as JSON values for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from ..batch.pieces import Rejected
from ..language import _, counted, list_of, number_of
from ..present.report import Entry, Report, Section
from ..words import capital, join_sentences
from .comparing import Comparison
from .comparing_json import change_dict
from .comparing_words import KINDS, Words
from .joint import Side
from .moving import Moved, Moves


def moves_report(words: Words, moves: Moves, path: str) -> Report:
    """Whose advice changes, by decision, as a report."""
    found = words.found
    sections = [_unit(words, unit, list(moved)) for unit, moved in _by_unit(moves)]
    sections += [_rejected(moves, side, words.names) for side in moves.rejected]
    return Report(
        title=_("{path}: {new} against {old}").format(
            path=path, new=words.names["new"], old=words.names["old"]
        ),
        subtitle=_("Other advice: {companies} of {all}.").format(
            companies=counted("{n} company", "{n} companies", moves.changed), all=number_of(moves.companies)
        ),
        known=_words_only(found) if not moves.changed else "",
        sections=tuple(section for section in sections if section.entries),
        footer=join_sentences(words.book_line("old"), words.book_line("new")),
    )


def _words_only(found: Comparison) -> str:
    if found.units:
        return _("For other companies it would: see the comparison without --portfolio.")
    return _("It is the same for any company.")


def _by_unit(moves: Moves) -> Iterator[tuple[str, Iterator[Moved]]]:
    """Changes by decision or finding: those that come to most companies first."""
    moved = moves.in_order()
    total: dict[str, int] = {}
    for one in moved:
        total[one.unit] = total.get(one.unit, 0) + one.count
    moved.sort(key=lambda one: (-total[one.unit], one.unit))
    yield from groupby(moved, key=lambda one: one.unit)


def _unit(words: Words, id: str, moved: list[Moved]) -> Section:
    unit = next(unit for unit in words.found.units if unit.id == id)
    entries = []
    for one in moved:
        details = [(_("Who"), _who(one)), *words.why(unit, [*one.changes])]
        number = counted("{n} company", "{n} companies", one.count)
        lead = words.before_and_after(unit, *one.changes)
        entries.append(Entry(id, capital(_(KINDS[one.kind])), (number,), lead, tuple(details)))
    return Section(words.title(unit), tuple(entries))


def _who(one: Moved) -> str:
    more = one.count - len(one.names)
    if not more:
        return list_of(one.names, "unit")
    return _("{names} and {number} more").format(names=list_of(one.names, "unit"), number=number_of(more))


def _rejected(moves: Moves, side: Side, names: Mapping[Side, str]) -> Section:
    reasons: dict[int, list[Rejected]] = {}
    for reject in moves.reasons[side]:
        reasons.setdefault(reject.row, []).append(reject)
    entries = []
    for row, rejects in reasons.items():
        details = [(reject.column or _("Row"), reject.reason) for reject in rejects]
        entries.append(Entry(str(row), _("Row {number}").format(number=row), (), "", tuple(details)))
    more = moves.rejected[side] - len(reasons)
    if more > 0:
        told = counted("and {n} more", "and {n} more", more)
        entries.append(Entry("", told, (), ""))
    return Section(_("Not readable for {book}").format(book=names[side]), tuple(entries))


def moves_dict(words: Words, moves: Moves) -> dict[str, Any]:
    """Whose advice changes, as JSON values."""

    def one(moved: Moved) -> dict[str, Any]:
        return {
            "id": moved.unit,
            "is_finding": moved.is_finding,
            "kind": moved.kind,
            "companies": moved.count,
            "advice": [{**change_dict(each), "companies": count} for each, count in moved.changes.items()],
            "names": moved.names,
        }

    return {
        "old": words.named("old"),
        "new": words.named("new"),
        "companies": moves.companies,
        "changed": moves.changed,
        "compared": moves.compared,
        "changes": [one(moved) for moved in moves.in_order()],
        "rejected": {
            side: {
                "companies": moves.rejected[side],
                "reasons": [reject._asdict() for reject in moves.reasons[side]],
            }
            for side in moves.rejected
        },
    }
