"""What is told to a person, independent of where: an answer as headings, sentences and details."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..answer import Answer, DecisionAnswer, FindingAnswer, OptionAnswer, firmest_sources
from ..changes import Change
from ..language import _, counted, date_of, list_of
from ..reasons import subject_label, value_label
from ..rulebook import Entry as Duty
from ..rulebook import RulebookData, Source, Team
from ..words import after, capital, join_sentences, quoted, sentence, uncapital, with_source
from .tags import ADVICE, DESCRIBED, EXCEPTION, INFERRED, PLACEMENT, STATE, STATUS

#: Other results are told with the advice itself where no more facts than this lead to them.
_FACTS_IN_LEAD = 2


@dataclass(frozen=True)
class Entry:
    """One piece of advice: a heading, how firm and how sure, the advice, and details as (label, text)."""

    id: str
    heading: str
    tags: tuple[str, ...]
    lead: str
    details: tuple[tuple[str, str], ...] = ()
    is_finding: bool = False
    #: Rests on an inference of our own. The details say so; where they are left out, it has to be said.
    inferred: bool = False


@dataclass(frozen=True)
class Section:
    """Entries that belong together."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Report:
    """All that is told of an answer, in the order in which it is read."""

    title: str
    subtitle: str
    known: str
    sections: tuple[Section, ...]
    footer: str
    notes: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    more_questions: str = ""
    not_covered: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    charters: tuple[Section, ...] = ()


def report(book: RulebookData, answer: Answer, *, charters: bool = False, questions: int = 5) -> Report:
    """The report of an answer; with the team charters, and at most so many questions, if wanted."""
    entries: dict[str, list[Entry]] = {id: [] for id in book.topics}
    for decision in answer.decisions.values():
        entries[decision.topic].append(decision_entry(book, decision, answer))
    for finding in answer.findings:
        entries[finding.topic].append(finding_entry(book, finding))
    deciding = [question for question in answer.questions if question.decides]
    total = len(answer.decisions) + sum(len(d.findings) for d in book.decisions.values())
    asked = sorted(deciding, key=lambda question: -question.decides)[:questions]
    shown = [question for question in deciding if question in asked]
    more = len(deciding) - len(shown)
    return Report(
        title=book.title,
        subtitle=cited(book),
        known=known_text(answer),
        notes=notes_of(book, answer),
        sections=tuple(Section(title, tuple(entries[id])) for id, title in book.topics.items() if entries[id]),
        questions=tuple(
            (question.question, _("bears on {n} of {total}").format(n=question.decides, total=total))
            for question in shown
        ),
        more_questions=counted(
            "and {n} more question that would still change something",
            "and {n} more questions that would still change something",
            more,
        )
        if more
        else "",
        not_covered=answer.not_covered,
        statements=tuple(s.text for s in book.statements if charters or s.show == "always"),
        footer=footer(book),
        charters=tuple(team_section(team) for team in book.teams) if charters else (),
    )


def known_text(answer: Answer) -> str:
    """How much is known about the company, or what else the facts are of."""
    known = len(answer.profile.facts) + len(answer.profile.records) - len(answer.profile.answered)
    subject = answer.vocabulary.subject
    if not subject:
        return counted("{n} fact known.", "{n} facts known.", known)
    return counted(
        "{n} fact known about {subject}.", "{n} facts known about {subject}.", known, subject=subject
    )


def notes_of(book: RulebookData, answer: Answer) -> tuple[str, ...]:
    """What is doubtful about the profile, as sentences."""
    return tuple(sentence(book.vocabulary.in_words(note)) for note in answer.notes)


def cited(book: RulebookData) -> str:
    """The works whose advice this is, with their dates."""
    first, *added = [known.source for known in book.books.values()] or [book.source]
    told = _("After {title} ({date})").format(title=quoted(first.title), date=_date(first))
    if not added:
        return told
    others = [_("{title} ({date})").format(title=quoted(source.title), date=_date(source)) for source in added]
    return _("{first}; where it says so, after {others}").format(first=told, others=list_of(others))


def _date(source: Source) -> str:
    try:
        return date_of(datetime.date.fromisoformat(source.date))
    except ValueError:
        return source.date


def footer(book: RulebookData) -> str:
    """Which rulebook gave the advice, and how its sources were read."""
    sources = [known.source for known in book.books.values()] or [book.source]
    return join_sentences(rulebook_line(book), *(source.note for source in sources if source.note))


def rulebook_line(book: RulebookData) -> str:
    """Which rulebook gave the advice, to the byte."""
    extended = [
        _("{id} {version}").format(id=known.id, version=known.version)
        for known in book.books.values()
        if known.id != book.id
    ]
    if not extended:
        told = _("Rulebook {id} {version} ({hash}).")
    else:
        told = _("Rulebook {id} {version} ({hash}), which extends {others}.")
    return told.format(id=book.id, version=book.version, hash=book.sha256[:12], others=list_of(extended))


