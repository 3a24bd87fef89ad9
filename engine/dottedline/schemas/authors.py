"""The schemas of what is told to those who write rules: what the checks find, and what became of cases."""

from __future__ import annotations

from collections.abc import Mapping

from ..authoring.diagnostics import Severity
from ..authoring.testing.cases import What
from ..authoring.testing.coverage import KINDS
from ..reading import Owner
from .parts import COUNT, TEXT, YES_NO, Schema, by_name, many, maybe, one, ref, said, word_of

_PLACE = {"type": "integer", "minimum": 1}

_DIAGNOSTIC = one(
    "One defect of a rulebook.",
    code={"type": "string", "pattern": "^[A-Z][0-9]{3}$"},
    severity=word_of(Severity),
    title=TEXT,
    message=TEXT,
    witness=maybe(ref("facts"), "The fewest facts for which it shows; null where no company shows it."),
    example=said(TEXT, "The same in words."),
    suggestion=said(TEXT, "What would be right."),
    places=many(one("", file=TEXT, line=_PLACE, column=_PLACE, length=_PLACE)),
    belongs_to=many(one("", kind=word_of(Owner), id=TEXT), "What it can be allowed with, nearest first."),
)

_ALLOWED: Schema = {
    **_DIAGNOSTIC,
    "description": "A diagnostic that the rulebook's author allows.",
    "properties": {**_DIAGNOSTIC["properties"], "because": TEXT},
    "required": [*_DIAGNOSTIC["required"], "because"],
}

_CHECK = one(
    "",
    rulebook=one("Empty where it could not be read.", id=TEXT, version=TEXT),
    errors=COUNT,
    warnings=COUNT,
    diagnostics=many(ref("diagnostic")),
    allowed=many(_ALLOWED),
)

_SAID: Schema = {
    "anyOf": [{"type": ["string", "boolean", "null"]}, {"type": "array", "items": TEXT}],
}

_MEASURE = one(
    "",
    reached=COUNT,
    total=COUNT,
    percent={"type": "number", "minimum": 0, "maximum": 100},
)

_TEST = one(
    "",
    cases=many(
        one(
            "",
            id=TEXT,
            company=maybe(COUNT, "Which of its companies, from 1; null where it is about one."),
            file=TEXT,
            line=maybe(_PLACE),
            says=TEXT,
            guidance=ref("guidance"),
            facts=ref("facts"),
            passed=YES_NO,
            misses=many(
                one(
                    "What is not as it is expected.",
                    about=TEXT,
                    what=word_of(What),
                    expected=_SAID,
                    found=_SAID,
                    line=maybe(_PLACE),
                    column=maybe(_PLACE),
                )
            ),
        )
    ),
    passed=COUNT,
    failed=COUNT,
    coverage=one(
        "",
        **dict.fromkeys(KINDS, _MEASURE),
        unreached_rules=many(TEXT),
        unreached_items=many({"type": ["integer", "string"]}),
        unreached_rows=many(one("", about=TEXT, holds=many(TEXT), facts=by_name(ref("maybe_value")))),
    ),
)

DEFINITIONS: Mapping[str, Schema] = {"diagnostic": _DIAGNOSTIC}

OUTPUTS: Mapping[str, tuple[str, str, Schema]] = {
    "rules-check": (
        "What the checks find in a rulebook",
        "What `dottedline rules check --format json` prints.",
        _CHECK,
    ),
    "rules-test": (
        "A rulebook held against its cases",
        "What `dottedline rules test --format json` prints.",
        _TEST,
    ),
}
