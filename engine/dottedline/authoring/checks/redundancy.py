"""Checks of rules and overrides that can be left out without a difference."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...codes import IDLE_OVERRIDE, REDUNDANT
from ...language import N_, _
from ...problems import listing
from ..diagnostics import Diagnostic
from ..examined import Cases, Examined
from ..written import word_place
from .registry import check


@check(
    REDUNDANT,
    N_("a rule that adds nothing"),
    means=N_(
        "With this rule left out, every company is told the same: the same result, as firmly, with the same "
        "remarks and resting on the same guidance items. A rule that brings a guidance item of its own adds "
        "something: a reason. Of an alternative: its outcome is allowed wherever it is, also without it. A "
        "finding's rule adds nothing where another rule for it always comes first."
    ),
    matters=N_(
        "It has to be read, tested and kept in step for nothing, and hides which rule it is that decides."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: small, when: {people: {below: 10}}, outcome: sales}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
    """,
)
def _redundant_rules(book: Examined) -> Iterator[Diagnostic]:
    for cases in book.units:
        sourced = book.sourced_by_id.get(cases.unit.id)
        for rule, by in cases.redundant:
            if sourced and not rule.inferred and rule.id not in {each.id for each, _by in sourced.redundant}:
                continue  # it is needed where what is inferred is left out
            told = _("the rule `{id}` adds nothing: wherever it holds, {names} says the same")
            yield book.found(
                REDUNDANT,
                told.format(id=rule.id, names=listing(by)),
                [book.written.rule(rule.id), *map(book.written.rule, by[:3])],
                _("remove it, or name the guidance item that it alone carries"),
                cases.simplest(partial(cases.holds, rule)),
                [("rule", rule.id), cases.owner],
            )
        for id in _redundant_alternatives(cases):
            told = _(
                "the alternative `{id}` adds nothing: its outcome is allowed wherever it is, also without it"
            )
            owners = [("rule", id), cases.owner]
            yield book.found(
                REDUNDANT, told.format(id=id), [book.written.rule(id)], _("remove it"), owners=owners
            )


def _redundant_alternatives(cases: Cases) -> Iterator[str]:
    unit, alternatives = cases.unit, () if cases.unit.is_finding else cases.unit.decision.alternatives
    left_out = 0
    for option in reversed(alternatives):
        flag = unit.flags[f"when {option.rule}"]
        if option.rule not in cases.idle and all(
            cases.told(bits & ~left_out) == cases.told(bits & ~left_out & ~flag) for bits in cases.all
        ):
            left_out |= flag
            yield option.rule


@check(
    IDLE_OVERRIDE,
    N_("an override without effect"),
    means=N_(
        "The rule overrides another one, but the two never hold together; or whenever they do, a third rule "
        "overrides that one as well."
    ),
    matters=N_("Who reads it takes the one rule for an exception to the other, which it is not."),
    wrong="""
        rules:
          - {id: small, when: {people: {below: 10}}, outcome: sales}
          - {id: large, when: {people: {at_least: 10}}, outcome: marketing, overrides: [small]}
    """,
    right="""
        rules:
          - {id: small, when: {people: {below: 10}}, outcome: sales}
          - {id: large, when: {people: {at_least: 10}}, outcome: marketing}
    """,
)
def _idle_overrides(book: Examined) -> Iterator[Diagnostic]:
    for cases in book.units:
        sourced = book.sourced_by_id.get(cases.unit.id)
        remaining = {rule.id for rule in sourced.unit.rules} if sourced else set()
        idle_too = _idle(sourced) if sourced else {}
        for (id, loser), told in _idle(cases).items():
            if {id, loser} <= remaining and (id, loser) not in idle_too:
                continue  # it has an effect where what is inferred is left out
            yield book.found(
                IDLE_OVERRIDE,
                told.format(rule=id, loser=loser),
                [word_place(book.written.rules.get(id), "overrides", loser), book.written.rule(loser)],
                _("leave it out, or let the conditions of the two meet"),
                owners=[("rule", id), cases.owner],
            )


def _idle(cases: Cases) -> dict[tuple[str, str], str]:
    """The overrides that can be left out one after the other, the last first, each with what is to be said."""
    rules = {rule.id: rule for rule in cases.unit.rules}
    redundant = {rule.id for rule, _by in cases.redundant}
    dead = {rule.id for rule in cases.dead}
    idle: dict[tuple[str, str], str] = {}
    for rule in reversed(cases.unit.rules):
        if rule.id in redundant | cases.idle:
            continue
        for loser in sorted(rule.overrides - dead):
            if loser not in rules:
                idle[rule.id, loser] = _("`{rule}` overrides `{loser}`, which is about another finding")
                continue
            both = [bits for bits in cases.all if cases.holds(rule, bits) and cases.holds(rules[loser], bits)]
            others = [
                other
                for other in cases.unit.rules
                if other.id not in (rule.id, *redundant)
                and loser in other.overrides
                and (other.id, loser) not in idle
            ]
            if all(any(cases.holds(other, bits) for other in others) for bits in both):
                told = _("`{rule}` overrides `{loser}`, but the two never hold together")
                if both:
                    told = _("`{rule}` overrides `{loser}`, which others override wherever it does")
                idle[rule.id, loser] = told
    return idle


CHECKS = (_redundant_rules, _idle_overrides)
