"""The shapes of a vocabulary's files: `shapes` says what that means."""

from __future__ import annotations

from .language import N_
from .shapes import ALLOW, Either, ListOf, MapOf, OneOf, Plain, Shape, may, must

TYPES = ("yes_no", "choice", "set", "number", "records", "note")
LEVELS = ("error", "warning")
QUANTIFIERS = ("some", "every")

CHOICE = Shape(
    "a value",
    {
        "label": must(Plain.TEXT, "What people read."),
        "hint": may(Plain.TEXT, "What is meant, shown where one chooses."),
        "synonyms": may(Plain.WORDS, "Other words that people type for it."),
        "only_if_stated": may(Plain.YES_NO, "It counts where a profile says it, and is never supposed."),
    },
)

CHOICES = MapOf(Either((Plain.TEXT, CHOICE)))

VALUES = Either((CHOICES._replace(may_be_empty=False), Plain.WORD))

FIELD = Shape(
    "a field",
    {
        "type": must(OneOf(("choice", "note")), "One of its values, or any text."),
        "values": may(VALUES, "Its values, or the name of a list; for a choice."),
        "label": must(Plain.TEXT, "What people read."),
    },
    needed_for={"values": ("choice",)},
)

ANSWERED_BY = Shape(
    "what answers it",
    {
        "some": may(Plain.CONDITION, "True where a record meets this, false where the list is empty."),
        "every": may(Plain.CONDITION, "True where all meet this and there is at least one."),
    },
    one_of=QUANTIFIERS,
)

FACT = Shape(
    "a fact",
    {
        "type": must(OneOf(TYPES), "What it can be."),
        "section": must(Plain.WORD, "The section that it is asked in."),
        "label": must(Plain.TEXT, "What it is called in answers."),
        "question": must(Plain.TEXT, "How it is asked."),
        "why": must(Plain.TEXT, "Why it is asked."),
        "for_each": may(
            Plain.WORD, "Makes a family: one fact for each entry of this list; `{item}` in texts is its label."
        ),
        "values": may(VALUES, "Its values with their labels, or the name of a list."),
        "unit": may(Plain.TEXT, "What is counted."),
        "integer": may(Plain.YES_NO, "Whether it is a whole number."),
        "min": may(Plain.NUMBER, "The least that it can be."),
        "max": may(Plain.NUMBER, "The most that it can be."),
        "fields": may(MapOf(FIELD), "What is known of each record."),
        "lever": may(Plain.YES_NO, "Whether it can be chosen, and is no circumstance."),
        "derived": may(Plain.YES_NO, "Whether the outcome of the decision with its id is this fact."),
        "answered_by": may(MapOf(ANSWERED_BY), "The list of records that answers it where a profile does not."),
        "guidance": may(Plain.GUIDANCE, "The items that speak of it."),
        "allow": ALLOW,
    },
    only_for={
        "values": ("choice", "set"),
        "unit": ("number",),
        "min": ("number",),
        "max": ("number",),
        "integer": ("number",),
        "fields": ("records",),
        "answered_by": ("yes_no",),
    },
    needed_for={"values": ("choice", "set"), "fields": ("records",)},
)

SECTION = Shape(
    N_("a section"),
    {
        "id": must(Plain.NAME, "Its name: letters, digits, `_` and `-`."),
        "title": must(Plain.TEXT, "Its heading."),
        "intro": may(Plain.TEXT, "Said before its questions."),
        "optional": may(Plain.YES_NO, "Whether it is offered to be skipped."),
    },
    named=N_("the section `{id}`"),
)

CONSTRAINT = Shape(
    N_("a constraint"),
    {
        "id": must(Plain.NAME, "Its name: letters, digits, `_` and `-`."),
        "level": must(OneOf(LEVELS), "Whether the facts cannot be so, or are merely doubtful."),
        "when": must(Plain.CONDITION, "The combination of facts."),
        "says": must(Plain.TEXT, "What is wrong with it."),
        "allow": ALLOW,
    },
    named=N_("the constraint `{id}`"),
)

HEAD = Shape(
    "`vocabulary`",
    {
        "id": must(Plain.NAME, "The name of its folder."),
        "title": must(Plain.TEXT, "What it is about."),
        "subject": may(Plain.TEXT, "What a profile is of, as in a sentence: the company."),
        "allow": ALLOW,
    },
    named=N_("the `vocabulary` `{id}`"),
)

VOCABULARY_FILE = Shape(
    N_("a vocabulary file"),
    {
        "vocabulary": may(HEAD, "The head: in one of the files."),
        "lists": may(MapOf(CHOICES), "Named lists of values."),
        "sections": may(ListOf(SECTION), "In the order in which people are asked."),
        "facts": may(MapOf(FACT), "What can be known.")._replace(apart=True),
        "constraints": may(ListOf(CONSTRAINT), "Combinations of facts that cannot be, or are doubtful."),
    },
)
