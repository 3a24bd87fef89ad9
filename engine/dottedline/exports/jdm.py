"""The tables as a JSON Decision Model, which the ZEN engine runs.

What goes in is a profile as JSON, families nested: `{"current": {"bdr":
"sales"}}`; what is missing or null is unknown. What comes out has
`decisions`, `derived`, `findings` and `contradictions`; the engine leaves out
what is null.
"""

from __future__ import annotations

import json
from typing import Any

from ..conditions import FactValue
from .cells import Cell, Interval
from .tables import Advice, Found, Gives, Table, Tables
from .tabular import gives_to_dict, rulebook_to_dict, rules_named, rules_to_dict

#: Where a table's results go in what comes out.
_PLACES = {
    "decision": "decisions",
    "derived": "derived",
    "finding": "findings",
    "contradiction": "contradictions",
}

#: How the model is laid out where it is looked at: tables in columns, between what goes in and what comes out.
_WIDTH, _HEIGHT, _COLUMNS = 320, 110, 4


def tables_jdm(tables: Tables) -> str:
    """The tables as a JSON Decision Model."""
    rules = rules_to_dict(tables)
    reasons = {id: told["because"] for id, told in rules.items()}
    lines = -(-len(tables.tables) // _COLUMNS)
    middle = {"x": 0, "y": (lines - 1) * _HEIGHT // 2}
    nodes: list[dict[str, Any]] = [
        {"id": "profile", "type": "inputNode", "name": "profile", "position": middle},
    ]
    for n, table in enumerate(tables.tables):
        place = {"x": _WIDTH * (1 + n // lines), "y": _HEIGHT * (n % lines)}
        nodes.append({**_node(table, reasons), "position": place})
    last = {"x": _WIDTH * (1 + _COLUMNS), "y": middle["y"]}
    nodes.append({"id": "advice", "type": "outputNode", "name": "advice", "position": last})
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for node in nodes[1:-1]
        for source, target in (("profile", node["id"]), (node["id"], "advice"))
    ]
    model = {
        "contentType": "application/vnd.gorules.decision",
        "metadata": {"rulebook": rulebook_to_dict(tables), "rules": rules},
        "nodes": nodes,
        "edges": edges,
    }
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def _node(table: Table, reasons: dict[str, str]) -> dict[str, Any]:
    """A table as a node; its rows exclude each other, so that the first that fits is the only one."""
    inputs = [{"id": fact.id, "name": fact.label, "field": fact.id} for fact in table.inputs]
    names = list(_result(table.lines[0].gives, table))
    return {
        "id": f"{table.kind}:{table.id}",
        "type": "decisionTableNode",
        "name": f"{_PLACES[table.kind]}.{table.id}",
        "content": {
            "hitPolicy": "first",
            "inputs": inputs,
            "outputs": [{"id": f"out:{name}", "name": name, "field": name} for name in names],
            "rules": [
                {
                    "_id": f"{table.kind}:{table.id}:{n}",
                    "_description": " ".join(reasons[rule] for rule in rules_named(line.gives)[:1]),
                    **{
                        fact.id: _test(line.when[fact.id]) if fact.id in line.when else ""
                        for fact in table.inputs
                    },
                    **{f"out:{name}": text for name, text in _result(line.gives, table).items()},
                }
                for n, line in enumerate(table.lines, 1)
            ],
            "inputField": None,
            "outputPath": f"{_PLACES[table.kind]}.{table.id}",
            "executionMode": "single",
            "passThrough": False,
        },
    }


def _result(gives: Gives, table: Table) -> dict[str, str]:
    """What a row gives, in the engine's expression language, which knows JSON."""
    if table.kind == "contradiction":
        return {"broken": json.dumps(gives)}
    told = gives_to_dict(gives) or dict.fromkeys(Found._fields if table.kind == "finding" else Advice._fields)
    return {key: json.dumps(value, ensure_ascii=False) for key, value in told.items()}


# --- tests ------------------------------------------------------------------------------


def _test(asked: Cell) -> str:
    """What a row asks of a fact.

    No parentheses: where one follows `and` or `or`, the engine takes the whole cell for false.
    """
    if asked.known:
        return "" if asked.unknown else "$ != null"
    unknown = ["null"] if asked.unknown else []
    if asked.by_others:
        # Null is not in a list that does not name it.
        return f"$ not in [{', '.join([*([] if unknown else ['null']), *map(_literal, asked.others)])}]"
    if asked.intervals or asked.holding:
        ways = [_interval(interval) for interval in asked.intervals]
        for way in asked.holding:
            parts = [f"some($, # in {_list(group)})" for group in way.includes]
            parts += [f"none($, # in {_list(way.excludes)})"] if way.excludes else []
            ways.append(" and ".join(parts))
        return " or ".join([*(["$ == null"] if unknown else []), *ways])
    return ", ".join([*unknown, *map(_literal, asked.values)])


def _interval(interval: Interval) -> str:
    low, low_in, high, high_in = interval
    if low is None or high is None:
        sign, limit, included = (">", low, low_in) if high is None else ("<", high, high_in)
        return f"$ {sign}{'=' if included else ''} {limit}"
    if low == high:
        return f"$ == {low}"
    return f"$ in {'[' if low_in else '('}{low}..{high}{']' if high_in else ')'}"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_literal, values))}]"


def _literal(value: FactValue) -> str:
    return json.dumps(value, ensure_ascii=False)
