"""What is too large to be worked out in every case, and where it could be split."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from .codes import TOO_LARGE
from .conditions import tests
from .language import _, list_of, number_of
from .problems import Problem, listing
from .resolution import Unit
from .variables import Variable

#: The branches of one diagram; what takes more is too large. So many are made in about a second, and are
#: several times what all diagrams of the shipped rulebook have together.
BUDGET = 200_000

#: Beyond this, how many combinations there are is said in powers of ten.
_COUNTED = 1_000_000


def too_large(unit: Unit, facts: Iterable[str], variables: Mapping[str, Variable]) -> Problem:
    """That a unit is too large, which facts make it so, and what to split.

    Args:
        unit: the decision or finding.
        facts: what its whole requirements rest on.
        variables: the facts that conditions name.
    """
    asked = [variables[id] for id in facts if id in variables]
    combinations = math.prod(len(variable.bands) + 1 for variable in asked)
    told = _("`{id}` is too large to be worked out: it rests on {combinations} combinations of {number} facts")
    return Problem(
        told.format(id=unit.id, combinations=_in_words(combinations), number=len(asked)),
        unit.rules[0].span if unit.is_finding else unit.decision.span,
        _where_to_split(unit, asked),
        code=TOO_LARGE,
    )


def _in_words(combinations: int) -> str:
    if combinations < _COUNTED:
        return number_of(combinations)
    return _("more than 10^{power}").format(power=int(math.log10(combinations)))


def _where_to_split(unit: Unit, asked: list[Variable]) -> str:
    """The facts that make it large; those that no rule asks for together are told apart."""
    groups = _asked_together(unit)
    if len(groups) == len(unit.needs) > 1:
        told = _("no rule asks for two of these facts: {facts}; decide some of them apart")
        return told.format(facts=listing(unit.needs))
    if len(groups) > 1:
        shown = [listing(group, 6) for group in groups[:4]]
        told = _(
            "no rule asks for facts of two of these groups: {groups}; "
            "derive a fact from each, or decide each apart"
        )
        return told.format(groups=_("; ").join(shown))
    largest = sorted(asked, key=lambda variable: -len(variable.bands))
    facts = [
        _("`{fact}` ({number} values)").format(fact=variable.fact.id, number=len(variable.bands))
        for variable in largest[:6]
    ]
    told = _("derive a fact from some of those that make it large, and ask for that instead: {facts}")
    return told.format(facts=list_of(facts, "unit"))


def _asked_together(unit: Unit) -> list[list[str]]:
    """The unit's needs, largest group first; two needs are in one group where some rule asks for both."""
    group_of = {name: {name} for name in unit.needs}
    for rule in unit.rules:
        named = {test.fact for when in (rule.when, rule.unless) if when is not None for test in tests(when)}
        joined = set().union(*(group_of[name] for name in named))
        group_of.update(dict.fromkeys(joined, joined))
    groups = {id(group): group for group in group_of.values()}.values()
    return sorted(([name for name in unit.needs if name in group] for group in groups), key=len, reverse=True)
