"""What the tools for assistants take and give, as JSON Schemas made from the rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from .. import schemas
from ..chart import Which
from ..language import _, list_of
from ..library import Rulebook
from ..reasons import names
from ..schemas.answers import DEFINITIONS
from ..schemas.parts import COUNT, TEXT, YES_NO, Schema, many, maybe, one, ref, said, whole, word_of
from ..verdicts import Status
from ..vocabulary import Choice, Fact
from .assistants import TOOLS
from .grounds import GROUND
from .operations import OPERATIONS

_UNKNOWN: Schema = {"enum": ["unknown", None]}


# --- what they take -----------------------------------------------------------------


def input_schema(book: Rulebook, name: str) -> Schema:
    """The schema of a tool's arguments.

    The facts are spelled out once, for `consult`, and others refer to it:
    an assistant reads the schemas of all tools, each time.
    """
    operation = TOOLS[name].operation
    if operation is None:
        sections = [section.id for section in book.vocabulary.sections.values()]
        told = _("The sections to tell of; all where there are none.")
        return _object({"sections": said(many({"enum": sections}), told)})
    asked = OPERATIONS[operation]
    required = {key: text for key, text in asked.required.items() if key != "profile"}
    properties: dict[str, Schema] = {"profile": _profile(book, name)}
    definitions = _kinds(book) if name == "consult" else {}
    for key, text in {**required, **asked.optional}.items():
        properties[key] = said(_argument(book, key, operation), _(text))
    schema = _object(properties, list(required))
    return {**schema, "$defs": definitions} if definitions else schema


def _object(properties: Mapping[str, Schema], required: list[str] | None = None) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _profile(book: Rulebook, name: str) -> Schema:
    told = _("What is known about the company, from facts to values. What is left out is unknown: never guess.")
    if name == "consult":
        facts = {fact.id: _fact(fact) for fact in book.vocabulary.facts.values()}
        for family in sorted(book.vocabulary.families):
            nested = _("The facts `{family}.*`, as a mapping.").format(family=family)
            facts[family] = {"type": "object", "description": nested}
        return said(_object(facts), told)
    return {"type": "object", "description": f"{told} " + _("The facts are those of `consult`.")}


def _fact(fact: Fact) -> Schema:
    return {"description": fact.label, "$ref": f"#/$defs/{fact.family or fact.id}"}


def _kinds(book: Rulebook) -> dict[str, Schema]:
    """What facts can be: the members of a family are alike."""
    found: dict[str, Schema] = {}
    for fact in book.vocabulary.facts.values():
        found.setdefault(fact.family or fact.id, {"anyOf": [_known(fact), _UNKNOWN]})
    return found


def _known(fact: Fact) -> Schema:
    if fact.type == "yes_no":
        return YES_NO
    if fact.type in ("choice", "set"):
        one_of = _choice(fact.values)
        return one_of if fact.type == "choice" else {"type": "array", "items": one_of}
    if fact.type == "number":
        limits = {"minimum": fact.minimum, "maximum": fact.maximum}
        kept = {name: limit for name, limit in limits.items() if limit is not None}
        return {"type": "integer" if fact.integer else "number", "description": fact.unit, **kept}
    if fact.type == "records":
        fields = {
            field.id: said(TEXT if field.values is None else _choice(field.values), field.label)
            for field in fact.fields.values()
        }
        return {"type": "array", "items": _object(fields)}
    return TEXT


def _choice(choices: Mapping[str, Choice]) -> Schema:
    labels = [f"{choice.id}: {choice.label}" for choice in choices.values()]
    return {"enum": list(choices), "description": list_of(labels, "unit")}


def _argument(book: Rulebook, key: str, operation: str) -> Schema:
    """An argument beside the profile."""
    decisions = {id: decision for id, decision in book.data.decisions.items() if decision.outcomes}
    if key == "topics":
        return many({"enum": list(dict.fromkeys([*names(book.data), *book.data.topics]))})
    if key == "decision":
        return {"enum": list(decisions) if operation == "why_not" else names(book.data)}
    if key == "outcome":
        return {"enum": list(dict.fromkeys(id for each in decisions.values() for id in each.outcomes))}
    if key == "which":
        return {"enum": list(get_args(Which))}
    return {"type": "object"}


# --- what they give -----------------------------------------------------------------

_ITEM = GROUND["properties"]["guidance"]

_GROUNDED: Mapping[str, Schema] = {
    "grounds": many(GROUND, "What the advice told rests on."),
    "source_silent_on": many(TEXT, "What the source does not say at all, as sentences."),
}

_VALUES = many(one("", value=TEXT, label=TEXT, hint=TEXT))

_NEXT = one(
    "",
    rulebook=ref("rulebook"),
    question=maybe(
        one(
            "",
            fact=TEXT,
            question=TEXT,
            why=TEXT,
            decides=said(COUNT, "How many decisions and findings the answer can still change."),
            type=TEXT,
            values=_VALUES,
            unit=TEXT,
        ),
        "Null where no answer could change anything.",
    ),
    undecided=said(COUNT, "How many decisions and findings an answer can still change."),
    bears_on=many(
        one("", decision=TEXT, title=TEXT, status=word_of(Status)), "The decisions that it can change."
    ),
    guidance=said(_ITEM, "What the source says about what is asked."),
)


def output_schema(name: str) -> Schema:
    """The schema of what a tool gives."""
    if name == "next_question":
        return _plain(whole(name, "", "", _NEXT, DEFINITIONS))
    if name == "vocabulary":
        facts = _plain(schemas.load("facts"))
        definitions = facts.pop("$defs", {})
        section = one("", id=TEXT, title=TEXT, intro=TEXT, optional=YES_NO)
        constraint = one("Facts that cannot be so together.", id=TEXT, level=TEXT, says=TEXT)
        told = one("", id=TEXT, title=TEXT, sections=many(section), facts=facts, constraints=many(constraint))
        return {**told, "$defs": definitions}
    if name == "chart":
        definitions = schemas.load("chart")["$defs"]
        added = {"mermaid": said(TEXT, "The chart as a diagram in Mermaid."), **_GROUNDED}
        return _with(definitions["chart"], added, {k: v for k, v in definitions.items() if k != "chart"})
    schema = _plain(schemas.load(_SCHEMAS[name]))
    return _with(schema, _GROUNDED, schema.pop("$defs", {}))


_SCHEMAS = {
    "consult": "answer",
    "explain": "explain",
    "why_not": "why-not",
    "what_if": "whatif",
    "compare": "compare",
}


def _plain(schema: dict[str, Any]) -> Schema:
    """A schema that stands alone as a part of another."""
    alone = ("$schema", "$id", "title", "description")
    return {key: value for key, value in schema.items() if key not in alone}


def _with(schema: Schema, added: Mapping[str, Schema], definitions: Mapping[str, Schema]) -> Schema:
    return {
        **schema,
        "properties": {**schema["properties"], **added},
        "required": [*schema["required"], *added],
        "$defs": dict(definitions),
    }
