"""Why not: for an outcome that somebody asks about, the rules that could give it and what each lacks."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from .answer import Answer, DecisionAnswer, change_to_dict
from .changes import Change
from .problems import nearest
from .reasons import Reading, RuleTrace, explain
from .rulebook import Decision, RulebookData
from .showing import html_of


class Way(NamedTuple):
    """A rule or alternative that could give an outcome."""

    rule: RuleTrace
    #: What keeps its condition from holding: the parts that do not; None where it holds.
    lacks: Reading | None
    #: What blocks it although its condition holds; None where nothing does.
    blocked_by: Reading | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule.id,
            "state": self.rule.state,
            "because": self.rule.because,
            "guidance": list(self.rule.guidance),
            "inferred": self.rule.inferred,
            "book": self.rule.book,
            "lacks": self.lacks.to_dict() if self.lacks else None,
            "blocked_by": self.blocked_by.to_dict() if self.blocked_by else None,
            "overridden_by": list(self.rule.overridden_by),
        }


class WhyNot(NamedTuple):
    """Why a decision does not have an outcome, or that it has it."""

    decision: str
    outcome: str
    label: str
    #: `advised` where it is the outcome, `allowed` where it is an option beside it, else `no`.
    state: Literal["advised", "allowed", "no"]
    ways: tuple[Way, ...]
    #: The smallest changes that make it the outcome, or one of those left open.
    changes: tuple[Change, ...]
    #: The whole answer that it is asked of.
    whole: Answer

    def to_dict(self) -> dict[str, Any]:
        return {
            "decision": self.decision,
            "outcome": self.outcome,
            "label": self.label,
            "state": self.state,
            "ways": [way.to_dict() for way in self.ways],
            "changes": [change_to_dict(change) for change in self.changes],
        }

    def _repr_html_(self) -> str:
        return html_of(self)


def outcome_named(decision: Decision, name: str) -> str | None:
    """The outcome that a person means: by its id, its label or a word close to one, or None."""
    names = {word.lower(): o.id for o in decision.outcomes.values() for word in (o.label, o.id)}
    if name.lower() in names:
        return names[name.lower()]
    starting = {id for word, id in names.items() if word.startswith(name.lower())}
    if len(starting) == 1:
        return starting.pop()
    close = nearest(name.lower(), names)
    return names[close] if close else None


def why_not(book: RulebookData, answer: Answer, name: str, outcome: str) -> WhyNot:
    """Why a decision of an answer does not have an outcome.

    Args:
        book: the rulebook that gave the answer.
        answer: the answer.
        name: the id of a decision with one result.
        outcome: the id of one of its outcomes.

    Raises:
        KeyError: where there is no such decision, or it has no such outcome.
    """
    decision = book.decisions[name]
    label = decision.outcomes[outcome].label
    result = answer.decisions.get(name) or answer.derived[name]
    giving = {
        rule.id
        for rule in decision.rules
        if rule.outcome == outcome or any(option.outcome == outcome for option in rule.open)
    }
    giving |= {option.rule for option in decision.alternatives if option.outcome == outcome}
    traces = explain(book, answer, name).rules
    changes = [
        change for change in result.would_change if change.outcome == outcome or outcome in change.options
    ]
    outright = [change for change in changes if change.outcome == outcome]
    return WhyNot(
        decision=name,
        outcome=outcome,
        label=label,
        state=_state(result, outcome),
        ways=tuple(_way(trace) for trace in traces if trace.id in giving),
        changes=tuple(outright or changes) if result.outcome != outcome else (),
        whole=answer,
    )


def _state(result: DecisionAnswer, outcome: str) -> Literal["advised", "allowed", "no"]:
    if result.outcome == outcome:
        return "advised"
    if result.status != "undetermined" and any(option.outcome == outcome for option in result.options):
        return "allowed"
    return "no"


def _way(trace: RuleTrace) -> Way:
    blocked = trace.unless if trace.unless is not None and trace.unless.truth is True else None
    return Way(trace, lacking(trace.when), blocked)


def lacking(reading: Reading) -> Reading | None:
    """The parts of a condition that keep it from holding, or None where it holds."""
    if reading.truth is True:
        return None
    if not reading.connective:
        return reading
    parts = tuple(part for whole in reading.parts if (part := lacking(whole)) is not None)
    return parts[0] if len(parts) == 1 else reading._replace(parts=parts)
