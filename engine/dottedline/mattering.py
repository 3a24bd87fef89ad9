"""Which unknown facts still matter, as decision diagrams.

The same as `changes.matters`, which works it out for one company, for every
company at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence

from .diagram import Node, TooLarge
from .inference import BROKEN, UnitInference
from .lazy import LOCK
from .problems import RulebookError
from .splitting import BUDGET, too_large


def mattering(unit: UnitInference) -> dict[int, Node]:
    """For each variable that can matter to a unit: tokens -> whether it does, while it is unknown.

    A fact matters when two completions that differ only in it differ in
    result. A derived fact matters, while it is not given and completions differ
    in it, when giving it one value or another, or not giving it, can differ.

    Raises:
        RulebookError: where the unit is too large for that.
    """
    network = unit.network
    with LOCK:
        try:
            with network.diagrams.within(BUDGET):
                return _mattering(unit)
        except TooLarge:
            raise RulebookError([too_large(unit.unit, unit.facts, network.variables)]) from None


def _mattering(unit: UnitInference) -> dict[int, Node]:
    found = {
        position: _somewhere_different(unit, position, fills)
        for position, fills in enumerate(unit.completions)
        if fills
    }
    for variable, source in unit.derived:
        differs = _somewhere_different(unit, variable.position, (0, *variable.fills))
        open_still = unit.network.diagrams.map(lambda certain: not certain, source.certain)
        found[variable.position] = unit.network.diagrams.combine(_both, differs, open_still)
    never = unit.network.diagrams.leaf(False)
    return {position: node for position, node in found.items() if node is not never}


def _somewhere_different(unit: UnitInference, position: int, tokens: Sequence[int]) -> Node:
    """Tokens -> whether in some completion two of these tokens of a variable give different results."""
    diagrams = unit.network.diagrams
    differs = diagrams.leaf(False)
    fixed = dict.fromkeys(diagrams.fix(unit.results, position, token) for token in tokens)
    for one, other in itertools.combinations(fixed, 2):
        differs = diagrams.combine(_either, differs, diagrams.combine(_differ, one, other))
    return diagrams.unknown_as(differs, _either, unit.completions.__getitem__)


def _differ(one: Hashable, other: Hashable) -> bool:
    return BROKEN not in (one, other) and one != other


def _either(one: bool, other: bool) -> bool:
    return one or other


def _both(one: bool, other: bool) -> bool:
    return one and other
