"""What the tools for assistants take and give, as JSON Schemas made from the rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from .. import schemas
from ..chart import Which
from ..language import _
from ..library import Rulebook
from ..reasons import names
from ..schemas.answers import DEFINITIONS
from ..schemas.parts import COUNT, TEXT, YES_NO, Schema, many, maybe, one, ref, said, whole, word_of
from ..schemas.profiles import facts_schema, value_of
from ..verdicts import Status
from .assistants import TOOLS
from .grounds import GROUND
from .operations import OPERATIONS

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
    for key, text in {**required, **asked.optional}.items():
        properties[key] = said(_argument(book, key, operation), _(text))
    schema = _object(properties, list(required))
    if name == "consult":
        # What each can be, as an editor of profiles is told; families and questions take less room here.
        schema["definitions"], _properties = facts_schema(book.vocabulary)
    return schema


def _object(properties: Mapping[str, Schema], required: list[str] | None = None) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _profile(book: Rulebook, name: str) -> Schema:
    told = _("What is known, from facts to values. What is left out is unknown: never guess.")
    if name == "consult":
        facts: dict[str, Schema] = {
            fact.id: value_of(fact, fact.label) for fact in book.vocabulary.facts.values()
        }
        for family in sorted(book.vocabulary.families):
            nested = _("The facts `{family}.*`, as a mapping.").format(family=family)
            facts[family] = {"type": "object", "description": nested}
        return said(_object(facts), told)
    return {"type": "object", "description": f"{told} " + _("The facts are those of `consult`.")}


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
