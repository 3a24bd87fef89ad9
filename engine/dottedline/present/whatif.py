"""What moves where facts are otherwise, for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..answer import FindingAnswer
from ..difference import Move
from ..language import _, counted, list_of
from ..reasons import value_label
from ..rulebook import RulebookData
from ..whatif import WhatIf
from ..words import quoted, sentence
from .report import (
    Entry,
    Report,
    Section,
    cited,
    decision_entry,
    finding_entry,
    known_text,
    notes_of,
    rulebook_line,
)
from .tags import STATE, STATUS


def whatif_report(book: RulebookData, found: WhatIf) -> Report:
    """What moves and what stays, as a report."""
    moved = difference_sections(book, found)
    if not moved:
        title = _("Nothing moves")
        moved = (Section(title, (Entry("nothing", title, (), _("The advice stays as it is.")),)),)
    return Report(
        title=_("What if {suppositions}?").format(
            suppositions=list_of([_supposed(book, found, id) for id in found.supposed], "clauses")
        ),
        subtitle=cited(book),
        known=known_text(found.before),
        notes=notes_of(book, found.after),
        sections=(*moved, *_stay(found)),
        footer=rulebook_line(book),
    )


def _supposed(book: RulebookData, found: WhatIf, id: str) -> str:
    """What is supposed of a fact, and what it is."""
    profile = found.before.profile
    was = profile.facts.get(id, profile.records.get(id))
    if was is None and (derived := found.before.derived.get(id)) is not None:
        was = derived.passed_on
    text = _("{fact} were {value} (you have not said)")
    if was is not None:
        text = _("{fact} were {value} (it is {was})")
    return text.format(
        fact=quoted(book.vocabulary.facts[id].label),
        value=value_label(book, id, found.supposed[id]),
        was=value_label(book, id, was),
    )


def difference_sections(book: RulebookData, found: WhatIf) -> tuple[Section, ...]:
    """What moves: decisions, then findings that come, go or turn."""
    change = found.difference
    turned = [
        replace(
            finding_entry(book, now),
            tags=(_("{before}, now {after}").format(before=_(STATE[was.state]), after=_(STATE[now.state])),),
        )
        for was, now in change.turn
    ]
    sections = (
        Section(
            _("Advice that moves"), tuple(_moved(book, found, m) for m in change.moves if not m.same_advice)
        ),
        Section(
            _("The same advice, more or less sure"),
            tuple(_moved(book, found, m) for m in change.moves if m.same_advice),
        ),
        Section(_("Findings that come"), _findings(book, change.come)),
        Section(_("Findings that go"), _findings(book, change.go)),
        Section(_("Findings that turn"), tuple(turned)),
    )
    return tuple(section for section in sections if section.entries)


def _moved(book: RulebookData, found: WhatIf, move: Move) -> Entry:
    before = decision_entry(book, move.before, found.before)
    after = decision_entry(book, move.after, found.after)
    status = _(STATUS[move.after.status])
    if move.before.status != move.after.status:
        status = _("{before}, now {after}").format(before=_(STATUS[move.before.status]), after=status)
    why = ((_("Why"), move.after.rationale),) if move.after.rationale else ()
    return Entry(move.after.id, after.heading, (status,), after.lead, ((_("Before"), before.lead), *why))


def _findings(book: RulebookData, findings: Iterable[FindingAnswer]) -> tuple[Entry, ...]:
    return tuple(finding_entry(book, finding) for finding in findings)


def _stay(found: WhatIf) -> tuple[Section, ...]:
    """The decisions that stay, by name, and how many findings do."""
    decisions = found.after.decisions
    told = [decisions[id].title for id in found.difference.stay if id in decisions]
    findings = len(found.difference.stay) - len(told)
    if findings:
        told.append(counted("{n} finding", "{n} findings", findings))
    if not told:
        return ()
    title = _("What stays")
    return (Section(title, (Entry("stay", title, (), sentence(list_of(told)), is_finding=True),)),)
