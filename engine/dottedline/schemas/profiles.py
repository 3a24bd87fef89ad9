"""The schemas of profiles and cases: made from a vocabulary, so that an editor offers its facts and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..profile import RULEBOOK
from ..values import Scalar
from ..vocabulary import Choice, Fact, Vocabulary
from .inputs import DRAFT, YES_NO, of_file
from .parts import Schema, head, said

#: An editor offers `unknown`, and reads its other spellings.
_UNKNOWN: Schema = {
    "anyOf": [
        {"enum": ["unknown"], "enumDescriptions": ["an interview does not ask for it again"]},
        {"type": "null"},
        {"type": "string", "pattern": "^[Uu][Nn][Kk][Nn][Oo][Ww][Nn]$"},
    ]
}


def profile_schema(vocabulary: Vocabulary, rulebook: str) -> Schema:
    """The schema of profiles for a rulebook.

    Args:
        vocabulary: what can be known.
        rulebook: the rulebook's id.
    """
    definitions, properties = facts_schema(vocabulary)
    own = {"anyOf": [{"enum": [rulebook]}, {"$ref": "#/definitions/unknown"}]}
    return {
        **head(
            f"profile:{rulebook}",
            vocabulary.title,
            f"A profile for the rulebook `{rulebook}`: what is left out is unknown.",
            DRAFT,
        ),
        "type": "object",
        "properties": {**properties, RULEBOOK: said(own, "The rulebook that it is for.")},
        "additionalProperties": False,
        "definitions": definitions,
    }


def case_schema(vocabulary: Vocabulary, rulebook: str) -> Schema:
    """The schema of cases for a rulebook; arguments as for `profile_schema`."""
    definitions, properties = facts_schema(vocabulary)
    facts: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        **of_file("case", facts={**definitions, "facts": facts}),
        "$id": f"urn:dottedline:case:{rulebook}:1",
        "description": f"Cases of the rulebook `{rulebook}`.",
    }


def facts_schema(vocabulary: Vocabulary) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """The definitions and the properties of a mapping from facts to values; families nested and dotted."""
    definitions: dict[str, Schema] = {"unknown": _UNKNOWN}
    properties: dict[str, Schema] = {}
    nested: dict[str, dict[str, Schema]] = {}
    for fact in vocabulary.facts.values():
        definitions.setdefault(_definition(fact), _value(fact))
        told = value_of(fact, f"{fact.question} {fact.why}")
        if fact.family is not None and fact.item is not None:
            if fact.family not in nested:
                nested[fact.family] = {}
                inner = {"type": "object", "properties": nested[fact.family], "additionalProperties": False}
                properties[fact.family] = {"anyOf": [inner, {"$ref": "#/definitions/unknown"}]}
            nested[fact.family][fact.item] = told
        properties[fact.id] = told
    return definitions, properties


def value_of(fact: Fact, description: str) -> Schema:
    """The value of a fact, where the definitions of `facts_schema` are at hand."""
    return {"description": description, "$ref": f"#/definitions/{_definition(fact)}"}


def _definition(fact: Fact) -> str:
    """The name of what a fact can be: the facts of a family are alike but for their texts."""
    return f"fact.{fact.family or fact.id}"


def _value(fact: Fact) -> Schema:
    return {"anyOf": [_known(fact), {"$ref": "#/definitions/unknown"}]}


def _known(fact: Fact) -> Schema:
    """What the value of a fact can be where it is known."""
    if fact.type == "yes_no":
        return YES_NO
    if fact.type == "choice":
        return one_of(fact.values)
    if fact.type == "set":
        return {"type": "array", "items": one_of(fact.values)}
    if fact.type == "number":
        limits = {"minimum": fact.minimum, "maximum": fact.maximum}
        kept = {name: limit for name, limit in limits.items() if limit is not None}
        return {"type": "integer" if fact.integer else "number", **kept}
    if fact.type == "records":
        fields = {
            field.id: {
                "description": field.label,
                "anyOf": [
                    one_of(field.values) if field.values is not None else _TEXT,
                    {"$ref": "#/definitions/unknown"},
                ],
            }
            for field in fact.fields.values()
        }
        return {
            "type": "array",
            "items": {"type": "object", "properties": fields, "additionalProperties": False},
        }
    return _TEXT


_TEXT: Schema = {"type": ["string", "number", "boolean"]}


def one_of(choices: Mapping[str, Choice]) -> Schema:
    """One of some values, each with its label."""
    words, labels = [], []
    for choice in choices.values():
        for word in as_typed(choice.id):
            words.append(word)
            labels.append(": ".join(filter(None, [choice.label, choice.hint])))
    return {"enum": words, "enumDescriptions": labels}


def as_typed(word: str) -> Iterable[object]:
    """A word as an editor may read it: it does not know that `5` or `true` is a name here."""
    scalar = Scalar(word)
    typed = scalar.as_number()
    if word.lower() in ("true", "false"):
        typed = scalar.as_bool()
    return [word] if typed is None else [word, typed]
