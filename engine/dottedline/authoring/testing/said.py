"""What an answer says of each decision and finding, as far as cases speak of it.

The same record is made of a whole answer and of the inference alone, so that
a case can be held against either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...answer import Answer
from ...diagram import Node
from ...inference import BROKEN, UnitInference
from ...resolution import Shown, finding
from ...rulebook import Decision, Modality
from ...verdicts import Status, Verdict


class OptionSaid(NamedTuple):
    """An outcome that the source allows."""

    outcome: str
    modality: Modality
    #: The rule or alternative that it comes from.
    rule: str


class DecisionSaid(NamedTuple):
    """What an answer says of one decision."""

    status: Status
    outcome: str | None = None
    options: frozenset[OptionSaid] = frozenset()
    modality: Modality | None = None
    #: The rules that give the result.
    rules: frozenset[str] = frozenset()
    remarks: frozenset[str] = frozenset()
    #: The rules that hold on what is known and give way.
    overridden: frozenset[str] = frozenset()

    @property
    def passes_on(self) -> str:
        """The value that conditions see: the outcome, what is no outcome, or `unknown`."""
        return self.outcome or ("unknown" if self.status == "undetermined" else self.status)

    @property
    def fired(self) -> frozenset[str]:
        """The rules and alternatives that it names."""
        return self.rules | self.remarks | {option.rule for option in self.options}


class FindingSaid(NamedTuple):
    """What an answer says of a finding that shows."""

    state: str
    modality: Modality
    rule: str

    @property
    def fired(self) -> frozenset[str]:
        """The rule that shows it."""
        return frozenset({self.rule})


#: By the id of the decision or finding; None for a finding that does not show.
Said = Mapping[str, DecisionSaid | FindingSaid | None]


def fired(said: Said) -> frozenset[str]:
    """The rules and alternatives that an answer names."""
    return frozenset[str]().union(*(there.fired for there in said.values() if there is not None))


def said_in(answer: Answer, decisions: Mapping[str, Decision]) -> Said:
    """What an answer says of each decision and finding of the rulebook."""
    said: dict[str, DecisionSaid | FindingSaid | None] = {}
    for decision in decisions.values():
        said.update(dict.fromkeys(decision.findings))
    for id, told in {**answer.decisions, **answer.derived}.items():
        said[id] = DecisionSaid(
            status=told.status,
            outcome=told.outcome,
            options=frozenset(OptionSaid(o.outcome, o.modality, o.rule) for o in told.options),
            modality=told.modality,
            rules=frozenset(told.rules),
            remarks=frozenset(remark.rule for remark in told.remarks),
            overridden=frozenset(told.overridden),
        )
    for shown in answer.findings:
        said[shown.id] = FindingSaid(shown.state, shown.modality, shown.rule)
    return said


def said_by(unit: UnitInference) -> Node:
    """Tokens -> what the inference says of a decision or finding; BROKEN where no company is so."""
    diagrams = unit.network.diagrams
    if unit.unit.is_finding:
        return diagrams.map(
            lambda bits: BROKEN if bits is BROKEN else _finding(finding(unit.unit, bits)), unit.known
        )
    return diagrams.map(
        lambda leaf: BROKEN if leaf is BROKEN else _decision(unit.verdict_of(leaf)), unit.verdicts
    )


def _finding(shown: Shown | None) -> FindingSaid | None:
    return None if shown is None else FindingSaid(shown.state, shown.rule.modality or "info", shown.rule.id)


def _decision(verdict: Verdict) -> DecisionSaid:
    return DecisionSaid(
        status=verdict.status,
        outcome=verdict.outcome,
        options=frozenset(OptionSaid(o.outcome, o.modality, o.rule) for o in verdict.options),
        modality=verdict.modality,
        rules=frozenset(rule.id for rule in verdict.rules),
        remarks=frozenset(rule.id for rule in verdict.remarks),
        overridden=frozenset(rule.id for rule in verdict.overridden),
    )
