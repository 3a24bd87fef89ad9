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
from ...results import Allowed, FindingResult, Result, result_of, results_in
from ...rulebook import Decision, Modality
from ...verdicts import Status


class DecisionSaid(NamedTuple):
    """What an answer says of one decision."""

    status: Status
    outcome: str | None = None
    options: frozenset[Allowed] = frozenset()
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
    findings = (id for decision in decisions.values() for id in decision.findings)
    said = {id: _said(result) for id, result in results_in(answer).items()}
    return {**dict.fromkeys(findings), **said}


def said_by(unit: UnitInference) -> Node:
    """Tokens -> what the inference says of a decision or finding; BROKEN where no company is so."""
    source = unit.known if unit.unit.is_finding else unit.verdicts
    return unit.network.diagrams.map(
        lambda leaf: BROKEN if leaf is BROKEN else _said(result_of(unit, leaf)), source
    )


def _said(result: Result) -> DecisionSaid | FindingSaid | None:
    if result is None:
        return None
    if isinstance(result, FindingResult):
        return FindingSaid(result.state, result.modality, result.rule)
    return DecisionSaid(
        status=result.status,
        outcome=result.outcome,
        options=frozenset(result.options),
        modality=result.modality,
        rules=frozenset(result.rules),
        remarks=frozenset(result.remarks),
        overridden=frozenset(result.overridden),
    )
