"""Checks of decisions as tables: gaps, and rules and outcomes that never come up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from ...codes import GAP, GIVES_WAY, NEVER_FIRES, UNREACHED
from ...conditions import Condition
from ...diagram import leaves
from ...language import N_, _
from ...problems import Span, listing
from ...resolution import conflict
from ...rulebook import Rule
from ..diagnostics import Diagnostic
from ..examined import Cases, Examined, can_hold
from ..written import key_place, value_of
from .registry import check


@check(
    GAP,
    N_("a case that no rule decides"),
    means=N_(
        "There is a company, all of whose facts are known, for which no rule of a decision gives a result: no "
        "outcome, no open choice, and no `silent: true` either. Decisions are looked at with and without what "
        "is inferred."
    ),
    matters=N_(
        "People are told that the source does not say. That may be so, or the case was forgotten; only a rule "
        "that says so tells the one from the other."
    ),
    wrong="""
        rules:
          - {id: small, when: {people: {below: 10}}, outcome: sales}
          - {id: large, when: {people: {above: 10}}, outcome: marketing}
    """,
    right="""
        rules:
          - {id: small, when: {people: {below: 10}}, outcome: sales}
          - {id: large, when: {people: {at_least: 10}}, outcome: marketing}
    """,
)
def _gaps(book: Examined) -> Iterator[Diagnostic]:
    """One for each decision that has any, with the company that takes the fewest facts to tell of."""
    with_gaps = set()
    help = _("add a rule for such cases, or one with `silent: true` where the source does not say")
    for told, every in (
        (_("there are cases that no rule of `{decision}` decides"), book.units),
        (_("without what is inferred, there are cases that no rule of `{decision}` decides"), book.sourced),
    ):
        for cases in every:
            unit = cases.unit
            if unit.is_finding or unit.id in with_gaps:
                continue
            witness = cases.simplest(partial(_undecided, cases), cases.complete)
            if witness is not None:
                with_gaps.add(unit.id)
                places = [book.place_of_decision(unit.decision)]
                message = told.format(decision=unit.id)
                yield book.found(GAP, message, places, help, witness, [cases.owner])


def _undecided(cases: Cases, bits: int) -> bool:
    return conflict(cases.unit, bits) is None and cases.inference.resolved(bits).kind == "nothing"


@check(
    NEVER_FIRES,
    N_("a rule or condition that never holds"),
    means=N_(
        "No company, however much or little is known of it, makes the condition of this rule, alternative, "
        "constraint or `not_applicable` true; or its `unless`, or `not_applicable`, holds wherever it does."
    ),
    matters=N_(
        "What it says reaches nobody. Most often a condition says more, or something else, than was meant."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: medium, when: {people: {above: 50, below: 10}}, outcome: marketing, overrides: [usual]}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
          - {id: medium, when: {people: {above: 10, below: 50}}, outcome: marketing, overrides: [usual]}
    """,
)
def _never_fires(book: Examined) -> Iterator[Diagnostic]:
    written = book.written
    for cases in book.units:
        for rule in cases.dead:
            told, key, help = _why_dead(book, cases, rule)
            places = [written.rule(rule.id), key_place(written.rules.get(rule.id), key)]
            yield book.found(NEVER_FIRES, told, places, help, owners=[("rule", rule.id), cases.owner])
        decision = cases.unit.decision
        for option in decision.alternatives if not cases.unit.is_finding else ():
            if not any(cases.allows(option, bits) for bits in cases.all):
                told = _("the alternative `{id}` is never allowed").format(id=option.rule)
                places = [written.rule(option.rule), key_place(written.rules.get(option.rule), "when")]
                yield book.found(
                    NEVER_FIRES,
                    told,
                    places,
                    _ruled_out(book, [option.when]),
                    owners=[("rule", option.rule), cases.owner],
                )
        if decision.not_applicable is not None and not can_hold(book.network, [decision.not_applicable]):
            told = _("`not_applicable` of `{decision}` never holds").format(decision=decision.id)
            places = [key_place(written.decisions.get(decision.id), "not_applicable")]
            help = _ruled_out(book, [decision.not_applicable])
            yield book.found(NEVER_FIRES, told, places, help, owners=[cases.owner])
    for constraint in book.network.constraints:
        if True not in _leaves(book, constraint.when):
            told = _("the constraint `{id}` can never be broken").format(id=constraint.id)
            places = [key_place(written.constraints.get(constraint.id), "when")]
            help = _("its conditions exclude each other")
            yield book.found(NEVER_FIRES, told, places, help, owners=[("constraint", constraint.id)])


def _leaves(book: Examined, condition: Condition) -> set[bool]:
    """What a condition can be, whatever the constraints say."""
    return set(leaves(book.network.holds(condition)))


def _why_dead(book: Examined, cases: Cases, rule: Rule) -> tuple[str, str, str]:
    """Why a rule never holds: in words, the key that keeps it from it, and what to do."""
    told = _("the rule `{id}` can never fire").format(id=rule.id)
    if not can_hold(book.network, [rule.when]):
        return told, "when", _ruled_out(book, [rule.when])
    if any(bits & cases.unit.flags[f"when {rule.id}"] and cases.applies(bits) for bits in cases.all):
        return told, "unless", _("its `unless` holds wherever its `when` does")
    return told, "when", _("wherever it holds, `{decision}` is not applicable").format(decision=cases.unit.id)


