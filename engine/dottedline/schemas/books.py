"""The schemas of one rulebook's files: its facts and decisions are offered in conditions, with their values."""

from __future__ import annotations

from collections.abc import Mapping

from ..condition_reader import BOUNDS, SPECIAL_RESULTS
from ..rulebook import RulebookData
from ..vocabulary import Fact
from .inputs import CONDITIONS, NUMBER, YES_NO, of_file
from .parts import Schema
from .profiles import as_typed, one_of


def rulebook_schema(book: RulebookData, name: str) -> Schema:
    """The schema of a rulebook's files.

    What it does not know, a fact or a decision that is written only now, is
    taken as the schema for all rulebooks has it.

    Args:
        book: the rulebook.
        name: `rulebook`, or `extension` for a book that extends another.
    """
    definitions: dict[str, Schema] = {}
    properties: dict[str, Schema] = {}

    def add(subject: str, kind: str, value: Schema, description: str) -> None:
        definitions.setdefault(f"test.{kind}", value)
        properties[subject] = {"description": description, "$ref": f"#/definitions/test.{kind}"}

    for fact in book.vocabulary.facts.values():
        test = _test(fact)
        if test is None:
            continue
        kind = fact.family or fact.id
        if fact.family is not None:
            properties.setdefault(
                f"{fact.family}.*",
                {"description": "At least one of the family.", "$ref": f"#/definitions/test.{kind}"},
            )
        add(fact.id, kind, test, fact.question)
    for decision in book.decisions.values():
        if decision.outcomes and decision.id not in properties:
            outcomes = {outcome.id: outcome.label for outcome in decision.outcomes.values()}
            results = {**outcomes, **dict.fromkeys(SPECIAL_RESULTS, "")}
            add(decision.id, decision.id, _words({"enum": _typed(results)}), decision.asks)
    general = CONDITIONS["condition"]
    condition = {**general, "properties": {**general["properties"], **properties}}
    made = of_file(name, conditions={**CONDITIONS, **definitions, "condition": condition})
    return {**made, "$id": f"urn:dottedline:{name}:{book.id}:1"}


def _test(fact: Fact) -> Schema | None:
    """What a condition can want of a fact; None where no condition can test it."""
    derived: Schema = {"enum": list(SPECIAL_RESULTS)}
    if fact.type == "yes_no":
        return _words({"anyOf": [YES_NO, derived]} if fact.derived else YES_NO)
    if fact.type == "choice":
        value = one_of(fact.values)
        return _words({"anyOf": [value, derived]} if fact.derived else value)
    if fact.type == "number":
        return _words(NUMBER, dict.fromkeys(BOUNDS, NUMBER))
    if fact.type == "set":
        some = _some(one_of(fact.values))
        return _tests({"includes": some, "excludes": some})
    return None


def _words(value: Schema, tests: Mapping[str, Schema] | None = None) -> Schema:
    """A value, several of which one will do, or what it must not be."""
    some = _some(value)
    return {"anyOf": [*some["anyOf"], _tests({"not": some, **(tests or {})})]}


def _some(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


def _tests(tests: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(tests), "additionalProperties": False, "minProperties": 1}


def _typed(words: Mapping[str, str]) -> list[object]:
    return [typed for word in words for typed in as_typed(word)]
