"""The schemas of what is said of several at once: people asked, companies, recorded answers."""

from __future__ import annotations

from collections.abc import Mapping

from ..verdicts import Status
from .parts import COUNT, TEXT, YES_NO, Schema, by_name, many, maybe, one, ref, said, word_of

_COUNTS = many(COUNT, "A number for each of the cohorts.")
_ROW = {"type": "integer", "minimum": 1}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_COHORT = maybe(TEXT, "The outcome or value that a cohort shares; null for those of which it is not known.")

_DISAGREEMENT = one(
    "A fact to which there is more than one answer.",
    fact=TEXT,
    answers=many(
        one(
            "",
            value=ref("maybe_value"),
            by=many(TEXT, "Who says so."),
            derived=said(YES_NO, "Whether it follows from other answers of theirs."),
            leads_to=by_name(
                {
                    "anyOf": [
                        ref("result"),
                        one("", state=ref("finding_state"), rule=TEXT, modality=ref("modality")),
                        {"type": "null"},
                    ]
                },
                "What becomes of each decision and finding; null for a finding that does not show.",
            ),
        )
    ),
    matters_to=many(TEXT, "The decisions and findings that it matters to."),
    weighed_in=many(TEXT, "The decisions for which the source says to weigh it."),
)

_TOGETHER = one(
    "",
    respondents=many(TEXT),
    disagreements=many(ref("disagreement")),
    contradictions=many(
        one(
            "Answers of several people to several facts that cannot all be right.",
            constraint=TEXT,
            says=TEXT,
            facts=many(ref("disagreement")),
        )
    ),
    known_by_one=by_name(many(TEXT), "What only one of several people knows, by respondent."),
    set_aside=many(TEXT, "Facts left open because they would decide a derived fact that is disputed."),
    answer=ref("answer"),
)

_PORTFOLIO = one(
    "",
    rulebook=one(
        "The rulebook that the table was made with, as far as it says so.",
        rulebook=maybe(TEXT),
        version=maybe(TEXT),
        sha256=maybe(TEXT),
    ),
    companies=COUNT,
    by=maybe(TEXT, "What the cohorts are made by."),
    cohorts=many(one("", id=_COHORT, companies=COUNT)),
    decisions=many(one("", id=TEXT, statuses=ref("statuses"), results=by_name(_COUNTS))),
    findings=many(one("", id=TEXT, companies=COUNT, to_check=_COUNTS, missing=_COUNTS)),
    shown=many(
        one("", row=_ROW, name=TEXT, cohort=_COHORT, missing=many(TEXT), to_check=many(TEXT)),
        "Every company, or, of many, those with most findings.",
    ),
    outliers=many(
        one(
            "A company whose results differ from those of its cohort.",
            row=_ROW,
            name=TEXT,
            cohort=_COHORT,
            alike=_SHARE,
            rarest=many(one("", decision=TEXT, result=TEXT, share=_SHARE)),
        ),
        "The most unlike first.",
    ),
    compared=said(COUNT, "The companies that were compared with their cohort."),
    questions=maybe(
        many(one("", fact=TEXT, companies=COUNT, decides=COUNT)),
        "The one that can change most first; null where the table has no questions.",
    ),
    open_questions=by_name(COUNT, "How many companies have so many open questions."),
    findings_each=by_name(COUNT, "How many companies have so many findings."),
    places=many(one("", function=TEXT, as_advised=COUNT, named=COUNT, not_named=COUNT)),
    lacking=many(TEXT, "Decisions of the rulebook that the table has no columns of."),
)

_RECORDED = {
    "type": ["object", "null"],
    "description": "The result of a decision, derived fact or finding; null where there is none.",
    "properties": {
        "status": ref("status"),
        "outcome": maybe(TEXT),
        "options": many(TEXT),
        "state": ref("finding_state"),
        "modality": ref("maybe_modality"),
        "rules": many(TEXT),
    },
}

_REPLAY = one(
    "",
    rulebook=said(one("", id=TEXT, version=TEXT, sha256=TEXT), "The rulebook of today."),
    same=said(COUNT, "How many answers are the same."),
    differ=many(
        one(
            "An answer that is another one today.",
            line=_ROW,
            id=TEXT,
            time=TEXT,
            rulebook=said(one("", id=TEXT, version=TEXT, sha256=TEXT), "The one that it was given by."),
            program=TEXT,
            other_rulebook=said(YES_NO, "Whether the rulebook has changed since."),
            other_program=said(YES_NO, "Whether the program has changed since."),
            refused=maybe(TEXT, "Why the facts are refused today; null where they are not."),
            changes=many(
                one(
                    "What is otherwise.",
                    kind={"enum": ["decisions", "derived", "findings"]},
                    id=TEXT,
                    differs=many(TEXT, "The parts of the result that differ."),
                    was=_RECORDED,
                    now=_RECORDED,
                )
            ),
        )
    ),
    not_run=many(one("A line that could not be run.", line=_ROW, reason=TEXT)),
)

#: Shared by the schemas.
DEFINITIONS: Mapping[str, Schema] = {
    "disagreement": _DISAGREEMENT,
    "statuses": one("", **dict.fromkeys(word_of(Status)["enum"], COUNT)),
}

OUTPUTS: Mapping[str, tuple[str, str, Schema]] = {
    "together": (
        "Where several people disagree about a company, and the advice on what they agree on",
        "What `dottedline consult --together --format json` prints, and `Together.to_dict()` returns.",
        _TOGETHER,
    ),
    "replay": (
        "Recorded answers once more, and which differ",
        "What `dottedline replay --format json` prints.",
        _REPLAY,
    ),
    "portfolio": (
        "Many companies at once",
        "What `dottedline portfolio --format json` prints, and `Portfolio.to_dict()` returns.",
        _PORTFOLIO,
    ),
}
