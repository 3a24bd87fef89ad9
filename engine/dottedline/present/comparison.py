"""The organisation as it is against as advised, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..actions import Action
from ..answer import firmest_sources
from ..comparison import Comparison
from ..language import N_, _, counted, list_of
from ..ownership import Duty
from ..placements import Placement
from ..rulebook import RulebookData
from ..words import after, capital, quoted, sentence, with_source
from .explanation import test_text
from .report import (
    Entry,
    Report,
    Section,
    cited,
    decision_entry,
    fact_is,
    known_text,
    marked,
    notes_of,
    rulebook_line,
)
from .tags import ADVICE

#: How the source speaks of a present place, in a few words.
CLASSES = {
    "default": N_("the usual place"),
    "exception": N_("an exception that the source knows; its condition holds"),
    "alternative": N_("a place that the source also allows"),
    "exception_not_met": N_("an exception that the source knows; its condition does not hold"),
    "exception_unclear": N_("an exception that the source knows; whether its condition holds is not known"),
    "not_covered": N_("not covered by the source"),
    "contracted": N_("done by a contractor"),
    "planned": N_("an open role"),
    "absent": N_("no such function"),
    "unknown": N_("not known"),
}

#: The same of a place that is named by a book that extends another, for those that speak of the source.
ADDED = {
    "exception": N_("an exception that {source} knows; its condition holds"),
    "alternative": N_("a place that {source} also allows"),
    "exception_not_met": N_("an exception that {source} knows; its condition does not hold"),
    "exception_unclear": N_("an exception that {source} knows; whether its condition holds is not known"),
}


class ComparisonSections(NamedTuple):
    """What there is to tell of a comparison; a section without entries has nothing."""

    to_check: Section
    gaps: Section
    actions: Section
    fitting: Section
    vacant: Section
    unknown: Section


def comparison_report(book: RulebookData, found: Comparison) -> Report:
    """Places of today, gaps and actions, as a report."""
    return Report(
        title=_("As it is, against as advised"),
        subtitle=cited(book),
        known=known_text(found.answer),
        notes=notes_of(book, found.answer),
        sections=tuple(section for section in comparison_sections(book, found) if section.entries),
        statements=tuple(s.text for s in book.statements if s.show == "always"),
        footer=rulebook_line(book),
    )


def comparison_sections(book: RulebookData, found: Comparison) -> ComparisonSections:
    """Places of today, gaps and actions, by what they are."""
    placed = found.placements
    unknown = [placement.title for placement in placed if placement.kind == "unknown"]
    fitting = [p for p in placed if not p.to_check and p.kind in ("default", "exception", "alternative")]
    vacant = [p for p in placed if p.kind in ("contracted", "planned")]
    gaps = [*_absent(placed), *_duties(book, found.unowned), *_duties(book, found.owned_twice)]
    return ComparisonSections(
        Section(
            _("To check: differences from what the source names"),
            tuple(_checked(book, found, placement) for placement in placed if placement.to_check),
        ),
        Section(_("Gaps and overlaps"), tuple(gaps)),
        Section(
            _("What would settle most"),
            tuple(_action(book, found, number, action) for number, action in enumerate(found.actions, 1)),
        ),
        Section(_("As the source has it"), tuple(_fitting(book, placement) for placement in fitting)),
        Section(_("Given out, or to be filled"), tuple(_fitting(book, placement) for placement in vacant)),
        Section(_("Place not known"), _listed(unknown)),
    )


def _today(placement: Placement) -> str:
    return sentence(_("Today: {place}").format(place=placement.place_label))


def _checked(book: RulebookData, found: Comparison, placement: Placement) -> Entry:
    details = []
    if placement.because:
        details.append((_("Why"), _why(book, placement)))
    if placement.lacks is not None:
        lacks = [test_text(book, test) for test in placement.lacks.tests()]
        details.append((_("Not known to hold"), sentence(list_of(lacks))))
    advice = decision_entry(book, found.answer.decisions[placement.function], found.answer).lead
    books = found.answer.decisions[placement.function].books
    details.append((_("The advice") if book.added_by(books) else _("The source"), advice))
    return Entry(
        placement.function, placement.title, (class_of(book, placement),), _today(placement), tuple(details)
    )


def class_of(book: RulebookData, placement: Placement) -> str:
    """How the source speaks of the place, or the source of the book that does."""
    added = _added(book, placement)
    if not added:
        return _(CLASSES[placement.kind])
    titles = list_of([quoted(title) for title in added])
    return _(ADDED.get(placement.kind, CLASSES[placement.kind])).format(source=titles)


def _added(book: RulebookData, placement: Placement) -> tuple[str, ...]:
    return book.added_by([placement.book] if placement.book is not None else [])


def _why(book: RulebookData, placement: Placement) -> str:
    return marked(placement.because, placement.inferred, _added(book, placement))


def _fitting(book: RulebookData, placement: Placement) -> Entry:
    why = ((_("Why"), _why(book, placement)),) if placement.because else ()
    return Entry(placement.function, placement.title, (class_of(book, placement),), _today(placement), why)


def _absent(placed: Iterable[Placement]) -> Iterator[Entry]:
    lead = _("The source lists it. Whether every company needs one, it does not say.")
    for placement in placed:
        if placement.kind == "absent":
            tags = (_(CLASSES[placement.kind]),)
            yield Entry(placement.function, placement.title, tags, lead, is_finding=True)


def _duties(book: RulebookData, duties: Iterable[Duty]) -> Iterator[Entry]:
    for duty in duties:
        if duty.state == "unowned":
            tag, lead = _("no owner"), _("Nobody owns it. The source lists it with {team}.")
        else:
            tag, lead = _("several owners"), _("More than one team owns it. The source lists it with {team}.")
        tags = [tag, *([after(added)] if (added := book.added_by([duty.book])) else [])]
        yield Entry(duty.id, duty.label, tuple(tags), lead.format(team=duty.team_label), is_finding=True)


def _action(book: RulebookData, found: Comparison, number: int, action: Action) -> Entry:
    own = action.settles[0] if action.moves is None else action.moves
    details = []
    tags = [counted("settles {n}", "settles {n}", len(action.settles))]
    if action.modality:
        tags.append(with_source(_(ADVICE[action.modality]), _of_action(book, found, action)))
    if action.moves is None:
        finding = next(finding for finding in found.answer.findings if finding.id == own)
        heading = finding.text
        if finding.inferred and _("our inference") not in tags:
            tags.append(_("our inference"))
        ways = [
            list_of([fact_is(book, id, value) for id, value in way.items()], "clauses") for way in action.ways
        ]
        details.append((_("Done when"), sentence(list_of(ways, "or"))))
    else:
        places = [book.vocabulary.facts[id].label_of(value) for way in action.ways for id, value in way.items()]
        heading = _("Check whether {function} belongs elsewhere: {places}.").format(
            function=quoted(found.answer.decisions[own].title), places=list_of(places, "or")
        )
    others = [_named(book, found, id) for id in action.settles if id != own]
    if others:
        details.append((_("Also settles"), sentence(list_of(others))))
    if action.brings:
        brought = [_named(book, found, id) for id in action.brings]
        details.append((_("But brings up"), sentence(list_of(brought))))
    return Entry(f"action-{number}", f"{number}. {heading}", tuple(tags), "", tuple(details))


def _of_action(book: RulebookData, found: Comparison, action: Action) -> tuple[str, ...]:
    """Who advises an action, where it is not the first book."""
    if action.moves is not None:
        return firmest_sources(book, found.answer.decisions[action.moves])
    return book.added_by(finding.book for finding in found.answer.findings if finding.id == action.settles[0])


def _named(book: RulebookData, found: Comparison, id: str) -> str:
    """A finding, or a function, by name."""
    if id in found.answer.decisions:
        return found.answer.decisions[id].title
    shown = [finding.text for finding in found.answer.findings if finding.id == id]
    texts = [rule.text for _decision, rule in book.rules() if rule.finding == id]
    return quoted((shown or texts)[0].rstrip(".\u3002"))


def _listed(titles: list[str]) -> tuple[Entry, ...]:
    if not titles:
        return ()
    return (Entry("unknown", _("Place not known"), (), sentence(capital(list_of(titles))), is_finding=True),)
