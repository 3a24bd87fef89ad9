"""The decision memo as data: one document to hand to a board, in the order in which it is read.

What it says is made of the same entries as every other report; `memo_html`,
`memo_docx` and `memo_markdown` only lay it out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..answer import Answer, DecisionAnswer, FindingAnswer, firmest_sources
from ..chart import Which
from ..comparison import Comparison, compare
from ..language import N_, _, counted, date_of, list_of
from ..library import Rulebook
from ..profile import Profile
from ..reasons import subject_label
from ..rulebook import RulebookData, strength
from ..words import capital, join_sentences, quoted, sentence, uncapital, with_source
from .comparison import class_of, comparison_sections
from .memo_data import Block, Chapter, Company, Memo, Paragraph, Picture, Points, Table
from .memo_grounds import appendix, grounds
from .report import Entry, Section, cited, decision_entry, finding_entry, known_text, notes_of
from .tags import ADVICE, STATE, STATUS

#: How firmly the source says where something belongs, in a word or two.
FIRMNESS = {**ADVICE, "default": N_("usually"), "may": N_("may be"), "info": N_("described")}

#: What the words for how sure the advice is mean.
SURENESS = {
    "settled": N_("it stays so, whatever else becomes known"),
    "provisional": N_("so on what is known today; the advice says what would change it"),
    "undetermined": N_("something has to be known first"),
    "open": N_("the source allows several, and does not choose"),
    "silent": N_("the source does not say"),
    "not_applicable": N_("there is nothing to decide"),
}

#: What the memo is; the rulebook's own statements follow.
_ABOUT = N_(
    "This memo holds what is known about {subject} against one published source. The advice is the "
    "source's; what goes beyond it is marked as our inference."
)
#: The same where one rulebook extends another.
_ABOUT_SEVERAL = N_(
    "This memo holds what is known about {subject} against several sources, one on top of another. The "
    "advice is that of the first, where it is not said to be after another; what goes beyond them is marked "
    "as our inference."
)

#: A summary that tells more findings of one strength is none.
_FINDINGS_IN_BRIEF = 3


def memo_of(
    book: Rulebook, facts: Mapping[str, object] | Profile, *, title: str = "", date: datetime.date | None = None
) -> Memo:
    """The memo on one company, in the language spoken now, which should be the book's.

    Args:
        book: the rulebook.
        facts: as for `Rulebook.consult`.
        title: whose memo it is; else it is named for what it is about.
        date: the date that it bears; else today's.

    Raises:
        ProfileError: where the facts do not fit the vocabulary.
    """
    answer = book.consult(facts)
    company = Company(book, answer, _compared(book, answer))
    date = date or datetime.date.today()
    title = " ".join(title.split())
    chapters = (
        Chapter(_("In brief"), (_brief(company),)),
        Chapter(_("The advice"), tuple(_advice(company))),
        Chapter(_("As it is, against as advised"), tuple(_today(company))),
        Chapter(_("What to look at"), tuple(_findings(company))),
        Chapter(_("What the advice rests on"), tuple(grounds(company))),
        Chapter(_("Appendix"), tuple(appendix(company))),
    )
    always = [statement.text for statement in book.data.statements if statement.show == "always"]
    return Memo(
        language=book.language,
        kind=_("Decision memo"),
        title=title or book.title,
        subtitle=book.title if title else "",
        date=date,
        origin=(date_of(date), cited(book.data), known_text(answer).rstrip(".\u3002")),
        about=join_sentences(_about(book.data), *always),
        chapters=tuple(chapter for chapter in chapters if chapter.blocks),
    )


def _about(book: RulebookData) -> str:
    """What the memo is, for somebody who finds it on a table."""
    told = _ABOUT_SEVERAL if len(book.books) > 1 else _ABOUT
    return _(told).format(subject=book.vocabulary.subject or _("a case like this"))


def _compared(book: Rulebook, answer: Answer) -> Comparison | None:
    """How today compares with the advice; None where nothing is known of today."""
    organisation = book.data.organisation
    if organisation is None or not any(team.responsibilities for team in book.data.teams):
        return None
    today = {organisation.place, organisation.owner, organisation.dotted}
    known = {book.vocabulary.facts[id].family for id in answer.profile.facts}
    return compare(book, answer.profile) if today & known else None


# --- in brief -----------------------------------------------------------------------


def _brief(company: Company) -> Points:
    decisions = company.answer.decisions
    structure = company.data.organisation.structure if company.data.organisation else ""
    first = [id for id in decisions if id == structure]
    first += [id for id, decision in decisions.items() if id != structure and not _merely_usual(decision)]
    rest = [decision for id, decision in decisions.items() if id not in first]
    usual = [decision for decision in rest if decision.outcome is not None]
    unsure = [decision.title for decision in usual if decision.status == "provisional"]
    lines = [(decisions[id].title, _entry(company, decisions[id]).lead) for id in first]
    lines += _brief_today(company)
    lines += _brief_findings(company)
    for label, titles in (
        (_("Left open by the source"), [d.title for d in rest if d.status in ("open", "silent")]),
        (_("Not yet known"), [d.title for d in rest if d.status == "undetermined"]),
        (_("Does not apply"), [d.title for d in rest if d.status == "not_applicable"]),
    ):
        if titles:
            lines.append((label, sentence(list_of(titles))))
    if usual:
        told = counted("What is usual, for {n} more.", "What is usual, for {n} more.", len(usual))
        if company.data.organisation is not None:
            told = counted(
                "The usual place, for {n} more function.",
                "The usual place, for {n} more functions.",
                len(usual),
            )
        if unsure:
            changing = _("What is not said yet may change that for {functions}.")
            told = join_sentences(told, changing.format(functions=list_of(unsure)))
        lines.append((_("Everything else"), told))
    if company.asked:
        told = counted(
            "{n} question whose answer could still change the advice or what to look at.",
            "{n} questions whose answers could still change the advice or what to look at.",
            len(company.asked),
        )
        lines.append((_("Not said yet"), told))
    lines += [(_("Please check"), note) for note in notes_of(company.data, company.answer)]
    return Points("", tuple(lines))


def _merely_usual(decision: DecisionAnswer) -> bool:
    """Whether there is nothing to tell beyond the usual place, or that there is no advice."""
    return not decision.overridden and (decision.outcome is None or decision.modality == "default")


def _brief_today(company: Company) -> Iterator[tuple[str, str]]:
    """How many places of today are known, and which are to check."""
    placements = company.compared.placements if company.compared else ()
    known = [placement for placement in placements if placement.kind not in ("absent", "unknown")]
    checked = [placement.title for placement in known if placement.to_check]
    if known:
        place = counted(
            "The place of {n} function is known.", "The places of {n} functions are known.", len(known)
        )
        told = _("Nothing differs from what the source names.")
        if checked:
            told = _("To check, since the source names another place or none: {functions}.")
        yield _("Today"), join_sentences(place, told.format(functions=list_of(checked)))


def _brief_findings(company: Company) -> Iterator[tuple[str, str]]:
    """What is asked most firmly, and not merely described or allowed."""
    for modality in ("must", "should"):
        texts = [_in_a_line(finding) for finding in company.answer.findings if finding.modality == modality]
        more = len(texts) - _FINDINGS_IN_BRIEF
        if more > 0:
            texts[_FINDINGS_IN_BRIEF:] = [counted("and {n} more", "and {n} more", more)]
        if texts:
            yield capital(_(ADVICE[modality])), sentence(_("; ").join(texts))


def _in_a_line(finding: FindingAnswer) -> str:
    """A finding with its state, as part of a sentence."""
    tags = [_(STATE[finding.state]), *([_("our inference")] if finding.inferred else [])]
    text = uncapital(finding.text.rstrip(".\u3002"))
    return _("{text} ({state})").format(text=text, state=list_of(tags, "unit"))


# --- the advice ---------------------------------------------------------------------


def _advice(company: Company) -> Iterator[Block]:
    decisions = company.answer.decisions.values()
    if not decisions:
        return
    yield Table(
        "",
        (
            _("Function") if company.data.organisation is not None else _("Question"),
            *(_("Advice"), _("How firm"), _("How sure")),
        ),
        tuple(
            (d.title, _in_short(company.data, d), _firmness(company.data, d), _(STATUS[d.status]))
            for d in decisions
        ),
    )
    shown = {decision.status for decision in decisions}
    meanings = [
        sentence(_("{label}: {text}").format(label=_(STATUS[status]), text=_(text)))
        for status, text in SURENESS.items()
        if status in shown
    ]
    firm = _("How firm: as firmly as the source itself says it, never more.")
    yield Paragraph(join_sentences(firm, *meanings), quiet=True)
    yield from _picture(company, "advised")
    for topic, title in company.data.topics.items():
        entries = tuple(_entry(company, decision) for decision in decisions if decision.topic == topic)
        if entries:
            yield Section(title, entries)


def _entry(company: Company, decision: DecisionAnswer) -> Entry:
    """A decision's entry; what the source does not say has a place of its own in the memo."""
    return decision_entry(company.data, decision._replace(not_covered=()), company.answer)


