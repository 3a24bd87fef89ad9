"""What an answer is made of, and the parts that it shares with what else is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_type_hints

from ..answer import FindingAnswer
from ..changes import Change
from ..reasons import RuleState
from ..rulebook import Modality
from ..verdicts import Status
from .parts import COUNT, TEXT, YES_NO, Schema, by_name, many, maybe, one, ref, said, word_of

_OUTCOME = maybe(TEXT, "The outcome where the status is settled or provisional, else null.")
_NOT_COVERED = many(TEXT, "Ends of the sentence `the source does not say ...`.")
_INFERRED = said(YES_NO, "True where it rests on the project's own inference.")

#: Shared by the schemas.
DEFINITIONS: Mapping[str, Schema] = {
    "rulebook": one(
        "The rulebook that says so.",
        id=TEXT,
        version=TEXT,
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        extends=many(
            one("", id=TEXT, version=TEXT), "The books that it extends; the one that rests on no other first."
        ),
    ),
    "book": said(TEXT, "The id of the book that it comes from: the rulebook's own, or one that it extends."),
    "status": word_of(Status),
    "modality": said(word_of(Modality), "How firmly the source says so."),
    "maybe_modality": maybe(ref("modality")),
    "item": {
        "description": "The number of a guidance item; `book:number` where its book extends another.",
        "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^.+:[0-9]+$"}],
    },
    "guidance": many(ref("item"), "Guidance items; the first one carries it."),
    "value": {
        "description": "A fact's value: yes or no, a choice, a number, a set as a sorted list, or records.",
        "anyOf": [
            {"type": ["boolean", "string", "number"]},
            {"type": "array", "items": TEXT},
            {"type": "array", "items": {"type": "object", "additionalProperties": TEXT}},
        ],
    },
    "maybe_value": maybe(ref("value"), "Null where it is unknown."),
    "facts": by_name(ref("value")),
    "option": one(
        "An outcome that the source allows for this company.",
        outcome=TEXT,
        label=TEXT,
        modality=ref("modality"),
        rule=TEXT,
        because=TEXT,
        guidance=ref("guidance"),
        inferred=_INFERRED,
        book=ref("book"),
    ),
    "remark": one(
        "Something said beside a result; it decides nothing.",
        rule=TEXT,
        text=TEXT,
        guidance=ref("guidance"),
        inferred=_INFERRED,
        book=ref("book"),
    ),
    "consideration": one(
        "A fact that the source says to weigh, without saying which way.",
        fact=TEXT,
        value=ref("maybe_value"),
        because=TEXT,
        guidance=ref("guidance"),
        book=ref("book"),
    ),
    "change": one(
        "Facts that would bring another result.",
        facts=ref("facts"),
        status=ref("status"),
        outcome=maybe(TEXT),
        options=many(TEXT),
        kind=said(
            word_of(get_type_hints(Change)["kind"]),
            "Who could bring it about: nobody has said how it is (not_said), the company could choose it "
            "(choice), or it is not the company's to choose (circumstance).",
        ),
    ),
    "decision": one(
        "What the rulebook says on one question.",
        title=TEXT,
        asks=TEXT,
        topic=TEXT,
        status=ref("status"),
        outcome=_OUTCOME,
        label=TEXT,
        options=many(ref("option"), "Every outcome that the source allows for this company."),
        modality=ref("maybe_modality"),
        rationale=TEXT,
        rules=many(TEXT, "The rules that give the result."),
        rules_are_alternatives=said(
            YES_NO, "True where all completions agree, but no one rule gives the result in all of them."
        ),
        overridden=many(TEXT, "Rules that fired and gave way."),
        remarks=many(ref("remark")),
        considerations=many(ref("consideration"), "Facts to weigh; they decide nothing."),
        presumes=many(TEXT, "What the rules presume, because the profile does not say otherwise."),
        not_covered=_NOT_COVERED,
        facts_used=ref("facts"),
        depends_on=many(TEXT, "The unknown facts that can still change the result."),
        guidance=ref("guidance"),
        inferred=_INFERRED,
        would_change=many(
            ref("change"),
            "For every other result that can be reached: the fewest facts that reach it, all ties.",
        ),
        given=said(YES_NO, "For a derived fact: that the profile gives it outright."),
        books=many(ref("book"), "The books that its rules come from, each once."),
    ),
    "finding_state": said(
        word_of(get_type_hints(FindingAnswer)["state"]),
        "Whether its remedy is known not to be in place, or is still to check.",
    ),
    "finding": one(
        "Something to look at: a trigger holds, and its remedy is not known to be in place.",
        id=TEXT,
        decision=TEXT,
        topic=TEXT,
        state=ref("finding_state"),
        modality=ref("modality"),
        text=TEXT,
        because=TEXT,
        rule=TEXT,
        guidance=ref("guidance"),
        facts_used=ref("facts"),
        inferred=_INFERRED,
        book=ref("book"),
    ),
    "responsibility": one(
        "Which team the source gives a responsibility to.",
        id=TEXT,
        label=TEXT,
        team=TEXT,
        team_label=TEXT,
        shared_with=many(TEXT),
        modality=ref("modality"),
        note=TEXT,
        guidance=ref("guidance"),
        book=ref("book"),
    ),
    "question": one(
        "A question whose answer matters.",
        fact=TEXT,
        question=TEXT,
        why=TEXT,
        decides=said(COUNT, "How many decisions and findings the answer can still change."),
    ),
    "answer": one(
        "All that the rulebook says about one company.",
        rulebook=ref("rulebook"),
        profile=ref("facts", "The known facts."),
        decisions=by_name(ref("decision")),
        derived=by_name(ref("decision"), "The facts that the rulebook derives from others."),
        findings=many(ref("finding")),
        responsibilities=many(ref("responsibility")),
        notes=ref("notes"),
        questions=ref("questions"),
        undecided=said(
            COUNT, "How many decisions and findings an answer to one of the questions can still change."
        ),
        not_covered=_NOT_COVERED,
    ),
    "notes": many(TEXT, "What is doubtful about the profile."),
    "questions": many(ref("question"), "What would be worth asking, in the order in which to ask it."),
    "result": one(
        "What a decision gives, in brief.",
        status=ref("status"),
        outcome=_OUTCOME,
        options=many(TEXT),
        modality=ref("maybe_modality"),
    ),
    "reading": {
        "description": "A condition as it was read; truth is null where it rests on something unknown.",
        "anyOf": [
            one(
                "A test of a fact or of a decision.",
                truth=maybe(YES_NO),
                fact=TEXT,
                wants=said(TEXT, "What it should be, in words."),
                value=ref("maybe_value"),
            ),
            one(
                "Conditions that go together.",
                truth=maybe(YES_NO),
                connective={"enum": ["all", "any"]},
                parts=many(ref("reading")),
            ),
        ],
    },
    "maybe_reading": maybe(ref("reading")),
    "rule_state": word_of(RuleState),
}
