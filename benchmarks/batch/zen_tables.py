"""zen-engine: the rulebook as a JSON Decision Model, made from its rules and evaluated company by company.

Two forms of the same: a decision table for each decision and one that collects all findings, or one node of
nested expressions. The results are numbers of rows, which is less to bring over than their texts; Python looks
the texts up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import zen
from answers import Answer, Result, Shape
from decision_rows import DecisionTable, tables

import dottedline
from dottedline.conditions import AllOf, Bounds, Condition, FactValue, Test
from dottedline.inference import as_fact

FORMS = ("tables", "expressions")


class Zen:
    """A rulebook as a decision of zen-engine.

    Args:
        book: the rulebook.
        form: one of `FORMS`.
    """

    def __init__(self, book: dottedline.Rulebook, form: str) -> None:
        self._book = book
        self._tables = tables(book)
        self._decisions = [table for table in self._tables if not table.is_finding]
        self._findings = [table for table in self._tables if table.is_finding and table.rows]
        model = {"tables": self._as_tables, "expressions": self._as_expressions}[form]()
        self.model = json.dumps(model)
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rulebook": model}}})
        self._decision = self._engine.create_decision(self.model)
        self._gives: dict[str, list[Any]] = {
            table.id: [row.gives for row in table.rows] for table in self._tables
        }
        self._form = form

    @staticmethod
    def encode(companies: Sequence[Mapping[str, Any]]) -> list[str]:
        """Companies as zen takes them fastest: as JSON. A family of facts is an object of its own."""
        return [json.dumps(_nested(company)) for company in companies]

    def evaluate(self, companies: Sequence[str]) -> list[Mapping[str, Any]]:
        """What the model gives for each company, one after the other."""
        evaluate = self._decision.evaluate
        return [evaluate(company)["result"] for company in companies]

    def evaluate_batch(self, companies: Sequence[str]) -> list[Mapping[str, Any]]:
        """The same in one call."""
        requests = [{"key": "rulebook", "context": company} for company in companies]
        return [response["data"]["result"] for response in self._engine.evaluate_batch(requests)]

    def answers(self, given: Sequence[Mapping[str, Any]], shape: Shape) -> list[Answer]:
        """What was given as answers: the rows' texts."""
        gives = self._gives
        out = []
        for result in given:
            rows = [result[id][0] if id in _DERIVED else result[id] for id in shape.decisions]
            decisions: tuple[Result, ...] = tuple(
                gives[id][int(row)] for id, row in zip(shape.decisions, rows, strict=True)
            )
            if self._form == "tables":
                shown = {self._findings[int(found["finding"])].id for found in result["findings"]}
            else:
                shown = {self._findings[int(n)].id for n in result["findings"] if n is not None}
            out.append(Answer(decisions, tuple((id, gives[id][0]) for id in shape.findings if id in shown)))
        return out

    # -- models -----------------------------------------------------------------------

    def _as_tables(self) -> dict[str, object]:
        nodes: list[dict[str, object]] = [
            {"id": "input", "type": "inputNode", "name": "input"},
            {"id": "output", "type": "outputNode", "name": "output"},
        ]
        edges: list[tuple[str, str]] = []
        for table in self._decisions:
            nodes.append(_table_node(table.id, "first", table.id, self._rows(table)))
            edges += [("input", table.id), (table.id, "output")]
            edges += [(needed, table.id) for needed in self._needs([table])]
        rows = [(_expression(table.rows[0].condition), str(n)) for n, table in enumerate(self._findings)]
        nodes.append(_table_node("findings", "collect", "finding", rows, path="findings"))
        edges += [("input", "findings"), ("findings", "output")]
        edges += [(needed, "findings") for needed in self._needs(self._findings)]
        return {
            "nodes": nodes,
            "edges": [
                {"id": f"e{n}", "sourceId": source, "targetId": target, "type": "edge"}
                for n, (source, target) in enumerate(edges)
            ],
        }

    def _rows(self, table: DecisionTable) -> Iterator[tuple[str, str]]:
        for n, row in enumerate(table.rows):
            yield _expression(row.condition), self._written(table, n)

    def _written(self, table: DecisionTable, row: int) -> str:
        """What a row gives: its number, and where other tables ask for it, what it passes on."""
        return f"[{row}, {_literal(self._passed_on(table, row))}]" if table.id in _DERIVED else str(row)

    def _passed_on(self, table: DecisionTable, row: int) -> FactValue:
        """What other tables see of a row: an outcome, or `silent` and the like."""
        gives = table.rows[row].gives
        assert isinstance(gives, tuple)
        status, outcome, _modality, _rules = gives
        value = as_fact(self._book.data, table.id, outcome)
        return value if value is not None else str(status)

    def _needs(self, tables: Sequence[DecisionTable]) -> list[str]:
        units = self._book.network.units
        named = {name for table in tables for name in units[table.id].unit.needs}
        return [table.id for table in self._decisions if table.id in named]

    def _as_expressions(self) -> dict[str, object]:
        lines = []
        for table in self._decisions:
            value = "null"
            for n, row in reversed(list(enumerate(table.rows))):
                value_here = self._written(table, n)
                condition = _expression(row.condition, "$.")
                value = value_here if condition == "true" else f"({condition}) ? {value_here} : ({value})"
            lines.append((table.id, value))
        shown = ", ".join(
            f"({_expression(table.rows[0].condition, '$.')}) ? {n} : null"
            for n, table in enumerate(self._findings)
        )
        lines.append(("findings", f"[{shown}]"))
        return {
            "nodes": [
                {"id": "input", "type": "inputNode", "name": "input"},
                {
                    "id": "all",
                    "type": "expressionNode",
                    "name": "all",
                    "content": {
                        "expressions": [
                            {"id": f"x{n}", "key": key, "value": value} for n, (key, value) in enumerate(lines)
                        ]
                    },
                },
                {"id": "output", "type": "outputNode", "name": "output"},
            ],
            "edges": [
                {"id": "e0", "sourceId": "input", "targetId": "all", "type": "edge"},
                {"id": "e1", "sourceId": "all", "targetId": "output", "type": "edge"},
            ],
        }


