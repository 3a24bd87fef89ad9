"""What several people say together of one company: where they disagree, what that leads to, and the advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .answer import Answer, DecisionAnswer, FindingAnswer, json_value


class Said(NamedTuple):
    """One of the answers to a fact: who gave it, and what advice it leads to."""

    value: object
    by: tuple[str, ...]
    #: True where it follows from other answers of theirs.
    derived: bool = False
    #: The answer to all that is agreed and this; None where the fact matters to nothing.
    answer: Answer | None = None

    def result(self, id: str) -> DecisionAnswer | FindingAnswer | None:
        """What becomes of a decision or finding; None for a finding that does not show."""
        assert self.answer is not None
        if id in self.answer.decisions:
            return self.answer.decisions[id]
        return next((finding for finding in self.answer.findings if finding.id == id), None)


class Disagreement(NamedTuple):
    """A fact to which there is more than one answer, or one that cannot go with those to other facts."""

    fact: str
    said: tuple[Said, ...]
    #: The decisions and findings that it matters to.
    matters_to: tuple[str, ...] = ()
    #: The decisions for which the source says to weigh it, without saying which way.
    weighed_in: tuple[str, ...] = ()

    def is_decisive(self, id: str) -> bool:
        """Whether it changes a result by itself, while all other disagreements are left open."""
        return len({_key(said.result(id)) for said in self.said}) > 1

    def to_dict(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "answers": [
                {
                    "value": json_value(said.value),
                    "by": list(said.by),
                    "derived": said.derived,
                    "leads_to": {id: _result_to_dict(said.result(id)) for id in self.matters_to},
                }
                for said in self.said
            ],
            "matters_to": list(self.matters_to),
            "weighed_in": list(self.weighed_in),
        }


class Contradiction(NamedTuple):
    """Answers of several people to several facts that cannot all be right."""

    constraint: str
    says: str
    facts: tuple[Disagreement, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "constraint": self.constraint,
            "says": self.says,
            "facts": [disagreement.to_dict() for disagreement in self.facts],
        }


@dataclass(frozen=True)
class Together:
    """What several people say of one company, and the advice on what they agree on."""

    respondents: tuple[str, ...]
    #: In the order of the vocabulary.
    disagreements: tuple[Disagreement, ...]
    contradictions: tuple[Contradiction, ...]
    #: What only one of several people knows, by respondent.
    known_by_one: Mapping[str, tuple[str, ...]]
    #: Facts that nobody disputes, left open because they would decide a derived fact that is disputed.
    set_aside: tuple[str, ...]
    #: The advice on all that is agreed, or known by some; what is disputed counts as unknown.
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "respondents": list(self.respondents),
            "disagreements": [disagreement.to_dict() for disagreement in self.disagreements],
            "contradictions": [contradiction.to_dict() for contradiction in self.contradictions],
            "known_by_one": {name: list(facts) for name, facts in self.known_by_one.items()},
            "set_aside": list(self.set_aside),
            "answer": self.answer.to_dict(),
        }


def _key(result: DecisionAnswer | FindingAnswer | None) -> object:
    """What is compared of a result."""
    if result is None:
        return None
    if isinstance(result, FindingAnswer):
        return result.rule, result.state
    if result.status == "undetermined":
        return result.status
    return result.status, result.outcome, frozenset(option.outcome for option in result.options)


def _result_to_dict(result: DecisionAnswer | FindingAnswer | None) -> dict[str, Any] | None:
    if result is None:
        return None
    if isinstance(result, FindingAnswer):
        return {"state": result.state, "rule": result.rule, "modality": result.modality}
    return {
        "status": result.status,
        "outcome": result.outcome,
        "options": [option.outcome for option in result.options],
        "modality": result.modality,
    }
