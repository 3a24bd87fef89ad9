"""The schemas of what two rulebooks advise otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from .parts import COUNT, TEXT, YES_NO, Schema, by_name, many, maybe, one, ref, said

_BOOK = one(
    "A rulebook, and what it was called where they were compared.",
    name=TEXT,
    id=TEXT,
    version=TEXT,
    sha256=TEXT,
)

_KIND = said(
    {"enum": ["result", "options", "certainty", "firmness", "remarks", "reasons"]},
    "What differs, the weightiest first: another result; other options; more or less certain; more or less "
    "firm; other remarks; the same for other rules.",
)

_ADVICE = one(
    "What a decision or a finding comes to.",
    status=said(
        TEXT, "That of a decision, `given` for a fact given outright; `missing`, `to_check`, `not_shown`."
    ),
    outcome=maybe(TEXT),
    options=many(one("", outcome=TEXT, modality=ref("modality"), rule=TEXT)),
    modality=ref("maybe_modality"),
    rules=many(TEXT),
    remarks=many(TEXT, "Rules whose remarks only this side has."),
)

_CASES = {
    "cases": many(
        one(
            "",
            where=said(TEXT, "In words: what has to hold."),
            example={"type": "object", "description": "Facts of a company that is so, as a profile has them."},
        )
    ),
    "left_out": said(COUNT, "How many more rows a table of the cases that are not told would have."),
}

_CONTENT = one(
    "Something that only one rulebook has, or that is written otherwise.",
    kind=TEXT,
    id=TEXT,
    label=TEXT,
    decision=maybe(TEXT),
    only=said({"enum": ["old", "new", None]}, "The rulebook that alone has it."),
    words=said(YES_NO, "Nothing but what people read differs."),
    altered=many(
        one(
            "",
            what=TEXT,
            old=TEXT,
            new=TEXT,
            in_part=said(YES_NO, "Of a list: only what it no longer has, and what it has now."),
        )
    ),
)

DEFINITIONS: Mapping[str, Schema] = {
    "advice": _ADVICE,
    "compared_book": _BOOK,
    "told_cases": one("Cases that together, with those left out, are all in which something is so.", **_CASES),
    "difference": _KIND,
}

_DIFF = one(
    "",
    old=ref("compared_book"),
    new=ref("compared_book"),
    differ=said(YES_NO, "Companies could get other advice, be asked other things, or be refused by one alone."),
    compared=said(COUNT, "The decisions and findings that both have."),
    contents=many(_CONTENT),
    advice=many(
        one(
            "A decision or finding that comes out otherwise for some companies.",
            id=TEXT,
            decision=TEXT,
            is_finding=YES_NO,
            altered=many(TEXT, "What of its own is written otherwise."),
            follows=many(TEXT, "The decisions that it uses and that come out otherwise."),
            changes=many(
                one(
                    "",
                    kind=ref("difference"),
                    advice=many(
                        one("", old=ref("advice"), new=ref("advice")),
                        "Several where they differ in nothing that their kind is about.",
                    ),
                    **_CASES,
                )
            ),
        )
    ),
    rules=many(
        one(
            "Where a rule now speaks, and where it no longer does.",
            rule=TEXT,
            of=said(TEXT, "The decision or finding."),
            gains=ref("told_cases"),
            loses=ref("told_cases"),
        )
    ),
)

_REJECTED = one(
    "Companies that a rulebook cannot read.",
    companies=COUNT,
    reasons=many(by_name({"type": ["string", "integer"]}), "Of the first of them."),
)

_PORTFOLIO = one(
    "",
    old=ref("compared_book"),
    new=ref("compared_book"),
    companies=said(COUNT, "Those that both rulebooks can read."),
    changed=said(COUNT, "Those of them that get other advice."),
    compared=COUNT,
    changes=many(
        one(
            "",
            id=TEXT,
            is_finding=YES_NO,
            kind=ref("difference"),
            companies=COUNT,
            advice=many(one("", old=ref("advice"), new=ref("advice"), companies=COUNT)),
            names=many(TEXT, "Of the first of them."),
        ),
        "The weightiest first, and of a kind those that come to most companies.",
    ),
    rejected=one("", old=_REJECTED, new=_REJECTED),
)

OUTPUTS: Mapping[str, tuple[str, str, Schema]] = {
    "rules-diff": (
        "What two rulebooks advise otherwise",
        "What `dottedline rules diff --format json` prints.",
        _DIFF,
    ),
    "rules-diff-portfolio": (
        "Whose advice differs between two rulebooks",
        "What `dottedline rules diff --portfolio FILE --format json` prints.",
        _PORTFOLIO,
    ),
}
