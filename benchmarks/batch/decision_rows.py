"""The rulebook's rules as decision tables in which the first row that fits counts, for engines that want such.

They are for companies that know every fact. A row asks that some rules hold, and never that others do not: rows
that ask for more stand first. What makes no difference to what is compared (remarks, alternatives) is left out.
"""

from __future__ import annotations

from typing import NamedTuple

from answers import Result

import dottedline
from dottedline.conditions import AllOf, AnyOf, Condition, known_false
from dottedline.diagram import leaves
from dottedline.inference import BROKEN, UnitInference
from dottedline.resolution import resolve
from dottedline.rulebook import Rule

ABSENT: Result = ("not_applicable", None, None, None)


class Row(NamedTuple):
    """Where this holds, it gives that."""

    condition: Condition
    #: Of a decision; for a finding, its state as the only part, None where it does not show.
    gives: Result | str | None


class DecisionTable(NamedTuple):
    """The rows of a decision or of a finding."""

    id: str
    is_finding: bool
    rows: tuple[Row, ...]


def tables(book: dottedline.Rulebook) -> list[DecisionTable]:
    """One for each decision and finding of a rulebook, in an order in which what one needs stands before it."""
    made = [_table(unit) for unit in book.network.units.values()]
    # Findings rest on decisions, and decisions on the facts that are derived.
    return sorted(made, key=lambda table: (table.is_finding, table.id not in book.vocabulary.facts))


def _table(unit: UnitInference) -> DecisionTable:
    named = {
        rule.id: rule
        for rule in unit.unit.rules
        if (rule.concludes != "remark" or rule.overrides) and _can_hold(unit, rule)
    }
    found: dict[frozenset[str], Result | str | None] = {}
    for bits in leaves(unit.known):
        if bits is not BROKEN and not bits & unit.unit.flags.get("not_applicable", 0):
            standing, beaten = unit.unit.standing(bits)
            holding = {rule.id for rule in [*standing, *beaten]}
            if holding <= {rule.id for rule in unit.unit.rules if rule.concludes == "remark"} | named.keys():
                found.setdefault(frozenset(holding & named.keys()), _gives(unit, bits))
    rows = [
        Row(AllOf(tuple(_holds(named[id]) for id in named if id in ids)), found[ids])
        for ids in sorted(found, key=lambda ids: -len(ids))
    ]
    if unit.unit.is_finding:
        # Each shows in one way only, whichever of its rules holds.
        gives = {row.gives for row in rows if row.gives}
        assert len(gives) <= 1, unit.unit.id
        rows = [Row(AnyOf(tuple(_holds(rule) for rule in named.values())), state) for state in gives]
    if unit.unit.decision.not_applicable is not None:
        rows.insert(0, Row(unit.unit.decision.not_applicable, ABSENT))
    return DecisionTable(unit.unit.id, unit.unit.is_finding, tuple(rows))


def _can_hold(unit: UnitInference, rule: Rule) -> bool:
    return set(leaves(unit.network.holds(_holds(rule)))) != {False}


def _holds(rule: Rule) -> Condition:
    """Where a rule holds for a company that knows every fact."""
    return rule.when if rule.unless is None else AllOf((rule.when, known_false(rule.unless)))


def _gives(unit: UnitInference, bits: int) -> Result | str | None:
    if unit.unit.is_finding:
        standing, _beaten = unit.unit.standing(bits)
        return None if not standing else "to_check" if standing[0].unless is None else "missing"
    result = resolve(unit.unit, bits)
    status = {"outcome": "settled", "nothing": "silent"}.get(result.kind, result.kind)
    return status, result.outcome, result.modality, " ".join(rule.id for rule in result.rules) or None
