"""The shapes of a file of cases: `dottedline.shapes` says what that means."""

from __future__ import annotations

from ...language import N_
from ...rulebook import MODALITIES
from ...shapes import Either, ListOf, MapOf, OneOf, Plain, Shape, may, must

STATUSES = ("settled", "provisional", "undetermined", "open", "silent", "not_applicable")
#: What a decision passes on where it has no outcome.
NO_OUTCOME = ("open", "silent", "not_applicable", "unknown")
STATES = ("missing", "to_check", "absent")

#: What makes a case expect something: one of these.
EXPECTING = ("expect", "fires", "fires_not")

OF_DECISION = Shape(
    "what is expected of a decision",
    {
        "status": may(OneOf(STATUSES)),
        "outcome": may(Plain.VALUE),
        "modality": may(OneOf(MODALITIES), "How firmly the source says so."),
        "options": may(
            Either((Plain.WORDS, MapOf(OneOf(MODALITIES)))),
            "All outcomes that the source allows here, or each with its modality.",
        ),
        "rules": may(Plain.WORDS, "All rules that give the result."),
        "overridden": may(Plain.WORDS, "All rules that hold and give way."),
    },
)

OF_FINDING = Shape(
    "what is expected of a finding",
    {
        "state": may(OneOf(STATES)),
        "modality": may(OneOf(MODALITIES), "How firmly the source says so."),
        "rule": may(Plain.WORD, "The rule that shows it."),
    },
)

CASE = Shape(
    N_("a case"),
    {
        "id": must(Plain.NAME, "A name of its own, in the whole rulebook."),
        "says": must(Plain.TEXT, "The case in words."),
        "guidance": may(Plain.GUIDANCE, "The items of the source that it is a reading of."),
        "inferred": may(Plain.YES_NO, "Whether what the project inferred itself is consulted on; it is."),
        "facts": may(
            Either((Plain.FACTS, ListOf(Plain.FACTS))),
            "The company, as a profile has it; or a list of companies, of each of which all must be so.",
        ),
        "profile": may(Plain.WORD, "The path of a profile, from the folder of the case, in place of facts."),
        "expect": may(
            MapOf(Either((Plain.VALUE, OF_DECISION, OF_FINDING))),
            "What must be said of decisions and findings.",
        ),
        "fires": may(Plain.WORDS, "Rules and alternatives that must fire."),
        "fires_not": may(Plain.WORDS, "Rules and alternatives that must not fire."),
    },
    named=N_("the case `{id}`"),
)

CASE_FILE = Shape(N_("a file of cases"), {"cases": must(ListOf(CASE))})
