"""The decision memo as data: one document to hand to a board, in the order in which it is read.

What it says is made of the same entries as every other report; the renderings
in `memo_html`, `memo_docx` and `memo_markdown` only lay it out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ..answer import Answer, DecisionAnswer, FindingAnswer, Question
from ..chart import Chart, Which
from ..comparison import Comparison, compare
from ..language import N_, _, counted, date_of, list_of
from ..library import Rulebook
from ..ownership import ownership
from ..profile import Profile
from ..reasons import subject_label
from ..rulebook import RulebookData, strength
from ..vocabulary import Fact
from ..words import capital, join_sentences, quoted, sentence, uncapital
from .comparison import CLASSES, comparison_sections
from .matrix import matrix
from .report import (
    ADVICE,
    STATE,
    STATUS,
    Entry,
    Section,
    change_text,
    cited,
    decision_entry,
    fact_is,
    finding_entry,
    known_text,
    notes_of,
    rulebook_line,
)

#: How firmly the source says where something belongs, in a word or two.
FIRMNESS = {**ADVICE, "default": N_("usually"), "may": N_("may be"), "info": N_("described")}

#: The same of what the source says: there a rationale is its own reason, not our inference.
SAID = {**ADVICE, "may": N_("may"), "info": N_("described"), "rationale": N_("a reason")}

#: What the words for how sure the advice is mean.
SURENESS = {
    "settled": N_("it stays so, whatever else becomes known about the company"),
    "provisional": N_("so on what is known today; the advice says what would change it"),
    "undetermined": N_("something has to be known first"),
    "open": N_("the source allows several, and does not choose"),
    "silent": N_("the source does not say"),
    "not_applicable": N_("the company has no such function"),
}

#: What the memo is; the rulebook's own statements follow.
_ABOUT = N_(
    "This memo holds what is known about the company against one published source. The advice is the "
    "source's; what goes beyond it is marked as our inference."
)

#: What no document can hold: control characters and halves of surrogate pairs.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: A summary that tells more findings of one strength is none.
_FINDINGS_IN_BRIEF = 3

#: More than so many questions, or changes of one kind, are not read.
_QUESTIONS_SHOWN = 8
_CHANGES_SHOWN = 3


class Paragraph(NamedTuple):
    """A text; a quiet one explains the others."""

    text: str
    quiet: bool = False


class Points(NamedTuple):
    """A list: each point a label, which may be empty, and a text."""

    title: str
    rows: tuple[tuple[str, str], ...]


class Table(NamedTuple):
    """Rows below a header; the first cell of a row names it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """An org chart, drawn or as a tree of text."""

    chart: Chart


Block = Paragraph | Points | Table | Picture | Section


class Chapter(NamedTuple):
    """Blocks that belong together."""

    title: str
    blocks: tuple[Block, ...]