# --- whose advice it is -------------------------------------------------------------


def marked(text: str, inferred: bool, sources: Sequence[str] = ()) -> str:
    """A text, said to be the project's own inference, or of another source than the first, where it is."""
    parts = [text]
    if inferred:
        parts.append(_(INFERRED))
    if sources:
        parts.append(sentence(capital(after(sources))))
    return join_sentences(*parts)


# --- decisions ----------------------------------------------------------------------


def decision_entry(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> Entry:
    """One decision as an entry."""
    details: list[tuple[str, str]] = []
    if decision.status != "not_applicable":
        if decision.rationale and decision.status != "undetermined":
            details.append((_("Why"), why(book, decision)))
        if decision.status == "open" and len(decision.options) > 1:
            details += [
                (capital(option.label), marked(option.because, False, book.added_by([option.book])))
                for option in decision.options
            ]
        elif decision.status != "open":
            details += [(_("Also allowed"), _also(book, option)) for option in _others(decision)]
        details += [(_("Could change"), text) for text in _later_changes(book, decision, answer)]
        weighed = [
            with_source(uncapital(subject_label(book, weighed.fact)), book.added_by([weighed.book]))
            for weighed in decision.considerations
        ]
        if weighed:
            details.append((_("Weigh"), list_of(weighed)))
        details += [
            (_("Note"), marked(remark.text, remark.inferred, book.added_by([remark.book])))
            for remark in decision.remarks
        ]
        details += [(_("Not said"), not_said(book, text)) for text in decision.not_covered]
        if decision.inferred:
            details.append((_("Note"), _(INFERRED)))
    return Entry(
        id=decision.id,
        heading=decision.title,
        tags=(_(STATUS[decision.status]),),
        lead=sentence(_lead(book, decision, answer)),
        details=tuple(details),
        inferred=decision.inferred,
    )


def why(book: RulebookData, decision: DecisionAnswer) -> str:
    """The reasons of the rules: where several books have them, those of each are told apart."""
    if len(decision.books) < 2:
        return decision.rationale
    rules = [book.rule_named[id] for id in decision.rules]
    return join_sentences(*(marked(rule.because, False, book.added_by([rule.book])) for rule in rules))


def _lead(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> str:
    """The advice in one sentence, with what would move it."""
    if decision.status == "not_applicable":
        if book.organisation is None:
            return _("Does not apply")
        return _("Does not apply: you say that there is no such function")
    sources = firmest_sources(book, decision)
    if decision.status == "silent":
        return with_source(_("The source does not say"), sources)
    if decision.status == "undetermined":
        asked = [quoted(subject_label(book, id)) for id in decision.depends_on]
        changes = [text for _change, text in _short_changes(book, decision, answer)]
        return _("; ").join([_("Depends on {facts}").format(facts=list_of(asked)), *changes])
    if decision.status == "open":
        options = list_of([option.label for option in decision.options], "or")
        if decision.modality == "contested":
            return with_source(_("Contested: {places}").format(places=options), sources)
        lead = _("Open: {places}").format(places=options)
    else:
        words = EXCEPTION if decision.overridden else PLACEMENT
        lead = _(words.get(decision.modality or "", DESCRIBED)).format(place=decision.label)
    lead = with_source(lead, sources)
    if decision.presumes:
        lead = _("{advice}, taking it that {presumption}").format(
            advice=lead, presumption=list_of(decision.presumes)
        )
    parts = [lead]
    if decision.status != "open":
        parts += _also_allowed(book, decision)
    return _("; ").join([*parts, *(text for _change, text in _short_changes(book, decision, answer))])


def _also_allowed(book: RulebookData, decision: DecisionAnswer) -> Iterable[str]:
    """What is allowed beside the outcome, by who allows it."""
    by_source: dict[tuple[str, ...], list[str]] = {}
    for option in _others(decision):
        by_source.setdefault(book.added_by([option.book]), []).append(option.label)
    for sources, labels in by_source.items():
        places = list_of(labels, "or")
        if sources:
            titles = list_of([quoted(title) for title in sources])
            yield _("{source} also allows {places}").format(source=titles, places=places)
        else:
            yield _("the source also allows {places}").format(places=places)


def not_said(book: RulebookData, text: str) -> str:
    """What the source does not say, as a sentence."""
    added = book.added_by(silence.book for silence in book.silences if silence.says == text)
    if added:
        titles = list_of([quoted(title) for title in added])
        return _("{source} does not say {what}.").format(source=titles, what=text)
    return _("The source does not say {what}.").format(what=text)


def _others(decision: DecisionAnswer) -> list[OptionAnswer]:
    return [option for option in decision.options if option.outcome != decision.outcome]


def _also(book: RulebookData, option: OptionAnswer) -> str:
    told = join_sentences(sentence(option.label), option.because)
    return marked(told, option.inferred, book.added_by([option.book]))


def _changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[tuple[Change, str]]:
    """Other results that unknown facts can still bring, in words; one for each result and set of facts."""
    found: dict[tuple[object, ...], tuple[Change, str]] = {}
    for change in decision.would_change:
        if change.kind != "not_said":
            continue
        key = (change.outcome, change.options, tuple(id for id, _value in change.facts))
        if key not in found:
            found[key] = (change, change_text(book, decision, change))
    return list(found.values())


def change_text(book: RulebookData, decision: DecisionAnswer, change: Change) -> str:
    """A change in words: what would come of which facts."""
    condition = list_of([fact_is(book, id, value) for id, value in change.facts], "clauses")
    return _("{result} if {condition}").format(result=_result(book, decision, change), condition=condition)


def _short_changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[tuple[Change, str]]:
    """The first change to each other result, where it takes few facts."""
    first: dict[object, tuple[Change, str]] = {}
    for change, text in _changes(book, decision, answer):
        if len(change.facts) <= _FACTS_IN_LEAD:
            first.setdefault((change.outcome, change.options), (change, text))
    return list(first.values())


def _later_changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[str]:
    """One change to each result that the lead does not tell."""
    told = {(change.outcome, change.options) for change, _text in _short_changes(book, decision, answer)}
    texts: dict[object, str] = {}
    for change, text in _changes(book, decision, answer):
        if (change.outcome, change.options) not in told:
            texts.setdefault((change.outcome, change.options), text)
    return [sentence(text) for text in texts.values()]


def _result(book: RulebookData, decision: DecisionAnswer, change: Change) -> str:
    outcomes = book.decisions[decision.id].outcomes
    if change.status == "not_applicable":
        return _("not applicable")
    if change.status == "silent":
        return _("not said by the source")
    labels = [outcomes[id].label for id in change.options]
    if change.outcome is None:
        return _("open between {places}").format(places=list_of(labels))
    if change.outcome == decision.outcome:
        gained = [
            outcomes[id].label for id in change.options if id not in {o.outcome for o in decision.options}
        ]
        lost = [o.label for o in decision.options if o.outcome not in change.options]
        if gained:
            return _("also {places}").format(places=list_of(gained, "or"))
        return _("no longer {places}").format(places=list_of(lost, "or"))
    return outcomes[change.outcome].label


def fact_is(book: RulebookData, id: str, value: object) -> str:
    """A fact with a value in words, as part of a sentence."""
    return _("{fact} is {value}").format(
        fact=quoted(book.vocabulary.facts[id].label), value=value_label(book, id, value)
    )


# --- findings -----------------------------------------------------------------------


def finding_entry(book: RulebookData, finding: FindingAnswer) -> Entry:
    """One finding as an entry."""
    added = book.added_by([finding.book])
    return Entry(
        id=finding.id,
        heading=finding.text,
        tags=(_(ADVICE[finding.modality]), _(STATE[finding.state]), *([after(added)] if added else [])),
        lead=marked(finding.because, finding.inferred),
        is_finding=True,
        inferred=finding.inferred,
    )


# --- charters -----------------------------------------------------------------------


def team_section(team: Team) -> Section:
    """A team's charter."""

    def lines(entries: Sequence[Duty]) -> str:
        return _("; ").join(_charter_line(entry) for entry in entries)

    details = []
    if team.responsibilities:
        details.append((_("Responsible for"), lines(team.responsibilities)))
    if team.sub_teams:
        details.append((_("Teams and roles"), lines(team.sub_teams)))
    notes = [
        _("{label}: {text}").format(label=entry.label, text=entry.note)
        for entry in team.responsibilities
        if entry.note
    ]
    details += [(_("Note"), note) for note in notes]
    return Section(team.label, (Entry(team.id, team.label, (), sentence(team.mission), tuple(details)),))


def _charter_line(entry: Duty) -> str:
    text = entry.label
    if entry.shared_with:
        text = _("{duty} (with {others})").format(duty=text, others=list_of(entry.shared_with))
    if entry.modality == "may":
        text = _("{duty} (sometimes)").format(duty=text)
    return text


def questions_text(questions: Iterable[tuple[str, str]]) -> list[str]:
    """Questions with what they would decide, as one line each."""
    return [
        _("{question} ({decides})").format(question=capital(question), decides=decides)
        for question, decides in questions
    ]
