"""The vocabulary for people: what can be known, as a list or as a profile to fill in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..language import N_, _, list_of
from ..vocabulary import Fact, Vocabulary

_TYPES = {
    "yes_no": N_("yes or no"),
    "choice": N_("one of: {values}"),
    "set": N_("any of: {values}"),
    "number": N_("a number"),
    "records": N_("a list of records, each with {fields}"),
    "note": N_("a text"),
}


def print_facts(console: Console, vocabulary: Vocabulary, facts: Iterable[Fact]) -> None:
    """Prints facts by section; a family is told once, with its members."""
    section = ""
    for group in by_family(facts):
        fact = group[0]
        if fact.section != section:
            section = fact.section
            console.print()
            console.print(Text(vocabulary.sections[section].title, style="bold"))
        name = fact.id if len(group) == 1 else f"{fact.family}.<{fact.family}>"
        if len(group) > 1:
            name = f"{fact.family}.*"
        lever = "  " + _("(can be chosen)") if fact.lever else ""
        console.print(Padding(Text.assemble((name, "bold cyan"), (lever, "dim")), (0, 0, 0, 2), expand=False))
        question = fact.question if len(group) == 1 else without_item(vocabulary, fact)
        console.print(Padding(Text(question), (0, 0, 0, 4), expand=False))
        console.print(Padding(Text(value_text(fact), style="dim"), (0, 0, 0, 4), expand=False))
        if len(group) > 1:
            members = list_of([str(member.item) for member in group], "unit")
            each = _("for each of: {members}").format(members=members)
            console.print(Padding(Text(each, style="dim"), (0, 0, 0, 4), expand=False))


def value_text(fact: Fact) -> str:
    """What a fact can be, in words."""
    if fact.type == "number" and fact.unit:
        return _("a number of {unit}").format(unit=fact.unit)
    return _(_TYPES[fact.type]).format(
        values=list_of(list(fact.values), "unit"), fields=list_of(list(fact.fields))
    )


def facts_json(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Facts as JSON values."""
    return [
        {
            "id": fact.id,
            "type": fact.type,
            "section": fact.section,
            "label": fact.label,
            "question": fact.question,
            "why": fact.why,
            "values": {choice.id: choice.label for choice in fact.values.values()},
            "unit": fact.unit,
            "minimum": fact.minimum,
            "maximum": fact.maximum,
            "integer": fact.integer,
            "lever": fact.lever,
            "derived": fact.derived,
            "family": fact.family,
            "guidance": list(fact.guidance),
        }
        for fact in facts
    ]


def blank_profile(vocabulary: Vocabulary, facts: Iterable[Fact]) -> str:
    """A profile in which nothing is known yet, with each question as a comment.

    Its values are empty, not `unknown`: an interview that goes on from it asks for them.
    """
    lines = ["# " + _("Fill in what you know, and leave the rest empty.")]
    section = ""
    for fact in facts:
        if fact.section != section:
            section = fact.section
            lines += ["", f"# --- {vocabulary.sections[section].title} ---"]
        lines += ["", f"# {fact.question}", f"# {value_text(fact)}", f"{fact.id}:"]
    return "\n".join(lines) + "\n"


def by_family(facts: Iterable[Fact]) -> Iterable[list[Fact]]:
    """Facts one by one, those of a family together."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.family or fact.id, []).append(fact)
    return groups.values()


def without_item(vocabulary: Vocabulary, fact: Fact) -> str:
    """The question of a family, with `...` for the item."""
    for choices in vocabulary.lists.values():
        if fact.item is not None and fact.item in choices:
            return fact.question.replace(choices[fact.item].label, "...")
    return fact.question