class Memo(NamedTuple):
    """All that is told, in the order in which it is read."""

    language: str
    #: What kind of document it is, whose it is or what about, and what about where that is not said yet.
    kind: str
    title: str
    subtitle: str
    date: datetime.date
    #: When, after which source, on how much knowledge.
    origin: tuple[str, ...]
    #: What it is and what it is not.
    about: str
    chapters: tuple[Chapter, ...]

    def charts(self) -> Iterator[Chart]:
        """The org charts in it."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Picture):
                    yield block.chart


def memo_of(
    book: Rulebook, facts: Mapping[str, object] | Profile, *, title: str = "", date: datetime.date | None = None
) -> Memo:
    """The memo on one company.

    Args:
        book: the rulebook; the memo is in the language spoken now, which should be the book's.
        facts: as for `Rulebook.consult`.
        title: whose memo it is; else it is named for what it is about.
        date: the date that it bears; else today's.

    Raises:
        ProfileError: where the facts do not fit the vocabulary.
    """
    date = date or datetime.date.today()
    title = " ".join(title.split())
    return _Writing(book, book.consult(facts)).memo(title, date)


class _Writing:
    def __init__(self, book: Rulebook, answer: Answer) -> None:
        self.book = book
        self.data = book.data
        self.answer = answer
        self.entries = {
            # What the source leaves open has a place of its own in the memo.
            id: decision_entry(self.data, decision._replace(not_covered=()), answer)
            for id, decision in answer.decisions.items()
        }
        self.findings = sorted(answer.findings, key=lambda f: strength(f.modality), reverse=True)
        self.asked = [question for question in answer.questions if question.decides]
        self.compared = self._compared()

    def _compared(self) -> Comparison | None:
        """How today compares with the advice; None where nothing is known of today."""
        organisation = self.data.organisation
        if organisation is None or not any(team.responsibilities for team in self.data.teams):
            return None
        today = {organisation.place, organisation.owner, organisation.dotted}
        known = {self.book.vocabulary.facts[id].family for id in self.answer.profile.facts}
        return compare(self.book, self.answer.profile) if today & known else None

    def memo(self, title: str, date: datetime.date) -> Memo:
        chapters = (
            Chapter(_("In brief"), tuple(self._brief())),
            Chapter(_("The advice"), tuple(self._advice())),
            Chapter(_("As it is, against as advised"), tuple(self._today())),
            Chapter(_("What to look at"), tuple(self._findings())),
            Chapter(_("What the advice rests on"), tuple(self._grounds())),
            Chapter(_("Appendix"), tuple(self._appendix())),
        )
        about = [statement.text for statement in self.data.statements if statement.show == "always"]
        return Memo(
            language=self.book.language,
            kind=_("Decision memo"),
            title=title or self.data.title,
            subtitle=self.data.title if title else "",
            date=date,
            origin=(date_of(date), cited(self.data), known_text(self.answer).rstrip(".\u3002")),
            about=join_sentences(_(_ABOUT), *about),
            chapters=tuple(chapter for chapter in chapters if chapter.blocks),
        )

    # --- in brief -----------------------------------------------------------------------

    def _brief(self) -> Iterator[Block]:
        decisions = self.answer.decisions
        structure = self.data.organisation.structure if self.data.organisation else ""
        first = [id for id in decisions if id == structure]
        first += [id for id, decision in decisions.items() if decision.overridden and id != structure]
        lines = [(decisions[id].title, self.entries[id].lead) for id in first]
        lines += self._brief_today()
        rest = [decision for id, decision in decisions.items() if id not in first]
        usual = [d for d in rest if d.outcome is not None and d.modality == "default"]
        last = [
            (_("Left open by the source"), [d.title for d in rest if d.status in ("open", "silent")]),
            (_("Not yet known"), [d.title for d in rest if d.status == "undetermined"]),
        ]
        closing = [(label, sentence(list_of(titles))) for label, titles in last if titles]
        if usual:
            closing.append((_("Everything else"), _usual_text(len(usual))))
        if self.asked:
            closing.append((_("Not said yet"), _asked_text(len(self.asked))))
        lines += self._brief_findings()
        notes = [(_("Please check"), note) for note in notes_of(self.data, self.answer)]
        yield Points("", (*lines, *closing, *notes))

    def _brief_findings(self) -> Iterator[tuple[str, str]]:
        """What is asked most firmly, and not merely described or allowed."""
        for modality in ("must", "should"):
            texts = [_finding_text(finding) for finding in self.findings if finding.modality == modality]
            more = len(texts) - _FINDINGS_IN_BRIEF
            if more > 0:
                texts[_FINDINGS_IN_BRIEF:] = [counted("and {n} more", "and {n} more", more)]
            if texts:
                yield capital(_(ADVICE[modality])), sentence(_("; ").join(texts))

    def _brief_today(self) -> Iterator[tuple[str, str]]:
        if self.compared is None:
            return
        known = [placement for placement in self.compared.placements if placement.place is not None]
        checked = [uncapital(placement.title) for placement in known if placement.to_check]
        if not known:
            return
        place = counted(
            "The place of {n} function is known.", "The places of {n} functions are known.", len(known)
        )
        told = _("None of them differs from what the source names.")
        if checked:
            told = _("To check, since the source names another place or none: {functions}.").format(
                functions=list_of(checked)
            )
        yield _("Today"), join_sentences(place, told)

    # --- the advice ---------------------------------------------------------------------

    def _advice(self) -> Iterator[Block]:
        decisions = self.answer.decisions
        if not decisions:
            return
        yield Table(
            "",
            (_("Function"), _("Advice"), _("How firm"), _("How sure")),
            tuple(
                (
                    decision.title,
                    _in_short(self.data, decision),
                    _(FIRMNESS[decision.modality]) if decision.modality else "",
                    _(STATUS[decision.status]),
                )
                for decision in decisions.values()
            ),
        )
        shown = {decision.status for decision in decisions.values()}
        meanings = [
            sentence(_("{label}: {text}").format(label=_(STATUS[status]), text=_(text)))
            for status, text in SURENESS.items()
            if status in shown
        ]
        firm = _("How firm: as firmly as the source itself says it, never more.")
        yield Paragraph(join_sentences(firm, *meanings), quiet=True)
        yield from self._picture("advised")
        for topic, title in self.data.topics.items():
            entries = [self.entries[id] for id, decision in decisions.items() if decision.topic == topic]
            if entries:
                yield Section(title, tuple(entries))

    def _picture(self, which: Which) -> Iterator[Picture]:
        if self.data.organisation is not None:
            yield Picture(self.book.chart(self.answer.profile, which))

    # --- today --------------------------------------------------------------------------

    def _today(self) -> Iterator[Block]:
        if self.compared is None:
            return
        told = comparison_sections(self.data, self.compared)
        yield from (section for section in (told.to_check, told.gaps) if section.entries)
        if told.actions.entries:
            yield Table(
                told.actions.title,
                (_("What to do"), _("Note"), _("Settles")),
                tuple((e.heading, _details(e), list_of(e.tags, "unit")) for e in told.actions.entries),
            )
        fitting = [p for p in self.compared.placements if p.place is not None and not p.to_check]
        if fitting:
            yield Table(
                _("Nothing to check"),
                (_("Function"), _("Today"), _("Compared")),
                tuple((p.title, capital(p.place_label), capital(_(CLASSES[p.kind]))) for p in fitting),
            )
        yield from self._picture("present")

    def _findings(self) -> Iterator[Block]:
        if self.findings:
            yield Section("", tuple(finding_entry(finding) for finding in self.findings))

    # --- what it rests on ---------------------------------------------------------------

    def _grounds(self) -> Iterator[Block]:
        decisions = self.answer.decisions.values()
        blocks = (
            Points(
                _("Taken for granted, since you have not said"),
                tuple((d.title, sentence(list_of(d.presumes))) for d in decisions if d.presumes),
            ),
            Points(_("Worked out from what you said"), tuple(self._derived())),
            self._questions(),
            Points(
                _("What the source does not say"),
                (
                    *((d.title, text) for d in decisions for text in d.not_covered),
                    *(("", capital(text)) for text in self.answer.not_covered),
                ),
            ),
        )
        yield from (block for block in blocks if block.rows)
        changes = tuple(
            Entry(d.id, d.title, (), "", details) for d in decisions if (details := tuple(self._changes(d)))
        )
        if changes:
            yield Section(_("What else would change the advice"), changes)

    def _derived(self) -> Iterator[tuple[str, str]]:
        """Each fact that follows from others, with what it follows from."""
        facts = self.book.vocabulary.facts
        for id, listing in self.answer.profile.answered.items():
            told = _("{value}, by the list “{list}”.").format(
                value=capital(facts[id].label_of(self.answer.profile.facts[id])), list=facts[listing].label
            )
            yield facts[id].label, told
        for id, derived in self.answer.derived.items():
            if derived.outcome is not None and not derived.given:
                used = [fact_is(self.data, used, value) for used, value in derived.facts_used.items()]
                told = sentence(derived.label)
                if used:
                    told = sentence(
                        _("{value}, since {facts}").format(value=derived.label, facts=list_of(used))
                    )
                yield subject_label(self.data, id), join_sentences(told, derived.rationale)

    def _questions(self) -> Table:
        by_weight = sorted(self.asked, key=lambda q: (-len(self._decisions_on(q)), -q.decides))
        rows = [(question.question, self._bears_on(question)) for question in by_weight[:_QUESTIONS_SHOWN]]
        more = len(by_weight) - len(rows)
        if more:
            rows.append((_more_text(more), ""))
        return Table(_("Not said yet"), (_("Question"), _("Bears on")), tuple(rows))

    def _decisions_on(self, question: Question) -> list[str]:
        """The titles of the decisions that an answer can still change."""
        decisions = self.answer.decisions.values()
        return [decision.title for decision in decisions if question.fact in decision.depends_on]

    def _bears_on(self, question: Question) -> str:
        told = self._decisions_on(question)
        findings = question.decides - len(told)
        if findings > 0:
            told.append(counted("{n} finding", "{n} findings", findings))
        return list_of(told)

    def _changes(self, decision: DecisionAnswer) -> Iterator[tuple[str, str]]:
        """The smallest changes; those by what is not said yet stand with the advice itself."""
        for kind, label in (("choice", _("You could choose")), ("circumstance", _("Not yours to choose"))):
            texts = [
                sentence(change_text(self.data, decision, change))
                for change in decision.would_change
                if change.kind == kind
            ]
            yield from ((label, text) for text in texts[:_CHANGES_SHOWN])

    # --- appendix -----------------------------------------------------------------------

    def _appendix(self) -> Iterator[Block]:
        yield Paragraph(
            join_sentences(
                sentence(cited(self.data)),
                *([self.data.source.note] if self.data.source.note else []),
                rulebook_line(self.data),
            ),
            quiet=True,
        )
        facts = tuple(self._facts())
        if facts:
            yield Table(_("Facts as given"), (_("Fact"), _("As given")), facts)
        yield from self._owners()
        yield self._said()
        yield self._rules()

    def _facts(self) -> Iterator[tuple[str, str]]:
        profile = self.answer.profile
        for id, fact in self.book.vocabulary.facts.items():
            if id in profile.facts and id not in profile.answered:
                yield fact.label, capital(fact.label_of(profile.facts[id]))
            elif id in profile.records:
                records = profile.records[id]
                told = [records] if isinstance(records, str) else [_record(fact, record) for record in records]
                yield from ((fact.label, text) for text in told or [_("none")])

    def _owners(self) -> Iterator[Block]:
        """Who owns what, where that is known: what is not known needs no table in a memo."""
        if self.compared is None:
            return
        owned = ownership(self.data, self.answer)
        known = tuple(duty for duty in owned.duties if duty.state != "not_known")
        told = matrix(self.data, replace(owned, duties=known, findings=()))
        for part in told.parts:
            if part.rows:
                yield Table(
                    _("{subject}: {part}").format(subject=told.title, part=uncapital(part.title)),
                    part.header,
                    tuple(row.cells for row in part.rows),
                )
            if part.remarks:
                yield Points("", tuple(("", remark) for remark in part.remarks))

    def _said(self) -> Table:
        """The items of the source that the advice rests on."""
        items: set[int] = set()
        for decision in self.answer.decisions.values():
            items.update(_items(decision))
        for finding in self.answer.findings:
            items.update(finding.guidance)
        said = [self.data.guidance[item] for item in sorted(items)]
        return Table(
            _("What the source says, item by item"),
            (_("Item"), _("What it says"), _("How firm")),
            tuple((str(item.item), item.says, _(SAID[item.modality])) for item in said),
        )

    def _rules(self) -> Table:
        """What a person needs to trace each piece of advice to the rulebook."""
        rows = [
            (d.title, _ids(d.rules, (option.rule for option in d.options)), _numbers(_items(d)))
            for d in self.answer.decisions.values()
        ]
        rows += [(f.text, f.rule, _numbers(f.guidance)) for f in self.answer.findings]
        return Table(
            _("Where each piece of advice comes from"),
            (_("Advice"), _("Rules"), _("Source items")),
            tuple(row for row in rows if row[1]),
        )


def _usual_text(number: int) -> str:
    return counted(
        "The usual place, for {n} more function.", "The usual place, for {n} more functions.", number
    )


def _asked_text(number: int) -> str:
    return counted(
        "{n} question whose answer could still change the advice or what to look at.",
        "{n} questions whose answers could still change the advice or what to look at.",
        number,
    )


def _more_text(number: int) -> str:
    return counted(
        "and {n} more question that would still change something",
        "and {n} more questions that would still change something",
        number,
    )


def _finding_text(finding: FindingAnswer) -> str:
    return _("{text} ({state})").format(
        text=uncapital(finding.text.rstrip(".\u3002")), state=_(STATE[finding.state])
    )


def _details(entry: Entry) -> str:
    """The details of an entry as one text, for a table."""
    return join_sentences(
        *(_("{label}: {text}").format(label=label, text=text) for label, text in entry.details)
    )


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


def _items(decision: DecisionAnswer) -> set[int]:
    """The items of the source that a decision's answer rests on."""
    found = {*decision.guidance}
    found.update(*(option.guidance for option in decision.options))
    found.update(*(remark.guidance for remark in decision.remarks))
    found.update(*(weighed.guidance for weighed in decision.considerations))
    return found


def _ids(*groups: Iterable[str]) -> str:
    return list_of(list(dict.fromkeys(id for group in groups for id in group if id)), "unit")


def _numbers(items: Iterable[int]) -> str:
    return list_of([str(item) for item in sorted(items)], "unit")


def _record(fact: Fact, record: Mapping[str, str]) -> str:
    """One record of a list, field by field."""
    told = []
    for id, field in fact.fields.items():
        if id in record:
            value = field.values[record[id]].label if field.values else record[id]
            told.append(_("{label}: {text}").format(label=field.label, text=value))
    return _("; ").join(told)


def printable(text: str) -> str:
    """A text without what no document can hold."""
    return _UNPRINTABLE.sub("\ufffd", text)
