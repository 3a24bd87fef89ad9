"""The check that leaves out one part of a condition after the other, to see whether it makes a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...codes import NO_DIFFERENCE
from ...conditions import ALWAYS, Condition, Test, known_false, tests
from ...decision_reader import conditions_on
from ...diagram import Node, variables_of
from ...inference import Network
from ...language import N_, _
from ...problems import Problems, Span
from ...rulebook import Decision
from ...values import Value, shorten
from ..diagnostics import Diagnostic
from ..examined import Examined, possible
from ..written import key_place, value_of
from .registry import check
from .thinner import Thinner, thinner


class _Condition(NamedTuple):
    """A condition of the rulebook that may say more than it needs to."""

    #: What it belongs to, in words, and what can allow it.
    what: str
    owners: list[tuple[str, str]]
    key: str
    written: Value
    #: The rest of what it belongs to.
    decision: Decision | None = None
    when: Condition = ALWAYS
    unless: Condition | None = None
    is_finding: bool = False
    drops_all: bool = False


@check(
    NO_DIFFERENCE,
    N_("a condition that makes no difference"),
    means=N_(
        "With this test, value or `unless` left out, the rule, alternative or constraint holds for exactly the "
        "same companies, those of whom little is known included."
    ),
    matters=N_(
        "Who reads the rule takes the condition to matter. Most often it repeats another one, or was meant to "
        "say something else; and people may be asked for a fact that decides nothing."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - id: large
            when: {all: [{people: {above: 50}}, {people: {above: 10}}]}
            outcome: marketing
            overrides: [usual]
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
    """,
)
def _no_difference(book: Examined) -> Iterator[Diagnostic]:
    conditions = list(_conditions(book))
    reader = conditions_on(book.data.vocabulary, book.data.decisions.values(), Problems())
    # A network of its own: what is left out is to be told apart from what remains.
    banding: dict[str, list[Test]] = {id: [] for id in book.network.variables}
    for condition in conditions:
        for way in _ways(condition, condition.written):
            for test in tests(reader.read(way.rest, "")):
                if test.fact in banding:  # and is no result of a decision
                    banding[test.fact].append(test)
    network = Network(book.sound, banding)
    for condition in conditions:
        written, read = condition.written, reader.read(condition.written, "")
        plays = _plays(network, [read, condition.when, condition.unless])
        whole = _holding(network, condition, read, plays)
        if condition.key == "unless" and whole is _holding(network, condition, None, plays):
            told = _("`unless` of {what} makes no difference: it never keeps the rule from holding")
            place = key_place(book.written.rules.get(condition.owners[0][1]), "unless")
            yield _found(book, condition, told.format(what=condition.what), place)
            continue
        left_out = True
        while left_out:
            left_out = False
            for way in _ways(condition, written):
                if whole is _holding(network, condition, reader.read(way.rest, ""), plays):
                    told = _("`{part}` in `{key}` of {what} makes no difference").format(
                        part=shorten(way.part), key=condition.key, what=condition.what
                    )
                    yield _found(book, condition, told, way.place)
                    written, left_out = way.rest, True
                    break


def _ways(condition: _Condition, written: Value) -> Iterable[Thinner]:
    return thinner(written, may_be_empty=condition.drops_all)


def _found(book: Examined, condition: _Condition, told: str, place: Span | None) -> Diagnostic:
    help = _("leave it out, or say what was meant")
    return book.found(NO_DIFFERENCE, told, [place], help, owners=condition.owners)


def _conditions(book: Examined) -> Iterator[_Condition]:
    """The conditions of all rules and alternatives that come up, of decisions, and of constraints."""
    written = book.written
    for cases in book.units:
        decision = cases.unit.decision
        redundant = {rule.id for rule, _by in cases.redundant}
        for rule in cases.unit.rules:
            if rule.id in cases.idle or rule.id in redundant:
                continue
            what = _("the rule `{id}`").format(id=rule.id)
            owners = [("rule", rule.id), cases.owner]
            for key in ("when", "unless"):
                value = value_of(written.rules.get(rule.id), key)
                if value is not None:
                    yield _Condition(
                        what,
                        owners,
                        key,
                        value,
                        decision,
                        rule.when,
                        rule.unless,
                        cases.unit.is_finding,
                        key == "when",
                    )
        if cases.unit.is_finding:
            continue
        for option in decision.alternatives:
            value = value_of(written.rules.get(option.rule), "when")
            if value is not None and option.rule not in cases.idle:
                what = _("the alternative `{id}`").format(id=option.rule)
                owners = [("rule", option.rule), cases.owner]
                yield _Condition(what, owners, "when", value, decision, drops_all=True)
        value = value_of(written.decisions.get(decision.id), "not_applicable")
        if value is not None:
            what = _("the decision `{id}`").format(id=decision.id)
            yield _Condition(what, [cases.owner], "not_applicable", value)
    for constraint in book.network.constraints:
        value = value_of(written.constraints.get(constraint.id), "when")
        if value is not None:
            what = _("the constraint `{id}`").format(id=constraint.id)
            yield _Condition(what, [("constraint", constraint.id)], "when", value)


def _holding(network: Network, condition: _Condition, read: Condition | None, plays: Iterable[str]) -> Node:
    """Tokens -> whether what a condition belongs to holds with this in its place.

    Of a finding also whether its remedy is known to be missing, which people are told. `plays` are the
    facts that play a part, whichever part of the condition is left out.
    """
    made = network.diagrams
    owner, id = condition.owners[0]
    constraints = [each for each in network.constraints if owner != "constraint" or each.id != id]
    when, unless = condition.when, condition.unless
    if condition.key == "unless":
        unless = read
    else:
        when = read or ALWAYS
    holds, missing = network.holds(when), made.leaf(False)
    if unless is not None:
        holds = made.combine(_but_not, holds, network.holds(unless))
        if condition.is_finding:
            missing = network.holds(known_false(unless))
    if condition.decision is not None and condition.decision.not_applicable is not None:
        holds = made.combine(_but_not, holds, network.holds(condition.decision.not_applicable))
    return made.combine(_both, possible(network, [holds], plays, constraints), missing)


def _plays(network: Network, conditions: Iterable[Condition | None]) -> list[str]:
    """The facts that conditions rest on."""
    names = list(network.variables)
    asked = (variables_of(network.holds(each)) for each in conditions if each is not None)
    return [names[position] for position in set().union(*asked)]


def _but_not(holds: bool, blocks: bool) -> bool:
    return holds and not blocks


def _both(holds: bool, missing: bool) -> tuple[bool, bool]:
    return holds, holds and missing


CHECKS = (_no_difference,)