def _in_short(book: RulebookData, decision: DecisionAnswer) -> str:
    """The advice without what surrounds it, for a table."""
    if decision.status == "not_applicable":
        return _("Does not apply")
    if decision.status == "silent":
        return _("Not said by the source")
    if decision.status == "undetermined":
        asked = [quoted(subject_label(book, id)) for id in decision.depends_on]
        return _("Depends on {facts}").format(facts=list_of(asked))
    if decision.status == "open":
        return capital(list_of([option.label for option in decision.options], "or"))
    return capital(decision.label)


def _firmness(book: RulebookData, decision: DecisionAnswer) -> str:
    if decision.modality is None:
        return ""
    advice = with_source(_(FIRMNESS[decision.modality]), firmest_sources(book, decision))
    return _("{advice}, our inference").format(advice=advice) if decision.inferred else advice


def _picture(company: Company, which: Which) -> Iterator[Picture]:
    if company.data.organisation is not None:
        yield Picture(company.book.chart(company.answer.profile, which))


# --- today, and what to look at -----------------------------------------------------


def _today(company: Company) -> Iterator[Block]:
    if company.compared is None:
        return
    told = comparison_sections(company.data, company.compared)
    yield from (section for section in (told.to_check, told.gaps) if section.entries)
    if told.actions.entries:
        yield Table(
            told.actions.title,
            (_("What to do"), _("Note"), _("Settles")),
            tuple((e.heading, _details(e), list_of(e.tags, "unit")) for e in told.actions.entries),
        )
    fitting = [p for p in company.compared.placements if p.place is not None and not p.to_check]
    if fitting:
        yield Table(
            _("Nothing to check"),
            (_("Function"), _("Today"), _("Compared")),
            tuple((p.title, capital(p.place_label), capital(class_of(company.data, p))) for p in fitting),
        )
    if any(placement.place is not None for placement in company.compared.placements):
        yield from _picture(company, "present")


def _without_modality(entry: Entry) -> Entry:
    """A finding's entry below a heading that says how firm it is."""
    return replace(entry, tags=entry.tags[1:])


def _details(entry: Entry) -> str:
    """The details of an entry as one text, for a table."""
    return join_sentences(
        *(_("{label}: {text}").format(label=label, text=text) for label, text in entry.details)
    )


def _findings(company: Company) -> Iterator[Block]:
    """The findings by how firmly something is asked, firmest first."""
    findings = company.answer.findings
    for modality in sorted({finding.modality for finding in findings}, key=strength, reverse=True):
        entries = (
            _without_modality(finding_entry(company.data, finding))
            for finding in findings
            if finding.modality == modality
        )
        yield Section(capital(_(ADVICE[modality])), tuple(entries))
