"""The OpenAPI document: made of what there is, its examples by asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import __version__
from ..answer import json_value
from ..language import _, speaking
from ..library import Rulebook
from ..problems import InputError
from ..reasons import names
from ..schemas.profiles import profile_schema
from .operations import MEMOS, OPERATIONS, Operation
from .outputs import component_of, components, with_references
from .replies import JSON, PROBLEM
from .request import Request
from .settings import Settings

Schema = dict[str, Any]

#: What may be refused, and why; whatever is sent.
_REFUSALS: Mapping[int, str] = {
    400: "The request cannot be read: it is no JSON, or there is no such parameter.",
    401: "A token is wanted.",
    404: "There is nothing under this path.",
    405: "The path takes another method.",
    406: "There is no answer of a type that is accepted.",
    408: "The body took too long.",
    413: "The body is too long.",
    415: "The body is of a type that cannot be read.",
    422: "The body does not fit: each problem with its place and what would be right.",
    429: "Too many requests of one client are being answered.",
    431: "The head of the request is too long.",
    500: "Something went wrong on this side.",
    503: "There is too much to do, the server is being stopped, or something that it needs is not there.",
    504: "The answer took too long.",
}

_NDJSON = "application/x-ndjson"
_ARROW = "application/vnd.apache.arrow.stream"


def document(book: Rulebook, settings: Settings) -> Schema:
    """The OpenAPI document of a server.

    Args:
        book: the rulebook that it answers with.
        settings: how it is run.
    """
    with speaking(book.language):
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "dottedline",
                "version": __version__,
                "summary": book.title,
                "description": _DESCRIPTION.format(id=book.id, version=book.version, sha256=book.sha256),
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "paths": _paths(book),
            "components": {
                "schemas": {**components(), **_profile(book), **_requests(book)},
                "responses": {str(status): _refusal(told) for status, told in _REFUSALS.items()},
                "parameters": {"lang": _LANG, "accept_language": _ACCEPT_LANGUAGE},
                "headers": _HEADERS,
                **(
                    {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
                    if settings.token
                    else {}
                ),
            },
            **({"security": [{"token": []}]} if settings.token else {}),
        }


_DESCRIPTION = (
    "The advice of the rulebook `{id}` {version} (sha256 {sha256}), as the command `dottedline` gives it. "
    "Facts that are left out, null or `unknown` are unknown: that is an answer too."
)

_LANG = {
    "name": "lang",
    "in": "query",
    "description": "The language to answer in; it counts more than `Accept-Language`.",
    "schema": {"enum": ["en", "id", "zh_Hant"]},
}
_ACCEPT_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The languages to answer in, as RFC 9110 has it.",
    "schema": {"type": "string"},
    "example": "zh-TW, en;q=0.5",
}
_HEADERS = {
    "rulebook": {
        "description": "The id, the version and the hash of the rulebook that answers.",
        "schema": {"type": "string"},
    },
    "record": {
        "description": "The id of the answer's record, where answers are recorded.",
        "schema": {"type": "string"},
    },
}
_SENT = {
    "Dottedline-Rulebook": {"$ref": "#/components/headers/rulebook"},
    "Dottedline-Record": {"$ref": "#/components/headers/record"},
}


def _paths(book: Rulebook) -> Schema:
    told = _Examples(book)
    paths: Schema = {}
    for name, operation in OPERATIONS.items():
        reply = {JSON: {"schema": component_of(name), "examples": told.replies(name)}}
        paths[f"/v1/{name.replace('_', '-')}"] = {"post": _asks(name, operation, reply, told)}
    picture = {"image/svg+xml": {"schema": {"type": "string"}}}
    paths["/v1/chart.svg"] = {"post": _asks("chart", OPERATIONS["chart"], picture, told, "chart_svg")}
    paths["/v1/evaluate"] = {"post": _evaluates(told)}
    for name, says in (
        ("vocabulary", "What can be known about a company: sections, facts, constraints."),
        ("rulebook", "Which rulebook it is, and what it answers."),
    ):
        paths[f"/v1/{name}"] = {
            "get": _reads(name, says, {JSON: {"schema": component_of(name)}}, languages=True)
        }
    health = {JSON: {"schema": component_of("health")}}
    paths["/healthz"] = {
        "get": {**_reads("health", "Whether it answers. Needs no token.", health), "security": []}
    }
    metrics = {"text/plain": {"schema": {"type": "string"}}}
    paths["/metrics"] = {"get": _reads("metrics", "Counters, for Prometheus.", metrics)}
    paths["/openapi.json"] = {
        "get": _reads("openapi", "This document.", {JSON: {"schema": {"type": "object"}}})
    }
    return paths


def _asks(name: str, operation: Operation, reply: Schema, told: _Examples, id: str = "") -> Schema:
    """A path that takes a question."""
    body = {"schema": {"$ref": f"#/components/schemas/{name}_request"}, "examples": told.requests(name)}
    return {
        "operationId": id or name,
        "summary": _(operation.summary),
        "parameters": [
            {"$ref": "#/components/parameters/lang"},
            {"$ref": "#/components/parameters/accept_language"},
        ],
        "requestBody": {"required": True, "content": {JSON: body}},
        "responses": {
            "200": {"description": "The answer.", "headers": _SENT, "content": reply},
            **_refusals(),
        },
    }


def _evaluates(told: _Examples) -> Schema:
    lines = {"schema": {"type": "string", "format": "binary"}}
    both = {_NDJSON: lines, _ARROW: lines}
    return {
        "operationId": "evaluate",
        "summary": "Advice for a table of companies, as it comes: a row for each row, in the same order.",
        "description": (
            "NDJSON (a JSON object on each line, from facts to values) or a stream of Arrow, in and out. "
            "The columns of the results are those of `dottedline evaluate`; a row that cannot be read has "
            "none of them, and in `rejected` stands why."
        ),
        "parameters": [
            {"$ref": "#/components/parameters/lang"},
            _listed("keep", "A column of the table that the results have too; `all` for all."),
            _listed("map", "What a column holds that is named otherwise, as `HEADING=FACT`."),
        ],
        "requestBody": {
            "required": True,
            "content": {_NDJSON: {**lines, "example": told.lines()}, _ARROW: lines},
        },
        "responses": {
            "200": {
                "description": "The table of results.",
                "headers": {"Dottedline-Rulebook": {"$ref": "#/components/headers/rulebook"}},
                "content": both,
            },
            **_refusals(),
        },
    }


def _listed(name: str, says: str) -> Schema:
    return {
        "name": name,
        "in": "query",
        "description": says,
        "schema": {"type": "array", "items": {"type": "string"}},
    }


def _reads(name: str, says: str, reply: Schema, *, languages: bool = False) -> Schema:
    parameters = [{"$ref": "#/components/parameters/lang"}, {"$ref": "#/components/parameters/accept_language"}]
    return {
        "operationId": name,
        "summary": says,
        **({"parameters": parameters} if languages else {}),
        "responses": {"200": {"description": "It.", "content": reply}, **_refusals()},
    }


def _refusals() -> Schema:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS}


def _refusal(says: str) -> Schema:
    return {"description": says, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}


# --- what is sent -------------------------------------------------------------------


def _requests(book: Rulebook) -> Schema:
    """The schema of each operation's request."""
    known = [*names(book.data), *book.data.topics]
    keys: Mapping[str, Schema] = {
        "profile": {"$ref": "#/components/schemas/profile"},
        "suppose": {"$ref": "#/components/schemas/profile"},
        "topics": {"anyOf": [{"type": "array", "items": {"enum": known}}, {"enum": known}]},
        "decision": {"enum": names(book.data)},
        "outcome": {"type": ["string", "boolean"]},
        "which": {"enum": ["advised", "present"]},
        "format": {"enum": list(MEMOS)},
        "title": {"type": "string", "minLength": 1},
        "date": {"type": "string", "format": "date"},
    }
    return {
        f"{name}_request": {
            "type": "object",
            "properties": {
                key: {**keys[key], "description": _(says)}
                for key, says in {**operation.required, **operation.optional}.items()
            },
            "required": list(operation.required),
            "additionalProperties": False,
        }
        for name, operation in OPERATIONS.items()
    }


