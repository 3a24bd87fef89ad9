"""What a decision or finding comes to, by ids alone: from the inference, or from an answer.

The parts of an answer that rest on rules and on nothing that people read, so
that results can be compared, tested and exported.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from .answer import Answer, DecisionAnswer, FindingAnswer
from .inference import Given, UnitInference
from .resolution import finding
from .rulebook import Modality
from .verdicts import Status


class Allowed(NamedTuple):
    """An outcome that the source allows, how firmly, and the rule or alternative that says so."""

    outcome: str
    modality: Modality
    rule: str


class DecisionResult(NamedTuple):
    """What a decision gives: the parts of a `DecisionAnswer` that rest on rules, by the same names."""

    status: Status
    outcome: str | None
    options: tuple[Allowed, ...] = ()
    modality: Modality | None = None
    rules: tuple[str, ...] = ()
    rules_are_alternatives: bool = False
    overridden: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    inferred: bool = False
    #: For a derived fact: that it is given outright.
    given: bool = False


class FindingResult(NamedTuple):
    """What there is of a finding that shows."""

    state: Literal["missing", "to_check"]
    modality: Modality
    rule: str
    inferred: bool


#: Of a finding that does not show, None.
Result = DecisionResult | FindingResult | None


def given_outright(outcome: str) -> DecisionResult:
    """The result of a derived fact that is given outright."""
    return DecisionResult("settled", outcome, given=True)


def result_of(unit: UnitInference, leaf: Any) -> Result:
    """What a unit gives at a leaf of its diagram that is not BROKEN.

    Args:
        unit: the decision or finding.
        leaf: of its `known` for a finding, else of its `verdicts` or `whole`.
    """
    if unit.unit.is_finding:
        shown = finding(unit.unit, leaf)
        if shown is None:
            return None
        return FindingResult(shown.state, shown.rule.modality or "info", shown.rule.id, shown.rule.inferred)
    if isinstance(leaf, Given):
        return given_outright(leaf.outcome)
    verdict = unit.verdict_of(leaf)
    return DecisionResult(
        verdict.status,
        verdict.outcome,
        tuple(Allowed(option.outcome, option.modality, option.rule) for option in verdict.options),
        verdict.modality,
        tuple(rule.id for rule in verdict.rules),
        verdict.rules_are_alternatives,
        tuple(rule.id for rule in verdict.overridden),
        tuple(rule.id for rule in verdict.remarks),
        any(rule.inferred for rule in verdict.rules),
    )


def results_in(answer: Answer) -> dict[str, DecisionResult | FindingResult]:
    """The results of an answer, by the ids of its decisions, derived facts, and the findings that show."""
    return {
        **{id: _of_decision(told) for id, told in {**answer.decisions, **answer.derived}.items()},
        **{shown.id: _of_finding(shown) for shown in answer.findings},
    }


def _of_decision(told: DecisionAnswer) -> DecisionResult:
    return DecisionResult(
        told.status,
        told.outcome,
        tuple(Allowed(option.outcome, option.modality, option.rule) for option in told.options),
        told.modality,
        told.rules,
        told.rules_are_alternatives,
        told.overridden,
        tuple(remark.rule for remark in told.remarks),
        told.inferred,
        told.given,
    )


def _of_finding(shown: FindingAnswer) -> FindingResult:
    return FindingResult(shown.state, shown.modality, shown.rule, shown.inferred)
