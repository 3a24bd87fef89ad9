"""The tables as a JSON Decision Model, which the ZEN engine runs.

What goes in is a profile as JSON, families nested: `{"current": {"bdr":
"sales"}}`; what is missing or null is unknown. What comes out has
`decisions`, `derived` and `findings` by id, the list of broken
`contradictions`, and that of the facts with `impossible` values.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..conditions import FactValue
from ..results import DecisionResult, FindingResult
from ..vocabulary import Fact
from .cells import Cell, Holding, Interval
from .tables import Line, Table, Tables
from .tabular import gives_to_dict, rulebook_to_dict, rules_named, rules_to_dict

#: Where a table's results go in what comes out.
_PLACES = {"decision": "decisions", "derived": "derived", "finding": "findings"}

#: How the model is laid out where it is looked at: tables in columns, between what goes in and what comes out.
_WIDTH, _HEIGHT, _COLUMNS = 320, 110, 4

#: How the engine calls the types of facts.
_TYPES = {"yes_no": "bool", "choice": "string", "set": "array", "number": "number"}


class _Row(NamedTuple):
    """A row of a node: its annotation, what it asks of facts, and what it gives, as expressions."""

    says: str
    asks: Mapping[str, str]
    gives: Mapping[str, str]


def tables_jdm(tables: Tables) -> str:
    """The tables as a JSON Decision Model."""
    rules = rules_to_dict(tables)
    reasons = {id: told["because"] for id, told in rules.items()}
    results = [_result(table, reasons) for table in tables.of("decision", "derived", "finding")]
    nodes = [*results, _contradictions(tables), _impossible(tables)]
    lines = -(-len(nodes) // _COLUMNS)
    for n, node in enumerate(nodes):
        node["position"] = {"x": _WIDTH * (1 + n // lines), "y": _HEIGHT * (n % lines)}
    middle = (lines - 1) * _HEIGHT // 2
    ends = [
        {"id": name, "type": f"{kind}Node", "name": name, "position": {"x": x, "y": middle}}
        for name, kind, x in (("profile", "input", 0), ("advice", "output", _WIDTH * (1 + _COLUMNS)))
    ]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for node in nodes
        for source, target in (("profile", node["id"]), (node["id"], "advice"))
    ]
    model = {
        "contentType": "application/vnd.gorules.decision",
        "metadata": {"rulebook": rulebook_to_dict(tables), "rules": rules},
        "nodes": [ends[0], *nodes, ends[1]],
        "edges": edges,
    }
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def _result(table: Table, reasons: Mapping[str, str]) -> dict[str, Any]:
    """A table as a node; its rows exclude each other, so that the first that fits is the only one."""
    parts = FindingResult._fields if table.kind == "finding" else DecisionResult._fields
    rows: list[_Row] = []
    for line in table.lines:
        told = gives_to_dict(line.gives) or dict.fromkeys(parts)
        gives = {part: _literal(told[part]) for part in parts}
        reason = " ".join(reasons[rule] for rule in rules_named(line.gives)[:1])
        rows += _rows(reason, line, gives)
    return _node(f"{_PLACES[table.kind]}.{table.id}", "first", table.inputs, parts, rows)


def _contradictions(tables: Tables) -> dict[str, Any]:
    """A node that collects the constraints that are broken."""
    rows: list[_Row] = []
    for table in tables.of("contradiction"):
        assert table.constraint is not None
        for line in table.lines:
            if line.gives:
                rows += _rows(table.constraint.says, line, {"constraint": _literal(table.id)})
    return _collected("contradictions", tables, "constraint", rows)


def _impossible(tables: Tables) -> dict[str, Any]:
    """A node that collects the facts with a value that they cannot have."""
    rows = [_Row("", {fact.id: _cannot_be(fact)}, {"fact": _literal(fact.id)}) for fact in tables.facts]
    return _collected("impossible", tables, "fact", rows)


def _collected(name: str, tables: Tables, part: str, rows: Sequence[_Row]) -> dict[str, Any]:
    asked = {id for row in rows for id in row.asks}
    return _node(name, "collect", [fact for fact in tables.facts if fact.id in asked], [part], rows)


def _node(
    path: str, policy: str, inputs: Sequence[Fact], parts: Sequence[str], rows: Sequence[_Row]
) -> dict[str, Any]:
    return {
        "id": path,
        "type": "decisionTableNode",
        "name": path,
        "content": {
            "hitPolicy": policy,
            "inputs": [{"id": fact.id, "name": fact.label, "field": fact.id} for fact in inputs],
            "outputs": [{"id": f"out:{part}", "name": part, "field": part} for part in parts],
            "rules": [
                {
                    "_id": f"{path}:{n}",
                    "_description": row.says,
                    **{fact.id: row.asks.get(fact.id, "") for fact in inputs},
                    **{f"out:{part}": text for part, text in row.gives.items()},
                }
                for n, row in enumerate(rows, 1)
            ],
            "inputField": None,
            "outputPath": path,
            "executionMode": "single",
            "passThrough": False,
        },
    }


# --- tests ------------------------------------------------------------------------------


def _rows(says: str, line: Line, gives: Mapping[str, str]) -> Iterator[_Row]:
    """A row of a table; several, where a cell cannot say in one expression what is asked of a fact."""
    for tests in itertools.product(*(_tests(asked) for asked in line.when.values())):
        yield _Row(says, dict(zip(line.when, tests, strict=True)), gives)


def _tests(asked: Cell) -> list[str]:
    """What a row asks of a fact: one of these.

    The engine reads `and` and `or` from left to right as they come, and takes a cell for false where a
    parenthesis follows one of them. So no cell has both, and what needs both is told in several.
    """
    if asked.known:
        return ["" if asked.unknown else "$ != null"]
    unknown = ["null"] if asked.unknown else []
    if asked.by_others:
        # Null is not in a list that does not name it.
        return [f"$ not in {_list([*([] if unknown else [None]), *asked.others])}"]
    if asked.intervals:
        return [" or ".join([*(["$ == null"] if unknown else []), *map(_interval, asked.intervals)])]
    if asked.holding:
        return [*unknown, *map(_holding, asked.holding)]
    return [", ".join([*unknown, *map(_literal, asked.values)])]


def _holding(way: Holding) -> str:
    parts = [f"some($, # in {_list(group)})" for group in way.includes]
    return " and ".join([*parts, f"none($, # in {_list(way.excludes)})"] if way.excludes else parts)


def _cannot_be(fact: Fact) -> str:
    """That a fact has a value that it cannot have."""
    ways = [f'$ != null and type($) != "{_TYPES[fact.type]}"']
    if fact.type == "set":
        ways.append(f"some($, # not in {_list(tuple(fact.values))})")
    elif fact.type == "choice":
        ways.append(f"$ not in {_list((None, *fact.values))}")
    elif fact.type == "number":
        limits = (("<", fact.minimum), (">", fact.maximum))
        ways += [f"$ {sign} {limit}" for sign, limit in limits if limit is not None]
        ways += ["$ != floor($)"] if fact.integer else []
    return " or ".join(ways)


def _interval(interval: Interval) -> str:
    low, low_in, high, high_in = interval
    if low is None or high is None:
        sign, limit, included = (">", low, low_in) if high is None else ("<", high, high_in)
        return f"$ {sign}{'=' if included else ''} {limit}"
    if low == high:
        return f"$ == {low}"
    return f"$ in {'[' if low_in else '('}{low}..{high}{']' if high_in else ')'}"


def _list(values: Iterable[FactValue | None]) -> str:
    return f"[{', '.join(map(_literal, values))}]"


def _literal(value: Any) -> str:
    """A value as an expression: the engine knows JSON."""
    return json.dumps(value, ensure_ascii=False)