def _profile(book: Rulebook) -> dict[str, Schema]:
    """The schema of what is known about a company, and of each kind of fact that it refers to."""
    whole = profile_schema(book.vocabulary, book.id)
    kinds = whole.pop("definitions")
    found = {"profile": {key: value for key, value in whole.items() if not key.startswith("$")}}
    found |= kinds
    referring: dict[str, Schema] = with_references(found, "#/definitions/", "#/components/schemas/")
    return referring


# --- examples -----------------------------------------------------------------------


class _Examples:
    """Questions about the companies that come with the rulebook, and what is answered.

    Args:
        book: the rulebook.
    """

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self.companies: dict[str, dict[str, Any]] = {}
        for path in sorted((book.folders[1] / "examples").glob("*.yaml")):
            try:
                self.companies[path.stem] = book.consult(book.read_profile(path)).to_dict()["profile"]
            except InputError:
                continue  # it is for another rulebook
        self.companies = self.companies or {"nothing_known": {}}

    def requests(self, name: str) -> Schema:
        """A question about each company, by its name."""
        return {
            company: {"value": {"profile": facts, **self._more(name, facts)}}
            for company, facts in self.companies.items()
        }

    def replies(self, name: str) -> Schema:
        """The answer to the first of them."""
        company, asked = next(iter(self.requests(name).items()))
        try:
            return {company: {"value": OPERATIONS[name].run(self._book, Request.of(asked["value"]))}}
        except InputError:
            return {}  # this rulebook has nothing to say of that

    def lines(self) -> str:
        """The companies as NDJSON, without what no table has."""
        import json

        facts = self._book.vocabulary.facts
        rows = [
            {"company": company, **{id: value for id, value in known.items() if facts[id].type != "note"}}
            for company, known in self.companies.items()
        ]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def _more(self, name: str, facts: Mapping[str, object]) -> Schema:
        """What is asked beside the profile: about the first decision that could come out otherwise."""
        answer = self._book.consult(facts)
        decisions = [*answer.decisions.values()]
        decision = _first([one for one in decisions if one.would_change], decisions)
        if name == "explain":
            return {"decision": decision.id}
        if name == "why_not":
            outcomes = self._book.data.decisions[decision.id].outcomes
            other = _first([id for id in outcomes if id != decision.outcome], list(outcomes))
            return {"decision": decision.id, "outcome": other}
        if name == "whatif":
            changes = decision.would_change
            return {"suppose": {id: json_value(value) for id, value in changes[0].facts} if changes else {}}
        return {}


def _first(preferred: Iterable[Any], all: Iterable[Any]) -> Any:
    return next(iter(preferred), next(iter(all), None))
