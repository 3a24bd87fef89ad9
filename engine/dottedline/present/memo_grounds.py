"""What the advice of a memo rests on, and its appendix: for those who want to check it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ..answer import DecisionAnswer, Question
from ..language import _, counted, list_of
from ..ownership import ownership
from ..reading import ItemId
from ..reasons import subject_label
from ..vocabulary import Fact
from ..words import capital, join_sentences, quoted, sentence, uncapital
from .matrix import matrix
from .memo_data import Block, Company, Paragraph, Points, Table
from .report import Entry, Section, change_text, cited, fact_is, rulebook_line
from .tags import SAID

#: More than so many questions, or changes of one kind, are not read.
_QUESTIONS_SHOWN = 8
_CHANGES_SHOWN = 3


def grounds(company: Company) -> Iterator[Block]:
    """What is assumed, worked out or not said, by the company and by the source; what would change it."""
    decisions = company.answer.decisions.values()
    blocks = (
        Points(
            _("Taken for granted, since you have not said"),
            tuple((d.title, sentence(list_of(d.presumes))) for d in decisions if d.presumes),
        ),
        Points(_("Worked out from what you said"), tuple(_derived(company))),
        _questions(company),
        Points(
            _("What the source does not say"),
            (
                *((d.title, text) for d in decisions for text in d.not_covered),
                *(("", capital(text)) for text in company.answer.not_covered),
            ),
        ),
    )
    yield from (block for block in blocks if block.rows)
    changes = tuple(
        Entry(d.id, d.title, (), "", details) for d in decisions if (details := tuple(_changes(company, d)))
    )
    if changes:
        yield Section(_("What else would change the advice"), changes)


def _derived(company: Company) -> Iterator[tuple[str, str]]:
    """Each fact that follows from others, with what it follows from."""
    facts = company.book.vocabulary.facts
    for id, listing in company.answer.profile.answered.items():
        value = capital(facts[id].label_of(company.answer.profile.facts[id]))
        told = _("{value}, by the list {list}.").format(value=value, list=quoted(facts[listing].label))
        yield facts[id].label, told
    for id, derived in company.answer.derived.items():
        if derived.outcome is not None and not derived.given:
            used = [fact_is(company.data, used, value) for used, value in derived.facts_used.items()]
            told = sentence(derived.label)
            if used:
                told = sentence(_("{value}, since {facts}").format(value=derived.label, facts=list_of(used)))
            yield subject_label(company.data, id), join_sentences(told, derived.rationale)


def _questions(company: Company) -> Table:
    by_weight = sorted(company.asked, key=lambda q: (-len(_decisions_on(company, q)), -q.decides))
    rows = [(question.question, _bears_on(company, question)) for question in by_weight[:_QUESTIONS_SHOWN]]
    more = len(by_weight) - len(rows)
    if more:
        told = counted(
            "and {n} more question that would still change something",
            "and {n} more questions that would still change something",
            more,
        )
        rows.append((capital(told), ""))
    return Table(_("Not said yet"), (_("Question"), _("Bears on")), tuple(rows))


def _decisions_on(company: Company, question: Question) -> list[str]:
    """The titles of the decisions that an answer can still change."""
    decisions = company.answer.decisions.values()
    return [decision.title for decision in decisions if question.fact in decision.depends_on]


def _bears_on(company: Company, question: Question) -> str:
    told = _decisions_on(company, question)
    findings = question.decides - len(told)
    if findings > 0:
        told.append(counted("{n} finding", "{n} findings", findings))
    return list_of(told)


def _changes(company: Company, decision: DecisionAnswer) -> Iterator[tuple[str, str]]:
    """The smallest changes; those by what is not said yet stand with the advice itself."""
    for kind, label in (("choice", _("You could choose")), ("circumstance", _("Not yours to choose"))):
        texts = [
            sentence(change_text(company.data, decision, change))
            for change in decision.would_change
            if change.kind == kind
        ]
        yield from ((label, text) for text in texts[:_CHANGES_SHOWN])


# --- appendix -----------------------------------------------------------------------


def appendix(company: Company) -> Iterator[Block]:
    """What a person needs to check the memo: the facts, who owns what, the source, the rules."""
    origin = [sentence(cited(company.data)), company.data.source.note, rulebook_line(company.data)]
    yield Paragraph(join_sentences(*filter(None, origin)), quiet=True)
    facts = tuple(_facts(company))
    if facts:
        yield Table(_("Facts as given"), (_("Fact"), _("As given")), facts)
    yield from _owners(company)
    yield _said(company)
    yield _rules(company)


def _facts(company: Company) -> Iterator[tuple[str, str]]:
    profile = company.answer.profile
    for id, fact in company.book.vocabulary.facts.items():
        if id in profile.facts and id not in profile.answered:
            yield fact.label, capital(fact.label_of(profile.facts[id]))
        elif id in profile.records:
            records = profile.records[id]
            told = [records] if isinstance(records, str) else [_record(fact, record) for record in records]
            yield from ((fact.label, text) for text in told or [_("none")])


def _owners(company: Company) -> Iterator[Block]:
    """Who owns what, where that is known: what is not known needs no table in a memo."""
    if company.compared is None:
        return
    owned = ownership(company.data, company.answer)
    known = tuple(duty for duty in owned.duties if duty.state != "not_known")
    told = matrix(company.data, replace(owned, duties=known, findings=()))
    for part in told.parts:
        if part.rows:
            yield Table(
                _("{subject}: {part}").format(subject=told.title, part=uncapital(part.title)),
                part.header,
                tuple(row.cells for row in part.rows),
            )
        if part.remarks:
            yield Points("", tuple(("", remark) for remark in part.remarks))


def _said(company: Company) -> Table:
    """The items of the source that the advice rests on."""
    items: set[ItemId] = set()
    for decision in company.answer.decisions.values():
        items.update(_items(decision))
    for finding in company.answer.findings:
        items.update(finding.guidance)
    said = [company.data.guidance[item] for item in company.data.in_order(items)]
    return Table(
        _("What the sources say, item by item")
        if len(company.data.books) > 1
        else _("What the source says, item by item"),
        (_("Item"), _("What it says"), _("How firm")),
        tuple((str(item.item), item.says, _(SAID[item.modality])) for item in said),
    )


def _rules(company: Company) -> Table:
    """What a person needs to trace each piece of advice to the rulebook."""
    rows = [
        (d.title, _ids(d.rules, (option.rule for option in d.options)), _numbers(company, _items(d)))
        for d in company.answer.decisions.values()
    ]
    rows += [(f.text, f.rule, _numbers(company, f.guidance)) for f in company.answer.findings]
    return Table(
        _("Where each piece of advice comes from"),
        (_("Advice"), _("Rules"), _("Source items")),
        tuple(row for row in rows if row[1]),
    )


def _items(decision: DecisionAnswer) -> set[ItemId]:
    """The items of the source that a decision's answer rests on."""
    found = {*decision.guidance}
    found.update(*(option.guidance for option in decision.options))
    found.update(*(remark.guidance for remark in decision.remarks))
    found.update(*(weighed.guidance for weighed in decision.considerations))
    return found


def _ids(*groups: Iterable[str]) -> str:
    return list_of(list(dict.fromkeys(id for group in groups for id in group if id)), "unit")


def _numbers(company: Company, items: Collection[ItemId]) -> str:
    return list_of([str(item) for item in company.data.in_order(items)], "unit")


def _record(fact: Fact, record: Mapping[str, str]) -> str:
    """One record of a list, field by field."""
    told = []
    for id, field in fact.fields.items():
        if id in record:
            value = field.values[record[id]].label if field.values else record[id]
            told.append(_("{label}: {text}").format(label=field.label, text=value))
    return _("; ").join(told)
