"""The schemas of what only programs ask for; those of what commands print are in `schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import schemas
from ..schemas.parts import COUNT, TEXT, YES_NO, Schema, many, maybe, one, ref, said

#: The operations whose answers have a schema that is shipped, with its name.
_SHIPPED = {
    "consult": "answer",
    "explain": "explain",
    "why_not": "why-not",
    "whatif": "whatif",
    "compare": "compare",
    "matrix": "matrix",
    "chart": "chart",
}

_BOOK = one("", id=TEXT, version=TEXT, sha256=TEXT)
_ASKED = one(
    "A question whose answer matters, and how it can be answered.",
    fact=TEXT,
    question=TEXT,
    why=TEXT,
    decides=said(COUNT, "How many decisions and findings the answer can still change."),
    type=TEXT,
    values=many(one("A value that it can have.", value=TEXT, label=TEXT, hint=TEXT)),
    unit=TEXT,
)
_UNDECIDED = said(COUNT, "How many decisions and findings some answer can still change.")
_LINE_AND_COLUMN = {"line": said(COUNT, "From 1."), "column": said(COUNT, "From 1."), "length": COUNT}

_PLACE: Schema = {
    "type": "object",
    "description": "A place: in the body, its JSON pointer where it has one.",
    "properties": {"pointer": maybe(TEXT), "file": TEXT, "text": TEXT, **_LINE_AND_COLUMN},
    "required": ["text"],
    "additionalProperties": False,
}

PROBLEM = one(
    "A problem (RFC 9457): what is wrong, and what would be right.",
    type=TEXT,
    title=TEXT,
    status={"type": "integer"},
    detail=TEXT,
    help=maybe(TEXT),
    problems=many(
        one(
            "One thing that is wrong with the body.",
            message=TEXT,
            help=maybe(TEXT),
            level={"enum": ["error", "warning"]},
            where=maybe(_PLACE),
            also=many(_PLACE),
        )
    ),
)

_OWN: Mapping[str, Schema] = {
    "questions": one("", rulebook=ref("rulebook"), questions=many(_ASKED), undecided=_UNDECIDED),
    "next_question": one("", rulebook=ref("rulebook"), question=maybe(_ASKED), undecided=_UNDECIDED),
    "memo": one("", format=TEXT, document=TEXT),
    "vocabulary": one(
        "",
        id=TEXT,
        title=TEXT,
        sections=many(one("", id=TEXT, title=TEXT, intro=TEXT, optional=YES_NO)),
        facts=ref("vocabulary_facts"),
        constraints=many(one("", id=TEXT, level={"enum": ["error", "warning"]}, says=TEXT)),
    ),
    "rulebook": one(
        "",
        id=TEXT,
        title=TEXT,
        version=TEXT,
        sha256=TEXT,
        language=TEXT,
        with_inferred=YES_NO,
        source=one("", title=TEXT, date=TEXT, note=TEXT),
        topics=many(one("", id=TEXT, title=TEXT)),
        decisions=many(
            one(
                "",
                id=TEXT,
                title=TEXT,
                asks=TEXT,
                topic=TEXT,
                kind=TEXT,
                outcomes=many(one("", id=TEXT, label=TEXT)),
                findings=many(TEXT),
            )
        ),
    ),
    "health": one("", status={"enum": ["ok", "stopping"]}, rulebook=_BOOK, rulebook_broken=YES_NO),
}


def components() -> dict[str, Schema]:
    """Every schema by its name, with references as OpenAPI has them."""
    found: dict[str, Any] = {"problem": PROBLEM}
    # The definition `facts` is another one: the known facts of a company.
    for name, shipped in {**{name: name for name in _SHIPPED.values()}, "vocabulary_facts": "facts"}.items():
        schema = schemas.load(shipped)
        found.update(schema.pop("$defs", {}))
        found.setdefault(name, {key: value for key, value in schema.items() if not key.startswith("$")})
    for name, schema in _OWN.items():
        found[f"{name}_reply"] = schema
    referring: dict[str, Schema] = with_references(found, "#/$defs/", "#/components/schemas/")
    return referring


def component_of(operation: str) -> Schema:
    """A reference to the schema of what an operation gives."""
    return {"$ref": f"#/components/schemas/{_SHIPPED.get(operation) or f'{operation}_reply'}"}


def with_references(part: Any, old: str, new: str) -> Any:
    """A part of a schema whose references begin otherwise."""
    if isinstance(part, list):
        return [with_references(inner, old, new) for inner in part]
    if not isinstance(part, dict):
        return part
    return {
        key: value.replace(old, new) if key == "$ref" else with_references(value, old, new)
        for key, value in part.items()
    }
