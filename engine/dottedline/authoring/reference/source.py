"""What the source says, item by item, with what carries each; and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator

from ...language import _
from ...present.tags import SAID
from ...reading import ItemId
from ...rulebook import RulebookData
from ...words import capital, sentence
from .pages import Block, Details, Heading, Inline, Link, Page, Paragraph, Points, separated
from .rule_entries import item_anchor


def source_page(book: RulebookData) -> Page:
    """The page of the source."""
    blocks: list[Block] = []
    if general := [silence.says for silence in book.silences if not silence.about]:
        blocks.append(Heading(2, _("What the source does not say at all"), "silences"))
        blocks.append(Points(tuple([sentence(text)] for text in general)))
    if book.statements:
        blocks.append(Heading(2, _("Texts that belong to no one decision"), "statements"))
        for said in book.statements:
            blocks.append(Heading(3, said.id, f"statement-{said.id}"))
            blocks.append(Paragraph([said.text]))
    carried = _carried(book)
    blocks.append(Heading(2, _("Items of the source"), "items"))
    blocks.append(Paragraph([_("In words of our own; each with what rests on it.")], quiet=True))
    for item in book.guidance.values():
        blocks.append(Heading(3, _("Item {number}").format(number=item.item), item_anchor(item.item)))
        blocks.append(Paragraph([item.says]))
        rows: list[tuple[str, Inline]] = [(_("How firmly"), [capital(_(SAID[item.modality]))])]
        links = carried.get(item.item, [])
        carriers: list[Inline] = [[link] for link in links] or [[_("none")]]
        rows.append((_("Carried by"), separated(carriers, _(", "))))
        rows += [
            (_("Left out"), [sentence(left.reason)]) for left in book.left_out if item.item in left.guidance
        ]
        if item.reading:
            rows.append((_("Reading"), [item.reading]))
        if item.single_witness:
            rows.append((_("Note"), [_("Only one of the two readings of the source has it.")]))
        blocks.append(Details(tuple(rows)))
    return Page("source", _("The source"), tuple(blocks))


def _carried(book: RulebookData) -> dict[ItemId, list[Link]]:
    """For each item what rests on it, each once."""
    found: dict[ItemId, dict[Link, None]] = {}
    for link, guidance in _resting(book):
        for number in guidance:
            found.setdefault(number, {})[link] = None
    return {number: list(links) for number, links in found.items()}


def _resting(book: RulebookData) -> Iterator[tuple[Link, tuple[ItemId, ...]]]:
    for decision in book.decisions.values():
        for rule in decision.rules:
            options = [item for option in rule.open for item in option.guidance]
            yield Link(rule.id, f"rule-{rule.id}"), (*rule.guidance, *options)
        for option in decision.alternatives:
            yield Link(option.rule, f"rule-{option.rule}"), option.guidance
        for weighed in decision.weighs:
            yield Link(decision.title, f"decision-{decision.id}"), weighed.guidance
    for fact in book.vocabulary.facts.values():
        anchor = f"family-{fact.family}" if fact.family else f"fact-{fact.id}"
        yield Link(f"{fact.family}.*" if fact.family else fact.label, anchor), fact.guidance
    for team in book.teams:
        entries = [item for entry in (*team.responsibilities, *team.sub_teams) for item in entry.guidance]
        yield Link(team.label, f"team-{team.id}"), (*team.guidance, *entries)
    for said in book.statements:
        yield Link(said.id, f"statement-{said.id}"), said.guidance
