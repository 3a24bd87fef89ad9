"""What can be known: each fact with its question, its values, what rules tell apart, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...conditions import FactValue, Test, tests
from ...language import _, list_of
from ...library import Rulebook
from ...present.vocabulary import by_family, value_text, without_item
from ...reasons import wanted
from ...rulebook import RulebookData
from ...variables import Variable, values_of
from ...vocabulary import Fact
from ...words import capital, sentence
from ..words import condition_text, values_text
from .pages import Block, Code, Details, Heading, Inline, Link, Page, Paragraph, Points, filled, separated
from .rule_entries import numbers

#: A group of values is told in words up to so many; one that is larger is all the others.
_FEW = 4


def facts_page(book: Rulebook) -> Page:
    """The page of all facts, section by section."""
    blocks: list[Block] = []
    vocabulary = book.vocabulary
    for section in vocabulary.sections.values():
        facts = [fact for fact in vocabulary.facts.values() if fact.section == section.id]
        if facts:
            blocks.append(Heading(2, section.title, f"section-{section.id}"))
            blocks += [Paragraph([section.intro])] if section.intro else []
            for group in by_family(facts):
                blocks += _family(book, group) if len(group) > 1 else _fact(book, group[0])
    if vocabulary.constraints:
        blocks.append(Heading(2, _("What cannot go together"), "constraints"))
        blocks.append(Points(tuple(_constraints(book.data))))
    return Page("facts", _("Facts"), tuple(blocks))


def _fact(book: Rulebook, fact: Fact) -> Iterator[Block]:
    yield Heading(3, fact.label, f"fact-{fact.id}", fact.id)
    yield Paragraph([fact.question])
    yield Details((*_said(book, fact), *_use(book, fact)))


def _family(book: Rulebook, facts: Sequence[Fact]) -> Iterator[Block]:
    """Facts of a family together: what they have in common, and who uses each."""
    first = facts[0]
    yield Heading(3, f"{first.family}.*", f"family-{first.family}")
    yield Paragraph([without_item(book.vocabulary, first)])
    yield Details(tuple(_said(book, first)))
    for fact in facts:
        yield Heading(4, fact.label, f"fact-{fact.id}", fact.id)
        yield Details(tuple(_use(book, fact)))


def _said(book: Rulebook, fact: Fact) -> Iterator[tuple[str, Inline]]:
    """What a fact is."""
    yield _("Why it is asked"), [sentence(fact.why)]
    yield _("Values"), _values(fact)
    if fact.lever:
        yield _("Can be chosen"), [_("It can be chosen; others are circumstances.")]
    if fact.derived:
        link = Link(book.data.decisions[fact.id].title, f"decision-{fact.id}")
        yield _("Derived"), filled(_("Where it is not given, it is derived: {decision}"), decision=[link])
    if fact.answered_by is not None:
        records = book.vocabulary.facts[fact.answered_by.records]
        yield _("Answered by"), [Link(records.label, f"fact-{records.id}")]
    if fact.guidance:
        yield _("Source"), numbers(fact.guidance)


def _values(fact: Fact) -> Inline:
    if fact.type in ("choice", "set"):
        named: list[Inline] = []
        for choice in fact.values.values():
            told: Inline = filled(_("{label} ({id})"), label=[capital(choice.label)], id=[Code(choice.id)])
            if choice.hint:
                told = filled(_("{value}: {hint}"), value=told, hint=[choice.hint])
            if choice.only_if_stated:
                told = filled(_("{value}, only where it is stated"), value=told)
            named.append(told)
        message = _("one of: {values}") if fact.type == "choice" else _("any of: {values}")
        return filled(message, values=separated(named, _("; ")))
    told = capital(value_text(fact))
    bounds = [fact.bounds] if fact.bounds else []
    return [list_of([told, *([_("whole")] if fact.integer else []), *bounds], "unit")]


def _use(book: Rulebook, fact: Fact) -> Iterator[tuple[str, Inline]]:
    """What rules make of a fact."""
    variable = book.network.variables.get(fact.id)
    if variable is not None and (groups := told_apart(book.data, variable)):
        yield _("Rules tell apart"), [sentence(_("; ").join(groups))]
    users = [Link(d.title, f"decision-{d.id}") for d in book.data.decisions.values() if fact.id in d.needs]
    if users:
        yield _("Used by"), separated([[user] for user in users], _(", "))
    weighing = [
        Link(d.title, f"decision-{d.id}")
        for d in book.data.decisions.values()
        if any(weighed.fact == fact.id for weighed in d.weighs)
    ]
    if weighing:
        yield _("Weighed by"), separated([[user] for user in weighing], _(", "))
    if not users and not weighing:
        yield _("Used by"), [_("no decision")]


def told_apart(book: RulebookData, variable: Variable) -> list[str]:
    """The groups of values that conditions tell apart, in words; none for yes or no."""
    fact = variable.fact
    if fact.type == "yes_no" or len(variable.bands) < 2:
        return []
    groups: dict[int, list[FactValue]] = {}
    for value, _fillable in values_of(fact, variable.tests):
        groups.setdefault(variable.token(value), []).append(value)
    if fact.type == "set":
        # Every combination of what is asked would be a group of its own: what is asked says it shorter.
        asked = dict.fromkeys(test.values for test in variable.tests)
        including = [wanted(book, Test(fact.id, "includes", values)) for values in asked]
        return [_("whether it {includes}").format(includes=text) for text in including]
    if fact.type != "choice":
        return [values_text(book, fact, [group], variable.tests) for group in groups.values()]
    told = [list_of(list(map(fact.label_of, group)), "or") for group in groups.values() if len(group) <= _FEW]
    return [*told, _("any other")] if len(told) < len(groups) else told


def _constraints(book: RulebookData) -> Iterator[Inline]:
    for constraint in book.vocabulary.constraints:
        level = _("refused") if constraint.level == "error" else _("doubtful")
        named = dict.fromkeys(test.fact for test in tests(constraint.when))
        links = [[Link(book.vocabulary.facts[id].label, f"fact-{id}")] for id in named]
        few = links if len(links) <= _FEW else []
        about = [" (", *separated(few, _(", ")), ")"] if few else []
        yield [
            f"{capital(level)}: ",
            condition_text(book, constraint.when),
            ". ",
            constraint.says,
            *about,
        ]
