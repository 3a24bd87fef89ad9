"""The words that the schemas are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
YES_NO: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def said(schema: Schema, description: str) -> Schema:
    """A schema with a description."""
    return {"description": description, **schema}


def one(description: str, /, **properties: Schema) -> Schema:
    """An object with exactly these properties."""
    told = {"description": description} if description else {}
    return {
        **told,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def many(items: Schema, description: str = "") -> Schema:
    """A list."""
    schema = {"type": "array", "items": items}
    return said(schema, description) if description else schema


def by_name(values: Schema, description: str = "") -> Schema:
    """An object with any names."""
    schema = {"type": "object", "additionalProperties": values}
    return said(schema, description) if description else schema


def word_of(literal: object) -> Schema:
    """One of the words of a `Literal`."""
    return {"enum": list(get_args(literal))}


def maybe(schema: Schema, description: str = "") -> Schema:
    """What may be null."""
    either: Schema = {"anyOf": [schema, {"type": "null"}]}
    if schema.keys() == {"type"}:
        either = {"type": [schema["type"], "null"]}
    return said(either, description) if description else either


def ref(name: str, description: str = "") -> Schema:
    """A shared definition."""
    schema = {"$ref": f"#/$defs/{name}"}
    return said(schema, description) if description else schema


def whole(name: str, title: str, description: str, schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A schema that stands alone: with the definitions that it uses, and those that these use."""
    used = _used(schema, definitions)
    return {
        **head(name, title, description, "https://json-schema.org/draft/2020-12/schema"),
        **{key: value for key, value in schema.items() if key != "description"},
        "$defs": {name: definitions[name] for name in definitions if name in used},
    }


def head(name: str, title: str, description: str, draft: str) -> Schema:
    """What a schema says of itself."""
    return {"$schema": draft, "$id": f"urn:dottedline:{name}:1", "title": title, "description": description}


def _used(schema: Schema, definitions: Mapping[str, Schema]) -> set[str]:
    used: set[str] = set()
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += _references(definitions[name])
    return used


def _references(part: object) -> Iterator[str]:
    inner: Iterable[object] = ()
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        inner = part.values()
    elif isinstance(part, list):
        inner = part
    for value in inner:
        yield from _references(value)
