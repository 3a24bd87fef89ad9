"""The schemas of what the program prints as JSON, and of what `to_dict()` returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_type_hints

from ..chart import Part, Staffing, Which
from ..ownership import STATES, State
from ..placements import PlaceClass
from ..vocabulary import FactType
from ..why_not import WhyNot
from . import authors, differences, several
from .answers import DEFINITIONS
from .parts import COUNT, TEXT, YES_NO, Schema, by_name, many, maybe, one, ref, said, whole, word_of

_EXPLAIN = one(
    "",
    decision=TEXT,
    answer=maybe(ref("decision"), "Null for findings."),
    findings=many(ref("finding"), "Of the findings asked about, those that show."),
    rules=many(
        one(
            "What became of one rule or alternative.",
            id=TEXT,
            state=ref("rule_state"),
            concludes=TEXT,
            because=TEXT,
            guidance=ref("guidance"),
            inferred=YES_NO,
            when=ref("reading"),
            unless=ref("maybe_reading"),
            overridden_by=many(TEXT),
            is_alternative=YES_NO,
            book=ref("book"),
        )
    ),
    not_applicable=ref("maybe_reading"),
    guidance=many(
        one(
            "What the source says.",
            item=ref("item"),
            modality=ref("modality"),
            says=TEXT,
            reading=said(TEXT, "Which translation was believed, and why."),
            book=ref("book"),
        )
    ),
)

_WHY_NOT = one(
    "",
    decision=TEXT,
    outcome=TEXT,
    label=TEXT,
    state=said(
        word_of(get_type_hints(WhyNot)["state"]),
        "Whether it is the outcome (advised), is an option beside it (allowed), or neither (no).",
    ),
    ways=many(
        one(
            "A rule or alternative that could give the outcome.",
            rule=TEXT,
            state=ref("rule_state"),
            because=TEXT,
            guidance=ref("guidance"),
            inferred=YES_NO,
            book=ref("book"),
            lacks=maybe(ref("reading"), "The parts of its condition that do not hold."),
            blocked_by=maybe(ref("reading"), "What blocks it although its condition holds."),
            overridden_by=many(TEXT),
        )
    ),
    changes=many(ref("change"), "The smallest changes that make it the outcome, or one of those left open."),
)

_WHATIF = one(
    "",
    rulebook=ref("rulebook"),
    supposed=by_name(ref("maybe_value"), "The facts supposed, null for unknown."),
    moves=many(
        one(
            "A decision whose result is another one, or one that is more or less sure.",
            decision=TEXT,
            before=ref("result"),
            after=ref("result"),
            same_advice=said(YES_NO, "Whether only its status moved."),
        )
    ),
    findings=one(
        "",
        come=many(TEXT),
        go=many(TEXT),
        turn=many(one("", finding=TEXT, before=ref("finding_state"), after=ref("finding_state"))),
    ),
    stay=many(TEXT, "The decisions and findings that stay as they are."),
    notes=ref("notes"),
)

_COMPARE = one(
    "",
    rulebook=ref("rulebook"),
    placements=many(
        one(
            "One function: where it is, and how the source speaks of that.",
            function=TEXT,
            place=maybe(TEXT, "The present place; null where it is not known."),
            **{"class": word_of(PlaceClass)},
            to_check=YES_NO,
            because=TEXT,
            modality=ref("maybe_modality"),
            rule=maybe(TEXT),
            guidance=ref("guidance"),
            inferred=YES_NO,
            book=maybe(ref("book"), "Null where there is no rule."),
            lacks=maybe(ref("reading"), "For an exception: what its condition lacks."),
            advised=many(TEXT, "What the source allows for this company."),
        )
    ),
    unowned=many(TEXT, "The responsibilities that nobody owns."),
    owned_twice=many(TEXT, "Those that have more owners than the source gives them."),
    actions=many(
        one(
            "A change that the company could make.",
            ways=many(ref("facts"), "The facts that it makes true; of several ways, any one will do."),
            settles=many(TEXT, "The findings and the functions to check that it settles."),
            brings=many(TEXT, "Those that it brings."),
            modality=ref("maybe_modality"),
            moves=maybe(TEXT, "The function that it moves."),
        ),
        "What would settle most, first.",
    ),
    notes=ref("notes"),
)

_MATRIX = one(
    "",
    rulebook=ref("rulebook"),
    counts=one("", **dict.fromkeys(STATES, COUNT)),
    responsibilities=many(
        one(
            "A responsibility: the team that the source lists it with, and who owns it today.",
            id=TEXT,
            label=TEXT,
            team=TEXT,
            team_label=TEXT,
            modality=ref("modality"),
            shared_with=many(one("", label=TEXT, places=many(TEXT))),
            note=TEXT,
            guidance=ref("guidance"),
            book=ref("book"),
            owners=maybe(many(TEXT), "The places that own it today; null where that is not known."),
            place=maybe(TEXT, "Where the function of the same name sits today."),
            state=word_of(State),
        )
    ),
    contractors=many(
        one(
            "A contractor that is listed, or that does the work of a function.",
            fields=by_name(maybe(TEXT), "What is known of it."),
            listed=said(YES_NO, "False where only the place of its function tells of it."),
            missing=many(TEXT, "Fields in which it is known that nobody is named."),
            not_known=many(TEXT, "Fields of which it is not known whether somebody is named."),
        )
    ),
    named_for_all_contractors=by_name(maybe(YES_NO)),
    findings=many(ref("finding")),
)

_CHART = one(
    "One org chart.",
    which=word_of(Which),
    boxes=many(
        one(
            "",
            id=TEXT,
            part=word_of(Part),
            label=TEXT,
            manager=maybe(TEXT, "The box that it reports to; null for the one at the top."),
            function=maybe(TEXT, "The function that it is."),
            where=said(TEXT, "Where it is in words, where that is no box."),
            staffing=word_of(Staffing),
            status=maybe(ref("status")),
            modality=ref("maybe_modality"),
            choices=many(TEXT, "What the source allows besides, or among what it does not choose."),
            depends_on=many(TEXT, "What would have to be known."),
            inferred=YES_NO,
            sources=many(TEXT, "Whose advice it is, where it is not that of the rulebook that is extended."),
            details=by_name(TEXT, "Of a contractor: what is known."),
        ),
        "A manager stands before those who report to it.",
    ),
    lines=many(
        one(
            "A dotted line.",
            source=TEXT,
            target=TEXT,
            today=said(YES_NO, "That there is such a line today."),
            asked=maybe(ref("modality"), "How firmly the source asks for it."),
            inferred=YES_NO,
            sources=many(TEXT, "Who asks for it, where it is not the rulebook that is extended."),
        )
    ),
    unknown=many(TEXT, "The functions whose place today is not known."),
    lines_elsewhere=many(
        {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2},
        "Dotted lines of today to places that are not on the chart: the labels of both.",
    ),
    asked_elsewhere=many(TEXT, "What the source asks of dotted lines that have no place on the chart."),
)

_FACTS = many(
    one(
        "A fact of the vocabulary.",
        id=TEXT,
        type=word_of(FactType),
        section=TEXT,
        label=TEXT,
        question=TEXT,
        why=TEXT,
        values=by_name(TEXT, "The labels of its values, by id."),
        unit=TEXT,
        minimum=maybe({"type": "number"}),
        maximum=maybe({"type": "number"}),
        integer=YES_NO,
        lever=said(YES_NO, "Whether the company can choose it."),
        derived=said(YES_NO, "Whether the rulebook derives it from others."),
        family=maybe(TEXT),
        guidance=ref("guidance"),
    )
)

_DEFINITIONS: Mapping[str, Schema] = {
    **DEFINITIONS,
    **authors.DEFINITIONS,
    **differences.DEFINITIONS,
    "chart": _CHART,
    **several.DEFINITIONS,
}

_CHARTS = {
    "anyOf": [ref("chart"), {**many(ref("chart"), "With `--which both`."), "minItems": 2, "maxItems": 2}]
}

#: Each schema by its name: its title, what prints it, and what it asks.
_OUTPUTS: Mapping[str, tuple[str, str, Schema]] = {
    "answer": (
        "An answer of dottedline",
        "What `dottedline consult --format json` prints, and `Answer.to_dict()` returns.",
        DEFINITIONS["answer"],
    ),
    "explain": (
        "Why a decision or finding comes out as it does",
        "What `dottedline explain --format json` prints, and `Explanation.to_dict()` returns.",
        _EXPLAIN,
    ),
    "why-not": (
        "Why a decision does not have an outcome",
        "What `dottedline explain --why-not OUTCOME --format json` prints, and `WhyNot.to_dict()` returns.",
        _WHY_NOT,
    ),
    "whatif": (
        "What moves where some facts are otherwise",
        "What `dottedline whatif --format json` prints, and `WhatIf.to_dict()` returns.",
        _WHATIF,
    ),
    "compare": (
        "The organisation as it is, against as advised",
        "What `dottedline compare --format json` prints, and `Comparison.to_dict()` returns.",
        _COMPARE,
    ),
    "matrix": (
        "Who owns what",
        "What `dottedline matrix --format json` prints, and `Ownership.to_dict()` returns.",
        _MATRIX,
    ),
    "chart": (
        "An org chart, or two",
        "What `dottedline chart --format json` prints; `Chart.to_dict()` returns one chart.",
        _CHARTS,
    ),
    "facts": (
        "What can be known about a company",
        "What `dottedline facts --format json` prints.",
        _FACTS,
    ),
    "questions": (
        "What would be worth asking",
        "The `questions` of an answer.",
        DEFINITIONS["questions"],
    ),
    **several.OUTPUTS,
    **authors.OUTPUTS,
    **differences.OUTPUTS,
}


def outputs() -> Iterator[tuple[str, Schema]]:
    """Each schema of what the program prints, with its name."""
    for name, (title, description, schema) in _OUTPUTS.items():
        yield name, whole(name, title, description, schema, _DEFINITIONS)
