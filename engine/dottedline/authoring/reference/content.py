"""What the reference of a rulebook says, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from ...language import _
from ...library import Rulebook
from ...present.report import cited, team_section
from ...rulebook import Decision, RulebookData
from ...words import capital, sentence
from ..words import condition_text
from .pages import (
    Block,
    Code,
    Details,
    Heading,
    Inline,
    Link,
    Page,
    Paragraph,
    Picture,
    Points,
    Reference,
    Table,
    filled,
)
from .pages import separated as joined
from .requirements import requirements, requirements_dot
from .rule_entries import Rules, numbers
from .source import source_page
from .vocabulary import facts_page

#: What the file of the graph is called.
GRAPH = "decisions"


def reference(book: Rulebook) -> Reference:
    """The reference of a rulebook, in the language that it speaks."""
    data = book.data
    topics = [page for topic in data.topics if (page := _topic_page(book, topic)) is not None]
    pages = [_first_page(data, topics), *topics, facts_page(book)]
    if data.teams:
        pages.append(_teams_page(data))
    pages.append(source_page(data))
    footer = _("Made from the rulebook {id} {version}; what is to be changed is changed there.")
    return Reference(data.title, data.language, tuple(pages), footer.format(id=data.id, version=data.version))


# --- the way in ---------------------------------------------------------------------------


def _first_page(book: RulebookData, topics: list[Page]) -> Page:
    blocks: list[Block] = [Paragraph([sentence(cited(book))])]
    if book.source.note:
        blocks.append(Paragraph([book.source.note], quiet=True))
    blocks += [Paragraph([said.text]) for said in book.statements if said.show == "always"]
    blocks.append(Heading(2, _("How to read this"), "how-to-read"))
    blocks += [Paragraph([text]) for text in _how_to_read()]
    blocks.append(Heading(2, _("Decisions"), "decisions"))
    rows = []
    for topic, title in book.topics.items():
        for decision in book.decisions.values():
            if decision.topic == topic:
                name = Link(decision.title, f"decision-{decision.id}")
                rows.append((_inline(title), [name], _inline(decision.asks), _inline(_number(decision))))
    blocks.append(Table((_("Topic"), _("Decision"), _("Question"), _("Rules")), tuple(rows)))
    blocks.append(Heading(2, _("What each decision needs"), "requirements"))
    told = _(
        "Rectangles are decisions, those with a yellow ground hold findings; rounded boxes are facts. "
        "An arrow leads from what is needed to what needs it."
    )
    blocks.append(Paragraph([told]))
    blocks.append(Picture(requirements_dot(book), GRAPH, _("What each decision needs")))
    return Page("README", book.title, tuple(blocks))


def _how_to_read() -> Iterator[str]:
    yield _(
        "A decision is one question. Each of its rules has a condition and one conclusion; a rule holds where "
        "its condition is known to be true, and no exception is. Where rules hold together, one gives way to "
        "another that takes its place. What is not known is neither true nor false, and meets no condition."
    )
    yield _(
        "How firmly something is said is the source's: must, should, usual and may help; no rule is firmer "
        "than the item of the source that it rests on, the first that it names. Examples are the fewest facts "
        "with which a rule speaks, and what the rulebook then says."
    )


def _number(decision: Decision) -> str:
    return str(len(decision.rules) + len(decision.alternatives))


# --- decisions ----------------------------------------------------------------------------


def _topic_page(book: Rulebook, topic: str) -> Page | None:
    decisions = [decision for decision in book.data.decisions.values() if decision.topic == topic]
    if not decisions:
        return None
    blocks = [block for decision in decisions for block in _decision(book, decision)]
    return Page(f"decisions-{topic}", book.data.topics[topic], tuple(blocks))


def _decision(book: Rulebook, decision: Decision) -> Iterator[Block]:
    rules = Rules(book, decision)
    yield Heading(2, decision.title, f"decision-{decision.id}", decision.id)
    yield Paragraph([decision.asks])
    yield Details(tuple(_about(book.data, decision)))
    yield rules.table()
    silences = [silence.says for silence in book.data.silences if decision.id in silence.about]
    if silences:
        yield Heading(3, _("What the source does not say"), f"silences-{decision.id}")
        yield Points(tuple(_inline(sentence(text)) for text in silences))
    yield from rules.blocks()


def _about(book: RulebookData, decision: Decision) -> Iterator[tuple[str, Inline]]:
    kinds = {
        "placement": _("one result"),
        "fact": _("one result, which is a fact that can also be given outright"),
        "findings": _("findings: each shows where a rule of it speaks"),
    }
    yield _("Gives"), [kinds[decision.kind]]
    if decision.outcomes:
        outcomes: list[Inline] = [
            filled(_("{label} ({id})"), label=[capital(outcome.label)], id=[Code(id)])
            for id, outcome in decision.outcomes.items()
        ]
        yield _("Results"), joined(outcomes, _("; "))
    if decision.not_applicable is not None:
        yield _("Does not apply where"), [condition_text(book, decision.not_applicable)]
    if needs := [_named(book, name) for name in requirements(book)[decision.id]]:
        yield _("Needs"), joined([[need] for need in _told_once(book, needs)], _(", "))
    if users := [id for id, named in requirements(book).items() if decision.id in named]:
        links = [[Link(book.decisions[id].title, f"decision-{id}")] for id in users]
        yield _("Used by"), joined(links, _(", "))
    for weighed in decision.weighs:
        fact = Link(book.vocabulary.facts[weighed.fact].label, f"fact-{weighed.fact}")
        told = filled(
            _("{fact}: {why} ({items})"), fact=[fact], why=[weighed.because], items=numbers(weighed.guidance)
        )
        yield _("Weighs, without saying which way"), told


def _named(book: RulebookData, name: str) -> Link:
    if name in book.decisions:
        return Link(book.decisions[name].title, f"decision-{name}")
    return Link(book.vocabulary.facts[name].label, f"fact-{name}")


def _told_once(book: RulebookData, needs: list[Link]) -> list[Link]:
    """A family of which all members are needed, as one."""
    facts = book.vocabulary.facts
    families: dict[str, list[Link]] = {}
    for need in needs:
        fact = facts.get(need.anchor.removeprefix("fact-"))
        if fact is not None and fact.family:
            families.setdefault(fact.family, []).append(need)
    told: dict[Link, None] = {}
    for need in needs:
        family = next((family for family, members in families.items() if need in members), None)
        members = sum(fact.family == family for fact in facts.values()) if family else 0
        if family and len(families[family]) == members > 1:
            told[Link(f"{family}.*", f"family-{family}")] = None
        else:
            told[need] = None
    return list(told)


# --- teams --------------------------------------------------------------------------------


def _teams_page(book: RulebookData) -> Page:
    blocks: list[Block] = []
    for team in book.teams:
        section = team_section(team)
        blocks.append(Heading(2, section.title, f"team-{team.id}", team.id))
        for entry in section.entries:
            blocks.append(Paragraph([entry.lead]))
            blocks.append(Details(tuple((label, [text]) for label, text in entry.details)))
        items = [n for part in (*team.responsibilities, *team.sub_teams) for n in part.guidance]
        about = dict.fromkeys([*team.guidance, *items])
        told = filled(_("Items of the source: {items}."), items=numbers(about))
        blocks.append(Paragraph(told, quiet=True))
    return Page("teams", _("Teams"), tuple(blocks))


def _inline(text: str) -> Inline:
    return [text]
