"""The shapes of a rulebook's files: `shapes` says what that means."""

from __future__ import annotations

from .language import N_
from .rulebook import MODALITIES
from .shapes import ALLOW, Either, ListOf, MapOf, OneOf, Plain, Shape, may, must

KINDS = ("placement", "fact", "findings")
HIT_POLICIES = ("single", "collect")
SHOWS = ("always", "on_request")
CONCLUSIONS = ("outcome", "open", "silent", "remark", "finding")

_ID = must(Plain.NAME, "Its name: letters, digits, `_` and `-`.")
_BECAUSE = must(Plain.TEXT, "The reason, in words of one's own.")
_GUIDANCE = must(Plain.GUIDANCE, "The items that it rests on; the first one carries it.")
_MODALITY = must(OneOf(MODALITIES), "How firmly the source says so: never above the item that carries it.")
_REPLACES = may(
    Plain.WORD, "What it stands in the place of, in the same decision of the book that this one extends."
)
_INFERRED = may(Plain.YES_NO, "Whether it goes beyond the source; it can be switched off.")

SOURCE = Shape(
    "`source`",
    {
        "title": must(Plain.TEXT, "What it is called."),
        "date": must(Plain.WORD, "When it appeared: `2026-01-31`, or in other words."),
        "note": may(Plain.TEXT, "How it was read; shown with every answer."),
    },
)

HEAD = Shape(
    "`rulebook`",
    {
        "id": _ID,
        "title": must(Plain.TEXT, "The heading of every answer."),
        "version": must(Plain.WORD, "The version of the rulebook, shown with every answer."),
        "language": must(Plain.NUMBER, "The version of the rule language."),
        "vocabulary": may(Plain.WORD, "The folder in `facts` with what can be known."),
        "extends": may(Plain.WORD, "The rulebook that this one adds to."),
        "source": must(SOURCE, "What it was written after."),
        "allow": ALLOW,
    },
    named=N_("the `rulebook` `{id}`"),
    needed_without={"vocabulary": "extends"},
)

ITEM = Shape(
    N_("a guidance item"),
    {
        "item": must(Plain.NUMBER, "Its number."),
        "section": may(Plain.WORD, "The part of the source that it is in."),
        "modality": must(OneOf(MODALITIES), "How firmly the source says it."),
        "role": may(Plain.WORD, "`rule` where a rule must carry it; else what carries it."),
        "says": must(Plain.TEXT, "What the source says, in words of one's own."),
        "uses": may(Plain.WORDS, "Facts, decisions and `decision=outcome` that a rule carrying it must use."),
        "reading": may(Plain.TEXT, "Which reading of the source was taken, and why."),
        "single_witness": may(Plain.YES_NO, "Whether only one of several sources has it."),
        "allow": ALLOW,
    },
)

TOPIC = Shape(
    N_("a topic"), {"id": _ID, "title": must(Plain.TEXT, "Its heading.")}, named=N_("the topic `{id}`")
)

OUTCOME = Shape(
    "an outcome",
    {
        "label": must(Plain.TEXT, "What people read."),
        "places": may(
            Plain.WORDS, "Values of the fact that says where it is today which count as this outcome."
        ),
    },
)

OPEN_CHOICE = Shape(
    N_("an open choice"),
    {
        "outcome": must(Plain.VALUE, "An outcome of the decision."),
        "modality": may(OneOf(MODALITIES), "The rule's where there is none."),
        "because": _BECAUSE,
        "guidance": _GUIDANCE,
    },
)

LINE = Shape(
    "a line",
    {"from": must(Plain.NAME, "A function."), "to": must(Plain.NAME, "A function or a place.")},
)

