"""Why: each rule with the facts it used, and what keeps the others from firing.

Data first: an `Explanation` is made of readings of conditions, and the words
are put to it where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from .answer import Answer, DecisionAnswer, FindingAnswer, json_value
from .conditions import AnyOf, Condition, FactValue, Lookup, Test, truth
from .frozen import FrozenDict
from .inference import as_fact
from .language import N_, _, list_of, number_of
from .reading import ItemId
from .rulebook import Decision, GuidanceItem, Option, Rule, RulebookData
from .showing import html_of

RuleState = Literal["fired", "overridden", "blocked", "not_fired"]


class Reading(NamedTuple):
    """A condition as it was read: whether it is true, false or rests on something unknown."""

    truth: bool | None
    #: For a test: the fact or decision, what it should be in words, and what it is.
    fact: str = ""
    wants: str = ""
    value: FactValue | None = None
    #: For a group: how its parts go together.
    connective: Literal["", "all", "any"] = ""
    parts: tuple[Reading, ...] = ()

    def tests(self) -> Iterator[Reading]:
        """Every test in it, in reading order."""
        if self.connective:
            for part in self.parts:
                yield from part.tests()
        else:
            yield self

    def to_dict(self) -> dict[str, Any]:
        if self.connective:
            return {
                "truth": self.truth,
                "connective": self.connective,
                "parts": [part.to_dict() for part in self.parts],
            }
        return {"truth": self.truth, "fact": self.fact, "wants": self.wants, "value": json_value(self.value)}


class RuleTrace(NamedTuple):
    """What became of one rule or alternative."""

    id: str
    state: RuleState
    concludes: str
    because: str
    guidance: tuple[ItemId, ...]
    inferred: bool
    when: Reading
    unless: Reading | None = None
    overridden_by: tuple[str, ...] = ()
    is_alternative: bool = False
    #: The id of the book that it comes from.
    book: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state,
            "concludes": self.concludes,
            "because": self.because,
            "guidance": list(self.guidance),
            "inferred": self.inferred,
            "when": self.when.to_dict(),
            "unless": self.unless.to_dict() if self.unless else None,
            "overridden_by": list(self.overridden_by),
            "is_alternative": self.is_alternative,
            "book": self.book,
        }


class Explanation(NamedTuple):
    """Why a decision, or the findings of a `collect` decision, came out as they did."""

    decision: Decision
    #: The answer explained; None for findings, of which `findings` show.
    answer: DecisionAnswer | None
    findings: tuple[FindingAnswer, ...]
    rules: tuple[RuleTrace, ...]
    not_applicable: Reading | None
    #: Every guidance item that one of the rules rests on.
    guidance: Mapping[ItemId, GuidanceItem]
    #: The whole answer that it is of.
    whole: Answer

    def to_dict(self) -> dict[str, Any]:
        return {
            "decision": self.decision.id,
            "answer": self.answer.to_dict() if self.answer else None,
            "findings": [finding.to_dict() for finding in self.findings],
            "rules": [rule.to_dict() for rule in self.rules],
            "not_applicable": self.not_applicable.to_dict() if self.not_applicable else None,
            "guidance": [
                {
                    "item": item.item,
                    "modality": item.modality,
                    "says": item.says,
                    "reading": item.reading,
                    "book": item.book,
                }
                for item in self.guidance.values()
            ],
        }

    def _repr_html_(self) -> str:
        return html_of(self)


def explain(book: RulebookData, answer: Answer, name: str) -> Explanation:
    """The explanation of a decision, a finding, or a `collect` decision of an answer.

    Raises:
        KeyError: where the rulebook has nothing of that name.
    """
    decision, only = _named(book, name)
    values = values_of(book, answer)
    shown: DecisionAnswer | None = None
    findings: tuple[FindingAnswer, ...] = ()
    if decision.hit_policy == "single":
        shown = answer.decisions.get(decision.id) or answer.derived[decision.id]
    else:
        findings = tuple(
            finding
            for finding in answer.findings
            if finding.decision == decision.id and (only is None or finding.id == only)
        )
    rules = [rule for rule in decision.rules if only is None or rule.finding == only]
    holding = {
        rule.id
        for rule in rules
        if truth(rule.when, values.get) is True
        and (rule.unless is None or truth(rule.unless, values.get) is not True)
    }
    traces = [_trace(book, decision, rule, rules, holding, values.get) for rule in rules]
    traces += [_trace_option(book, decision, option, values.get) for option in decision.alternatives]
    applies = decision.not_applicable
    items = book.in_order({item for trace in traces for item in trace.guidance})
    return Explanation(
        decision=decision,
        answer=shown,
        findings=findings,
        rules=tuple(traces),
        not_applicable=_read(book, applies, values.get) if applies is not None else None,
        guidance=FrozenDict((item, book.guidance[item]) for item in items),
        whole=answer,
    )


def _named(book: RulebookData, name: str) -> tuple[Decision, str | None]:
    """The decision of that name, or the one that has the finding, with the finding's id."""
    if name in book.decisions:
        return book.decisions[name], None
    for decision in book.decisions.values():
        if name in decision.findings:
            return decision, name
    raise KeyError(name)


