"""The rules of one decision: its table, and each rule with its reasons and an example."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...answer import Answer, json_value
from ...conditions import Condition, FactValue
from ...diagram import simplest
from ...inference import BROKEN, UnitInference
from ...language import _, list_of
from ...library import Rulebook
from ...present.report import decision_entry, finding_entry
from ...present.tags import ADVICE, INFERRED, SAID
from ...reading import ItemId
from ...reasons import conclusion
from ...resolution import Unit, finding
from ...rulebook import Decision, Modality, Option, Rule
from ...words import capital, join_sentences, sentence
from ..words import condition_text
from .pages import Block, Code, Details, Heading, Inline, Link, Table, filled, separated


def numbers(guidance: Iterable[ItemId]) -> list[str | Link | Code]:
    """Items of the source by their numbers, each leading to what it says."""
    return separated([[item_link(number)] for number in guidance], _(", "))


def item_link(item: ItemId) -> Link:
    """An item of the source by its number, leading to what it says."""
    return Link(str(item), item_anchor(item))


def item_anchor(item: ItemId) -> str:
    """Where it stands what an item of the source says."""
    return f"item-{item}".replace(":", "-")


class Rules:
    """The rules of a decision, in words.

    Args:
        book: the rulebook; it is consulted on the examples.
        decision: whose rules they are.
    """

    def __init__(self, book: Rulebook, decision: Decision) -> None:
        self.book = book
        self.data = book.data
        self.decision = decision

    def table(self) -> Table:
        """All of them in rows."""
        header = (_("Rule"), _("When"), _("Unless"), _("Gives"), _("How firmly"), _("Source"))
        rows = [self._row(rule.id, rule.when, rule.unless, rule) for rule in self.decision.rules]
        rows += [self._row(option.rule, option.when, None, option) for option in self.decision.alternatives]
        return Table(header, tuple(rows))

    def _row(
        self, id: str, when: Condition, unless: Condition | None, said: Rule | Option
    ) -> tuple[Inline, ...]:
        return (
            [Link(id, f"rule-{id}")],
            [self._when(when)],
            [condition_text(self.data, unless) if unless is not None else ""],
            [self._gives(said)],
            [self._firmly(said.modality, said.inferred)],
            numbers(said.guidance),
        )

    def blocks(self) -> Iterator[Block]:
        """Each of them on its own."""
        for rule in self.decision.rules:
            yield Heading(3, rule.id, f"rule-{rule.id}")
            yield Details(tuple(self._rule(rule)))
        for option in self.decision.alternatives:
            yield Heading(3, option.rule, f"rule-{option.rule}")
            yield Details(tuple(self._option(option)))

    def _rule(self, rule: Rule) -> Iterator[tuple[str, Inline]]:
        yield _("Gives"), [sentence(self._gives(rule))]
        yield _("When"), [sentence(self._when(rule.when))]
        if rule.unless is not None:
            yield _("Unless"), [sentence(condition_text(self.data, rule.unless))]
        if rule.presumes:
            yield _("Presumes"), [sentence(rule.presumes)]
        yield _("Why"), [rule.because]
        for option in rule.open:
            yield capital(self._label(option.outcome)), self._of_option(option)
        yield from self._grounds(rule.modality, rule.guidance, rule.inferred)
        if rule.overrides:
            yield _("Takes the place of"), self._links(sorted(rule.overrides))
        others = [other for other in self.decision.rules if rule.id in other.overrides]
        if others:
            yield _("Gives way to"), separated([self._overriding(other) for other in others], _("; "))
        if rule.line is not None:
            line = _("from {source} to {target}").format(source=rule.line.source, target=rule.line.target)
            yield _("Dotted line"), [line]
        yield from self._origin(rule.book)
        yield from self._example(rule.id)

    def _option(self, option: Option) -> Iterator[tuple[str, Inline]]:
        yield _("Gives"), [sentence(self._gives(option))]
        yield _("When"), [sentence(self._when(option.when))]
        yield _("Why"), [option.because]
        yield from self._grounds(option.modality, option.guidance, option.inferred)
        yield from self._origin(option.book)
        yield from self._example(option.rule)

    def _origin(self, book: str) -> Iterator[tuple[str, Inline]]:
        """The rulebook that it comes from, where this one extends others."""
        if len(self.data.books) > 1 and book in self.data.books:
            yield _("From"), filled(_("{label} ({id})"), label=[self.data.books[book].title], id=[Code(book)])

    def _of_option(self, option: Option) -> list[str | Link | Code]:
        firmly = self._firmly(option.modality, option.inferred)
        told = _("{why} ({strength}; items {items})")
        return filled(told, why=[option.because], strength=[firmly], items=numbers(option.guidance))

    def _overriding(self, rule: Rule) -> Inline:
        when, link = condition_text(self.data, rule.when), Link(rule.id, f"rule-{rule.id}")
        return filled(_("{rule}, where {condition}"), rule=[link], condition=[when]) if when else [link]

    def _links(self, ids: Sequence[str]) -> Inline:
        return separated([[Link(id, f"rule-{id}")] for id in ids], _(", "))

    def _grounds(
        self, modality: Modality | None, guidance: Sequence[ItemId], inferred: bool
    ) -> Iterator[tuple[str, Inline]]:
        if modality is not None:
            yield _("How firmly"), [capital(self._firmly(modality, False))]
        for n, number in enumerate(guidance):
            item = self.data.guidance[number]
            told = filled(
                _("{item}: {text} ({strength})"),
                item=[item_link(number)],
                text=[item.says],
                strength=[_(SAID[item.modality])],
            )
            yield (_("The source") if n == 0 else _("And")), told
        if inferred:
            yield _("Note"), [_(INFERRED)]

    # -- words ------------------------------------------------------------------------------

    def _when(self, condition: Condition) -> str:
        return condition_text(self.data, condition) or _("always")

    def _gives(self, said: Rule | Option) -> str:
        if isinstance(said, Option):
            return _("also allowed: {outcome}").format(outcome=self._label(said.outcome))
        told = conclusion(self.decision, said)
        if said.open:
            return _("open: {places}").format(places=told)
        return _("a remark: {text}").format(text=told) if said.remark else told

    def _label(self, outcome: str) -> str:
        return self.decision.outcomes[outcome].label

    def _firmly(self, modality: Modality | None, inferred: bool) -> str:
        told = [_(ADVICE[modality])] if modality is not None else []
        if inferred and modality != "rationale":
            told.append(_("our inference"))
        return list_of(told, "unit")

    # -- examples ---------------------------------------------------------------------------

    def _example(self, id: str) -> Iterator[tuple[str, Inline]]:
        found = self.example(id)
        if found is None:
            yield _("Example"), [_("There is no combination of facts with which it speaks.")]
            return
        facts, said = found
        known = [[Code(f"{name}: {_plain(value)}")] for name, value in facts.items()]
        with_facts = separated(known, _(", ")) if known else [_("Nothing is known.")]
        yield _("Example"), with_facts
        yield _("Then"), [said]

    def example(self, id: str) -> tuple[Mapping[str, FactValue], str] | None:
        """The fewest facts with which a rule or alternative speaks, and what is then said; or None."""
        network = self.book.network
        for unit in network.units.values():
            if unit.unit.decision.id != self.decision.id:
                continue
            fits = _speaking(unit, id)
            diagram = unit.known if unit.unit.is_finding else unit.verdicts
            tokens = simplest(diagram, fits, len(network.variables)) if fits is not None else None
            if tokens is not None:
                facts = network.facts_at(tokens)
                return facts, self._said(self.book.consult(facts), unit.unit, id)
        return None

    def _said(self, answer: Answer, unit: Unit, id: str) -> str:
        """What an answer says on a unit, with the remark of a rule."""
        if unit.is_finding:
            told = [finding_entry(self.data, shown) for shown in answer.findings if shown.id == unit.id]
            return join_sentences(
                *(_("{text} [{tags}]").format(text=e.heading, tags=list_of(e.tags, "unit")) for e in told)
            )
        found = answer.decisions.get(unit.id)
        if found is None:
            derived = answer.derived[unit.id]
            return sentence(derived.label or _("none of its values"))
        remarks = [remark.text for remark in found.remarks if remark.rule == id]
        return join_sentences(decision_entry(self.data, found, answer).lead, *map(sentence, remarks))


def _speaking(unit: UnitInference, id: str) -> Callable[[Any], bool] | None:
    """Whether a rule or alternative is shown with what a leaf stands for; None for one of another unit."""
    if unit.unit.is_finding:
        if not any(rule.id == id for rule in unit.unit.rules):
            return None

        def shows(bits: Any) -> bool:
            shown = None if bits is BROKEN else finding(unit.unit, bits)
            return shown is not None and shown.rule.id == id

        return shows

    def speaks(leaf: Any) -> bool:
        if leaf is BROKEN:
            return False
        verdict = unit.verdict_of(leaf)
        rules = {rule.id for rule in (*verdict.rules, *verdict.remarks)}
        return id in rules or any(option.rule == id for option in verdict.options)

    return speaks


def _plain(value: FactValue) -> str:
    """A value as a profile has it."""
    told = json_value(value)
    if isinstance(told, bool):
        return "true" if told else "false"
    return f"[{', '.join(told)}]" if isinstance(told, list) else str(told)