RULE = Shape(
    N_("a rule"),
    {
        "id": _ID,
        "replaces": _REPLACES,
        "when": may(Plain.CONDITION, "Holds where this is true; always where there is none."),
        "unless": may(Plain.CONDITION, "Does not hold where this is known to be true."),
        "presumes": may(Plain.TEXT, "What `unless` presumes, in words."),
        "outcome": may(Plain.VALUE, "It concludes this outcome."),
        "open": may(ListOf(OPEN_CHOICE), "It concludes that the source allows these and does not choose."),
        "silent": may(Plain.YES_NO, "It concludes that the source does not say."),
        "remark": may(Plain.TEXT, "Said beside the result; decides nothing."),
        "finding": may(Plain.NAME, "It concludes this finding, in a `collect` decision."),
        "line": may(LINE, "The dotted line that a finding asks for."),
        "text": may(Plain.TEXT, "What a finding says."),
        "modality": _MODALITY._replace(required=False),
        "overrides": may(Plain.WORDS, "Rules of the same decision that give way where this one holds."),
        "because": _BECAUSE,
        "guidance": _GUIDANCE,
        "inferred": _INFERRED,
        "allow": ALLOW,
    },
    named=N_("the rule `{id}`"),
    one_of=CONCLUSIONS,
    needed_without={"modality": "remark"},
)

ALTERNATIVE = Shape(
    N_("an alternative"),
    {
        "id": _ID,
        "replaces": _REPLACES,
        "when": may(Plain.CONDITION, "Allowed where this is true; always where there is none."),
        "outcome": must(Plain.VALUE, "What the source also allows."),
        "modality": _MODALITY,
        "because": _BECAUSE,
        "guidance": _GUIDANCE,
        "inferred": _INFERRED,
        "allow": ALLOW,
    },
    named=N_("the alternative `{id}`"),
)

WEIGHED = Shape(
    N_("an entry of `{key}`"),
    {"fact": must(Plain.WORD, "The fact."), "because": _BECAUSE, "guidance": _GUIDANCE},
    of="weighs",
)

DECISION = Shape(
    N_("a decision"),
    {
        "id": _ID,
        "title": must(Plain.TEXT, "Its heading."),
        "asks": must(Plain.TEXT, "The question that it answers."),
        "topic": must(Plain.WORD, "The topic that it is shown with."),
        "kind": must(OneOf(KINDS), "Where something belongs, a derived fact, or findings."),
        "hit_policy": must(OneOf(HIT_POLICIES), "One result, or all findings that show."),
        "outcomes": may(MapOf(OUTCOME, may_be_empty=False), "What it can come to."),
        "not_applicable": may(Plain.CONDITION, "Where this is true, there is nothing to decide."),
        "rules": must(ListOf(RULE), "What it follows."),
        "alternatives": may(ListOf(ALTERNATIVE), "What the source allows beside the outcome."),
        "weighs": may(
            ListOf(WEIGHED),
            "Facts that the source says to consider without saying which way; they decide nothing.",
        ),
        "allow": ALLOW,
    },
    named=N_("the decision `{id}`"),
    by="kind",
    only_for={
        "outcomes": ("placement",),
        "alternatives": ("placement", "fact"),
        "weighs": ("placement", "fact"),
        "not_applicable": ("placement", "fact"),
    },
    needed_for={"outcomes": ("placement",)},
)

ORGANISATION = Shape(
    "`organisation`",
    {
        "structure": must(Plain.NAME, "The decision whose outcome names the groups."),
        "place": must(Plain.NAME, "The family of facts that says where a function is."),
        "owner": must(Plain.NAME, "The family that says who owns a responsibility."),
        "dotted": must(Plain.NAME, "The family that says where a function's dotted lines lead."),
        "contractors": must(Plain.NAME, "The list of records that names contractors."),
        "department": must(Plain.NAME, "The place that is the department itself."),
        "groups": must(Plain.WORDS, "Places that are groups of the department."),
        "within": must(Plain.WORDS, "Other places inside it."),
        "outside": must(Plain.WORDS, "Places outside it."),
        "functions": may(MapOf(Plain.WORD), "Groups that are functions too."),
        "scattered": may(Plain.WORDS, "Places that are no one unit."),
        "contractor": must(Plain.NAME, "The place of work that is given out."),
        "open_role": must(Plain.NAME, "The place of what is not yet there."),
        "absent": must(Plain.NAME, "The place of what there is none of."),
    },
)