def names(book: RulebookData) -> list[str]:
    """Everything that can be explained: decisions and findings."""
    found: list[str] = []
    for id, decision in book.decisions.items():
        found += [id, *decision.findings]
    return found


def values_of(book: RulebookData, answer: Answer) -> dict[str, FactValue]:
    """The values that conditions were read on: the facts, and the results of decisions."""
    values: dict[str, FactValue] = dict(answer.profile.facts)
    for id, result in {**answer.derived, **answer.decisions}.items():
        value = as_fact(book, id, result.passed_on)
        if value is not None and id not in values:
            values[id] = value
    return values


def _trace(
    book: RulebookData,
    decision: Decision,
    rule: Rule,
    rules: list[Rule],
    holding: set[str],
    lookup: Lookup,
) -> RuleTrace:
    overridden_by = tuple(
        other.id for other in rules if rule.id in holding and rule.id in other.overrides and other.id in holding
    )
    state: RuleState = "not_fired"
    if rule.id in holding:
        state = "overridden" if overridden_by else "fired"
    elif truth(rule.when, lookup) is True:
        state = "blocked"
    return RuleTrace(
        id=rule.id,
        state=state,
        concludes=conclusion(decision, rule),
        because=rule.because,
        guidance=rule.guidance,
        inferred=rule.inferred,
        when=_read(book, rule.when, lookup),
        unless=_read(book, rule.unless, lookup) if rule.unless is not None else None,
        overridden_by=overridden_by,
        book=rule.book,
    )


def _trace_option(book: RulebookData, decision: Decision, option: Option, lookup: Lookup) -> RuleTrace:
    return RuleTrace(
        id=option.rule,
        state="fired" if truth(option.when, lookup) is True else "not_fired",
        concludes=decision.outcomes[option.outcome].label,
        because=option.because,
        guidance=option.guidance,
        inferred=option.inferred,
        when=_read(book, option.when, lookup),
        is_alternative=True,
        book=option.book,
    )


def conclusion(decision: Decision, rule: Rule) -> str:
    """What a rule concludes, in words."""
    if rule.outcome is not None:
        return decision.outcomes[rule.outcome].label
    if rule.open:
        return list_of([decision.outcomes[option.outcome].label for option in rule.open], "or")
    if rule.silent:
        return _("the source does not say")
    return rule.remark or rule.text


def _read(book: RulebookData, condition: Condition, lookup: Lookup) -> Reading:
    if isinstance(condition, Test):
        value = lookup(condition.fact)
        return Reading(truth(condition, lookup), condition.fact, wanted(book, condition), value)
    parts = tuple(_read(book, part, lookup) for part in condition.parts)
    return Reading(
        truth(condition, lookup),
        connective="any" if isinstance(condition, AnyOf) else "all",
        parts=parts,
    )


def wanted(book: RulebookData, test: Test) -> str:
    """What a test asks of its fact, in words: `is Sales-led or Self-serve`, `is at least 5`."""
    values = [value_label(book, test.fact, value) for value in _sorted(book, test)]
    if test.operator == "within":
        assert test.bounds is not None
        sides = (
            (_("at least {limit}"), test.bounds.at_least),
            (_("at most {limit}"), test.bounds.at_most),
            (_("above {limit}"), test.bounds.above),
            (_("below {limit}"), test.bounds.below),
        )
        bounds = list_of([text.format(limit=number_of(limit)) for text, limit in sides if limit is not None])
        return (_("is not {values}") if test.negated else _("is {values}")).format(values=bounds)
    return _(_WANTED[test.operator]).format(values=list_of(values, "or"))


_WANTED = {
    "is": N_("is {values}"),
    "is_not": N_("is known and not {values}"),
    "includes": N_("includes {values}"),
    "excludes": N_("is known without {values}"),
}


def value_label(book: RulebookData, name: str, value: object) -> str:
    """A value of a fact or decision in words."""
    if value is None:
        return _("unknown")
    fact = book.vocabulary.facts.get(name)
    if fact is not None and value == "silent":
        return _("none of its values")
    if isinstance(value, str) and value in _SPECIAL:
        return _(_SPECIAL[value])
    if fact is not None:
        if isinstance(value, str) and value in fact.values:
            return fact.values[value].label
        return fact.label_of(value)
    decision = book.decisions[name]
    return decision.outcomes[str(value)].label if str(value) in decision.outcomes else str(value)


_SPECIAL = {
    "open": N_("open"),
    "silent": N_("not said by the source"),
    "not_applicable": N_("not applicable"),
}


def subject_label(book: RulebookData, name: str) -> str:
    """The label of a fact, or the title of a decision."""
    fact = book.vocabulary.facts.get(name)
    return fact.label if fact is not None else book.decisions[name].title


def _sorted(book: RulebookData, test: Test) -> list[object]:
    """The values of a test in the order in which the vocabulary lists them."""
    fact = book.vocabulary.facts.get(test.fact)
    order = list(fact.values) if fact is not None else list(book.decisions[test.fact].outcomes)
    return sorted(test.values, key=lambda v: order.index(v) if v in order else len(order))
