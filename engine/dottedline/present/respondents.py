"""What several people say of one company, for people: above all where they disagree, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator

from ..answer import DecisionAnswer, FindingAnswer
from ..disagreements import Contradiction, Disagreement, Said, Together
from ..language import _, counted, list_of
from ..reasons import value_label
from ..rulebook import RulebookData
from ..words import join_sentences, quoted, sentence
from .report import Entry, Report, Section, decision_entry, marked
from .tags import ADVICE, STATE, STATUS


def together_report(book: RulebookData, found: Together) -> Report:
    """Disagreements and contradictions, as a report; the joint advice is told after it."""
    mattering = [each for each in found.disagreements if each.matters_to]
    harmless = [each for each in found.disagreements if not each.matters_to]
    sections = (
        Section(_("You disagree, and it matters"), tuple(_mattering(book, each) for each in mattering)),
        Section(
            _("These cannot all be right"), tuple(_contradiction(book, each) for each in found.contradictions)
        ),
        Section(
            _("You disagree, and no advice depends on it"), tuple(_harmless(book, each) for each in harmless)
        ),
        Section(_("Only one of you knows"), tuple(_known_by_one(book, found))),
    )
    return Report(
        title=_("What you say together"),
        subtitle=list_of(found.respondents),
        known=_summary(found, len(mattering), len(harmless)),
        sections=tuple(section for section in sections if section.entries),
        footer=_closing(book, found),
    )


def _summary(found: Together, mattering: int, harmless: int) -> str:
    if not (mattering or harmless or found.contradictions):
        return _("You disagree on nothing.")
    parts = [
        counted("{n} disagreement that matters", "{n} disagreements that matter", mattering),
        counted(
            "{n} on which no advice depends",
            "{n} on which no advice depends",
            harmless,
        ),
    ]
    if found.contradictions:
        parts.append(counted("{n} contradiction", "{n} contradictions", len(found.contradictions)))
    return sentence(list_of(parts, "unit"))


def _closing(book: RulebookData, found: Together) -> str:
    """What the joint advice takes as known."""
    told = [_("The joint advice follows.")]
    if found.disagreements or found.contradictions:
        told.append(_("What you disagree on counts as unknown in it."))
    if found.set_aside:
        labels = list_of([quoted(book.vocabulary.facts[id].label) for id in found.set_aside])
        told.append(
            _("So does this, which would otherwise settle a disagreement by itself: {facts}.").format(
                facts=labels
            )
        )
    return join_sentences(*told)


# --- disagreements ------------------------------------------------------------------


def _mattering(book: RulebookData, each: Disagreement) -> Entry:
    bears = counted("bears on {n} piece of advice", "bears on {n} pieces of advice", len(each.matters_to))
    return Entry(
        id=each.fact,
        heading=book.vocabulary.facts[each.fact].label,
        tags=(bears,),
        lead=_answers(book, each),
        details=tuple(_consequences(book, each)),
    )


def _harmless(book: RulebookData, each: Disagreement) -> Entry:
    details = []
    if each.weighed_in:
        titles = list_of([quoted(book.decisions[id].title) for id in each.weighed_in])
        told = _("The source says to weigh it for {decisions}, without saying which way.")
        details.append((_("Weigh"), told.format(decisions=titles)))
    return Entry(each.fact, book.vocabulary.facts[each.fact].label, (), _answers(book, each), tuple(details))


def _contradiction(book: RulebookData, each: Contradiction) -> Entry:
    lead = [
        _("{fact}: {answers}").format(fact=book.vocabulary.facts[fact.fact].label, answers=_answers(book, fact))
        for fact in each.facts
    ]
    # What more than one answer is given to is told as a disagreement.
    details = [line for fact in each.facts if len(fact.said) == 1 for line in _consequences(book, fact)]
    return Entry(each.constraint, sentence(each.says), (), join_sentences(*lead), tuple(details))


def _answers(book: RulebookData, each: Disagreement) -> str:
    """Who says what, in one line."""
    told = [
        _("{value} ({names})").format(value=_value(book, each.fact, said), names=list_of(said.by))
        for said in each.said
    ]
    return sentence(_("; ").join(told))


def _value(book: RulebookData, fact: str, said: Said) -> str:
    if isinstance(said.value, tuple):
        return counted("a list of {n}", "a list of {n}", len(said.value))
    value = value_label(book, fact, said.value)
    return _("{value}, as other answers have it").format(value=value) if said.derived else value


def _consequences(book: RulebookData, each: Disagreement) -> Iterator[tuple[str, str]]:
    """What each answer leads to, decision by decision and finding by finding."""
    for id in each.matters_to:
        if len(each.said) > 1 and not each.is_decisive(id):
            title = book.decisions[id].title if id in book.decisions else _finding_text(book, id)
            yield title, _("It makes a difference only together with other disagreements.")
        elif id in book.decisions:
            yield from _placed(book, each, id)
        else:
            yield from _found(book, each, id)


def _placed(book: RulebookData, each: Disagreement, id: str) -> Iterator[tuple[str, str]]:
    for said in each.said:
        result = said.result(id)
        assert isinstance(result, DecisionAnswer) and said.answer is not None
        lead = decision_entry(book, result, said.answer).lead
        yield (
            _("{decision}, if {value}").format(decision=result.title, value=_value(book, each.fact, said)),
            _("{text} [{tags}]").format(text=lead, tags=_(STATUS[result.status])),
        )


def _found(book: RulebookData, each: Disagreement, id: str) -> Iterator[tuple[str, str]]:
    """One line for each text that the finding shows, with its state for each answer."""
    shown = [(said, result) for said in each.said if isinstance(result := said.result(id), FindingAnswer)]
    for rule in dict.fromkeys(result.rule for _said, result in shown):
        first = next(result for _said, result in shown if result.rule == rule)
        states = []
        for said in each.said:
            result = said.result(id)
            here = isinstance(result, FindingAnswer) and result.rule == rule
            state = _(STATE[result.state]) if here and isinstance(result, FindingAnswer) else _("not shown")
            states.append(_("{state} if {value}").format(state=state, value=_value(book, each.fact, said)))
        tags = list_of([_(ADVICE[first.modality]), *states], "unit")
        text = _("{text} [{tags}]").format(text=first.text, tags=tags)
        yield _("To look at"), marked(text, first.inferred, book.added_by([first.book]))


def _finding_text(book: RulebookData, id: str) -> str:
    """The text of a finding's first rule: findings have no title."""
    decisions = book.decisions.values()
    return next(
        rules[0].text for decision in decisions for name, rules in decision.findings.items() if name == id
    )


def _known_by_one(book: RulebookData, found: Together) -> Iterator[Entry]:
    for name, facts in found.known_by_one.items():
        labels = list_of([book.vocabulary.facts[id].label for id in facts], "unit")
        yield Entry(name, name, (), sentence(labels))