SHARE = Shape(
    N_("an entry of `{key}`"),
    {
        "label": must(Plain.TEXT, "Who shares it, in words."),
        "places": may(Plain.WORDS, "The places that may be meant by them."),
    },
    of="shared_with",
)

#: The keys of an entry of `responsibilities` or of `sub_teams`.
ENTRY = {
    "id": _ID,
    "label": must(Plain.TEXT, "What people read."),
    "modality": _MODALITY,
    "guidance": _GUIDANCE,
    "shared_with": may(Either((Plain.WORDS, ListOf(SHARE))), "Who shares it."),
    "note": may(Plain.TEXT, "What else there is to say of it."),
}

RESPONSIBILITY = Shape(
    N_("an entry of `{key}`"),
    ENTRY,
    named=N_("the entry of `responsibilities` `{id}`"),
    of="responsibilities",
)
SUB_TEAM = Shape(N_("an entry of `{key}`"), ENTRY, named=N_("the entry of `sub_teams` `{id}`"), of="sub_teams")

TEAM = Shape(
    N_("a team"),
    {
        "id": _ID,
        "label": must(Plain.TEXT, "What people read."),
        "mission": must(Plain.TEXT, "What it is for."),
        "note": may(Plain.TEXT, "What else there is to say of it."),
        "guidance": _GUIDANCE,
        "responsibilities": may(ListOf(RESPONSIBILITY), "What it answers for."),
        "sub_teams": may(ListOf(SUB_TEAM), "The teams and roles in it."),
    },
    named=N_("the team `{id}`"),
)

STATEMENT = Shape(
    N_("a statement"),
    {
        "id": _ID,
        "show": must(OneOf(SHOWS), "With every answer, or only where it is asked for."),
        "text": must(Plain.TEXT, "What it says."),
        "guidance": _GUIDANCE,
    },
    named=N_("the statement `{id}`"),
)

LEFT_OUT = Shape(
    N_("an entry of `{key}`"),
    {"guidance": must(Plain.GUIDANCE, "The items."), "reason": must(Plain.TEXT, "Why no rule carries them.")},
    of="left_out",
)

SILENCE = Shape(
    N_("a silence"),
    {
        "id": _ID,
        "about": must(Plain.WORDS, "Decisions; none where it belongs to the whole."),
        "says": must(Plain.TEXT, "The end of the sentence `the source does not say ...`."),
    },
    named=N_("the silence `{id}`"),
)

DROPS = Shape(
    "`drops`",
    {
        "decisions": may(Plain.WORDS, "With all their rules."),
        "rules": may(Plain.WORDS, "Rules and alternatives."),
        "statements": may(Plain.WORDS, "Texts."),
        "silences": may(Plain.WORDS, "What was not said."),
    },
)

#: What a book that extends another may write in part: the rest is said there.
JOINED = (DECISION, TEAM, ORGANISATION)

RULEBOOK_FILE = Shape(
    N_("a rulebook file"),
    {
        "rulebook": may(HEAD, "The head: in one of the files."),
        "guidance": may(ListOf(ITEM), "The items into which the source was broken down."),
        "organisation": may(ORGANISATION, "How the facts describe the organisation of today."),
        "topics": may(ListOf(TOPIC), "In the order in which decisions are shown."),
        "decisions": may(
            ListOf(DECISION), "The questions that the rulebook answers, with their rules."
        )._replace(apart=True),
        "teams": may(ListOf(TEAM), "What each team is for, and what it answers for.")._replace(apart=True),
        "statements": may(ListOf(STATEMENT), "Texts that belong to every answer, or to none in particular."),
        "left_out": may(ListOf(LEFT_OUT), "Items that no rule carries, on purpose."),
        "silences": may(ListOf(SILENCE), "What the source does not say."),
        "drops": may(DROPS, "What it leaves out of the book that it extends."),
    },
)
