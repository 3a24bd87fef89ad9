"""What keeps a rulebook from being consulted: rules that conflict, and what is too much to hold.

A network is made of any rulebook that could be read; a sound one has no
defects. Decisions that need one with a defect are not looked into.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from .conditions import FactValue, tests
from .diagram import leaves, simplest
from .inference import BROKEN, Network, UnitInference
from .language import _
from .problems import Problem, RulebookError
from .resolution import conflict, conflict_problem


class Defect(NamedTuple):
    """Something that keeps a rulebook from being consulted."""

    problem: Problem
    #: The fewest facts for which it shows; None where it is not about some companies only.
    facts: Mapping[str, FactValue] | None = None


def refuse_unsound(network: Network) -> None:
    """Refuses a rulebook that has defects.

    Raises:
        RulebookError: with all of them.
    """
    found: dict[str, Problem] = {}
    for defect in itertools.chain.from_iterable(defects(network).values()):
        problem = defect.problem
        if defect.facts is not None:
            facts = network.in_words(defect.facts)
            told = _("{message}, for example where {facts}").format(message=problem.message, facts=facts)
            problem = replace(problem, message=told)
        found[problem.message] = problem
    if found:
        raise RulebookError(found.values())


def defects(network: Network) -> dict[str, list[Defect]]:
    """The defects by the unit or fact that has them; units that need one of these have an empty list."""
    found = {fact: [Defect(problem)] for fact, problem in network.oversized.items()}
    for id, unit in network.units.items():
        bound = (test.fact for constraint in network.binding(unit.facts) for test in tests(constraint.when))
        needs_unsound = any(name in found for name in (*unit.unit.needs, *unit.facts, *bound))
        of_unit = [] if needs_unsound else list(_defects_of(unit))
        if needs_unsound or of_unit:
            found[id] = of_unit
    return found


def _defects_of(unit: UnitInference) -> Iterator[Defect]:
    beyond_limits = [Defect(problem) for problem in unit.rows.problems()]
    yield from beyond_limits
    if not beyond_limits:
        try:
            conflicts = list(_conflicts(unit))
            yield from conflicts
            if not conflicts and not unit.unit.is_finding:
                # What is too large for a status is found out now, not by a user.
                _status_of_all = unit.answers
        except RulebookError as error:
            yield from map(Defect, error.problems)


def _conflicts(unit: UnitInference) -> Iterator[Defect]:
    """Each two rules of a `single` decision that conflict, with the fewest facts for which they do."""
    seen: set[tuple[str, str]] = set()
    for bits in leaves(unit.known):
        pair = None if bits is BROKEN or unit.unit.is_finding else conflict(unit.unit, bits)
        if pair is None or (pair[0].id, pair[1].id) in seen:
            continue
        first, second = pair
        seen.add((first.id, second.id))

        def is_theirs(bits: object, pair: object = pair) -> bool:
            return isinstance(bits, int) and conflict(unit.unit, bits) == pair

        facts = unit.network.facts_at(simplest(unit.known, is_theirs, len(unit.network.variables)) or ())
        yield Defect(conflict_problem(unit.unit, first, second), facts)
