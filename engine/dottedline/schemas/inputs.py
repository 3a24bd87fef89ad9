"""The schemas of what people write: made from the shapes that the readers go by.

In draft 7 of JSON Schema: yaml-language-server reads later drafts too, but not
the releases of it that came with older editors, and other editors read no
other draft in full. A YAML editor types scalars before it looks at a schema,
and the readers do not, so a text may also be a number here. That `true`,
`false` and `null` can be texts without quotes, an editor does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .. import rulebook_shapes, vocabulary_shapes
from ..authoring.testing.shapes import CASE_FILE
from ..batch import mapping
from ..condition_reader import BOUNDS, GROUPS
from ..shapes import Either, Key, Kind, ListOf, MapOf, OneOf, Plain, Shape
from .parts import Schema, head, said

DRAFT = "http://json-schema.org/draft-07/schema#"

#: `yes` and `no` are texts to an editor; it offers `true` and `false`.
YES_NO: Schema = {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Yy]es|[Nn]o|YES|NO)$"}]}
TEXT: Schema = {"type": ["string", "number"], "pattern": "\\S"}
VALUE: Schema = {"type": ["string", "number", "boolean"]}
#: No ASCII but letters, digits, `-` and `_`.
NAME: Schema = {"type": ["string", "number"], "pattern": "^[^\\s!-,./:-@\\[-^`{-~]+$"}
NUMBER: Schema = {"type": "number"}


#: A number of the book's own, or one of a book that it extends.
ITEM: Schema = {
    "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[^\\s:]+:[0-9]+$"}]
}


def one_or_more(schema: Schema) -> Schema:
    """One of something, or a list of it."""
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


_PLAIN: Mapping[Plain, Schema] = {
    Plain.TEXT: TEXT,
    Plain.WORD: TEXT,
    Plain.VALUE: VALUE,
    Plain.NAME: NAME,
    Plain.YES_NO: YES_NO,
    Plain.NUMBER: NUMBER,
    Plain.WORDS: one_or_more(VALUE),
    Plain.GIVEN: one_or_more({"type": ["string", "number", "boolean", "null"]}),
    Plain.GUIDANCE: one_or_more(ITEM),
    Plain.FACTS: {"$ref": "#/definitions/facts"},
    Plain.CONDITION: {"$ref": "#/definitions/condition"},
}

SOME: Schema = {"anyOf": [VALUE, {"type": "array", "items": VALUE, "minItems": 1}]}

#: Conditions over facts and decisions of any name.
CONDITIONS: Mapping[str, Schema] = {
    "condition": {
        "description": "Facts and decisions with what they have to be; all entries must hold.",
        "type": "object",
        "properties": {group: {"$ref": "#/definitions/conditions"} for group in GROUPS},
        "additionalProperties": {"anyOf": [SOME, {"$ref": "#/definitions/tests"}]},
    },
    "conditions": {"type": "array", "items": {"$ref": "#/definitions/condition"}, "minItems": 1},
    "tests": {
        "type": "object",
        "properties": {
            "not": said(SOME, "Known, and none of these."),
            "includes": said(SOME, "A set that has at least one of these."),
            "excludes": said(SOME, "A set that is known, and has none of these."),
            **dict.fromkeys(BOUNDS, NUMBER),
        },
        "additionalProperties": False,
        "minProperties": 1,
    },
}


class Shaped:
    """Makes schemas of shapes; each shape in another is a definition.

    Args:
        joined: the shapes that may be written in part.
        facts: the definitions of facts with their values, `facts` among them.
        conditions: the definitions of conditions, `condition` among them.
    """

    def __init__(
        self,
        joined: tuple[Shape, ...] = (),
        facts: Mapping[str, Schema] | None = None,
        conditions: Mapping[str, Schema] = CONDITIONS,
    ) -> None:
        self._joined = joined
        self._facts = facts or {"facts": {"type": "object"}}
        self._conditions = conditions
        self.definitions: dict[str, Schema] = {}
        self._defined: dict[str, Shape] = {}

    def of(self, kind: Kind) -> Schema:
        """The schema of a kind."""
        if isinstance(kind, Plain):
            if kind is Plain.CONDITION:
                self.definitions.update(self._conditions)
            if kind is Plain.FACTS:
                self.definitions.update(self._facts)
            return _PLAIN[kind]
        if isinstance(kind, OneOf):
            return {"enum": list(kind.words)}
        if isinstance(kind, ListOf):
            return {"type": "array", "items": self.of(kind.of)}
        if isinstance(kind, MapOf):
            schema = {"type": "object", "additionalProperties": self.of(kind.of)}
            return schema if kind.may_be_empty else {**schema, "minProperties": 1}
        if isinstance(kind, Either):
            return {"anyOf": [self.of(each) for each in kind.kinds]}
        if self._defined.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two shapes are called {kind.name}")
        if kind.name not in self.definitions:
            self.definitions[kind.name] = {}
            self.definitions[kind.name] = self.object(kind)
        return {"$ref": f"#/definitions/{kind.name}"}

    def object(self, shape: Shape) -> Schema:
        """The schema of a mapping, not as a definition."""
        schema: Schema = {
            "type": "object",
            "properties": {name: self._key(key) for name, key in shape.keys.items()},
            "additionalProperties": False,
        }
        in_part = any(shape is joined for joined in self._joined)
        required = [name for name in shape.required if name == "id" or not in_part]
        if required:
            schema["required"] = required
        if shape.one_of:
            schema["oneOf"] = [{"required": [name]} for name in shape.one_of]
        dependent = [
            {"if": {"not": {"required": [other]}}, "then": {"required": [name]}}
            for name, other in shape.needed_without.items()
        ]
        for name, words in shape.only_for.items():
            other_word = {"not": {"enum": list(words)}}
            dependent.append(_where(shape.by, other_word, {"properties": {name: False}}))
        for name, words in shape.needed_for.items() if not in_part else ():
            dependent.append(_where(shape.by, {"enum": list(words)}, {"required": [name]}))
        return {**schema, "allOf": dependent} if dependent else schema

    def _key(self, key: Key) -> Schema:
        return said(self.of(key.holds), key.says) if key.says else self.of(key.holds)


def _where(key: str, word: Schema, then: Schema) -> Schema:
    """What holds where a key has a word."""
    return {"if": {"properties": {key: word}, "required": [key]}, "then": then}


_FILES: Mapping[str, tuple[str, str, Shape]] = {
    "rulebook": (
        "A file of a rulebook of dottedline",
        "What `rules/<book>/*.yaml` hold.",
        rulebook_shapes.RULEBOOK_FILE,
    ),
    "extension": (
        "A file of a rulebook of dottedline that extends another",
        "What `rules/<book>/*.yaml` hold where the book extends another: decisions and teams may be in part.",
        rulebook_shapes.RULEBOOK_FILE,
    ),
    "case": (
        "Cases of a rulebook of dottedline",
        "What `rules/<book>/cases/*.yaml` hold.",
        CASE_FILE,
    ),
    "vocabulary": (
        "A file of a vocabulary of dottedline",
        "What `facts/<vocabulary>/*.yaml` hold.",
        vocabulary_shapes.VOCABULARY_FILE,
    ),
    "mapping": (
        "What the columns of a table mean",
        "What `dottedline evaluate --mapping` reads.",
        mapping.MAPPING,
    ),
}


def inputs() -> Iterator[tuple[str, Schema]]:
    """Each schema of what is the same for all rulebooks, with its name."""
    for name in _FILES:
        if name != "case":
            # Facts stand in it: it is made for each rulebook.
            yield name, of_file(name)


def of_file(
    name: str,
    *,
    facts: Mapping[str, Schema] | None = None,
    conditions: Mapping[str, Schema] = CONDITIONS,
) -> Schema:
    """The schema of a kind of file.

    Args:
        name: its name.
        facts: as for `Shaped`.
        conditions: as for `Shaped`.
    """
    title, description, shape = _FILES[name]
    shaped = Shaped(rulebook_shapes.JOINED if name == "extension" else (), facts, conditions)
    schema = {**head(name, title, description, DRAFT), **shaped.object(shape)}
    return {**schema, "definitions": dict(sorted(shaped.definitions.items()))}
