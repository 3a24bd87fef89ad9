"""Checks of the vocabulary: what nothing uses, and what nothing tells apart."""

from __future__ import annotations

from collections.abc import Iterator

from ...codes import ALLOWED_IN_VAIN, NOT_TOLD_APART, UNUSED
from ...conditions import Test, tests
from ...language import N_, _
from ...problems import listing
from ...rulebook import RulebookData
from ...values import Entries, Scalar, Value
from ...vocabulary import Fact
from ..diagnostics import Diagnostic
from ..examined import Examined
from ..written import place_of
from .registry import check, found_on_reading


@check(
    UNUSED,
    N_("a fact that nothing uses"),
    means=N_(
        "No condition asks for this fact, no decision weighs it, no list of records answers another "
        "one, and it "
        "does not describe the organisation. Free notes are left alone. The same of a list that no fact has, a "
        "section without facts, and a topic without decisions."
    ),
    matters=N_("It has to be known, translated and explained, and can change nothing."),
    wrong="""
        facts:
          mood: {type: yes_no, section: main, label: Mood, question: "Is it good?", why: It may matter.}
    """,
    right="""
        facts:
          mood: {type: yes_no, section: main, label: Mood, question: "Is it good?", why: It may matter.}
        decision:
          weighs: [{fact: mood, because: "To be considered, whichever way.", guidance: [1]}]
    """,
)
def _unused(book: Examined) -> Iterator[Diagnostic]:
    if not book.whole:
        return  # what is misspelt may be what is missing
    data, written = book.data, book.written
    used, facts = _used(data), data.vocabulary.facts
    families: dict[str, list[Fact]] = {}
    for fact in facts.values():
        families.setdefault(fact.family or fact.id, []).append(fact)
    for name, members in families.items():
        if members[0].type != "note" and not any(fact.id in used for fact in members):
            told = _("nothing uses the fact `{name}`").format(name=f"{name}.*" if members[0].family else name)
            help = _(
                "remove it, or write the rule that asks for it; a fact to be considered goes into `weighs`"
            )
            yield book.found(UNUSED, told, [written.fact(name)], help, owners=[("fact", name)])
    sections = {fact.section for fact in facts.values()}
    topics = {decision.topic for decision in data.decisions.values()}
    for told, parts, taken in (
        (_("no fact has the values of the list `{name}`"), written.lists, _named_lists(book)),
        (_("no fact is in the section `{name}`"), written.sections, sections),
        (_("no decision is in the topic `{name}`"), written.topics, topics),
    ):
        for name, part in parts.items():
            if name not in taken:
                place = part[0].span if isinstance(part, tuple) else place_of(part, "id")
                yield book.found(UNUSED, told.format(name=name), [place], _("remove it"))


def _used(data: RulebookData) -> set[str]:
    """The facts that something uses."""
    used = {test.fact for test in _tests(data)}
    for decision in data.decisions.values():
        used.update(weighed.fact for weighed in decision.weighs)
    for fact in data.vocabulary.facts.values():
        if fact.answered_by is not None:
            used.add(fact.answered_by.records)
    if (organisation := data.organisation) is not None:
        used.add(organisation.contractors)
        families = (organisation.place, organisation.owner, organisation.dotted)
        used.update(fact.id for fact in data.vocabulary.facts.values() if fact.family in families)
    return used


def _tests(data: RulebookData) -> Iterator[Test]:
    """Every test that the rulebook or its vocabulary makes of a fact."""
    for decision in data.decisions.values():
        for condition in decision.conditions():
            yield from tests(condition)
    for constraint in data.vocabulary.constraints:
        yield from tests(constraint.when)


def _named_lists(book: Examined) -> set[str]:
    """The lists that some fact names."""
    found: set[str] = set()

    def look(value: Value | None) -> None:
        if isinstance(value, Entries):
            for key, item in value:
                if key.text in ("values", "for_each") and isinstance(item, Scalar):
                    found.add(item.text)
                look(item)

    for _key, fact in book.written.facts.values():
        look(fact)
    return found | _added_to(book.data)


def _added_to(data: RulebookData) -> set[str]:
    """The lists that facts of the books have that this one extends."""
    if len(data.books) < 2:
        return set()
    facts = data.vocabulary.facts.values()
    items = {fact.item for fact in facts if fact.family}
    return {
        name
        for name, choices in data.vocabulary.lists.items()
        if not items.isdisjoint(choices) or any(fact.values is choices for fact in facts)
    }


@check(
    NOT_TOLD_APART,
    N_("values that nothing tells apart"),
    means=N_(
        "A fact has several values that no condition names, so that it makes no difference which of "
        "them it has; "
        "or a set has an element that no condition asks for. Facts that are only weighed, and those "
        "that describe "
        "the organisation, are left alone: people read them as they are."
    ),
    matters=N_(
        "People are asked to choose between answers that come to the same, or a rule for one of them "
        "is missing."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {segment: large}, outcome: marketing, overrides: [usual]}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {segment: [medium, large]}, outcome: marketing, overrides: [usual]}
    """,
)
def _not_told_apart(book: Examined) -> Iterator[Diagnostic]:
    if not book.whole:
        return
    data = book.data
    families: dict[str, list[Fact]] = {}
    for fact in data.vocabulary.facts.values():
        families.setdefault(fact.family or fact.id, []).append(fact)
    for name, members in families.items():
        fact, ids = members[0], {member.id for member in members}
        made = [test for test in _tests(data) if test.fact in ids]
        if not made or fact.type not in ("choice", "set") or _describes(data, fact):
            continue
        named = {value for test in made for value in test.values}
        concluded = data.decisions[name].rules if name in data.decisions else ()
        named.update(rule.outcome for rule in concluded if rule.outcome is not None)
        unnamed = [value for value in fact.values if value not in named]
        if len(unnamed) > (fact.type == "choice"):
            told = _("no condition tells the values {values} of `{name}` apart")
            if fact.type == "set":
                told = _("no condition asks for {values} in the set `{name}`")
            message = told.format(values=listing(unnamed), name=f"{name}.*" if fact.family else name)
            help = _("make one value of them, or write the rule that names one")
            yield book.found(NOT_TOLD_APART, message, [book.written.fact(name)], help, owners=[("fact", name)])


def _describes(data: RulebookData, fact: Fact) -> bool:
    """Whether a fact describes the organisation, which is charted and compared value by value."""
    organisation = data.organisation
    return organisation is not None and fact.family in (
        organisation.place,
        organisation.owner,
        organisation.dotted,
    )


_ALLOWED_IN_VAIN = found_on_reading(
    ALLOWED_IN_VAIN,
    N_("something allowed that is not there"),
    means=N_("`allow` names a code that the checks do not find there, or no longer."),
    matters=N_("The next defect of that kind would be allowed without anybody having thought of it."),
    wrong="""
        rules:
          - {id: usual, outcome: sales, allow: [{code: D016, because: It is said twice on purpose.}]}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
    """,
)

CHECKS = (_unused, _not_told_apart, _ALLOWED_IN_VAIN)