#: Decisions that conditions ask for: their value is the second part of what their table gives.
_DERIVED = {"gtm_motion", "uses_contractors", "lifecycle_marketing"}


def _table_node(
    id: str,
    policy: str,
    field: str,
    rows: Sequence[tuple[str, str]] | Iterator[tuple[str, str]],
    path: str = "",
) -> dict[str, object]:
    return {
        "id": id,
        "type": "decisionTableNode",
        "name": id,
        "content": {
            "hitPolicy": policy,
            "inputs": [{"id": "when", "name": "when"}],
            "outputs": [{"id": "gives", "name": "gives", "field": field}],
            "rules": [
                {"_id": f"r{n}", "when": "" if when == "true" else when, "gives": gives}
                for n, (when, gives) in enumerate(rows)
            ],
            "outputPath": path or None,
            "executionMode": "single",
            "passThrough": False,
        },
    }


def _expression(condition: Condition, derived: str = "") -> str:
    """A condition in zen's expression language."""
    if isinstance(condition, Test):
        return _test(condition, derived)
    every = isinstance(condition, AllOf)
    parts = [_expression(part, derived) for part in condition.parts]
    parts = [part for part in parts if part != ("true" if every else "false")]
    if not parts:
        return "true" if every else "false"
    return parts[0] if len(parts) == 1 else "(" + (" and " if every else " or ").join(parts) + ")"


def _test(test: Test, derived: str) -> str:
    name = f"{derived}{test.fact}[1]" if test.fact in _DERIVED else test.fact
    values = sorted(test.values, key=str)
    if test.operator == "within":
        assert isinstance(test.bounds, Bounds)
        sides = zip((">=", "<=", ">", "<"), test.bounds, strict=False)  # type: ignore[call-overload]
        text = " and ".join(f"{name} {sign} {side}" for sign, side in sides if side is not None)
        return f"not ({text})" if test.negated else f"({text})"
    if test.operator in ("includes", "excludes"):
        text = " or ".join(f"contains({name}, {_literal(value)})" for value in values)
        return f"({text})" if test.operator == "includes" else f"not ({text})"
    if values in ([True], [False]):
        return name if values[0] == (test.operator == "is") else f"not {name}"
    if len(values) == 1:
        return f"{name} {'==' if test.operator == 'is' else '!='} {_literal(values[0])}"
    within = ", ".join(map(_literal, values))
    return f"{name} {'in' if test.operator == 'is' else 'not in'} [{within}]"


def _literal(value: FactValue) -> str:
    return json.dumps(value)


def _nested(company: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for id, value in company.items():
        family, _dot, member = id.partition(".")
        plain = sorted(value) if isinstance(value, frozenset) else value
        if member:
            nested.setdefault(family, {})[member] = plain
        else:
            nested[id] = plain
    return nested
