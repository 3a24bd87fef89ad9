"""What a rulebook advises on each question, as one comparable value for each combination of facts."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, NamedTuple

from ..answer import Answer
from ..diagram import Node
from ..inference import BROKEN, UnitInference
from ..results import Allowed, FindingResult, Result, result_of, results_in
from ..rulebook import Modality

#: How two pieces of advice differ, weightiest first: another result; the same, with other options; more or
#: less certain; more or less firm; with other remarks; the same, for other rules.
Difference = Literal["result", "options", "certainty", "firmness", "remarks", "reasons"]

DIFFERENCES: tuple[Difference, ...] = ("result", "options", "certainty", "firmness", "remarks", "reasons")

#: What is no result of its own, but how certain one is, or how a finding shows.
_CERTAIN = {"provisional": "settled", "given": "settled", "to_check": "missing"}


class Advice(NamedTuple):
    """What a decision or a finding comes to."""

    #: That of a decision, `given` for a fact that is given outright; of a finding
    #: `missing`, `to_check`, or `not_shown`.
    status: str
    outcome: str | None = None
    options: frozenset[Allowed] = frozenset()
    modality: Modality | None = None
    #: The rules shown, and remarks that go with the result; sorted, since their order in the file is no advice.
    rules: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def result(self) -> Hashable:
        """What is compared first: the outcome, or what there is in its place."""
        status = _CERTAIN.get(self.status, self.status)
        return (status, self.outcome, self.allowed if status == "open" else None)

    @property
    def allowed(self) -> frozenset[str]:
        """The outcomes that the source allows."""
        return frozenset(option.outcome for option in self.options)

    @property
    def firmness(self) -> Hashable:
        """How firmly the result and each option is said."""
        return (self.modality, frozenset((option.outcome, option.modality) for option in self.options))

    @property
    def standing(self) -> tuple[str, ...]:
        """The ids of everything that speaks in it."""
        options = sorted(option.rule for option in self.options)
        return tuple(dict.fromkeys((*self.rules, *options, *self.remarks)))


NOT_SHOWN = Advice("not_shown")


class Change(NamedTuple):
    """What was advised, and what is."""

    old: Advice
    new: Advice

    @property
    def kind(self) -> Difference:
        """The weightiest thing that differs."""
        old, new = self
        if old.result != new.result:
            return "result"
        if old.allowed != new.allowed:
            return "options"
        if old.status != new.status:
            return "certainty"
        if old.firmness != new.firmness:
            return "firmness"
        return "remarks" if old.remarks != new.remarks else "reasons"

    @property
    def alike(self) -> Hashable:
        """What it has in common with changes that are told as one with it: no more than its kind is about."""
        old, new = self
        about: dict[Difference, Hashable] = {
            "result": ((old.result, old.modality), (new.result, new.modality)),
            "options": (old.result, new.allowed - old.allowed, old.allowed - new.allowed),
            "certainty": (old.result, old.status, new.status),
            "firmness": (old.result, _only_in(old, new), _only_in(new, old), old.modality, new.modality),
            "remarks": (old.remarks, new.remarks),
            "reasons": (old.result, _only_rules(old, new), _only_rules(new, old)),
        }
        return (self.kind, about[self.kind])


def _only_in(one: Advice, other: Advice) -> Hashable:
    """The options of which it is said how firm they are, where the other says otherwise."""
    there = {(option.outcome, option.modality) for option in other.options}
    return frozenset((o.outcome, o.modality) for o in one.options if (o.outcome, o.modality) not in there)


def _only_rules(one: Advice, other: Advice) -> Hashable:
    return frozenset(one.standing) - frozenset(other.standing)


def change(old: Any, new: Any) -> Any:
    """A change, BROKEN where either is, None where they are the same. Remarks that stay are left out of it."""
    if old is BROKEN or new is BROKEN:
        return BROKEN
    stay = set(old.remarks) & set(new.remarks)
    old, new = (each._replace(remarks=tuple(r for r in each.remarks if r not in stay)) for each in (old, new))
    return None if old == new else Change(old, new)


def advice_of(unit: UnitInference) -> Node:
    """Tokens -> the advice of a unit; BROKEN where no company is so."""
    source = unit.known if unit.unit.is_finding else unit.whole
    return unit.network.diagrams.map(
        lambda leaf: BROKEN if leaf is BROKEN else _advice(result_of(unit, leaf)), source
    )


def advice_said(answer: Answer, id: str) -> Advice:
    """The advice of a decision or a finding in an answer."""
    return _advice(results_in(answer).get(id))


def _advice(result: Result) -> Advice:
    if result is None:
        return NOT_SHOWN
    if isinstance(result, FindingResult):
        return Advice(result.state, modality=result.modality, rules=(result.rule,))
    if result.given:
        return Advice("given", result.outcome)
    return Advice(
        result.status,
        result.outcome,
        frozenset(result.options),
        result.modality,
        tuple(sorted(result.rules)),
        tuple(sorted(result.remarks)),
    )
