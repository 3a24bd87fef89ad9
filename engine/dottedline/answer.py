"""Answers: immutable data with typed fields, and the same as JSON.

`to_dict()` gives the form that `schemas/answer.schema.json` describes; it is
what the command prints with `--format json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .changes import Change
from .condition_reader import SPECIAL_RESULTS
from .conditions import FactValue
from .frozen import FrozenDict
from .profile import Profile
from .reading import ItemId
from .rulebook import Modality, RulebookData
from .showing import html_of
from .verdicts import Status
from .vocabulary import Vocabulary


class OptionAnswer(NamedTuple):
    """An outcome that the source allows for this company."""

    outcome: str
    label: str
    modality: Modality
    rule: str
    because: str
    guidance: tuple[ItemId, ...]
    inferred: bool
    #: The id of the book that the rule comes from.
    book: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "label": self.label,
            "modality": self.modality,
            "rule": self.rule,
            "because": self.because,
            "guidance": list(self.guidance),
            "inferred": self.inferred,
            "book": self.book,
        }


class Remark(NamedTuple):
    """Something said beside a result; it decides nothing."""

    rule: str
    text: str
    guidance: tuple[ItemId, ...]
    inferred: bool
    #: The id of the book that the rule comes from.
    book: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "text": self.text,
            "guidance": list(self.guidance),
            "inferred": self.inferred,
            "book": self.book,
        }


class Consideration(NamedTuple):
    """A fact that the source says to weigh, without saying which way."""

    fact: str
    value: object
    because: str
    guidance: tuple[ItemId, ...]
    #: The id of the book that says so.
    book: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "value": json_value(self.value),
            "because": self.because,
            "guidance": list(self.guidance),
            "book": self.book,
        }


class DecisionAnswer(NamedTuple):
    """What the rulebook says on one question."""

    id: str
    title: str
    asks: str
    topic: str
    status: Status
    #: The outcome where there is one: settled or provisional.
    outcome: str | None
    label: str
    options: tuple[OptionAnswer, ...] = ()
    modality: Modality | None = None
    rationale: str = ""
    rules: tuple[str, ...] = ()
    #: True where completions agree on the result, but no one rule gives it in all of them.
    rules_are_alternatives: bool = False
    overridden: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    considerations: tuple[Consideration, ...] = ()
    #: What the rules presume, in words, because the profile does not say otherwise.
    presumes: tuple[str, ...] = ()
    #: What the source does not say here; each ends the sentence "the source does not say ...".
    not_covered: tuple[str, ...] = ()
    facts_used: Mapping[str, FactValue] = FrozenDict()
    #: The unknown facts that can still change the result.
    depends_on: tuple[str, ...] = ()
    guidance: tuple[ItemId, ...] = ()
    inferred: bool = False
    #: For every other result that can be reached: the fewest facts that reach it. Derived
    #: facts have none: what matters is what would change the decisions that use them.
    would_change: tuple[Change, ...] = ()
    #: For a derived fact: that the profile gives it outright.
    given: bool = False
    #: The ids of the books that the rules come from, each once.
    books: tuple[str, ...] = ()

    @property
    def passed_on(self) -> str | None:
        """The value that other decisions see; None for unknown."""
        return self.outcome or (self.status if self.status in SPECIAL_RESULTS else None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "asks": self.asks,
            "topic": self.topic,
            "status": self.status,
            "outcome": self.outcome,
            "label": self.label,
            "options": [option.to_dict() for option in self.options],
            "modality": self.modality,
            "rationale": self.rationale,
            "rules": list(self.rules),
            "rules_are_alternatives": self.rules_are_alternatives,
            "overridden": list(self.overridden),
            "remarks": [remark.to_dict() for remark in self.remarks],
            "considerations": [consideration.to_dict() for consideration in self.considerations],
            "presumes": list(self.presumes),
            "not_covered": list(self.not_covered),
            "facts_used": {id: json_value(value) for id, value in self.facts_used.items()},
            "depends_on": list(self.depends_on),
            "guidance": list(self.guidance),
            "inferred": self.inferred,
            "would_change": [change_to_dict(change) for change in self.would_change],
            "given": self.given,
            "books": list(self.books),
        }


class FindingAnswer(NamedTuple):
    """Something to look at: a trigger holds, and its remedy is not known to be in place."""

    id: str
    decision: str
    title: str
    topic: str
    state: Literal["missing", "to_check"]
    modality: Modality
    text: str
    because: str
    rule: str
    guidance: tuple[ItemId, ...]
    facts_used: Mapping[str, FactValue]
    inferred: bool
    #: The id of the book that the rule comes from.
    book: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "decision": self.decision,
            "topic": self.topic,
            "state": self.state,
            "modality": self.modality,
            "text": self.text,
            "because": self.because,
            "rule": self.rule,
            "guidance": list(self.guidance),
            "facts_used": {id: json_value(value) for id, value in self.facts_used.items()},
            "inferred": self.inferred,
            "book": self.book,
        }


class Responsibility(NamedTuple):
    """Which team the source gives a responsibility to."""

    id: str
    label: str
    team: str
    team_label: str
    shared_with: tuple[str, ...]
    modality: Modality
    note: str
    guidance: tuple[ItemId, ...]
    #: The id of the book that lists it.
    book: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "team": self.team,
            "team_label": self.team_label,
            "shared_with": list(self.shared_with),
            "modality": self.modality,
            "note": self.note,
            "guidance": list(self.guidance),
            "book": self.book,
        }


class Question(NamedTuple):
    """A question whose answer matters. `decides`: how many decisions and findings it can still change."""

    fact: str
    question: str
    why: str
    decides: int

    def to_dict(self) -> dict[str, Any]:
        return {"fact": self.fact, "question": self.question, "why": self.why, "decides": self.decides}


class RulebookName(NamedTuple):
    """Which rulebook gave an answer."""

    id: str
    version: str
    sha256: str
    #: The books that it extends, each with its version; the one that rests on no other first.
    extends: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        extends = [{"id": id, "version": version} for id, version in self.extends]
        return {"id": self.id, "version": self.version, "sha256": self.sha256, "extends": extends}


@dataclass(frozen=True, repr=False)
class Answer:
    """All that the rulebook says about one company."""

    rulebook: RulebookName
    profile: Profile
    #: By id, in the order of the rulebook's topics.
    decisions: Mapping[str, DecisionAnswer]
    #: The facts that the rulebook derives, in the same form.
    derived: Mapping[str, DecisionAnswer]
    findings: tuple[FindingAnswer, ...]
    responsibilities: tuple[Responsibility, ...]
    #: What is doubtful about the profile.
    notes: tuple[str, ...]
    #: What would be worth asking, in the order in which to ask it.
    questions: tuple[Question, ...]
    #: How many decisions and findings an answer to one of them can still change.
    undecided: int
    #: What the source does not say at all; each ends the sentence "the source does not say ...".
    not_covered: tuple[str, ...]
    #: The rulebook that gave it, to tell what its ids mean.
    book: RulebookData = field(compare=False)

    @property
    def vocabulary(self) -> Vocabulary:
        """What can be known about a company."""
        return self.book.vocabulary

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON values; see `schemas/answer.schema.json`."""
        return {
            "rulebook": self.rulebook.to_dict(),
            "profile": profile_to_dict(self.profile, self.vocabulary),
            "decisions": {id: decision.to_dict() for id, decision in self.decisions.items()},
            "derived": {id: decision.to_dict() for id, decision in self.derived.items()},
            "findings": [finding.to_dict() for finding in self.findings],
            "responsibilities": [responsibility.to_dict() for responsibility in self.responsibilities],
            "notes": list(self.notes),
            "questions": [question.to_dict() for question in self.questions],
            "undecided": self.undecided,
            "not_covered": list(self.not_covered),
        }

    def _repr_html_(self) -> str:
        return html_of(self)

    def __repr__(self) -> str:
        lines = [f"<Answer of {self.rulebook.id} {self.rulebook.version}"]
        for id, decision in self.decisions.items():
            outcomes = decision.outcome or " | ".join(option.outcome for option in decision.options)
            said = f" {outcomes}" if outcomes and decision.status != "undetermined" else ""
            lines.append(f"  {id}: {decision.status}{said}")
        lines.append(f"  findings: {', '.join(finding.id for finding in self.findings) or 'none'}")
        return "\n".join(lines) + ">"


def firmest_sources(book: RulebookData, decision: DecisionAnswer) -> tuple[str, ...]:
    """Whose advice a result is: of several books, that of those which are as firm as it is.

    Empty where that is the first book; see `RulebookData.added_by`.
    """
    rules = [book.rule_named[id] for id in decision.rules]
    firmest = [rule.book for rule in rules if rule.modality == decision.modality]
    books = firmest or decision.books
    return () if book.first in books else book.added_by(books)


def json_value(value: object) -> Any:
    """A fact's value as JSON: a set as a sorted list, records as a list of objects."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [dict(record) for record in value]
    return value


def change_to_dict(change: Change) -> dict[str, Any]:
    return {
        "facts": {id: json_value(value) for id, value in change.facts},
        "status": change.status,
        "outcome": change.outcome,
        "options": list(change.options),
        "kind": change.kind,
    }


def profile_to_dict(profile: Profile, vocabulary: Vocabulary) -> dict[str, Any]:
    """The known facts in the vocabulary's order, those answered by a list left to the list."""
    known: dict[str, object] = {**profile.facts, **profile.records}
    return {id: json_value(known[id]) for id in vocabulary.facts if id in known and id not in profile.answered}
