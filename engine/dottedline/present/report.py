"""What is told to a person, independent of where: an answer as headings, sentences and details."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..answer import Answer, DecisionAnswer, FindingAnswer, OptionAnswer
from ..changes import Change
from ..language import _, counted, list_of
from ..reasons import subject_label, value_label
from ..rulebook import RulebookData, Team
from ..words import capital, sentence

#: How firmly the source says where something belongs.
PLACEMENT = {
    "must": "Must be",
    "should": "Should be",
    "default": "Usually",
    "may": "May be",
}

#: The same where it is an exception that takes the place of what is usual.
EXCEPTION = {**PLACEMENT, "may": "May make more sense"}

#: How firmly the source says that something should be done.
ADVICE = {
    "must": "Must",
    "should": "Should",
    "default": "Usual",
    "may": "May help",
    "caution": "Caution",
    "contested": "Contested",
    "info": "Worth knowing",
    "rationale": "Our inference",
    "depends_on": "It depends",
}

#: How sure the answer is, in a word or two.
STATUS = {
    "settled": "settled",
    "provisional": "so far",
    "undetermined": "not yet known",
    "open": "open",
    "silent": "source silent",
    "not_applicable": "not applicable",
}

STATE = {"missing": "missing", "to_check": "to check"}

#: Other results are told with the advice itself where no more facts than this lead to them.
_FACTS_IN_LEAD = 2

INFERRED = "This is our inference, not the source's."


@dataclass(frozen=True)
class Entry:
    """One piece of advice: a heading, how firm and how sure, the advice, and details as (label, text)."""

    id: str
    heading: str
    tags: tuple[str, ...]
    lead: str
    details: tuple[tuple[str, str], ...] = ()
    is_finding: bool = False


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
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    questions: tuple[tuple[str, str], ...]
    more_questions: str
    not_covered: tuple[str, ...]
    statements: tuple[str, ...]
    footer: str
    charters: tuple[Section, ...] = field(default=())


def report(book: RulebookData, answer: Answer, *, charters: bool = False, questions: int = 5) -> Report:
    """The report of an answer; with the team charters, and at most so many questions, if wanted."""
    entries: dict[str, list[Entry]] = {id: [] for id in book.topics}
    for decision in answer.decisions.values():
        entries[decision.topic].append(decision_entry(book, decision, answer))
    for finding in answer.findings:
        entries[finding.topic].append(finding_entry(finding))
    known = len(answer.profile.facts) + len(answer.profile.records) - len(answer.profile.answered)
    deciding = [question for question in answer.questions if question.decides]
    total = len(answer.decisions) + sum(len(d.findings) for d in book.decisions.values())
    asked = sorted(deciding, key=lambda question: -question.decides)[:questions]
    shown = [question for question in deciding if question in asked]
    more = len(deciding) - len(shown)
    return Report(
        title=book.title,
        subtitle=f"After “{book.source.title}” ({book.source.date})",
        known=f"{counted('{n} fact', '{n} facts', known)} known about the company.",
        notes=tuple(sentence(book.vocabulary.in_words(note)) for note in answer.notes),
        sections=tuple(Section(title, tuple(entries[id])) for id, title in book.topics.items() if entries[id]),
        questions=tuple((question.question, f"bears on {question.decides} of {total}") for question in shown),
        more_questions=f"and {counted('{n} more question', '{n} more questions', more)} that would still change something"
        if more
        else "",
        not_covered=answer.not_covered,
        statements=tuple(s.text for s in book.statements if charters or s.show == "always"),
        footer=f"Rulebook {book.id} {book.version} ({book.sha256[:12]}). {book.source.note}".strip(),
        charters=tuple(team_section(team) for team in book.teams) if charters else (),
    )


# --- decisions ----------------------------------------------------------------------


def decision_entry(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> Entry:
    """One decision as an entry."""
    details: list[tuple[str, str]] = []
    if decision.status != "not_applicable":
        if decision.rationale and decision.status != "undetermined":
            details.append(("Why", decision.rationale))
        if decision.status == "open" and len(decision.options) > 1:
            details += [(capital(option.label), option.because) for option in decision.options]
        elif decision.status != "open":
            details += [("Also allowed", _also(option)) for option in _others(decision)]
        details += [("Could change", text) for text in _later_changes(book, decision, answer)]
        weighed = [subject_label(book, weighed.fact).lower() for weighed in decision.considerations]
        if weighed:
            details.append(("Weigh", list_of(weighed)))
        details += [("Note", _marked(remark.text, remark.inferred)) for remark in decision.remarks]
        details += [("Not said", f"The source does not say {text}.") for text in decision.not_covered]
        if decision.inferred:
            details.append(("Note", INFERRED))
    return Entry(
        id=decision.id,
        heading=decision.title,
        tags=(STATUS[decision.status],),
        lead=sentence(_lead(book, decision, answer)),
        details=tuple(details),
    )


def _lead(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> str:
    """The advice in one sentence, with what would move it."""
    if decision.status == "not_applicable":
        return "Does not apply: you say that there is no such function"
    if decision.status == "silent":
        return "The source does not say"
    if decision.status == "undetermined":
        asked = [subject_label(book, id) for id in decision.depends_on]
        changes = [text for _, text in _short_changes(book, decision, answer)]
        return "; ".join([f"Depends on {list_of([f'“{label}”' for label in asked])}", *changes])
    if decision.status == "open":
        options = list_of([option.label for option in decision.options], "or")
        if decision.modality == "contested":
            return f"Contested: {options}"
        lead = f"Open: {options}"
    else:
        words = EXCEPTION if decision.overridden else PLACEMENT
        lead = f"{words.get(decision.modality or '', 'Described as')}: {decision.label}"
    if decision.presumes:
        lead += f", taking it that {list_of(decision.presumes)}"
    parts = [lead]
    if decision.status != "open" and (others := [option.label for option in _others(decision)]):
        parts.append(f"the source also allows {list_of(others, 'or')}")
    return "; ".join([*parts, *(text for _, text in _short_changes(book, decision, answer))])


def _others(decision: DecisionAnswer) -> list[OptionAnswer]:
    return [option for option in decision.options if option.outcome != decision.outcome]


def _also(option: OptionAnswer) -> str:
    return _marked(f"{capital(option.label)}. {option.because}", option.inferred)


def _marked(text: str, inferred: bool) -> str:
    return f"{text} {INFERRED}" if inferred else text


def _changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[tuple[Change, str]]:
    """Other results that unknown facts can still bring, in words; one for each result and set of facts."""
    found: dict[tuple[object, ...], tuple[Change, str]] = {}
    for change in decision.would_change:
        if any(id in answer.profile.facts for id, _ in change.facts):
            continue
        key = (change.outcome, change.options, tuple(id for id, _ in change.facts))
        if key not in found:
            condition = list_of([_fact_is(book, id, value) for id, value in change.facts])
            found[key] = (change, f"{_result(book, decision, change)} if {condition}")
    return list(found.values())


def _short_changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[tuple[Change, str]]:
    """The first change to each other result, where it takes few facts."""
    first: dict[object, tuple[Change, str]] = {}
    for change, text in _changes(book, decision, answer):
        if len(change.facts) <= _FACTS_IN_LEAD:
            first.setdefault((change.outcome, change.options), (change, text))
    return list(first.values())


def _later_changes(book: RulebookData, decision: DecisionAnswer, answer: Answer) -> list[str]:
    """One change to each result that the lead does not tell."""
    told = {(change.outcome, change.options) for change, _ in _short_changes(book, decision, answer)}
    texts: dict[object, str] = {}
    for change, text in _changes(book, decision, answer):
        if (change.outcome, change.options) not in told:
            texts.setdefault((change.outcome, change.options), text)
    return [sentence(text) for text in texts.values()]


def _result(book: RulebookData, decision: DecisionAnswer, change: Change) -> str:
    outcomes = book.decisions[decision.id].outcomes
    if change.status == "not_applicable":
        return "not applicable"
    if change.status == "silent":
        return "not said by the source"
    labels = [outcomes[id].label for id in change.options]
    if change.outcome is None:
        return f"open between {list_of(labels)}"
    if change.outcome == decision.outcome:
        gained = [
            outcomes[id].label for id in change.options if id not in {o.outcome for o in decision.options}
        ]
        lost = [o.label for o in decision.options if o.outcome not in change.options]
        if gained:
            return f"also {list_of(gained, 'or')}"
        return f"no longer {list_of(lost, 'or')}"
    return outcomes[change.outcome].label


def _fact_is(book: RulebookData, id: str, value: object) -> str:
    fact = book.vocabulary.facts[id]
    if fact.type == "yes_no":
        return f"“{fact.label}” is {'yes' if value else 'no'}"
    return f"“{fact.label}” is {value_label(book, id, value)}"


# --- findings -----------------------------------------------------------------------


def finding_entry(finding: FindingAnswer) -> Entry:
    """One finding as an entry."""
    return Entry(
        id=finding.id,
        heading=finding.text,
        tags=(ADVICE[finding.modality].lower(), STATE[finding.state]),
        lead=_marked(finding.because, finding.inferred),
        is_finding=True,
    )


# --- charters -----------------------------------------------------------------------


def team_section(team: Team) -> Section:
    """A team's charter."""

    def lines(entries: Sequence[object]) -> str:
        return "; ".join(_charter_line(entry) for entry in entries)

    details = []
    if team.responsibilities:
        details.append(("Responsible for", lines(team.responsibilities)))
    if team.sub_teams:
        details.append(("Teams and roles", lines(team.sub_teams)))
    notes = [f"{entry.label}: {entry.note}" for entry in team.responsibilities if entry.note]
    details += [("Note", note) for note in notes]
    return Section(team.label, (Entry(team.id, team.label, (), sentence(team.mission), tuple(details)),))


def _charter_line(entry: object) -> str:
    from ..rulebook import Entry as CharterEntry

    assert isinstance(entry, CharterEntry)
    shared = f" (with {list_of(entry.shared_with)})" if entry.shared_with else ""
    sometimes = " (sometimes)" if entry.modality == "may" else ""
    return f"{entry.label}{shared}{sometimes}"


def questions_text(questions: Iterable[tuple[str, str]]) -> list[str]:
    """Questions with what they would decide, as one line each."""
    return [f"{capital(question)} ({decides})" for question, decides in questions]
