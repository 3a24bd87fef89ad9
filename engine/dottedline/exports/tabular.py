"""The tables as plain data: what goes into JSON, and what the other forms share with it."""

from __future__ import annotations

import json
from typing import Any

from ..results import DecisionResult, FindingResult
from ..vocabulary import Fact
from .cells import Cell, Interval
from .tables import Gives, Table, Tables

#: The version of the form, as `schemas/tables.schema.json` describes it.
FORM = 1

#: Longer than this, a value is laid out on several lines; rows never are.
_WIDE = 110
_DEPTH_OF_ROWS = 4


def tables_json(tables: Tables) -> str:
    """The tables as JSON: a row on a line."""
    return _laid_out(tables_to_dict(tables), 0) + "\n"


def tables_to_dict(tables: Tables) -> dict[str, Any]:
    """The tables as JSON values; see `schemas/tables.schema.json`."""
    return {
        "format": FORM,
        "rulebook": rulebook_to_dict(tables),
        "facts": {fact.id: _fact(fact) for fact in tables.facts},
        "decisions": {table.id: _table(table) for table in tables.of("decision")},
        "derived": {table.id: _table(table) for table in tables.of("derived")},
        "findings": {table.id: _table(table) for table in tables.of("finding")},
        "contradictions": {table.id: _table(table) for table in tables.of("contradiction")},
        "rules": rules_to_dict(tables),
    }


def rulebook_to_dict(tables: Tables) -> dict[str, Any]:
    """What the tables were made from."""
    book = tables.book
    return {
        "id": book.id,
        "title": book.title,
        "version": book.version,
        "sha256": book.sha256,
        "language": book.language,
        "with_inferred": book.with_inferred,
        "books": [
            {"id": one.id, "title": one.title, "version": one.version, "source": one.source._asdict()}
            for one in book.books.values()
        ],
    }


def rules_to_dict(tables: Tables) -> dict[str, Any]:
    """Every rule and alternative that a row can name, with its reason."""
    named = {rule: None for table in tables.tables for line in table.lines for rule in rules_named(line.gives)}
    told: dict[str, dict[str, Any]] = {}
    for decision in tables.book.decisions.values():
        for rule in decision.rules:
            told[rule.id] = {
                "because": rule.because,
                "guidance": list(rule.guidance),
                "modality": rule.modality,
                "inferred": rule.inferred,
                "book": rule.book,
            }
            if rule.presumes:
                told[rule.id]["presumes"] = rule.presumes
            if rule.remark or rule.text:
                told[rule.id]["text"] = rule.remark or rule.text
            for option in rule.open:
                # The reason for one option of an open choice stands with the option.
                told[rule.id].setdefault("open", {})[option.outcome] = option.because
        for option in decision.alternatives:
            told[option.rule] = {
                "because": option.because,
                "guidance": list(option.guidance),
                "modality": option.modality,
                "inferred": option.inferred,
                "book": option.book,
            }
    return {id: told[id] for id in told if id in named}


def rules_named(gives: Gives) -> list[str]:
    """The rules and alternatives that a row names."""
    if isinstance(gives, DecisionResult):
        own = (option.rule for option in gives.options)
        return list(dict.fromkeys([*gives.rules, *own, *gives.remarks, *gives.overridden]))
    return [gives.rule] if isinstance(gives, FindingResult) else []


def gives_to_dict(gives: Gives) -> Any:
    """What a row gives, as JSON values."""
    if isinstance(gives, DecisionResult):
        told = {
            key: list(value) if isinstance(value, tuple) else value for key, value in gives._asdict().items()
        }
        return {**told, "options": [option._asdict() for option in gives.options]}
    return gives._asdict() if isinstance(gives, FindingResult) else gives


def _fact(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {"type": fact.type, "label": fact.label, "question": fact.question}
    if fact.values:
        told["values"] = {choice.id: choice.label for choice in fact.values.values()}
    numbers = {"unit": fact.unit, "minimum": fact.minimum, "maximum": fact.maximum}
    told.update((key, value) for key, value in numbers.items() if value not in (None, ""))
    if fact.integer:
        told["integer"] = True
    if fact.derived:
        told["derived"] = True
    return told


def _table(table: Table) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if table.constraint is not None:
        told["says"] = table.constraint.says
    elif table.decision is not None:
        told.update(title=table.decision.title)
        if table.kind == "finding":
            told["decision"] = table.decision.id
        else:
            told["asks"] = table.decision.asks
            told["outcomes"] = {outcome.id: outcome.label for outcome in table.decision.outcomes.values()}
    results = list(dict.fromkeys(line.gives for line in table.lines))
    number = {result: n for n, result in enumerate(results)}
    return {
        **told,
        "inputs": [fact.id for fact in table.inputs],
        "results": [gives_to_dict(result) for result in results],
        "rows": [
            {"when": {id: _cell(asked) for id, asked in line.when.items()}, "result": number[line.gives]}
            for line in table.lines
        ],
    }


def _cell(asked: Cell) -> dict[str, Any]:
    """What a row asks of a fact: what a known value has to meet, and that it may be, or is, unknown."""
    told: dict[str, Any] = {}
    if asked.known:
        told["known"] = True
    elif asked.by_others:
        told["is_not"] = list(asked.others)
    elif asked.values:
        told["is"] = list(asked.values)
    elif asked.intervals:
        told["within"] = [_interval(interval) for interval in asked.intervals]
    elif asked.holding:
        told["holds"] = [
            {"includes": [list(group) for group in way.includes], "excludes": list(way.excludes)}
            for way in asked.holding
        ]
    if asked.unknown:
        told["unknown"] = True
    return told


def _interval(interval: Interval) -> dict[str, float]:
    told: dict[str, float] = {}
    if interval.low is not None:
        told["at_least" if interval.low_in else "above"] = interval.low
    if interval.high is not None:
        told["at_most" if interval.high_in else "below"] = interval.high
    return told


def _laid_out(value: Any, depth: int) -> str:
    """JSON that people can read and compare: what is short is on one line, and so is every row."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + 2 * depth <= _WIDE or depth >= _DEPTH_OF_ROWS or not isinstance(value, (dict, list)):
        return line
    inside, outside = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inside + part for part in parts) + f"\n{outside}}}"
    return "[\n" + ",\n".join(inside + _laid_out(item, depth + 1) for item in value) + f"\n{outside}]"