def _ruled_out(book: Examined, conditions: list[Condition]) -> str:
    """Why conditions cannot be true: they exclude each other, or a constraint rules them out."""
    if True not in _leaves(book, conditions[0]):
        return _("its conditions exclude each other, or ask a decision for a result that it never has")
    names = [
        constraint.id
        for constraint in book.network.constraints
        if not can_hold(book.network, conditions, only=[constraint])
    ]
    if not names:
        return _("the constraints rule it out together")
    return _("the constraint {names} rules it out").format(names=listing(names))


@check(
    GIVES_WAY,
    N_("a rule that always gives way"),
    means=N_("Wherever this rule holds, a rule that overrides it holds too."),
    matters=N_(
        "What it says reaches nobody, though its own condition can be met. Often an override was meant for "
        "some cases only, or a condition is missing in the rule that overrides."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
          - {id: stated, when: {people: {at_least: 0}}, outcome: sales, overrides: [usual, large]}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
    """,
)
def _gives_way(book: Examined) -> Iterator[Diagnostic]:
    for cases in book.units:
        sourced = book.sourced_by_id.get(cases.unit.id)
        for rule in cases.giving_way:
            if sourced and not rule.inferred and rule.id not in {each.id for each in sourced.giving_way}:
                continue  # it stands where what is inferred is left out
            by = _overriding(cases, rule)
            told = _("the rule `{id}` always gives way: wherever it holds, {names} overrides it")
            places: list[Span | None] = [book.written.rule(rule.id), *map(book.written.rule, by[:3])]
            witness = cases.simplest(partial(cases.holds, rule))
            yield book.found(
                GIVES_WAY,
                told.format(id=rule.id, names=listing(by)),
                places,
                _("let it be overridden in fewer cases, or remove it"),
                witness,
                [("rule", rule.id), cases.owner],
            )


def _overriding(cases: Cases, rule: Rule) -> list[str]:
    """The rules that override a rule in some case."""
    held = [bits for bits in cases.all if cases.holds(rule, bits)]
    return [
        other.id
        for other in cases.unit.rules
        if rule.id in other.overrides and any(cases.holds(other, bits) for bits in held)
    ]


@check(
    UNREACHED,
    N_("an outcome that is never reached"),
    means=N_(
        "No rule, open choice or alternative of the decision ever gives this outcome; of a derived fact, that "
        "no rule derives this value."
    ),
    matters=N_(
        "An outcome that is listed is taken for advice that one can get. Either a rule is missing, "
        "or it is left over."
    ),
    wrong="""
        decision: {outcomes: {sales: {label: Sales}, marketing: {label: Marketing}}}
        rules:
          - {id: usual, outcome: sales}
    """,
    right="""
        decision: {outcomes: {sales: {label: Sales}}}
        rules:
          - {id: usual, outcome: sales}
    """,
)
def _unreached(book: Examined) -> Iterator[Diagnostic]:
    for cases in book.units:
        decision = cases.unit.decision
        if cases.unit.is_finding:
            continue
        reached = {outcome for bits in cases.all if cases.applies(bits) for outcome in _outcomes(cases, bits)}
        # Where a rule never comes up, that is the defect, and what it concludes follows from it.
        reached.update(
            outcome for rule in decision.rules if rule.id in cases.idle for outcome in _concluded(rule)
        )
        reached.update(option.outcome for option in decision.alternatives if option.rule in cases.idle)
        fact = book.data.vocabulary.facts.get(decision.id)
        for outcome in decision.outcomes:
            if outcome in reached or (fact and outcome in fact.values and fact.values[outcome].only_if_stated):
                continue
            if fact is None:
                told = _("`{decision}` never comes to `{outcome}`")
                outcomes = value_of(book.written.decisions.get(decision.id), "outcomes")
                place = key_place(outcomes, outcome) or book.place_of_decision(decision)
            else:
                told = _("no rule of `{decision}` derives the value `{outcome}`")
                place = book.place_of_decision(decision)
            help = _("add the rule that concludes it, or remove it")
            message = told.format(decision=decision.id, outcome=outcome)
            yield book.found(UNREACHED, message, [place], help, owners=[cases.owner])


def _outcomes(cases: Cases, bits: int) -> Iterable[str]:
    """The outcomes that people are told of where these patterns hold."""
    if conflict(cases.unit, bits) is not None:
        return [outcome for rule in cases.unit.standing(bits)[0] for outcome in _concluded(rule)]
    return [option.outcome for option in cases.inference.resolved(bits).options]


def _concluded(rule: Rule) -> list[str]:
    own = [] if rule.outcome is None else [rule.outcome]
    return [*own, *(option.outcome for option in rule.open)]


CHECKS = (_gaps, _never_fires, _gives_way, _unreached)
